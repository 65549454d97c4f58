//! The fields of an input on their way between a body, a typed struct and the store.

use super::{CustomFields, FieldValue, Value};
use crate::error::{Error, Result};
use crate::model::ResourceDef;

/// What a patch does to one field (RFC 7396): a key that is absent keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Leaves the field as it is.
    #[default]
    Keep,
    /// Gives it this value; `Set(None)` clears an optional field.
    Set(T),
}

/// Values of a resource's fields, each given or not.
#[derive(Debug, Clone)]
pub struct Fields {
    def: &'static ResourceDef,
    values: Vec<Option<Value>>,
    custom: CustomFields,
}

impl Fields {
    pub(crate) fn empty(def: &'static ResourceDef) -> Self {
        Self {
            def,
            values: vec![None; def.fields.len()],
            custom: CustomFields::default(),
        }
    }

    pub(crate) fn set(&mut self, index: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(index) {
            *slot = Some(value);
        }
    }

    /// The values in the order of the definition.
    pub(crate) fn into_values(self) -> Vec<Option<Value>> {
        self.values
    }

    /// What is given of the tenant's own fields.
    pub(crate) fn custom(&self) -> &CustomFields {
        &self.custom
    }

    /// Takes what is given of the fields that the tenant has added.
    pub fn take_custom_fields(&mut self) -> CustomFields {
        std::mem::take(&mut self.custom)
    }

    /// Gives values of the fields that the tenant has added.
    pub fn put_custom_fields(&mut self, custom: CustomFields) {
        self.custom = custom;
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<Value>> {
        self.def
            .field(name)
            .and_then(|index| self.values.get_mut(index))
    }

    /// Takes a field's value; a field that was not given is null.
    ///
    /// # Errors
    /// When the value is of another type than the definition says: a defect.
    pub fn take<T: FieldValue>(&mut self, name: &str) -> Result<T> {
        let value = self
            .slot(name)
            .and_then(Option::take)
            .unwrap_or(Value::Null);
        T::from_value(value).map_err(Error::internal)
    }

    /// Takes what a patch does to a field.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_patch<T: FieldValue>(&mut self, name: &str) -> Result<Patch<T>> {
        match self.slot(name).and_then(Option::take) {
            None => Ok(Patch::Keep),
            Some(value) => T::from_value(value)
                .map(Patch::Set)
                .map_err(Error::internal),
        }
    }

    /// Gives a field its value.
    pub fn put<T: FieldValue>(&mut self, name: &str, value: T) {
        let slot = self.slot(name);
        debug_assert!(
            slot.is_some(),
            "generated code names the fields of its own definition"
        );
        if let Some(slot) = slot {
            *slot = Some(value.into_value());
        }
    }

    /// Gives a field what a patch does to it.
    pub fn put_patch<T: FieldValue>(&mut self, name: &str, patch: Patch<T>) {
        if let Patch::Set(value) = patch {
            self.put(name, value);
        }
    }
}
