//! The two resources: categories, and products that refer to them.

use serde_json::{Map, Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::world::{Route, World};

impl Application {
    pub fn resource(
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
    pub fn input(
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

    pub fn list(
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
