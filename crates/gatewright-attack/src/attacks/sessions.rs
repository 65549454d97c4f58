//! SE01, SE02, EN01: sessions that ended, refresh tokens used twice, accounts that were suspended.

use serde_json::json;

use crate::attacks::selectors::alike;
use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::target::{Target, same_origin};

const REFUSED: Expected<'_> = Expected::Problem(401, "unauthenticated");

fn me(host: &str) -> Request {
    Request::new("GET", "/auth/me", host)
}

fn refresh(host: &str, token: &str) -> Request {
    Request::new("POST", "/auth/refresh", host).json(&json!({ "refresh_token": token }))
}

/// SE01: access and refresh tokens after sign-out, of a bearer client and of a browser.
pub(super) fn se01_after_sign_out(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let attempt = Attempt::new("SE01", "POST /auth/logout", owner.email());
    let base = target.base_host();
    let (ended, other) = (
        target.sign_in(owner.email(), &base)?,
        target.sign_in(owner.email(), &base)?,
    );
    report.probe(
        &attempt,
        target,
        &me(&base).bearer(&ended.access),
        &Expected::Success,
    );
    report.probe(
        &attempt,
        target,
        &Request::new("POST", "/auth/logout", &base).bearer(&ended.access),
        &Expected::Status(&[204]),
    );
    report.probe(&attempt, target, &me(&base).bearer(&ended.access), &REFUSED);
    report.probe(&attempt, target, &refresh(&base, &ended.refresh), &REFUSED);
    report.probe(
        &attempt,
        target,
        &me(&base).bearer(&other.access),
        &Expected::Success,
    );

    let host = target.victim_host();
    let browser = target.browse(owner.email(), &host)?;
    let with_cookies = |request: Request| same_origin(request).header("Cookie", &browser.header);
    report.probe(
        &attempt,
        target,
        &with_cookies(me(&host)),
        &Expected::Success,
    );
    report.probe(
        &attempt,
        target,
        &with_cookies(Request::new("POST", "/auth/logout", &host)),
        &Expected::Status(&[204]),
    );
    report.probe(&attempt, target, &with_cookies(me(&host)), &REFUSED);
    report.probe(
        &attempt,
        target,
        &with_cookies(Request::new("POST", "/auth/refresh", &host)),
        &REFUSED,
    );
    Ok(())
}

/// SE02: an already used refresh token, then its newest descendant; SE06: near misses of one.
pub(super) fn se02_refresh_reuse(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let attempt = Attempt::new("SE02", "POST /auth/refresh", owner.email());
    let base = target.base_host();
    for generations in [1, 3] {
        let first = target.sign_in(owner.email(), &base)?;
        let (mut newest, mut access) = (first.refresh.clone(), first.access);
        for _ in 0..generations {
            let request = refresh(&base, &newest);
            let response = report
                .probe(&attempt, target, &request, &Expected::Success)
                .ok_or("no answer")?;
            newest = response
                .text_of("refresh_token")
                .ok_or("a refresh gave no refresh token")?;
            access = response
                .text_of("access_token")
                .ok_or("a refresh gave no access token")?;
        }
        report.probe(
            &attempt,
            target,
            &me(&base).bearer(&access),
            &Expected::Success,
        );
        report.probe(&attempt, target, &refresh(&base, &first.refresh), &REFUSED);
        report.probe(&attempt, target, &refresh(&base, &newest), &REFUSED);
        report.probe(&attempt, target, &me(&base).bearer(&access), &REFUSED);
    }

    let attempt = Attempt::new("SE06", "POST /auth/refresh", owner.email());
    let tokens = target.sign_in(owner.email(), &base)?;
    let genuine = &tokens.refresh;
    let cased: String = genuine
        .chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let (shorter, _) = genuine.split_at(genuine.len() - 1);
    for near_miss in [
        shorter,
        &format!("{genuine}A"),
        &format!("{genuine}="),
        &format!(" {genuine}"),
        &cased,
        "",
        &tokens.access,
    ] {
        report.probe(
            &attempt,
            target,
            &refresh(&base, near_miss),
            &Expected::Refusal,
        );
    }
    for odd in [
        json!(null),
        json!([genuine]),
        json!({ "$ne": "" }),
        json!(1),
    ] {
        let request =
            Request::new("POST", "/auth/refresh", &base).json(&json!({ "refresh_token": odd }));
        report.probe(&attempt, target, &request, &Expected::Refusal);
    }
    report.probe(
        &attempt,
        target,
        &refresh(&base, genuine),
        &Expected::Success,
    );
    Ok(())
}

/// EN01: a suspended account's right password is answered as a wrong one, and as an unknown address.
pub(super) fn en01_suspended_account(target: &Target, report: &mut Report) -> Result<(), String> {
    let suspended = target.cast.suspended_user()?.email.clone();
    let active = target.cast.owner(&target.cast.victim)?.email().to_owned();
    let right = target.cast.seed.password.clone();
    let wrong = "not the password of anybody";
    let base = target.base_host();
    let attempt = Attempt::new("EN01", "POST /auth/login", &suspended);
    let mut first: Option<Response> = None;
    for (email, password) in [
        (active.as_str(), wrong),
        (&suspended, &right),
        (&suspended, wrong),
        ("nobody@example.com", wrong),
    ] {
        let body = json!({ "email": email, "password": password, "transport": "bearer" });
        let request = Request::new("POST", "/auth/login", &base).json(&body);
        let response = report.probe(&attempt, target, &request, &Expected::Status(&[401]));
        alike(
            report,
            &attempt,
            &request,
            (response.clone(), first.clone()),
            &[],
        );
        first = first.or(response);
    }
    Ok(())
}
