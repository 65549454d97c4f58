//! The worker that empties the outbox.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::join_all;

use super::outbox::Claimed;
use crate::runtime::Runtime;
use crate::store::StoreError;
use crate::worker::{MOST_ATTEMPTS, Work, work_forever};

/// Delivers until `shutdown`; a batch that is being written then is written to its end.
pub(crate) async fn deliver_forever(runtime: Arc<Runtime>, shutdown: impl Future<Output = ()>) {
    work_forever(Mail(runtime), shutdown).await;
}

struct Mail(Arc<Runtime>);

impl Work for Mail {
    const WHAT: &'static str = "mail";

    async fn turn(&self) -> Result<usize, StoreError> {
        let size = deliver_due(&self.0).await?;
        if size == 0 {
            self.0.outbox.transport.hang_up_idle();
        }
        Ok(size)
    }

    async fn woken(&self) {
        self.0.outbox.nudged().await;
    }
}

/// Delivers one batch and answers its size.
pub(super) async fn deliver_due(runtime: &Runtime) -> Result<usize, StoreError> {
    let batch = runtime.outbox.claim(&runtime.database).await?;
    let size = batch.len();
    let delivered = join_all(batch.into_iter().map(|claimed| deliver(runtime, claimed))).await;
    // All of them have come to their end by now, whatever became of one.
    delivered.into_iter().collect::<Result<(), _>>()?;
    Ok(size)
}

/// At least once: whoever dies between sending and noting sends again, under the same Message-ID.
async fn deliver(runtime: &Runtime, claimed: Claimed) -> Result<(), StoreError> {
    let outbox = &runtime.outbox;
    match outbox.transport.send(&claimed).await {
        Ok(()) => outbox.mark_sent(&runtime.database, claimed.id).await,
        Err(error) if error.is_final() || claimed.attempts >= MOST_ATTEMPTS => {
            tracing::error!(id = %claimed.id, %error, "a mail is given up");
            outbox.give_up(&runtime.database, claimed.id).await
        }
        Err(error) => {
            tracing::warn!(id = %claimed.id, attempts = claimed.attempts, %error, "a mail is put off");
            outbox.put_off(&runtime.database, &claimed).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authn::testing::App;
    use crate::mail::Message;
    use crate::store::{Mode, Scope};

    #[tokio::test]
    async fn a_mail_that_is_given_up_keeps_no_secret() {
        let app = App::verifying().await;
        // Where the folder should be is a file.
        std::fs::write(app.directory.join("mail"), "").unwrap();
        let message = Message {
            recipient: "ada@example.com".to_owned(),
            subject: "Hello".to_owned(),
            body: "gwv_secret".to_owned(),
            html: Some("gwv_secret".to_owned()),
        };
        let runtime = &app.runtime;
        let mut transaction = runtime
            .database
            .begin(Scope::Accounts, Mode::Write)
            .await
            .unwrap();
        runtime
            .outbox
            .queue(&mut transaction, message)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let body = "SELECT body || COALESCE(html, '') FROM account_outbox WHERE sent_at IS NULL";
        let whole = "gwv_secretgwv_secret";
        for (attempts, left) in [(MOST_ATTEMPTS - 2, whole), (MOST_ATTEMPTS - 1, "")] {
            let due =
                format!("UPDATE account_outbox SET attempts = {attempts}, due_at = created_at");
            app.write(&due, &[]).await;
            assert_eq!(deliver_due(runtime).await.unwrap(), 1);
            assert_eq!(app.column::<String>(body, &[]).await, [left]);
        }
        assert_eq!(deliver_due(runtime).await.unwrap(), 0);
    }
}
