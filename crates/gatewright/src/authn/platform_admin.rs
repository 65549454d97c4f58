//! The way to the first platform administrator: a link that an operator makes at the command line.

use super::email::Email;
use super::mails;
use super::registration::{self, Registration};
use super::session::PlatformRole;
use crate::error::{Error, Result};
use crate::runtime::Runtime;
use crate::store::{Mode, Scope};

/// Makes a link that is good once, for a day. Whoever opens it and chooses a password is a super admin;
/// where the address has an account, that account's password is asked for and the account promoted.
/// Nothing changes until then.
///
/// # Errors
/// 422 for what is no address.
pub(crate) async fn create_super_admin(runtime: &Runtime, email: &str) -> Result<String> {
    let email = Email::parse(email).map_err(|error| Error::invalid_input(vec![error]))?;
    let registration = Registration {
        name: email.local_part().to_owned(),
        email,
        password_hash: None,
        tenant: None,
        platform_role: Some(PlatformRole::SuperAdmin),
        verified: true,
    };
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let token = registration::store_pending(&mut transaction, &registration).await?;
    transaction.commit().await?;
    Ok(mails::verification_link(runtime, &token))
}
