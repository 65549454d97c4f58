//! Values into SQLite's five types and back.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Statement, ToSql};
use uuid::Uuid;

use super::connection::failure;
use crate::store::{Row, StoreError, Value};

/// Binds `$n` to the n-th argument. SQLite counts parameters by first appearance, whatever they are
/// called, so the name decides.
pub(super) fn bind(statement: &mut Statement<'_>, args: &[Value]) -> Result<(), StoreError> {
    let mut highest = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or("?");
        let number = name
            .strip_prefix('$')
            .and_then(|number| number.parse::<usize>().ok());
        let arg = number.and_then(|number| args.get(number.checked_sub(1)?));
        let (Some(number), Some(arg)) = (number, arg) else {
            return Err(StoreError::Other(format!(
                "SQLite: no argument for the parameter `{name}`"
            )));
        };
        highest = highest.max(number);
        bind_one(statement, index, arg)?;
    }
    // PostgreSQL refuses it too.
    if highest < args.len() {
        return Err(StoreError::Other(format!(
            "SQLite: {} arguments for {highest} parameters",
            args.len()
        )));
    }
    Ok(())
}

fn bind_one(statement: &mut Statement<'_>, index: usize, value: &Value) -> Result<(), StoreError> {
    // SQLite copies what it is given.
    let mut set = |value: &dyn ToSql| {
        statement
            .raw_bind_parameter(index, value)
            .map_err(|error| failure(&error))
    };
    match value {
        Value::Null => set(&Null),
        Value::Boolean(boolean) => set(boolean),
        Value::Integer(integer) => set(integer),
        Value::Decimal(_) => Err(StoreError::Other(
            "SQLite: a decimal that was not scaled".to_owned(),
        )),
        Value::Text(text) => set(text),
        Value::Uuid(id) => set(&&*id.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
        Value::Timestamp(timestamp) => set(&timestamp_text(*timestamp)?),
        Value::Date(date) => set(&date_text(*date)?),
        Value::Json(json) => set(&json.to_string()),
    }
}

/// RFC 3339 of fixed width, so that it sorts; microseconds, as in PostgreSQL.
fn timestamp_text(timestamp: Timestamp) -> Result<String, StoreError> {
    let text = format!("{timestamp:.6}");
    // Years before 0 are written with a sign, which does not sort.
    if text.starts_with('-') {
        return Err(StoreError::Other(format!(
            "SQLite: the instant {text} lies before the year 0"
        )));
    }
    Ok(text)
}

/// Four digits of the year, so that it sorts.
fn date_text(date: Date) -> Result<String, StoreError> {
    if date.year() < 0 {
        return Err(StoreError::Other(format!(
            "SQLite: the day {date} lies before the year 0"
        )));
    }
    Ok(date.to_string())
}

/// Reads one row. Nothing of ours is stored as a float or a blob.
pub(super) fn read(row: &rusqlite::Row<'_>, columns: usize) -> Result<Row, StoreError> {
    let mut values = Vec::with_capacity(columns);
    for column in 0..columns {
        values.push(
            match row.get_ref(column).map_err(|error| failure(&error))? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(integer) => Value::Integer(integer),
                ValueRef::Text(text) => match std::str::from_utf8(text) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(error) => {
                        return Err(StoreError::Other(format!(
                            "SQLite: column {column}: {error}"
                        )));
                    }
                },
                ValueRef::Real(_) => {
                    return Err(StoreError::Other(format!(
                        "SQLite: column {column} is a float"
                    )));
                }
                ValueRef::Blob(_) => {
                    return Err(StoreError::Other(format!(
                        "SQLite: column {column} is a blob"
                    )));
                }
            },
        );
    }
    Ok(Row::new(values))
}
