//! Many records at once: all or nothing.

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::input::invalid;
use crate::records::not_found;
use crate::world::{Route, World};

impl Application {
    pub fn bulk(
        &self,
        world: &mut World,
        request: &Request,
        route: &Route,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let kind = route.1.rsplit('/').next().unwrap_or_default();
        let mut body = self.body(request)?;
        let key = if kind == "delete" { "ids" } else { "records" };
        let items = match body.remove(key) {
            Some(Value::Array(items)) if (1..=1_000).contains(&items.len()) => items,
            _ => return Err(invalid(key, "invalid")),
        };
        if self.has(Defect::BulkFieldsBeside) {
            body.retain(|name, _| name == "role");
        } else if let Some(name) = body.keys().next() {
            return Err(invalid(name, "unknown_field"));
        }
        if kind == "delete" {
            return self.bulk_delete(world, &items, actor);
        }
        let mut inputs = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let named = |problem: Problem| within(problem, index);
            let Value::Object(mut item) = item else {
                return Err(named(invalid("", "invalid")));
            };
            let mut target = None;
            if kind == "update" {
                let id = item.remove("id");
                let id = id.as_ref().and_then(Value::as_str);
                let id = id.ok_or_else(|| named(invalid("id", "invalid")))?;
                if uuid::Uuid::parse_str(id).is_err() {
                    return Err(named(invalid("id", "invalid")));
                }
                target = Some(match self.own_index(world, id, actor) {
                    Err(_) if self.has(Defect::BulkUpdateSkips) => continue,
                    index => index?,
                });
            }
            let (mut fields, tenant) = self
                .input(world, request, route.4, actor, item)
                .map_err(named)?;
            if let (Some(index), Some(version)) = (target, fields.get("version")) {
                if self.has(Defect::BulkBodyVersion) {
                } else if version.as_u64() != Some(world.records[index].version) {
                    return Err(Problem::new(409, "conflict"));
                } else {
                    fields.remove("version");
                }
            }
            inputs.push((target, fields, tenant));
        }
        let hidden = self.hidden_from(actor);
        let mut rows = Vec::new();
        for (target, fields, tenant) in inputs {
            let record = match target {
                Some(index) => {
                    let record = &mut world.records[index];
                    self.change(record, fields);
                    record
                }
                None => {
                    let tenant = tenant.unwrap_or_else(|| actor.tenant.clone());
                    world.insert(&tenant, route.4, &actor.user, fields)
                }
            };
            let mut row = record.json(&hidden);
            for (name, value) in &body {
                row[name] = value.clone();
            }
            rows.push(row);
        }
        let status = if kind == "create" { 201 } else { 200 };
        Ok(Response::json(status, &json!({ "data": rows })))
    }

    fn bulk_delete(
        &self,
        world: &mut World,
        ids: &[Value],
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut found = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let id = id
                .as_str()
                .filter(|id| uuid::Uuid::parse_str(id).is_ok())
                .ok_or_else(|| invalid(&format!("ids.{index}"), "invalid"))?;
            let index = self.own_index(world, id, actor)?;
            if found.contains(&world.records[index].id) {
                return Err(invalid("ids", "duplicate"));
            }
            found.push(world.records[index].id.clone());
        }
        world.records.retain(|record| !found.contains(&record.id));
        Ok(Response::empty(204))
    }

    fn own_index(&self, world: &World, id: &str, actor: &Actor) -> Result<usize, Problem> {
        let mut records = world.records.iter();
        let index = records
            .position(|record| record.id == id && record.resource == "products")
            .ok_or_else(not_found)?;
        let record = &world.records[index];
        if record.tenant != actor.tenant && !self.has(Defect::BulkWithoutTenant) {
            return Err(match self.has(Defect::BulkForeignIsTold) {
                true => Problem::with(404, "not_found", json!({ "title": "not yours" })),
                false => not_found(),
            });
        }
        let others = actor.narrowed && record.created_by != actor.user;
        match others && !self.has(Defect::NarrowedBulk) {
            true => Err(not_found()),
            false => Ok(index),
        }
    }
}

/// Names the record that a problem's field is in.
fn within(mut problem: Problem, index: usize) -> Problem {
    let field = &mut problem.members["errors"][0]["field"];
    if let Some(name) = field.as_str() {
        *field = json!(format!("records.{index}.{name}"));
    }
    problem
}
