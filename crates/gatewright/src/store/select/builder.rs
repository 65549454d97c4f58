//! The query as a handler writes it.

use std::fmt;
use std::marker::PhantomData;

use super::aggregate::count;
use super::column::Reference;
use super::expression::{Expression, Order};
use super::node::{At, Node, Predicate, Sort};
use super::predicate::Condition;
use super::run;
use super::selection::Selection;
use crate::authz::{Covers, Grant, Permission};
use crate::error::{Error, Result};
use crate::model::{Kind, ResourceDef};
use crate::store::Access;
use crate::store::resource::{Resource, belongs};

/// Rows of an answer unless the query says otherwise.
const DEFAULT_LIMIT: u32 = 1_000;

/// A query of one tenant's records: see [`Grant::select`].
#[must_use = "a query does nothing until it is fetched"]
pub struct Select<'g, R> {
    plan: Plan<'g>,
    root: PhantomData<fn() -> R>,
}

/// A query without its types.
#[derive(Debug, Clone)]
pub(super) struct Plan<'g> {
    /// The root first.
    pub(super) tables: Vec<Table<'g>>,
    pub(super) filters: Vec<Predicate>,
    pub(super) groups: Vec<Node>,
    pub(super) order: Vec<Sort>,
    pub(super) limit: u32,
}

/// A table of a query, and how far its grant reaches into it.
#[derive(Debug, Clone)]
pub(super) struct Table<'g> {
    pub(super) def: &'static ResourceDef,
    pub(super) name: Option<&'static str>,
    pub(super) access: Access<'g>,
    pub(super) join: Option<Join>,
}

/// How a table comes in.
#[derive(Debug, Clone)]
pub(super) struct Join {
    /// Rows without a match stay.
    pub(super) left: bool,
    /// The reference, on whichever side it lies.
    pub(super) on: At,
    /// The table that is there already.
    pub(super) to: (&'static ResourceDef, Option<&'static str>),
    /// Whether the reference lies in the table that comes.
    pub(super) many: bool,
}

impl<'g> Plan<'g> {
    fn join(
        &mut self,
        def: &'static ResourceDef,
        name: Option<&'static str>,
        access: Access<'g>,
        join: Join,
    ) {
        self.tables.push(Table {
            def,
            name,
            access,
            join: Some(join),
        });
    }
}

impl<P: Permission> Grant<P> {
    /// A query of your own over the records of `R` and what they are joined with: filters, joins
    /// along references, groups, aggregates, an order.
    ///
    /// Each table needs a grant that covers its `read`, of this same request. It is kept to the
    /// grant's tenant, and to the caller's own records where the grant is narrowed to those. A
    /// column that the caller's permissions hide is refused wherever it stands in the query.
    ///
    /// ```ignore
    /// let revenue = grant
    ///     .select::<Order>()
    ///     .join_many(&lines, order_lines::ORDER_ID)
    ///     .filter(orders::STATUS.eq(OrderStatus::Paid))
    ///     .group_by(orders::PLACED_AT.month())
    ///     .fetch((orders::PLACED_AT.month(), sum(order_lines::QUANTITY * order_lines::UNIT_PRICE)))
    ///     .await?;
    /// ```
    pub fn select<R>(&self) -> Select<'_, R>
    where
        R: Resource,
        P: Covers<R::Read>,
    {
        const { belongs::<R, R::Read>(Kind::Read) };
        Select::new(self.access::<R::Read>())
    }
}

impl<'g, R: Resource> Select<'g, R> {
    pub(super) fn new(access: Access<'g>) -> Self {
        let root = Table {
            def: R::DEF,
            name: None,
            access,
            join: None,
        };
        Self {
            plan: Plan {
                tables: vec![root],
                filters: Vec::new(),
                groups: Vec::new(),
                order: Vec::new(),
                limit: DEFAULT_LIMIT,
            },
            root: PhantomData,
        }
    }

    #[cfg(test)]
    pub(super) fn plan(&self) -> &Plan<'g> {
        &self.plan
    }

    /// Joins the record that a reference of a table in the query names. Rows whose reference is
    /// null, or names a record that the grant does not reach, go.
    pub fn join<A, B, N, Q>(self, grant: &'g Grant<Q>, reference: Reference<A, B, N>) -> Self
    where
        A: Resource,
        B: Resource,
        Q: Covers<B::Read>,
    {
        const { belongs::<B, B::Read>(Kind::Read) };
        self.follow(grant.access::<B::Read>(), reference, false)
    }

    /// The same, but every row stays: the columns that find nothing are null, so read them as
    /// [optional](Expression::optional).
    pub fn left_join<A, B, N, Q>(self, grant: &'g Grant<Q>, reference: Reference<A, B, N>) -> Self
    where
        A: Resource,
        B: Resource,
        Q: Covers<B::Read>,
    {
        const { belongs::<B, B::Read>(Kind::Read) };
        self.follow(grant.access::<B::Read>(), reference, true)
    }

    /// Joins all records whose reference names a record of a table in the query. A row comes once
    /// with each of them, and not at all without any; sums over the table that was there count it
    /// as many times.
    pub fn join_many<A, B, N, Q>(self, grant: &'g Grant<Q>, reference: Reference<A, B, N>) -> Self
    where
        A: Resource,
        B: Resource,
        Q: Covers<A::Read>,
    {
        const { belongs::<A, A::Read>(Kind::Read) };
        self.collect(grant.access::<A::Read>(), reference, false)
    }

    /// The same, but a row without any stays, once, with null in their columns: read them as
    /// [optional](Expression::optional).
    pub fn left_join_many<A, B, N, Q>(
        self,
        grant: &'g Grant<Q>,
        reference: Reference<A, B, N>,
    ) -> Self
    where
        A: Resource,
        B: Resource,
        Q: Covers<A::Read>,
    {
        const { belongs::<A, A::Read>(Kind::Read) };
        self.collect(grant.access::<A::Read>(), reference, true)
    }

    pub(super) fn follow<A: Resource, B: Resource, N>(
        mut self,
        access: Access<'g>,
        reference: Reference<A, B, N>,
        left: bool,
    ) -> Self {
        let join = Join {
            left,
            on: At {
                def: A::DEF,
                table: reference.table,
                column: reference.name,
            },
            to: (A::DEF, reference.table),
            many: false,
        };
        self.plan.join(B::DEF, reference.joined, access, join);
        self
    }

    pub(super) fn collect<A: Resource, B: Resource, N>(
        mut self,
        access: Access<'g>,
        reference: Reference<A, B, N>,
        left: bool,
    ) -> Self {
        let join = Join {
            left,
            on: At {
                def: A::DEF,
                table: reference.joined,
                column: reference.name,
            },
            to: (B::DEF, reference.table),
            many: true,
        };
        self.plan.join(A::DEF, reference.joined, access, join);
        self
    }

    /// Keeps the rows that satisfy a condition; several filters must all be satisfied.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.plan.filters.push(condition.0);
        self
    }

    /// Makes one row of all rows that are alike in this; call it again to group more finely. What
    /// is read besides must be an aggregate.
    pub fn group_by(mut self, expression: impl Expression) -> Self {
        self.plan.groups.push(expression.node());
        self
    }

    /// Orders the rows; call it again for what decides between those that tie. At last the records'
    /// ids decide, or the groups. So an answer has one order, but say the one you mean: rows without
    /// one come by their ids, groups in the order of `group_by`.
    pub fn order_by(mut self, order: Order) -> Self {
        self.plan.order.push(order.0);
        self
    }

    /// At most so many rows: 1,000 unless said, and never more than 10,000.
    pub fn limit(mut self, rows: u32) -> Self {
        self.plan.limit = rows;
        self
    }

    /// The rows, each as the selection reads it.
    ///
    /// # Errors
    /// 403 `permission_denied` for a column that the caller's permissions hide. 400 `invalid_query`
    /// for text with a NUL character. Else a defect of the query, with its cause in the log: a
    /// column of a table that is not in it, a column that is neither grouped nor aggregated beside
    /// aggregates, grants of two requests, a number that is too large.
    pub async fn fetch<S: Selection>(self, selection: S) -> Result<Vec<S::Row>> {
        let mut items = Vec::new();
        selection.items(&mut items);
        let rows = run::run(self.plan, items).await?;
        rows.into_iter()
            .map(|row| S::read(&mut row.into_iter()))
            .collect()
    }

    /// The first row.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn first<S: Selection>(self, selection: S) -> Result<Option<S::Row>> {
        let rows = self.limit(1).fetch(selection).await?;
        Ok(rows.into_iter().next())
    }

    /// How many rows there are. Not for groups: read [`count`] beside them.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn count(mut self) -> Result<i64> {
        if !self.plan.groups.is_empty() {
            return Err(Error::internal("a query with groups is not counted"));
        }
        self.plan.order.clear();
        let rows = self.first(count()).await?;
        rows.ok_or_else(|| Error::internal("a count without a row"))
    }
}

impl<R: Resource> fmt::Debug for Select<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables: Vec<&str> = self.plan.tables.iter().map(|it| it.def.name).collect();
        write!(f, "Select({})", tables.join(", "))
    }
}
