//! Many records in one request: all or nothing, in its one unit of work, with an audit entry for each.
//!
//! The statements are those for one record, run many times over: PostgreSQL gets them all at once, so
//! a thousand records take a handful of round trips. Locks are taken by id, so that of two requests
//! for the same records one waits for the other, and not each for the other.

mod body;
pub(super) mod create;
pub(super) mod update;

use uuid::Uuid;

pub use self::body::{BulkIds, BulkNew, BulkPatch, RecordPatch};
use super::custom::values;
use super::fields::Fields;
use super::input::Input as _;
use super::record::{Record, RecordReader};
use super::resource::{Resource, belongs};
use super::{Access, FailedAt, StoreError, Value, references, remove, write};
use crate::authz::{Covers, Grant};
use crate::error::{Error, FieldError, Result};
use crate::http::json_list::MOST_ITEMS;
use crate::model::{Kind, ResourceDef};

/// Makes records, and gives them in the same order. They cannot refer to one another.
///
/// # Errors
/// 422 for none, for more than 1,000, and for what [`create`](super::create) does not accept of one,
/// such as `records.3.price`; 409 for a unique clash.
pub async fn bulk_create<R, P>(grant: &Grant<P>, records: Vec<R::New>) -> Result<Vec<R>>
where
    R: Resource,
    P: Covers<R::Create>,
{
    const { belongs::<R, R::Create>(Kind::Create) };
    check_count("records", records.len())?;
    let records = records.into_iter().map(|record| {
        let mut fields = Fields::empty(R::DEF);
        record.into_fields(&mut fields);
        fields
    });
    let access = grant.access::<R::Create>();
    let records = create::create(access, R::DEF, records.collect()).await?;
    read::<R>(access, records)
}

/// Changes records, and gives them in the same order. What a patch leaves as it is keeps its version.
///
/// # Errors
/// 404 when the tenant lacks one of them, 409 for a stale version or a unique clash, 422 for none, for
/// more than 1,000, for one that is named twice, and for what [`update`](super::update) does not
/// accept of one.
pub async fn bulk_update<R, P>(grant: &Grant<P>, changes: Vec<RecordPatch<R>>) -> Result<Vec<R>>
where
    R: Resource,
    P: Covers<R::Update>,
{
    const { belongs::<R, R::Update>(Kind::Update) };
    check_count("records", changes.len())?;
    check_once(changes.iter().map(|change| change.id), |at| {
        format!("{}.id", place(at))
    })?;
    let changes = changes.into_iter().map(|change| {
        let mut fields = Fields::empty(R::DEF);
        change.patch.into_fields(&mut fields);
        (change.id, change.version, fields)
    });
    let changes = changes.collect();
    let access = grant.access::<R::Update>();
    let records = update::update(access, R::DEF, changes).await?;
    read::<R>(access, records)
}

/// Removes records, and does with those that refer to them what their fields say.
///
/// # Errors
/// 404 when the tenant lacks one of them, 409 when a record refers to one of them that may not be
/// changed for it, 422 for none, for more than 1,000 and for one that is named twice.
pub async fn bulk_delete<R, P>(grant: &Grant<P>, mut ids: Vec<Uuid>) -> Result<()>
where
    R: Resource,
    P: Covers<R::Delete>,
{
    const { belongs::<R, R::Delete>(Kind::Delete) };
    check_count("ids", ids.len())?;
    check_once(ids.iter().copied(), |at| format!("ids.{at}"))?;
    ids.sort_unstable();
    remove::delete_each(grant.access::<R::Delete>(), R::DEF, &ids).await
}

fn read<R: Resource>(access: Access<'_>, records: Vec<Record>) -> Result<Vec<R>> {
    let records = records.into_iter();
    records
        .map(|record| R::from_record(&mut RecordReader::new(access, R::DEF, record)))
        .collect()
}

fn check_count(list: &str, count: usize) -> Result<()> {
    match count {
        0 => Err(Error::invalid(list, "empty", "Send one at least.")),
        1..=MOST_ITEMS => Ok(()),
        _ => {
            let message = format!("Send {MOST_ITEMS} at most.");
            Err(Error::invalid(list, "too_many", message))
        }
    }
}

fn check_once(ids: impl Iterator<Item = Uuid>, name: impl Fn(usize) -> String) -> Result<()> {
    let errors = body::twice(ids).map(|at| body::duplicate(name(at)));
    refuse(errors.collect())
}

fn refuse(errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// What a record of the request is called in an error.
fn place(at: usize) -> String {
    format!("records.{at}")
}

/// Refuses references of the records at these places to what the tenant does not have.
async fn check_references(
    access: Access<'_>,
    def: &'static ResourceDef,
    places: &[usize],
    written: &[references::Written<'_>],
) -> Result<()> {
    let missing = references::missing(access.unit(), Some(access), def, written).await?;
    let missing = missing.into_iter();
    let errors = missing.map(|(at, error)| {
        let at = places.get(at).copied().unwrap_or(at);
        FieldError {
            field: format!("{}.{}", place(at), error.field),
            ..error
        }
    });
    refuse(errors.collect())
}

/// Writes values of the tenant's own fields; a refusal names the record that it is about.
async fn write_custom(
    access: Access<'_>,
    def: &'static ResourceDef,
    written: Vec<values::Written<'_>>,
) -> Result<()> {
    let done = values::write(access.unit(), def, written).await;
    done.map_err(|(at, error)| {
        if error.extra().errors.is_empty() {
            error
        } else {
            error.within(&place(at))
        }
    })
}

/// Writes the records at these places; a clash names the one that it came upon.
async fn write_each(
    access: Access<'_>,
    def: &'static ResourceDef,
    sql: &str,
    places: &[usize],
    args: &[Vec<Value>],
) -> Result<()> {
    let written = access.unit().run_each(sql, args).await;
    written.map(drop).map_err(|FailedAt { at, error }| {
        let is_clash = matches!(error, StoreError::Unique(_) | StoreError::ForeignKey(_));
        let error = write::clash(def, error, |field| access.shows(field));
        match places.get(at) {
            Some(at) if is_clash => error.within(&place(*at)),
            _ => error,
        }
    })
}

#[cfg(test)]
mod tests;
