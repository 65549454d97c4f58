//! EN03: errors of every kind on every route, and paths that give things away.
//!
//! What an error may hold is judged on every error of a run, by [`crate::leaks`]; here the errors
//! that no other attack provokes are provoked.

use crate::client::Request;
use crate::expect::Expected;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::surface::{Access, Class, Route};
use crate::target::Target;

/// Paths that tell of the inside where something serves them.
const PROBES: &[&str] = &[
    "/.env",
    "/.git/config",
    "/.git/HEAD",
    "/metrics",
    "/debug",
    "/debug/pprof/",
    "/server-status",
    "/actuator/env",
    "/trace",
    "/gatewright.toml",
    "/Cargo.lock",
    "/etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/static/..%2f.env",
    "/favicon.ico%00",
];

/// EN03: probes by nobody and by the victim's owner; then each route of a resource, used wrongly.
pub(super) fn en03_errors(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    for path in PROBES {
        for method in ["GET", "HEAD", "TRACE", "POST"] {
            let request = Request::new(method, path, &target.victim_host());
            let gone = Expected::Status(&[400, 401, 404, 405]);
            let anonymous = Attempt::new("EN03", path, "anonymous");
            report.probe(&anonymous, target, &request, &gone);
            let request = request.bearer(owner.access());
            report.probe(
                &Attempt::new("EN03", path, owner.email()),
                target,
                &request,
                &gone,
            );
        }
    }
    for route in target.surface.routes_with(&[Access::Protect]) {
        let victim = &target.cast.victim;
        let Ok(prepared) = target.prepare(route, victim) else {
            continue; // uncovered, which is reported already
        };
        let sender = target.allowed_member(victim, &route.permissions)?;
        let request = prepared.request.bearer(sender.access());
        used_wrongly(
            target,
            report,
            (route, sender),
            &request,
            prepared.record.as_deref(),
        );
    }
    Ok(())
}

fn used_wrongly(
    target: &Target,
    report: &mut Report,
    (route, sender): (&Route, Principal<'_>),
    request: &Request,
    record: Option<&str>,
) {
    let label = route.label();
    let attempt = Attempt::new("EN03", &label, sender.email());
    let class = target.surface.class(route);
    let mut probe = |request: Request, expected: &[u16]| {
        report.probe(&attempt, target, &request, &Expected::Status(expected));
    };
    if let Some(record) = record.filter(|record| request.target.contains(record)) {
        for id in [
            "x",
            "1'",
            "%27%20OR%201",
            "0",
            "null",
            "-1",
            "%00",
            "%ff",
            "%F0%9F",
        ] {
            probe(request.clone().about(record, id), &[400, 404, 422]);
        }
    }
    let separator = if request.target.contains('?') {
        '&'
    } else {
        '?'
    };
    if matches!(class, Class::List | Class::Export) {
        for query in [
            "nonsense'=1",
            "filter[id",
            "filter[id]=x",
            "sort=",
            "%=%",
            "%ff=1",
            "a=%00",
        ] {
            let mut request = request.clone();
            request.target = format!("{}{separator}{query}", request.target);
            probe(request, &[400]);
        }
    }
    let other = Request {
        method: "PUT".to_owned(),
        ..request.clone()
    };
    // Another route of this path may take it.
    if !target.has("PUT", &route.path) {
        probe(other, &[400, 404, 405]);
    }
    let traced = Request {
        method: "TRACE".to_owned(),
        ..request.clone()
    };
    probe(traced, &[400, 401, 404, 405]);
    if request.body.is_some() && !matches!(class, Class::Action | Class::Of(_) | Class::Other) {
        for body in [
            "{\"a\":",
            "",
            "{\"a'\":1}",
            "[]",
            "nul",
            "{\"name\":\"\\ud800\"}",
        ] {
            let request = request.clone().content("application/json", body);
            probe(request, &[400, 422]);
        }
        probe(
            request
                .clone()
                .content("application/json", *b"{\"name\":\"\xff\"}"),
            &[400, 422],
        );
        probe(request.clone().content("text/html", "<p>"), &[415]);
        probe(
            request.clone().header("Content-Encoding", "gzip"),
            &[200, 201, 204, 400, 415],
        );
    }
}
