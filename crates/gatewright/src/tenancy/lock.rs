//! One at a time: whoever changes who belongs to a tenant, or what its roles hold.
//!
//! Two requests that each leave one owner behind would together leave none. So each takes the
//! tenant's lock before it reads what it decides by, and holds it until its transaction ends.

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::store::{Dialect, Mode, Row, Transaction, Unit, Value};

/// Held against others of its kind alone: a new record of the tenant refers to this row and waits
/// for nobody.
const POSTGRES: &str = "SELECT id FROM tenants WHERE id = $1 FOR NO KEY UPDATE";

/// SQLite has one writer, who holds the lock by being that.
const SQLITE: &str = "SELECT id FROM tenants WHERE id = $1";

fn statement(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    }
}

/// Takes the lock of the unit's tenant, until the unit ends. What it reads from then on is what the
/// one before it left.
///
/// # Errors
/// `tenant_forbidden` for a tenant that is gone. 500 in a unit that only reads, which could not hold it.
pub(crate) async fn lock(unit: &Unit) -> Result<()> {
    if unit.mode() != Mode::Write {
        return Err(Error::internal("a unit that only reads asked for a lock"));
    }
    let sql = statement(unit.runtime().database.dialect());
    let args = [Value::Uuid(unit.caller().tenant_id)];
    held(&unit.run(sql, &args).await?)
}

/// Takes the lock of a tenant, until the transaction ends; whatever its scope.
///
/// # Errors
/// As [`lock`].
pub(crate) async fn lock_in(transaction: &mut Transaction, tenant_id: Uuid) -> Result<()> {
    if transaction.mode() != Mode::Write {
        return Err(Error::internal(
            "a transaction that only reads asked for a lock",
        ));
    }
    let sql = statement(transaction.dialect());
    held(&transaction.run(sql, &[Value::Uuid(tenant_id)]).await?)
}

fn held(rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        return Err(Error::tenant_forbidden());
    }
    Ok(())
}
