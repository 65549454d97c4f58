//! In which tenant and on whose behalf a job runs.

use uuid::Uuid;

use crate::audit::Actor;
use crate::store::{Caller, FieldValue, StoreError, Value};

/// The tenant of a request or a job, and who caused it.
///
/// A grant gives one; there is no other way to it, and nothing that it could be read from. It says
/// where something happens and opens nothing: what does is the [`Grant`](crate::Grant).
///
/// ```compile_fail,E0451
/// use gatewright::{TenantContext, Uuid};
///
/// fn another(tenant_id: Uuid, of: TenantContext) -> TenantContext {
///     TenantContext { tenant_id, ..of }
/// }
/// ```
#[derive(Debug)]
pub struct TenantContext {
    tenant_id: Uuid,
    cause: Cause,
}

/// Who caused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// This user, whose rights it needs.
    User(Uuid),
    /// The application itself; at the wish of this user, if of anybody's.
    System(Option<Uuid>),
}

impl TenantContext {
    /// Only the gate and the outbox have what it takes.
    pub(crate) fn new(tenant_id: Uuid, cause: Cause) -> Self {
        Self { tenant_id, cause }
    }

    /// The tenant.
    pub fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    /// The user who caused it, be it that the system acts for them.
    pub fn user_id(&self) -> Option<Uuid> {
        match self.cause {
            Cause::User(id) => Some(id),
            Cause::System(id) => id,
        }
    }

    /// Whether the system acts: by no user's rights.
    pub fn is_system(&self) -> bool {
        matches!(self.cause, Cause::System(_))
    }

    pub(crate) fn cause(&self) -> Cause {
        self.cause
    }
}

impl Cause {
    /// Who is behind a unit of work.
    pub(crate) fn of(caller: &Caller) -> Self {
        match caller.actor {
            Actor::System => Self::System(None),
            Actor::User(id) | Actor::Platform(id) => Self::User(id),
        }
    }

    /// Who acts, for the audit log.
    pub(super) fn actor(self) -> Actor {
        match self {
            Self::User(id) => Actor::User(id),
            Self::System(_) => Actor::System,
        }
    }

    /// As it stands in `actor_kind` and `actor_id`.
    pub(super) fn into_columns(self) -> [Value; 2] {
        let (kind, id) = match self {
            Self::User(id) => ("user", Some(id)),
            Self::System(id) => ("system", id),
        };
        [kind.to_owned().into_value(), id.into_value()]
    }

    pub(super) fn of_columns(kind: &str, id: Option<Uuid>) -> Result<Self, StoreError> {
        match (kind, id) {
            ("user", Some(id)) => Ok(Self::User(id)),
            ("system", id) => Ok(Self::System(id)),
            (other, _) => Err(Value::unlisted(other).into()),
        }
    }
}
