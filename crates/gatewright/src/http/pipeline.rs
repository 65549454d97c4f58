//! What every request passes, whatever its route: an id, a host, the same-origin check, and on the
//! way out the form of errors and the security headers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use uuid::Uuid;

use super::{Context, Host, Inner, host, origin, problem};
use crate::error::{Error, Result};
use crate::runtime::Runtime;

/// Health checks come by address, so they are answered whatever the host.
const ANY_HOST: [&str; 2] = ["/healthz", "/readyz"];

/// Puts the pipeline around the routes. `pass` is outermost: preflights are answered under it too.
pub(crate) fn wrap(router: Router, runtime: &Arc<Runtime>) -> Router {
    let origins: Vec<HeaderValue> = runtime
        .settings
        .cors_origins
        .iter()
        .filter_map(|origin| origin.parse().ok())
        .collect();
    let router = if origins.is_empty() {
        router
    } else {
        router.layer(cors(origins))
    };
    router.layer(from_fn_with_state(Arc::clone(runtime), pass))
}

/// Other origins may call with a bearer token; cookies are never theirs to send.
fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    use http::Method;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("x-tenant"),
        ])
        .expose_headers([header::ETAG, header::LOCATION])
}

async fn pass(State(runtime): State<Arc<Runtime>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = Uuid::now_v7();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();

    let response = match context(runtime, request_id, &request) {
        Ok(context) => {
            request.extensions_mut().insert(context);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    let mut response = problem::finish(response, request_id);
    harden(response.headers_mut(), request_id);
    tracing::debug!(
        target: "gatewright::request",
        %request_id,
        %method,
        path = path.as_ref().map_or("", MatchedPath::as_str),
        status = response.status().as_u16(),
        micros = started.elapsed().as_micros() as u64,
        "answered"
    );
    response
}

fn context(runtime: Arc<Runtime>, request_id: Uuid, request: &Request) -> Result<Context> {
    let headers = request.headers();
    let host = host::classify(&runtime.settings.base_url, request.uri(), headers)?;
    if host == Host::Foreign && !ANY_HOST.contains(&request.uri().path()) {
        return Err(
            Error::not_found().caused_by("no such host: BASE_URL names the one that is served")
        );
    }
    let origin = origin::check(&runtime.settings.base_url.scheme, request.method(), headers)?;
    let peer = request
        .extensions()
        .get::<SocketAddr>()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), SocketAddr::ip);
    let address = client_address(peer, headers, &runtime.settings.trusted_proxies);
    Ok(Context::new(Inner {
        runtime,
        request_id,
        host,
        address,
        user_agent: headers.get(header::USER_AGENT).cloned(),
        origin,
    }))
}

/// The peer, or behind trusted proxies the rightmost address in `X-Forwarded-For` that is not one of
/// them: what stands to the left of it is the client's own claim. IPv4 addresses are written as such,
/// whatever the socket or the proxy makes of them (`::ffff:10.0.0.1`).
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        match hop.trim().parse().map(|hop: IpAddr| hop.to_canonical()) {
            Ok(address) if trusted.contains(&address) => nearest = address,
            Ok(address) => return address,
            Err(_) => break,
        }
    }
    nearest
}

/// The security headers of every answer. A route's own choice of caching or content policy stands.
fn harden(headers: &mut HeaderMap, request_id: Uuid) {
    const FIXED: [(HeaderName, HeaderValue); 5] = [
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ));
    let mut buffer = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut buffer)) {
        headers.insert("x-request-id", id);
    }
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;
    use crate::authn::testing::App;

    fn seen(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
        let trusted: Vec<IpAddr> = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        assert_eq!(seen("203.0.113.9", "10.0.0.1", &[]), "203.0.113.9");
        assert_eq!(
            seen("10.0.0.1", "1.2.3.4, 203.0.113.9", &["10.0.0.1"]),
            "203.0.113.9"
        );
        assert_eq!(
            seen(
                "10.0.0.1",
                "1.2.3.4, 203.0.113.9, 10.0.0.2",
                &["10.0.0.1", "10.0.0.2"]
            ),
            "203.0.113.9"
        );
        assert_eq!(seen("10.0.0.1", "garbage", &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn an_address_has_one_spelling() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(
            seen("::ffff:203.0.113.9", "1.2.3.4", &trusted),
            "203.0.113.9"
        );
        assert_eq!(
            seen("::ffff:10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", &trusted),
            "203.0.113.9"
        );
        assert_eq!(
            seen("10.0.0.1", "::ffff:203.0.113.9", &trusted),
            "203.0.113.9"
        );
    }

    #[tokio::test]
    async fn a_preflight_is_answered_like_everything_else() {
        let shop = "https://shop.example.com";
        let app = App::with(&[("CORS_ORIGINS", shop)]).await;
        let routes = Router::new().route("/api/products", axum::routing::get(|| async { "" }));
        let preflight = Request::options("/api/products")
            .header(header::HOST, "localhost:8080")
            .header(header::ORIGIN, shop)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = wrap(routes, &app.runtime).oneshot(preflight).await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], shop);
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers.contains_key("x-request-id"));
    }
}
