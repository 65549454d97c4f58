//! MA01, MA02 and DB02 on the runtime's own routes: bodies and paths with what does not belong there.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::client::Request;
use crate::expect::Expected;
use crate::forge::claims_of;
use crate::report::{Attempt, Report};
use crate::snapshot::percent_encoded;
use crate::surface::{Access, Class, Route};
use crate::target::Target;

/// The unsafe routes of the runtime's own that somebody signed in uses, and who does so.
fn routes(target: &Target) -> impl Iterator<Item = &Route> {
    let guarded = [
        Access::Protect,
        Access::Member,
        Access::SignedIn,
        Access::Platform,
    ];
    target
        .surface
        .routes
        .iter()
        .filter(move |route| guarded.contains(&route.access))
        .filter(|route| matches!(target.surface.class(route), Class::Of(_)))
}

/// A valid request with the credential of somebody allowed, and its body.
fn aimed(target: &Target, route: &Route) -> Result<Option<(Request, String, Value)>, String> {
    let rival = &target.cast.rival;
    let Ok(prepared) = target.prepare(route, rival) else {
        return Ok(None); // uncovered, which is reported already
    };
    let allowed = match route.access {
        Access::SignedIn => target.cast.outsider().ok(),
        _ => target.allowed(route, rival).into_iter().next(),
    };
    let sender = allowed.ok_or("nobody is allowed to use it")?;
    let Some(body) = prepared.request.body.as_deref() else {
        return Ok(None);
    };
    let body = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let request = prepared.request.bearer(sender.access());
    Ok(Some((request, sender.email().to_owned(), body)))
}

/// What a client would like to set.
fn planted(target: &Target) -> Result<Vec<(&'static str, Value)>, String> {
    let victim = target.cast.owner(&target.cast.victim)?;
    let user = claims_of(victim.access())["sub"].clone();
    let id = json!("018f0000-0000-7000-8000-00000000beef");
    Ok(vec![
        ("id", id.clone()),
        ("tenant_id", id.clone()),
        ("tenant_slug", json!(target.cast.victim)),
        ("user_id", user.clone()),
        ("created_by", user.clone()),
        ("invited_by", user),
        ("created_at", json!("2001-02-03T04:05:06Z")),
        ("expires_at", json!("2101-02-03T04:05:06Z")),
        ("version", json!(999_999)),
        ("template", json!("owner")),
        ("kind", json!("template")),
        ("ceiling", json!(["*"])),
        ("is_super_admin", json!(true)),
        ("platform_role", json!("super_admin")),
        ("token", json!("gwi_planted")),
        ("token_hash", json!("planted")),
        ("password_hash", json!("$argon2id$planted")),
    ])
}

/// MA01: each planted field beside what a body may say: refused, by every route that takes a body.
pub(super) fn ma01_tenancy(target: &Target, report: &mut Report) -> Result<(), String> {
    let watch = Watch::begin(target)?;
    for route in routes(target).filter(|route| route.is_unsafe()) {
        let Some((request, who, body)) = aimed(target, route)? else {
            continue;
        };
        let label = route.label();
        let attempt = Attempt::new("MA01", &label, &who);
        for (name, value) in planted(target)? {
            let mut body = body.clone();
            body[name] = value;
            let request = request.clone().json(&body);
            report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
        }
    }
    unharmed(target, report, "MA01", watch)
}

/// MA02: the same in a bag, twice, as a list, in a form, in the query.
pub(super) fn ma02_tenancy(target: &Target, report: &mut Report) -> Result<(), String> {
    let watch = Watch::begin(target)?;
    let planted = planted(target)?;
    let bag: serde_json::Map<String, Value> = planted
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    for route in routes(target).filter(|route| route.is_unsafe()) {
        let Some((request, who, body)) = aimed(target, route)? else {
            continue;
        };
        let label = route.label();
        let attempt = Attempt::new("MA02", &label, &who);
        let refused = Expected::Status(&[400, 422]);
        for wrapper in ["data", "attributes", "$set", "__proto__", "constructor"] {
            let mut wrapped = body.clone();
            wrapped[wrapper] = json!(bag);
            for body in [wrapped, json!({ wrapper: body })] {
                let request = request.clone().json(&body);
                report.probe(&attempt, target, &request, &refused);
            }
        }
        let inner = body.to_string();
        let inner = inner.trim_start_matches('{').trim_end_matches('}');
        let comma = if inner.is_empty() { "" } else { "," };
        for text in [
            format!("{{{inner}{comma}\"tenant_id\":null,\"tenant_id\":\"x\"}}"),
            format!("[{body}]"),
            "null".to_owned(),
            "\"role\"".to_owned(),
        ] {
            let request = request.clone().content("application/json", text);
            report.probe(&attempt, target, &request, &refused);
        }
        for content_type in [
            "application/x-www-form-urlencoded",
            "text/plain",
            "application/xml",
        ] {
            let request = request.clone().content(content_type, body.to_string());
            report.probe(&attempt, target, &request, &Expected::Status(&[415]));
        }
    }
    unharmed(target, report, "MA02", watch)
}

fn unharmed(
    target: &Target,
    report: &mut Report,
    attack: &'static str,
    watch: Watch,
) -> Result<(), String> {
    // What the attacker may change in their own tenant was prepared there.
    watch.end_of(
        target,
        report,
        &Attempt::new(attack, "every route of the runtime's own", "the rival"),
        &target.cast.victim,
    )
}

/// What ends a literal, is a placeholder, a wildcard or no text.
const STATEMENTS: &[&str] = &[
    "' OR '1'='1",
    "'; DROP TABLE roles; --",
    "\" OR \"\"=\"",
    "' UNION SELECT * FROM users --",
    "$1",
    "%",
    "a\0b",
    "\u{202e}\u{feff}",
];

/// DB02: in paths, in every text of a body, and in what lists take.
pub(super) fn db02_tenancy(target: &Target, report: &mut Report) -> Result<(), String> {
    let rival = &target.cast.rival;
    for route in routes(target) {
        let label = route.label();
        let Ok(prepared) = target.prepare(route, rival) else {
            continue;
        };
        let sender = match route.access {
            Access::SignedIn => target.cast.outsider()?,
            _ => match target.allowed(route, rival).into_iter().next() {
                Some(sender) => sender,
                None => continue,
            },
        };
        let attempt = Attempt::new("DB02", &label, sender.email());
        let request = prepared.request.bearer(sender.access());
        let asked = Expected::Status(&[200, 400, 404, 422]);
        if let Some(id) = prepared.record.filter(|id| request.target.contains(id)) {
            for text in STATEMENTS {
                let mut request = request.clone();
                request.target = request.target.replace(&id, &percent_encoded(text));
                report.probe(
                    &attempt,
                    target,
                    &request,
                    &Expected::Status(&[400, 404, 422]),
                );
            }
        }
        if route.method == "GET" && route.access != Access::SignedIn {
            for text in STATEMENTS {
                let text = percent_encoded(text);
                for query in ["limit", "cursor", "q", "status", "tenant"] {
                    let mut request = request.clone();
                    let separator = if request.target.contains('?') {
                        '&'
                    } else {
                        '?'
                    };
                    request.target = format!("{}{separator}{query}={text}", request.target);
                    report.probe(&attempt, target, &request, &asked);
                }
            }
        }
        let body = request.body.as_deref().unwrap_or_default();
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            continue;
        };
        let texts = body
            .iter()
            .filter(|(_, value)| value.is_string() || value.is_null());
        for (name, _) in texts {
            for text in STATEMENTS {
                let mut body = body.clone();
                // What one is called must not be taken already.
                let text = match name.as_str() {
                    "name" | "label" => format!("{} {text}", target.fresh()),
                    _ => (*text).to_owned(),
                };
                body.insert(name.clone(), json!(text));
                let request = request.clone().json(&Value::Object(body));
                let taken = Expected::Status(&[200, 201, 400, 403, 404, 409, 422]);
                report.probe(&attempt, target, &request, &taken);
            }
        }
    }
    Ok(())
}
