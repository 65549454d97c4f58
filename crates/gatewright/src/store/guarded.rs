//! The value of a field that not everybody sees.

use serde::{Serialize, Serializer};

/// A field's value, as far as the caller sees it.
///
/// The schema gave the field a permission. To whoever lacks it the field does not exist: answers
/// leave it out, and what stands in the database never reaches the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Guarded<T> {
    /// Not for this caller.
    #[default]
    Hidden,
    /// The value.
    Shown(T),
}

impl<T> Guarded<T> {
    /// The value, if the caller sees it.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Hidden => None,
            Self::Shown(value) => Some(value),
        }
    }

    /// The same, taken out.
    pub fn into_shown(self) -> Option<T> {
        match self {
            Self::Hidden => None,
            Self::Shown(value) => Some(value),
        }
    }

    /// Whether the caller does not see it. Generated records are written without such fields.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

impl<T: Serialize> Serialize for Guarded<T> {
    /// Null when hidden. Leave it out instead, as generated records do:
    /// `#[serde(skip_serializing_if = "Guarded::is_hidden")]`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown().serialize(serializer)
    }
}
