//! The gate, and the grants that only it makes.
//!
//! This is the one file where a [`Grant`], a [`PlatformGrant`] or an [`Account`] comes into being.
//! Their fields are private to it, and none can be cloned, so a handler that holds a grant was
//! reached through [`Gate::admit`] in this very request.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::HeaderMap;
use uuid::Uuid;

use super::permission::covers;
use super::permissions::describe;
use super::platform::{self, PlatformPermission};
use super::{Access, Account, Covers, Extent, Holder, Permission, Standing};
use crate::audit::Actor;
use crate::authn::{self, Session, Transport};
use crate::error::{Error, Result};
use crate::http::Context;
use crate::jobs::TenantContext;
use crate::model::{Model, PermissionDef};
use crate::runtime::Runtime;
use crate::store::custom::TenantFields;
use crate::store::{self, Mode, Scope, Unit};
use crate::tenancy::{self, Membership, Tenant};

/// The proof that this request passed authentication, tenant resolution and the check for `P`, in
/// this tenant, now.
///
/// It holds the request's unit of work, which closes with the request: a grant that was moved into
/// a spawned task opens nothing once the answer is out.
///
/// Data access borrows it. A function of your own that needs the proof borrows it too:
///
/// ```
/// use gatewright::{Grant, Uuid, permissions::members};
///
/// fn team(grant: &Grant<members::Read>) -> Uuid {
///     grant.tenant_id()
/// }
/// ```
///
/// It cannot be copied, nor made in any other way:
///
/// ```compile_fail,E0308
/// # use gatewright::{Grant, permissions::members};
/// fn twice(grant: &Grant<members::Read>) -> Grant<members::Read> {
///     grant.clone()
/// }
/// ```
pub struct Grant<P> {
    admitted: Arc<Admitted>,
    extent: Extent,
    permission: PhantomData<fn() -> P>,
}

/// What the grants of one request share.
struct Admitted {
    tenant: Tenant,
    /// Who makes the request, or caused the job.
    user_id: Uuid,
    standing: Standing,
    role_names: Vec<String>,
    holder: Holder,
    /// The route's permissions that the caller holds for records of their own alone.
    narrowed: Vec<&'static str>,
    /// What the route's permissions use besides.
    uses: Arc<[&'static str]>,
    unit: Arc<Unit>,
}

impl<P> Grant<P> {
    /// The tenant in which this grant holds.
    pub fn tenant_id(&self) -> Uuid {
        self.admitted.tenant.id
    }

    /// The tenant's slug, the first label of its host.
    pub fn tenant_slug(&self) -> &str {
        &self.admitted.tenant.slug
    }

    /// The user who makes the request; in a job, the one who caused it, be it that the system acts.
    pub fn user_id(&self) -> Uuid {
        self.admitted.user_id
    }

    /// The names of the caller's roles in this tenant.
    pub fn roles(&self) -> &[String] {
        &self.admitted.role_names
    }

    /// Whether the caller holds a permission for all records, by slug. One that is held for own
    /// records alone is none here: see [`can_own`](Self::can_own). It opens nothing: a store function
    /// asks for a grant.
    pub fn can(&self, slug: &str) -> bool {
        self.admitted.holder.extent(slug) == Some(Extent::All)
    }

    /// Whether the caller holds a permission at least for records of their own.
    pub fn can_own(&self, slug: &str) -> bool {
        self.admitted.holder.extent(slug).is_some()
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.admitted.tenant
    }

    /// Whether it holds for all records or for the caller's own.
    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// What the caller may do here, as the gate found it.
    pub(crate) fn standing(&self) -> &Standing {
        &self.admitted.standing
    }
}

impl<P: Permission> Grant<P> {
    /// The way to the data that needs `Q`: in the grant's tenant, in its unit of work, as far as it
    /// reaches.
    pub(crate) fn access<Q: Permission>(&self) -> store::Access<'_>
    where
        P: Covers<Q>,
    {
        const {
            assert!(
                covers::<P, Q>(),
                "the schema does not say that this permission uses the other: add it to the action's `uses`"
            );
        }
        let own = match self.extent {
            Extent::All => None,
            Extent::Own => Some(self.user_id()),
        };
        store::Access::new(&self.admitted.unit, &self.admitted.holder, own, P::USES)
    }
}

impl<P: Permission> fmt::Debug for Grant<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant({} in {})", P::SLUG, self.admitted.tenant.slug)
    }
}

/// The proof that the request's account holds a platform role with permission `P`.
pub struct PlatformGrant<P> {
    account: Account,
    permission: PhantomData<fn() -> P>,
}

impl<P: PlatformPermission> PlatformGrant<P> {
    /// The account behind the request.
    pub fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.account.context().runtime
    }
}

impl<P: PlatformPermission> fmt::Debug for PlatformGrant<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlatformGrant({})", P::SLUG)
    }
}

/// What a handler receives first: one value for each thing that its route asks for.
pub trait Lead: Sized + Send + 'static {
    /// The lead of an admitted request.
    #[doc(hidden)]
    fn issue(admission: &Admission) -> Result<Self>;
}

/// A request that the gate let through. Opaque: it exists so that the sealed traits can name it.
pub struct Admission(Admitting);

enum Admitting {
    Everybody,
    Account(Arc<Session>, Context),
    Tenant(Arc<Admitted>),
}

impl Lead for Account {
    fn issue(admission: &Admission) -> Result<Self> {
        match &admission.0 {
            Admitting::Account(session, context) => {
                Ok(Self::new(Arc::clone(session), context.clone()))
            }
            _ => Err(Error::internal(
                "a route asked for an account that its gate did not check",
            )),
        }
    }
}

impl<P: PlatformPermission> Lead for PlatformGrant<P> {
    fn issue(admission: &Admission) -> Result<Self> {
        Account::issue(admission).map(|account| Self {
            account,
            permission: PhantomData,
        })
    }
}

impl<P: Permission> Lead for Grant<P> {
    fn issue(admission: &Admission) -> Result<Self> {
        match &admission.0 {
            Admitting::Tenant(admitted) => Ok(Self {
                extent: if admitted.narrowed.contains(&P::SLUG) {
                    Extent::Own
                } else {
                    Extent::All
                },
                admitted: Arc::clone(admitted),
                permission: PhantomData,
            }),
            _ => Err(Error::internal(
                "a route asked for a grant that its gate did not check",
            )),
        }
    }
}

/// What a route asks for, as written in the program.
#[derive(Debug, Clone)]
pub struct Need {
    pub(crate) access: Access,
    pub(crate) permissions: Vec<PermissionDef>,
    /// Whether its handler writes, whatever the permissions say.
    pub(crate) writes: bool,
    /// The platform permission of a `platform` route.
    pub(crate) platform: Option<&'static str>,
}

impl Need {
    pub(crate) fn of(access: Access) -> Self {
        Self {
            access,
            permissions: Vec::new(),
            writes: false,
            platform: None,
        }
    }

    pub(super) fn permission<P: Permission>(mut self) -> Self {
        self.permissions.push(describe::<P>());
        self
    }
}

/// The gate of one route: its need, with every permission found in the model.
#[derive(Debug)]
pub(crate) struct Gate {
    access: Access,
    /// Slug and bit of each permission.
    permissions: Vec<(&'static str, usize)>,
    platform: Option<&'static str>,
    /// What the permissions use besides.
    uses: Arc<[&'static str]>,
    mode: Mode,
}

impl Gate {
    /// Fails on a permission that is not the model's to the letter: an application cannot invent one.
    pub(crate) fn new(model: &Model, need: &Need) -> Result<Self, String> {
        let find = |wanted: &PermissionDef| match model.permission(wanted.slug) {
            Some(index) if model.permissions.get(index) == Some(wanted) => Ok((wanted.slug, index)),
            Some(_) => Err(format!(
                "the permission `{}` differs from the schema's",
                wanted.slug
            )),
            None => Err(format!(
                "the permission `{}` is not in the schema",
                wanted.slug
            )),
        };
        let permissions = need
            .permissions
            .iter()
            .map(find)
            .collect::<Result<_, _>>()?;
        let mut permissions_needed = need.permissions.iter();
        let writes = need.writes || permissions_needed.any(|permission| model.writes(permission));
        let mode = if writes { Mode::Write } else { Mode::Read };
        Ok(Self {
            access: need.access,
            permissions,
            platform: need.platform,
            uses: need
                .permissions
                .iter()
                .flat_map(|it| it.uses)
                .copied()
                .collect(),
            mode,
        })
    }

    /// Decides on a request from its head alone. Every step that cannot be taken is a refusal.
    pub(crate) async fn admit(&self, context: &Context, headers: &HeaderMap) -> Result<Admission> {
        if self.access == Access::Public {
            return Ok(Admission(Admitting::Everybody));
        }
        let runtime = &context.runtime;
        let credential = authn::verify(runtime, headers).await?;
        let credential = credential.ok_or_else(Error::unauthenticated)?;
        // One snapshot for the whole decision, which never is the handler's own transaction.
        let mut read = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
        let session = Arc::new(credential.session(&mut read).await?);
        match self.access {
            Access::Public | Access::SignedIn => {}
            Access::Platform => {
                let slug = self
                    .platform
                    .ok_or_else(|| Error::internal("a platform route without a permission"))?;
                let holds = session
                    .platform_role
                    .is_some_and(|role| platform::holds(role, slug));
                // What runs in a browser at a tenant's host may be that tenant's: it gets no hold of the
                // platform by a member of staff who came to look.
                let in_a_tenant =
                    session.transport == Transport::Cookie && context.host.tenant().is_some();
                if !holds || in_a_tenant {
                    return Err(Error::permission_denied(slug));
                }
            }
            Access::Member | Access::Protect => {
                let tenant = tenancy::resolve(&mut read, &context.host, headers, &session).await?;
                let membership = tenancy::membership(&mut read, runtime, tenant, &session).await?;
                let fields =
                    tenancy::custom_fields::of(&mut read, runtime, &membership.tenant).await?;
                read.commit().await?;
                let caller = store::Caller {
                    tenant_id: membership.tenant.id,
                    actor: membership.actor,
                    request_id: Some(context.request_id),
                    address: Some(context.address),
                };
                let unit = Unit::new(Arc::clone(runtime), caller, self.mode);
                return self.admit_into(unit, membership, fields, session.user.id);
            }
        }
        tenancy::require_own_host(&mut read, &context.host, &session).await?;
        read.commit().await?;
        Ok(Admission(Admitting::Account(session, context.clone())))
    }

    /// Whether no credential is looked at.
    pub(crate) fn is_public(&self) -> bool {
        self.access == Access::Public
    }

    /// Decides on a job as on a request that whoever caused it would make now. The system may do all
    /// that there is, in a tenant that is active.
    ///
    /// # Errors
    /// 401 and 403 are refusals for good, but for a suspended tenant's; others say that the check
    /// could not be made.
    pub(crate) async fn admit_job(
        &self,
        runtime: &Arc<Runtime>,
        context: &TenantContext,
    ) -> Result<Admission> {
        let user_id = context.user_id();
        let user_id = user_id.ok_or_else(|| Error::internal("a job that nobody caused"))?;
        let mut read = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
        let tenant = tenancy::by_id(&mut read, context.tenant_id()).await?;
        let tenant = tenant.ok_or_else(Error::tenant_forbidden)?;
        // Accounts are read in any scope.
        read.rescope(Scope::Tenant(tenant.id)).await?;
        let membership = if context.is_system() {
            if tenant.suspended {
                return Err(Error::tenant_suspended());
            }
            let standing = Standing::of_system(runtime.model);
            Membership {
                tenant,
                standing,
                actor: Actor::System,
            }
        } else {
            if !authn::is_active(&mut read, user_id).await? {
                return Err(Error::unauthenticated());
            }
            tenancy::place_of(&mut read, runtime, tenant, user_id).await?
        };
        let fields = tenancy::custom_fields::of(&mut read, runtime, &membership.tenant).await?;
        read.commit().await?;
        let caller = store::Caller {
            tenant_id: membership.tenant.id,
            actor: membership.actor,
            request_id: None,
            address: None,
        };
        // Whatever the permissions: that the job is done is written in the same unit.
        let unit = Unit::new(Arc::clone(runtime), caller, Mode::Write);
        self.admit_into(unit, membership, fields, user_id)
    }

    /// The permissions that the route or job asks for.
    pub(crate) fn slugs(&self) -> impl Iterator<Item = &'static str> {
        self.permissions.iter().map(|(slug, _)| *slug)
    }

    /// Tests the permissions, and makes what the grants of one request or job share.
    fn admit_into(
        &self,
        unit: Unit,
        membership: Membership,
        fields: Arc<TenantFields>,
        user_id: Uuid,
    ) -> Result<Admission> {
        let Membership {
            tenant, standing, ..
        } = membership;
        let held = standing.held.clone();
        let mut narrowed = Vec::new();
        for (slug, index) in &self.permissions {
            match held.extent(*index) {
                None => return Err(Error::permission_denied(slug)),
                Some(Extent::Own) => narrowed.push(*slug),
                Some(Extent::All) => {}
            }
        }

        let admitted = Admitted {
            tenant,
            user_id,
            role_names: standing
                .roles
                .iter()
                .map(|role| role.name.clone())
                .collect(),
            standing,
            holder: Holder::new(unit.runtime().model, held).in_tenant_with(fields),
            narrowed,
            uses: Arc::clone(&self.uses),
            unit: Arc::new(unit),
        };
        Ok(Admission(Admitting::Tenant(Arc::new(admitted))))
    }
}

impl Admission {
    /// What the extractors of a tenant's request must know of who makes it.
    pub(crate) fn holder(&self) -> Option<Holder> {
        match &self.0 {
            Admitting::Tenant(admitted) => {
                Some(admitted.holder.lending(Arc::clone(&admitted.uses)))
            }
            Admitting::Everybody | Admitting::Account(..) => None,
        }
    }

    /// The request's unit of work, where it has one.
    pub(crate) fn unit(&self) -> Option<Arc<Unit>> {
        match &self.0 {
            Admitting::Tenant(admitted) => Some(Arc::clone(&admitted.unit)),
            Admitting::Everybody | Admitting::Account(..) => None,
        }
    }
}
