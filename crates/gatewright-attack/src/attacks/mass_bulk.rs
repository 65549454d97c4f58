//! MA01 and MA02 in bulk requests and actions: the server's own fields in and beside the records.

use serde_json::{Value, json};

use crate::attacks::mass_assignment::{Planted, nothing_changed, planted, refused_or_ignored};
use crate::client::Request;
use crate::report::{Attempt, Report};
use crate::snapshot::Snapshot;
use crate::surface::{Class, Resource, Route};
use crate::target::Target;

/// The routes whose bodies are attacked here.
const CLASSES: [Class; 4] = [
    Class::BulkCreate,
    Class::BulkUpdate,
    Class::BulkDelete,
    Class::Action,
];

/// A bulk route or an action, in the attacker's own tenant.
struct Aim<'a> {
    target: &'a Target,
    route: &'a Route,
    token: &'a str,
    label: &'a str,
    email: &'a str,
}

impl Aim<'_> {
    fn prepare(&self) -> Result<(Request, Value), String> {
        let prepared = self.target.prepare(self.route, &self.target.cast.rival)?;
        let body = prepared.request.body.as_deref().unwrap_or(b"{}");
        let body = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        Ok((prepared.request.bearer(self.token), body))
    }

    fn plant(
        &self,
        report: &mut Report,
        attack: &'static str,
        request: &Request,
        planted: &[Planted],
    ) {
        let attempt = Attempt::new(attack, self.label, self.email);
        if let Some(response) = report.send(&attempt, self.target, request) {
            let verdict = refused_or_ignored(&response, planted).or_else(|why| {
                // A stale version is a conflict, which is a refusal of it too.
                let stale =
                    response.status == 409 && planted.iter().any(|(name, _)| *name == "version");
                if stale { Ok(()) } else { Err(why) }
            });
            let expected = "400, 415 or 422, or the planted values ignored";
            report.judge(&attempt, request, &response, verdict, expected);
        }
    }
}

/// Each bulk route and action of each resource.
fn each(
    target: &Target,
    mut attack: impl FnMut(&Aim<'_>, &Resource, &[Planted]) -> Result<(), String>,
) -> Result<(), String> {
    for resource in &target.surface.resources {
        let planted = planted(target, resource)?;
        for class in CLASSES {
            for route in target.surface.routes_of(resource, class) {
                let member = target.allowed_member(&target.cast.rival, &route.permissions)?;
                let aim = Aim {
                    target,
                    route,
                    token: member.access(),
                    label: &route.label(),
                    email: member.email(),
                };
                attack(&aim, resource, &planted)?;
            }
        }
    }
    Ok(())
}

/// MA01: each planted field in a record of a bulk request, and beside the records.
pub(super) fn ma01_bulk_and_actions(target: &Target, report: &mut Report) -> Result<(), String> {
    let before = Snapshot::take(target, &target.cast.victim)?;
    each(target, |aim, _, all| {
        for planted in all {
            let (name, value) = planted;
            // The id is how a bulk update names its record; another one is an attack of TI01.
            let names_the_record =
                *name == "id" && target.surface.class(aim.route) == Class::BulkUpdate;
            let (request, mut body) = aim.prepare()?;
            if let (Some(record), false) = (body.pointer_mut("/records/0"), names_the_record) {
                record[*name] = value.clone();
                let request = request.clone().json(&body);
                aim.plant(report, "MA01", &request, std::slice::from_ref(planted));
            }
            let (request, mut body) = aim.prepare()?;
            body[*name] = value.clone();
            aim.plant(
                report,
                "MA01",
                &request.json(&body),
                std::slice::from_ref(planted),
            );
        }
        Ok(())
    })?;
    nothing_changed(target, report, "MA01", &before)
}

/// MA02: nested, twice, after a nested value, and in the query.
pub(super) fn ma02_bulk_and_actions(target: &Target, report: &mut Report) -> Result<(), String> {
    let before = Snapshot::take(target, &target.cast.victim)?;
    each(target, |aim, resource, all| {
        let bag: serde_json::Map<String, Value> = all
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        for wrapper in [
            "data",
            "attributes",
            "custom_fields",
            "$set",
            "__proto__",
            resource.name.as_str(),
        ] {
            // What a field of that name takes is another attack's to try.
            if resource.fields.iter().any(|field| field.name == wrapper) {
                continue;
            }
            let (request, mut body) = aim.prepare()?;
            match body.pointer_mut("/records/0") {
                Some(record) => record[wrapper] = json!(bag),
                None => body[wrapper] = json!(bag),
            }
            aim.plant(report, "MA02", &request.json(&body), all);
        }
        for planted in all
            .iter()
            .filter(|(name, _)| ["tenant_id", "version", "created_by", "role"].contains(name))
        {
            let (name, value) = planted;
            for text in doubled(&aim.prepare()?.1, name, value) {
                // A body of its own for each, since the records of the last may be gone.
                let (request, body) = aim.prepare()?;
                let request = request.content("application/json", text(&body));
                aim.plant(report, "MA02", &request, std::slice::from_ref(planted));
            }
            let (mut request, _) = aim.prepare()?;
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            request.target = format!("{}?{name}={value}", request.target);
            aim.plant(report, "MA02", &request, std::slice::from_ref(planted));
        }
        Ok(())
    })?;
    nothing_changed(target, report, "MA02", &before)
}

type Doubled = Box<dyn Fn(&Value) -> String>;

/// Ways to write a body that names a planted field twice, or behind a nested value.
fn doubled(body: &Value, name: &str, value: &Value) -> [Doubled; 2] {
    let twice = format!("\"{name}\":null,\"{name}\":{value}");
    let after = format!("\"nested\":{{\"deep\":[{{}}]}},\"{name}\":{value}");
    let records = body.get("records").is_some();
    [twice, after].map(|planted| -> Doubled {
        Box::new(move |body: &Value| {
            let text = body.to_string();
            let opening = if records { "{\"records\":[{" } else { "{" };
            let rest = text.strip_prefix(opening).unwrap_or("}");
            let comma = if rest.starts_with('}') { "" } else { "," };
            format!("{opening}{planted}{comma}{rest}")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_body_is_json_still() {
        for body in [
            json!({ "records": [{ "a": 1 }] }),
            json!({ "ids": ["x"] }),
            json!({}),
        ] {
            for text in doubled(&body, "role", &json!("owner")) {
                let text = text(&body);
                let read: Value = serde_json::from_str(&text).unwrap();
                let record = read.pointer("/records/0").unwrap_or(&read);
                assert_eq!(record["role"], "owner", "{text}");
            }
        }
    }
}
