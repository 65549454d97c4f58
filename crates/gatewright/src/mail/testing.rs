//! Messages for tests.

use uuid::Uuid;

use super::message::Message;
use super::outbox::Claimed;
use crate::clock;

/// A message that was just claimed for the first time.
pub(super) fn claimed(recipient: &str, subject: &str, body: &str) -> Claimed {
    Claimed {
        id: Uuid::now_v7(),
        created_at: clock::now(),
        attempts: 1,
        message: Message {
            recipient: recipient.to_owned(),
            subject: subject.to_owned(),
            body: body.to_owned(),
            html: None,
        },
    }
}
