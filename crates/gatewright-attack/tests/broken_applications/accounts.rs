//! Signing in, refreshing, signing out, and what an account and a tenant say of themselves.

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::tenancy::member_view;
use crate::token::unauthenticated;
use crate::world::{PASSWORD, Route, Session};

impl Application {
    pub fn public(
        &self,
        request: &Request,
        path: &str,
        subdomain: Option<&str>,
    ) -> Result<Response, Problem> {
        match path {
            "/auth/login" => {
                let body = request.json()?;
                let (Some(email), Some(password)) =
                    (body["email"].as_str(), body["password"].as_str())
                else {
                    return Err(Problem::new(422, "invalid_input"));
                };
                let world = self.world.lock().unwrap();
                let user = world
                    .users
                    .iter()
                    .find(|user| user["email"] == email && password == PASSWORD)
                    .ok_or_else(unauthenticated)?;
                if user["user_status"] == "suspended" {
                    let code = if self.has(Defect::SuspendedSignIn) {
                        "account_suspended"
                    } else {
                        "unauthenticated"
                    };
                    return Err(Problem::new(401, code));
                }
                drop(world);
                let session = uuid::Uuid::now_v7().to_string();
                let stored = Session {
                    user: email.to_owned(),
                    tenant: subdomain.map(str::to_owned),
                    cookie: body["transport"] == "cookie",
                    revoked: false,
                };
                self.world
                    .lock()
                    .unwrap()
                    .sessions
                    .insert(session.clone(), stored);
                let account = json!({ "user": { "id": email, "email": email, "name": "" }, "tenants": self.tenants_of(email) });
                Ok(self.tokens(account, email, &session, body["transport"] == "bearer"))
            }
            "/auth/invitations/accept" => self.accept(request, subdomain),
            "/auth/refresh" => self.refresh(request, subdomain),
            "/auth/signup" => match request.json()?["email"].is_string() {
                true => Ok(Response::json(
                    202,
                    &json!({ "status": "verification_sent" }),
                )),
                false => Err(Problem::new(422, "invalid_input")),
            },
            _ => Ok(Response::json(200, &json!({ "status": "ok" }))),
        }
    }

    pub fn tenants_of(&self, email: &str) -> Value {
        let world = self.world.lock().unwrap();
        world.memberships(email).iter().map(|entry| json!({ "id": entry["tenant"], "slug": entry["tenant"], "roles": entry["roles"] })).collect()
    }

    pub fn refresh(&self, request: &Request, subdomain: Option<&str>) -> Result<Response, Problem> {
        let body = request.json().unwrap_or_default();
        let sent = body["refresh_token"]
            .as_str()
            .or(request.cookie("__Host-refresh"))
            .ok_or_else(unauthenticated)?;
        let mut world = self.world.lock().unwrap();
        let entry = world.refresh.get_mut(sent).ok_or_else(unauthenticated)?;
        let (session, used) = (entry.0.clone(), std::mem::replace(&mut entry.1, true));
        let replayed = used && !self.has(Defect::RefreshReuse);
        let stored = world
            .sessions
            .get_mut(&session)
            .ok_or_else(unauthenticated)?;
        if replayed && !self.has(Defect::FamilySurvives) {
            stored.revoked = true;
        }
        let elsewhere = stored.cookie && stored.tenant.as_deref() != subdomain;
        if elsewhere && !self.has(Defect::RenewalAtAnyHost) {
            return Err(unauthenticated());
        }
        if replayed || stored.revoked {
            return Err(unauthenticated());
        }
        let user = stored.user.clone();
        drop(world);
        Ok(self.tokens(
            json!({}),
            &user,
            &session,
            body["refresh_token"].is_string(),
        ))
    }

    pub fn tokens(&self, mut body: Value, user: &str, session: &str, bearer: bool) -> Response {
        let (access, refresh) = (
            self.keys.make(user, session),
            uuid::Uuid::now_v7().simple().to_string(),
        );
        self.world
            .lock()
            .unwrap()
            .refresh
            .insert(refresh.clone(), (session.to_owned(), false));
        if bearer || self.has(Defect::TokensInBody) {
            body["access_token"] = json!(access);
            body["refresh_token"] = json!(refresh);
        }
        let response = Response::json(200, &body);
        if bearer {
            response
        } else {
            self.cookies(response, &access, &refresh, "")
        }
    }

    pub fn cookies(&self, response: Response, access: &str, refresh: &str, more: &str) -> Response {
        let http_only = if self.has(Defect::NoHttpOnly) {
            ""
        } else {
            "; HttpOnly"
        };
        let attributes = format!("{http_only}; Secure; SameSite=Lax; Path=/{more}");
        response
            .header("Set-Cookie", &format!("__Host-access={access}{attributes}"))
            .header(
                "Set-Cookie",
                &format!("__Host-refresh={refresh}{attributes}"),
            )
    }

    pub fn guarded(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        match route.1 {
            "/auth/me" => Ok(Response::json(
                200,
                &json!({ "user": { "email": actor.user }, "tenants": self.tenants_of(&actor.user) }),
            )),
            "/auth/logout" => {
                let (_, session) = self.credential(request)?;
                self.world
                    .lock()
                    .unwrap()
                    .sessions
                    .get_mut(&session)
                    .unwrap()
                    .revoked = true;
                Ok(self.cookies(Response::empty(204), "", "", "; Max-Age=0"))
            }
            "/api/me/permissions" => Ok(Response::json(
                200,
                &json!({ "tenant": actor.tenant, "roles": actor.roles }),
            )),
            "/api/tenant" if route.0 == "PATCH" => self.rename(request, actor),
            "/api/tenant" => {
                let world = self.world.lock().unwrap();
                let tenant = world
                    .tenants
                    .iter()
                    .find(|tenant| tenant["slug"] == actor.tenant.as_str());
                Ok(Response::json(200, &json!(tenant)))
            }
            "/api/tenants" => self.new_tenant(request, actor),
            path if path.starts_with("/platform/") => self.platform(request, route, id),
            path if path.starts_with("/api/roles") => self.roles(request, route, id, actor),
            path if path.starts_with("/api/invitations") => {
                self.invitations(request, route, id, actor)
            }
            path if path.starts_with("/api/custom-fields") => {
                self.own_fields(request, route, id, actor)
            }
            path if path.starts_with("/api/members/") || path == "/api/me/membership" => {
                self.member(request, route, id, actor)
            }
            "/api/members" => {
                let world = self.world.lock().unwrap();
                let members: Vec<_> = world
                    .users
                    .iter()
                    .filter(|user| user["tenant"] == actor.tenant.as_str())
                    .map(member_view)
                    .collect();
                Ok(Response::json(
                    200,
                    &json!({ "data": members, "next_cursor": null }),
                ))
            }
            "/api/reports/stock" => {
                let world = self.world.lock().unwrap();
                let everywhere = self.has(Defect::ReportOfEveryTenant);
                let counted = world.records.iter().filter(|record| {
                    record.resource == "products" && (everywhere || record.tenant == actor.tenant)
                });
                Ok(Response::json(200, &json!({ "products": counted.count() })))
            }
            "/api/reports/stock/refresh" => Ok(Response::json(202, &json!({ "status": "queued" }))),
            _ => self.resource(request, route, id, actor),
        }
    }
}
