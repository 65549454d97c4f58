//! Values and rows as both databases understand them.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

/// A value on its way into or out of a statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL's NULL.
    #[default]
    Null,
    /// `boolean`; 0 or 1 in SQLite.
    Boolean(bool),
    /// `bigint`.
    Integer(i64),
    /// `numeric` in PostgreSQL. The store scales it to an integer before it reaches SQLite.
    Decimal(Decimal),
    /// `text`.
    Text(String),
    /// `uuid`; its hyphenated lower-case text in SQLite.
    Uuid(Uuid),
    /// `timestamptz`; RFC 3339 text of fixed width (`2026-11-24T09:30:00.000000Z`) in SQLite, so that it sorts.
    Timestamp(Timestamp),
    /// `date`; `2026-11-24` in SQLite, so that it sorts.
    Date(Date),
    /// `jsonb`; its text in SQLite.
    Json(serde_json::Value),
}

/// A column that does not hold what its reader expects: a defect, never a client's doing.
#[derive(Debug)]
pub struct UnexpectedValue(pub(crate) String);

impl std::fmt::Display for UnexpectedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unexpected value in the database: {}", self.0)
    }
}

impl std::error::Error for UnexpectedValue {}

/// A Rust type that a column can hold. Generated enums implement it too.
pub trait FieldValue: Sized {
    /// From what a column holds. SQLite has fewer types, so text stands for ids and instants there.
    ///
    /// # Errors
    /// When the value is of another type.
    fn from_value(value: Value) -> Result<Self, UnexpectedValue>;

    /// To what a column holds.
    fn into_value(self) -> Value;
}

/// Says what kind of value there is, never which: it may be anybody's, and this goes to the log.
fn unexpected<T>(wanted: &str, value: &Value) -> Result<T, UnexpectedValue> {
    let found = value.kind();
    Err(UnexpectedValue(format!(
        "{found} where {wanted} was expected"
    )))
}

impl Value {
    /// The text of this value, for enums.
    ///
    /// # Errors
    /// When it is not text.
    pub fn into_text(self) -> Result<String, UnexpectedValue> {
        match self {
            Self::Text(text) => Ok(text),
            other => unexpected("text", &other),
        }
    }

    /// The error of a generated enum that meets a value which the schema does not list.
    pub fn unlisted(_: &str) -> UnexpectedValue {
        UnexpectedValue("text that is no value of this enum".to_owned())
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Decimal(_) => "a decimal",
            Self::Text(_) => "text",
            Self::Uuid(_) => "a UUID",
            Self::Timestamp(_) => "a timestamp",
            Self::Date(_) => "a date",
            Self::Json(_) => "JSON",
        }
    }
}

impl FieldValue for String {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        value.into_text()
    }

    fn into_value(self) -> Value {
        Value::Text(self)
    }
}

impl FieldValue for i64 {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Integer(integer) => Ok(integer),
            other => unexpected("an integer", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Integer(self)
    }
}

impl FieldValue for bool {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Boolean(boolean) => Ok(boolean),
            Value::Integer(0) => Ok(false),
            Value::Integer(1) => Ok(true),
            other => unexpected("a boolean", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Boolean(self)
    }
}

impl FieldValue for Decimal {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Decimal(decimal) => Ok(decimal),
            other => unexpected("a decimal", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Decimal(self)
    }
}

impl FieldValue for Uuid {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Uuid(id) => Ok(id),
            Value::Text(text) => match Uuid::try_parse(&text) {
                Ok(id) => Ok(id),
                Err(_) => unexpected("a UUID", &Value::Text(text)),
            },
            other => unexpected("a UUID", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Uuid(self)
    }
}

impl FieldValue for Timestamp {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Timestamp(timestamp) => Ok(timestamp),
            Value::Text(text) => match text.parse() {
                Ok(timestamp) => Ok(timestamp),
                Err(_) => unexpected("a timestamp", &Value::Text(text)),
            },
            other => unexpected("a timestamp", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Timestamp(self)
    }
}

impl FieldValue for Date {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Date(date) => Ok(date),
            Value::Text(text) => match text.parse() {
                Ok(date) => Ok(date),
                Err(_) => unexpected("a date", &Value::Text(text)),
            },
            other => unexpected("a date", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Date(self)
    }
}

impl FieldValue for serde_json::Value {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Json(json) => Ok(json),
            Value::Text(text) => match serde_json::from_str(&text) {
                Ok(json) => Ok(json),
                Err(_) => unexpected("JSON", &Value::Text(text)),
            },
            other => unexpected("JSON", &other),
        }
    }

    fn into_value(self) -> Value {
        Value::Json(self)
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, UnexpectedValue> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }
}

/// One row of an answer, read from the left.
#[derive(Debug)]
pub(crate) struct Row {
    values: std::vec::IntoIter<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
        }
    }

    /// The next column.
    pub(crate) fn next<T: FieldValue>(&mut self) -> Result<T, UnexpectedValue> {
        T::from_value(self.next_value()?)
    }

    /// The next column as it came.
    pub(crate) fn next_value(&mut self) -> Result<Value, UnexpectedValue> {
        self.values
            .next()
            .ok_or_else(|| UnexpectedValue("a row with fewer columns".to_owned()))
    }

    /// All columns, for whoever operates the database.
    pub(crate) fn shown(self) -> String {
        let columns = self.values.map(|value| match value {
            Value::Null => "null".to_owned(),
            Value::Boolean(boolean) => boolean.to_string(),
            Value::Integer(integer) => integer.to_string(),
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Text(text) => text,
            Value::Uuid(id) => id.to_string(),
            Value::Timestamp(timestamp) => timestamp.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Json(json) => json.to_string(),
        });
        columns.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unexpected_is_not_printed() {
        let text = || Value::Text("hunter2".to_owned());
        let json = Value::Json(serde_json::json!({"key": "hunter2"}));
        let errors = [
            i64::from_value(text()).unwrap_err(),
            bool::from_value(json).unwrap_err(),
            Decimal::from_value(text()).unwrap_err(),
            Uuid::from_value(text()).unwrap_err(),
            Timestamp::from_value(text()).unwrap_err(),
            Date::from_value(text()).unwrap_err(),
            serde_json::Value::from_value(text()).unwrap_err(),
            Value::unlisted("hunter2"),
        ];
        for error in errors {
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        let error = String::from_value(Value::Integer(7)).unwrap_err();
        let expected = "unexpected value in the database: an integer where text was expected";
        assert_eq!(error.to_string(), expected);
    }
}
