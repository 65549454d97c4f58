//! Expressions over a row: what can be compared, computed, grouped by and ordered by.

use std::marker::PhantomData;
use std::ops::{Add, Mul, Sub};

use super::column::{Column, Nulls, Optional, Reference, Required};
use super::node::{Comparison, Item, Node, Operator, Part, Predicate, Sort};
use super::predicate::Condition;
use super::sealed::Sealed;
use crate::store::{FieldValue, Value};
use crate::{Date, Decimal, Timestamp, Uuid};

/// A column, or something worked out from columns of the same row.
///
/// Bring it into scope for its methods: `use gatewright::query::Expression as _;`
pub trait Expression: Sealed + Sized {
    /// What it holds where it is not null.
    type Type: FieldValue;
    /// Whether it can be null.
    type Nulls: Nulls;

    #[doc(hidden)]
    fn node(self) -> Node;

    /// Equal. Null equals nothing; see [`is_null`](Self::is_null).
    fn eq(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Eq, self, other)
    }

    /// The opposite of [`eq`](Self::eq): null is different from every value.
    fn ne(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Ne, self, other)
    }

    /// Less. Text compares by bytes.
    fn lt(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Lt, self, other)
    }

    /// Less or equal.
    fn le(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Le, self, other)
    }

    /// Greater.
    fn gt(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Gt, self, other)
    }

    /// Greater or equal.
    fn ge(self, other: impl Operand<Self::Type>) -> Condition {
        compare(Comparison::Ge, self, other)
    }

    /// One of these values, 1,000 at most. None of none.
    fn in_(self, values: impl IntoIterator<Item = Self::Type>) -> Condition {
        let values = values.into_iter().map(FieldValue::into_value).collect();
        Condition(Predicate::In(self.node(), values))
    }

    /// Null.
    #[expect(
        clippy::wrong_self_convention,
        reason = "expressions are consumed by what is made of them"
    )]
    fn is_null(self) -> Condition {
        Condition(Predicate::IsNull(self.node()))
    }

    /// Has this text in it, whatever the case of ASCII letters. No character of it is special.
    fn contains(self, text: impl Into<String>) -> Condition
    where
        Self: Expression<Type = String>,
    {
        Condition(Predicate::Contains(self.node(), text.into()))
    }

    /// The year in UTC, as text: `2026`.
    fn year(self) -> Expr<String, Self::Nulls>
    where
        Self::Type: Dated,
    {
        Expr::new(Node::Part(Part::Year, Box::new(self.node())))
    }

    /// The month in UTC, as text: `2026-11`.
    fn month(self) -> Expr<String, Self::Nulls>
    where
        Self::Type: Dated,
    {
        Expr::new(Node::Part(Part::Month, Box::new(self.node())))
    }

    /// The day in UTC, as text: `2026-11-24`.
    fn day(self) -> Expr<String, Self::Nulls>
    where
        Self::Type: Dated,
    {
        Expr::new(Node::Part(Part::Day, Box::new(self.node())))
    }

    /// The same, read as an `Option`: what a column of a left join needs.
    fn optional(self) -> Expr<Self::Type, Optional> {
        Expr::new(self.node())
    }

    /// Rows by this, the least first, nulls last.
    fn asc(self) -> Order {
        Order::new(sorted(self), false)
    }

    /// Rows by this, the greatest first, nulls last.
    fn desc(self) -> Order {
        Order::new(sorted(self), true)
    }
}

pub(super) fn plain<E: Expression>(expression: E) -> Item {
    Item::Plain {
        node: expression.node(),
        required: E::Nulls::REQUIRED,
    }
}

/// What only orders is not read, so null is no matter.
fn sorted<E: Expression>(expression: E) -> Item {
    Item::Plain {
        node: expression.node(),
        required: false,
    }
}

fn compare<E: Expression>(
    comparison: Comparison,
    left: E,
    right: impl Operand<E::Type>,
) -> Condition {
    Condition(Predicate::Compare(comparison, left.node(), right.operand()))
}

/// An expression that was worked out.
#[derive(Debug, Clone)]
pub struct Expr<T, N = Required> {
    node: Node,
    types: PhantomData<fn() -> (T, N)>,
}

impl<T, N> Expr<T, N> {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            types: PhantomData,
        }
    }
}

impl<T, N> Sealed for Expr<T, N> {}

impl<T: FieldValue, N: Nulls> Expression for Expr<T, N> {
    type Type = T;
    type Nulls = N;

    fn node(self) -> Node {
        self.node
    }
}

/// A key of the order: see [`Expression::asc`].
#[derive(Debug, Clone)]
pub struct Order(pub(super) Sort);

impl Order {
    pub(super) fn new(by: Item, descending: bool) -> Self {
        Self(Sort { by, descending })
    }
}

/// What an expression that holds a `T` compares with: a `T`, or another expression that holds one.
#[diagnostic::on_unimplemented(
    message = "this column holds `{T}`, which does not compare with `{Self}`",
    label = "neither a `{T}` nor an expression that holds one"
)]
pub trait Operand<T> {
    #[doc(hidden)]
    fn operand(self) -> Node;
}

impl<T: FieldValue> Operand<T> for T {
    fn operand(self) -> Node {
        Node::Value(self.into_value())
    }
}

impl Operand<String> for &str {
    fn operand(self) -> Node {
        Node::Value(Value::Text(self.to_owned()))
    }
}

impl Operand<Decimal> for i64 {
    fn operand(self) -> Node {
        Node::Value(Value::Decimal(self.into()))
    }
}

impl<R, T, N> Operand<T> for Column<R, T, N>
where
    Self: Expression<Type = T>,
{
    fn operand(self) -> Node {
        self.node()
    }
}

impl<R, Target, N> Operand<Uuid> for Reference<R, Target, N>
where
    Self: Expression<Type = Uuid>,
{
    fn operand(self) -> Node {
        self.node()
    }
}

impl<T, N> Operand<T> for Expr<T, N> {
    fn operand(self) -> Node {
        self.node
    }
}

/// Types with a day in them.
pub trait Dated: Sealed {}

impl Sealed for Timestamp {}
impl Dated for Timestamp {}
impl Sealed for Date {}
impl Dated for Date {}

/// Types to add up: `i64` and `Decimal`.
pub trait Number: Sealed + FieldValue {}

impl Sealed for i64 {}
impl Sealed for Decimal {}
impl Number for i64 {}
impl Number for Decimal {}

/// A number that computes with a number of another type.
pub trait Mixes<Other>: Number {
    /// What comes out: a decimal where either is one.
    type Output: Number;
}

impl Mixes<i64> for i64 {
    type Output = i64;
}

impl Mixes<Decimal> for i64 {
    type Output = Decimal;
}

impl Mixes<i64> for Decimal {
    type Output = Decimal;
}

impl Mixes<Decimal> for Decimal {
    type Output = Decimal;
}

/// What can stand to the right of `+`, `-` and `*`: numeric columns and expressions, and values.
pub trait Term: Sealed {
    /// Its number.
    type Number;
    /// Whether it can be null.
    type Nulls: Nulls;

    #[doc(hidden)]
    fn term(self) -> Node;
}

impl Term for i64 {
    type Number = Self;
    type Nulls = Required;

    fn term(self) -> Node {
        Node::Value(Value::Integer(self))
    }
}

impl Term for Decimal {
    type Number = Self;
    type Nulls = Required;

    fn term(self) -> Node {
        Node::Value(Value::Decimal(self))
    }
}

macro_rules! arithmetic {
    ($name:ident<$($parameter:ident),+>) => {
        impl<$($parameter),+> Term for $name<$($parameter),+>
        where
            Self: Expression<Type = T, Nulls = N>,
            N: Nulls,
        {
            type Number = T;
            type Nulls = N;

            fn term(self) -> Node {
                self.node()
            }
        }

        arithmetic!($name<$($parameter),+>, Add, add);
        arithmetic!($name<$($parameter),+>, Sub, sub);
        arithmetic!($name<$($parameter),+>, Mul, mul);
    };
    ($name:ident<$($parameter:ident),+>, $trait:ident, $method:ident) => {
        impl<$($parameter,)+ Other> $trait<Other> for $name<$($parameter),+>
        where
            Self: Expression<Type = T, Nulls = N>,
            N: Nulls,
            Other: Term,
            T: Mixes<Other::Number>,
        {
            type Output = Expr<T::Output, N::And<Other::Nulls>>;

            fn $method(self, other: Other) -> Self::Output {
                let (left, right) = (Box::new(self.node()), Box::new(other.term()));
                Expr::new(Node::Arithmetic(Operator::$trait, left, right))
            }
        }
    };
}

arithmetic!(Column<R, T, N>);
arithmetic!(Expr<T, N>);
