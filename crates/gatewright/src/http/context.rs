//! What the pipeline knows of a request before any route decides.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use uuid::Uuid;

use crate::error::Error;
use crate::runtime::Runtime;

/// Put into the request's extensions by the pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Context(Arc<Inner>);

/// The fields of a [`Context`].
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) runtime: Arc<Runtime>,
    /// In every answer's `X-Request-Id`, problem, log line and audit entry.
    pub(crate) request_id: Uuid,
    pub(crate) host: Host,
    /// The peer, or what a trusted proxy says of it.
    pub(crate) address: IpAddr,
    /// As it came: whoever keeps it makes text of it first.
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) origin: Origin,
}

/// Whose host the request was sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// `BASE_URL`'s own.
    Base,
    /// A subdomain of it: the slug of a tenant, which need not exist.
    Tenant(String),
    /// Any other; health checks alone are answered there.
    Foreign,
}

impl Host {
    /// The slug that the host names.
    pub(crate) fn tenant(&self) -> Option<&str> {
        match self {
            Self::Tenant(slug) => Some(slug),
            Self::Base | Self::Foreign => None,
        }
    }
}

/// Whether an unsafe request proved that it comes from a page of this very origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `Sec-Fetch-Site` or `Origin` says so.
    Same,
    /// Neither header was sent. Such a request may carry no cookie and is given none.
    Unproven,
}

impl Context {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl std::ops::Deref for Context {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Context {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Error::internal("a request that passed no pipeline"))
    }
}
