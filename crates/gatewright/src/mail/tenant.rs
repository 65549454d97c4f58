//! What a tenant mails: a row of its own `outbox`, written in the unit of work of what it tells of.

use serde_json::json;
use uuid::Uuid;

use super::Message;
use crate::clock;
use crate::store::{FieldValue, StoreError, Unit};

/// As it stands in `outbox.kind`.
pub(crate) const KIND: &str = "mail";

const INSERT: &str = "
    INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, actor_id, created_at, due_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";

/// Queues a message in the unit's tenant: `{"recipient", "subject", "body"}`, in the name of whoever
/// makes the request.
pub(crate) async fn queue(unit: &Unit, message: Message) -> Result<(), StoreError> {
    let caller = unit.caller();
    let payload = json!({
        "recipient": message.recipient,
        "subject": message.subject,
        "body": message.body,
    });
    let actor = caller.actor.id();
    let actor_kind = match actor {
        Some(_) => "user",
        None => "system",
    };
    let args = [
        caller.tenant_id.into_value(),
        Uuid::now_v7().into_value(),
        KIND.to_owned().into_value(),
        payload.to_string().into_value(),
        actor_kind.to_owned().into_value(),
        actor.into_value(),
        clock::now().into_value(),
    ];
    unit.run(INSERT, &args).await.map(drop)
}
