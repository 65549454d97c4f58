//! The two resources: categories, and products that refer to them.

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::world::{GUARDED, Record, Route, World, permissions_of};

pub fn not_found() -> Problem {
    Problem::new(404, "not_found")
}

impl Application {
    pub fn resource(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let hidden = self.hidden_from(actor);
        match route.1.rsplit('/').next() {
            Some("export") => return self.export(&world, request, route.4, actor),
            Some("create" | "update" | "delete") => {
                return self.bulk(&mut world, request, route, actor);
            }
            _ => {}
        }
        if route.0 == "GET" && id.is_empty() {
            return self.list(&world, request, route.4, actor);
        }
        if route.0 == "POST" && id.is_empty() {
            let body = self.body(request)?;
            let (fields, tenant) = self.input(&world, request, route.4, actor, body)?;
            let tenant = tenant.unwrap_or_else(|| actor.tenant.clone());
            let record = world.insert(&tenant, route.4, &actor.user, fields);
            return Ok(Response::json(201, &record.json(&hidden)).etag(record.version));
        }
        let index = self.find(&world, request, route, id, actor)?;
        match (route.0, route.1.ends_with("/publish")) {
            (_, true) => {
                let hidden: &[&str] = match self.has(Defect::HiddenFieldAfterAction) {
                    true => &[],
                    false => &hidden,
                };
                return Ok(Response::json(200, &world.records[index].json(hidden)));
            }
            ("DELETE", _) => {
                world.records.remove(index);
                return Ok(Response::empty(204));
            }
            ("PATCH", _) => {
                let body = self.body(request)?;
                let (fields, tenant) = self.input(&world, request, route.4, actor, body)?;
                let record = &mut world.records[index];
                record.tenant = tenant.unwrap_or_else(|| record.tenant.clone());
                self.change(record, fields);
            }
            _ => {}
        }
        let record = &world.records[index];
        let mut body = record.json(&hidden);
        if self.has(Defect::HiddenFieldShown) {
            body = record.json(&[]);
        }
        if self.has(Defect::HiddenFieldNull) {
            hidden.iter().for_each(|name| body[name] = Value::Null);
        }
        Ok(Response::json(200, &body).etag(record.version))
    }

    pub fn change(&self, record: &mut Record, fields: serde_json::Map<String, Value>) {
        record.version += 1;
        record.fields.extend(fields);
        let version = record.fields.remove("version");
        let believed = self.has(Defect::BodyVersion) || self.has(Defect::BulkBodyVersion);
        if let (true, Some(version)) = (believed, version.and_then(|version| version.as_u64())) {
            record.version = version;
        }
    }

    /// The fields that are not there for somebody.
    pub fn hidden_from(&self, actor: &Actor) -> Vec<&'static str> {
        let holds = |role: &String| permissions_of(role).contains(&"products:read_cost");
        match actor.roles.iter().any(holds) {
            true => Vec::new(),
            false => GUARDED.to_vec(),
        }
    }

    /// The record that a path names, once its precondition holds.
    fn find(
        &self,
        world: &World,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<usize, Problem> {
        let conditional = matches!(route.0, "PATCH" | "DELETE");
        let condition = request.header("if-match").filter(|_| conditional);
        let unscoped = self.has(Defect::NoTenantPredicate)
            || self.has(Defect::DeleteWithoutTenant) && route.0 == "DELETE"
            || self.has(Defect::ActionWithoutTenant) && route.1.ends_with("/publish");
        let unnarrowed = match route.0 {
            "GET" => self.has(Defect::NarrowedReads),
            "DELETE" => self.has(Defect::NarrowedDeletes),
            "POST" => self.has(Defect::NarrowedActs),
            _ => self.has(Defect::NarrowedUpdates),
        };
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
            Some(_) if self.has(Defect::PreconditionFirst) && condition.is_some() => {
                return Err(Problem::new(412, "precondition_failed"));
            }
            _ => return Err(not_found()),
        };
        let record = &world.records[index];
        if actor.narrowed && record.created_by != actor.user && !unnarrowed {
            return Err(not_found());
        }
        let holds = |tag: &str| tag == "*" || tag == format!("\"{}\"", record.version);
        match condition {
            Some(list) if !list.split(',').any(|tag| holds(tag.trim())) => {
                match list.trim_start_matches("W/").starts_with(['"', '*']) {
                    true => Err(Problem::new(412, "precondition_failed")),
                    false => Err(Problem::new(400, "invalid_header")),
                }
            }
            _ => Ok(index),
        }
    }
}
