//! SE01, SE05: sessions elsewhere after a password change or a sign-out everywhere, and sessions of others.

use serde_json::{Value, json};

use crate::attacks::selectors::alike;
use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::forge::claims_of;
use crate::principal::Tokens;
use crate::report::{Attempt, Report};
use crate::target::Target;

const REFUSED: Expected<'_> = Expected::Problem(401, "unauthenticated");
const NOT_FOUND: Expected<'_> = Expected::Problem(404, "not_found");

/// A session id that is nobody's.
const NOBODYS: &str = "01900000-0000-7000-8000-000000000000";

/// Somebody who is needed for nothing else, since all their sessions end.
fn somebody(target: &Target) -> Result<String, String> {
    let spare = target.spare(&target.cast.victim, "everywhere", &[])?;
    Ok(spare.email)
}

fn me(target: &Target, token: &str) -> Request {
    target.at_base("GET", "/auth/me").bearer(token)
}

/// An access and a refresh token of a session that must be over.
fn is_over(target: &Target, report: &mut Report, attempt: &Attempt<'_>, tokens: &Tokens) {
    report.probe(attempt, target, &me(target, &tokens.access), &REFUSED);
    let refresh = json!({ "refresh_token": tokens.refresh });
    let request = target.at_base("POST", "/auth/refresh").json(&refresh);
    report.probe(attempt, target, &request, &REFUSED);
}

/// SE01: every other session after the password was changed, all but one and all after a sign-out everywhere.
pub(super) fn se01_sessions_elsewhere(target: &Target, report: &mut Report) -> Result<(), String> {
    let base = target.base_host();
    if target.has("POST", "/auth/password/change") {
        let email = somebody(target)?;
        let attempt = Attempt::new("SE01", "POST /auth/password/change", &email);
        let (here, elsewhere) = (
            target.sign_in(&email, &base)?,
            target.sign_in(&email, &base)?,
        );
        let old = &target.cast.seed.password;
        let new = "three lanterns over the harbour wall";
        for (current, chosen) in [(old.as_str(), new), (new, old.as_str())] {
            let body = json!({ "current_password": current, "new_password": chosen });
            let change = target.at_base("POST", "/auth/password/change").json(&body);
            report.probe(
                &attempt,
                target,
                &change.bearer(&here.access),
                &Expected::Success,
            );
        }
        is_over(target, report, &attempt, &elsewhere);
        report.probe(
            &attempt,
            target,
            &me(target, &here.access),
            &Expected::Success,
        );
    }
    if target.has("POST", "/auth/logout-all") {
        let email = somebody(target)?;
        let attempt = Attempt::new("SE01", "POST /auth/logout-all", &email);
        let (here, elsewhere) = (
            target.sign_in(&email, &base)?,
            target.sign_in(&email, &base)?,
        );
        let everywhere = || {
            target
                .at_base("POST", "/auth/logout-all")
                .bearer(&here.access)
        };
        let kept = everywhere().json(&json!({ "keep_current": true }));
        report.probe(&attempt, target, &kept, &Expected::Success);
        is_over(target, report, &attempt, &elsewhere);
        report.probe(
            &attempt,
            target,
            &me(target, &here.access),
            &Expected::Success,
        );
        report.probe(&attempt, target, &everywhere(), &Expected::Success);
        is_over(target, report, &attempt, &here);
    }
    Ok(())
}

/// SE05: another user's session by its id is answered as none, and lives; lists show one's own alone.
pub(super) fn se05_sessions_of_others(target: &Target, report: &mut Report) -> Result<(), String> {
    if !target.has("DELETE", "/auth/sessions/{id}") {
        return Ok(());
    }
    let base = target.base_host();
    let owner = target.cast.owner(&target.cast.victim)?;
    let theirs = target.sign_in(owner.email(), &base)?;
    let claims = claims_of(&theirs.access);
    let id = claims["sid"].as_str().ok_or("a token without `sid`")?;
    let stranger = target.cast.outsider()?;
    let attempt = Attempt::new("SE05", "DELETE /auth/sessions/{id}", stranger.email());
    let mut first: Option<Response> = None;
    for id in [NOBODYS, id] {
        let request = target.at_base("DELETE", &format!("/auth/sessions/{id}"));
        let request = request.bearer(stranger.access());
        let response = report.probe(&attempt, target, &request, &NOT_FOUND);
        alike(
            report,
            &attempt,
            &request,
            (response.clone(), first.clone()),
            &[],
        );
        first = first.or(response);
    }
    report.probe(
        &attempt,
        target,
        &me(target, &theirs.access),
        &Expected::Success,
    );

    let attempt = Attempt::new("SE05", "GET /auth/sessions", stranger.email());
    for (token, is_theirs) in [(stranger.access(), false), (theirs.access.as_str(), true)] {
        let list = target
            .must(&target.at_base("GET", "/auth/sessions").bearer(token))?
            .json();
        let rows = list["data"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let listed = rows.iter().any(|row: &Value| row["id"] == id);
        report.check(
            &attempt,
            listed == is_theirs,
            "the list of sessions",
            "one's own sessions, and no other's",
            rows.len(),
        );
    }
    Ok(())
}
