//! TI02: who says which tenant a request is for, when several things do.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::report::{Attempt, Report};
use crate::snapshot::Snapshot;
use crate::surface::Route;
use crate::target::{Target, same_origin};

const FORBIDDEN: Expected<'_> = Expected::Problem(403, "tenant_forbidden");

/// A list that members of both tenants may read.
pub(super) fn a_list(target: &Target) -> Result<&Route, String> {
    let lists = target
        .surface
        .resources
        .iter()
        .filter_map(|resource| target.surface.resource_route("GET", &resource.name, false));
    lists
        .into_iter()
        .next()
        .ok_or_else(|| "the schema has no resource with a list".to_owned())
}

/// TI02: host, `X-Tenant`, lookalike headers, query and request line against the token's tenant.
pub(super) fn ti02_selectors_that_disagree(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    let route = a_list(target)?;
    let label = route.label();
    let (victim, rival) = (target.cast.victim.as_str(), target.cast.rival.as_str());
    let owner = target.cast.owner(victim)?;
    let attempt = Attempt::new("TI02", &label, owner.email());
    let at = |host: &str| Request::new("GET", &route.path, host).bearer(owner.access());
    let (home, away, base) = (target.victim_host(), target.host(rival), target.base_host());
    let watch = Watch::begin(target)?;

    let plain = report
        .probe(&attempt, target, &at(&home), &Expected::Success)
        .ok_or("no answer")?;
    for agreed in [
        at(&home).header("X-Tenant", victim),
        at(&base).header("X-Tenant", victim),
        at(&base),
    ] {
        report.probe(&attempt, target, &agreed, &Expected::Same(&plain));
    }
    let foreign = report
        .probe(
            &attempt,
            target,
            &at(&base).header("X-Tenant", rival),
            &FORBIDDEN,
        )
        .ok_or("no answer")?;
    for refused in [
        at(&base).header("X-Tenant", "no-such-tenant"),
        at(&home).header("X-Tenant", rival),
        at(&away).header("X-Tenant", victim),
        at(&away),
    ] {
        report.probe(&attempt, target, &refused, &Expected::Same(&foreign));
    }
    for refused in [
        at(&home)
            .header("X-Tenant", victim)
            .header("X-Tenant", rival),
        at(&home).header("X-Tenant", &format!("{victim},{rival}")),
        at(&base)
            .header("X-Tenant", victim)
            .header("X-Tenant", rival),
        at(&home).header("Host", &away),
        at(&format!("{home},{away}")),
        at(&format!("{victim}.{rival}.localhost:{}", target.port)),
        at(&format!("{victim}.localhost.evil.example:{}", target.port)),
    ] {
        report.probe(&attempt, target, &refused, &Expected::Refusal);
    }
    for name in [
        "tenant",
        "tenant_id",
        "tenantId",
        "org",
        "filter[tenant_id]",
        "filter[tenant]",
    ] {
        let mut request = at(&home);
        request.target = format!("{}?{name}={rival}", route.path);
        report.probe(
            &attempt,
            target,
            &request,
            &Expected::Problem(400, "invalid_query"),
        );
    }
    for (name, value) in [
        ("X-Tenant-ID", rival),
        ("X-Tenant-Slug", rival),
        ("X_Tenant", rival),
        ("X-Organization", rival),
        ("X-Forwarded-Host", &away),
        ("X-Original-Host", &away),
        ("X-Host", &away),
        ("Forwarded", &format!("host={away}")),
        ("Cookie", &format!("tenant={rival}")),
    ] {
        report.probe(
            &attempt,
            target,
            &at(&home).header(name, value),
            &Expected::Same(&plain),
        );
    }

    let secrets = Snapshot::take(target, rival)?;
    for (line, host) in [(&away, &home), (&home, &away)] {
        let mut request = at(host);
        request.target = format!("http://{line}{}", route.path);
        if let Some(response) = report.send(&attempt, target, &request) {
            report.judge(
                &attempt,
                &request,
                &response,
                holds_none_of(&response, &secrets, &route.path),
                "no row of the other tenant",
            );
        }
    }
    watch.end(target, report, &attempt)
}

/// TI02: sessions that began at one tenant's host, used at another's by a member of both.
///
/// A browser's session is worth nothing there. A bearer session works, for its tenant is only what
/// is meant when nothing else names one, but with the roles of the tenant that the host names.
pub(super) fn ti02_sessions_of_another_host(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    let path = "/api/me/permissions";
    let label = "GET /api/me/permissions";
    if target.surface.route("GET", path).is_none() {
        report.skip("TI02", "no route tells a member's permissions");
        return Ok(());
    }
    let (at_home, at_rival) = target.cast.of_both_tenants()?;
    let attempt = Attempt::new("TI02", label, at_home.email());
    let rival = &target.cast.rival;
    let (home, away, base) = (target.victim_host(), target.host(rival), target.base_host());

    let bearer = target.sign_in(at_home.email(), &home)?;
    let at = |host: &str| Request::new("GET", path, host).bearer(&bearer.access);
    for (request, member) in [
        (at(&home), at_home),
        (at(&base), at_home),
        (at(&away), at_rival),
        (at(&base).header("X-Tenant", rival), at_rival),
    ] {
        if let Some(response) = report.probe(&attempt, target, &request, &Expected::Success) {
            let body = response.json();
            let right = body["tenant"] == json!(member.user.tenant)
                && body["roles"] == json!(member.user.roles);
            let verdict = right
                .then_some(())
                .ok_or_else(|| "another tenant or other roles".to_owned());
            let expected = format!(
                "the roles {:?} in {:?}",
                member.user.roles, member.user.tenant
            );
            report.judge(&attempt, &request, &response, verdict, expected);
        }
    }

    let browser = target.browse(at_home.email(), &home)?;
    let at =
        |host: &str| same_origin(Request::new("GET", path, host)).header("Cookie", &browser.header);
    report.probe(&attempt, target, &at(&home), &Expected::Success);
    for refused in [
        at(&away),
        at(&base),
        at(&home).header("X-Tenant", rival),
        at(&base).header("X-Tenant", rival),
        at(&base).header("X-Tenant", &target.cast.victim),
    ] {
        report.probe(&attempt, target, &refused, &Expected::Status(&[401, 403]));
    }
    for elsewhere in [&away, &base] {
        let renewal = Request::new("POST", "/auth/refresh", elsewhere);
        let renewal = same_origin(renewal).header("Cookie", &browser.header);
        report.probe(&attempt, target, &renewal, &Expected::Status(&[401, 403]));
    }
    Ok(())
}

/// TI02: naming a tenant where none is asked for tells nobody whether there is such a tenant.
pub(super) fn ti02_tenants_that_exist(target: &Target, report: &mut Report) -> Result<(), String> {
    let path = "/auth/me";
    if target.surface.route("GET", path).is_none() {
        report.skip("TI02", "no route is for accounts in no tenant");
        return Ok(());
    }
    let owner = target.cast.owner(&target.cast.victim)?;
    let attempt = Attempt::new("TI02", "GET /auth/me", owner.email());
    let at = |host: &str| Request::new("GET", path, host).bearer(owner.access());
    let base = target.base_host();
    let unknown = "no-such-tenant";
    for (known, unknown) in [
        (
            at(&base).header("X-Tenant", &target.cast.rival),
            at(&base).header("X-Tenant", unknown),
        ),
        (
            at(&target.host(&target.cast.rival)),
            at(&target.host(unknown)),
        ),
    ] {
        let pair = (
            report.send(&attempt, target, &known),
            report.send(&attempt, target, &unknown),
        );
        alike(report, &attempt, &known, pair, &[]);
    }
    Ok(())
}

/// Whether an answer shows no row that `secrets` holds under `path`.
pub(super) fn holds_none_of(
    response: &Response,
    secrets: &Snapshot,
    path: &str,
) -> Result<(), String> {
    if response.status >= 500 {
        return Err("the application failed".to_owned());
    }
    let body = response.json();
    let rows = body
        .get("data")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let shown = rows
        .iter()
        .filter_map(|row| row["id"].as_str())
        .find(|id| secrets.ids(path).any(|secret| secret == *id));
    shown.map_or(Ok(()), |id| Err(format!("it shows {id}")))
}

/// Whether two refusals of one kind are the same, apart from ids that the attacker sent.
pub(super) fn alike(
    report: &mut Report,
    attempt: &Attempt<'_>,
    request: &Request,
    pair: (Option<Response>, Option<Response>),
    sent: &[&str],
) {
    if let (Some(known), Some(unknown)) = pair {
        report.judge(
            attempt,
            request,
            &known,
            same_bytes(&known, &unknown, sent),
            Expected::Same(&unknown),
        );
    }
}
