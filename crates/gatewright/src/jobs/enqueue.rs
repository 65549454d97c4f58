//! The way into the outbox, by a grant.

use serde::Serialize;

use super::context::{Cause, TenantContext};
use super::rows;
use crate::authz::{Extent, Grant, Permission};
use crate::error::{Error, Result};
use crate::store::{Mode, Unit};

/// The most bytes that a job is enqueued with. What is larger belongs into a record.
const MOST_BYTES: usize = 64 * 1024;

impl<P: Permission> Grant<P> {
    /// Has a job run in this tenant once the request's changes are committed, and not at all if
    /// they are not. It runs on behalf of the caller: its grants are made when it runs, from what
    /// the caller may do then, so it is refused if that is no longer enough.
    ///
    /// # Errors
    /// 500 for a name that no job is registered under, for a payload that is no JSON or over
    /// 64 KiB, and in a route that only reads (one whose permissions are all of reading).
    pub async fn enqueue<T: Serialize + ?Sized>(&self, name: &str, payload: &T) -> Result<()> {
        let cause = self.context().cause();
        if let Cause::System(_) = cause {
            self.require_for_system(name)?;
        }
        enqueue(self.access::<P>().unit(), name, payload, cause).await
    }

    /// The same for what must not depend on the caller's rights later: the job runs as the system,
    /// with all permissions that it asks for, and the audit log says so.
    ///
    /// The caller must hold those now: the grant is of the job's permission, or its action uses it.
    ///
    /// # Errors
    /// As of [`enqueue`](Self::enqueue). 500 for a job of a permission that this grant does not
    /// open, 403 for a caller who holds it for records of their own alone.
    pub async fn enqueue_as_system<T: Serialize + ?Sized>(
        &self,
        name: &str,
        payload: &T,
    ) -> Result<()> {
        let access = self.access::<P>();
        let unit = access.unit();
        self.require_for_system(name)?;
        let cause = Cause::System(self.context().user_id());
        enqueue(unit, name, payload, cause).await
    }

    /// Refuses a job of the system's that asks for more than this grant opens.
    fn require_for_system(&self, name: &str) -> Result<()> {
        let access = self.access::<P>();
        let unit = access.unit();
        if let Some(job) = unit.runtime().jobs.get(name) {
            let opens = |slug: &str| slug == P::SLUG || P::USES.contains(&slug);
            if let Some(slug) = job.gate.slugs().find(|slug| !opens(slug)) {
                return Err(Error::internal(format!(
                    "the job `{name}` needs `{slug}`, which a grant of `{}` does not open: it cannot be enqueued as \
                     the system's by it",
                    P::SLUG
                )));
            }
        }
        if self.extent() == Extent::Own {
            return Err(Error::permission_denied(P::SLUG));
        }
        Ok(())
    }

    /// The tenant, and who caused this request or job.
    pub fn context(&self) -> TenantContext {
        let user_id = self.user_id();
        let cause = match Cause::of(self.access::<P>().unit().caller()) {
            Cause::System(_) => Cause::System(Some(user_id)),
            Cause::User(_) => Cause::User(user_id),
        };
        TenantContext::new(self.tenant_id(), cause)
    }
}

async fn enqueue<T: Serialize + ?Sized>(
    unit: &Unit,
    name: &str,
    payload: &T,
    cause: Cause,
) -> Result<()> {
    if unit.runtime().jobs.get(name).is_none() {
        return Err(Error::internal(format!(
            "no job is registered as `{name}`: `jobs.on(\"{name}\", …)` is missing"
        )));
    }
    if unit.mode() == Mode::Read {
        return Err(Error::internal(format!(
            "a route that only reads cannot enqueue the job `{name}`"
        )));
    }
    let payload = serde_json::to_string(payload).map_err(Error::internal)?;
    if payload.len() > MOST_BYTES {
        return Err(Error::internal(format!(
            "the job `{name}` was to be enqueued with {} bytes; {MOST_BYTES} are the most",
            payload.len()
        )));
    }
    rows::put(unit, name, payload, cause).await?;
    Ok(())
}
