//! The numbers that bound a schema, in one place.

/// The largest file that is read, in bytes. A schema of 100 resources takes about 50 KiB.
pub(crate) const FILE_BYTES: usize = 1024 * 1024;

/// The longest name of a resource, field or role, in bytes.
///
/// PostgreSQL cuts identifiers at 63 bytes; what is left is for the prefixes and suffixes of
/// indexes and constraints.
pub(crate) const NAME_LENGTH: usize = 48;

/// The longest name of an application, in characters.
pub(crate) const APP_NAME_LENGTH: usize = 100;

/// The longest label, in characters.
pub(crate) const LABEL_LENGTH: usize = 100;

/// The longest value of an enum, in bytes, and how many an enum may have.
pub(crate) const ENUM_VALUE_LENGTH: usize = 64;
pub(crate) const ENUM_VALUES: usize = 64;

/// Lengths of `string` and `text`, in Unicode scalar values.
pub(crate) const STRING_MAX: Length = Length {
    default: 255,
    most: 10_000,
};
pub(crate) const TEXT_MAX: Length = Length {
    default: 65_536,
    most: 1_000_000,
};

/// Lengths of `json`, in bytes of its text without white space.
pub(crate) const JSON_MAX: Length = Length {
    default: 65_536,
    most: 1_000_000,
};

/// The longest URL, in characters, all of which are ASCII.
pub(crate) const URL_LENGTH: usize = 2_048;

/// The longest pattern, in bytes, and the most memory that it may take when compiled.
pub(crate) const PATTERN_LENGTH: usize = 1_000;
pub(crate) const PATTERN_MEMORY: usize = 1024 * 1024;

/// The longest unique string, in Unicode scalar values.
///
/// A row of a PostgreSQL B-tree holds 2,704 bytes: 600 characters of four bytes each, the tenant's
/// id and the row's header fit, and an insert never fails for the length of its index entry.
pub(crate) const UNIQUE_STRING_MAX: u32 = 600;

/// Digits of a decimal: what a 64-bit integer holds in full, since SQLite stores it as one.
pub(crate) const DECIMAL_PRECISION: u32 = 18;

/// Lifetimes of tokens.
pub(crate) const ACCESS_TOKEN_TTL: Lifetime = Lifetime {
    default: "10m",
    default_seconds: 10 * 60,
    least: 60,
    most: 24 * 3_600,
    range: "`1m` to `1d`",
};
pub(crate) const REFRESH_TOKEN_TTL: Lifetime = Lifetime {
    default: "30d",
    default_seconds: 30 * 24 * 3_600,
    least: 5 * 60,
    most: 365 * 24 * 3_600,
    range: "`5m` to `365d`",
};
/// Where none is given and `refresh_token_ttl` is shorter, it is as long as that.
pub(crate) const SESSION_IDLE_TTL: Lifetime = Lifetime {
    default: "14d",
    default_seconds: 14 * 24 * 3_600,
    least: 5 * 60,
    most: 365 * 24 * 3_600,
    range: "`5m` to `365d`",
};

/// The most requests of a rate, and its longest time, in seconds.
pub(crate) const RATE_REQUESTS: u32 = 1_000_000;
pub(crate) const RATE_SECONDS: u32 = 24 * 3_600;

/// A length when none is given, and the greatest that may be.
pub(crate) struct Length {
    pub default: u32,
    pub most: u32,
}

/// A duration when none is given, and the bounds of one that is, in seconds.
pub(crate) struct Lifetime {
    pub default: &'static str,
    pub default_seconds: u64,
    pub least: u64,
    pub most: u64,
    /// The bounds in words.
    pub range: &'static str,
}
