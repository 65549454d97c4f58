//! MA01 and MA02: fields that only the server may set, sent by a client.

use serde_json::{Value, json};

use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::forge::claims_of;
use crate::report::{Attempt, Report};
use crate::snapshot::Snapshot;
use crate::surface::{FieldType, Resource, Route};
use crate::target::{Target, same_origin};

/// A name and a value that would matter if they were believed.
pub(super) type Planted = (&'static str, Value);

/// What an attacker in the rival tenant would like to set, minus what the resource really has.
pub(super) fn planted(target: &Target, resource: &Resource) -> Result<Vec<Planted>, String> {
    let victim_tenant = tenant_id(target)?;
    let victim_user = claims_of(target.cast.owner(&target.cast.victim)?.access())["sub"].clone();
    let all = vec![
        ("id", json!("018f0000-0000-7000-8000-00000000beef")),
        ("tenant_id", victim_tenant),
        ("tenant", json!(target.cast.victim)),
        ("version", json!(999_999)),
        ("created_at", json!("2001-02-03T04:05:06Z")),
        ("updated_at", json!("2001-02-03T04:05:06Z")),
        ("owner_id", victim_user.clone()),
        ("created_by", victim_user.clone()),
        ("user_id", victim_user),
        ("role", json!("owner")),
        ("is_super_admin", json!(true)),
        ("email_verified", json!(true)),
        ("password_hash", json!("$argon2id$planted")),
    ];
    Ok(all
        .into_iter()
        .filter(|(name, _)| resource.fields.iter().all(|field| field.name != *name))
        .collect())
}

/// The victim tenant's id, as its owner is told it; its slug when it is told none.
fn tenant_id(target: &Target) -> Result<Value, String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let me = target
        .must(&Request::new("GET", "/auth/me", &target.base_host()).bearer(owner.access()))?
        .json();
    let id = &me["tenants"][0]["id"];
    Ok(if id.is_string() {
        id.clone()
    } else {
        json!(target.cast.victim)
    })
}

/// An unsafe route of a resource, in the attacker's own tenant.
struct Aim<'a> {
    target: &'a Target,
    resource: &'a Resource,
    route: &'a Route,
    token: &'a str,
    email: &'a str,
}

impl Aim<'_> {
    /// A valid body and the path to send it to.
    fn prepare(&self) -> Result<(Request, Value), String> {
        let prepared = self.target.prepare(self.route, &self.target.cast.rival)?;
        let body = prepared
            .request
            .body
            .as_deref()
            .and_then(|body| serde_json::from_slice(body).ok())
            .unwrap_or_else(|| json!({}));
        Ok((prepared.request.bearer(self.token), body))
    }

    /// Sends a request; the planted values must be refused or ignored.
    fn plant(
        &self,
        report: &mut Report,
        attack: &'static str,
        request: &Request,
        planted: &[Planted],
    ) {
        let label = self.route.label();
        let attempt = Attempt::new(attack, &label, self.email);
        if let Some(response) = report.send(&attempt, self.target, request) {
            let verdict = refused_or_ignored(&response, planted)
                .and_then(|()| no_secrets(&response, self.resource));
            report.judge(
                &attempt,
                request,
                &response,
                verdict,
                "400, 415 or 422, or the planted values ignored",
            );
        }
    }
}

fn aims<'a>(target: &'a Target, resource: &'a Resource) -> Result<Vec<Aim<'a>>, String> {
    let routes = [
        target.surface.resource_route("POST", &resource.name, false),
        target.surface.resource_route("PATCH", &resource.name, true),
    ];
    routes
        .into_iter()
        .flatten()
        .map(|route| {
            let member = target.allowed_member(&target.cast.rival, &route.permissions)?;
            Ok(Aim {
                target,
                resource,
                route,
                token: &member.tokens.access,
                email: &member.user.email,
            })
        })
        .collect()
}

/// MA01: each planted field in an otherwise valid body, on every create and update.
pub(super) fn ma01_fields_of_the_server(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    let before = Snapshot::take(target, &target.cast.victim)?;
    for resource in &target.surface.resources {
        for aim in aims(target, resource)? {
            for (name, value) in planted(target, resource)? {
                let (request, mut body) = aim.prepare()?;
                body[name] = value.clone();
                aim.plant(report, "MA01", &request.json_again(&body), &[(name, value)]);
            }
        }
    }
    nothing_changed(target, report, "MA01", &before)
}

/// MA02: nested, in a bag, in the query, in a form, twice, as a value of another type.
pub(super) fn ma02_disguised_fields(target: &Target, report: &mut Report) -> Result<(), String> {
    let before = Snapshot::take(target, &target.cast.victim)?;
    for resource in &target.surface.resources {
        let planted = planted(target, resource)?;
        let bag: Value = planted
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        for aim in aims(target, resource)? {
            for wrapper in [
                "data",
                "attributes",
                "custom_fields",
                "$set",
                "__proto__",
                "constructor",
                resource.name.as_str(),
            ] {
                // A field of that name has a type, and is tried below.
                if resource.fields.iter().any(|field| field.name == wrapper) {
                    continue;
                }
                let (request, mut body) = aim.prepare()?;
                body[wrapper] = bag.clone();
                aim.plant(report, "MA02", &request.json_again(&body), &planted);
                aim.plant(
                    report,
                    "MA02",
                    &request.json_again(&json!({ wrapper: body })),
                    &planted,
                );
            }
            for field in &resource.fields {
                let (request, mut body) = aim.prepare()?;
                body[field.name.as_str()] = bag.clone();
                let request = request.json_again(&body);
                if matches!(field.ty, FieldType::Json) {
                    // It may hold anything, which is believed no more for standing there.
                    aim.plant(report, "MA02", &request, &planted);
                    continue;
                }
                let label = aim.route.label();
                report.probe(
                    &Attempt::new("MA02", &label, aim.email),
                    target,
                    &request,
                    &Expected::Status(&[400, 422]),
                );
            }
            raw_bodies(&aim, report, &planted)?;
        }
    }
    nothing_changed(target, report, "MA02", &before)
}

/// Bodies that no JSON value stands for, and other types of content.
fn raw_bodies(aim: &Aim<'_>, report: &mut Report, planted: &[Planted]) -> Result<(), String> {
    for (name, value) in planted {
        // A parser that keeps the first and one that keeps the last must both be safe.
        for position in ["first", "last"] {
            let (request, body) = aim.prepare()?;
            let inner = body.to_string();
            let inner = inner.trim_start_matches('{').trim_end_matches('}');
            let comma = if inner.is_empty() { "" } else { "," };
            let twice = format!("\"{name}\":null,\"{name}\":{value}");
            let text = if position == "first" {
                format!("{{{twice}{comma}{inner}}}")
            } else {
                format!("{{{inner}{comma}{twice}}}")
            };
            aim.plant(
                report,
                "MA02",
                &request.content("application/json", text),
                planted,
            );
        }
        let (mut request, _) = aim.prepare()?;
        request.target = format!(
            "{}?{name}={}",
            request.target,
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        );
        aim.plant(report, "MA02", &request, planted);
    }

    let (request, body) = aim.prepare()?;
    let form = planted
        .iter()
        .map(|(name, value)| format!("{name}={}", value.to_string().trim_matches('"')))
        .collect::<Vec<_>>()
        .join("&");
    let label = aim.route.label();
    let attempt = Attempt::new("MA02", &label, aim.email);
    for (content_type, text) in [
        ("application/x-www-form-urlencoded", form),
        ("text/plain", body.to_string()),
        (
            "application/xml",
            "<record><tenant_id>1</tenant_id></record>".to_owned(),
        ),
    ] {
        report.probe(
            &attempt,
            aim.target,
            &request.clone().content(content_type, text),
            &Expected::Status(&[415]),
        );
    }
    for text in [
        format!("[{body}]"),
        format!("[{body},{body}]"),
        "null".to_owned(),
        "\"tenant_id\"".to_owned(),
    ] {
        report.probe(
            &attempt,
            aim.target,
            &request.clone().content("application/json", text),
            &Expected::Status(&[400, 422]),
        );
    }
    Ok(())
}

/// MA01: a sign-up that brings its own verification, roles and tenant.
pub(super) fn ma01_signup(target: &Target, report: &mut Report) -> Result<(), String> {
    let Some(route) = target.surface.route("POST", "/auth/signup") else {
        report.skip("MA01", "there is no sign-up");
        return Ok(());
    };
    let label = route.label();
    let base = target.base_host();
    let victim = tenant_id(target)?;
    for (name, value) in [
        ("email_verified", json!(true)),
        ("verified_at", json!("2001-02-03T04:05:06Z")),
        ("status", json!("active")),
        ("role", json!("owner")),
        ("roles", json!(["owner"])),
        ("is_super_admin", json!(true)),
        ("platform_role", json!("super_admin")),
        ("tenant_id", victim),
        (
            "tenants",
            json!([{ "slug": target.cast.victim, "roles": ["owner"] }]),
        ),
    ] {
        let email = format!("mallory-{}@example.com", target.fresh());
        let attempt = Attempt::new("MA01", &label, &email);
        let password = "nine staples hold the correct battery";
        let body =
            json!({ "email": email, "password": password, "transport": "bearer", name: value });
        let signup = same_origin(Request::new("POST", &route.path, &base)).json(&body);
        let Some(answer) = report.probe(
            &attempt,
            target,
            &signup,
            &Expected::Status(&[201, 202, 400, 403, 422]),
        ) else {
            continue;
        };
        let body = json!({ "email": email, "password": password, "transport": "bearer" });
        let login = Request::new("POST", "/auth/login", &base).json(&body);
        // Where addresses need no verification, the account exists; it must be a stranger to all.
        let Some(token) = (match answer.status {
            201 => report
                .send(&attempt, target, &login)
                .and_then(|response| response.text_of("access_token")),
            _ => report
                .probe(&attempt, target, &login, &Expected::Status(&[401]))
                .and_then(|response| response.text_of("access_token")),
        }) else {
            continue;
        };
        for (path, host) in [
            ("/api/me/permissions", target.victim_host()),
            ("/platform/tenants", base.clone()),
        ] {
            report.probe(
                &attempt,
                target,
                &Request::new("GET", path, &host).bearer(&token),
                &Expected::Status(&[403, 404]),
            );
        }
    }
    Ok(())
}

pub(super) fn refused_or_ignored(response: &Response, planted: &[Planted]) -> Result<(), String> {
    if matches!(response.status, 400 | 415 | 422) {
        return Ok(());
    }
    if !response.is_success() {
        return Err(format!("the status is {}", response.status));
    }
    let answer = response.json();
    // One record, or those of a bulk request.
    let records = match answer.get("data").and_then(Value::as_array) {
        Some(records) => records.as_slice(),
        None => std::slice::from_ref(&answer),
    };
    let believed = planted.iter().find(|(name, value)| {
        let mut held = records.iter().map(|record| record.get(name));
        held.any(|held| held == Some(value))
    });
    believed.map_or(Ok(()), |(name, value)| {
        Err(format!("{name} became {value}"))
    })
}

/// Replies never hold hashes or tokens.
fn no_secrets(response: &Response, resource: &Resource) -> Result<(), String> {
    let record = response.json();
    let names = record
        .as_object()
        .map(|record| record.keys().cloned().collect::<Vec<_>>())
        .unwrap_or_default();
    let shown = names
        .into_iter()
        .filter(|name| resource.fields.iter().all(|field| field.name != *name))
        .find(|name| {
            ["password", "hash", "secret", "token"]
                .iter()
                .any(|word| name.contains(word))
        });
    shown.map_or(Ok(()), |name| Err(format!("it shows {name}")))
}

pub(super) fn nothing_changed(
    target: &Target,
    report: &mut Report,
    attack: &'static str,
    before: &Snapshot,
) -> Result<(), String> {
    let differences = before.differences(&Snapshot::take(target, &before.tenant)?);
    let attempt = Attempt::new(attack, "every create and update", "the rival's owner");
    report.check(
        &attempt,
        differences.is_empty(),
        "everything above",
        "the victim's rows as they were",
        differences.join("; "),
    );
    Ok(())
}

impl Request {
    /// The same request with another JSON body.
    fn json_again(&self, body: &Value) -> Self {
        self.clone().json(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &Value) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    #[test]
    fn a_planted_value_that_comes_back_was_believed() {
        let planted = [("tenant_id", json!("v"))];
        assert!(refused_or_ignored(&response(422, &json!({})), &planted).is_ok());
        assert!(
            refused_or_ignored(&response(201, &json!({ "tenant_id": "own" })), &planted).is_ok()
        );
        assert!(
            refused_or_ignored(&response(201, &json!({ "tenant_id": "v" })), &planted).is_err()
        );
        assert!(refused_or_ignored(&response(500, &json!({})), &planted).is_err());
    }

    #[test]
    fn a_hash_in_a_reply_is_seen() {
        let resource: Resource = serde_json::from_value(json!({ "name": "r", "fields": [{ "name": "token_count", "ty": { "type": "integer", "min": null, "max": null } }] })).unwrap();
        assert!(no_secrets(&response(200, &json!({ "token_count": 3 })), &resource).is_ok());
        assert!(no_secrets(&response(200, &json!({ "password_hash": "x" })), &resource).is_err());
    }
}
