//! A body together with who sends it.

use super::JsonObject;
use crate::authz::Holder;
use crate::error::Result;
use crate::model::FieldDef;

/// A JSON body, and who sends it: a field that they do not see is none that they can write.
#[derive(Debug, Clone, Copy)]
pub struct JsonBody<'a> {
    bytes: &'a [u8],
    /// `None` outside of tenants.
    holder: Option<&'a Holder>,
}

impl<'a> JsonBody<'a> {
    pub(crate) fn new(bytes: &'a [u8], holder: Option<&'a Holder>) -> Self {
        Self { bytes, holder }
    }

    /// Reads the body as an object.
    ///
    /// # Errors
    /// As [`JsonObject::parse`].
    pub fn object(&self) -> Result<JsonObject> {
        JsonObject::parse(self.bytes)
    }

    /// Whether the field is there for whoever sends the body.
    pub(crate) fn sees(&self, field: &FieldDef) -> bool {
        self.holder
            .map_or(field.permission.is_none(), |holder| holder.sees(field))
    }
}
