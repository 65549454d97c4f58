//! How somebody who was invited proves who they are: by a session, by the password of their account,
//! or, without one, by the link alone, which only their mail has.

use std::fmt;

use http::HeaderMap;
use uuid::Uuid;

use super::audit::{self, Event};
use super::email::Email;
use super::guessing::{self, AccountKey, Verdict};
use super::password_policy::{Owner, Password};
use super::registration::{self, Registration};
use super::session::is_active;
use super::signup;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::model::Signup;
use crate::store::{Mode, Scope, Transaction, Value};
use crate::tenancy;

/// Whom an invitation is for.
#[derive(Debug, Clone)]
pub(crate) struct Invited {
    pub(crate) email: Email,
    account: Option<Account>,
}

/// The account that has the address.
#[derive(Clone)]
struct Account {
    user_id: Uuid,
    password_hash: Option<String>,
    active: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// What somebody brings who accepts.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The account of a session.
    pub(crate) signed_in: Option<Uuid>,
    pub(crate) password: Option<Password>,
    pub(crate) name: Option<String>,
}

/// Somebody who is whom the invitation is for.
pub(crate) enum Proven {
    Account(Uuid),
    /// An account that is made together with the membership.
    Newcomer {
        email: Email,
        name: String,
        password_hash: String,
    },
}

impl Proof {
    /// The account of the request's session, if it presents a credential.
    ///
    /// # Errors
    /// 401 for a credential that is not good, 400 for two, 403 for a browser's session of another host.
    pub(crate) async fn session(context: &Context, headers: &HeaderMap) -> Result<Option<Uuid>> {
        let Some(credential) = super::verify(&context.runtime, headers).await? else {
            return Ok(None);
        };
        let database = &context.runtime.database;
        let mut read = database.begin(Scope::Accounts, Mode::Read).await?;
        let session = credential.session(&mut read).await?;
        tenancy::require_own_host(&mut read, &context.host, &session).await?;
        read.commit().await?;
        Ok(Some(session.user.id))
    }
}

impl Invited {
    /// Looks whether the address has an account.
    pub(crate) async fn find(transaction: &mut Transaction, email: Email) -> Result<Self> {
        let rows = transaction
            .run(
                "SELECT u.id, p.hash, u.status \
                 FROM users u LEFT JOIN passwords p ON p.user_id = u.id WHERE u.email_normalized = $1",
                &[Value::Text(email.normalized().to_owned())],
            )
            .await?;
        let account = match rows.into_iter().next() {
            None => None,
            Some(mut row) => Some(Account {
                user_id: row.next().map_err(Error::internal)?,
                password_hash: row.next().map_err(Error::internal)?,
                active: row.next::<String>().map_err(Error::internal)? == "active",
            }),
        };
        Ok(Self { email, account })
    }

    pub(crate) fn has_account(&self) -> bool {
        self.account.is_some()
    }

    /// Whether they may have an account at all, where they have none.
    ///
    /// # Errors
    /// 404 where sign-up is closed.
    pub(crate) fn require_admission(&self, context: &Context) -> Result<()> {
        match context.runtime.model.auth.signup {
            Signup::Closed if self.account.is_none() => Err(Error::not_found()),
            Signup::Open | Signup::InviteOnly | Signup::Closed => Ok(()),
        }
    }

    /// Decides whether whoever asks is whom the invitation is for. Hashes; no transaction may wait for it.
    ///
    /// # Errors
    /// 403 `invitation_for_another` for a session of another account, 404 where sign-up is closed, 422
    /// on `password` and `name`.
    pub(crate) async fn prove(self, context: &Context, proof: Proof) -> Result<Proven> {
        if let Some(signed_in) = proof.signed_in {
            return match self.account {
                Some(account) if account.user_id == signed_in => Ok(Proven::Account(signed_in)),
                _ => Err(Error::invitation_for_another()),
            };
        }
        self.require_admission(context)?;
        context.runtime.model.auth.require_passwords()?;
        let password = proof
            .password
            .ok_or_else(|| Error::invalid("password", "required", "This field is required."))?;
        if let Some(account) = self.account {
            return prove_account(context, &self.email, account, password).await;
        }
        let mut errors = Vec::new();
        let runtime = &context.runtime;
        let name = signup::parse_name(proof.name);
        let named = name.as_ref().ok().and_then(Option::as_deref);
        let owner = Owner::new(Some(&self.email), named, runtime.model.app);
        let chosen = runtime.passwords.choose(password, owner).await?;
        let password = signup::keep(chosen, &mut errors);
        let name = signup::keep(name, &mut errors);
        let (Some(password), Some(name)) = (password, name) else {
            return Err(Error::invalid_input(errors));
        };
        Ok(Proven::Newcomer {
            name: name.unwrap_or_else(|| self.email.local_part().to_owned()),
            password_hash: runtime.passwords.hash(password).await?,
            email: self.email,
        })
    }
}

/// By the password of the account, which counts as a sign-in's does. A suspended account is answered as a wrong
/// password is.
async fn prove_account(
    context: &Context,
    email: &Email,
    account: Account,
    password: Password,
) -> Result<Proven> {
    let Account {
        user_id,
        password_hash,
        active,
    } = account;
    let passwords = context.runtime.passwords.clone();
    let verify = async move {
        let right = passwords.verify(password, password_hash.as_deref()).await?;
        Ok(match right && active {
            true => Verdict::Right(()),
            false => Verdict::Wrong(()),
        })
    };
    match guessing::attempt(context, &AccountKey::of(email), verify).await? {
        Verdict::Right(()) => Ok(Proven::Account(user_id)),
        Verdict::Wrong(()) => {
            audit::record_refusal(context, Event::LoginFailed(Some(user_id))).await?;
            Err(Error::invalid(
                "password",
                "incorrect",
                "This is not the password of your account.",
            ))
        }
    }
}

impl Proven {
    /// The account, which is made now where there is none. The link came to the address by mail, so it
    /// needs no other verification.
    ///
    /// # Errors
    /// 409 on `email` when the address got an account meanwhile, 401 when the account was suspended.
    pub(crate) async fn account(
        self,
        transaction: &mut Transaction,
        context: &Context,
    ) -> Result<Uuid> {
        let (email, name, password_hash) = match self {
            Self::Newcomer {
                email,
                name,
                password_hash,
            } => (email, name, password_hash),
            Self::Account(id) => {
                return match is_active(transaction, id).await? {
                    true => Ok(id),
                    false => Err(Error::unauthenticated()),
                };
            }
        };
        let registration = Registration {
            email,
            name,
            password_hash: None,
            tenant: None,
            platform_role: None,
            verified: true,
        };
        let model = context.runtime.model;
        let user = registration::create_account(
            transaction,
            model,
            &registration,
            Some(&password_hash),
            Some(context),
        )
        .await?;
        audit::record(transaction, context, Event::Registered(user.id)).await?;
        Ok(user.id)
    }
}
