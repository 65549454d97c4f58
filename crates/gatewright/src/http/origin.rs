//! The same-origin check: the guard against cross-site request forgery.

use http::{HeaderMap, Method, header};

use super::Origin;
use crate::error::{Error, Result};

/// Checks that an unsafe request comes from a page of this very origin.
///
/// A sibling tenant's host is same-site but not same-origin, and is refused. A request with an
/// `Authorization` header needs no proof: a page of another origin cannot send one unasked.
///
/// # Errors
/// 403 `cross_origin` for another origin, or for a request that brings cookies and no proof.
pub(super) fn check(scheme: &str, method: &Method, headers: &HeaderMap) -> Result<Origin> {
    match proof(scheme, headers) {
        Proof::Same => Ok(Origin::Same),
        _ if method.is_safe() || headers.contains_key(header::AUTHORIZATION) => {
            Ok(Origin::Unproven)
        }
        Proof::Absent if !headers.contains_key(header::COOKIE) => Ok(Origin::Unproven),
        Proof::Absent | Proof::Other => Err(Error::cross_origin()),
    }
}

enum Proof {
    Same,
    Other,
    Absent,
}

fn proof(scheme: &str, headers: &HeaderMap) -> Proof {
    // Sec-Fetch-Site is set by the browser and cannot be set by a page (Fetch Metadata, section 2.4).
    // `none` is the user's own doing: a bookmark, or an address typed.
    if let Some(site) = headers.get("sec-fetch-site") {
        return if site == "same-origin" || site == "none" {
            Proof::Same
        } else {
            Proof::Other
        };
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Proof::Absent;
    };
    let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match (origin, host) {
        (Some((of, at)), Some(host)) if of == scheme && at == host => Proof::Same,
        _ => Proof::Other,
    }
}
