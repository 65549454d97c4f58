//! A query as plain data: what is left of it once its types are checked.

use crate::model::ResourceDef;
use crate::store::Value;

/// A column of a table in the query.
#[derive(Debug, Clone, Copy)]
pub struct At {
    pub(super) def: &'static ResourceDef,
    /// The name that a join gave the table, where it did.
    pub(super) table: Option<&'static str>,
    /// As the definition spells it, if it has it at all: rendering looks it up.
    pub(super) column: &'static str,
}

impl PartialEq for At {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.def, other.def)
            && self.table == other.table
            && self.column == other.column
    }
}

/// An expression over one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Column(At),
    Value(Value),
    Part(Part, Box<Node>),
    Arithmetic(Operator, Box<Node>, Box<Node>),
}

/// How much of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Year,
    Month,
    Day,
}

/// What joins two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mul,
}

/// What compares two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// What a row must satisfy.
#[derive(Debug, Clone)]
pub enum Predicate {
    Compare(Comparison, Node, Node),
    In(Node, Vec<Value>),
    IsNull(Node),
    Contains(Node, String),
    Both(Box<Predicate>, Box<Predicate>),
    Either(Box<Predicate>, Box<Predicate>),
    Not(Box<Predicate>),
}

/// What is worked out over many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Sum,
    Min,
    Max,
    CountDistinct,
}

/// One thing that an answer's rows hold, or that they are ordered by.
#[derive(Debug, Clone)]
pub enum Item {
    /// An expression; `required` where its reader takes no null.
    Plain {
        node: Node,
        required: bool,
    },
    Count,
    Over(Function, Node),
    Average(Node),
}

/// A key of the order.
#[derive(Debug, Clone)]
pub struct Sort {
    pub(super) by: Item,
    pub(super) descending: bool,
}
