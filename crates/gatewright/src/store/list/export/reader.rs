//! Reads an export page by page.
//!
//! The first page is read in the grant's unit of work, so a grant that has ended begins nothing. The
//! rest is read by what was decided then: the tenant, whose records, which columns. The type is this
//! module's own; an application gets an [`Export`] and can only answer with it.

use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::super::super::custom::{CustomField, OfResource, values};
use super::super::super::record::Record;
use super::super::super::{Access, Mode, Scope, Value};
use super::super::column::Column;
use super::super::page::{Reach, records, statement};
use super::super::query::Query;
use super::turns::Turn;
use super::{Export, Format};
use crate::error::{Error, Result};
use crate::model::{FieldType, ResourceDef};
use crate::runtime::Runtime;

/// The most records of a page.
const MOST_RECORDS: u32 = 1_000;
/// What a page may come to, if every record is as long as its fields allow, in bytes.
const PAGE: u32 = 4 << 20;

/// An export under way.
pub(super) struct Reader {
    runtime: Arc<Runtime>,
    request_id: Uuid,
    query: Query,
    reach: Reach,
    /// What is shown of a record.
    columns: Vec<Column>,
    /// The fields that the tenant has added.
    custom: OfResource,
    format: Format,
    /// Where the last page ended.
    position: Vec<Value>,
    /// Records of a page.
    rows: u32,
    /// What lets it run, until the body is at its end or dropped.
    turn: Turn,
}

/// Begins an export with its first page.
///
/// # Errors
/// 400 for a field that the caller does not see, 503 where too many exports run, or whatever the
/// database says.
pub(in super::super::super) async fn start(
    access: Access<'_>,
    (query, format): (Query, Format),
) -> Result<Export> {
    query.check(access)?;
    let def = query.def;
    let unit = access.unit();
    let columns = match &query.selection {
        Some(selection) => selection.columns().to_vec(),
        None => {
            let mut all = Column::all(def);
            all.retain(|column| column.field().is_none_or(|field| access.shows(field)));
            all.extend(Column::custom(access.custom(def)));
            all
        }
    };
    let reach = Reach::of(access, &query);
    let mut reader = Reader {
        turn: unit.runtime().exports.begin(reach.tenant)?,
        runtime: Arc::clone(unit.runtime()),
        request_id: unit.caller().request_id.unwrap_or_default(),
        reach,
        rows: page_size(def, access.custom(def)),
        position: Vec::new(),
        custom: access.custom(def).into(),
        query,
        columns,
        format,
    };
    let (sql, args) = reader.statement()?;
    let rows = unit.run(&sql, &args).await?;
    let mut records = records(def, rows)?;
    values::attach(access, def, &mut records).await?;
    let (page, more) = reader.take(records)?;
    let mut first = format.head(&reader.columns)?;
    first.extend(page);
    Ok(Export {
        resource: def.name,
        format,
        first: Bytes::from(first),
        rest: more.then_some(reader),
    })
}

impl Reader {
    pub(super) fn request_id(&self) -> Uuid {
        self.request_id
    }

    /// The next page, and whether there may be another.
    pub(super) async fn next(&mut self) -> Result<(Bytes, bool)> {
        self.turn.go_on()?;
        let scope = Scope::Tenant(self.reach.tenant);
        let mut transaction = self.runtime.database.begin(scope, Mode::Read).await?;
        let (sql, args) = self.statement()?;
        let rows = transaction.run(&sql, &args).await?;
        let mut records = records(self.query.def, rows)?;
        if !self.custom.is_empty() && !records.is_empty() {
            let (sql, args) = values::select(self.query.def, self.reach.tenant, &records);
            let rows = transaction.run(&sql, &args).await?;
            values::fill(&self.custom, &mut records, rows)?;
        }
        // The connection goes back before the client is waited for.
        transaction.commit().await?;
        let (page, more) = self.take(records)?;
        Ok((Bytes::from(page), more))
    }

    fn statement(&self) -> Result<(String, Vec<Value>)> {
        let statements = &self.runtime.statements;
        let prepared = statements.of(self.query.def);
        let prepared = prepared.ok_or_else(|| {
            Error::internal("a resource whose definition is not that of the schema")
        })?;
        let after = (!self.position.is_empty()).then_some(self.position.as_slice());
        let dialect = statements.dialect();
        let (sql, args) = statement(
            dialect,
            prepared,
            &self.reach,
            &self.query,
            after,
            self.rows,
        )?;
        Ok((sql.into_owned(), args))
    }

    /// Remembers where a page ends, and writes it.
    fn take(&mut self, records: Vec<Record>) -> Result<(Vec<u8>, bool)> {
        if let Some(last) = records.last() {
            self.position = self.query.order().position(last);
        }
        let more = records.len() == self.rows as usize;
        Ok((self.format.encode(&self.columns, &records)?, more))
    }
}

/// Records of a page: fewer where they can be long, so that a page stays small. A character has up to
/// four bytes.
fn page_size(def: &ResourceDef, custom: &[Arc<CustomField>]) -> u32 {
    let custom = custom.iter().map(|field| field.def());
    let widths = def.fields.iter().chain(custom).map(|field| match field.ty {
        FieldType::String { max, .. } | FieldType::Text { max, .. } => max.saturating_mul(4),
        FieldType::Json { max } => max,
        FieldType::Url => 2_048,
        FieldType::Email => 254,
        // What one of them says is the schema's own.
        _ => 64,
    });
    let widest = widths.fold(256, u32::saturating_add);
    (PAGE / widest).clamp(1, MOST_RECORDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FieldDef;

    #[test]
    fn pages_are_shorter_where_records_can_be_long() {
        const fn text(max: u32) -> FieldDef {
            FieldDef {
                ty: FieldType::Text { min: 0, max },
                ..FieldDef::DEFAULT
            }
        }
        static SHORT: ResourceDef = ResourceDef {
            fields: &[text(200)],
            ..ResourceDef::DEFAULT
        };
        static LONG: ResourceDef = ResourceDef {
            fields: &[text(10_000), text(200)],
            ..ResourceDef::DEFAULT
        };
        static ENDLESS: ResourceDef = ResourceDef {
            fields: &[text(u32::MAX), text(u32::MAX)],
            ..ResourceDef::DEFAULT
        };
        assert_eq!(
            [&SHORT, &LONG, &ENDLESS].map(|def| page_size(def, &[])),
            [1_000, 102, 1]
        );
    }
}
