//! A body together with who sends it.

use super::JsonObject;
use super::list::{self, JsonItem};
use crate::authz::Holder;
use crate::error::{FieldError, Result};
use crate::http::Context;
use crate::model::{FieldDef, ResourceDef};
use crate::store::{OfResource, Value};

/// A JSON body, and who sends it: a field that they do not see is none that they can write.
#[derive(Debug, Clone, Copy)]
pub struct JsonBody<'a> {
    bytes: &'a [u8],
    /// `None` outside of tenants.
    holder: Option<&'a Holder>,
    context: Option<&'a Context>,
}

impl<'a> JsonBody<'a> {
    pub(crate) fn new(
        bytes: &'a [u8],
        holder: Option<&'a Holder>,
        context: Option<&'a Context>,
    ) -> Self {
        Self {
            bytes,
            holder,
            context,
        }
    }

    /// Reads the body as an object.
    ///
    /// # Errors
    /// As [`JsonObject::parse`].
    pub fn object(&self) -> Result<JsonObject> {
        JsonObject::parse(self.bytes)
    }

    /// Reads the body as an object with one list in it.
    ///
    /// # Errors
    /// As [`list::parse`].
    pub(crate) fn list(&self, key: &'static str) -> Result<Vec<JsonItem>> {
        list::parse(self.bytes, key)
    }

    /// Whether the field is there for whoever sends the body.
    pub(crate) fn sees(&self, field: &FieldDef) -> bool {
        self.holder
            .map_or(field.permission.is_none(), |holder| holder.sees(field))
    }

    /// The fields that the sender's tenant has added to a resource.
    pub(crate) fn custom(&self, def: &ResourceDef) -> OfResource {
        self.holder
            .map(|holder| holder.custom(def))
            .unwrap_or_default()
    }

    /// Refuses a value that does not match its field's pattern. Outside of a request this is left
    /// to the store, which checks again.
    pub(crate) fn matches(&self, field: &FieldDef, value: &Value) -> Result<(), FieldError> {
        self.context.map_or(Ok(()), |context| {
            context.runtime.patterns.check(field, value)
        })
    }
}
