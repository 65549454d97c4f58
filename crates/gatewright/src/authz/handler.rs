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
    message = "this function cannot serve this route",
    label = "does not fit what the route asks for",
    note = "a handler is an async fn. It takes first what its route declares, in that order:\n`Grant<P>` for each permission of `protect(P, ..)` or `protect((P, Q), ..)`, `Grant<Member>` for `member`,\n`Account` for `signed_in`, `PlatformGrant<P>` for `platform(P, ..)`",
    note = "then come at most five extractors, a body such as `Json<T>` last. It answers something that is `IntoResponse`,\nand holds nothing across an await that is not `Send`",
    note = "here the leads are `{Leads}`"
)]
pub trait Handles<Leads, Args>: Clone + Send + Sync + 'static {
    /// Extracts the arguments from the request and calls the function.
    #[doc(hidden)]
    fn call(self, leads: Leads, request: Request) -> Answer;
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
