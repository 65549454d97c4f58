//! Conditions on rows.

use std::ops::Not;

use super::node::Predicate;

/// What a row must satisfy. It is true or false, never unknown: a comparison with null is false, and
/// its opposite, `!condition`, is true.
#[derive(Debug, Clone)]
#[must_use = "a condition does nothing until a query is filtered by it"]
pub struct Condition(pub(super) Predicate);

impl Condition {
    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self(Predicate::Both(Box::new(self.0), Box::new(other.0)))
    }

    /// Either, or both.
    pub fn or(self, other: Self) -> Self {
        Self(Predicate::Either(Box::new(self.0), Box::new(other.0)))
    }
}

impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self(Predicate::Not(Box::new(self.0)))
    }
}
