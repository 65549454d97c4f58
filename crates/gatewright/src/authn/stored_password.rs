//! The table `passwords`: the hash behind an account's password. An account may have none, where
//! somebody signs in by other means alone.

use uuid::Uuid;

use crate::clock;
use crate::store::{FieldValue, StoreError, Transaction};

/// Gives an account its password, in the place of the one that it may have.
pub(super) async fn store(
    transaction: &mut Transaction,
    user_id: Uuid,
    hash: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO passwords (user_id, hash, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    let args = [
        user_id.into_value(),
        hash.to_owned().into_value(),
        clock::now().into_value(),
    ];
    transaction.run(sql, &args).await?;
    Ok(())
}
