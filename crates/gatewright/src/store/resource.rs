//! Data access for resources: what generated store functions wrap.
//!
//! Each function takes the grant that allows it and works in the grant's tenant. None takes a
//! tenant's id: there is no way to name another one.

use serde::Serialize;
use uuid::Uuid;

use super::fields::Fields;
use super::input::{self, Input};
use super::list::{self, Export, ExportQuery, List, ListQuery};
use super::record::RecordReader;
use super::{remove, write};
use crate::authz::{Covers, Grant, Permission, names, same};
use crate::error::{Error, Result};
use crate::http::IfMatch;
use crate::model::{Kind, ResourceDef};

/// A record type with everything that belongs to it. Generated code implements it.
pub trait Resource: Serialize + Sized + Send + 'static {
    /// Its table and fields.
    const DEF: &'static ResourceDef;
    /// `…:read`
    type Read: Permission;
    /// `…:create`
    type Create: Permission;
    /// `…:update`
    type Update: Permission;
    /// `…:delete`
    type Delete: Permission;
    /// What makes a record.
    type New: Input;
    /// What changes a record.
    type Patch: Input;

    /// The record's id.
    fn id(&self) -> Uuid;

    /// The record's version: 1 at first, one more with each change.
    fn version(&self) -> i64;

    /// Reads the record's parts.
    ///
    /// # Errors
    /// When a column holds what its field cannot.
    fn from_record(record: &mut RecordReader) -> Result<Self>;
}

/// The page of records that `query` asks for; by id, and so by age, unless it says otherwise.
///
/// # Errors
/// 400 `invalid_query` for a cursor of another tenant, another query or another server's making,
/// and for a field that the caller does not see.
pub async fn list<R, P>(grant: &Grant<P>, query: ListQuery<R>) -> Result<List<R>>
where
    R: Resource,
    P: Covers<R::Read>,
{
    const { belongs::<R, R::Read>(Kind::Read) };
    let (query, window) = query.into_parts();
    let access = grant.access::<R::Read>();
    let (records, next_cursor) = list::page(access, &query, &window).await?;
    let data = records
        .into_iter()
        .map(|record| R::from_record(&mut RecordReader::new(access, R::DEF, record)));
    let data = data.collect::<Result<_>>()?;
    Ok(List::selected(data, next_cursor, query.into_selection()))
}

/// All records that `query` asks for, as a file that is read while it is sent.
///
/// # Errors
/// 400 `invalid_query` for a field that the caller does not see.
pub async fn export<R, P>(grant: &Grant<P>, query: ExportQuery<R>) -> Result<Export>
where
    R: Resource,
    P: Covers<R::Read>,
{
    const { belongs::<R, R::Read>(Kind::Read) };
    list::start_export(grant.access::<R::Read>(), query.into_parts()).await
}

/// One record.
///
/// # Errors
/// 404 when the tenant has no record of this id.
pub async fn read<R, P>(grant: &Grant<P>, id: Uuid) -> Result<R>
where
    R: Resource,
    P: Covers<R::Read>,
{
    const { belongs::<R, R::Read>(Kind::Read) };
    let access = grant.access::<R::Read>();
    let record = write::find(access, R::DEF, id)
        .await?
        .ok_or_else(Error::not_found)?;
    R::from_record(&mut RecordReader::new(access, R::DEF, record))
}

/// Makes a record.
///
/// # Errors
/// 422 for values that the fields do not accept or references to nothing, 409 for a unique clash.
pub async fn create<R, P>(grant: &Grant<P>, input: R::New) -> Result<R>
where
    R: Resource,
    P: Covers<R::Create>,
{
    const { belongs::<R, R::Create>(Kind::Create) };
    let mut fields = Fields::empty(R::DEF);
    input.into_fields(&mut fields);
    let access = grant.access::<R::Create>();
    let bag = fields.take_custom_fields();
    let values = input::complete(R::DEF, fields)?;
    let record = write::create_with(access, R::DEF, values, &bag).await?;
    R::from_record(&mut RecordReader::new(access, R::DEF, record))
}

/// Changes a record. A patch that changes nothing leaves the version alone.
///
/// # Errors
/// 404 as [`read`], 412 when the record has another version than `version` names, the rest as
/// [`create`].
pub async fn update<R, P>(
    grant: &Grant<P>,
    id: Uuid,
    version: IfMatch,
    patch: R::Patch,
) -> Result<R>
where
    R: Resource,
    P: Covers<R::Update>,
{
    const { belongs::<R, R::Update>(Kind::Update) };
    let mut fields = Fields::empty(R::DEF);
    patch.into_fields(&mut fields);
    let access = grant.access::<R::Update>();
    let record = write::update(access, R::DEF, id, &version, fields).await?;
    R::from_record(&mut RecordReader::new(access, R::DEF, record))
}

/// Removes a record, and does with those that refer to it what their fields say.
///
/// # Errors
/// 404 as [`read`], 412 as [`update`], 409 when a record refers to it that may not be changed for it.
pub async fn delete<R, P>(grant: &Grant<P>, id: Uuid, version: IfMatch) -> Result<()>
where
    R: Resource,
    P: Covers<R::Delete>,
{
    const { belongs::<R, R::Delete>(Kind::Delete) };
    remove::delete(grant.access::<R::Delete>(), R::DEF, id, &version).await
}

/// Stops the compilation when a resource's permission is not its own, of that kind: a resource
/// that an application writes itself cannot open a table by the permission of another.
pub(super) const fn belongs<R: Resource, P: Permission>(kind: Kind) {
    assert!(
        same(R::DEF.name, P::RESOURCE),
        "this permission is not of this resource"
    );
    assert!(
        P::KIND as u8 == kind as u8,
        "this permission is of another kind"
    );
    // What a grant covers goes by slugs, so the slug must say the same as the rest.
    assert!(
        names(P::SLUG, R::DEF.name, kind.word()),
        "the slug of this permission is not of this resource and kind"
    );
}
