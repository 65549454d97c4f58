//! Expressions and tables as SQL.
//!
//! Names come from the model alone; every value is a parameter. `$1` is the tenant.

use uuid::Uuid;

use super::builder::{Join, Table};
use super::node::{At, Comparison, Function, Item, Node, Operator, Part, Predicate};
use super::number::{self, Scaled};
use crate::error::{Error, Result};
use crate::model::{FieldType, ResourceDef};
use crate::store::statements::SYSTEM_COLUMNS;
use crate::store::{Dialect, Value, scope};

/// The most values of one `in_`.
const MOST_VALUES: usize = 1_000;

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

    /// `FROM … WHERE …`, with every table kept to the tenant, and to whom its grant is narrowed to.
    pub(super) fn from(&mut self, filters: &[Predicate]) -> Result<String> {
        let mut from = String::new();
        let mut conditions = Vec::new();
        for (n, table) in self.tables.iter().enumerate() {
            let before = self.tables.get(..n).unwrap_or_default();
            if before.iter().any(|it| is(it, table.def, table.name)) {
                return Err(Error::internal(format!(
                    "a query has `{}` twice: name one of the two where it joins, `REFERENCE.named(…)`",
                    table.def.name
                )));
            }
            let alias = format!("t{n}");
            let reach = self.reach(table, &alias);
            match &table.join {
                None => {
                    from = format!(r#"FROM "{}" AS "{alias}""#, table.def.name);
                    conditions.push(reach);
                }
                Some(join) => {
                    let on = on(join, before, &alias)?;
                    // The reference may be a field that the caller does not see.
                    self.column(&join.on)?;
                    let kind = if join.left { "LEFT JOIN" } else { "JOIN" };
                    let name = table.def.name;
                    from = format!(r#"{from} {kind} "{name}" AS "{alias}" ON {on} AND {reach}"#);
                }
            }
        }
        for filter in filters {
            conditions.push(self.predicate(filter)?);
        }
        Ok(format!("{from} WHERE {}", conditions.join(" AND ")))
    }

    /// What keeps a table to its grant.
    fn reach(&mut self, table: &Table<'_>, alias: &str) -> String {
        let tenant = scope::tenant(alias);
        match table.access.own() {
            None => tenant,
            Some(user) => {
                self.args.push(Value::Uuid(user));
                format!("{tenant} AND {}", scope::owner(alias, self.args.len()))
            }
        }
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

    fn part(&self, part: Part, sql: &str, kind: Kind) -> String {
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
    fn arithmetic(
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
    fn scale_up(&self, sql: String, digits: u32) -> Result<String> {
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

    fn predicate(&mut self, predicate: &Predicate) -> Result<String> {
        Ok(match predicate {
            Predicate::Compare(comparison, left, right) => {
                self.comparison(*comparison, left, right)?
            }
            Predicate::In(node, values) => self.among(node, values)?,
            Predicate::IsNull(node) => format!("{} IS NULL", self.node(node)?.0),
            Predicate::Contains(node, text) => {
                let (sql, _) = self.node(node)?;
                let (text, _) = self.value(&Value::Text(text.to_ascii_lowercase()))?;
                match self.dialect {
                    Dialect::Postgres => format!(r#"strpos(lower({sql} COLLATE "C"), {text}) > 0"#),
                    Dialect::Sqlite => format!("instr(lower({sql}), {text}) > 0"),
                }
            }
            Predicate::Both(a, b) => {
                format!("({} AND {})", self.predicate(a)?, self.predicate(b)?)
            }
            Predicate::Either(a, b) => {
                format!("({} OR {})", self.predicate(a)?, self.predicate(b)?)
            }
            // Unknown is false, and so its opposite is true.
            Predicate::Not(inner) => format!("NOT COALESCE({}, FALSE)", self.predicate(inner)?),
        })
    }

    fn comparison(&mut self, comparison: Comparison, left: &Node, right: &Node) -> Result<String> {
        let left = self.comparable(left)?;
        if let (Dialect::Sqlite, Kind::Decimal(scale), Node::Value(Value::Decimal(literal))) =
            (self.dialect, left.1, right)
        {
            return Ok(match number::scaled(comparison, *literal, scale) {
                Scaled::Compare(comparison, whole) => {
                    let place = self.argument(Value::Integer(whole), Kind::Integer);
                    infix(comparison, &left.0, &place)
                }
                Scaled::Never => "FALSE".to_owned(),
                Scaled::Always => "TRUE".to_owned(),
                Scaled::NotNull => format!("{} IS NOT NULL", left.0),
            });
        }
        let right = self.comparable(right)?;
        let (a, b) = (scale_of(left.1), scale_of(right.1));
        let (left, right) = (
            self.scale_up(left.0, a.max(b) - a)?,
            self.scale_up(right.0, a.max(b) - b)?,
        );
        Ok(infix(comparison, &left, &right))
    }

    fn among(&mut self, node: &Node, values: &[Value]) -> Result<String> {
        if values.len() > MOST_VALUES {
            return Err(Error::internal(format!(
                "a query compares with {} values, and {MOST_VALUES} are the most",
                values.len()
            )));
        }
        let (sql, kind) = self.comparable(node)?;
        let mut places = Vec::with_capacity(values.len());
        for value in values {
            let place = match (self.dialect, kind, value) {
                (Dialect::Sqlite, Kind::Decimal(scale), Value::Decimal(literal)) => {
                    match number::scaled(Comparison::Eq, *literal, scale) {
                        Scaled::Compare(_, whole) => {
                            self.argument(Value::Integer(whole), Kind::Integer)
                        }
                        _ => continue,
                    }
                }
                _ => self.value(value)?.0,
            };
            places.push(place);
        }
        Ok(match places.is_empty() {
            true => "FALSE".to_owned(),
            false => format!("{sql} IN ({})", places.join(", ")),
        })
    }
}

fn infix(comparison: Comparison, left: &str, right: &str) -> String {
    let operator = match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "IS DISTINCT FROM",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    };
    format!("{left} {operator} {right}")
}

/// The condition of a join: the reference and the tenant.
fn on(join: &Join, before: &[Table<'_>], alias: &str) -> Result<String> {
    let (def, name) = join.to;
    let Some(to) = before.iter().position(|it| is(it, def, name)) else {
        return Err(Error::internal(format!(
            "a query joins along `{}.{}`, but `{}` is not there yet",
            join.on.def.name, join.on.column, def.name
        )));
    };
    let Some(field) = (join.on.def.field(join.on.column))
        .and_then(|index| join.on.def.fields.get(index))
        .filter(|field| matches!(field.ty, FieldType::Reference { .. }))
    else {
        return Err(Error::internal(format!(
            "`{}.{}` is not a reference",
            join.on.def.name, join.on.column
        )));
    };
    let to = format!("t{to}");
    let (referring, referred) = match join.many {
        true => (alias, to.as_str()),
        false => (to.as_str(), alias),
    };
    Ok(format!(
        r#""{referring}"."tenant_id" = "{referred}"."tenant_id" AND "{referring}"."{}" = "{referred}"."id""#,
        field.name
    ))
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
