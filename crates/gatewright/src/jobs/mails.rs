//! The job `mail`: what a tenant mails, such as invitations. `mail/tenant.rs` queues it.

use serde::Deserialize;
use serde_json::Map;

use super::AUDITED_AS;
use super::rows::Claimed;
use super::run::shortened;
use crate::audit::{self, Action, Author, Change};
use crate::mail::{self, Message};
use crate::runtime::Runtime;
use crate::store::StoreError;

pub(super) const KIND: &str = mail::tenant::KIND;

/// What is queued.
#[derive(Deserialize)]
struct Queued {
    recipient: String,
    subject: String,
    body: String,
    /// None in what an earlier version queued.
    #[serde(default)]
    html: Option<String>,
}

/// Sends a mail at least once: whoever dies between sending and noting sends again, under the same
/// Message-ID.
pub(super) async fn deliver(runtime: &Runtime, claimed: &Claimed) -> Result<(), StoreError> {
    let sent = match serde_json::from_str::<Queued>(&claimed.payload) {
        // A parser's sentence may quote the secret.
        Err(_) => Err((false, "the payload is no mail".to_owned())),
        Ok(queued) => {
            let message = Message {
                recipient: queued.recipient,
                subject: queued.subject,
                body: queued.body,
                html: queued.html,
            };
            let sent = runtime.outbox.send(claimed.id, claimed.created_at, message);
            sent.await
                .map_err(|error| (error.is_final(), error.to_string()))
        }
    };
    match sent {
        Ok(()) => note(runtime, claimed).await,
        Err((is_final, error)) => {
            let error = shortened(&error);
            let is_given_up = match is_final {
                true => {
                    claimed.give_up(&runtime.database, &error).await?;
                    true
                }
                false => claimed.failed(&runtime.database, &error).await?,
            };
            if is_given_up {
                tracing::error!(id = %claimed.id, error, "a tenant's mail is given up");
            } else {
                let attempts = claimed.attempts;
                tracing::warn!(id = %claimed.id, attempts, error, "a tenant's mail is put off");
            }
            Ok(())
        }
    }
}

/// In the name of whoever caused it.
async fn note(runtime: &Runtime, claimed: &Claimed) -> Result<(), StoreError> {
    let mut transaction = claimed.begin(&runtime.database).await?;
    if claimed.sent_in(&mut transaction).await? {
        let change = Change {
            resource: AUDITED_AS,
            action: Action::Other("send"),
            record_id: claimed.id,
            changes: Map::new(),
        };
        let author = Author::new(claimed.context.cause().actor(), None);
        let tenant_id = claimed.context.tenant_id();
        audit::record_in(&mut transaction, tenant_id, author, change).await?;
    }
    transaction.commit().await
}
