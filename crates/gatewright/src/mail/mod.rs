//! Mail, by way of an outbox: a message is written in the transaction of what it tells of, and sent
//! once that has committed. No request waits for a mail server, and no mail tells of what was rolled back.
//!
//! | file | |
//! | --- | --- |
//! | `message` | what is queued |
//! | `outbox` | queueing messages and claiming those that are due |
//! | `delivery` | the worker: claims, sends, retries (its loop is `worker.rs`) |
//! | `tenant` | queueing messages of a tenant, which go the way of its jobs |
//! | `mime` | a message as it goes out: text and HTML |
//! | `transport` | where it goes, and how that fails |
//! | `directory` | one `.eml` file a message (`MAIL_URL=file:DIR`) |
//! | `smtp` | to a mail server (`MAIL_URL=smtp://…`, `smtps://…`) |

mod delivery;
mod directory;
mod message;
mod mime;
mod outbox;
mod smtp;
pub(crate) mod tenant;
#[cfg(test)]
mod testing;
mod transport;

pub(crate) use delivery::deliver_forever;
pub(crate) use message::Message;
pub(crate) use outbox::Outbox;
