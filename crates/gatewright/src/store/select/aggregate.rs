//! What is worked out over many rows: over each group, or over all where there are no groups.
//!
//! Rows are those of the joins: a record that joined many others is counted with each of them.

use std::marker::PhantomData;

use super::column::{Nulls, Optional, Required};
use super::expression::{Expression, Number, Order};
use super::node::{Function, Item, Node};
use super::sealed::Sealed;
use crate::{Date, Decimal, Timestamp};

/// A sum, a count, a least or greatest value.
#[derive(Debug, Clone)]
pub struct Aggregate<T, N = Optional> {
    pub(super) item: Item,
    types: PhantomData<fn() -> (T, N)>,
}

impl<T, N> Aggregate<T, N> {
    fn new(item: Item) -> Self {
        Self {
            item,
            types: PhantomData,
        }
    }

    /// Groups by this, the least first, nulls last.
    pub fn asc(self) -> Order {
        Order::new(self.item, false)
    }

    /// Groups by this, the greatest first, nulls last.
    pub fn desc(self) -> Order {
        Order::new(self.item, true)
    }
}

impl<T, N: Nulls> Sealed for Aggregate<T, N> {}

/// An average. Rows do not order by it: it is divided after the database has answered.
#[derive(Debug, Clone)]
pub struct Average(pub(super) Node);

impl Sealed for Average {}

/// Types with a least and a greatest value.
pub trait Ordered: Sealed {}

impl Ordered for i64 {}
impl Ordered for Decimal {}
impl Ordered for Timestamp {}
impl Ordered for Date {}
impl Sealed for String {}
impl Ordered for String {}

/// The sum, exact; null where there is nothing to add. One that is too large is an error.
pub fn sum<E>(expression: E) -> Aggregate<E::Type>
where
    E: Expression,
    E::Type: Number,
{
    Aggregate::new(Item::Over(Function::Sum, expression.node()))
}

/// The average of what is not null, worked out from the exact sum and rounded half away from zero to
/// six digits after the point, or to the column's digits where those are more.
pub fn avg<E>(expression: E) -> Average
where
    E: Expression,
    E::Type: Number,
{
    Average(expression.node())
}

/// The least value; null of none.
pub fn min<E>(expression: E) -> Aggregate<E::Type>
where
    E: Expression,
    E::Type: Ordered,
{
    Aggregate::new(Item::Over(Function::Min, expression.node()))
}

/// The greatest value; null of none.
pub fn max<E>(expression: E) -> Aggregate<E::Type>
where
    E: Expression,
    E::Type: Ordered,
{
    Aggregate::new(Item::Over(Function::Max, expression.node()))
}

/// How many rows. A left join that found nothing gives a row too: count the distinct ids there.
pub fn count() -> Aggregate<i64, Required> {
    Aggregate::new(Item::Count)
}

/// How many different values, null not among them: `count_distinct(orders::ID)` counts each order
/// once, whatever it was joined with.
pub fn count_distinct<E: Expression>(expression: E) -> Aggregate<i64, Required> {
    Aggregate::new(Item::Over(Function::CountDistinct, expression.node()))
}
