//! Every table and key of the file, said once.
//!
//! The walk in [`crate::syntax`] refuses what is not here, and [`crate::json_schema`] is written
//! from the same values, so that editors and the tool cannot disagree on a name.

mod fields;
mod tables;
mod words;

pub(crate) use fields::FIELD;
pub(crate) use tables::{ACTION, APP, AUTH, FILE, LIMITS, OIDC, RESOURCE, ROLE, TENANCY, TEST};
pub(crate) use words::{AUDIT, ON_DELETE, PROVIDERS, SIGNUP, TYPES, audit, on_delete, signup};

/// A table of the file.
pub(crate) struct Table {
    /// How messages name it, for example `[auth]` or `a role`.
    pub title: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The keys it may have.
    pub keys: &'static [Key],
}

impl Table {
    /// The key of that name, if this table has it.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A key of a table.
pub(crate) struct Key {
    pub name: &'static str,
    pub description: &'static str,
    pub required: bool,
    pub value: Value,
    /// The field types that the key goes with; empty outside `fields` and for keys of all types.
    pub types: &'static [TypeName],
}

/// What a key holds.
pub(crate) enum Value {
    /// Any text.
    Text,
    /// True or false.
    Flag { default: bool },
    /// One word of a list.
    Choice(Choice),
    /// An array of ways to sign in: those of [`PROVIDERS`], and names of `[auth.oidc]`.
    Providers,
    /// A number and a unit, such as `10m`.
    Duration { default: &'static str },
    /// So many requests in a time, such as `600/1m`.
    Rate,
    /// A name such as `products`.
    Name,
    /// A whole number.
    Whole { least: u32, most: u32 },
    /// Text, a number or a boolean: what it must be depends on the field's type.
    Scalar,
    /// An array of text.
    Texts,
    /// One permission, such as `products:read`.
    Permission,
    /// An array of permissions; wildcards and `:own` as far as the key allows.
    Permissions,
    /// Another table.
    Table(&'static Table),
    /// A table whose keys the team names.
    Named(&'static Table),
    /// An array of tables.
    Tables(&'static Table),
}

/// A closed list of words.
pub(crate) struct Choice {
    /// What is accepted.
    pub of: &'static [&'static str],
    /// The word that stands when the key is absent.
    pub default: Option<&'static str>,
}

/// The name of a field type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeName {
    String,
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Enum,
    Json,
    Email,
    Url,
    Reference,
}

impl TypeName {
    pub const ALL: [Self; 13] = [
        Self::String,
        Self::Text,
        Self::Integer,
        Self::Decimal,
        Self::Boolean,
        Self::Date,
        Self::Timestamp,
        Self::Uuid,
        Self::Enum,
        Self::Json,
        Self::Email,
        Self::Url,
        Self::Reference,
    ];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
            Self::Enum => "enum",
            Self::Json => "json",
            Self::Email => "email",
            Self::Url => "url",
            Self::Reference => "reference",
        }
    }

    /// The type that the word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.word() == word)
    }
}

impl Key {
    /// A key that may be absent and goes with every type.
    pub const fn new(name: &'static str, value: Value, description: &'static str) -> Self {
        Self {
            name,
            description,
            required: false,
            value,
            types: &[],
        }
    }

    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub const fn of(mut self, types: &'static [TypeName]) -> Self {
        self.types = types;
        self
    }

    /// Whether a field of this type may have the key.
    pub fn goes_with(&self, ty: TypeName) -> bool {
        self.types.is_empty() || self.types.contains(&ty)
    }

    /// Whether a field of this type must have the key.
    pub fn required_by(&self, ty: TypeName) -> bool {
        self.required && self.goes_with(ty)
    }
}
