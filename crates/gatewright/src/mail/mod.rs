//! Mail, by way of an outbox: a message is written in the transaction of what it tells of, and sent
//! once that has committed. No request waits for a mail server, and no mail tells of what was rolled back.
//!
//! | file | |
//! | --- | --- |
//! | `outbox` | queueing messages and claiming those that are due |
//! | `delivery` | the worker: claims, writes, retries (its loop is `worker.rs`) |
//! | `tenant` | queueing messages of a tenant, which go the way of its jobs |
//! | `directory` | one `.eml` file a message (`MAIL_URL=file:DIR`) |

mod delivery;
mod directory;
mod outbox;
pub(crate) mod tenant;

pub(crate) use delivery::deliver_forever;
pub(crate) use outbox::{Message, Outbox};
