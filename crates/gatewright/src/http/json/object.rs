//! A JSON object with each key once.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::error::{Error, FieldError, LONGEST_FIELD, MOST_ERRORS, Result};

/// The most keys of a body. Far above any form; a body of a hundred thousand keys is an attack on
/// whoever must list what is wrong with them.
const MOST_KEYS: usize = 200;

/// A JSON object with each key once.
#[derive(Debug)]
pub struct JsonObject {
    pub(crate) members: Vec<(String, serde_json::Value)>,
    /// There were more than [`MOST_KEYS`]; the rest was not kept.
    overfull: bool,
}

impl JsonObject {
    /// Reads an object.
    ///
    /// # Errors
    /// 400 for anything else than an object. 422 for too many keys, and for a key that stands twice
    /// at any depth: which of the two counts would be a guess, and another program may guess
    /// otherwise.
    pub fn parse(body: &[u8]) -> Result<Self> {
        let malformed = |error| Error::malformed_json().caused_by(error);
        let object: Self = serde_json::from_slice(body).map_err(malformed)?;
        let object = object.bounded()?;
        let mut duplicates = Duplicates::at_most(usize::MAX);
        duplicates.find(body).map_err(malformed)?;
        if duplicates.found.is_empty() {
            Ok(object)
        } else {
            Err(Error::invalid_input(duplicates.found))
        }
    }

    /// Refuses an object with more keys than may be.
    pub(super) fn bounded(self) -> Result<Self> {
        if self.overfull {
            return Err(Error::invalid(
                "",
                "too_many_fields",
                format!("Send {MOST_KEYS} fields at most."),
            ));
        }
        Ok(self)
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, key: &str) -> Option<serde_json::Value> {
        let at = self.members.iter().position(|(known, _)| known == key)?;
        Some(self.members.swap_remove(at).1)
    }

    pub(super) fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut members = Vec::new();
        while members.len() < MOST_KEYS {
            match map.next_entry()? {
                Some(member) => members.push(member),
                None => break,
            }
        }
        let mut overfull = false;
        // What follows is still checked to be JSON.
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            overfull = true;
        }
        Ok(Self { members, overfull })
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = JsonObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonObject, A::Error> {
                JsonObject::read(map)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Walks a JSON text and keeps nothing of it but the places of keys that stand twice.
pub(super) struct Duplicates {
    /// Where the walk is: keys, joined by dots.
    path: String,
    pub(super) found: Vec<FieldError>,
    /// How many more values the text may have.
    room: usize,
    overfull: bool,
}

impl Duplicates {
    pub(super) fn at_most(values: usize) -> Self {
        Self {
            path: String::new(),
            found: Vec::new(),
            room: values,
            overfull: false,
        }
    }

    /// Walks a text to its end, or until it has too many values.
    pub(super) fn find(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        self.deserialize(&mut reader)?;
        reader.end()
    }

    /// Whether there were too many values.
    pub(super) fn overfull(&self) -> bool {
        self.overfull
    }

    /// Walks a value one step deeper.
    fn under<T>(&mut self, step: &str, walk: impl FnOnce(&mut Self) -> T) -> T {
        let above = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(step);
        let answer = walk(self);
        self.path.truncate(above);
        answer
    }

    fn report(&mut self) {
        if self.found.len() < MOST_ERRORS {
            // No more of a long path than the answer will show.
            let field: String = self.path.chars().take(LONGEST_FIELD + 1).collect();
            self.found.push(FieldError::new(
                field,
                "duplicate",
                "This key stands more than once.",
            ));
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Duplicates {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.room.checked_sub(1) {
            Some(room) => self.room = room,
            None => {
                self.overfull = true;
                return Err(de::Error::custom("too many values"));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Duplicates {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let twice = seen.contains(&key);
            self.under(&key, |below| {
                if twice {
                    below.report();
                }
                map.next_value_seed(&mut *below)
            })?;
            seen.insert(key);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while self
            .under(&index.to_string(), |below| {
                items.next_element_seed(&mut *below)
            })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
