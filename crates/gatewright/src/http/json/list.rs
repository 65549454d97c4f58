//! A JSON object that holds one list, as bulk requests send it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::object::{Duplicates, JsonObject};
use crate::error::{Error, FieldError, MOST_ERRORS, Result};

/// The most values in a body of this kind, however they are nested: so many, that each of the most
/// items may have the most keys.
const MOST_VALUES: usize = 250_000;

/// The most items.
pub(crate) const MOST_ITEMS: usize = 1_000;

/// An item of a list.
#[derive(Debug)]
pub(crate) enum JsonItem {
    Object(JsonObject),
    Text(String),
    /// What no request of ours has in a list.
    Other,
}

impl JsonItem {
    pub(crate) fn into_object(self) -> Result<JsonObject> {
        match self {
            Self::Object(object) => object.bounded(),
            _ => Err(Error::invalid("", "invalid_type", "Send an object.")),
        }
    }

    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads `{"<key>": [ … ]}` with 1 to 1,000 items.
///
/// # Errors
/// 400 for anything else than an object. 422 for a key that is none, a list that is none, is empty or
/// too long, and for a key that stands twice at any depth.
pub(crate) fn parse(body: &[u8], key: &'static str) -> Result<Vec<JsonItem>> {
    let malformed = |error| Error::malformed_json().caused_by(error);
    let too_many = || {
        let message =
            format!("Send {MOST_ITEMS} at most, and {MOST_VALUES} values in all of them.");
        Error::invalid(key, "too_many", message)
    };
    let mut duplicates = Duplicates::at_most(MOST_VALUES);
    let found = duplicates.find(body);
    if duplicates.overfull() {
        return Err(too_many());
    }
    found.map_err(malformed)?;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let members = reader.deserialize_map(Members(key)).map_err(malformed)?;
    let mut errors = duplicates.found;
    errors.extend(members.unknown);
    match members.list {
        Some(List::Items { overfull: true, .. }) => Err(too_many()),
        Some(List::Items { items, .. }) if items.is_empty() => {
            errors.push(FieldError::new(key, "empty", "Send one at least."));
            Err(Error::invalid_input(errors))
        }
        Some(List::Items { items, .. }) if errors.is_empty() => Ok(items),
        Some(List::Items { .. }) => Err(Error::invalid_input(errors)),
        Some(List::Other) => {
            errors.push(FieldError::new(key, "invalid_type", "Send an array."));
            Err(Error::invalid_input(errors))
        }
        None => {
            errors.push(FieldError::new(key, "required", "This field is required."));
            Err(Error::invalid_input(errors))
        }
    }
}

/// What the body's members come to. The visitor has the key of the list.
struct Members(&'static str);

#[derive(Default)]
struct Read {
    list: Option<List>,
    unknown: Vec<FieldError>,
}

impl<'de> Visitor<'de> for Members {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let mut read = Read::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                read.list = Some(map.next_value()?);
                continue;
            }
            map.next_value::<IgnoredAny>()?;
            if read.unknown.len() < MOST_ERRORS {
                let message = "There is no such field to write.";
                read.unknown
                    .push(FieldError::new(key, "unknown_field", message));
            }
        }
        Ok(read)
    }
}

/// Implements what a visitor does with values that are of no interest.
macro_rules! others {
    ($other:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($other)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($other)
        }
    };
}

enum List {
    /// `overfull`: there were more than [`MOST_ITEMS`]; the rest was not kept.
    Items {
        items: Vec<JsonItem>,
        overfull: bool,
    },
    Other,
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;

        impl<'de> Visitor<'de> for Items {
            type Value = List;

            others!(List::Other);

            fn visit_str<E>(self, _: &str) -> Result<List, E> {
                Ok(List::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(List::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
                let mut items = Vec::new();
                while items.len() < MOST_ITEMS {
                    match seq.next_element()? {
                        Some(item) => items.push(item),
                        None => break,
                    }
                }
                let mut overfull = false;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    overfull = true;
                }
                Ok(List::Items { items, overfull })
            }
        }

        deserializer.deserialize_any(Items)
    }
}

impl<'de> Deserialize<'de> for JsonItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Item;

        impl<'de> Visitor<'de> for Item {
            type Value = JsonItem;

            others!(JsonItem::Other);

            fn visit_str<E>(self, text: &str) -> Result<JsonItem, E> {
                Ok(JsonItem::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonItem, A::Error> {
                JsonObject::read(map).map(JsonItem::Object)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<JsonItem, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(JsonItem::Other)
            }
        }

        deserializer.deserialize_any(Item)
    }
}

#[cfg(test)]
mod tests;
