//! Public routes: they answer anybody, and never look at an access credential.

use serde_json::json;

use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::report::{Attempt, Report};
use crate::surface::{Access, Route};
use crate::target::{Target, same_origin};

/// The public routes at which whoever presents a credential must have a good one.
const LOOKS_AT_CREDENTIALS: [&str; 1] = ["POST /auth/invitations/accept"];

/// Nobody calls a provider so: names are of one case.
const NO_PROVIDER: &str = "Nobody";

/// PU01: each public route without a credential, then with bad ones: the answer stays the same.
pub(super) fn pu01_public_routes(target: &Target, report: &mut Report) -> Result<(), String> {
    for route in target.surface.routes_with(&[Access::Public]) {
        match one_route(target, report, route) {
            Ok(()) => report.cover(route.label()),
            Err(why) => report.leave_uncovered(route.label(), why),
        }
    }
    Ok(())
}

fn one_route(target: &Target, report: &mut Report, route: &Route) -> Result<(), String> {
    let label = route.label();
    let request = request_to(target, route)?;
    let anonymous = Attempt::new("PU01", &label, "anonymous");
    // Without valid input a route may refuse the input, and an unsafe one, such as a sign-in, the
    // caller: but it answers.
    let expected = match route.is_unsafe() {
        // Of a provider that is not set up there is nothing.
        _ if route.is_of_provider() => Expected::Status(&[404]),
        true => Expected::Status(&[200, 201, 202, 204, 303, 400, 401, 422]),
        false => Expected::Status(&[200, 204, 303, 400, 422]),
    };
    let first = report
        .probe(&anonymous, target, &request, &expected)
        .ok_or("no answer")?;
    let second = report
        .send(&anonymous, target, &request)
        .ok_or("no answer")?;
    // An answer that differs from itself, by a nonce or the time, is compared by its status.
    let steady = same_bytes(&first, &second, &[]).is_ok();

    let owner = target.cast.owner(&target.cast.victim)?;
    let tampered = format!("{}x", owner.access());
    for (who, credential) in [
        (
            "garbage bearer",
            ("Authorization", "Bearer garbage".to_owned()),
        ),
        (
            "tampered bearer",
            ("Authorization", format!("Bearer {tampered}")),
        ),
        (
            "expired bearer",
            ("Authorization", format!("Bearer {}", target.expired)),
        ),
        (
            "basic credentials",
            ("Authorization", "Basic cm9vdDpyb290".to_owned()),
        ),
        (
            "garbage cookie",
            ("Cookie", "__Host-access=garbage".to_owned()),
        ),
        ("garbage key", ("X-API-Key", "gw_live_garbage".to_owned())),
    ] {
        let request = request.clone().header(credential.0, &credential.1);
        let attempt = Attempt::new("PU01", &label, who);
        if LOOKS_AT_CREDENTIALS.contains(&label.as_str()) {
            let refused = Expected::Status(&[401]);
            report.probe(&attempt, target, &request, &refused);
            continue;
        }
        let response = report.send(&attempt, target, &request).ok_or("no answer")?;
        let verdict = unchanged(&first, &response, steady);
        report.judge(
            &attempt,
            &request,
            &response,
            verdict,
            Expected::Same(&first),
        );
    }
    Ok(())
}

fn request_to(target: &Target, route: &Route) -> Result<Request, String> {
    let label = route.label();
    let path = match target.examples.paths.get(&label) {
        Some(path) => path.clone(),
        None if route.is_of_provider() => route.path.replace("{provider}", NO_PROVIDER),
        None if route.has_parameter() => {
            return Err(format!(
                "its path cannot be derived; add `.path(\"{label}\", \"…\")` to the suite"
            ));
        }
        None => route.path.clone(),
    };
    let request = same_origin(Request::new(&route.method, &path, &target.base_host()));
    Ok(match target.examples.bodies.get(&label) {
        Some(body) => request.json(body),
        None if route.is_unsafe() => request.json(&json!({})),
        None => request,
    })
}

fn unchanged(before: &Response, after: &Response, steady: bool) -> Result<(), String> {
    match steady {
        true => same_bytes(before, after, &[]),
        false if before.status == after.status => Ok(()),
        false => Err(format!("{} against {}", before.status, after.status)),
    }
}
