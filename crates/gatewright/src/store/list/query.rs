//! What a list is asked for.

use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use uuid::Uuid;

use super::super::custom::{CustomField, OfResource};
use super::super::{Access, Resource};
use super::column::Column;
use super::filter::{Filter, needle};
use super::order::Order;
use super::selection::Selection;
use super::window::{Window, unknown};
use crate::authz::Holder;
use crate::error::{Error, Result};
use crate::model::{FieldDef, FieldType, ResourceDef};

/// The most filters of a client's query.
const MOST_FILTERS: usize = 20;

/// What a list is asked for: `?filter[status]=active&sort=-price,name&limit=20&cursor=…`.
///
/// As an extractor it refuses what does not exist with 400 `invalid_query`, and a field that the
/// caller does not see does not exist.
///
/// A handler can narrow what the client asked for, or ask for something itself:
///
/// ```
/// # #[path = "../../../../../examples/storefront/src/generated/mod.rs"]
/// # mod generated;
/// # use gatewright::{Grant, List, ListQuery, Result};
/// # use generated::{models::products::Product, permissions::products, store};
/// /// What the client asks for, of the active products alone.
/// async fn on_sale(grant: Grant<products::Read>, query: ListQuery<Product>) -> Result<List<Product>> {
///     store::products::list(&grant, query.with("filter[status]", "active")?).await
/// }
///
/// /// The five products that cost most.
/// async fn dearest(grant: Grant<products::Read>) -> Result<List<Product>> {
///     let query = ListQuery::parse("sort=-price&limit=5")?;
///     store::products::list(&grant, query).await
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone)]
pub struct ListQuery<R> {
    query: Query,
    window: Window,
    resource: PhantomData<fn() -> R>,
}

impl<R: Resource> ListQuery<R> {
    /// Reads a query string, as a client would send it. It may name every field of the resource;
    /// the store refuses those that the caller does not see.
    ///
    /// # Errors
    /// 400 `invalid_query` for what a client could not ask for either.
    pub fn parse(query: &str) -> Result<Self> {
        read(R::DEF, |_| true, query).map(Self::of)
    }

    /// The same query with a parameter more, whatever the client sent. A filter narrows: those that
    /// are there hold too, even one of the same field. `sort`, `q`, `fields`, `limit` and `cursor`
    /// replace what was there.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with(mut self, name: &str, value: &str) -> Result<Self> {
        refuse_nul(name, value)?;
        let known = self.window.take(name, value)? || self.query.take(&|_| true, name, value)?;
        if known {
            self.query.settle();
            Ok(self)
        } else {
            Err(unknown(name))
        }
    }

    fn of((query, window): (Query, Window)) -> Self {
        Self {
            query,
            window,
            resource: PhantomData,
        }
    }

    pub(crate) fn into_parts(self) -> (Query, Window) {
        (self.query, self.window)
    }
}

impl<R: Resource> FromRequestParts<()> for ListQuery<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        let holder = parts.extensions.get::<Holder>();
        let query = parts.uri.query().unwrap_or_default();
        read_for(
            Query::all_of(R::DEF, holder),
            |field| seen_by(holder, field),
            query,
        )
        .map(Self::of)
    }
}

/// Reads the query string of a list.
pub(super) fn read(
    def: &'static ResourceDef,
    sees: impl Fn(&FieldDef) -> bool,
    text: &str,
) -> Result<(Query, Window)> {
    read_for(Query::all(def), sees, text)
}

/// The same as `holder` would send it.
#[cfg(test)]
pub(crate) fn read_as(
    def: &'static ResourceDef,
    holder: &Holder,
    text: &str,
) -> Result<(Query, Window)> {
    let sees = |field: &FieldDef| seen_by(Some(holder), field);
    read_for(Query::all_of(def, Some(holder)), sees, text)
}

/// The same into a query that knows what the tenant has added.
fn read_for(
    mut query: Query,
    sees: impl Fn(&FieldDef) -> bool,
    text: &str,
) -> Result<(Query, Window)> {
    let mut window = Window::default();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        refuse_nul(&name, &value)?;
        if window.has(&name) {
            return Err(unknown(&name));
        }
        if !window.take(&name, &value)? {
            query.take_once(&sees, &name, &value)?;
        }
    }
    query.settle();
    Ok((query, window))
}

/// Whether a field is there for whoever makes a request. A request without a tenant has no holder,
/// and sees no field that needs a permission.
pub(super) fn seen_by(holder: Option<&Holder>, field: &FieldDef) -> bool {
    holder.map_or(field.permission.is_none(), |holder| holder.sees(field))
}

/// PostgreSQL has no form for it, and nothing of ours holds one.
pub(super) fn refuse_nul(name: &str, value: &str) -> Result<()> {
    if value.contains('\0') {
        return Err(Error::invalid_query(
            name,
            "Send text without NUL characters.",
        ));
    }
    Ok(())
}

/// Which records of a resource, in which order, and what of them.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(super) def: &'static ResourceDef,
    /// The tenant's own fields, where a request is read: they can be named too.
    custom: OfResource,
    pub(super) filters: Vec<Filter>,
    /// `None` is by id.
    sort: Option<Order>,
    /// In lower case.
    pub(super) search: Option<String>,
    pub(super) selection: Option<Selection>,
}

impl Query {
    /// All records by id, with all that there is to them.
    pub(super) fn all(def: &'static ResourceDef) -> Self {
        Self {
            def,
            custom: OfResource::default(),
            filters: Vec::new(),
            sort: None,
            search: None,
            selection: None,
        }
    }

    /// The same for whoever makes a request.
    pub(super) fn all_of(def: &'static ResourceDef, holder: Option<&Holder>) -> Self {
        Self {
            custom: holder.map(|holder| holder.custom(def)).unwrap_or_default(),
            ..Self::all(def)
        }
    }

    /// Takes a parameter that a client sent.
    ///
    /// # Errors
    /// 400 for what does not exist, or stands there already.
    pub(super) fn take_once(
        &mut self,
        sees: &impl Fn(&FieldDef) -> bool,
        name: &str,
        value: &str,
    ) -> Result<()> {
        let again = match name {
            "sort" => self.sort.is_some(),
            "q" => self.search.is_some(),
            "fields" => self.selection.is_some(),
            _ => false,
        };
        let filters = self.filters.len();
        if again || !self.take(sees, name, value)? {
            return Err(unknown(name));
        }
        if let (Some(last), true) = (self.filters.last(), self.filters.len() > filters) {
            let same = |filter: &Filter| filter.key() == last.key();
            if self.filters.iter().filter(|filter| same(filter)).count() > 1 {
                return Err(unknown(name));
            }
            if self.filters.len() > MOST_FILTERS {
                let message = format!("Send at most {MOST_FILTERS} filters.");
                return Err(Error::invalid_query(name, message));
            }
        }
        Ok(())
    }

    /// Takes a parameter if it is one of a query's.
    pub(super) fn take(
        &mut self,
        sees: &impl Fn(&FieldDef) -> bool,
        name: &str,
        value: &str,
    ) -> Result<bool> {
        let wrong = |message: String| Error::invalid_query(name, message);
        match name {
            "sort" => {
                self.sort = Some(Order::parse(self.def, &self.custom, sees, value).map_err(wrong)?)
            }
            "fields" => {
                self.selection =
                    Some(Selection::parse(self.def, &self.custom, sees, value).map_err(wrong)?);
            }
            "q" if !searched(self.def, sees).is_empty() => {
                self.search = Some(needle(value).map_err(wrong)?);
            }
            name => {
                let Some((column, op)) = filtered(self.def, &self.custom, sees, name) else {
                    return Ok(false);
                };
                let filter = Filter::parse(column, op, value).map_err(wrong)?;
                self.filters.push(filter);
            }
        }
        Ok(true)
    }

    /// Brings the filters into one order, whatever that of the parameters: one query, one statement.
    pub(super) fn settle(&mut self) {
        self.filters.sort_by_key(Filter::key);
    }

    /// Checks again that the caller sees every field it names: a handler may have written it.
    ///
    /// # Errors
    /// 400, as for a field that does not exist.
    pub(super) fn check(&self, access: Access<'_>) -> Result<()> {
        let custom = access.custom(self.def);
        let sees = |column: &Column| match column.of_tenant() {
            Some(field) => custom.iter().any(|known| known.id == field.id),
            None => column.field().is_none_or(|field| access.sees(field)),
        };
        if let Some(hidden) = self.filters.iter().find(|filter| !sees(&filter.column)) {
            let name = hidden.column.name();
            return Err(unknown(&format!("filter[{name}]")));
        }
        if let Some(order) = &self.sort
            && !order.keys().iter().all(|key| sees(&key.column))
        {
            return Err(Error::invalid_query("sort", UNKNOWN_FIELD));
        }
        if let Some(selection) = &self.selection
            && !selection.columns().iter().all(sees)
        {
            return Err(Error::invalid_query("fields", UNKNOWN_FIELD));
        }
        if self.search.is_some() && searched(self.def, |field| access.shows(field)).is_empty() {
            return Err(unknown("q"));
        }
        Ok(())
    }

    /// What the answer shows; `None` for everything.
    pub(crate) fn into_selection(self) -> Option<Selection> {
        self.selection
    }

    pub(super) fn order(&self) -> std::borrow::Cow<'_, Order> {
        match &self.sort {
            Some(order) => std::borrow::Cow::Borrowed(order),
            None => std::borrow::Cow::Owned(Order::by_id()),
        }
    }

    /// Whether it asks for all records by id.
    pub(super) fn is_plain(&self) -> bool {
        self.filters.is_empty()
            && self.search.is_none()
            && self.sort.as_ref().is_none_or(Order::is_by_id)
    }

    /// The text that a cursor of this query is sealed for. Values are quoted, so that no two
    /// queries have one text.
    pub(super) fn identity(&self, own: Option<Uuid>) -> String {
        let mut identity = format!("{}\nown {own:?}", self.def.name);
        // Writing to a String cannot fail.
        for filter in &self.filters {
            let name = filter.column.name();
            let _ = write!(identity, "\n{name} {:?} {:?}", filter.op, filter.values);
        }
        if let Some(needle) = &self.search {
            let _ = write!(identity, "\nq {needle:?}");
        }
        for key in self.order().keys() {
            // The type is in it too: after a change of the schema, a value could be of another.
            let (name, ty) = (key.column.name(), key.column.ty());
            let _ = write!(identity, "\nby {name} {ty:?} {}", key.descending);
            // A tenant may remove a field and add another of its name.
            if let Some(field) = key.column.of_tenant() {
                let _ = write!(identity, " {}", field.id);
            }
        }
        identity
    }
}

/// What is said of a field that does not exist, in `sort` and `fields`.
pub(super) const UNKNOWN_FIELD: &str = "It names a field that does not exist.";

/// The column and the operator in `filter[price][gte]`.
fn filtered<'a>(
    def: &'static ResourceDef,
    custom: &[Arc<CustomField>],
    sees: impl Fn(&FieldDef) -> bool,
    name: &'a str,
) -> Option<(Column, &'a str)> {
    let inner = name.strip_prefix("filter[")?.strip_suffix(']')?;
    let (field, op) = inner.split_once("][").unwrap_or((inner, "eq"));
    Some((Column::named(def, custom, sees, field)?, op))
}

/// The columns that `q` looks into.
pub(super) fn searched(def: &'static ResourceDef, sees: impl Fn(&FieldDef) -> bool) -> Vec<Column> {
    let mut columns = Column::all(def);
    let looks_into = |field: &FieldDef| field.search && sees(field) && is_text(field);
    columns.retain(|column| column.field().is_some_and(looks_into));
    columns
}

fn is_text(field: &FieldDef) -> bool {
    matches!(
        field.ty,
        FieldType::String { .. }
            | FieldType::Text { .. }
            | FieldType::Email
            | FieldType::Url
            | FieldType::Enum { .. }
    )
}
