//! FN05: ways around a decision. Another spelling of the path, another method, a header that a
//! proxy might have set: the decision stays what it is for the plain request, or becomes a refusal.

use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::report::{Attempt, Report};
use crate::surface::{Access, Route};
use crate::target::{Prepared, Target};

/// Headers that some proxy, framework or cache would believe.
const HEADERS: &[(&str, &str)] = &[
    ("X-User-Id", "1"),
    ("X-User", "owner@acme.example"),
    ("X-Role", "owner"),
    ("X-Roles", "owner,super_admin"),
    ("X-Admin", "true"),
    ("X_User_Id", "1"),
    ("X_Role", "owner"),
    ("X-Tenant_Role", "owner"),
    ("X-Original-URL", "/healthz"),
    ("X-Rewrite-URL", "/healthz"),
    ("X-Forwarded-Uri", "/healthz"),
    ("X-Forwarded-Prefix", "/auth"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("X-Forwarded-User", "owner@acme.example"),
    ("X-Middleware-Subrequest", "middleware"),
    ("Forwarded", "for=127.0.0.1;host=localhost;proto=https"),
];

/// FN05 on every guarded route, by somebody who is refused and by somebody who is not.
pub(super) fn fn05_detours(target: &Target, report: &mut Report) -> Result<(), String> {
    for route in target
        .surface
        .routes_with(&[Access::Member, Access::Protect, Access::Platform])
    {
        let Ok(prepared) = target.prepare(route, &target.cast.victim) else {
            continue; // uncovered, which is reported already
        };
        let refused = refused_token(target, route)?;
        for (who, token) in [
            ("anonymous", None),
            (refused.0.as_str(), Some(refused.1.as_str())),
        ] {
            let request = token.map_or(prepared.request.clone(), |token| {
                prepared.request.clone().bearer(token)
            });
            around_a_refusal(target, report, route, who, &request)?;
        }
        if !route.is_unsafe() {
            beside_a_success(target, report, route, &prepared)?;
        }
    }
    hidden_targets(target, report)
}

/// Somebody signed in whom the route must refuse.
fn refused_token(target: &Target, route: &Route) -> Result<(String, String), String> {
    let refused = match route.access {
        Access::Protect => target.cast.member_without_roles()?,
        _ => target.cast.outsider()?,
    };
    Ok((refused.email().to_owned(), refused.access().to_owned()))
}

fn around_a_refusal(
    target: &Target,
    report: &mut Report,
    route: &Route,
    who: &str,
    request: &Request,
) -> Result<(), String> {
    let label = route.label();
    let attempt = Attempt::new("FN05", &label, who);
    let plain = report
        .probe(&attempt, target, request, &Expected::Status(&[401, 403]))
        .ok_or("no answer")?;

    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (request.target.as_str(), String::new()),
    };
    for spelling in spellings(path) {
        let detour = Request {
            target: format!("{spelling}{query}"),
            ..request.clone()
        };
        report.probe(&attempt, target, &detour, &Expected::Refusal);
    }
    // Other methods of this path are decided as routes of their own; HEAD goes where GET goes.
    let head = (request.method == "GET").then_some("HEAD");
    for method in head.iter().chain(&["head", "get", "Get", "pOST", "TRACE"]) {
        let detour = Request {
            method: (*method).to_owned(),
            ..request.clone()
        };
        report.probe(&attempt, target, &detour, &Expected::Refusal);
    }
    let options = Request {
        method: "OPTIONS".to_owned(),
        ..request.clone()
    };
    if let Some(response) = report.send(&attempt, target, &options) {
        let harmless = (400..500).contains(&response.status)
            || (matches!(response.status, 200 | 204) && response.body.is_empty());
        report.judge(
            &attempt,
            &options,
            &response,
            harmless.then_some(()).ok_or("it says something".to_owned()),
            "a refusal, or nothing at all",
        );
    }
    for (name, value) in HEADERS {
        let detour = request.clone().header(name, value);
        if let Some(response) = report.send(&attempt, target, &detour) {
            report.judge(
                &attempt,
                &detour,
                &response,
                same_bytes(&plain, &response, &[]),
                Expected::Same(&plain),
            );
        }
    }
    Ok(())
}

/// Other spellings of a path, each of which some router takes for the same.
fn spellings(path: &str) -> Vec<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let parent = path.strip_suffix(last).unwrap_or_default();
    let encoded: String = last.bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![
        format!("{path}/"),
        format!("{path}//"),
        format!("/{path}"),
        format!("/.{path}"),
        format!("/%2e{path}"),
        format!("/x/..{path}"),
        format!("/healthz/..{path}"),
        format!("/healthz/%2e%2e{path}"),
        format!("/healthz%2f..{path}"),
        format!("{path}/."),
        format!("{path}/%2e"),
        format!("{path}%2f"),
        format!("{parent}{encoded}"),
        path.to_uppercase(),
        format!("{path};x"),
        format!("{path};jsessionid=1"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path}."),
        format!("{path}.json"),
        format!("{path}#x"),
        format!("{path}?_method=HEAD"),
        path.replacen('/', "\\", 1),
    ]
}

/// The same headers change nothing for somebody allowed either.
fn beside_a_success(
    target: &Target,
    report: &mut Report,
    route: &Route,
    prepared: &Prepared,
) -> Result<(), String> {
    let label = route.label();
    let allowed = target.allowed(route, &target.cast.victim);
    let allowed = allowed.first().ok_or("nobody is allowed")?;
    let attempt = Attempt::new("FN05", &label, allowed.email());
    let request = prepared.request.clone().bearer(allowed.access());
    let plain = report
        .probe(&attempt, target, &request, &Expected::Success)
        .ok_or("no answer")?;
    // The audit log moves by itself: its answers are compared by their status.
    let again = report.send(&attempt, target, &request).ok_or("no answer")?;
    let steady = same_bytes(&plain, &again, &[]).is_ok() && !route.path.contains("audit");
    for (name, value) in HEADERS {
        let detour = request.clone().header(name, value);
        if let Some(response) = report.send(&attempt, target, &detour) {
            report.judge(
                &attempt,
                &detour,
                &response,
                unchanged(&plain, &response, steady),
                Expected::Same(&plain),
            );
        }
    }
    let head = Request {
        method: "HEAD".to_owned(),
        ..request
    };
    report.probe(
        &attempt,
        target,
        &head,
        &Expected::Status(&[200, 204, 404, 405]),
    );
    Ok(())
}

fn unchanged(plain: &Response, response: &Response, steady: bool) -> Result<(), String> {
    match steady {
        true => same_bytes(plain, response, &[]),
        false if plain.status == response.status => Ok(()),
        false => Err(format!("{} against {}", plain.status, response.status)),
    }
}

/// A public path in the request line, a guarded one in the headers: the public answer, unchanged.
fn hidden_targets(target: &Target, report: &mut Report) -> Result<(), String> {
    let Some(route) = target.surface.route("GET", "/healthz") else {
        return Ok(());
    };
    let label = route.label();
    let attempt = Attempt::new("FN05", &label, "anonymous");
    let request = Request::new("GET", "/healthz", &target.victim_host());
    let plain = report
        .probe(&attempt, target, &request, &Expected::Success)
        .ok_or("no answer")?;
    for name in [
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Uri",
        "X-Forwarded-Path",
    ] {
        let detour = request.clone().header(name, "/api/members");
        if let Some(response) = report.send(&attempt, target, &detour) {
            report.judge(
                &attempt,
                &detour,
                &response,
                same_bytes(&plain, &response, &[]),
                Expected::Same(&plain),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_is_the_plain_path() {
        let spellings = spellings("/api/products");
        assert!(!spellings.contains(&"/api/products".to_owned()));
        assert!(spellings.contains(&"/api/%70%72%6f%64%75%63%74%73".to_owned()));
    }
}
