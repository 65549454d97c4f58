//! What a body may hold.

use serde_json::{Map, Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request};
use crate::world::{GUARDED, World};

/// A problem with one field.
pub fn invalid(field: &str, code: &str) -> Problem {
    Problem::with(
        422,
        "invalid_input",
        json!({ "errors": [{ "field": field, "code": code }] }),
    )
}

impl Application {
    /// The JSON object of a body.
    pub fn body(&self, request: &Request) -> Result<Map<String, Value>, Problem> {
        if request.header("content-type") != Some("application/json")
            && !self.has(Defect::AnyContentType)
        {
            return Err(Problem::new(415, "unsupported_media_type"));
        }
        let body = request.json()?;
        let telling = self.has(Defect::ErrorsTellSql) && body.to_string().contains('\'');
        match body {
            _ if telling => Err(Problem::with(
                422,
                "invalid_input",
                json!({ "detail": "near \"'\": syntax error in SELECT id FROM products" }),
            )),
            Value::Object(members) => Ok(members),
            _ => Err(Problem::new(422, "invalid_input")),
        }
    }

    /// The fields of a record, and the tenant that a defect lets it name.
    pub fn input(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        actor: &Actor,
        mut body: Map<String, Value>,
    ) -> Result<(Map<String, Value>, Option<String>), Problem> {
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
        let hidden = self.hidden_from(actor);
        for (name, value) in &body {
            if value.as_str().is_some_and(|text| text.contains('\0')) {
                match self.has(Defect::NulIsFailure) {
                    true => return Err(Problem::new(500, "internal")),
                    false => return Err(invalid(name, "invalid")),
                }
            }
            match (resource, name.as_str()) {
                (_, "name") if value.is_string() => {}
                (_, "custom_fields") if value.is_object() => {
                    self.bag(world, resource, actor, value)?
                }
                ("products", "price") if is_decimal(value) => {}
                ("products", name)
                    if GUARDED.contains(&name)
                        && (!hidden.contains(&name) || self.has(Defect::HiddenFieldWritten)) =>
                {
                    if name == "cost" && !is_decimal(value) || !value.is_string() {
                        return Err(invalid(name, "invalid"));
                    }
                }
                ("products", name)
                    if GUARDED.contains(&name) && self.has(Defect::HiddenFieldIsTold) =>
                {
                    return Err(invalid(name, "forbidden"));
                }
                (_, "role") if self.has(Defect::NestedFields) || self.has(Defect::QueryFields) => {}
                (_, "version")
                    if self.has(Defect::BodyVersion)
                        && value.is_u64()
                        && request.method == "PATCH" => {}
                (_, "version" | "id") if request.path.ends_with("/bulk/update") => {}
                ("products", "category_id") if value.is_string() => {
                    self.category(world, actor, request, value)?
                }
                _ => return Err(invalid(name, "unknown_field")),
            }
        }
        Ok((
            body,
            tenant.and_then(|tenant| tenant.as_str().map(str::to_owned)),
        ))
    }

    fn category(
        &self,
        world: &World,
        actor: &Actor,
        request: &Request,
        value: &Value,
    ) -> Result<(), Problem> {
        let named = |tenant: &str| {
            world.records.iter().any(|record| {
                value == record.id.as_str()
                    && record.resource == "categories"
                    && record.tenant == tenant
            })
        };
        let foreign = ["acme", "globex"].iter().any(|tenant| named(tenant));
        let believed = self.has(Defect::ForeignReference)
            || self.has(Defect::BulkForeignReference) && request.path.contains("/bulk/");
        match named(&actor.tenant) || foreign && believed {
            true => Ok(()),
            false if foreign && self.has(Defect::ForeignReferenceIsTold) => {
                Err(invalid("category_id", "forbidden"))
            }
            false => Err(invalid("category_id", "not_found")),
        }
    }
}

fn is_decimal(value: &Value) -> bool {
    let decimal = |text: &str| {
        text.len() < 20
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
    };
    value.as_str().is_some_and(decimal)
}
