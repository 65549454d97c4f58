//! Expressions and tables as SQL.
//!
//! Names come from the model alone; every value is a parameter. `$1` is the tenant.

mod arithmetic;
mod predicates;
mod tables;

use uuid::Uuid;

use super::builder::Table;
use super::node::{At, Function, Item, Node};
use super::number;
use crate::error::{Error, Result};
use crate::model::{FieldType, ResourceDef};
use crate::store::statements::SYSTEM_COLUMNS;
use crate::store::{Dialect, Value};

/// What kind of value an expression has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    /// With so many digits after the point.
    Decimal(u32),
    Boolean,
    Timestamp,
    Date,
    Uuid,
    Json,
}

/// Writes the parts of one statement and collects its arguments.
#[derive(Debug)]
pub(super) struct Renderer<'a> {
    dialect: Dialect,
    tables: &'a [Table<'a>],
    args: Vec<Value>,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(dialect: Dialect, tables: &'a [Table<'a>], tenant: Uuid) -> Self {
        Self {
            dialect,
            tables,
            args: vec![Value::Uuid(tenant)],
        }
    }

    pub(super) fn into_args(self) -> Vec<Value> {
        self.args
    }

    /// Something to read or to order by.
    pub(super) fn item(&mut self, item: &Item) -> Result<(String, Kind)> {
        match item {
            Item::Plain { node, required } => {
                let (sql, kind) = self.node(node)?;
                if *required && let Some(at) = self.left_joined(node) {
                    return Err(Error::internal(format!(
                        "a query reads `{}.{}` of a left join, which may find nothing: read it with `.optional()`",
                        at.def.name, at.column
                    )));
                }
                Ok((sql, kind))
            }
            Item::Count => Ok(("count(*)".to_owned(), Kind::Integer)),
            Item::Over(function, node) => {
                let (sql, kind) = self.comparable(node)?;
                Ok(match function {
                    Function::CountDistinct => (format!("count(DISTINCT {sql})"), Kind::Integer),
                    Function::Min => (format!("min({sql})"), kind),
                    Function::Max => (format!("max({sql})"), kind),
                    Function::Sum => (self.sum(&sql, kind), kind),
                })
            }
            Item::Average(_) => Err(Error::internal("a query orders by an average")),
        }
    }

    /// PostgreSQL widens the sum of integers; SQLite fails where it is too large.
    fn sum(&self, sql: &str, kind: Kind) -> String {
        match (self.dialect, kind) {
            (Dialect::Postgres, Kind::Integer) => format!("sum({sql})::bigint"),
            _ => format!("sum({sql})"),
        }
    }

    /// The sum and the count of an average, and the sum's digits after the point.
    pub(super) fn average(&mut self, node: &Node) -> Result<(String, String, u32)> {
        let (sql, kind) = self.node(node)?;
        let scale = match kind {
            Kind::Decimal(scale) => scale,
            _ => 0,
        };
        Ok((format!("sum({sql})"), format!("count({sql})"), scale))
    }

    /// Something to group by.
    pub(super) fn key(&mut self, node: &Node) -> Result<String> {
        self.comparable(node).map(|(sql, _)| sql)
    }

    fn comparable(&mut self, node: &Node) -> Result<(String, Kind)> {
        match self.node(node)? {
            (_, Kind::Json) => Err(Error::internal(
                "a query compares JSON, which has no order and many spellings",
            )),
            found => Ok(found),
        }
    }

    fn node(&mut self, node: &Node) -> Result<(String, Kind)> {
        match node {
            Node::Column(at) => self.column(at),
            Node::Value(value) => self.value(value),
            Node::Part(part, inner) => {
                let (sql, kind) = self.node(inner)?;
                Ok((self.part(*part, &sql, kind), Kind::Text))
            }
            Node::Arithmetic(operator, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.arithmetic(*operator, left, right)
            }
        }
    }

    /// A column of a table in the query that the table's grant sees.
    fn column(&self, at: &At) -> Result<(String, Kind)> {
        let found = self.tables.iter().position(|it| is(it, at.def, at.table));
        let Some((n, table)) = found.and_then(|n| Some((n, self.tables.get(n)?))) else {
            return Err(Error::internal(format!(
                "a query names `{}.{}` without the table: join it{}",
                at.def.name,
                at.column,
                at.table
                    .map(|name| format!(" as `{name}`"))
                    .unwrap_or_default()
            )));
        };
        let (name, kind) = if let Some(index) = at.def.field(at.column)
            && let Some(field) = at.def.fields.get(index)
        {
            if !table.access.sees(field) {
                return Err(Error::permission_denied(
                    field.permission.unwrap_or_default(),
                ));
            }
            (field.name, kind_of(&field.ty))
        } else if let Some(name) = SYSTEM_COLUMNS.iter().find(|name| **name == at.column) {
            let kind = match *name {
                "version" => Kind::Integer,
                "created_at" | "updated_at" => Kind::Timestamp,
                _ => Kind::Uuid,
            };
            (*name, kind)
        } else {
            return Err(Error::internal(format!(
                "`{}` has no column `{}`",
                at.def.name, at.column
            )));
        };
        Ok((format!(r#""t{n}"."{name}""#), kind))
    }

    fn left_joined<'n>(&self, node: &'n Node) -> Option<&'n At> {
        match node {
            Node::Value(_) => None,
            Node::Part(_, inner) => self.left_joined(inner),
            Node::Arithmetic(_, left, right) => {
                self.left_joined(left).or_else(|| self.left_joined(right))
            }
            Node::Column(at) => {
                let table = self.tables.iter().find(|it| is(it, at.def, at.table))?;
                table.join.as_ref().filter(|join| join.left).map(|_| at)
            }
        }
    }

    fn value(&mut self, value: &Value) -> Result<(String, Kind)> {
        let (kind, value) = match value {
            Value::Null => return Err(Error::internal("a query compares with null")),
            Value::Text(text) if text.contains('\0') => {
                return Err(Error::invalid_query(
                    "filter",
                    "Send text without NUL characters.",
                ));
            }
            Value::Text(_) => (Kind::Text, value.clone()),
            Value::Integer(_) => (Kind::Integer, value.clone()),
            Value::Boolean(_) => (Kind::Boolean, value.clone()),
            Value::Uuid(_) => (Kind::Uuid, value.clone()),
            Value::Timestamp(_) => (Kind::Timestamp, value.clone()),
            Value::Date(_) => (Kind::Date, value.clone()),
            Value::Json(_) => (Kind::Json, value.clone()),
            Value::Decimal(decimal) => {
                let kind = Kind::Decimal(decimal.scale());
                match self.dialect {
                    Dialect::Postgres => (kind, value.clone()),
                    Dialect::Sqlite => (kind, Value::Integer(number::unscaled(*decimal)?)),
                }
            }
        };
        Ok((self.argument(value, kind), kind))
    }

    /// A place for a value. Equal values share one: PostgreSQL takes two expressions for the same
    /// only if their parameters are.
    fn argument(&mut self, value: Value, kind: Kind) -> String {
        let shared = self.args.iter().skip(1).position(|arg| *arg == value);
        let place = match shared {
            Some(n) => n + 2,
            None => {
                self.args.push(value);
                self.args.len()
            }
        };
        let cast = match (self.dialect, kind) {
            (Dialect::Sqlite, _) => "",
            (_, Kind::Text) => "::text",
            (_, Kind::Integer) => "::bigint",
            (_, Kind::Decimal(_)) => "::numeric",
            (_, Kind::Boolean) => "::boolean",
            (_, Kind::Timestamp) => "::timestamptz",
            (_, Kind::Date) => "::date",
            (_, Kind::Uuid) => "::uuid",
            (_, Kind::Json) => "::jsonb",
        };
        format!("${place}{cast}")
    }
}

fn is(table: &Table<'_>, def: &'static ResourceDef, name: Option<&str>) -> bool {
    std::ptr::eq(table.def, def) && table.name == name
}

fn scale_of(kind: Kind) -> u32 {
    match kind {
        Kind::Decimal(scale) => scale,
        _ => 0,
    }
}

fn kind_of(ty: &FieldType) -> Kind {
    match ty {
        FieldType::String { .. }
        | FieldType::Text { .. }
        | FieldType::Email
        | FieldType::Url
        | FieldType::Enum { .. } => Kind::Text,
        FieldType::Integer { .. } => Kind::Integer,
        FieldType::Decimal { scale, .. } => Kind::Decimal(*scale),
        FieldType::Boolean => Kind::Boolean,
        FieldType::Timestamp => Kind::Timestamp,
        FieldType::Date => Kind::Date,
        FieldType::Uuid | FieldType::Reference { .. } => Kind::Uuid,
        FieldType::Json { .. } => Kind::Json,
    }
}
