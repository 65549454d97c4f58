//! An invitation as its tenant sees it. The token is in no answer: whoever invites must not be able
//! to accept for the one who is invited.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::store::{Row, UnexpectedValue};

#[derive(Debug, Serialize)]
pub(super) struct InvitationView {
    pub(super) id: Uuid,
    /// As it was typed.
    pub(super) email: String,
    /// The names of its roles, as far as the tenant still has them.
    pub(super) roles: Vec<String>,
    pub(super) status: Status,
    /// The account that stands for it.
    pub(super) invited_by: Uuid,
    pub(super) created_at: Timestamp,
    /// When the latest mail was written.
    pub(super) sent_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Pending,
    Accepted,
    Revoked,
    Expired,
}

/// What [`InvitationView::read`] reads of `invitations`.
pub(super) const COLUMNS: &str =
    "id, email, invited_by, created_at, sent_at, expires_at, accepted_at, revoked_at";

impl InvitationView {
    /// Without its roles.
    pub(super) fn read(row: &mut Row, now: Timestamp) -> Result<Self, UnexpectedValue> {
        let mut view = Self {
            id: row.next()?,
            email: row.next()?,
            roles: Vec::new(),
            status: Status::Pending,
            invited_by: row.next()?,
            created_at: row.next()?,
            sent_at: row.next()?,
            expires_at: row.next()?,
        };
        let accepted: Option<Timestamp> = row.next()?;
        let revoked: Option<Timestamp> = row.next()?;
        view.status = match (accepted, revoked) {
            (Some(_), _) => Status::Accepted,
            // Taken back after its end, to make room for another: it had expired.
            (None, Some(revoked)) if revoked < view.expires_at => Status::Revoked,
            (None, Some(_)) => Status::Expired,
            (None, None) if view.expires_at <= now => Status::Expired,
            (None, None) => Status::Pending,
        };
        Ok(view)
    }
}
