//! UI03 and UI04: whose page a host shows, and where a browser is sent.

use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::target::Target;

/// UI04: hosts of nobody's on the pages that the application has.
pub(super) fn ui04_strange_hosts(target: &Target, report: &mut Report) -> Result<(), String> {
    let port = target.port;
    let victim = &target.cast.victim;
    let strange = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("{victim}.localhost.evil.example"),
        format!("{victim}.localhost:{port}.evil.example"),
        format!("{victim}.localhost:{port}@evil.example"),
        format!("evil.example/{victim}.localhost"),
        format!("{victim}.{victim}.localhost:{port}"),
        format!("-{victim}.localhost:{port}"),
        "192.0.2.1".to_owned(),
        "[::1]:0".to_owned(),
        String::new(),
    ];
    for path in [
        "/auth/invitations/accept",
        "/auth/handoff",
        "/auth/verify-email",
    ] {
        if !target.has("GET", path) {
            continue;
        }
        let label = format!("GET {path}");
        for host in &strange {
            let attempt = Attempt::new("UI04", &label, host);
            let request = Request::new("GET", &format!("{path}?token=x"), host);
            let refused = Expected::Status(&[400, 403, 404, 421, 422]);
            let answer = report.probe(&attempt, target, &request, &refused);
            reflects_nothing(report, &attempt, &request, answer.as_ref());
        }
        for (name, value) in [
            ("X-Forwarded-Host", "evil.example"),
            ("Forwarded", "host=evil.example"),
            ("X-Original-Host", "evil.example"),
        ] {
            let attempt = Attempt::new("UI04", &label, name);
            let request = Request::new("GET", &format!("{path}?token=x"), &target.victim_host());
            let request = request.header(name, value);
            let answer = report.send(&attempt, target, &request);
            reflects_nothing(report, &attempt, &request, answer.as_ref());
        }
    }
    Ok(())
}

/// UI03: a hand-over that is to lead elsewhere.
pub(super) fn ui03_hand_overs(target: &Target, report: &mut Report) -> Result<(), String> {
    let path = "/auth/handoff";
    if !target.has("GET", path) {
        report.skip("UI03", "no browser is handed from host to host");
        return Ok(());
    }
    let label = "GET /auth/handoff";
    for from in [
        "evil.example",
        "//evil.example",
        "%2f%2fevil.example",
        "%5c%5cevil.example",
        "evil.example%23",
        "evil.example%3f",
        "x%40evil.example",
        "x%3a80",
        "javascript%3aalert(1)",
        "a%0d%0aSet-Cookie%3a%20x=y",
        "A",
        "a..b",
        "a%00",
        "%ff",
    ] {
        let attempt = Attempt::new("UI03", label, from);
        let request = Request::new("GET", &format!("{path}?from={from}"), &target.victim_host());
        let answer = report.probe(&attempt, target, &request, &Expected::Status(&[400]));
        reflects_nothing(report, &attempt, &request, answer.as_ref());
    }
    // From a host of ours a browser is sent to that host.
    let attempt = Attempt::new("UI03", label, &target.cast.rival);
    let query = format!("{path}?from={}", target.cast.rival);
    let request = Request::new("GET", &query, &target.victim_host());
    if let Some(answer) = report.probe(&attempt, target, &request, &Expected::Status(&[303])) {
        let location = answer.header("location").unwrap_or_default();
        let own = format!(
            "http://{}/auth/switch-tenant?",
            target.host(&target.cast.rival)
        );
        let right = location.starts_with(&own);
        report.check(
            &attempt,
            right,
            &request,
            "the host that was named",
            location,
        );
    }
    // A code that nobody made, and one without the browser that asked.
    for code in [
        "x",
        "gwh_",
        "gwh_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let attempt = Attempt::new("UI03", label, "a code of nobody's");
        let request = Request::new("GET", &format!("{path}?code={code}"), &target.victim_host());
        let nonce = format!("__Host-handoff={}", "A".repeat(43));
        for request in [request.clone(), request.header("Cookie", &nonce)] {
            let answer = report.probe(&attempt, target, &request, &Expected::Status(&[400]));
            let cookie = answer.and_then(|answer| answer.header("set-cookie").map(str::to_owned));
            let cookie = cookie.unwrap_or_default();
            report.check(&attempt, cookie.is_empty(), &request, "no cookie", cookie);
        }
    }
    Ok(())
}

/// Whether an answer names no host that a stranger made up.
fn reflects_nothing(
    report: &mut Report,
    attempt: &Attempt<'_>,
    request: &Request,
    answer: Option<&Response>,
) {
    let Some(answer) = answer else { return };
    let mut headers = answer.headers.iter();
    let head = headers.any(|(_, value)| value.contains("evil.example"));
    let reflected = head || answer.body_text().contains("evil.example");
    report.check(attempt, !reflected, request, "nothing of the host", answer);
}
