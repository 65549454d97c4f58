//! The platform's audit log: what happens to accounts, and what the staff does.

use std::net::IpAddr;

use uuid::Uuid;

use crate::clock;
use crate::http::Context;
use crate::store::{FieldValue, StoreError, Transaction};

/// An entry. It holds ids and reasons, never what a stranger typed.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Who did it, where that is proven.
    pub(crate) actor: Option<Uuid>,
    /// `platform.tenant_suspended`
    pub(crate) action: &'static str,
    pub(crate) refused: bool,
    /// What it was done to: an id, after the kind of thing where it is no account.
    pub(crate) target: Option<String>,
    pub(crate) reason: Option<&'a str>,
}

const INSERT: &str = "
    INSERT INTO platform_audit_log (id, at, actor_id, action, outcome, target, reason, request_id, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Writes an entry inside the transaction of what it tells of.
pub(crate) async fn write(
    transaction: &mut Transaction,
    context: &Context,
    entry: Entry<'_>,
) -> Result<(), StoreError> {
    let outcome = if entry.refused { "refused" } else { "success" };
    let address: IpAddr = context.address;
    let args = [
        Uuid::now_v7().into_value(),
        clock::now().into_value(),
        entry.actor.into_value(),
        entry.action.to_owned().into_value(),
        outcome.to_owned().into_value(),
        entry.target.into_value(),
        entry.reason.map(str::to_owned).into_value(),
        context.request_id.into_value(),
        address.to_string().into_value(),
    ];
    transaction.run(INSERT, &args).await.map(drop)
}
