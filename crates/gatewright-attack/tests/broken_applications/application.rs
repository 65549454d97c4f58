//! A multi-tenant application, sound unless the environment names a defect.

use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Map, Value, json};

use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::token::{Keys, unauthenticated};
use crate::world::{
    PASSWORD, ROUTES, Route, Session, World, permissions_of, routes_json, seed_json,
};

/// The application's command line.
pub fn command(arguments: &[String]) -> ExitCode {
    let defect = Defect::of_environment();
    let setting = |name: &str| std::env::var(name).unwrap_or_default();
    let production = setting("APP_ENV") != "development";
    match arguments[0].as_str() {
        "routes" => println!("{}", routes_json()),
        "seed-demo" if production => return ExitCode::FAILURE,
        "seed-demo" => println!("{}", seed_json()),
        "serve" => {
            let (secret, base, origins) = (
                setting("SECRET_KEY"),
                setting("BASE_URL"),
                setting("CORS_ORIGINS"),
            );
            let placeholder = secret.starts_with("change")
                || secret.bytes().all(|byte| byte == secret.as_bytes()[0]);
            let wrong = [
                (
                    "SECRET_KEY",
                    secret.len() < 32 || placeholder && defect != Defect::PlaceholderSecret,
                ),
                ("BASE_URL", production && !base.starts_with("https://")),
                (
                    "CORS_ORIGINS",
                    (origins.contains('*') || origins == "null")
                        && defect != Defect::WildcardOrigin,
                ),
                (
                    "ACCESS_TOKEN_TTL",
                    production && !setting("ACCESS_TOKEN_TTL").is_empty(),
                ),
            ];
            if let Some((name, _)) = wrong.iter().find(|(_, wrong)| *wrong) {
                eprintln!("{name} is wrong");
                return ExitCode::FAILURE;
            }
            let lifetime = if setting("ACCESS_TOKEN_TTL") == "1s" {
                1
            } else {
                14_400
            };
            serve(
                &setting("BIND"),
                Application {
                    defect,
                    keys: Keys::new(&secret, &base, lifetime, defect),
                    world: Mutex::new(World::new()),
                    base,
                },
            );
        }
        _ => {}
    }
    ExitCode::SUCCESS
}

fn serve(bind: &str, application: Application) {
    let listener = TcpListener::bind(bind).unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    let application = Arc::new(application);
    for stream in listener.incoming().flatten() {
        let application = Arc::clone(&application);
        thread::spawn(move || application.connection(&stream));
    }
}

struct Application {
    defect: Defect,
    keys: Keys,
    world: Mutex<World>,
    base: String,
}

/// Who sends a request, as far as the route needs to know.
struct Actor {
    user: String,
    tenant: String,
    roles: Vec<String>,
}

impl Application {
    fn has(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn connection(&self, stream: &TcpStream) {
        let Some(request) = Request::read(stream) else {
            return;
        };
        if self.has(Defect::Hangs)
            && request.path == "/api/members"
            && request.header("authorization").is_none()
        {
            return;
        }
        let mut response = self.answer(&request).unwrap_or_else(Problem::response);
        if !self.has(Defect::NoNoStore) {
            response = response.header("Cache-Control", "no-store");
        }
        if let (true, Some(origin)) = (self.has(Defect::OriginEcho), request.header("origin")) {
            response = response.header("Access-Control-Allow-Origin", origin);
        }
        if self.has(Defect::NoChallenge) {
            response
                .headers
                .retain(|(name, _)| name != "WWW-Authenticate");
        }
        response.write(stream);
    }

    fn answer(&self, request: &Request) -> Result<Response, Problem> {
        let (route, id) = self.route(request)?;
        let host = (request.count("host") == 1)
            .then(|| request.header("host"))
            .flatten()
            .ok_or_else(|| Problem::new(400, "bad_host"))?;
        let subdomain = self.subdomain(host)?;
        self.same_origin(request, host, route)?;
        if route.2 == "public" {
            if self.has(Defect::PublicRouteAuthenticates)
                && request.header("authorization").is_some()
            {
                self.credential(request)?;
            }
            return self.public(request, route.1, subdomain.as_deref());
        }
        let mut actor = self.actor(request, route, subdomain.as_deref());
        if self.has(Defect::BelievesOriginalUrl)
            && request.header("x-original-url") == Some("/healthz")
        {
            actor = Ok(Actor {
                user: String::new(),
                tenant: "acme".to_owned(),
                roles: vec!["owner".to_owned()],
            });
        }
        if self.has(Defect::ChangesBeforeItRefuses) && request.method == "PATCH" {
            let mut world = self.world.lock().unwrap();
            world
                .records
                .iter_mut()
                .filter(|record| record.id == id)
                .for_each(|record| record.version += 1);
        }
        self.guarded(request, route, &id, &actor?)
    }

    fn route(&self, request: &Request) -> Result<(&'static Route, String), Problem> {
        let mut path = request.path.as_str();
        if self.has(Defect::TrailingSlash) {
            path = path.strip_suffix('/').unwrap_or(path);
        }
        if self.has(Defect::HiddenRoute) && path == "/debug" {
            return Ok((&ROUTES[0], String::new()));
        }
        let matches = |pattern: &str| match pattern.strip_suffix("{id}") {
            Some(prefix) => path
                .strip_prefix(prefix)
                .filter(|rest| !rest.is_empty() && !rest.contains('/')),
            None => (pattern == path).then_some(""),
        };
        let mut method = request.method.as_str();
        if let (true, Some(other)) = (
            self.has(Defect::MethodOverride),
            request.header("x-http-method-override"),
        ) {
            method = other;
        }
        let found: Vec<_> = ROUTES
            .iter()
            .filter_map(|route| Some((route, matches(route.1)?.to_owned())))
            .collect();
        if found.is_empty() {
            return Err(Problem::new(404, "not_found"));
        }
        found
            .into_iter()
            .find(|(route, _)| route.0 == method)
            .ok_or_else(|| Problem::new(405, "method_not_allowed"))
    }

    /// The slug that a host names; `None` for the base host.
    fn subdomain(&self, host: &str) -> Result<Option<String>, Problem> {
        let base = self.base.split("//").nth(1).unwrap();
        let base = base.split(':').next().unwrap();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        match host.strip_suffix(base) {
            Some("") => Ok(None),
            Some(slug) if slug.ends_with('.') && slug.matches('.').count() == 1 => {
                Ok(Some(slug.trim_end_matches('.').to_owned()))
            }
            _ => Err(Problem::new(403, "tenant_forbidden")),
        }
    }

    fn same_origin(&self, request: &Request, host: &str, route: &Route) -> Result<(), Problem> {
        let cookies = request.header("cookie").is_some();
        let signs_in = route.1 == "/auth/login"
            && request
                .json()
                .is_ok_and(|body| body["transport"] == "cookie");
        if request.method == "GET"
            || request.header("authorization").is_some()
            || self.has(Defect::NoOriginCheck)
        {
            return Ok(());
        }
        let origin = format!("http://{host}");
        let proven = match (request.header("sec-fetch-site"), request.header("origin")) {
            (Some("same-site"), _) if self.has(Defect::SameSiteIsTrusted) => true,
            (Some(site), _) => site == "same-origin",
            (None, Some(sent)) if self.has(Defect::OriginByPrefix) => sent.starts_with(&origin),
            (None, Some(sent)) if self.has(Defect::OriginOfAnyScheme) => {
                sent.split("://").nth(1) == Some(host)
            }
            (None, Some(sent)) => sent == origin,
            (None, None) => !(cookies || signs_in),
        };
        if proven {
            Ok(())
        } else {
            Err(Problem::new(403, "cross_origin"))
        }
    }

    /// The user and session of the request's one credential.
    fn credential(&self, request: &Request) -> Result<(String, String), Problem> {
        let bearers = request.count("authorization");
        let cookie = request.cookie("__Host-access");
        if bearers + usize::from(cookie.is_some()) > 1 && !self.has(Defect::TwoCredentials) {
            return Err(Problem::new(400, "ambiguous_credential"));
        }
        let bearer = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let claims = self
            .keys
            .verify(bearer.or(cookie).ok_or_else(unauthenticated)?)?;
        let text = |name: &str| {
            claims[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(unauthenticated)
        };
        let (user, session) = (text("sub")?, text("sid")?);
        let world = self.world.lock().unwrap();
        let stored = world.sessions.get(&session).ok_or_else(unauthenticated)?;
        let revoked = stored.revoked && !self.has(Defect::SignOutKeepsAccess);
        if revoked || stored.user != user && !self.has(Defect::SubjectOfAnotherSession) {
            return Err(unauthenticated());
        }
        Ok((user, session))
    }

    fn actor(
        &self,
        request: &Request,
        route: &Route,
        subdomain: Option<&str>,
    ) -> Result<Actor, Problem> {
        let (user, session) = self.credential(request)?;
        let mut actor = Actor {
            user,
            tenant: String::new(),
            roles: Vec::new(),
        };
        let world = self.world.lock().unwrap();
        match route.2 {
            "signed_in" => return Ok(actor),
            "platform" => {
                let platform = world.users.iter().any(|entry| {
                    entry["email"] == actor.user.as_str() && entry["platform_role"].is_string()
                });
                return if platform || self.has(Defect::PlatformForEverybody) {
                    Ok(actor)
                } else {
                    Err(denied(route.3))
                };
            }
            _ => {}
        }
        let forbidden = || Problem::new(403, "tenant_forbidden");
        let mut named: Vec<&str> = subdomain.into_iter().collect();
        if self.has(Defect::BelievesForwardedHost) {
            named = request
                .header("x-forwarded-host")
                .and_then(|host| host.split('.').next())
                .map_or(named, |slug| vec![slug]);
        }
        let header = request
            .headers
            .iter()
            .filter(|(name, _)| name == "x-tenant")
            .map(|(_, value)| value.as_str());
        if self.has(Defect::HeaderWinsOverHost) && request.header("x-tenant").is_some() {
            named = header.take(1).collect();
        } else {
            named.extend(header);
        }
        let session = &world.sessions[&session];
        let bound = session.tenant.as_deref();
        if session.cookie && bound != subdomain && !self.has(Defect::SessionOfAnyHost) {
            return Err(forbidden());
        }
        if named.is_empty() {
            named.extend(bound);
        }
        let memberships = world.memberships(&actor.user);
        named.dedup();
        let slug = match (&named[..], &memberships[..]) {
            ([slug], _) => (*slug).to_owned(),
            ([], [only]) => only["tenant"].as_str().unwrap().to_owned(),
            _ => return Err(forbidden()),
        };
        let tenant = world
            .tenants
            .iter()
            .find(|tenant| tenant["slug"] == slug.as_str());
        let tenant = match tenant {
            None if self.has(Defect::UnknownTenantIsNotFound) => {
                return Err(Problem::new(404, "not_found"));
            }
            tenant => tenant.ok_or_else(forbidden)?,
        };
        let active = |membership: &Value| {
            membership["membership_status"] == "active" || self.has(Defect::SuspendedMemberPasses)
        };
        let membership = memberships
            .iter()
            .find(|membership| membership["tenant"] == slug.as_str() && active(membership));
        if membership.is_none() && !self.has(Defect::NoMembershipCheck) {
            return Err(forbidden());
        }
        if tenant["status"] == "suspended" && !self.has(Defect::SuspendedTenantServes) {
            return Err(Problem::new(403, "tenant_suspended"));
        }
        let roles_of = |membership: &Value| {
            membership["roles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|role| role.as_str().unwrap().to_owned())
                .collect()
        };
        actor.roles =
            membership.map_or(vec!["owner".to_owned()], |membership| roles_of(membership));
        if self.has(Defect::RolesOfAnyTenant) {
            actor.roles = memberships
                .iter()
                .flat_map(|membership| -> Vec<String> { roles_of(membership) })
                .collect();
        }
        if let (true, Some(role)) = (
            self.has(Defect::BelievesRoleHeader),
            request.header("x-role"),
        ) {
            actor.roles = vec![role.to_owned()];
        }
        actor.tenant = slug;
        let held = route.3.is_empty()
            || actor
                .roles
                .iter()
                .any(|role| permissions_of(role).contains(&route.3));
        let waved = self.has(Defect::NoPermissionCheck)
            || self.has(Defect::DeleteForEverybody) && route.0 == "DELETE";
        let slashed = self.has(Defect::TrailingSlash) && request.path.ends_with('/');
        let barred =
            self.has(Defect::OwnerRefused) && route.0 == "DELETE" && actor.roles == ["owner"];
        match (held || waved || slashed) && !barred {
            true => Ok(actor),
            false if self.has(Defect::DenialWithoutSlug) => {
                Err(Problem::new(403, "permission_denied"))
            }
            false => Err(denied(route.3)),
        }
    }

    fn public(
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
            "/auth/refresh" => self.refresh(request),
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

    fn tenants_of(&self, email: &str) -> Value {
        let world = self.world.lock().unwrap();
        world.memberships(email).iter().map(|entry| json!({ "id": entry["tenant"], "slug": entry["tenant"], "roles": entry["roles"] })).collect()
    }

    fn refresh(&self, request: &Request) -> Result<Response, Problem> {
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

    fn tokens(&self, mut body: Value, user: &str, session: &str, bearer: bool) -> Response {
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

    fn cookies(&self, response: Response, access: &str, refresh: &str, more: &str) -> Response {
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

    fn guarded(
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
            "/api/tenant" => Ok(Response::json(200, &json!({ "slug": actor.tenant }))),
            "/platform/tenants" => Ok(Response::json(
                200,
                &json!({ "data": self.world.lock().unwrap().tenants }),
            )),
            "/api/members" => {
                let world = self.world.lock().unwrap();
                let members: Vec<_> = world
                    .users
                    .iter()
                    .filter(|user| user["tenant"] == actor.tenant.as_str())
                    .collect();
                Ok(Response::json(
                    200,
                    &json!({ "data": members, "next_cursor": null }),
                ))
            }
            _ => self.resource(request, route, id, actor),
        }
    }

    fn resource(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        if route.0 == "GET" && id.is_empty() {
            return self.list(&world, request, route.4, &actor.tenant);
        }
        if route.0 == "POST" {
            let (fields, tenant) = self.input(&world, request, route.4, actor)?;
            let tenant = tenant.unwrap_or_else(|| actor.tenant.clone());
            return Ok(Response::json(
                201,
                &world.insert(&tenant, route.4, fields).json(),
            ));
        }
        let unscoped = self.has(Defect::NoTenantPredicate)
            || self.has(Defect::DeleteWithoutTenant) && route.0 == "DELETE";
        let found = world
            .records
            .iter()
            .position(|record| record.id == id && record.resource == route.4);
        let index = match found {
            Some(index) if unscoped || world.records[index].tenant == actor.tenant => index,
            Some(_) if self.has(Defect::ForeignIdIsForbidden) => {
                return Err(Problem::new(403, "forbidden"));
            }
            Some(_) if self.has(Defect::ForeignIdHasAnotherTitle) => {
                return Err(Problem::with(
                    404,
                    "not_found",
                    json!({ "title": "not yours" }),
                ));
            }
            _ => return Err(Problem::new(404, "not_found")),
        };
        match route.0 {
            "DELETE" => {
                world.records.remove(index);
                return Ok(Response::empty(204));
            }
            "PATCH" => {
                let (fields, tenant) = self.input(&world, request, route.4, actor)?;
                let record = &mut world.records[index];
                record.tenant = tenant.unwrap_or_else(|| record.tenant.clone());
                record.version += 1;
                record.fields.extend(fields);
                if let (true, Some(version)) = (
                    self.has(Defect::BodyVersion),
                    record.fields.remove("version"),
                ) {
                    record.version = version.as_u64().unwrap();
                }
            }
            _ => {}
        }
        Ok(Response::json(200, &world.records[index].json()))
    }

    /// The fields of a body, and the tenant that a defect lets it name.
    fn input(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        actor: &Actor,
    ) -> Result<(Map<String, Value>, Option<String>), Problem> {
        if request.header("content-type") != Some("application/json")
            && !self.has(Defect::AnyContentType)
        {
            return Err(Problem::new(415, "unsupported_media_type"));
        }
        let mut body = request.json()?;
        let body = body.as_object_mut().unwrap();
        if self.has(Defect::NestedFields) {
            let bag = body
                .remove("custom_fields")
                .and_then(|bag| bag.as_object().cloned())
                .unwrap_or_default();
            body.extend(bag.into_iter().filter(|(name, _)| name == "role"));
        }
        if self.has(Defect::QueryFields) {
            body.extend(
                request
                    .query
                    .split_once('=')
                    .filter(|(name, _)| *name == "role")
                    .map(|(name, value)| (name.to_owned(), json!(value))),
            );
        }
        let tenant = (self.has(Defect::BodyTenant))
            .then(|| body.remove("tenant_id"))
            .flatten();
        let invalid = |field: &str, code: &str| {
            Problem::with(
                422,
                "invalid_input",
                json!({ "errors": [{ "field": field, "code": code }] }),
            )
        };
        for (name, value) in body.iter() {
            match (resource, name.as_str()) {
                (_, "name") | ("products", "price") if value.is_string() => {}
                (_, "role") if self.has(Defect::NestedFields) || self.has(Defect::QueryFields) => {}
                (_, "version")
                    if self.has(Defect::BodyVersion)
                        && value.is_u64()
                        && request.method == "PATCH" => {}
                ("products", "category_id") if value.is_string() => {
                    let named = |tenant: &str| {
                        world.records.iter().any(|record| {
                            value == record.id.as_str()
                                && record.resource == "categories"
                                && record.tenant == tenant
                        })
                    };
                    let foreign = ["acme", "globex"].iter().any(|tenant| named(tenant));
                    match named(&actor.tenant) || foreign && self.has(Defect::ForeignReference) {
                        true => {}
                        false if foreign && self.has(Defect::ForeignReferenceIsTold) => {
                            return Err(invalid(name, "forbidden"));
                        }
                        false => return Err(invalid(name, "not_found")),
                    }
                }
                _ => return Err(invalid(name, "invalid")),
            }
        }
        Ok((
            body.clone(),
            tenant.and_then(|tenant| tenant.as_str().map(str::to_owned)),
        ))
    }

    fn list(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        tenant: &str,
    ) -> Result<Response, Problem> {
        let mut tenant = tenant.to_owned();
        let (mut limit, mut after, mut filters) = (50, 0, Vec::new());
        for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let field = name
                .strip_prefix("filter[")
                .and_then(|rest| rest.strip_suffix(']'));
            match (name, field) {
                ("limit", _) => limit = value.parse().unwrap(),
                ("cursor", _) => {
                    let (of, position) = value
                        .split_once('.')
                        .ok_or_else(|| Problem::new(400, "invalid_query"))?;
                    match of == tenant {
                        true => {}
                        false if self.has(Defect::CursorReachesOtherTenants) => {
                            of.clone_into(&mut tenant)
                        }
                        false => return Err(Problem::new(400, "invalid_query")),
                    }
                    after = position.parse().unwrap();
                }
                (_, Some(field @ ("name" | "price" | "category_id"))) => {
                    filters.push((field, value))
                }
                _ => return Err(Problem::new(400, "invalid_query")),
            }
        }
        let everything = self.has(Defect::ListsEverything)
            || self.has(Defect::FilterReachesOtherTenants) && !filters.is_empty();
        let matching = world.records.iter().filter(|record| {
            record.resource == resource && (everything || record.tenant == tenant)
        });
        let matching = matching.filter(|record| {
            filters
                .iter()
                .all(|(field, value)| record.fields.get(*field).is_some_and(|held| held == value))
        });
        let mut rows: Vec<Value> = matching
            .skip(after)
            .take(limit + 1)
            .map(|record| record.json())
            .collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let cursor = more.then(|| format!("{tenant}.{}", after + limit));
        Ok(Response::json(
            200,
            &json!({ "data": rows, "next_cursor": cursor }),
        ))
    }
}

fn denied(permission: &str) -> Problem {
    Problem::with(
        403,
        "permission_denied",
        json!({ "permission": permission }),
    )
}
