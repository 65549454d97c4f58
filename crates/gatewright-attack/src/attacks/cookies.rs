//! CK01: what a browser is told to keep, and what it must not keep.

use serde_json::Value;

use crate::attacks::routes::BROWSERS_ONLY;
use crate::client::{Request, Response};
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::Access;
use crate::target::{Target, same_origin};

/// CK01: `Set-Cookie` of sign-in, refresh and sign-out; `no-store` on every authenticated answer.
pub(super) fn ck01_attributes(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let host = target.victim_host();
    let browser = target.browse(owner.email(), &host)?;
    let login = same_origin(Request::new("POST", "/auth/login", &host));
    judge(
        report,
        "POST /auth/login",
        &login,
        &browser.login,
        &["__Host-access", "__Host-refresh"],
    );

    let mut jar = browser.header.clone();
    for (path, names) in [
        ("/auth/refresh", &["__Host-access", "__Host-refresh"][..]),
        ("/auth/logout", &["__Host-access", "__Host-refresh"][..]),
    ] {
        let label = format!("POST {path}");
        let request = same_origin(Request::new("POST", path, &host)).header("Cookie", &jar);
        let attempt = Attempt::new("CK01", &label, owner.email());
        let Some(response) = report.probe(&attempt, target, &request, &Expected::Success) else {
            continue;
        };
        judge(report, &label, &request, &response, names);
        if path == "/auth/logout" {
            let kept = response
                .headers_named("set-cookie")
                .find(|cookie| !expires_now(cookie));
            report.check(
                &attempt,
                kept.is_none(),
                &request,
                "cookies that expire now",
                kept.unwrap_or_default(),
            );
        }
        let pairs: Vec<&str> = response
            .headers_named("set-cookie")
            .filter_map(|cookie| cookie.split(';').next())
            .collect();
        jar = pairs.join("; ");
    }

    for route in target.surface.routes_with(&[
        Access::SignedIn,
        Access::Member,
        Access::Protect,
        Access::Platform,
    ]) {
        // What takes a browser's session alone answers a bearer client by a refusal.
        if route.method != "GET" || route.path == BROWSERS_ONLY {
            continue;
        }
        let label = route.label();
        let allowed = target.allowed(route, &target.cast.victim);
        let (Some(principal), Ok(prepared)) =
            (allowed.first(), target.prepare(route, &target.cast.victim))
        else {
            continue; // uncovered, which is reported already
        };
        let request = prepared.request.bearer(principal.access());
        let attempt = Attempt::new("CK01", &label, principal.email());
        if let Some(response) = report.probe(&attempt, target, &request, &Expected::Success) {
            let cookie = response.header("set-cookie").map_or(Ok(()), |cookie| {
                Err(format!("a bearer client is given {cookie}"))
            });
            let verdict = no_store(&response).and(cookie);
            report.judge(
                &attempt,
                &request,
                &response,
                verdict,
                "Cache-Control: no-store, and no cookie for a bearer client",
            );
        }
    }
    Ok(())
}

fn judge(report: &mut Report, label: &str, request: &Request, response: &Response, names: &[&str]) {
    let attempt = Attempt::new("CK01", label, "a browser");
    for name in names {
        let set = response
            .headers_named("set-cookie")
            .find(|cookie| cookie.split('=').next() == Some(name));
        let verdict = set.ok_or_else(|| format!("no {name}")).and_then(attributes);
        report.judge(
            &attempt,
            request,
            response,
            verdict,
            format_args!("{name} with HttpOnly, Secure, SameSite, Path=/ and no Domain"),
        );
    }
    let verdict = no_store(response).and(no_token(&response.json()));
    report.judge(
        &attempt,
        request,
        response,
        verdict,
        "Cache-Control: no-store, and no token in the body",
    );
}

/// The attributes of a `__Host-` cookie (RFC 6265bis, section 4.1.3.2), and those that keep scripts and other sites out.
fn attributes(cookie: &str) -> Result<(), String> {
    let attributes: Vec<String> = cookie
        .split(';')
        .skip(1)
        .map(|attribute| attribute.trim().to_ascii_lowercase())
        .collect();
    for needed in ["httponly", "secure", "path=/"] {
        if !attributes.iter().any(|attribute| attribute == needed) {
            return Err(format!("{cookie} lacks {needed}"));
        }
    }
    if !attributes
        .iter()
        .any(|attribute| matches!(attribute.as_str(), "samesite=lax" | "samesite=strict"))
    {
        return Err(format!("{cookie} lacks SameSite"));
    }
    match attributes
        .iter()
        .any(|attribute| attribute.starts_with("domain"))
    {
        true => Err(format!("{cookie} has a Domain")),
        false => Ok(()),
    }
}

fn expires_now(cookie: &str) -> bool {
    let cookie = cookie.to_ascii_lowercase();
    cookie
        .split(';')
        .any(|attribute| attribute.trim() == "max-age=0")
        || cookie.contains("expires=thu, 01 jan 1970")
}

fn no_store(response: &Response) -> Result<(), String> {
    let value = response.header("cache-control").unwrap_or_default();
    if value.contains("no-store") {
        Ok(())
    } else {
        Err(format!("Cache-Control is `{value}`"))
    }
}

/// No key that names a token, at any depth.
fn no_token(body: &Value) -> Result<(), String> {
    match body {
        Value::Object(members) => {
            members
                .iter()
                .try_for_each(|(name, value)| match name.contains("token") {
                    true => Err(format!("the body holds {name}")),
                    false => no_token(value),
                })
        }
        Value::Array(items) => items.iter().try_for_each(no_token),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_attribute_is_missed() {
        let whole = "__Host-access=x; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=10";
        assert!(attributes(whole).is_ok());
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(
                attributes(&whole.replace(&format!("; {attribute}"), "")).is_err(),
                "{attribute}"
            );
        }
        assert!(attributes(&format!("{whole}; Domain=localhost")).is_err());
        assert!(attributes(&whole.replace("Lax", "None")).is_err());
    }

    #[test]
    fn tokens_are_seen_at_any_depth() {
        assert!(no_token(&json!({ "user": { "name": "token" }, "expires_in": 3 })).is_ok());
        assert!(no_token(&json!({ "tenants": [{ "access_token": "x" }] })).is_err());
    }

    #[test]
    fn a_deleted_cookie_expires_now() {
        assert!(expires_now("__Host-access=; Max-Age=0; Path=/"));
        assert!(!expires_now("__Host-access=; Max-Age=05; Path=/"));
    }
}
