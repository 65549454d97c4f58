//! Columns as generated code names them.

use std::fmt;
use std::marker::PhantomData;

use super::expression::Expression;
use super::node::{At, Node};
use super::sealed::Sealed;
use crate::Uuid;
use crate::store::{FieldValue, Resource};

/// Whether an expression can be null: [`Required`] or [`Optional`].
pub trait Nulls: Sealed + 'static {
    /// How a value is read: `T` or `Option<T>`.
    type Of<T: FieldValue>: FieldValue;
    /// Of an expression made of this one and another.
    type And<M: Nulls>: Nulls;
    #[doc(hidden)]
    const REQUIRED: bool;
}

/// Never null.
#[derive(Debug, Clone, Copy)]
pub enum Required {}

/// Null at times: read as an `Option`.
#[derive(Debug, Clone, Copy)]
pub enum Optional {}

impl Sealed for Required {}
impl Sealed for Optional {}

impl Nulls for Required {
    type Of<T: FieldValue> = T;
    type And<M: Nulls> = M;
    const REQUIRED: bool = true;
}

impl Nulls for Optional {
    type Of<T: FieldValue> = Option<T>;
    type And<M: Nulls> = Self;
    const REQUIRED: bool = false;
}

/// What the compiler knows of a column, and the running program does not.
type Types<R, T, N> = PhantomData<fn() -> (R, T, N)>;

/// A column of `R` that holds a `T`.
///
/// Generated code has one constant for each: `orders::STATUS`. What it says of the column beyond its
/// name is for the compiler; the query goes by the model's own definition.
pub struct Column<R, T, N = Required> {
    name: &'static str,
    table: Option<&'static str>,
    types: Types<R, T, N>,
}

/// A column of `R` that refers to records of `Target`: what joins go along. It is a column of ids too.
pub struct Reference<R, Target, N = Required> {
    pub(super) name: &'static str,
    pub(super) table: Option<&'static str>,
    pub(super) joined: Option<&'static str>,
    types: Types<R, Target, N>,
}

impl<R, T, N> Column<R, T, N> {
    /// The column of this name. One that the resource does not have makes the query fail.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            table: None,
            types: PhantomData,
        }
    }

    /// The column of the table that a join [named](Reference::named) so.
    #[must_use]
    pub const fn of(self, table: &'static str) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }
}

impl<R, Target, N> Reference<R, Target, N> {
    /// The column of this name. One that the resource does not have makes the query fail.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            table: None,
            joined: None,
            types: PhantomData,
        }
    }

    /// The column of the table that a join named so. In a join: the table that is there already.
    #[must_use]
    pub const fn of(self, table: &'static str) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }

    /// In a join: names the table that comes, which a resource that is there already needs. Its
    /// columns are then those [of](Column::of) this name.
    ///
    /// ```ignore
    /// grant.select::<Category>()
    ///     .left_join(&grant, categories::PARENT_ID.named("parent"))
    ///     .fetch((categories::NAME, categories::NAME.of("parent").optional()))
    /// ```
    #[must_use]
    pub const fn named(self, table: &'static str) -> Self {
        Self {
            joined: Some(table),
            ..self
        }
    }
}

impl<R, T, N> Clone for Column<R, T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T, N> Copy for Column<R, T, N> {}

impl<R, Target, N> Clone for Reference<R, Target, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, Target, N> Copy for Reference<R, Target, N> {}

impl<R, T, N> fmt::Debug for Column<R, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({})", self.name)
    }
}

impl<R, Target, N> fmt::Debug for Reference<R, Target, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.name)
    }
}

impl<R, T, N> Sealed for Column<R, T, N> {}
impl<R, Target, N> Sealed for Reference<R, Target, N> {}

impl<R: Resource, T: FieldValue, N: Nulls> Expression for Column<R, T, N> {
    type Type = T;
    type Nulls = N;

    fn node(self) -> Node {
        Node::Column(At {
            def: R::DEF,
            table: self.table,
            column: self.name,
        })
    }
}

impl<R: Resource, Target, N: Nulls> Expression for Reference<R, Target, N> {
    type Type = Uuid;
    type Nulls = N;

    fn node(self) -> Node {
        Node::Column(At {
            def: R::DEF,
            table: self.table,
            column: self.name,
        })
    }
}
