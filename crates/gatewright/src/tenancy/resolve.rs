//! Which tenant a request is for.
//!
//! Three things can name one: the host's subdomain, `X-Tenant`, and the session. All that are
//! present must agree. A cookie session belongs to the host where it was made, so there the
//! session decides and the others must match it. A bearer session's own tenant is only the default.

use http::HeaderMap;
use uuid::Uuid;

use crate::authn::{Session, Transport};
use crate::error::{Error, Result};
use crate::http::{Context, Host};
use crate::runtime::Runtime;
use crate::store::{Mode, Scope, Value};

/// A tenant that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tenant {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) suspended: bool,
}

/// The tenant that a request is for, if it is for one.
///
/// # Errors
/// `tenant_forbidden` when two things name different tenants, or when the one named does not exist:
/// the answer is the same as for a tenant that the caller is no member of.
pub(crate) async fn bind(
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
) -> Result<Option<Tenant>> {
    let of_host = match &context.host {
        Host::Tenant(slug) => Some(slug.as_str()),
        Host::Base | Host::Foreign => None,
    };
    let of_header = header(headers)?;
    let slug = match (of_host, of_header) {
        (Some(host), Some(header)) if host != header => return Err(Error::tenant_forbidden()),
        (host, header) => host.or(header),
    };
    let named = match slug {
        Some(slug) => Some(
            by_slug(&context.runtime, slug)
                .await?
                .ok_or_else(Error::tenant_forbidden)?,
        ),
        None => None,
    };
    match session.transport {
        Transport::Cookie if named.as_ref().map(|tenant| tenant.id) != session.host_tenant => {
            Err(Error::tenant_forbidden())
        }
        Transport::Cookie => Ok(named),
        Transport::Bearer => match (named, session.host_tenant) {
            (Some(tenant), _) => Ok(Some(tenant)),
            (None, Some(id)) => by_id(&context.runtime, id).await,
            (None, None) => Ok(None),
        },
    }
}

/// `X-Tenant`, once at most.
fn header(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut values = headers.get_all("x-tenant").iter();
    let value = values
        .next()
        .map(|value| value.to_str().map_err(|_| Error::tenant_forbidden()))
        .transpose()?;
    match values.next() {
        Some(_) => Err(Error::bad_request(
            "ambiguous_tenant",
            "X-Tenant was sent more than once.",
        )),
        None => Ok(value),
    }
}

/// The tenant of this slug.
pub(crate) async fn by_slug(runtime: &Runtime, slug: &str) -> Result<Option<Tenant>> {
    find(
        runtime,
        "SELECT id, slug, name, status FROM tenants WHERE slug = $1",
        Value::Text(slug.to_owned()),
    )
    .await
}

async fn by_id(runtime: &Runtime, id: Uuid) -> Result<Option<Tenant>> {
    find(
        runtime,
        "SELECT id, slug, name, status FROM tenants WHERE id = $1",
        Value::Uuid(id),
    )
    .await
}

async fn find(runtime: &Runtime, sql: &str, key: Value) -> Result<Option<Tenant>> {
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction.run(sql, &[key]).await?;
    transaction.commit().await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Tenant {
        id: row.next().map_err(Error::internal)?,
        slug: row.next().map_err(Error::internal)?,
        name: row.next().map_err(Error::internal)?,
        suspended: row.next::<String>().map_err(Error::internal)? != "active",
    }))
}
