//! Bodies of bulk requests: each record is read as the body of a request for it alone would be, and
//! what is wrong with all of them is reported at once.

use std::collections::HashSet;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::error::{Error, FieldError, MOST_ERRORS, Result};
use crate::http::json_list::JsonItem;
use crate::http::{FromJson, JsonBody, JsonObject};
use crate::store::Resource;
use crate::store::input::{new_from_object, patch_from_object};

/// The largest body, in bytes.
const LIMIT: usize = 8 << 20;

/// Makes records: `{"records": [{ … }, … ]}`, 1 to 1,000.
#[derive(Debug)]
pub struct BulkNew<R: Resource> {
    /// In the order of the request, which is that of the answer too.
    pub records: Vec<R::New>,
}

/// Changes records: `{"records": [{"id": …, "version"?: …, … }, … ]}`, 1 to 1,000.
#[derive(Debug)]
pub struct BulkPatch<R: Resource> {
    /// In the order of the request, which is that of the answer too.
    pub records: Vec<RecordPatch<R>>,
}

/// Changes one record of several.
#[derive(Debug)]
pub struct RecordPatch<R: Resource> {
    /// Which record.
    pub id: Uuid,
    /// The version that is meant; any, without.
    pub version: Option<i64>,
    /// A merge patch.
    pub patch: R::Patch,
}

/// Names records: `{"ids": ["…", … ]}`, 1 to 1,000.
#[derive(Debug)]
pub struct BulkIds {
    /// Each once.
    pub ids: Vec<Uuid>,
}

impl<R: Resource> FromJson for BulkNew<R> {
    const LIMIT: usize = LIMIT;

    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        let records = items(body, "records", |item| {
            new_from_object(body, item.into_object()?)
        })?;
        Ok(Self { records })
    }
}

impl<R: Resource> FromJson for BulkPatch<R> {
    const LIMIT: usize = LIMIT;

    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        let records: Vec<RecordPatch<R>> = items(body, "records", |item| {
            let mut object = item.into_object()?;
            let (id, version) = (take_id(&mut object), take_version(&mut object));
            let patch = patch_from_object(body, object);
            match (id, version, patch) {
                (Ok(id), Ok(version), Ok(patch)) => Ok(RecordPatch { id, version, patch }),
                (id, version, patch) => {
                    let named = [id.err(), version.err()];
                    let mut errors: Vec<_> = named.into_iter().flatten().collect();
                    if let Err(error) = patch {
                        errors.extend(error.into_field_errors()?);
                    }
                    Err(Error::invalid_input(errors))
                }
            }
        })?;
        let twice = twice(records.iter().map(|record| record.id));
        refuse(twice.map(|at| duplicate(format!("records.{at}.id"))))?;
        Ok(Self { records })
    }
}

impl FromJson for BulkIds {
    const LIMIT: usize = LIMIT;

    fn from_json(body: &JsonBody<'_>) -> Result<Self> {
        let ids = items(body, "ids", |item| {
            let id = item
                .into_text()
                .and_then(|text| Uuid::try_parse(&text).ok());
            id.ok_or_else(|| Error::invalid_input(vec![wrong_id("")]))
        })?;
        let twice = twice(ids.iter().copied());
        refuse(twice.map(|at| duplicate(format!("ids.{at}"))))?;
        Ok(Self { ids })
    }
}

/// Reads every item of the list, or says what is wrong with which.
pub(super) fn items<T>(
    body: &JsonBody<'_>,
    key: &'static str,
    read: impl Fn(JsonItem) -> Result<T>,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut errors = Vec::new();
    for (at, item) in body.list(key)?.into_iter().enumerate() {
        match read(item) {
            Ok(item) => items.push(item),
            Err(error) => errors.extend(error.within(&format!("{key}.{at}")).into_field_errors()?),
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    refuse(errors.into_iter())?;
    Ok(items)
}

fn refuse(errors: impl Iterator<Item = FieldError>) -> Result<()> {
    let errors: Vec<_> = errors.take(MOST_ERRORS).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// The places of ids that stood before.
pub(super) fn twice(ids: impl Iterator<Item = Uuid>) -> impl Iterator<Item = usize> {
    let mut seen = HashSet::new();
    ids.enumerate()
        .filter_map(move |(at, id)| (!seen.insert(id)).then_some(at))
}

pub(super) fn duplicate(field: String) -> FieldError {
    FieldError::new(field, "duplicate", "This record is named more than once.")
}

fn take_id(object: &mut JsonObject) -> Result<Uuid, FieldError> {
    match object.take("id") {
        None | Some(Json::Null) => {
            Err(FieldError::new("id", "required", "This field is required."))
        }
        Some(Json::String(text)) => Uuid::try_parse(&text).map_err(|_| wrong_id("id")),
        Some(_) => Err(wrong_id("id")),
    }
}

fn wrong_id(field: &str) -> FieldError {
    FieldError::new(field, "invalid_type", "Send the id of a record.")
}

fn take_version(object: &mut JsonObject) -> Result<Option<i64>, FieldError> {
    match object.take("version") {
        None | Some(Json::Null) => Ok(None),
        Some(version) => version
            .as_i64()
            .map(Some)
            .ok_or_else(|| FieldError::new("version", "invalid_type", "Send a whole number.")),
    }
}
