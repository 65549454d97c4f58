//! An account's row, held while what belongs to the account is changed.
//!
//! Whoever changes an account and its tokens takes the row first and the rest after it, so two of them take turns and
//! none waits for what the other holds.

use jiff::Timestamp;
use uuid::Uuid;

use super::email::Email;
use super::password_policy::Owner;
use crate::error::{Error, Result};
use crate::store::{
    Database, Dialect, FieldValue, Mode, Row, Scope, StoreError, Transaction, UnexpectedValue,
    Value,
};

/// An account that is not suspended.
#[derive(Debug, Clone)]
pub(super) struct AccountRow {
    pub(super) id: Uuid,
    pub(super) email: Email,
    pub(super) name: String,
    /// Whether somebody has proved that the address is theirs.
    pub(super) verified: bool,
}

/// What the row is held for. SQLite has one writer, who holds all rows by being that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// A sign-in, which waits for a change and then sees it.
    Use,
    /// A change. What refers to the row (a new session, say) waits for nobody.
    Change,
    /// Its end. What would refer to it waits, and then finds nothing.
    Delete,
}

impl Hold {
    fn suffix(self, dialect: Dialect) -> &'static str {
        match (dialect, self) {
            (Dialect::Sqlite, _) => "",
            (Dialect::Postgres, Self::Use) => " FOR SHARE",
            (Dialect::Postgres, Self::Change) => " FOR NO KEY UPDATE",
            (Dialect::Postgres, Self::Delete) => " FOR UPDATE",
        }
    }
}

const BY_ID: &str =
    "SELECT id, email, name, email_verified_at FROM users WHERE id = $1 AND status = 'active'";

const BY_ADDRESS: &str = "SELECT id, email, name, email_verified_at FROM users
    WHERE email_normalized = $1 AND status = 'active'";

impl AccountRow {
    /// Takes the row of this id until the transaction ends.
    pub(super) async fn hold(
        transaction: &mut Transaction,
        user_id: Uuid,
        hold: Hold,
    ) -> Result<Option<Self>> {
        let sql = format!("{BY_ID}{}", hold.suffix(transaction.dialect()));
        read(transaction.run(&sql, &[user_id.into_value()]).await?)
    }

    /// Takes the row of this address, to change what belongs to the account.
    pub(super) async fn hold_by_address(
        transaction: &mut Transaction,
        email: &Email,
    ) -> Result<Option<Self>> {
        let suffix = Hold::Change.suffix(transaction.dialect());
        let sql = format!("{BY_ADDRESS}{suffix}");
        let address = Value::Text(email.normalized().to_owned());
        read(transaction.run(&sql, &[address]).await?)
    }

    /// Looks, and holds nothing.
    pub(super) async fn find(database: &Database, user_id: Uuid) -> Result<Option<Self>> {
        let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
        let rows = look.run(BY_ID, &[user_id.into_value()]).await?;
        look.commit().await?;
        read(rows)
    }

    /// What a guesser of a new password knows.
    pub(super) fn owner(&self, app: &str) -> Owner {
        Owner::new(Some(&self.email), Some(&self.name), app)
    }
}

fn read(rows: Vec<Row>) -> Result<Option<AccountRow>> {
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let mut columns = || -> Result<(Uuid, String, String, Option<Timestamp>), UnexpectedValue> {
        Ok((row.next()?, row.next()?, row.next()?, row.next()?))
    };
    let (id, email, name, verified_at) = columns().map_err(StoreError::from)?;
    let email = Email::parse(&email).map_err(|wrong| Error::internal(wrong.message))?;
    Ok(Some(AccountRow {
        id,
        email,
        name,
        verified: verified_at.is_some(),
    }))
}
