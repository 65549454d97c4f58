//! Conditions.

use super::{Kind, Renderer, scale_of};
use crate::error::{Error, Result};
use crate::store::select::node::{Comparison, Node, Predicate};
use crate::store::select::number::{self, Scaled};
use crate::store::{Dialect, Value};

/// The most values of one `in_`.
const MOST_VALUES: usize = 1_000;

impl Renderer<'_> {
    pub(super) fn predicate(&mut self, predicate: &Predicate) -> Result<String> {
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
