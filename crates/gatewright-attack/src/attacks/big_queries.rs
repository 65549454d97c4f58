//! DS06: queries that ask for more than a page should cost.

use std::time::{Duration, Instant};

use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Class, Resource, Route};
use crate::target::Target;

/// How long a refusal may take.
const QUICK: Duration = Duration::from_secs(5);

/// DS06 on each list and export.
pub(super) fn ds06_queries(target: &Target, report: &mut Report) -> Result<(), String> {
    for resource in &target.surface.resources {
        for (class, prefix) in [(Class::List, "?"), (Class::Export, "?format=jsonl&")] {
            if let Some(route) = target.surface.route_of(resource, class) {
                pages(target, report, route, prefix)?;
                heaps(target, report, resource, route, prefix)?;
            }
        }
    }
    Ok(())
}

fn request(target: &Target, route: &Route, query: &str) -> Result<(String, Request), String> {
    let tenant = &target.cast.victim;
    let reader = target.allowed_member(tenant, &route.permissions)?;
    let path = format!("{}{query}", route.path);
    let request = Request::new("GET", &path, &target.host(tenant)).bearer(reader.access());
    Ok((reader.email().to_owned(), request))
}

/// Page sizes that no page has, and other ways to name a place in a list.
fn pages(target: &Target, report: &mut Report, route: &Route, prefix: &str) -> Result<(), String> {
    for (name, value) in [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "201"),
        ("limit", "1000000000"),
        ("limit", "9223372036854775808"),
        ("limit", "18446744073709551616"),
        ("limit", "1e3"),
        ("limit", "10.5"),
        ("limit", ""),
        ("limit", "%201"),
        ("offset", "9223372036854775808"),
        ("page", "9223372036854775808"),
        ("cursor", ""),
        ("cursor", "x"),
        ("q", ""),
    ] {
        let (who, request) = request(target, route, &format!("{prefix}{name}={value}"))?;
        let label = route.label();
        let attempt = Attempt::new("DS06", &label, &who);
        report.probe(&attempt, target, &request, &Expected::Status(&[400]));
    }
    Ok(())
}

/// Very many of what there may be a few of.
fn heaps(
    target: &Target,
    report: &mut Report,
    resource: &Resource,
    route: &Route,
    prefix: &str,
) -> Result<(), String> {
    let name = resource
        .fields
        .first()
        .map_or("id", |field| field.name.as_str());
    let id = uuid::Uuid::now_v7().to_string();
    let joined = |part: &str, times: usize| vec![part; times].join(",");
    let filters = |times: usize| vec![format!("filter[id][ne]={id}"); times].join("&");
    let distinct: Vec<String> = ["id", "version", "created_at", "updated_at", "created_by"]
        .iter()
        .flat_map(|field| {
            ["eq", "ne", "gt", "gte", "lt", "lte", "null"]
                .iter()
                .map(move |op| format!("filter[{field}][{op}]=1"))
        })
        .collect();
    let queries = [
        filters(2),
        filters(1_000),
        filters(10_000),
        distinct.join("&"),
        format!("filter[id][in]={}", joined(&id, 101)),
        format!("filter[id][in]={}", joined(&id, 10_000)),
        format!("filter[id][nin]={}", joined(&id, 1_000)),
        format!("filter[{}]=x", "a".repeat(10_000)),
        format!("filter{}=x", "[id]".repeat(5_000)),
        "sort=id,version,created_at,updated_at".to_owned(),
        format!("sort={}", joined("-id", 10_000)),
        format!("sort={}id", "-".repeat(10_000)),
        format!("fields={}", joined(name, 10_000)),
        format!("q={}", "a".repeat(201)),
        format!("q={}", "a".repeat(60_000)),
        format!("cursor={}", "A".repeat(60_000)),
        format!("q={}", "a".repeat(1 << 20)),
    ];
    for query in queries {
        let (who, request) = request(target, route, &format!("{prefix}{query}"))?;
        let label = route.label();
        let attempt = Attempt::new("DS06", &label, &who);
        let started = Instant::now();
        let refused = [400, 414, 431];
        match target.client.send(&request) {
            // Every name is known and once at most: to answer an empty or a whole page is harmless.
            Ok(answer) if query.starts_with("fields=") && answer.is_success() => {
                report.judge(&attempt, &request, &answer, Ok(()), "400, or a page");
            }
            Ok(answer) => {
                let verdict = Expected::Status(&refused).check(&answer);
                report.judge(&attempt, &request, &answer, verdict, "400, 414 or 431");
            }
            // A server may close on a line that no head can hold, as long as it lives.
            Err(error) => {
                let refused = query.len() > 60_000 && target.client.connect().is_ok();
                report.check(&attempt, refused, &request, "400, 414 or 431", error);
            }
        }
        let quick = started.elapsed() < QUICK;
        report.check(
            &attempt,
            quick,
            "the same",
            "an answer within 5 s",
            "a later one",
        );
    }
    Ok(())
}
