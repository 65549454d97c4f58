//! What stands in the way of the next migration, asked before anybody migrates.

use super::script::{self, Part};
use super::{Migrations, check, history_if_any, in_file, missing};
use crate::store::{Database, Mode, Scope, StoreError};

/// What stops the next migration, in words; `None` where nothing does, as far as its first checks
/// tell. It changes nothing and locks nothing, so it may be otherwise a moment later.
///
/// On PostgreSQL, the connection is the owner's: another role sees no tenant's rows.
pub(crate) async fn in_the_way(
    database: &Database,
    migrations: &Migrations,
) -> Result<Option<String>, StoreError> {
    let dialect = database.dialect();
    let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
    let history = history_if_any(&mut transaction, dialect).await?;
    let Some(next) = missing(dialect, migrations.of(dialect), &history)?.first() else {
        return Ok(None);
    };
    for part in script::parts(next.sql) {
        match part {
            Part::Check { message, select } => {
                if let Err(error) = check(&mut transaction, message, select).await {
                    return Ok(Some(in_file(dialect, next, error).to_string()));
                }
            }
            Part::Statements(statements) if script::is_lock(statements) => {}
            // What comes after a change cannot be asked before it.
            Part::Statements(_) => break,
        }
    }
    Ok(None)
}
