//! Queries of a team's own: [`Grant::select`](crate::Grant::select).
//!
//! A query starts at one resource, joins others over their references, and reads what it names:
//! columns, or sums over them. Every table comes with a grant that covers its `read`, is kept to the
//! grant's tenant and, where the grant reaches the caller's own records alone, to those. Columns are
//! typed and generated (`generated::columns`), so what a query compares and joins is checked by the
//! compiler; there is no SQL to write.
//!
//! Both databases give the same rows in the same order. Text orders by bytes, nulls come last in
//! both directions, and rows that tie go by their ids, or by their groups where there are any.
//!
//! Types end early: the builder collects plain data ([`node`]), and one function ([`run`]) turns it
//! into a statement and runs it.

mod aggregate;
mod builder;
mod column;
mod expression;
mod node;
mod number;
mod predicate;
mod render;
mod run;
mod selection;
#[cfg(test)]
mod tests;

pub use aggregate::{Aggregate, Average, Ordered, avg, count, count_distinct, max, min, sum};
pub use builder::Select;
pub use column::{Column, Nulls, Optional, Reference, Required};
pub use expression::{Dated, Expr, Expression, Mixes, Number, Operand, Order, Term};
pub use predicate::Condition;
pub use selection::Selection;

/// Keeps the traits of this module to its own types.
mod sealed {
    pub trait Sealed {}
}
