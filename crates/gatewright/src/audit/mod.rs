//! The audit log of a tenant: an entry commits with its change or not at all.

mod routes;
mod sight;

use std::net::IpAddr;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::clock;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::model::AuditMode;
use crate::store::{FailedAt, FieldValue, StoreError, Transaction, Unit, Value};

pub(crate) use routes::register;
pub(crate) use sight::seen;

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
    /// Another word, for what is done to a member, a role or the like: `suspend`.
    Other(&'static str),
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Other(word) => word,
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// A change of one record.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) resource: &'static str,
    pub(crate) action: Action,
    pub(crate) record_id: Uuid,
    /// By field: `{"old": …, "new": …}`, as far as there is an old or a new value. Of a resource
    /// whose entries hold facts alone, [`record`] drops the values. It marks guarded fields.
    pub(crate) changes: Map<String, Json>,
}

const INSERT: &str = "
    INSERT INTO audit_log
        (tenant_id, id, at, actor_id, actor_kind, action, outcome, resource, record_id, changes, request_id, address)
    VALUES ($1, $2, $3, $4, $5, $6, $12, $7, $8, $9, $10, $11)";

/// The place of the outcome among [`INSERT`]'s arguments.
const OUTCOME: usize = 11;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A member, or an account on its way to become one.
    User(Uuid),
    /// An account of the platform's staff, which entered the tenant.
    Platform(Uuid),
    /// The application itself.
    System,
}

impl Actor {
    /// The account behind it.
    pub(crate) fn id(self) -> Option<Uuid> {
        match self {
            Self::User(id) | Self::Platform(id) => Some(id),
            Self::System => None,
        }
    }

    /// As it stands in `actor_kind`.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Platform(_) => "platform",
            Self::System => "system",
        }
    }
}

/// Who does something, and by which request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author {
    actor: Actor,
    request_id: Option<Uuid>,
    address: Option<IpAddr>,
}

impl Author {
    /// Anybody. Commands have no request.
    pub(crate) fn new(actor: Actor, request: Option<&Context>) -> Self {
        Self {
            actor,
            request_id: request.map(|context| context.request_id),
            address: request.map(|context| context.address),
        }
    }

    /// A user. Commands have no request.
    pub(crate) fn user(id: Uuid, request: Option<&Context>) -> Self {
        Self::new(Actor::User(id), request)
    }
}

/// Writes the entry of a change into the unit of work that makes the change.
pub(crate) async fn record(unit: &Unit, change: Change) -> Result<()> {
    record_each(unit, vec![change]).await
}

/// Writes the entries of several changes.
pub(crate) async fn record_each(unit: &Unit, changes: Vec<Change>) -> Result<()> {
    let caller = unit.caller();
    let author = Author {
        actor: caller.actor,
        request_id: caller.request_id,
        address: caller.address,
    };
    let entries = changes.into_iter().map(|change| {
        let action = format!("{}:{}", change.resource, change.action.word());
        let of = (change.resource, change.record_id);
        let changes = Value::Json(Json::Object(kept(unit, change.resource, change.changes)));
        entry(caller.tenant_id, author, action, of, changes).to_vec()
    });
    let entries: Vec<_> = entries.collect();
    let written = unit.run_each(INSERT, &entries).await;
    written
        .map(drop)
        .map_err(|FailedAt { error, .. }| Error::from(error))
}

/// What an entry of a resource keeps of a change: all of it, or which fields it was. Beside either,
/// the permission that guards the field now.
fn kept(unit: &Unit, resource: &str, mut changes: Map<String, Json>) -> Map<String, Json> {
    let def = unit.runtime().model.resource(resource);
    if def.is_some_and(|def| def.audit == AuditMode::Fact) {
        for change in changes.values_mut() {
            *change = Json::Object(Map::new());
        }
    }
    if let Some(def) = def {
        sight::mark(def, &mut changes);
    }
    changes
}

/// Writes the first entry of a new tenant, inside the transaction that makes it.
pub(crate) async fn record_new_tenant(
    transaction: &mut Transaction,
    tenant_id: Uuid,
    author: Author,
) -> Result<(), StoreError> {
    let change = Change {
        resource: "tenant",
        action: Action::Create,
        record_id: tenant_id,
        changes: Map::new(),
    };
    record_in(transaction, tenant_id, author, change).await
}

/// Writes the entry of a change of what is not a resource of the schema (a member, a role) into a
/// transaction that is in the tenant's scope.
pub(crate) async fn record_in(
    transaction: &mut Transaction,
    tenant_id: Uuid,
    author: Author,
    change: Change,
) -> Result<(), StoreError> {
    let args = entry_of(tenant_id, author, change);
    transaction.run(INSERT, &args).await.map(drop)
}

/// Writes the entry of what was refused, likewise.
pub(crate) async fn record_refusal_in(
    transaction: &mut Transaction,
    tenant_id: Uuid,
    author: Author,
    change: Change,
) -> Result<(), StoreError> {
    let mut args = entry_of(tenant_id, author, change);
    args[OUTCOME] = "refused".to_owned().into_value();
    transaction.run(INSERT, &args).await.map(drop)
}

fn entry_of(tenant_id: Uuid, author: Author, change: Change) -> [Value; 12] {
    let action = format!("{}:{}", change.resource, change.action.word());
    let changes = if change.changes.is_empty() {
        Value::Null
    } else {
        Value::Json(Json::Object(change.changes))
    };
    let of = (change.resource, change.record_id);
    entry(tenant_id, author, action, of, changes)
}

/// Writes the entries of several changes, each of its tenant, into a transaction that sees them all.
pub(crate) async fn record_each_in(
    transaction: &mut Transaction,
    author: Author,
    changes: Vec<(Uuid, Change)>,
) -> Result<(), StoreError> {
    let entries = changes.into_iter().map(|(tenant_id, change)| {
        let action = format!("{}:{}", change.resource, change.action.word());
        let of = (change.resource, change.record_id);
        let changes = Value::Json(Json::Object(change.changes));
        entry(tenant_id, author, action, of, changes).to_vec()
    });
    let entries: Vec<_> = entries.collect();
    let written = transaction.run_each(INSERT, &entries).await;
    written.map(drop).map_err(|FailedAt { error, .. }| error)
}

/// The arguments of [`INSERT`].
fn entry(
    tenant_id: Uuid,
    author: Author,
    action: String,
    (resource, record_id): (&str, Uuid),
    changes: Value,
) -> [Value; 12] {
    let address = author.address.map(|address| address.to_string());
    [
        tenant_id.into_value(),
        Uuid::now_v7().into_value(),
        clock::now().into_value(),
        author.actor.id().into_value(),
        author.actor.kind().to_owned().into_value(),
        action.into_value(),
        resource.to_owned().into_value(),
        record_id.into_value(),
        changes,
        author.request_id.into_value(),
        address.into_value(),
        "success".to_owned().into_value(),
    ]
}

#[cfg(test)]
mod tests;
