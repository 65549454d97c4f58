//! Values into PostgreSQL's binary formats and back, by the type that the server names.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::{Span, Unit};
use rust_decimal::Decimal;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::store::{Row, Value};

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

/// The day from which PostgreSQL counts.
const FIRST_DAY: Date = date(2000, 1, 1);

type Failure = Box<dyn Error + Send + Sync>;

/// Reads one row.
pub(super) fn read(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    (0..row.len())
        .map(|column| row.try_get(column))
        .collect::<Result<_, _>>()
        .map(Row::new)
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Boolean(boolean) if *ty == Type::BOOL => boolean.to_sql(ty, out),
            Self::Integer(integer) => match *ty {
                Type::INT8 => integer.to_sql(ty, out),
                Type::INT4 => i32::try_from(*integer)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*integer)?.to_sql(ty, out),
                Type::NUMERIC => Decimal::from(*integer).to_sql(ty, out),
                _ => mismatch("an integer", ty),
            },
            Self::Decimal(decimal) if *ty == Type::NUMERIC => decimal.to_sql(ty, out),
            Self::Text(text) if is_text(ty) => text.to_sql(ty, out),
            Self::Uuid(id) if *ty == Type::UUID => id.to_sql(ty, out),
            Self::Uuid(id) if is_text(ty) => {
                out.put_slice(
                    id.hyphenated()
                        .encode_lower(&mut Uuid::encode_buffer())
                        .as_bytes(),
                );
                Ok(IsNull::No)
            }
            Self::Timestamp(timestamp) if *ty == Type::TIMESTAMPTZ => {
                out.put_i64(timestamp.as_microsecond() - EPOCH);
                Ok(IsNull::No)
            }
            Self::Date(date) if *ty == Type::DATE => {
                out.put_i32(FIRST_DAY.until((Unit::Day, *date))?.get_days());
                Ok(IsNull::No)
            }
            Self::Json(json) if *ty == Type::JSONB || *ty == Type::JSON => json.to_sql(ty, out),
            Self::Boolean(_) => mismatch("a boolean", ty),
            Self::Decimal(_) => mismatch("a decimal", ty),
            Self::Text(_) => mismatch("text", ty),
            Self::Uuid(_) => mismatch("a UUID", ty),
            Self::Timestamp(_) => mismatch("a timestamp", ty),
            Self::Date(_) => mismatch("a date", ty),
            Self::Json(_) => mismatch("JSON", ty),
        }
    }

    /// Whether a value fits depends on the value: `to_sql` decides.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        match *ty {
            Type::BOOL => bool::from_sql(ty, raw).map(Self::Boolean),
            Type::INT2 => i16::from_sql(ty, raw).map(|integer| Self::Integer(integer.into())),
            Type::INT4 => i32::from_sql(ty, raw).map(|integer| Self::Integer(integer.into())),
            Type::INT8 => i64::from_sql(ty, raw).map(Self::Integer),
            Type::NUMERIC => Decimal::from_sql(ty, raw).map(Self::Decimal),
            Type::UUID => Uuid::from_sql(ty, raw).map(Self::Uuid),
            Type::TIMESTAMPTZ => timestamp(raw).map(Self::Timestamp),
            Type::DATE => day(raw).map(Self::Date),
            Type::JSONB | Type::JSON => serde_json::Value::from_sql(ty, raw).map(Self::Json),
            // What a function without a result returns.
            Type::VOID => Ok(Self::Null),
            _ if is_text(ty) => String::from_sql(&Type::TEXT, raw).map(Self::Text),
            _ => Err(format!("a column of type {ty}, which gatewright does not read").into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    ) || matches!(ty.kind(), Kind::Enum(_))
}

/// Microseconds since 2000; the two ends of the range stand for infinity, which jiff refuses too.
fn timestamp(raw: &[u8]) -> Result<Timestamp, Failure> {
    let microseconds = i64::from_be_bytes(raw.try_into()?);
    let since_1970 = microseconds
        .checked_add(EPOCH)
        .ok_or("an infinite timestamp")?;
    Ok(Timestamp::from_microsecond(since_1970)?)
}

/// Days since 2000; the two ends of the range stand for infinity, which jiff refuses too.
fn day(raw: &[u8]) -> Result<Date, Failure> {
    let days = i32::from_be_bytes(raw.try_into()?);
    let span = Span::new().try_days(days)?;
    Ok(FIRST_DAY.checked_add(span)?)
}

fn mismatch<T>(given: &str, ty: &Type) -> Result<T, Failure> {
    Err(format!("{given} for a parameter of type {ty}").into())
}
