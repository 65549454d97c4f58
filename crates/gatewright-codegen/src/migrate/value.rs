//! Defaults as SQL, and the values of a column on its way from one table to the next.

use gatewright_schema::{Field, FieldType, Literal};

use super::cast::over;
use super::diff::Pair;
use crate::lower::literal::{sql_name, sql_quoted};

/// An expression in each dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    pub sqlite: String,
    pub postgres: String,
}

/// The value of `pair.new` in a row of the old table, whose columns are reached by `prefix`
/// (`checked.`, or nothing).
pub(super) fn value(pair: &Pair<'_>, prefix: &str) -> Expression {
    let fill = pair.fill.map(|default| literal(pair.new, default));
    let Some(old) = pair.old else {
        return fill.unwrap_or_else(|| Expression {
            sqlite: "NULL".to_owned(),
            postgres: "NULL".to_owned(),
        });
    };
    let column = format!("{prefix}{}", sql_name(&old.name));
    let converted = |sql: &Option<String>| match sql {
        Some(sql) => over(sql, &column),
        None => column.clone(),
    };
    let (sqlite, postgres) = (converted(&pair.cast.sqlite), converted(&pair.cast.postgres));
    match fill {
        Some(fill) => Expression {
            sqlite: format!("coalesce({sqlite}, {})", fill.sqlite),
            postgres: format!("coalesce({postgres}, {})", fill.postgres),
        },
        None => Expression { sqlite, postgres },
    }
}

/// A default as each database stores it.
pub(super) fn literal(field: &Field, default: &Literal) -> Expression {
    let same = |sql: String| Expression {
        sqlite: sql.clone(),
        postgres: sql,
    };
    match (&field.ty, default) {
        (FieldType::Decimal { scale, .. }, Literal::Integer(number)) => {
            decimal(&number.to_string(), *scale)
        }
        (FieldType::Decimal { scale, .. }, Literal::Text(text)) => decimal(text, *scale),
        (_, Literal::Integer(number)) => same(number.to_string()),
        (_, Literal::Boolean(flag)) => Expression {
            sqlite: i32::from(*flag).to_string(),
            postgres: flag.to_string(),
        },
        (_, Literal::Text(text)) => same(sql_quoted(text)),
    }
}

/// SQLite stores units of the last digit.
fn decimal(text: &str, scale: u32) -> Expression {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let units = format!("{whole}{fraction:0<width$}", width = scale as usize);
    let negative = units.starts_with('-');
    let digits = units.trim_start_matches('-').trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    Expression {
        sqlite: format!("{}{digits}", if negative { "-" } else { "" }),
        postgres: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_units_in_sqlite() {
        for (text, scale, units) in [
            ("12.50", 2, "1250"),
            ("0.05", 2, "5"),
            ("-0.05", 2, "-5"),
            ("7", 3, "7000"),
            ("0", 2, "0"),
            ("0.00", 2, "0"),
        ] {
            assert_eq!(decimal(text, scale).sqlite, units, "{text}");
        }
    }
}
