//! What runs after the commit: a row of the tenant's `outbox`, written in the unit of work of what
//! causes it, and worked off by whichever process comes first.
//!
//! A job has no rights of its own. When it runs, the gate makes its grants as it would for a request
//! of whoever caused it, made at that moment. What it writes commits together with the note that it
//! is done, so its effect in the database is there once, whoever dies when.
//!
//! | file | |
//! | --- | --- |
//! | `context` | in which tenant and on whose behalf: what a row keeps of its causer |
//! | `registry`, `handler` | which jobs there are, and the functions that do them |
//! | `enqueue` | the way in, by a grant |
//! | `rows` | the statements on `outbox` |
//! | `worker` | finds what is due, claims it, runs it |
//! | `run` | one job: its grants, its deadline, its end |
//! | `mails` | the job `mail`, which gatewright brings |
//! | `clearing` | what is over is cleared away |

mod clearing;
mod context;
mod enqueue;
mod handler;
mod mails;
mod registry;
mod rows;
mod run;
#[cfg(test)]
mod tests;
mod worker;

/// What entries of the audit log are of that tell of jobs. No resource of a schema has this name.
pub(crate) const AUDITED_AS: &str = "outbox";

pub(crate) use clearing::clear;
pub(crate) use context::Cause;
pub use context::TenantContext;
pub use handler::{HandlesJob, Payload};
pub use registry::{Job, Jobs, job};
pub(crate) use registry::{Queue, Registry};
pub(crate) use rows::put;
pub(crate) use worker::work_forever;
