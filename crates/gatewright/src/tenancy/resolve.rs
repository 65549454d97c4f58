//! Which tenant a request is for.
//!
//! Three things can name one: the host's subdomain, `X-Tenant`, and the session. All that are
//! present must agree. A cookie session belongs to the host where it was made, so there the
//! session decides and the others must match it. A bearer session's own tenant is only the default.

use http::HeaderMap;
use uuid::Uuid;

use crate::authn::{Session, Transport};
use crate::error::{Error, Result};
use crate::http::Host;
use crate::store::{Transaction, Value};

/// A tenant that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tenant {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) suspended: bool,
    /// Goes up with each change of the tenant's own fields; 0 as long as there never were any.
    pub(crate) custom_fields_version: i64,
}

/// The tenant that a request is for.
///
/// # Errors
/// `tenant_forbidden` when nothing names one, two things name different ones, or the one named does
/// not exist: the answer is the same as for a tenant that the caller is no member of.
pub(crate) async fn resolve(
    transaction: &mut Transaction,
    host: &Host,
    headers: &HeaderMap,
    session: &Session,
) -> Result<Tenant> {
    let of_host = host.tenant();
    let of_header = header(headers)?;
    if let (Some(host), Some(header)) = (of_host, of_header)
        && host != header
    {
        return Err(Error::tenant_forbidden());
    }
    let found = match (session.transport, of_host.or(of_header)) {
        (Transport::Cookie, _) => own_tenant(transaction, host, session).await?,
        (Transport::Bearer, Some(slug)) => by_slug(transaction, slug).await?,
        (Transport::Bearer, None) => match session.host_tenant {
            Some(id) => by_id(transaction, id).await?,
            None => None,
        },
    };
    found.ok_or_else(Error::tenant_forbidden)
}

/// Refuses a browser's session on any host but the one where it was made. It says nothing of a
/// tenant that a bearer token names: who asks for no tenant's data learns of none.
pub(crate) async fn require_own_host(
    transaction: &mut Transaction,
    host: &Host,
    session: &Session,
) -> Result<()> {
    match session.transport {
        Transport::Cookie => own_tenant(transaction, host, session).await.map(drop),
        Transport::Bearer => Ok(()),
    }
}

/// The tenant of a browser's session, which must be its host's; none for a session of the base host.
async fn own_tenant(
    transaction: &mut Transaction,
    host: &Host,
    session: &Session,
) -> Result<Option<Tenant>> {
    let tenant = match host.tenant() {
        Some(slug) => {
            let found = by_slug(transaction, slug).await?;
            Some(found.ok_or_else(Error::tenant_forbidden)?)
        }
        None => None,
    };
    if tenant.as_ref().map(|tenant| tenant.id) == session.host_tenant {
        Ok(tenant)
    } else {
        Err(Error::tenant_forbidden())
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
pub(crate) async fn by_slug(transaction: &mut Transaction, slug: &str) -> Result<Option<Tenant>> {
    find(
        transaction,
        "SELECT id, slug, name, status, custom_fields_version FROM tenants WHERE slug = $1",
        Value::Text(slug.to_owned()),
    )
    .await
}

/// The tenant of this id.
pub(crate) async fn by_id(transaction: &mut Transaction, id: Uuid) -> Result<Option<Tenant>> {
    find(
        transaction,
        "SELECT id, slug, name, status, custom_fields_version FROM tenants WHERE id = $1",
        Value::Uuid(id),
    )
    .await
}

async fn find(transaction: &mut Transaction, sql: &str, key: Value) -> Result<Option<Tenant>> {
    let rows = transaction.run(sql, &[key]).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Tenant {
        id: row.next().map_err(Error::internal)?,
        slug: row.next().map_err(Error::internal)?,
        name: row.next().map_err(Error::internal)?,
        suspended: row.next::<String>().map_err(Error::internal)? != "active",
        custom_fields_version: row.next().map_err(Error::internal)?,
    }))
}
