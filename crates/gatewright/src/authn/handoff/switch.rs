//! `POST` and `GET /auth/switch-tenant`, at the host that has the session.

use axum::response::{IntoResponse, Response};
use http::Uri;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::{LIFETIME, nonce, origin_of, parameters, refused, see_other};
use crate::authn::account_view::AccountView;
use crate::authn::one_time_token::{self, Subject};
use crate::authn::opaque_token::Purpose;
use crate::authn::session::{Session, Transport};
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::http::Json;
use crate::store::{FieldValue, Mode, Scope, Transaction};
use crate::tenancy;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SwitchRequest {
    /// A slug; null for no tenant: the base host.
    #[serde(deserialize_with = "slug_or_null")]
    tenant: Option<String>,
}

/// Absent is not null: whoever names nothing means nothing.
fn slug_or_null<'de, D: Deserializer<'de>>(tenant: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(tenant)
}

#[derive(Serialize)]
struct Location {
    /// Where the browser goes.
    location: String,
}

/// A bearer session names another tenant from now on; a browser learns where to go.
pub(super) async fn ask(account: Account, Json(asked): Json<SwitchRequest>) -> Result<Response> {
    let (session, context) = (account.session(), account.context());
    let database = &context.runtime.database;
    let slug = asked.tenant.as_deref();
    if session.transport == Transport::Cookie {
        let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
        target(&mut transaction, &account, slug).await?;
        transaction.commit().await?;
        let location = super::handoff_location(context, slug);
        return Ok(Json(Location { location }).into_response());
    }
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let tenant = target(&mut transaction, &account, slug).await?;
    let sql = "UPDATE sessions SET host_tenant = $2 WHERE id = $1 AND revoked_at IS NULL";
    let args = [session.id.into_value(), tenant.into_value()];
    transaction.run(sql, &args).await?;
    transaction.commit().await?;
    let view = AccountView::read(database, session.user.clone()).await?;
    Ok(Json(view).into_response())
}

/// Makes the code, for a browser that was sent here by the target.
pub(super) async fn issue(account: Account, uri: Uri) -> Result<Response> {
    let (session, context) = (account.session(), account.context());
    if session.transport != Transport::Cookie {
        return Err(refused());
    }
    let [to, nonce_hash] = parameters(uri.query(), ["to", "nonce"]).ok_or_else(refused)?;
    if !nonce::is_hash(&nonce_hash) {
        return Err(refused());
    }
    let slug = Some(to.as_str()).filter(|slug| !slug.is_empty());
    let database = &context.runtime.database;
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let subject = Subject {
        user_id: session.user.id,
        session_id: session.id,
        host_tenant: target(&mut transaction, &account, slug).await?,
    };
    let purpose = Purpose::Handoff;
    let code =
        one_time_token::create(&mut transaction, purpose, subject, &nonce_hash, LIFETIME).await?;
    transaction.commit().await?;
    let origin = origin_of(context, slug);
    see_other(&format!("{origin}/auth/handoff?code={}", code.reveal()))
}

/// The tenant that is switched to, which the account must have a place in.
///
/// # Errors
/// As the gate's at that tenant: 403 `tenant_forbidden` for no such tenant too, 403 `tenant_suspended`.
async fn target(
    transaction: &mut Transaction,
    account: &Account,
    slug: Option<&str>,
) -> Result<Option<Uuid>> {
    let Some(slug) = slug else {
        return Ok(None);
    };
    let runtime = &account.context().runtime;
    let session: &Session = account.session();
    // What can be no slug names no tenant; a NUL would be no text to PostgreSQL either.
    tenancy::slug::check("tenant", slug).map_err(|_| Error::tenant_forbidden())?;
    let found = tenancy::find(transaction, slug).await?;
    let tenant = found.ok_or_else(Error::tenant_forbidden)?;
    let place = tenancy::membership(transaction, runtime, tenant, session).await?;
    transaction.rescope(Scope::Accounts).await?;
    Ok(Some(place.tenant.id))
}
