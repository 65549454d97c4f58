//! A page: its statement, and its run.

use std::borrow::Cow;
use std::fmt::Write as _;

use uuid::Uuid;

use super::super::custom::values;
use super::super::record::Record;
use super::super::statements::ResourceStatements;
use super::super::write::statements;
use super::super::{Access, Dialect, Row, Value, scope};
use super::column::Column;
use super::predicate::{self, Args};
use super::query::{Query, searched};
use super::window::{Window, foreign_cursor};
use crate::error::{Error, Result};
use crate::model::ResourceDef;

/// What decides on the records of a list, besides the query: all of it comes from a grant.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) tenant: Uuid,
    /// The user whose own records are meant; `None` for all of the tenant's.
    pub(super) own: Option<Uuid>,
    /// The columns that a search looks into.
    pub(super) searched: Vec<Column>,
}

impl Reach {
    pub(super) fn of(access: Access<'_>, query: &Query) -> Self {
        let searched = match query.search {
            Some(_) => searched(query.def, |field| access.shows(field)),
            None => Vec::new(),
        };
        Self {
            tenant: access.unit().caller().tenant_id,
            own: access.own(),
            searched,
        }
    }
}

/// The records of a page, and the cursor of the next one.
pub(in super::super) async fn page(
    access: Access<'_>,
    query: &Query,
    window: &Window,
) -> Result<(Vec<Record>, Option<String>)> {
    query.check(access)?;
    let unit = access.unit();
    let runtime = unit.runtime();
    let reach = Reach::of(access, query);
    let after = match &window.cursor {
        None => None,
        Some(cursor) => {
            let identity = query.identity(reach.own);
            let position = runtime.cursors.open(reach.tenant, &identity, cursor);
            Some(position.ok_or_else(foreign_cursor)?)
        }
    };

    // One more than the page tells whether there is a next one.
    let limit = window.limit();
    let prepared = statements(unit, query.def)?;
    let dialect = runtime.statements.dialect();
    let (sql, args) = statement(
        dialect,
        prepared,
        &reach,
        query,
        after.as_deref(),
        limit + 1,
    )?;
    let rows = unit.run(&sql, &args).await?;
    let mut records = records(query.def, rows)?;
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    values::attach(access, query.def, &mut records).await?;
    let next = match records.last().filter(|_| more) {
        None => None,
        Some(last) => {
            let position = query.order().position(last);
            let identity = query.identity(reach.own);
            Some(runtime.cursors.seal(reach.tenant, &identity, &position)?)
        }
    };
    Ok((records, next))
}

pub(super) fn records(def: &'static ResourceDef, rows: Vec<Row>) -> Result<Vec<Record>> {
    rows.into_iter()
        .map(|row| Record::from_row(def, row))
        .collect::<Result<_, _>>()
        .map_err(Error::internal)
}

/// The statement of at most `rows` records after a position.
pub(super) fn statement<'a>(
    dialect: Dialect,
    prepared: &'a ResourceStatements,
    reach: &Reach,
    query: &Query,
    after: Option<&[Value]>,
    rows: u32,
) -> Result<(Cow<'a, str>, Vec<Value>)> {
    let table = query.def.name;
    let tenant = Value::Uuid(reach.tenant);
    let rows = Value::Integer(rows.into());
    if query.is_plain() && reach.own.is_none() {
        return match after {
            None => Ok((Cow::Borrowed(&prepared.list), vec![tenant, rows])),
            Some([id]) => Ok((
                Cow::Borrowed(&prepared.list_after),
                vec![tenant, id.clone(), rows],
            )),
            Some(_) => Err(foreign_cursor()),
        };
    }

    let mut args = Args::new(dialect, tenant);
    let mut sql = format!(
        r#"SELECT {} FROM "{table}" WHERE {}"#,
        prepared.columns,
        scope::tenant(table)
    );
    let order = query.order();
    // Writing to a String cannot fail.
    if let Some(user) = reach.own {
        let place = args.add(&Value::Uuid(user));
        let _ = write!(sql, " AND {}", scope::owner(table, place));
    }
    for filter in &query.filters {
        let _ = write!(sql, " AND {}", predicate::filter(filter, table, &mut args));
    }
    if let Some(needle) = &query.search {
        let _ = write!(
            sql,
            " AND {}",
            predicate::search(&reach.searched, needle, table, &mut args)
        );
    }
    if let Some(position) = after {
        let after = order.after(position, table, &mut args);
        let _ = write!(sql, " AND {}", after.ok_or_else(foreign_cursor)?);
    }
    let order = order.sql(table, &mut args);
    let _ = write!(sql, "{order} LIMIT ${}", args.add(&rows));
    Ok((Cow::Owned(sql), args.into_values()))
}
