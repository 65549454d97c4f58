//! From plain data to rows: what is checked before, the statement, and what is made of its answer.

use super::builder::{Plan, Table};
use super::node::{Item, Node};
use super::number;
use super::render::{Kind, Renderer};
use crate::error::{Error, Result};
use crate::store::Value;
use crate::store::write::statements;

/// The most rows of an answer.
const MOST_ROWS: u32 = 10_000;

/// The most tables of a query.
const MOST_TABLES: usize = 16;

/// A statement with its arguments, and how its columns are read.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) args: Vec<Value>,
    columns: Vec<Reader>,
}

/// How a value of the answer is made of the statement's columns.
#[derive(Debug, Clone, Copy)]
enum Reader {
    One(Kind),
    /// Of a sum and a count.
    Average(u32),
}

/// Runs a query in its grants' unit of work.
pub(super) async fn run(plan: Plan<'_>, items: Vec<Item>) -> Result<Vec<Vec<Value>>> {
    let statement = statement(&plan, &items)?;
    let root = first(&plan.tables)?;
    let rows = root
        .access
        .unit()
        .run(&statement.sql, &statement.args)
        .await?;
    let mut answer = Vec::with_capacity(rows.len());
    for mut row in rows {
        let mut values = Vec::with_capacity(statement.columns.len());
        for reader in &statement.columns {
            let value = row.next_value().map_err(Error::internal)?;
            values.push(match *reader {
                Reader::One(Kind::Decimal(scale)) => number::decimal(value, scale)?,
                Reader::One(_) => value,
                Reader::Average(scale) => {
                    number::average(value, row.next_value().map_err(Error::internal)?, scale)?
                }
            });
        }
        answer.push(values);
    }
    Ok(answer)
}

/// Writes the statement of a query, or says why there is none.
pub(super) fn statement(plan: &Plan<'_>, items: &[Item]) -> Result<Statement> {
    let root = first(&plan.tables)?;
    let unit = root.access.unit();
    for table in &plan.tables {
        if !std::ptr::eq(table.access.unit(), unit) {
            return Err(Error::internal(
                "a query joins grants of two requests, which have nothing in common",
            ));
        }
        // Fails on a definition that is not the model's own.
        statements(unit, table.def)?;
    }
    if plan.tables.len() > MOST_TABLES || plan.limit > MOST_ROWS {
        return Err(Error::internal(format!(
            "a query has {MOST_TABLES} tables and {MOST_ROWS} rows at most"
        )));
    }

    let dialect = unit.runtime().statements.dialect();
    let mut renderer = Renderer::new(dialect, &plan.tables, unit.caller().tenant_id);
    let grouped = !plan.groups.is_empty();
    let aggregated = items.iter().any(|item| !matches!(item, Item::Plain { .. }));
    if grouped || aggregated {
        let sorted = plan.order.iter().map(|sort| &sort.by);
        for item in items.iter().chain(sorted) {
            if let Item::Plain { node, .. } = item {
                check_grouped(node, &plan.groups)?;
            }
        }
    }

    let mut selected = Vec::new();
    let mut columns = Vec::new();
    for item in items {
        columns.push(match item {
            Item::Average(node) => {
                let (sum, count, scale) = renderer.average(node)?;
                selected.extend([sum, count]);
                Reader::Average(scale)
            }
            item => {
                let (sql, kind) = renderer.item(item)?;
                selected.push(sql);
                Reader::One(kind)
            }
        });
    }
    let mut sql = format!(
        "SELECT {} {}",
        selected.join(", "),
        renderer.from(&plan.filters)?
    );
    if grouped {
        let groups = plan.groups.iter().map(|node| renderer.key(node));
        let groups = groups.collect::<Result<Vec<_>>>()?;
        sql = format!("{sql} GROUP BY {}", groups.join(", "));
    }
    let mut order = Vec::new();
    for sort in &plan.order {
        let (key, _) = renderer.item(&sort.by)?;
        let direction = if sort.descending { "DESC" } else { "ASC" };
        order.push(format!("{key} {direction} NULLS LAST"));
    }
    if grouped {
        for node in &plan.groups {
            order.push(format!("{} ASC NULLS LAST", renderer.key(node)?));
        }
    } else if !aggregated {
        let ids = (0..plan.tables.len()).map(|n| format!(r#""t{n}"."id" ASC NULLS LAST"#));
        order.extend(ids);
    }
    if !order.is_empty() {
        sql = format!("{sql} ORDER BY {}", order.join(", "));
    }
    sql = format!("{sql} LIMIT {}", plan.limit);
    Ok(Statement {
        sql,
        args: renderer.into_args(),
        columns,
    })
}

fn first<'a, 'g>(tables: &'a [Table<'g>]) -> Result<&'a Table<'g>> {
    let root = tables.first();
    root.ok_or_else(|| Error::internal("a query without a table"))
}

/// SQLite would answer with the value of any row.
fn check_grouped(node: &Node, groups: &[Node]) -> Result<()> {
    if groups.contains(node) {
        return Ok(());
    }
    match node {
        Node::Value(_) => Ok(()),
        Node::Part(_, inner) => check_grouped(inner, groups),
        Node::Arithmetic(_, left, right) => {
            check_grouped(left, groups)?;
            check_grouped(right, groups)
        }
        Node::Column(at) => Err(Error::internal(format!(
            "a query reads `{}.{}` beside aggregates or groups: group by it, or aggregate it",
            at.def.name, at.column
        ))),
    }
}
