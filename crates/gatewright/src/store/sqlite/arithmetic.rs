//! Arithmetic that fails where SQLite's own would go on with a float.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

type Checked = fn(i64, i64) -> Option<i64>;

/// Gives a connection `gatewright_add`, `gatewright_subtract` and `gatewright_multiply`. Null stays null.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let functions: [(&str, Checked); 3] = [
        ("gatewright_add", i64::checked_add),
        ("gatewright_subtract", i64::checked_sub),
        ("gatewright_multiply", i64::checked_mul),
    ];
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    for (name, compute) in functions {
        connection.create_scalar_function(name, 2, flags, move |context| {
            let operands = (context.get(0)?, context.get(1)?);
            let (Some(left), Some(right)) = operands else {
                return Ok(None);
            };
            let computed = compute(left, right).ok_or_else(|| {
                rusqlite::Error::UserFunctionError("a number is larger than 64 bits hold".into())
            })?;
            Ok(Some(computed))
        })?;
    }
    Ok(())
}
