//! Filters and search as SQL: names from the schema, every value a parameter.
//!
//! Text is folded by ASCII alone, on both databases alike, and there are no patterns, so nothing
//! that a client sends has a meaning of its own.

use uuid::Uuid;

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

    /// Adds an id, once however often it is asked for.
    pub(super) fn add_id(&mut self, id: Uuid) -> usize {
        let id = Value::Uuid(id);
        let known = self.values.iter().skip(1).position(|value| *value == id);
        known.map_or_else(|| self.add(&id), |at| at + 2)
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// A filter as a predicate on `table`.
pub(super) fn filter(filter: &Filter, table: &str, args: &mut Args) -> String {
    let column = filter.column.sql(table, args);
    let nullable = filter.column.nullable();
    let value = filter.values.first().unwrap_or(&Value::Null);
    let mut compare =
        |operator: &str| format!("{column} {operator} ${}", filter.column.add(value, args));
    match filter.op {
        Op::Eq => compare("="),
        Op::Ne if nullable => compare("IS DISTINCT FROM"),
        Op::Ne => compare("<>"),
        Op::Gt => compare(">"),
        Op::Gte => compare(">="),
        Op::Lt => compare("<"),
        Op::Lte => compare("<="),
        Op::In => format!("{column} IN ({})", places(filter, args)),
        Op::Nin if nullable => format!(
            "({column} NOT IN ({}) OR {column} IS NULL)",
            places(filter, args)
        ),
        Op::Nin => format!("{column} NOT IN ({})", places(filter, args)),
        Op::Null if *value == Value::Boolean(true) => format!("{column} IS NULL"),
        Op::Null => format!("{column} IS NOT NULL"),
        Op::Like => {
            let place = args.add(value);
            contains(args.dialect(), &column, place)
        }
    }
}

/// That one of the columns contains `needle`, which is in lower case.
pub(super) fn search(columns: &[Column], needle: &str, table: &str, args: &mut Args) -> String {
    let place = args.add(&Value::Text(needle.to_owned()));
    let any = columns.iter().map(|column| {
        let column = column.sql(table, args);
        contains(args.dialect(), &column, place)
    });
    format!("({})", any.collect::<Vec<_>>().join(" OR "))
}

/// SQLite folds ASCII alone by itself, PostgreSQL in the collation "C".
fn contains(dialect: Dialect, column: &str, place: usize) -> String {
    match dialect {
        Dialect::Sqlite => format!("instr(lower({column}), ${place}) > 0"),
        Dialect::Postgres => format!(r#"strpos(lower({column} COLLATE "C"), ${place}) > 0"#),
    }
}

/// A place for each value. The last one is repeated up to a power of two: so many lists, so few
/// statements to prepare.
fn places(filter: &Filter, args: &mut Args) -> String {
    let (column, values) = (&filter.column, &filter.values);
    let mut places = Vec::new();
    for value in values {
        places.push(format!("${}", column.add(value, args)));
    }
    if let Some(last) = values.last() {
        for _ in values.len()..values.len().next_power_of_two() {
            places.push(format!("${}", column.add(last, args)));
        }
    }
    places.join(", ")
}
