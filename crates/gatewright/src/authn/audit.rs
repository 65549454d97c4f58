//! Entries of the platform's audit log about accounts.

use uuid::Uuid;

use crate::http::Context;
use crate::platform::log::{self, Entry};
use crate::store::{Mode, Scope, StoreError, Transaction};

/// Something that happened to an account. It holds ids only: what a client typed (an address that may
/// be somebody's password, slipped into the wrong field) has no place in a log.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    LoggedIn(Uuid),
    /// The account whose password was tried, if there is one of that address.
    LoginFailed(Option<Uuid>),
    LoggedOut(Uuid),
    /// A refresh token came a second time; the session is over.
    RefreshReused {
        user_id: Uuid,
        session_id: Uuid,
    },
    /// One of the account's sessions, by its owner at another.
    SessionEnded {
        user_id: Uuid,
        session_id: Uuid,
    },
    /// All sessions of the account, or all but the one that asked.
    SessionsEnded(Uuid),
    Registered(Uuid),
    /// The user of a session gave their password again.
    Reauthenticated(Uuid),
    /// Whoever has a session of this user gave a wrong password.
    PasswordRejected(Uuid),
    PasswordChanged(Uuid),
    /// By a link in a mail.
    PasswordReset(Uuid),
    /// A link was mailed to another address.
    AddressChangeAsked(Uuid),
    AddressChanged(Uuid),
    Renamed(Uuid),
    AccountDeleted(Uuid),
    PlatformRoleGranted(Uuid),
    /// A provider's identity became a way into the account.
    IdentityLinked {
        user_id: Uuid,
        identity_id: Uuid,
    },
    IdentityRemoved {
        user_id: Uuid,
        identity_id: Uuid,
    },
    /// Whoever has a session of this user was somebody else at the provider.
    IdentityRejected(Uuid),
    /// The account's address was proven by a provider; whoever had the account before is out of it.
    TakenOver(Uuid),
}

impl Event {
    fn action(self) -> &'static str {
        match self {
            Self::LoggedIn(_) => "auth.login",
            Self::LoginFailed(_) => "auth.login_failed",
            Self::LoggedOut(_) => "auth.logout",
            Self::RefreshReused { .. } => "auth.refresh_reused",
            Self::SessionEnded { .. } => "auth.session_ended",
            Self::SessionsEnded(_) => "auth.logout_all",
            Self::Registered(_) => "auth.registered",
            Self::Reauthenticated(_) => "auth.reauthenticated",
            Self::PasswordRejected(_) => "auth.password_rejected",
            Self::PasswordChanged(_) => "auth.password_changed",
            Self::PasswordReset(_) => "auth.password_reset",
            Self::AddressChangeAsked(_) => "auth.email_change_asked",
            Self::AddressChanged(_) => "auth.email_changed",
            Self::Renamed(_) => "auth.renamed",
            Self::AccountDeleted(_) => "auth.account_deleted",
            Self::PlatformRoleGranted(_) => "platform.role_granted",
            Self::IdentityLinked { .. } => "auth.identity_linked",
            Self::IdentityRemoved { .. } => "auth.identity_removed",
            Self::IdentityRejected(_) => "auth.identity_rejected",
            Self::TakenOver(_) => "auth.taken_over",
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::LoginFailed(_)
            | Self::RefreshReused { .. }
            | Self::PasswordRejected(_)
            | Self::IdentityRejected(_) => "refused",
            Self::LoggedIn(_)
            | Self::LoggedOut(_)
            | Self::SessionEnded { .. }
            | Self::SessionsEnded(_)
            | Self::Registered(_)
            | Self::Reauthenticated(_)
            | Self::PasswordChanged(_)
            | Self::PasswordReset(_)
            | Self::AddressChangeAsked(_)
            | Self::AddressChanged(_)
            | Self::Renamed(_)
            | Self::AccountDeleted(_)
            | Self::PlatformRoleGranted(_)
            | Self::IdentityLinked { .. }
            | Self::IdentityRemoved { .. }
            | Self::TakenOver(_) => "success",
        }
    }

    /// Who did it, where that is proven. Whoever fails to sign in, or brings a used token, may be anybody.
    fn actor(self) -> Option<Uuid> {
        match self {
            Self::LoggedIn(user)
            | Self::LoggedOut(user)
            | Self::SessionEnded { user_id: user, .. }
            | Self::SessionsEnded(user)
            | Self::Registered(user)
            | Self::Reauthenticated(user)
            | Self::PasswordChanged(user)
            | Self::PasswordReset(user)
            | Self::AddressChangeAsked(user)
            | Self::AddressChanged(user)
            | Self::Renamed(user)
            | Self::AccountDeleted(user)
            | Self::PlatformRoleGranted(user)
            | Self::IdentityLinked { user_id: user, .. }
            | Self::IdentityRemoved { user_id: user, .. }
            | Self::TakenOver(user) => Some(user),
            Self::LoginFailed(_)
            | Self::RefreshReused { .. }
            | Self::PasswordRejected(_)
            | Self::IdentityRejected(_) => None,
        }
    }

    fn target(self) -> Option<String> {
        match self {
            Self::LoginFailed(user) => user.map(|id| id.to_string()),
            Self::RefreshReused {
                user_id,
                session_id,
            }
            | Self::SessionEnded {
                user_id,
                session_id,
            } => Some(format!("{user_id} session {session_id}")),
            Self::IdentityLinked {
                user_id,
                identity_id,
            }
            | Self::IdentityRemoved {
                user_id,
                identity_id,
            } => Some(format!("{user_id} identity {identity_id}")),
            Self::LoggedIn(user)
            | Self::LoggedOut(user)
            | Self::SessionsEnded(user)
            | Self::Registered(user)
            | Self::Reauthenticated(user)
            | Self::PasswordRejected(user)
            | Self::PasswordChanged(user)
            | Self::PasswordReset(user)
            | Self::AddressChangeAsked(user)
            | Self::AddressChanged(user)
            | Self::Renamed(user)
            | Self::AccountDeleted(user)
            | Self::PlatformRoleGranted(user)
            | Self::IdentityRejected(user)
            | Self::TakenOver(user) => Some(user.to_string()),
        }
    }
}

/// Writes an entry inside the transaction of what it tells of.
pub(super) async fn record(
    transaction: &mut Transaction,
    context: &Context,
    event: Event,
) -> Result<(), StoreError> {
    let entry = Entry {
        actor: event.actor(),
        action: event.action(),
        refused: event.outcome() == "refused",
        target: event.target(),
        reason: None,
    };
    log::write(transaction, context, entry).await
}

/// Writes the entry of a refusal, which has no change to travel with, and makes it last.
pub(super) async fn record_refusal(context: &Context, event: Event) -> Result<(), StoreError> {
    let mut transaction = context
        .runtime
        .database
        .begin(Scope::Accounts, Mode::Write)
        .await?;
    record(&mut transaction, context, event).await?;
    transaction.commit().await
}
