//! The account behind a `signed_in` route.

use std::sync::Arc;

use uuid::Uuid;

use crate::authn::Session;
use crate::error::Result;
use crate::http::Context;

/// Proof that the request carries a live session. It opens no tenant.
#[derive(Debug)]
pub struct Account {
    session: Arc<Session>,
    context: Context,
}

impl Account {
    pub(super) fn new(session: Arc<Session>, context: Context) -> Self {
        Self { session, context }
    }

    /// The user's id.
    pub fn user_id(&self) -> Uuid {
        self.session.user.id
    }

    /// The user's address as they typed it.
    pub fn email(&self) -> &str {
        &self.session.user.email
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.session.user.name
    }

    /// Asks whether they signed in, or gave their password again, within the last ten minutes: for what a
    /// stolen session must not reach.
    ///
    /// # Errors
    /// 403 `reauthentication_required`; `POST /auth/reauthenticate` mends it.
    pub fn require_recent_sign_in(&self) -> Result<()> {
        self.session.require_recent()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn context(&self) -> &Context {
        &self.context
    }
}
