//! TI05 and TI11: two tenants at the same time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::attacks::selectors::holds_none_of;
use crate::body;
use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::report::{Attempt, Report};
use crate::snapshot::{Snapshot, percent_encoded};
use crate::surface::{Access, Class, Resource, Route};
use crate::target::Target;

/// Rows that the other tenant inserts meanwhile.
const ROWS: usize = 200;

/// Requests of each tab in TI11.
const ROUNDS: usize = 20;

/// A resource's text that a marker fits into.
#[derive(Clone, Copy)]
struct Marked<'a> {
    resource: &'a Resource,
    field: &'a str,
}

/// TI05: the victim's lists, filters and cursors while the rival inserts rows with a marker.
///
/// Here the roles are turned: the *writer* is the rival, and what leaks would leak to the victim.
pub(super) fn ti05_lists_under_writes(target: &Target, report: &mut Report) -> Result<(), String> {
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let marked = marked(target);
    if marked.is_none() {
        report.skip(
            "TI05",
            "no resource holds a text that a marker fits into: no filter by a row of another tenant's",
        );
    }
    let marker = format!("mark-{:08x}", target.fresh());
    let lists = readings(target, victim)?;
    let figures = figures_of(target, &lists);
    let whole = Attempt::new("TI05", "every list", "members of the other tenant");
    let before = Snapshot::take(target, victim)?;

    let done = AtomicBool::new(false);
    let written = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let written = marked
                .map(|marked| insert_marked(target, rival, marked, &marker))
                .transpose()
                .and_then(|written| {
                    insert_elsewhere(target, rival, marked)?;
                    insert_settings(target, rival, &marker)?;
                    Ok(written)
                });
            done.store(true, Ordering::Release);
            written
        });
        loop {
            let last = done.load(Ordering::Acquire);
            for (route, request) in &lists {
                let label = route.label();
                let attempt = Attempt::new("TI05", &label, whole.who);
                if let Some(response) = report.probe(&attempt, target, request, &Expected::Success)
                {
                    let verdict = if response.body_text().contains(&marker) {
                        Err("it holds the marker".to_owned())
                    } else {
                        Ok(())
                    };
                    report.judge(
                        &attempt,
                        request,
                        &response,
                        verdict,
                        "no row of the other tenant",
                    );
                }
            }
            if last {
                break;
            }
        }
        writer
            .join()
            .unwrap_or_else(|_| Err("the writer panicked".to_owned()))
    })?;

    let differences = before.differences(&Snapshot::take(target, victim)?);
    report.check(
        &whole,
        differences.is_empty(),
        "every list, all pages",
        "the rows as they were",
        differences.join("; "),
    );
    for ((route, request), before) in lists.iter().zip(figures) {
        let (Some(before), Some(now)) = (before, target.client.send(request).ok()) else {
            continue; // an answer that differs from itself is searched for the marker alone
        };
        let label = route.label();
        let attempt = Attempt::new("TI05", &label, whole.who);
        let verdict = same_bytes(&now, &before, &[]);
        report.judge(&attempt, request, &now, verdict, Expected::Same(&before));
    }
    settings_are_listed(target, report, &marker)?;
    match marked.zip(written) {
        Some((marked, written)) => filters_and_cursors(target, report, marked, &written),
        None => Ok(()),
    }
}

/// The first resource whose list and making are there, and that has a text.
fn marked(target: &Target) -> Option<Marked<'_>> {
    target.surface.resources.iter().find_map(|resource| {
        let has = |method| {
            let route = target.surface.resource_route(method, &resource.name, false);
            route.is_some()
        };
        let field = body::text_field(resource).filter(|_| has("GET") && has("POST"))?;
        Some(Marked {
            resource,
            field: &field.name,
        })
    })
}

/// Everything that the victim's members read together: lists, exports, and GETs of other kinds that
/// need a permission, such as reports of the team's own.
fn readings<'a>(target: &'a Target, victim: &str) -> Result<Vec<(&'a Route, Request)>, String> {
    let mut all = Vec::new();
    for route in target.surface.routes_with(&[Access::Protect]) {
        let class = target.surface.class(route);
        let read = matches!(
            class,
            Class::List | Class::Export | Class::Of(_) | Class::Other
        );
        if route.method != "GET" || !read {
            continue;
        }
        let mut request = match target.prepare(route, victim) {
            Ok(prepared) => prepared.request,
            Err(_) => continue, // uncovered, which is reported already
        };
        if class == Class::List {
            request.target.push_str("?limit=200");
        }
        let reader = target.allowed_member(victim, &route.permissions)?;
        all.push((route, request.bearer(reader.access())));
    }
    Ok(all)
}

/// The answers before anything is written: those that are the same when asked for twice.
fn figures_of(target: &Target, readings: &[(&Route, Request)]) -> Vec<Option<Response>> {
    let answer = |request| target.client.send(request).ok();
    readings
        .iter()
        .map(|(_, request)| {
            let (first, second) = (answer(request)?, answer(request)?);
            same_bytes(&first, &second, &[]).is_ok().then_some(first)
        })
        .collect()
}

fn insert_marked(
    target: &Target,
    tenant: &str,
    Marked { resource, field }: Marked<'_>,
    marker: &str,
) -> Result<String, String> {
    let route = target
        .surface
        .resource_route("POST", &resource.name, false)
        .ok_or("no route makes a record")?;
    let author = target.allowed_member(tenant, &route.permissions)?;
    let mut last = String::new();
    for number in 0..ROWS {
        last = format!("{marker}-{number:03}");
        let mut body = target.new_record(tenant, resource)?;
        body[field] = json!(last);
        target.must(
            &Request::new("POST", &route.path, &target.host(tenant))
                .bearer(author.access())
                .json(&body),
        )?;
    }
    Ok(last)
}

/// A row in each other resource, for whatever is counted there.
fn insert_elsewhere(
    target: &Target,
    tenant: &str,
    marked: Option<Marked<'_>>,
) -> Result<(), String> {
    let done = marked.map(|marked| marked.resource.name.as_str());
    let others = target.surface.resources.iter();
    for resource in others.filter(|resource| Some(resource.name.as_str()) != done) {
        if target.surface.route_of(resource, Class::Create).is_some() {
            target.create(tenant, resource)?;
        }
    }
    Ok(())
}

/// A role, a field and an invitation that bear the marker, for the lists of the tenant's own settings.
fn insert_settings(target: &Target, tenant: &str, marker: &str) -> Result<(), String> {
    if target.has("POST", "/api/roles") {
        let body = json!({ "name": marker, "permissions": [] });
        target.as_chief("POST", "/api/roles", tenant, Some(&body))?;
    }
    if target.has("POST", "/api/invitations") {
        let email = format!("{marker}@example.com");
        let body = json!({ "email": email, "roles": [target.lowest_role()?] });
        target.as_chief("POST", "/api/invitations", tenant, Some(&body))?;
    }
    if target.has("PATCH", "/api/custom-fields/{id}") {
        let (id, _) = target.custom_field(tenant, "string")?;
        let path = format!("/api/custom-fields/{id}");
        let body = json!({ "label": marker });
        target.as_chief("PATCH", &path, tenant, Some(&body))?;
    }
    Ok(())
}

/// The tenant that made them finds the settings with the marker: else looking for it proves nothing.
fn settings_are_listed(target: &Target, report: &mut Report, marker: &str) -> Result<(), String> {
    let rival = &target.cast.rival;
    for (method, written, path) in [
        ("POST", "/api/roles", "/api/roles"),
        ("POST", "/api/invitations", "/api/invitations"),
        ("PATCH", "/api/custom-fields/{id}", "/api/custom-fields"),
    ] {
        if !target.has("GET", path) || !target.has(method, written) {
            continue;
        }
        let rows = target.rows(path, rival)?;
        let found = rows.iter().any(|row| row.to_string().contains(marker));
        let label = format!("GET {path}");
        report.check(
            &Attempt::new("TI05", &label, "the owner of the other tenant"),
            found,
            "the writer's own list",
            "a row with the marker",
            rows.len(),
        );
    }
    Ok(())
}

/// The victim asks for the marked row by its value, and goes on from a page of the other tenant's.
fn filters_and_cursors(
    target: &Target,
    report: &mut Report,
    Marked { resource, field }: Marked<'_>,
    written: &str,
) -> Result<(), String> {
    let route = target
        .surface
        .resource_route("GET", &resource.name, false)
        .ok_or("no list")?;
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let label = route.label();
    let attempt = Attempt::new("TI05", &label, "members of the other tenant");
    let secrets = Snapshot::take(target, rival)?;
    let inserted = secrets.ids(&route.path).count();
    report.check(
        &attempt,
        inserted >= ROWS,
        "the writer's own list",
        "the inserted rows",
        inserted,
    );
    let list = |tenant: &str, query: String| -> Result<Request, String> {
        let reader = target.allowed_member(tenant, &route.permissions)?;
        Ok(Request::new(
            "GET",
            &format!("{}?{query}", route.path),
            &target.host(tenant),
        )
        .bearer(reader.access()))
    };
    let by_value = format!("filter[{field}]={}", percent_encoded(written));
    for (tenant, rows) in [(rival, 1), (victim, 0)] {
        let request = list(tenant, by_value.clone())?;
        if let Some(response) = report.probe(&attempt, target, &request, &Expected::Success) {
            let found = response.json()["data"].as_array().map_or(0, Vec::len);
            let verdict = if found == rows {
                Ok(())
            } else {
                Err(format!("{found} rows"))
            };
            report.judge(
                &attempt,
                &request,
                &response,
                verdict,
                format_args!("{rows} rows for {tenant}"),
            );
        }
    }
    let page = target.must(&list(rival, "limit=1".to_owned())?)?.json();
    let cursor = page
        .get("next_cursor")
        .and_then(Value::as_str)
        .ok_or("a list of many rows has no cursor")?;
    let stolen = list(
        victim,
        format!("limit=1&cursor={}", percent_encoded(cursor)),
    )?;
    if let Some(response) = report.send(&attempt, target, &stolen) {
        report.judge(
            &attempt,
            &stolen,
            &response,
            holds_none_of(&response, &secrets, &route.path),
            "no row of the other tenant",
        );
    }
    Ok(())
}

/// TI11: a user with different roles in two tenants, in two tabs at once, with one token.
pub(super) fn ti11_two_tenants_at_once(target: &Target, report: &mut Report) -> Result<(), String> {
    let (one, other) = target.cast.of_both_tenants()?;
    let route = target
        .surface
        .resources
        .iter()
        .filter_map(|resource| target.surface.resource_route("POST", &resource.name, false))
        .find(|route| {
            target.surface.allows(&one.user.roles, &route.permissions)
                && !target.surface.allows(&other.user.roles, &route.permissions)
        });
    let Some(route) = route else {
        report.skip(
            "TI11",
            "the last role of the schema may create all that the first may",
        );
        return Ok(());
    };
    let label = route.label();
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let missing = target
        .surface
        .missing(&other.user.roles, &route.permissions);
    let requests = |tenant: &str| -> Result<Vec<Request>, String> {
        (0..ROUNDS)
            .map(|_| Ok(target.prepare(route, tenant)?.request.bearer(one.access())))
            .collect()
    };
    let (allowed, refused) = (requests(victim)?, requests(rival)?);
    let watched = Snapshot::take(target, rival)?;
    let send_all = |requests: &[Request]| {
        requests
            .iter()
            .map(|request| target.client.send(request))
            .collect::<Vec<_>>()
    };
    let (in_one, in_other) = thread::scope(|scope| {
        let tab = scope.spawn(|| send_all(&allowed));
        let in_other = send_all(&refused);
        (tab.join().unwrap_or_default(), in_other)
    });
    report.check(
        &Attempt::new("TI11", &label, one.email()),
        in_one.len() == ROUNDS,
        "a tab",
        "all its answers",
        in_one.len(),
    );
    for (tenant, requests, answers, expected) in [
        (victim, &allowed, in_one, Expected::Success),
        (rival, &refused, in_other, Expected::Denied(&missing)),
    ] {
        let who = format!("{} in {tenant}", one.email());
        let attempt = Attempt::new("TI11", &label, &who);
        for (request, answer) in requests.iter().zip(answers) {
            match answer {
                Ok(response) => report.judge(
                    &attempt,
                    request,
                    &response,
                    expected.check(&response),
                    &expected,
                ),
                Err(error) => report.find(&attempt, request, &expected, error),
            }
        }
    }
    let differences = watched.differences(&Snapshot::take(target, rival)?);
    let attempt = Attempt::new("TI11", &label, one.email());
    report.check(
        &attempt,
        differences.is_empty(),
        "everything above",
        "the rows as they were",
        differences.join("; "),
    );
    roles_by_tenant(target, report)
}

/// What the application itself says of the same user in each tenant.
fn roles_by_tenant(target: &Target, report: &mut Report) -> Result<(), String> {
    if target.surface.route("GET", "/api/me/permissions").is_none() {
        return Ok(());
    }
    let (one, other) = target.cast.of_both_tenants()?;
    let attempt = Attempt::new("TI11", "GET /api/me/permissions", one.email());
    for (tenant, membership) in [(&target.cast.victim, one), (&target.cast.rival, other)] {
        let request =
            Request::new("GET", "/api/me/permissions", &target.host(tenant)).bearer(one.access());
        if let Some(response) = report.probe(&attempt, target, &request, &Expected::Success) {
            let body = response.json();
            let right =
                body["tenant"] == tenant.as_str() && body["roles"] == json!(membership.user.roles);
            let expected = format!("the roles {:?} in {tenant}", membership.user.roles);
            report.judge(
                &attempt,
                &request,
                &response,
                right.then_some(()).ok_or("other roles".to_owned()),
                expected,
            );
        }
    }
    Ok(())
}
