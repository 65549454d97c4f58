//! CK02 and CK03: another site's page, with the victim's cookies.

use serde_json::json;

use crate::attacks::Watch;
use crate::attacks::selectors::a_list;
use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Access, Class};
use crate::target::{Target, same_origin};

/// What a browser says of a page on another site, and what an old one leaves out.
fn cross_site(target: &Target) -> Vec<(String, Vec<(&'static str, String)>)> {
    let host = target.victim_host();
    let site = |value: &str| ("Sec-Fetch-Site", value.to_owned());
    let mut all = vec![
        ("neither header".to_owned(), Vec::new()),
        (
            "Sec-Fetch-Site cross-site".to_owned(),
            vec![site("cross-site")],
        ),
        (
            "Sec-Fetch-Site same-site".to_owned(),
            vec![site("same-site")],
        ),
        (
            "Sec-Fetch-Site that is unknown".to_owned(),
            vec![site("elsewhere")],
        ),
        (
            "cross-site with the true Origin".to_owned(),
            vec![site("cross-site"), ("Origin", format!("http://{host}"))],
        ),
    ];
    for origin in foreign_origins(target) {
        all.push((format!("Origin {origin}"), vec![("Origin", origin)]));
    }
    all
}

/// Evil, null, a prefix, a suffix, the other scheme, a sibling tenant, another port.
fn foreign_origins(target: &Target) -> Vec<String> {
    let (host, port) = (target.victim_host(), target.port);
    vec![
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://{host}.evil.example"),
        format!("http://evil{host}"),
        format!("https://{host}"),
        format!("http://{}", target.host(&target.cast.rival)),
        format!(
            "http://{}.localhost:{}",
            target.cast.victim,
            port.wrapping_add(1)
        ),
        format!("http://evil.example/http://{host}"),
        format!("http://{host}@evil.example"),
    ]
}

/// CK02: every unsafe guarded route with a victim's cookies from elsewhere; and signing in from elsewhere.
pub(super) fn ck02_cross_site_requests(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let browser = target.browse(owner.email(), &target.victim_host())?;
    for route in target
        .surface
        .routes_with(&[Access::Protect, Access::Member])
        .filter(|route| route.is_unsafe())
    {
        let leaves = route.path.ends_with("/me/membership");
        let leaver = match leaves {
            true => Some(target.spare(&target.cast.victim, "leaver", &[])?),
            false => None,
        };
        let own = match &leaver {
            Some(leaver) => Some(target.browse(&leaver.email, &target.victim_host())?),
            None => None,
        };
        let browser = own.as_ref().unwrap_or(&browser);
        let Ok(prepared) = target.prepare(route, &target.cast.victim) else {
            continue; // uncovered, which is reported already
        };
        if !target.surface.allows(&owner.user.roles, &route.permissions) {
            continue;
        }
        let label = route.label();
        let request = prepared.request.clone().header("Cookie", &browser.header);
        let watch = Watch::begin(target)?;
        for (who, headers) in cross_site(target) {
            let attempt = Attempt::new("CK02", &label, &who);
            let forged = headers
                .iter()
                .fold(request.clone(), |request, (name, value)| {
                    request.header(name, value)
                });
            report.probe(
                &attempt,
                target,
                &forged,
                &Expected::Problem(403, "cross_origin"),
            );
            for (content_type, body) in simple_bodies(request.body.as_deref()) {
                report.probe(
                    &attempt,
                    target,
                    &forged.clone().content(content_type, body),
                    &Expected::Status(&[403, 415]),
                );
            }
        }
        // A route of the team's own may take another type, or none, from its own pages.
        let own_rules = matches!(
            target.surface.class(route),
            Class::Other | Class::Of(_) | Class::Action
        );
        for (content_type, body) in simple_bodies(request.body.as_deref())
            .into_iter()
            .filter(|_| request.body.is_some() && !own_rules)
        {
            let attempt = Attempt::new("CK02", &label, "a form of the same origin");
            let form = same_origin(request.clone()).content(content_type, body);
            report.probe(&attempt, target, &form, &Expected::Status(&[415]));
        }
        watch.end(
            target,
            report,
            &Attempt::new("CK02", &label, "everybody refused"),
        )?;
        // The same bytes from a page of the same origin work: it was the origin that was refused.
        let attempt = Attempt::new("CK02", &label, "the same origin");
        // What was done a moment ago may have to wait, which says that the origin was right.
        let expected: &[u16] = match route.path.ends_with("/resend") {
            true => &[200, 429],
            false => &[200, 201, 202, 204],
        };
        let expected = Expected::Status(expected);
        let answer = report.probe(&attempt, target, &same_origin(request), &expected);
        if answer.is_some_and(|answer| answer.is_success()) {
            target.undo(&prepared, owner.email())?;
        }
    }
    sign_in_from_elsewhere(target, report, owner.email());
    Ok(())
}

/// The types that a form can send without a preflight (Fetch, CORS-safelisted request headers).
fn simple_bodies(json: Option<&[u8]>) -> Vec<(&'static str, Vec<u8>)> {
    let json = json.unwrap_or(b"{}");
    let multipart = [
        b"--x\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n",
        json,
        b"\r\n--x--\r\n",
    ]
    .concat();
    vec![
        ("application/x-www-form-urlencoded", [json, b"="].concat()),
        ("text/plain", json.to_vec()),
        ("multipart/form-data; boundary=x", multipart),
    ]
}

/// A sign-in that would set cookies: otherwise a victim works in the attacker's account.
fn sign_in_from_elsewhere(target: &Target, report: &mut Report, email: &str) {
    let body =
        json!({ "email": email, "password": target.cast.seed.password, "transport": "cookie" });
    let login = Request::new("POST", "/auth/login", &target.victim_host()).json(&body);
    for (who, headers) in cross_site(target) {
        let forged = headers
            .iter()
            .fold(login.clone(), |request, (name, value)| {
                request.header(name, value)
            });
        let attempt = Attempt::new("CK02", "POST /auth/login", &who);
        if let Some(response) = report.probe(
            &attempt,
            target,
            &forged,
            &Expected::Problem(403, "cross_origin"),
        ) {
            let cookie = response.header("set-cookie").unwrap_or_default();
            report.check(&attempt, cookie.is_empty(), &forged, "no cookie", cookie);
        }
    }
}

/// CK02: a link that asks a GET to be something else.
pub(super) fn ck02_method_overrides(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let browser = target.browse(owner.email(), &target.victim_host())?;
    for resource in &target.surface.resources {
        let Some(route) = target.surface.resource_route("GET", &resource.name, true) else {
            continue;
        };
        let label = route.label();
        let prepared = target.prepare(route, &target.cast.victim)?;
        let request = prepared
            .request
            .header("Cookie", &browser.header)
            .header("Sec-Fetch-Site", "cross-site");
        let attempt = Attempt::new("CK02", &label, "a link on another site");
        let watch = Watch::begin(target)?;
        for method in ["GET", "HEAD"] {
            let request = Request {
                method: method.to_owned(),
                ..request.clone()
            };
            for name in [
                "X-HTTP-Method-Override",
                "X-HTTP-Method",
                "X-Method-Override",
            ] {
                report.probe(
                    &attempt,
                    target,
                    &request.clone().header(name, "DELETE"),
                    &Expected::Status(&[200, 400, 403, 405]),
                );
            }
            for query in ["_method=DELETE", "method=DELETE", "_method=PATCH&name=x"] {
                let request = Request {
                    target: format!("{}?{query}", request.target),
                    ..request.clone()
                };
                report.probe(
                    &attempt,
                    target,
                    &request,
                    &Expected::Status(&[200, 400, 403, 405]),
                );
            }
        }
        watch.end(target, report, &attempt)?;
    }
    Ok(())
}

/// CK03: no origin but a configured one is ever allowed to read, and none is configured.
pub(super) fn ck03_cors(target: &Target, report: &mut Report) -> Result<(), String> {
    let route = a_list(target)?;
    let label = route.label();
    let owner = target.cast.owner(&target.cast.victim)?;
    let browser = target.browse(owner.email(), &target.victim_host())?;
    let get = Request::new("GET", &route.path, &target.victim_host());
    let options = Request {
        method: "OPTIONS".to_owned(),
        ..get.clone()
    }
    .header("Access-Control-Request-Method", "POST")
    .header(
        "Access-Control-Request-Headers",
        "authorization, content-type",
    );
    for origin in foreign_origins(target) {
        for request in [
            get.clone().bearer(owner.access()),
            get.clone().header("Cookie", &browser.header),
            get.clone(),
            options.clone(),
        ] {
            let request = request.header("Origin", &origin);
            let attempt = Attempt::new("CK03", &label, &origin);
            if let Some(response) = report.send(&attempt, target, &request) {
                let names = [
                    "access-control-allow-origin",
                    "access-control-allow-credentials",
                ];
                let allowed = names.iter().find_map(|name| {
                    response
                        .header(name)
                        .map(|value| format!("{name}: {value}"))
                });
                let verdict = allowed.map_or(Ok(()), Err);
                report.judge(
                    &attempt,
                    &request,
                    &response,
                    verdict,
                    "no Access-Control-Allow-Origin or -Credentials",
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_body_is_the_json_itself() {
        let bodies = simple_bodies(Some(br#"{"a":1}"#));
        let text = bodies
            .iter()
            .find(|(content_type, _)| *content_type == "text/plain")
            .unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&text.1).unwrap(),
            json!({ "a": 1 })
        );
        assert_eq!(bodies.len(), 3);
    }
}
