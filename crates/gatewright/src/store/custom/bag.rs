//! `custom_fields` of a record or an input.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// Values of the fields that a tenant has added to a resource, by name, as they stand in JSON.
///
/// A record has all of them, null where there is no value; of a tenant that has added none it is
/// empty, and the record's JSON leaves it out. What makes or changes a record has those that it gives.
/// Which names there are, and which values they take, is for the tenant to say: the store checks it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomFields {
    values: Vec<(String, Json)>,
    /// Fields of the schema that the tenant hides: they are in no JSON of the record.
    hidden: Vec<&'static str>,
}

impl CustomFields {
    /// Of a record that was read.
    pub(crate) fn of_record(values: Vec<(String, Json)>, hidden: Vec<&'static str>) -> Self {
        Self { values, hidden }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a field, if there is such a field or if it is given.
    pub fn get(&self, name: &str) -> Option<&Json> {
        let mut values = self.values.iter();
        values.find(|(known, _)| known == name).map(|(_, it)| it)
    }

    /// Gives a field a value; null clears it.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        let (name, value) = (name.into(), value.into());
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.values.push((name, value)),
        }
    }

    /// The values by name, in the order in which the tenant has added the fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.values.iter().map(|(name, it)| (name.as_str(), it))
    }

    pub(super) fn hidden(&self) -> &[&'static str] {
        &self.hidden
    }
}

impl Serialize for CustomFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (name, value) in &self.values {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
