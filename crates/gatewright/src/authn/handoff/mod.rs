//! From one host to another: a browser's session lives on one host, so a user with several tenants
//! has a session on each of their hosts, and gets the next one without a password.
//!
//! ```text
//! POST a/auth/switch-tenant {"tenant":"b"}      checks, and names b's /auth/handoff
//! GET  b/auth/handoff?from=a                    sets a nonce in a cookie of b alone
//! GET  a/auth/switch-tenant?to=b&nonce=<hash>   the session says who; makes a code for b and the nonce
//! GET  b/auth/handoff?code=…                    code and nonce together open a session on b
//! ```
//!
//! The target begins, so a code is good in the browser that asked for it and in no other: nobody can
//! send somebody a link that signs them in as somebody else. All addresses are made from `BASE_URL`.

mod nonce;
mod receive;
mod switch;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::next_path;
use crate::authz::{public, signed_in};
use crate::error::{Error, Result};
use crate::http::{Api, Context};

/// How long a code is good.
const LIFETIME: Duration = Duration::from_secs(60);

pub(super) fn register(api: &mut Api) {
    api.post("/auth/switch-tenant", signed_in(switch::ask));
    api.get("/auth/switch-tenant", signed_in(switch::issue));
    api.get("/auth/handoff", public(receive::receive).with_pages());
}

/// Where a browser that is signed in at the request's host goes to be signed in at a tenant's, or at
/// the base host.
pub(crate) fn handoff_location(context: &Context, to: Option<&str>) -> String {
    let from = context.host.tenant().unwrap_or_default();
    format!("{}/auth/handoff?from={from}", origin_of(context, to))
}

/// The same, and from there on to a path, which the target judges once more.
pub(super) fn handoff_location_and(context: &Context, to: Option<&str>, next: &str) -> String {
    let location = handoff_location(context, to);
    match next {
        next_path::DEFAULT => location,
        next => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("{location}&next={next}")
        }
    }
}

/// The origin of a tenant's host, or of the base host.
pub(super) fn origin_of(context: &Context, slug: Option<&str>) -> String {
    let base = &context.runtime.settings.base_url;
    match slug {
        Some(slug) => base.of_tenant(slug),
        None => base.to_string(),
    }
}

/// One answer for every request that is no step of a handoff.
fn refused() -> Error {
    Error::bad_request("broken_handoff", "Start again from the page you came from.")
}

/// 303 to an address of ours.
pub(super) fn see_other(location: &str) -> Result<Response> {
    let location = HeaderValue::from_str(location).map_err(Error::internal)?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A query that has these parameters, each once, and no other.
fn parameters<const N: usize>(query: Option<&str>, names: [&str; N]) -> Option<[String; N]> {
    let mut found: [Option<String>; N] = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let at = names.iter().position(|known| *known == name)?;
        let slot = found.get_mut(at)?;
        if slot.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    let mut values = [const { String::new() }; N];
    for (value, found) in values.iter_mut().zip(found) {
        *value = found?;
    }
    Some(values)
}
