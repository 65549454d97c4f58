//! Which jobs an application has.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use super::handler::{HandlesJob, Work};
use super::mails;
use crate::authz::{Access, Admission, Gate, Need, Needs};
use crate::error::{Error, Result};
use crate::model::Model;

/// The longest name of a job.
const LONGEST_NAME: usize = 64;

/// Collects the application's jobs.
#[derive(Default)]
pub struct Jobs {
    jobs: Vec<(String, Job)>,
}

impl Jobs {
    /// Registers a job under the name that [`enqueue`](crate::Grant::enqueue) calls it by: small
    /// letters, digits and `_`, a letter first. Rows that wait know their job by it alone, so a job
    /// that is renamed keeps its old name registered until those are through.
    ///
    /// The application does not start with two of a name, nor with a job whose permission the
    /// schema does not have.
    pub fn on(&mut self, name: &str, job: Job) {
        self.jobs.push((name.to_owned(), job));
    }

    /// Checks every job against the model.
    pub(crate) fn build(self, model: &Model) -> Result<Registry, Vec<String>> {
        let mut wrong = Vec::new();
        let mut known = BTreeMap::new();
        for (name, job) in self.jobs {
            if let Some(why) = misnamed(&name) {
                wrong.push(format!("the job `{name}`: {why}"));
                continue;
            }
            if known.contains_key(&name) {
                wrong.push(format!(
                    "the job `{name}` is registered twice; give one of them another name"
                ));
                continue;
            }
            match Gate::new(model, &job.need) {
                Ok(gate) => {
                    let call = job.call;
                    known.insert(name, Registered { gate, call });
                }
                Err(why) => wrong.push(format!("the job `{name}`: {why}")),
            }
        }
        if wrong.is_empty() {
            Ok(Registry(known))
        } else {
            Err(wrong)
        }
    }
}

/// Why a job cannot have this name.
fn misnamed(name: &str) -> Option<&'static str> {
    let fits = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_');
    if name == mails::KIND {
        return Some("gatewright has a job of this name; give it another");
    }
    let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= LONGEST_NAME
        && name.chars().all(fits);
    (!is_name).then_some("a name is small letters, digits and `_`, a letter first, 64 at most")
}

/// A handler with what its grants are of. Only [`job`] makes one.
pub struct Job {
    need: Need,
    call: Call,
}

/// A handler whose types are erased, the payload's too: text goes in.
type Call = Arc<dyn Fn(&Admission, &str) -> Result<Work> + Send + Sync>;

/// A job by these permissions: one, or a tuple of two or three.
///
/// Its handler's first arguments are the grants, in the same order, and the last what the job was
/// enqueued with:
///
/// ```
/// use gatewright::permissions::members;
/// use gatewright::{Grant, Jobs, Payload, Result, job};
///
/// async fn count(grant: Grant<members::Read>, Payload(most): Payload<u32>) -> Result<()> {
///     println!("{most} in {}", grant.tenant_slug());
///     Ok(())
/// }
///
/// fn register(jobs: &mut Jobs) {
///     jobs.on("count", job(members::Read, count));
/// }
/// # register(&mut Jobs::default());
/// ```
///
/// A handler that takes another grant does not compile:
///
/// ```compile_fail,E0631
/// # use gatewright::permissions::{audit, members};
/// # use gatewright::{Grant, Jobs, Payload, Result, job};
/// async fn count(_: Grant<members::Read>, _: Payload<u32>) -> Result<()> {
///     Ok(())
/// }
///
/// fn register(jobs: &mut Jobs) {
///     jobs.on("count", job(audit::Read, count));
/// }
/// ```
pub fn job<N, H, T>(_: N, handler: H) -> Job
where
    N: Needs,
    H: HandlesJob<N::Leads, T>,
    T: DeserializeOwned + Send + 'static,
{
    let call: Call = Arc::new(move |admission, payload| {
        let payload = serde_json::from_str(payload).map_err(|error| {
            // Without what it says of the values, which are nobody's business in a log.
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            Error::internal(format!(
                "what the job was enqueued with does not fit: {kind:?} at line {line}, column {column}"
            ))
        })?;
        Ok(handler.clone().call(N::issue(admission)?, payload))
    });
    Job {
        need: N::need(Need::of(Access::Protect)),
        call,
    }
}

/// The jobs of an application that passed the checks.
#[derive(Debug, Default)]
pub(crate) struct Registry(BTreeMap<String, Registered>);

pub(super) struct Registered {
    pub(super) gate: Gate,
    call: Call,
}

impl Registered {
    /// The handler's work, of which nothing has run yet.
    pub(super) fn work(&self, admission: &Admission, payload: &str) -> Result<Work> {
        (self.call)(admission, payload)
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registered").field(&self.gate).finish()
    }
}

/// The jobs, and how the worker is told of new ones.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    registry: Registry,
    queued: Notify,
}

impl Queue {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry,
            queued: Notify::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Registered> {
        self.registry.0.get(name)
    }

    /// All names that this process knows what to do with.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        let own = self.registry.0.keys().map(String::as_str);
        own.chain([mails::KIND])
    }

    /// Wakes a worker, after the commit. Without it one finds the job by itself, a little later.
    pub(crate) fn nudge(&self) {
        self.queued.notify_one();
    }

    /// Until the next [`nudge`](Self::nudge).
    pub(super) async fn nudged(&self) {
        self.queued.notified().await;
    }
}
