//! Registrations: pending until their address is verified, then an account and perhaps its tenant.

use std::time::Duration;

use uuid::Uuid;

use super::email::Email;
use super::opaque_token::{OpaqueToken, Purpose};
use super::session::{PlatformRole, User};
use super::stored_password;
use crate::audit::Author;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::model::Model;
use crate::store::{Database, Mode, Scope, StoreError, Transaction, Value};
use crate::tenancy::onboarding::{self, NewTenant};

/// How long a link in a mail can be used.
const PENDING_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What becomes an account.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) email: Email,
    pub(crate) name: String,
    /// `None`: whoever has the link chooses the password; only links that an operator hands out are so.
    pub(crate) password_hash: Option<String>,
    pub(crate) tenant: Option<NewTenant>,
    pub(crate) platform_role: Option<PlatformRole>,
    /// Whether the address is known to be theirs by the time the account is made.
    pub(crate) verified: bool,
}

/// A stored registration, not expired.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) registration: Registration,
    /// The account that its address has by now.
    pub(super) existing: Option<Existing>,
}

/// An account that is there already.
#[derive(Debug)]
pub(super) struct Existing {
    pub(super) user_id: Uuid,
    pub(super) password_hash: Option<String>,
}

/// Whether an account has this address.
pub(super) async fn is_registered(
    transaction: &mut Transaction,
    email: &Email,
) -> Result<bool, StoreError> {
    let rows = transaction
        .run(
            "SELECT id FROM users WHERE email_normalized = $1",
            &[Value::Text(email.normalized().to_owned())],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// Stores a registration under a new token. Several may wait for one address: nobody can block an
/// address by registering it first, and each has its own password.
pub(super) async fn store_pending(
    transaction: &mut Transaction,
    registration: &Registration,
) -> Result<OpaqueToken> {
    let token = OpaqueToken::generate(Purpose::VerifyEmail)?;
    let now = clock::now();
    let normalized = Value::Text(registration.email.normalized().to_owned());
    transaction
        .run(
            "DELETE FROM pending_registrations WHERE email_normalized = $1 AND expires_at <= $2",
            &[normalized.clone(), Value::Timestamp(now)],
        )
        .await?;
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    let tenant = registration.tenant.as_ref();
    transaction
        .run(
            "INSERT INTO pending_registrations (token_hash, email, email_normalized, name, password_hash, \
               tenant_name, tenant_slug, platform_role, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                Value::Text(token.hash()),
                text(Some(registration.email.as_given())),
                normalized,
                text(Some(&registration.name)),
                text(registration.password_hash.as_deref()),
                text(tenant.map(|tenant| tenant.name.as_str())),
                text(tenant.map(|tenant| tenant.slug.as_str())),
                text(registration.platform_role.map(PlatformRole::as_str)),
                Value::Timestamp(now),
                Value::Timestamp(clock::after(now, PENDING_LIFETIME)),
            ],
        )
        .await?;
    Ok(token)
}

/// The registration of a token, which stays unspent.
pub(super) async fn find_pending(
    database: &Database,
    token: &OpaqueToken,
) -> Result<Option<Pending>> {
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction
        .run(
            "SELECT p.email, p.name, p.password_hash, p.tenant_name, p.tenant_slug, p.platform_role, u.id, w.hash \
             FROM pending_registrations p LEFT JOIN users u ON u.email_normalized = p.email_normalized \
             LEFT JOIN passwords w ON w.user_id = u.id \
             WHERE p.token_hash = $1 AND p.expires_at > $2",
            &[Value::Text(token.hash()), Value::Timestamp(clock::now())],
        )
        .await?;
    transaction.commit().await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    read_pending(row).map(Some).map_err(Error::from)
}

fn read_pending(mut row: crate::store::Row) -> Result<Pending, StoreError> {
    let email: String = row.next()?;
    let email = Email::parse(&email)
        .map_err(|error| StoreError::Other(format!("a stored address: {}", error.message)))?;
    let (name, password_hash) = (row.next()?, row.next()?);
    let tenant = match (row.next::<Option<String>>()?, row.next::<Option<String>>()?) {
        (Some(name), Some(slug)) => Some(NewTenant { name, slug }),
        _ => None,
    };
    let platform_role = row
        .next::<Option<String>>()?
        .as_deref()
        .map(PlatformRole::parse)
        .transpose()?;
    let (user_id, hash) = (row.next::<Option<Uuid>>()?, row.next()?);
    let existing = user_id.map(|user_id| Existing {
        user_id,
        password_hash: hash,
    });
    Ok(Pending {
        registration: Registration {
            email,
            name,
            password_hash,
            tenant,
            platform_role,
            // Whoever has the link has the address, or got the link from the operator.
            verified: true,
        },
        existing,
    })
}

/// Spends a token: of two who race with it, one sees `true`.
pub(super) async fn spend(
    transaction: &mut Transaction,
    token: &OpaqueToken,
) -> Result<bool, StoreError> {
    let rows = transaction
        .run(
            "DELETE FROM pending_registrations WHERE token_hash = $1 AND expires_at > $2 RETURNING token_hash",
            &[Value::Text(token.hash()), Value::Timestamp(clock::now())],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// Gives the newest registration of an address another token, which is good from now on in the place of the one before.
/// `None` where none waits, or where the address has an account by now. What an operator began is the operator's to
/// begin again.
pub(super) async fn renew(
    transaction: &mut Transaction,
    email: &Email,
) -> Result<Option<(Email, OpaqueToken)>> {
    let token = OpaqueToken::generate(Purpose::VerifyEmail)?;
    let now = clock::now();
    let rows = transaction
        .run(
            "UPDATE pending_registrations SET token_hash = $2, created_at = $3, expires_at = $4 \
             WHERE token_hash = (\
               SELECT token_hash FROM pending_registrations \
               WHERE email_normalized = $1 AND platform_role IS NULL AND expires_at > $3 \
                 AND NOT EXISTS (SELECT 1 FROM users WHERE users.email_normalized = $1) \
               ORDER BY created_at DESC, token_hash LIMIT 1) \
             RETURNING email",
            &[
                Value::Text(email.normalized().to_owned()),
                Value::Text(token.hash()),
                Value::Timestamp(now),
                Value::Timestamp(clock::after(now, PENDING_LIFETIME)),
            ],
        )
        .await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let email: String = row.next().map_err(Error::internal)?;
    let email = Email::parse(&email).map_err(|wrong| Error::internal(wrong.message))?;
    Ok(Some((email, token)))
}

/// Forgets what is pending for an address that an account has from now on.
pub(super) async fn forget_pending(
    transaction: &mut Transaction,
    email: &Email,
) -> Result<(), StoreError> {
    transaction
        .run(
            "DELETE FROM pending_registrations WHERE email_normalized = $1 AND platform_role IS NULL",
            &[Value::Text(email.normalized().to_owned())],
        )
        .await?;
    Ok(())
}

/// Makes the user and, where one was asked for, their tenant. Without a password they sign in by other
/// means. What else was pending for the address dies: a stranger's registration must not outlive the owner's (pre-hijacking, arXiv
/// 2205.10174).
///
/// # Errors
/// 409 on `email` or `tenant.slug` when somebody was faster.
pub(crate) async fn create_account(
    transaction: &mut Transaction,
    model: &Model,
    registration: &Registration,
    password_hash: Option<&str>,
    request: Option<&Context>,
) -> Result<User> {
    let email = &registration.email;
    let user = User {
        id: Uuid::now_v7(),
        email: email.as_given().to_owned(),
        name: registration.name.clone(),
    };
    let now = Value::Timestamp(clock::now());
    transaction
        .run(
            "INSERT INTO users (id, email, email_normalized, name, created_at, email_verified_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                Value::Uuid(user.id),
                Value::Text(user.email.clone()),
                Value::Text(email.normalized().to_owned()),
                Value::Text(user.name.clone()),
                now.clone(),
                if registration.verified { now } else { Value::Null },
            ],
        )
        .await
        .map_err(|error| match error {
            StoreError::Unique(_) => Error::conflict("email", "taken", "An account has this address.").caused_by(error),
            other => other.into(),
        })?;
    if let Some(hash) = password_hash {
        stored_password::store(transaction, user.id, hash).await?;
    }
    forget_pending(transaction, email).await?;
    if let Some(role) = registration.platform_role {
        grant_platform_role(transaction, user.id, role).await?;
    }
    if let Some(tenant) = &registration.tenant {
        let author = Author::user(user.id, request);
        onboarding::create_tenant(transaction, model, tenant, user.id, author)
            .await
            .map_err(|error| error.within("tenant"))?;
    }
    Ok(user)
}

/// Gives a platform role, or changes the one that the user has.
pub(super) async fn grant_platform_role(
    transaction: &mut Transaction,
    user_id: Uuid,
    role: PlatformRole,
) -> Result<(), StoreError> {
    transaction
        .run(
            "INSERT INTO platform_roles (user_id, role, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET role = excluded.role",
            &[
                Value::Uuid(user_id),
                Value::Text(role.as_str().to_owned()),
                Value::Timestamp(clock::now()),
            ],
        )
        .await?;
    Ok(())
}
