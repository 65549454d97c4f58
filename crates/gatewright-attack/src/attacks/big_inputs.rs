//! DS01: bodies that cost the server more than they cost the client.

use serde_json::Value;

use crate::client::Request;
use crate::expect::Expected;
use crate::flood::Framing;
use crate::memory;
use crate::report::{Attempt, Report};
use crate::surface::{Access, Class, Route};
use crate::target::Target;

/// By how much the application's memory may grow at most: 64 MiB.
const GROWTH: u64 = 64 << 20;

/// Bytes that are offered: 100 MiB, which no route takes.
const FLOOD: u64 = 100 << 20;

/// DS01 on each kind of unsafe route, and on every public one.
pub(super) fn ds01_bodies(target: &Target, report: &mut Report) -> Result<(), String> {
    let bodies = bodies();
    for route in kinds(target) {
        let label = route.label();
        let prepared = match route.access {
            Access::Public => Request::new(&route.method, &route.path, &target.base_host()),
            _ => match target.prepare(route, &target.cast.rival) {
                Ok(prepared) => prepared.request,
                Err(_) => continue, // uncovered, which is reported already
            },
        };
        let (who, request) = match target.allowed(route, &target.cast.rival).first() {
            Some(sender) => (sender.email(), prepared.bearer(sender.access())),
            None => ("anonymous", prepared),
        };
        let attempt = Attempt::new("DS01", &label, who);
        let before = memory::begin(target.process);
        // What a route does with a body that it does not read is the team's business, if it stays well.
        let free = matches!(
            target.surface.class(route),
            Class::Action | Class::Of(_) | Class::Other
        );
        let refused: &[u16] = match (free, route.access) {
            (_, Access::Public) => &[200, 202, 204, 400, 401, 403, 413, 415, 422, 429],
            // What is done once is refused the next time.
            (true, _) => &[200, 201, 202, 204, 400, 409, 413, 415, 422],
            (false, _) => &[400, 413, 422],
        };
        for body in &bodies {
            let request = request.clone().content("application/json", body.clone());
            report.probe(&attempt, target, &request, &Expected::Status(refused));
        }
        let head = request.clone().content("application/json", "");
        for framing in [Framing::Length(FLOOD), Framing::EndlessChunks(FLOOD)] {
            let answer = target.client.flood(&head, framing, "{\"name\":\"");
            let sent = format!("{head} and {framing:?} of a string");
            match answer {
                Ok(answer) => {
                    let verdict = Expected::Status(refused).check(&answer);
                    let expected = "a refusal before the body ends";
                    report.check(&attempt, verdict.is_ok(), sent, expected, &answer);
                }
                // To close the connection is a refusal too, as long as the server lives.
                Err(error) => {
                    let alive = target.client.connect().is_ok();
                    report.check(&attempt, alive, sent, "a living application", error);
                }
            }
        }
        match before.zip(memory::peak(target.process)) {
            Some((before, peak)) => {
                let growth = peak.saturating_sub(before);
                let held = growth < GROWTH;
                let grown = format!("{} MiB", growth >> 20);
                report.check(
                    &attempt,
                    held,
                    "everything above",
                    "less than 64 MiB more",
                    grown,
                );
            }
            None => report.skip(
                "DS01",
                "this system does not tell how much memory a process holds",
            ),
        }
    }
    Ok(())
}

/// The first route of each kind, all public ones, and all of the team's own.
fn kinds(target: &Target) -> Vec<&Route> {
    let mut seen = Vec::new();
    target
        .surface
        .routes_with(&[Access::Public, Access::Protect, Access::Member])
        .filter(|route| route.is_unsafe() && route.method != "DELETE")
        // It reads no body, and closes the tenant.
        .filter(|route| route.path != "/api/tenant/suspend")
        .filter(|route| {
            let class = (target.surface.class(route), route.method.as_str());
            let always = class.0 == Class::Other || route.access == Access::Public;
            let new = always || !seen.contains(&class);
            // A public route stands for itself alone.
            if route.access != Access::Public {
                seen.push(class);
            }
            new
        })
        .collect()
}

fn bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"name\":{}1{}}}",
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    let many = |element: &str| {
        let elements = format!("{element},").repeat(1_000_000);
        let elements = elements.trim_end_matches(',');
        format!("{{\"records\":[{elements}],\"ids\":[{elements}]}}")
    };
    let keys: serde_json::Map<String, Value> = (0..10_000)
        .map(|number| (format!("k{number}"), Value::Null))
        .collect();
    [
        deep("[", "]"),
        deep("{\"a\":", "}"),
        "[".repeat(100_000),
        many("0"),
        many("{}"),
        "{\"name\":1e999999,\"price\":-1e999999,\"records\":[{\"name\":1e999999}]}".to_owned(),
        format!("{{\"name\":1{}}}", "0".repeat(500_000)),
        Value::Object(keys).to_string(),
    ]
    .map(String::into_bytes)
    .into()
}
