//! The table `identities`: the ways into accounts that providers vouch for.
//!
//! An identity is its issuer and subject. The address beside it is for its owner to read and decides
//! nothing: it may change at the provider, and become somebody else's.

use uuid::Uuid;

use super::arrival::Identity;
use crate::authn::session::User;
use crate::clock;
use crate::store::{FieldValue, Row, StoreError, Transaction};

/// The account behind an identity or an address.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) user: User,
    pub(super) active: bool,
    /// Whether somebody has proven that the account's address is theirs.
    pub(super) verified: bool,
    /// Whether it has a role above all tenants.
    pub(super) on_platform: bool,
}

impl Found {
    const COLUMNS: &str = "u.id, u.email, u.name, u.status, u.email_verified_at IS NOT NULL, \
        EXISTS (SELECT 1 FROM platform_roles p WHERE p.user_id = u.id)";

    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            user: User {
                id: row.next()?,
                email: row.next()?,
                name: row.next()?,
            },
            active: row.next::<String>()? == "active",
            verified: row.next()?,
            on_platform: row.next()?,
        })
    }
}

/// The account that an identity opens.
pub(super) async fn owner(
    transaction: &mut Transaction,
    identity: &Identity,
) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT {} FROM identities i JOIN users u ON u.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2",
        Found::COLUMNS
    );
    let rows = transaction.run(&sql, &key(identity)).await?;
    rows.into_iter().next().map(Found::read).transpose()
}

/// The account that has an address.
pub(super) async fn account_of(
    transaction: &mut Transaction,
    normalized: &str,
) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT {} FROM users u WHERE u.email_normalized = $1",
        Found::COLUMNS
    );
    let rows = transaction
        .run(&sql, &[normalized.to_owned().into_value()])
        .await?;
    rows.into_iter().next().map(Found::read).transpose()
}

fn key(identity: &Identity) -> [crate::store::Value; 2] {
    [
        identity.issuer.clone().into_value(),
        identity.subject.clone().into_value(),
    ]
}

/// Makes an identity a way into an account, and answers its id.
///
/// # Errors
/// [`StoreError::Unique`] when it is one already.
pub(super) async fn link(
    transaction: &mut Transaction,
    user_id: Uuid,
    provider: &str,
    identity: &Identity,
) -> Result<Uuid, StoreError> {
    let sql = "INSERT INTO identities (id, user_id, provider, issuer, subject, email, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let id = Uuid::now_v7();
    let args = [
        id.into_value(),
        user_id.into_value(),
        provider.to_owned().into_value(),
        identity.issuer.clone().into_value(),
        identity.subject.clone().into_value(),
        identity.email.clone().into_value(),
        clock::now().into_value(),
    ];
    transaction.run(sql, &args).await?;
    Ok(id)
}

/// Remembers that an identity was used, and what its provider says of it now.
pub(super) async fn touch(
    transaction: &mut Transaction,
    identity: &Identity,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE identities SET last_used_at = $3, email = $4 WHERE issuer = $1 AND subject = $2";
    let [issuer, subject] = key(identity);
    let args = [
        issuer,
        subject,
        clock::now().into_value(),
        identity.email.clone().into_value(),
    ];
    transaction.run(sql, &args).await.map(drop)
}
