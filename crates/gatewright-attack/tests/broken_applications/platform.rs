//! Tenants that accounts make, and what the platform's staff does to tenants and accounts.

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::input::invalid;
use crate::records::not_found;
use crate::world::Route;

/// The id of a tenant or an account, which is made of its name.
pub fn id_of(name: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    uuid::Uuid::from_bytes(bytes).to_string()
}

impl Application {
    pub fn new_tenant(&self, request: &Request, actor: &Actor) -> Result<Response, Problem> {
        let body = self.known(request, &["name", "slug"])?;
        let slug = body.get("slug").and_then(Value::as_str).unwrap_or_default();
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if slug.is_empty() || name.is_empty() || name.contains('\0') || !slug.chars().all(fits) {
            return Err(invalid("slug", "invalid"));
        }
        let mut world = self.world.lock().unwrap();
        let tenant = json!({ "slug": slug, "name": name, "status": "active" });
        world.tenants.push(tenant.clone());
        world.users.push(json!({
            "id": uuid::Uuid::now_v7().to_string(), "email": actor.user, "tenant": slug, "roles": ["owner"],
            "user_status": "active", "membership_status": "active", "platform_role": null,
        }));
        Ok(Response::json(201, &tenant))
    }

    pub fn rename(&self, request: &Request, actor: &Actor) -> Result<Response, Problem> {
        let body = self.known(request, &["name"])?;
        let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(invalid("name", "invalid"));
        }
        let mut world = self.world.lock().unwrap();
        let mut tenants = world.tenants.iter_mut();
        let tenant = tenants.find(|tenant| tenant["slug"] == actor.tenant.as_str());
        let tenant = tenant.ok_or_else(not_found)?;
        tenant["name"] = json!(name);
        Ok(Response::json(200, tenant))
    }

    pub fn platform(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let accounts = route.1.starts_with("/platform/users");
        let key = if accounts { "email" } else { "slug" };
        let status = if accounts { "user_status" } else { "status" };
        if route.0 == "GET" {
            let rows = if accounts {
                &world.users
            } else {
                &world.tenants
            };
            let with_id = rows.iter().map(|row| {
                let mut row = row.clone();
                row["id"] = json!(id_of(row[key].as_str().unwrap_or_default()));
                row
            });
            let data: Vec<Value> = with_id.collect();
            return Ok(Response::json(
                200,
                &json!({ "data": data, "next_cursor": null }),
            ));
        }
        let body = self.known(request, &["status", "reason"])?;
        let wanted = body.get("status").cloned().unwrap_or_default();
        if !matches!(wanted.as_str(), Some("active" | "suspended"))
            || body
                .get("reason")
                .and_then(Value::as_str)
                .is_none_or(str::is_empty)
        {
            return Err(invalid("status", "invalid"));
        }
        let world = &mut *world;
        let rows = if accounts {
            &mut world.users
        } else {
            &mut world.tenants
        };
        let mut names = Vec::new();
        for row in rows {
            let name = row[key].as_str().unwrap_or_default().to_owned();
            if id_of(&name) == id {
                row[status] = wanted.clone();
                names.push(name);
            }
        }
        if names.is_empty() {
            return Err(not_found());
        }
        let ends = accounts && wanted == "suspended" && !self.has(Defect::BannedSessionsLive);
        for session in world.sessions.values_mut().filter(|_| ends) {
            session.revoked |= names.contains(&session.user);
        }
        Ok(Response::json(200, &json!({ "id": id, "status": wanted })))
    }

    /// Sends a browser to the host that it names.
    pub fn hand_off(&self, request: &Request, host: &str) -> Result<Response, Problem> {
        let from = request.query.strip_prefix("from=").unwrap_or("!");
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let (scheme, base) = self.base.split_once("://").unwrap();
        let own = !from.is_empty() && from.chars().all(fits);
        let there = match own {
            true => format!("{scheme}://{from}.{base}"),
            false if self.has(Defect::HandsOffAnywhere) => format!("{scheme}://{from}"),
            false if self.has(Defect::PageNamesTheHost) => {
                return Err(Problem::with(400, "broken", json!({ "detail": host })));
            }
            false => return Err(Problem::new(400, "broken")),
        };
        let location = format!("{there}/auth/switch-tenant?to=&nonce=");
        Ok(Response::empty(303).header("Location", &location))
    }
}
