//! Fields that tenants add, and their values.

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::input::invalid;
use crate::records::not_found;
use crate::world::{Route, World};

pub struct OwnField {
    pub tenant: String,
    pub id: String,
    pub resource: String,
    pub name: String,
    pub label: Value,
}

impl Application {
    pub fn own_fields(
        &self,
        request: &Request,
        route: &Route,
        id: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let mut world = self.world.lock().unwrap();
        let view = |one: &OwnField| json!({ "id": one.id, "resource": one.resource, "name": one.name, "label": one.label });
        if route.0 == "GET" {
            let everywhere = self.has(Defect::FieldsOfEveryTenant);
            let own = world.own_fields.iter();
            let own = own
                .filter(|one| everywhere || one.tenant == actor.tenant)
                .map(view);
            let data: Vec<Value> = own.collect();
            return Ok(Response::json(
                200,
                &json!({ "data": data, "next_cursor": null }),
            ));
        }
        if route.0 == "POST" {
            let body = self.known(request, &["resource", "name", "type", "optional"])?;
            let text = |key: &str| body.get(key).and_then(Value::as_str);
            let name = text("name").unwrap_or_default();
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(fits) {
                return Err(invalid("name", "invalid"));
            }
            if text("resource") != Some("categories") || text("type") != Some("string") {
                return Err(invalid("resource", "unknown"));
            }
            let field = OwnField {
                tenant: actor.tenant.clone(),
                id: uuid::Uuid::now_v7().to_string(),
                resource: "categories".to_owned(),
                name: name.to_owned(),
                label: Value::Null,
            };
            let answer = Response::json(201, &view(&field));
            world.own_fields.push(field);
            return Ok(answer);
        }
        let found = world.own_fields.iter().position(|one| one.id == id);
        let found = found.filter(|at| world.own_fields[*at].tenant == actor.tenant);
        let at = found.ok_or_else(not_found)?;
        world.own_fields.remove(at);
        Ok(Response::empty(204))
    }

    /// The names of the fields that a caller's tenant has added to a resource.
    pub fn own_names(&self, world: &World, resource: &str, actor: &Actor) -> Vec<String> {
        let everywhere = self.has(Defect::FieldNamesOfEveryTenant);
        let own = world.own_fields.iter();
        own.filter(|one| one.resource == resource)
            .filter(|one| everywhere || one.tenant == actor.tenant)
            .map(|one| format!("custom_fields.{}", one.name))
            .collect()
    }

    /// A bag of values, by names of the tenant's own.
    pub fn bag(
        &self,
        world: &World,
        resource: &str,
        actor: &Actor,
        bag: &Value,
    ) -> Result<(), Problem> {
        let bag = bag
            .as_object()
            .ok_or_else(|| invalid("custom_fields", "invalid"))?;
        let known = self.own_names(world, resource, actor);
        for (name, value) in bag {
            let key = format!("custom_fields.{name}");
            if !known.contains(&key) {
                return Err(invalid(&key, "unknown_field"));
            }
            if !value.is_string() {
                return Err(invalid(&key, "invalid"));
            }
        }
        Ok(())
    }
}
