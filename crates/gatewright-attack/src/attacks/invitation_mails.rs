//! EM03 and EM06: what an invitation's mail says is the application's, whoever sends what.

use serde_json::json;

use crate::client::Request;
use crate::expect::Expected;
use crate::fixtures::Invitation;
use crate::report::{Attempt, Report};
use crate::target::Target;

const LABEL: &str = "POST /api/invitations";

/// EM03: hosts that lie, in a request that invites.
pub(super) fn em03_poisoned_hosts(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("POST", "/api/invitations") {
        report.skip("EM03", "nobody is invited");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let owner = target.cast.owner(tenant)?;
    let lowest = target.lowest_role()?;
    let evil = "evil.example";
    let forwarded = format!("host={evil};proto=https");
    for (name, value) in [
        ("X-Forwarded-Host", evil),
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Port", "1"),
        ("X-Forwarded-Server", evil),
        ("X-Original-Host", evil),
        ("X-Host", evil),
        ("Forwarded", &forwarded),
        ("Origin", "https://evil.example"),
        ("Referer", "https://evil.example/"),
    ] {
        let email = target.guest();
        let request = target.invitation(tenant, &email, &[&lowest]);
        let request = request.header(name, value).bearer(owner.access());
        let invitation = target.invite_by(&request, &email)?;
        own_link_alone(target, report, ("EM03", name), &request, &invitation);
    }
    // A host of nobody's is refused, and nothing is sent.
    for host in [evil, "acme.evil.example", "evil.example#.localhost"] {
        let attempt = Attempt::new("EM03", LABEL, host);
        let request = target.invitation(tenant, &target.guest(), &[&lowest]);
        let request = request.at_host(host).bearer(owner.access());
        report.probe(&attempt, target, &request, &Expected::Refusal);
    }
    Ok(())
}

/// Whether a mail holds the one link that it is for, to the tenant's own host.
fn own_link_alone(
    target: &Target,
    report: &mut Report,
    (attack, who): (&'static str, &str),
    request: &Request,
    invitation: &Invitation,
) {
    let host = target.victim_host();
    let own = format!(
        "http://{host}/auth/invitations/accept?token={}",
        invitation.token
    );
    let links = invitation.mail.links();
    let attempt = Attempt::new(attack, LABEL, who);
    report.check(
        &attempt,
        links.iter().eq([&own.as_str()]),
        request,
        "one link, to the tenant's own host",
        Vec::from_iter(links).join(" "),
    );
}

/// Names that a mail program could take for something else.
const NAMES: &[&str] = &[
    "<a href=\"https://evil.example/\">Log in</a>",
    "https://evil.example/login",
    "www.evil.example/login",
    "\"><script>alert(1)</script>",
    "{{7777*7777}}${7777*7777}<%= 7777*7777 %>",
    "Acme\" on Storefront. Confirm at evil.example: \"",
    "Acme\u{2028}Bcc: eve@evil.example",
    "=?utf-8?q?Evil?=",
];

/// EM06: names of tenants and of those who invite, in the mail and in its head.
pub(super) fn em06_names_in_mails(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("POST", "/api/invitations") || !target.has("PATCH", "/api/tenant") {
        report.skip("EM06", "nobody is invited, or no tenant is renamed");
        return Ok(());
    }
    let tenant = &target.cast.victim;
    let owner = target.cast.owner(tenant)?;
    let lowest = target.lowest_role()?;
    let before = target.as_chief("GET", "/api/tenant", tenant, None)?.json();
    for name in NAMES {
        let attempt = Attempt::new("EM06", "PATCH /api/tenant", owner.email());
        let rename = Request::new("PATCH", "/api/tenant", &target.host(tenant));
        let rename = rename.json(&json!({ "name": name })).bearer(owner.access());
        let taken = Expected::Status(&[200, 400, 422]);
        let answer = report.probe(&attempt, target, &rename, &taken);
        if !answer.is_some_and(|answer| answer.is_success()) {
            continue;
        }
        let email = target.guest();
        let request = target.invitation(tenant, &email, &[&lowest]);
        let request = request.bearer(owner.access());
        let invitation = target.invite_by(&request, &email)?;
        own_link_alone(target, report, ("EM06", name), &rename, &invitation);
        own_head_alone(report, name, &rename, &invitation);
    }
    let name = before["name"].as_str().unwrap_or(tenant);
    target.as_chief(
        "PATCH",
        "/api/tenant",
        tenant,
        Some(&json!({ "name": name })),
    )?;
    // A line's end is no part of a name.
    for name in ["Acme\r\nBcc: eve@evil.example", "Acme\nX", "Acme\0"] {
        let attempt = Attempt::new("EM06", "PATCH /api/tenant", owner.email());
        let rename = Request::new("PATCH", "/api/tenant", &target.host(tenant));
        let rename = rename.json(&json!({ "name": name })).bearer(owner.access());
        report.probe(&attempt, target, &rename, &Expected::Status(&[400, 422]));
    }
    // Nor of an address.
    for email in [
        "eve@evil.example\r\nBcc: all@evil.example",
        "a@example.com,eve@evil.example",
        "a@example.com eve@evil.example",
        "<eve@evil.example>",
        "Eve <eve@evil.example>",
    ] {
        let attempt = Attempt::new("EM06", LABEL, owner.email());
        let request = target.invitation(tenant, email, &[&lowest]);
        let request = request.bearer(owner.access());
        report.probe(&attempt, target, &request, &Expected::Status(&[400, 422]));
    }
    Ok(())
}

/// Whether a mail's head has the headers that every mail has, each once, and a name is text in it.
fn own_head_alone(report: &mut Report, name: &str, request: &Request, invitation: &Invitation) {
    let attempt = Attempt::new("EM06", LABEL, name);
    let head = invitation.mail.head().to_ascii_lowercase();
    let names: Vec<&str> = head
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let foreign = names.iter().find(|name| {
        let twice = names.iter().filter(|other| other == name).count() > 1;
        twice || matches!(**name, "bcc" | "cc" | "reply-to")
    });
    let found = foreign.copied().unwrap_or_default();
    report.check(
        &attempt,
        foreign.is_none(),
        request,
        "its own headers",
        found,
    );
    // Elements that no mail of the application has; a page that stands alone would show them all.
    let page = head.contains("content-type: text/html");
    let body = invitation.mail.body().to_ascii_lowercase();
    let element = ["<script", "<a href=\"https://evil"]
        .iter()
        .any(|begin| body.contains(begin));
    let computed = invitation.mail.text.contains("60481729");
    let safe = !page && !element && !computed;
    report.check(
        &attempt,
        safe,
        request,
        "a text as it is",
        &invitation.mail.text,
    );
}
