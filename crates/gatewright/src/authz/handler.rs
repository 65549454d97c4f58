//! Functions that can serve a route.

use std::future::Future;
use std::pin::Pin;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};

/// An async function whose first arguments are what its route asks for, and whose others, five at
/// most, are extractors.
///
/// `Leads` is a tuple of one to three leads, in the order of the route's permissions.
#[diagnostic::on_unimplemented(
    message = "this function does not fit its route",
    label = "the route calls it with `{Leads}` and what it extracts from the request",
    note = "one of these does not hold:\n\
        1. its first arguments are `{Leads}`, in this order; change either the handler or the route\n\
        2. each of the others is an extractor: five at most, a body such as `Json<T>` last\n\
        3. it is an `async fn` whose answer is `IntoResponse`, such as `Result<Json<T>>`\n\
        4. nothing that must stay on its thread, such as an `Rc`, is alive across an `.await`"
)]
pub trait Handles<Leads, Args>: Clone + Send + Sync + 'static {
    /// Extracts the arguments from the request and calls the function.
    #[doc(hidden)]
    fn call(self, leads: Leads, request: Request) -> Answer;
}

/// A function that can serve a public route: any axum handler. There is no grant to hand to it.
#[diagnostic::on_unimplemented(
    message = "this function does not fit a public route",
    label = "a public route checks nothing, so it has no grant to give",
    note = "one of these does not hold:\n\
        1. it takes neither `Grant` nor `Account`; if it needs one, the route is `protect(P, ..)`, `member(..)` or `signed_in(..)`\n\
        2. each argument is an extractor, a body such as `Json<T>` last\n\
        3. it is an `async fn` whose answer is `IntoResponse`, such as `Result<Json<T>>`\n\
        4. nothing that must stay on its thread, such as an `Rc`, is alive across an `.await`"
)]
pub trait HandlesPublic<Args>: Clone + Send + Sync + 'static {
    /// Extracts the arguments from the request and calls the function.
    #[doc(hidden)]
    fn call(self, request: Request) -> Answer;
}

#[diagnostic::do_not_recommend]
impl<H, Args> HandlesPublic<Args> for H
where
    H: axum::handler::Handler<Args, ()> + Sync,
{
    fn call(self, request: Request) -> Answer {
        Box::pin(axum::handler::Handler::call(self, request, ()))
    }
}

/// A handler's answer to come.
pub(super) type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Implements [`Handles`] for functions of these leads, and of these leads with each list of arguments.
macro_rules! handles {
    ([$($lead:ident),+]) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, R, $($lead,)+> Handles<($($lead,)+), ()> for F
        where
            F: Fn($($lead,)+) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = R> + Send,
            R: IntoResponse,
            $($lead: Send + 'static,)+
        {
            #[allow(non_snake_case, reason = "a type parameter names the value of that type")]
            fn call(self, ($($lead,)+): ($($lead,)+), _: Request) -> Answer {
                Box::pin(async move { self($($lead,)+).await.into_response() })
            }
        }
        handles!([$($lead),+] [] Last);
        handles!([$($lead),+] [A1] Last);
        handles!([$($lead),+] [A1, A2] Last);
        handles!([$($lead),+] [A1, A2, A3] Last);
        handles!([$($lead),+] [A1, A2, A3, A4] Last);
    };
    ([$($lead:ident),+] [$($arg:ident),*] $last:ident) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, R, M, $($lead,)+ $($arg,)* $last> Handles<($($lead,)+), (M, $($arg,)* $last,)> for F
        where
            F: Fn($($lead,)+ $($arg,)* $last) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = R> + Send,
            R: IntoResponse,
            $($lead: Send + 'static,)+
            $($arg: FromRequestParts<()> + Send,)*
            $last: FromRequest<(), M> + Send,
        {
            #[allow(non_snake_case, reason = "a type parameter names the value of that type")]
            fn call(self, ($($lead,)+): ($($lead,)+), request: Request) -> Answer {
                Box::pin(async move {
                    #[allow(unused_mut, reason = "a list without arguments leaves the parts alone")]
                    let (mut parts, body) = request.into_parts();
                    $(
                        let $arg = match $arg::from_request_parts(&mut parts, &()).await {
                            Ok(value) => value,
                            Err(rejection) => return rejection.into_response(),
                        };
                    )*
                    let $last = match $last::from_request(Request::from_parts(parts, body), &()).await {
                        Ok(value) => value,
                        Err(rejection) => return rejection.into_response(),
                    };
                    self($($lead,)+ $($arg,)* $last).await.into_response()
                })
            }
        }
    };
}

handles!([L1]);
handles!([L1, L2]);
handles!([L1, L2, L3]);
