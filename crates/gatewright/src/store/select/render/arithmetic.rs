//! Parts of dates, and numbers that compute with each other.

use super::{Kind, Renderer, scale_of};
use crate::error::{Error, Result};
use crate::store::Dialect;
use crate::store::select::node::{Operator, Part};
use crate::store::select::number;

impl Renderer<'_> {
    pub(super) fn part(&self, part: Part, sql: &str, kind: Kind) -> String {
        let (length, pattern) = match part {
            Part::Year => (4, "YYYY"),
            Part::Month => (7, "YYYY-MM"),
            Part::Day => (10, "YYYY-MM-DD"),
        };
        match (self.dialect, kind) {
            (Dialect::Sqlite, _) => format!("substr({sql}, 1, {length})"),
            (Dialect::Postgres, Kind::Timestamp) => {
                format!(r#"(to_char({sql} AT TIME ZONE 'UTC', '{pattern}') COLLATE "C")"#)
            }
            (Dialect::Postgres, _) => format!(r#"(to_char({sql}, '{pattern}') COLLATE "C")"#),
        }
    }

    /// SQLite turns an integer that overflows into a float, so functions of our own compute there,
    /// which fail instead.
    pub(super) fn arithmetic(
        &self,
        operator: Operator,
        left: (String, Kind),
        right: (String, Kind),
    ) -> Result<(String, Kind)> {
        let (a, b) = (scale_of(left.1), scale_of(right.1));
        let scale = match operator {
            Operator::Add | Operator::Sub => a.max(b),
            Operator::Mul => a + b,
        };
        let kind = match (left.1, right.1) {
            (Kind::Integer, Kind::Integer) => Kind::Integer,
            _ => Kind::Decimal(number::check_scale(scale)?),
        };
        let (left, right) = match operator {
            Operator::Mul => (left.0, right.0),
            Operator::Add | Operator::Sub => (
                self.scale_up(left.0, scale - a)?,
                self.scale_up(right.0, scale - b)?,
            ),
        };
        let sql = match (self.dialect, operator) {
            (Dialect::Postgres, Operator::Add) => format!("({left} + {right})"),
            (Dialect::Postgres, Operator::Sub) => format!("({left} - {right})"),
            (Dialect::Postgres, Operator::Mul) => format!("({left} * {right})"),
            (Dialect::Sqlite, Operator::Add) => format!("gatewright_add({left}, {right})"),
            (Dialect::Sqlite, Operator::Sub) => format!("gatewright_subtract({left}, {right})"),
            (Dialect::Sqlite, Operator::Mul) => format!("gatewright_multiply({left}, {right})"),
        };
        Ok((sql, kind))
    }

    /// The same number with more digits after the point, where they are not seen to anyway.
    pub(super) fn scale_up(&self, sql: String, digits: u32) -> Result<String> {
        if digits == 0 || self.dialect == Dialect::Postgres {
            return Ok(sql);
        }
        let factor = 10_i64.checked_pow(digits).ok_or_else(|| {
            Error::internal(
                "a query computes with numbers whose digits after the point are too far apart",
            )
        })?;
        Ok(format!("gatewright_multiply({sql}, {factor})"))
    }
}
