//! Functions that do a job.

use std::future::Future;
use std::pin::Pin;

use crate::error::Result;

/// What a job was enqueued with, read again when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload<T>(pub T);

/// An async function that takes the grants of its job and its [`Payload`].
#[diagnostic::on_unimplemented(
    message = "this function does not fit its job",
    label = "the job calls it with `{Leads}` and `Payload<{T}>`",
    note = "one of these does not hold:\n\
        1. its first arguments are `{Leads}`, in this order; change either the handler or the job\n\
        2. its last argument is a `Payload<T>`, and there is no other\n\
        3. it is an `async fn` that answers `gatewright::Result<()>`\n\
        4. nothing that must stay on its thread, such as an `Rc`, is alive across an `.await`"
)]
pub trait HandlesJob<Leads, T>: Clone + Send + Sync + 'static {
    /// Calls the function.
    #[doc(hidden)]
    fn call(self, leads: Leads, payload: T) -> Work;
}

/// A job under way.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

macro_rules! handles_job {
    ($($lead:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, T, $($lead,)+> HandlesJob<($($lead,)+), T> for F
        where
            F: Fn($($lead,)+ Payload<T>) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<()>> + Send,
            T: Send + 'static,
            $($lead: Send + 'static,)+
        {
            #[allow(non_snake_case, reason = "a type parameter names the value of that type")]
            fn call(self, ($($lead,)+): ($($lead,)+), payload: T) -> Work {
                Box::pin(async move { self($($lead,)+ Payload(payload)).await })
            }
        }
    };
}

handles_job!(L1);
handles_job!(L1, L2);
handles_job!(L1, L2, L3);
