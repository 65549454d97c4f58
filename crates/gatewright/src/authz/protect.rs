//! The five access kinds: functions that tie a handler to what its route asks for.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::IntoResponse;

use super::grant::{Admission, Lead, Need};
use super::handler::Answer;
use super::{
    Access, Account, Grant, Handles, HandlesPublic, Member, Permission, PlatformGrant,
    PlatformPermission,
};

/// A handler with its access kind: what the route builder takes. Only [`public`], [`signed_in`],
/// [`member`], [`protect`] and [`platform`] make one.
pub struct Endpoint {
    pub(crate) need: Need,
    pub(crate) call: Call,
    /// Whether it answers people: with a page to `GET`, and to a form.
    pub(crate) pages: bool,
}

impl Endpoint {
    /// The same for a handler that answers people with pages: its refusals become pages too.
    pub(crate) fn with_pages(self) -> Self {
        Self {
            pages: true,
            ..self
        }
    }
}

/// A handler whose type is erased, which keeps a program of many routes quick to compile.
pub(crate) type Call = Arc<dyn Fn(&Admission, Request) -> Answer + Send + Sync>;

/// What the route builder takes: a handler whose access was decided.
#[diagnostic::on_unimplemented(
    message = "this route has no access kind",
    label = "who may call it?",
    note = "wrap the handler: `protect(products::Read, handler)`, `member(handler)`, `signed_in(handler)`, `platform(P, handler)`,\nor `public(handler)`, which also needs a line in public_routes.txt"
)]
pub trait Decided: sealed::Decided {
    #[doc(hidden)]
    fn endpoint(self) -> Endpoint;
}

mod sealed {
    pub trait Decided {}
    pub trait Needs {}
}

impl sealed::Decided for Endpoint {}

impl Decided for Endpoint {
    fn endpoint(self) -> Endpoint {
        self
    }
}

/// What [`protect`] takes: a permission, or a tuple of two or three.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a permission nor a tuple of two or three permissions",
    label = "a route is protected by one, two or three permissions",
    note = "permissions are the types in `generated::permissions`; add new ones to gatewright.toml",
    note = "write `protect(products::Read, handler)` or `protect((products::Read, orders::Read), handler)`"
)]
pub trait Needs: sealed::Needs {
    /// The grants that the handler takes, in the same order.
    type Leads: Send + 'static;

    #[doc(hidden)]
    fn need(need: Need) -> Need;

    #[doc(hidden)]
    fn issue(admission: &Admission) -> crate::Result<Self::Leads>;
}

#[diagnostic::do_not_recommend]
impl<P: Permission> sealed::Needs for P {}

#[diagnostic::do_not_recommend]
impl<P: Permission> Needs for P {
    type Leads = (Grant<P>,);

    fn need(need: Need) -> Need {
        need.permission::<P>()
    }

    fn issue(admission: &Admission) -> crate::Result<Self::Leads> {
        Ok((Grant::issue(admission)?,))
    }
}

macro_rules! needs {
    ($($permission:ident),+) => {
        impl<$($permission: Permission),+> sealed::Needs for ($($permission,)+) {}

        impl<$($permission: Permission),+> Needs for ($($permission,)+) {
            type Leads = ($(Grant<$permission>,)+);

            fn need(need: Need) -> Need {
                need$(.permission::<$permission>())+
            }

            fn issue(admission: &Admission) -> crate::Result<Self::Leads> {
                Ok(($(Grant::<$permission>::issue(admission)?,)+))
            }
        }
    };
}

needs!(A, B);
needs!(A, B, C);

/// A route for members who hold the permission, or all two or three of a tuple.
///
/// The handler's first arguments are the grants, in the same order:
///
/// ```
/// use gatewright::permissions::{audit, members};
/// use gatewright::{Api, Grant, Json, Path, Uuid, protect};
///
/// async fn team(grant: Grant<members::Read>) -> Json<Uuid> {
///     Json(grant.tenant_id())
/// }
///
/// async fn history(_: Grant<members::Read>, _: Grant<audit::Read>, Path(id): Path<Uuid>) -> Json<Uuid> {
///     Json(id)
/// }
///
/// fn register(api: &mut Api) {
///     api.get("/api/team", protect(members::Read, team));
///     api.get("/api/team/{id}", protect((members::Read, audit::Read), history));
/// }
/// # register(&mut Api::default());
/// ```
///
/// A handler that takes another grant than its route asks for does not compile:
///
/// ```compile_fail,E0277
/// # use gatewright::permissions::{audit, members};
/// # use gatewright::{Api, Grant, NoContent, protect};
/// async fn team(_: Grant<members::Read>) -> NoContent {
///     NoContent
/// }
///
/// fn register(api: &mut Api) {
///     api.get("/api/team", protect(audit::Read, team));
/// }
/// ```
pub fn protect<N, H, Args>(_: N, handler: H) -> Endpoint
where
    N: Needs,
    H: Handles<N::Leads, Args>,
{
    erase(N::need(Need::of(Access::Protect)), N::issue, handler)
}

/// A route for every member of the tenant. The handler takes a `Grant<Member>` first.
pub fn member<H, Args>(handler: H) -> Endpoint
where
    H: Handles<(Grant<Member>,), Args>,
{
    erase(Need::of(Access::Member), <Member as Needs>::issue, handler)
}

/// The same for a handler that changes what every member may change of their own: that they are one.
pub(crate) fn member_who_writes<H, Args>(handler: H) -> Endpoint
where
    H: Handles<(Grant<Member>,), Args>,
{
    let need = Need {
        writes: true,
        ..Need::of(Access::Member)
    };
    erase(need, <Member as Needs>::issue, handler)
}

/// A route for every account, in no tenant. The handler takes an [`Account`] first.
pub fn signed_in<H, Args>(handler: H) -> Endpoint
where
    H: Handles<(Account,), Args>,
{
    erase(
        Need::of(Access::SignedIn),
        |admission| Ok((Account::issue(admission)?,)),
        handler,
    )
}

/// A route for holders of a platform role with this permission. The handler takes a [`PlatformGrant`] first.
pub fn platform<P, H, Args>(_: P, handler: H) -> Endpoint
where
    P: PlatformPermission,
    H: Handles<(PlatformGrant<P>,), Args>,
{
    let need = Need {
        platform: Some(P::SLUG),
        ..Need::of(Access::Platform)
    };
    erase(
        need,
        |admission| Ok((PlatformGrant::issue(admission)?,)),
        handler,
    )
}

/// A route for everybody, which looks at no credential. The handler is any axum handler.
///
/// The application's `public_routes.txt` must list it, or the application does not start.
pub fn public<H, Args>(handler: H) -> Endpoint
where
    H: HandlesPublic<Args>,
{
    let call: Call = Arc::new(move |_, request| handler.clone().call(request));
    Endpoint {
        need: Need::of(Access::Public),
        call,
        pages: false,
    }
}

fn erase<Leads, H, Args>(
    need: Need,
    issue: fn(&Admission) -> crate::Result<Leads>,
    handler: H,
) -> Endpoint
where
    Leads: Send + 'static,
    H: Handles<Leads, Args>,
{
    let call: Call = Arc::new(move |admission, request| match issue(admission) {
        Ok(leads) => handler.clone().call(leads, request),
        Err(error) => Box::pin(std::future::ready(error.into_response())),
    });
    Endpoint {
        need,
        call,
        pages: false,
    }
}
