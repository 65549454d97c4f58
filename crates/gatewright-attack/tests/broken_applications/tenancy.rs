//! Roles of a tenant's own, and its members.

use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::input::invalid;
use crate::records::not_found;
use crate::world::{ROLES, Route, World, assigns_of, permissions_of};

/// A role that a tenant made.
pub struct Role {
    pub tenant: String,
    pub id: String,
    pub name: String,
    pub permissions: Vec<String>,
    pub version: u64,
}

pub fn denied(permission: &str) -> Problem {
    let members = json!({ "permission": permission });
    Problem::with(403, "permission_denied", members)
}

pub fn against(code: &'static str) -> Problem {
    Problem::new(409, code)
}

impl World {
    /// What a role of `tenant` holds.
    pub fn held(&self, tenant: &str, role: &str) -> Vec<String> {
        if ROLES.contains(&role) {
            return permissions_of(role)
                .into_iter()
                .map(str::to_owned)
                .collect();
        }
        let own = self.roles.iter();
        let mut own = own.filter(|own| own.tenant == tenant && own.name == role);
        own.next().map_or(Vec::new(), |own| own.permissions.clone())
    }

    pub fn holds(&self, tenant: &str, roles: &[String], permission: &str) -> bool {
        roles.iter().any(|role| {
            self.held(tenant, role)
                .iter()
                .any(|held| held == permission)
        })
    }

    /// Whether somebody with these roles may give `role`, or take it.
    pub fn may_assign(&self, tenant: &str, roles: &[String], role: &str) -> bool {
        let assigns = |own: &String| assigns_of(own).contains(&role);
        let named = !ROLES.contains(&role) || roles.iter().any(assigns);
        let held = self.held(tenant, role);
        named && held.iter().all(|slug| self.holds(tenant, roles, slug))
    }

    /// The owners of a tenant who are in it.
    pub fn owners(&self, tenant: &str) -> usize {
        let members = self.users.iter();
        members
            .filter(|entry| entry["tenant"] == tenant)
            .filter(|entry| entry["membership_status"] == "active")
            .filter(|entry| entry["user_status"] == "active")
            .filter(|entry| names(&entry["roles"]).iter().any(|role| role == "owner"))
            .count()
    }
}

pub fn names(roles: &Value) -> Vec<String> {
    let roles = roles.as_array().into_iter().flatten();
    roles
        .filter_map(|role| role.as_str().map(str::to_owned))
        .collect()
}

impl Application {
    /// A body that has these keys and no other.
    pub fn known(&self, request: &Request, keys: &[&str]) -> Result<Map<String, Value>, Problem> {
        let mut body = self.body(request)?;
        if self.has(Defect::TenancyTakesAnyKey) {
            body.retain(|key, _| keys.contains(&key.as_str()));
        }
        match body.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(key) => Err(invalid(key, "unknown_field")),
            None => Ok(body),
        }
    }

    pub fn roles(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let view = |role: &Role| json!({ "id": role.id, "name": role.name, "kind": "custom", "permissions": role.permissions, "version": role.version });
        if id.is_empty() && route.0 == "GET" {
            let templates = ROLES.iter().map(|role| {
                json!({ "id": template_id(role), "name": role, "kind": "template", "permissions": permissions_of(role) })
            });
            let own = world.roles.iter();
            let own = own.filter(|role| role.tenant == actor.tenant).map(view);
            let data: Vec<Value> = templates.chain(own).collect();
            return Ok(Response::json(
                200,
                &json!({ "data": data, "next_cursor": null }),
            ));
        }
        if id.is_empty() {
            let body = self.known(request, &["name", "permissions"])?;
            let name = self.role_name(body.get("name"))?;
            let permissions = self.slugs(&world, actor, body.get("permissions"))?;
            let role = Role {
                tenant: actor.tenant.clone(),
                id: uuid::Uuid::now_v7().to_string(),
                name,
                permissions,
                version: 1,
            };
            let answer = Response::json(201, &view(&role));
            world.roles.push(role);
            return Ok(answer);
        }
        if ROLES.iter().any(|role| template_id(role) == id) {
            return Err(match route.0 {
                "GET" => not_found(),
                _ => against("template_role"),
            });
        }
        let unscoped = self.has(Defect::RolesWithoutTenant);
        let found = world.roles.iter().position(|role| role.id == id);
        let found = found.filter(|at| unscoped || world.roles[*at].tenant == actor.tenant);
        let at = found.ok_or_else(not_found)?;
        let condition = request.header("if-match").filter(|_| route.0 != "GET");
        if let Some(tag) = condition {
            let version = format!("\"{}\"", world.roles[at].version);
            if tag != "*" && tag != version {
                return Err(Problem::new(412, "precondition_failed"));
            }
        }
        if route.0 != "GET" && !self.has(Defect::EditsRolesAbove) {
            let held = world.roles[at].permissions.clone();
            self.require(&world, actor, &held)?;
        }
        match route.0 {
            "DELETE" => {
                world.roles.remove(at);
                return Ok(Response::empty(204));
            }
            "PATCH" => {
                let body = self.known(request, &["name", "permissions"])?;
                if let Some(name) = body.get("name") {
                    world.roles[at].name = self.role_name(Some(name))?;
                }
                if let Some(permissions) = body.get("permissions") {
                    let permissions = self.slugs(&world, actor, Some(permissions))?;
                    world.roles[at].permissions = permissions;
                }
                world.roles[at].version += 1;
            }
            _ => {}
        }
        Ok(Response::json(200, &view(&world.roles[at])))
    }

    fn role_name(&self, name: Option<&Value>) -> Result<String, Problem> {
        let name = name
            .and_then(Value::as_str)
            .ok_or_else(|| invalid("name", "required"))?;
        if self.has(Defect::RoleNameInStatement) && name.contains('\'') {
            return Err(Problem::new(500, "internal"));
        }
        match name.contains('\0') {
            true => Err(invalid("name", "invalid")),
            false => Ok(name.to_owned()),
        }
    }

    fn require(&self, world: &World, actor: &Actor, held: &[String]) -> Result<(), Problem> {
        let lacks = |slug: &&String| !world.holds(&actor.tenant, &actor.roles, slug);
        match held.iter().find(lacks) {
            Some(slug) => Err(denied(slug)),
            None => Ok(()),
        }
    }

    /// Permissions that there are and that the caller holds.
    fn slugs(
        &self,
        world: &World,
        actor: &Actor,
        sent: Option<&Value>,
    ) -> Result<Vec<String>, Problem> {
        let wrong = || invalid("permissions", "unknown");
        let sent = sent.and_then(Value::as_array).ok_or_else(wrong)?;
        let mut slugs = Vec::new();
        for slug in sent {
            let mut slug = slug.as_str().ok_or_else(wrong)?.to_owned();
            if self.has(Defect::SlugsAreTidied) {
                slug = slug.trim().to_lowercase();
            }
            if !permissions_of("owner").contains(&slug.as_str()) {
                return Err(wrong());
            }
            slugs.push(slug);
        }
        if !self.has(Defect::GrantsWhatItLacks) {
            self.require(world, actor, &slugs)?;
        }
        Ok(slugs)
    }

    pub fn member(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let leaving = route.1.ends_with("/me/membership");
        let unscoped = self.has(Defect::MembersWithoutTenant);
        let found = world.users.iter().position(|entry| match leaving {
            true => {
                entry["email"] == actor.user.as_str() && entry["tenant"] == actor.tenant.as_str()
            }
            false => entry["id"] == id && (unscoped || entry["tenant"] == actor.tenant.as_str()),
        });
        let at = found.filter(|at| world.users[*at]["tenant"].is_string());
        let at = at.ok_or_else(not_found)?;
        if route.0 == "GET" {
            return Ok(Response::json(200, &member_view(&world.users[at])));
        }
        let held = names(&world.users[at]["roles"]);
        let above = |world: &World, roles: &[String]| {
            let may = |role: &String| world.may_assign(&actor.tenant, &actor.roles, role);
            !roles.iter().all(may) && !self.has(Defect::RaisesItself)
        };
        let before = world.users[at].clone();
        if route.0 == "POST" {
            self.known(request, &[])?;
            if !actor.roles.iter().any(|role| role == "owner") {
                return Err(denied("roles:assign"));
            }
            let mine = world.users.iter().position(|entry| {
                entry["email"] == actor.user.as_str() && entry["tenant"] == actor.tenant.as_str()
            });
            let mine = mine
                .filter(|mine| *mine != at)
                .ok_or_else(|| against("self"))?;
            if before["membership_status"] != "active" {
                return Err(against("member_suspended"));
            }
            let mut roles = held.clone();
            if !held.iter().any(|role| role == "owner") {
                roles.push("owner".to_owned());
            }
            world.users[at]["roles"] = json!(roles);
            let kept = names(&world.users[mine]["roles"]);
            let kept: Vec<String> = kept.into_iter().filter(|role| role != "owner").collect();
            world.users[mine]["roles"] = json!(kept);
            return Ok(Response::json(200, &member_view(&world.users[at])));
        }
        if route.0 == "PATCH" {
            let body = self.known(request, &["status", "roles"])?;
            if let Some(status) = body.get("status") {
                if !matches!(status.as_str(), Some("active" | "suspended")) {
                    return Err(invalid("status", "unknown"));
                }
                if *status != before["membership_status"] && above(&world, &held) {
                    return Err(denied("roles:assign"));
                }
                world.users[at]["membership_status"] = status.clone();
                self.end_sessions(&mut world, &before);
            }
            if let Some(roles) = body.get("roles") {
                let wanted = names(roles);
                let moved = |one: &[String], other: &[String]| -> Vec<String> {
                    let gone = one.iter().filter(|role| !other.contains(role));
                    gone.cloned().collect()
                };
                let unknown = |role: &String| {
                    let own = world.roles.iter();
                    let mut own = own.filter(|own| own.tenant == actor.tenant);
                    !ROLES.contains(&role.as_str()) && !own.any(|own| own.name == *role)
                };
                let odd = roles
                    .as_array()
                    .is_none_or(|roles| roles.len() != wanted.len());
                if odd || wanted.iter().any(unknown) {
                    world.users[at] = before;
                    return Err(invalid("roles", "unknown"));
                }
                let changed = [moved(&held, &wanted), moved(&wanted, &held)].concat();
                if above(&world, &changed) {
                    world.users[at] = before;
                    return Err(denied("roles:assign"));
                }
                world.users[at]["roles"] = json!(wanted);
            }
        } else {
            if !leaving && above(&world, &held) {
                return Err(denied("members:remove"));
            }
            world.users[at]["tenant"] = Value::Null;
            world.users[at]["former"] = json!(actor.tenant);
        }
        let tenant = actor.tenant.clone();
        if self.has(Defect::OwnersRace) {
            // Looked at before the other one's change, so to speak.
            drop(world);
            thread::sleep(Duration::from_millis(20));
            world = self.world.lock().unwrap();
        } else if world.owners(&tenant) == 0 {
            world.users[at] = before;
            return Err(against("last_owner"));
        }
        Ok(match route.0 {
            "PATCH" => Response::json(200, &member_view(&world.users[at])),
            _ => Response::empty(204),
        })
    }

    /// The browsers' sessions of a member at the tenant's host.
    fn end_sessions(&self, world: &mut World, entry: &Value) {
        for session in world.sessions.values_mut() {
            if entry["email"] == session.user.as_str() && session.cookie {
                session.revoked = true;
            }
        }
    }
}

pub fn member_view(entry: &Value) -> Value {
    json!({ "id": entry["id"], "email": entry["email"], "status": entry["membership_status"], "roles": entry["roles"] })
}

fn template_id(role: &str) -> String {
    let mut bytes = [0; 16];
    for (byte, name) in bytes.iter_mut().zip(role.bytes()) {
        *byte = name;
    }
    uuid::Uuid::from_bytes(bytes).to_string()
}
