//! What a tenant mails: a row of its own `outbox`, written in the unit of work of what it tells of.

use serde_json::json;

use super::Message;
use crate::jobs::{self, Cause};
use crate::store::{StoreError, Unit};

/// As it stands in `outbox.kind`.
pub(crate) const KIND: &str = "mail";

/// Queues a message in the unit's tenant: `{"recipient", "subject", "body", "html"}`, in the name of
/// whoever makes the request.
pub(crate) async fn queue(unit: &Unit, message: Message) -> Result<(), StoreError> {
    let payload = json!({
        "recipient": message.recipient,
        "subject": message.subject,
        "body": message.body,
        "html": message.html,
    });
    jobs::put(unit, KIND, payload.to_string(), Cause::of(unit.caller())).await
}
