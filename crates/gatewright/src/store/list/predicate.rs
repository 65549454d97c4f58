//! Filters and search as SQL: names from the schema, every value a parameter.
//!
//! Text is folded by ASCII alone, on both databases alike, and there are no patterns, so nothing
//! that a client sends has a meaning of its own.

use super::super::record::encode;
use super::super::{Dialect, Value};
use super::column::Column;
use super::filter::{Filter, Op};

/// The arguments of a statement while it is written.
#[derive(Debug)]
pub(super) struct Args {
    dialect: Dialect,
    values: Vec<Value>,
}

impl Args {
    /// Begins with the tenant, which is `$1`.
    pub(super) fn new(dialect: Dialect, tenant: Value) -> Self {
        Self {
            dialect,
            values: vec![tenant],
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Adds one and gives its place.
    pub(super) fn add(&mut self, value: &Value) -> usize {
        self.values.push(encode(self.dialect, value));
        self.values.len()
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// A filter as a predicate on `table`.
pub(super) fn filter(filter: &Filter, table: &str, args: &mut Args) -> String {
    let column = filter.column.sql(table);
    let nullable = filter.column.field.optional;
    let value = filter.values.first().unwrap_or(&Value::Null);
    let mut compare = |operator: &str| format!("{column} {operator} ${}", args.add(value));
    match filter.op {
        Op::Eq => compare("="),
        Op::Ne if nullable => compare("IS DISTINCT FROM"),
        Op::Ne => compare("<>"),
        Op::Gt => compare(">"),
        Op::Gte => compare(">="),
        Op::Lt => compare("<"),
        Op::Lte => compare("<="),
        Op::In => format!("{column} IN ({})", places(&filter.values, args)),
        Op::Nin if nullable => format!(
            "({column} NOT IN ({}) OR {column} IS NULL)",
            places(&filter.values, args)
        ),
        Op::Nin => format!("{column} NOT IN ({})", places(&filter.values, args)),
        Op::Null if *value == Value::Boolean(true) => format!("{column} IS NULL"),
        Op::Null => format!("{column} IS NOT NULL"),
        Op::Like => {
            let place = args.add(value);
            contains(args.dialect(), filter.column, table, place)
        }
    }
}

/// That one of the columns contains `needle`, which is in lower case.
pub(super) fn search(columns: &[Column], needle: &str, table: &str, args: &mut Args) -> String {
    let place = args.add(&Value::Text(needle.to_owned()));
    let any = columns
        .iter()
        .map(|column| contains(args.dialect(), *column, table, place));
    format!("({})", any.collect::<Vec<_>>().join(" OR "))
}

/// SQLite folds ASCII alone by itself, PostgreSQL in the collation "C".
fn contains(dialect: Dialect, column: Column, table: &str, place: usize) -> String {
    let column = column.sql(table);
    match dialect {
        Dialect::Sqlite => format!("instr(lower({column}), ${place}) > 0"),
        Dialect::Postgres => format!(r#"strpos(lower({column} COLLATE "C"), ${place}) > 0"#),
    }
}

/// A place for each value. The last one is repeated up to a power of two: so many lists, so few
/// statements to prepare.
fn places(values: &[Value], args: &mut Args) -> String {
    let mut places = Vec::new();
    for value in values {
        places.push(format!("${}", args.add(value)));
    }
    if let Some(last) = values.last() {
        for _ in values.len()..values.len().next_power_of_two() {
            places.push(format!("${}", args.add(last)));
        }
    }
    places.join(", ")
}
