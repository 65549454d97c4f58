//! Inputs: from a body to checked fields.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value as Json;

use super::custom::{BAG, CustomField, CustomFields, values};
use super::fields::Fields;
use super::value::Value;
use super::{Access, Patterns, check};
use crate::error::{Error, FieldError, Result};
use crate::http::{JsonBody, JsonObject};
use crate::model::{FieldDef, ResourceDef};

/// What makes or changes a record. Generated code implements it.
pub trait Input: Debug + Sized + Send {
    /// The resource it is for.
    const RESOURCE: &'static ResourceDef;

    /// Takes its parts from checked fields.
    ///
    /// # Errors
    /// When a value is of another type: a defect.
    fn from_fields(fields: &mut Fields) -> Result<Self>;

    /// Gives its parts back.
    fn into_fields(self, fields: &mut Fields);
}

/// Reads what makes a record from a body: defaults filled in, every mistake reported at once. A
/// field that the sender does not see is none.
///
/// # Errors
/// 400 for what is no JSON object, 422 with each field that is wrong.
pub fn new_from_json<T: Input>(body: &JsonBody<'_>) -> Result<T> {
    new_from_object(body, body.object()?)
}

/// Reads what makes a record from an object of a body.
///
/// # Errors
/// 422 with each field that is wrong.
pub(super) fn new_from_object<T: Input>(body: &JsonBody<'_>, object: JsonObject) -> Result<T> {
    let mut fields = Fields::empty(T::RESOURCE);
    let mut errors = read_members(T::RESOURCE, body, object, &mut fields);
    let named: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
    let custom = values::complete(&body.custom(T::RESOURCE), fields.custom());
    let bag = fields.take_custom_fields();
    let (mut complete, mut missing) = fill(T::RESOURCE, fields);
    complete.put_custom_fields(bag);
    missing.extend(custom.err().unwrap_or_default());
    errors.extend(
        missing
            .into_iter()
            .filter(|error| !named.contains(&error.field)),
    );
    if errors.is_empty() {
        T::from_fields(&mut complete)
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// Reads a merge patch (RFC 7396) from a body.
///
/// # Errors
/// As [`new_from_json`].
pub fn patch_from_json<T: Input>(body: &JsonBody<'_>) -> Result<T> {
    patch_from_object(body, body.object()?)
}

/// Reads a merge patch from an object of a body.
///
/// # Errors
/// 422 with each field that is wrong.
pub(super) fn patch_from_object<T: Input>(body: &JsonBody<'_>, object: JsonObject) -> Result<T> {
    let mut fields = Fields::empty(T::RESOURCE);
    let errors = read_members(T::RESOURCE, body, object, &mut fields);
    if errors.is_empty() {
        T::from_fields(&mut fields)
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// The checked values of a new record, for typed inputs too: a handler may have changed them.
pub(crate) fn complete(def: &'static ResourceDef, fields: Fields) -> Result<Vec<Value>> {
    let (fields, errors) = fill(def, fields);
    if !errors.is_empty() {
        return Err(Error::invalid_input(errors));
    }
    Ok(fields
        .into_values()
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect())
}

/// Reads the members that are fields. A key that is no field is refused, whatever it is: ids,
/// tenants, owners and versions are never read from a body.
pub(super) fn read_members(
    def: &ResourceDef,
    body: &JsonBody<'_>,
    object: JsonObject,
    fields: &mut Fields,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (key, json) in object.members {
        if key == BAG {
            errors.extend(read_bag(&body.custom(def), json, fields));
            continue;
        }
        let known = def
            .field(&key)
            .and_then(|index| def.fields.get(index).map(|field| (index, field)))
            .filter(|(_, field)| body.sees(field));
        let parsed = known.map(|(index, field)| {
            let value = check::parse(field, &json);
            let value = value.and_then(|value| body.matches(field, &value).map(|()| value));
            (index, value)
        });
        match parsed {
            Some((index, Ok(value))) => fields.set(index, value),
            Some((_, Err(error))) => errors.push(error),
            None => errors.push(unknown_field(key)),
        }
    }
    errors
}

/// Reads the values of the tenant's own fields, those that stand in the bag.
fn read_bag(custom: &[Arc<CustomField>], json: Json, fields: &mut Fields) -> Vec<FieldError> {
    let Json::Object(members) = json else {
        return vec![FieldError::new(BAG, "invalid_type", "Send an object.")];
    };
    let mut bag = CustomFields::default();
    for (name, value) in members {
        bag.set(name, value);
    }
    let mut errors = values::unknown(custom, &bag);
    for field in custom {
        let given = bag.get(&field.name);
        errors.extend(given.and_then(|json| field.parse(json).err()));
    }
    fields.put_custom_fields(bag);
    errors
}

/// The refusal of a key that is no field, and of a field that the caller does not see.
pub(super) fn unknown_field(key: impl Into<String>) -> FieldError {
    FieldError::new(key, "unknown_field", "There is no such field to write.")
}

/// Refuses values of fields that the caller does not see, unless they are what a new record has
/// without its maker's doing.
pub(super) fn check_seen(
    access: Access<'_>,
    def: &'static ResourceDef,
    values: &[Value],
) -> Result<()> {
    let fields = def.fields.iter().zip(values);
    let hidden = fields.filter(|(field, _)| !access.sees(field));
    let is_default = |field: &FieldDef, value: &Value| {
        check::check(field, check::default(field)).is_ok_and(|default| default == *value)
    };
    let errors: Vec<FieldError> = hidden
        .filter(|(field, value)| !is_default(field, value))
        .map(|(field, _)| unknown_field(field.name))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// Refuses text that does not match its field's pattern.
pub(super) fn check_patterns(
    patterns: &Patterns,
    def: &'static ResourceDef,
    values: &[Value],
) -> Result<()> {
    let fields = def.fields.iter().zip(values);
    let errors: Vec<FieldError> = fields
        .filter_map(|(field, value)| patterns.check(field, value).err())
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid_input(errors))
    }
}

/// Fills in defaults and checks every value.
fn fill(def: &'static ResourceDef, fields: Fields) -> (Fields, Vec<FieldError>) {
    let mut filled = Fields::empty(def);
    let mut errors = Vec::new();
    for (index, (field, value)) in def.fields.iter().zip(fields.into_values()).enumerate() {
        match check::check(field, value.unwrap_or_else(|| check::default(field))) {
            Ok(value) => filled.set(index, value),
            Err(error) => errors.push(error),
        }
    }
    (filled, errors)
}
