//! The audit log of a tenant: an entry commits with its change or not at all.

mod routes;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::clock;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::store::{FieldValue, Unit, Value};

pub(crate) use routes::register;

/// A change of one record.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) resource: &'static str,
    pub(crate) kind: Kind,
    pub(crate) record_id: Uuid,
    /// By field: `{"old": …, "new": …}`, as far as there is an old or a new value.
    pub(crate) changes: Map<String, Json>,
}

const INSERT: &str = "
    INSERT INTO audit_log
        (tenant_id, id, at, actor_id, action, outcome, resource, record_id, changes, request_id, address)
    VALUES ($1, $2, $3, $4, $5, 'success', $6, $7, $8, $9, $10)";

/// Writes the entry of a change into the unit of work that makes the change.
pub(crate) async fn record(unit: &Unit, change: Change) -> Result<()> {
    let caller = unit.caller();
    let action = format!("{}:{}", change.resource, change.kind.action());
    let args = [
        caller.tenant_id.into_value(),
        Uuid::now_v7().into_value(),
        clock::now().into_value(),
        caller.actor.into_value(),
        action.into_value(),
        change.resource.to_owned().into_value(),
        change.record_id.into_value(),
        Value::Json(Json::Object(change.changes)),
        caller.request_id.into_value(),
        caller
            .address
            .map(|address| address.to_string())
            .into_value(),
    ];
    unit.run(INSERT, &args).await.map(drop).map_err(Error::from)
}
