//! One file for each diagnostic: what it says, why it is one, and an example that triggers it.
//!
//! To add one, add its file here and its name to the list below, and a folder
//! `testdata/invalid/<code>` that triggers it; a test holds the three together.

pub(crate) mod ceiling_below_role;
pub(crate) mod clashing_permissions;
pub(crate) mod clashing_values;
pub(crate) mod duplicate_entry;
pub(crate) mod empty_file;
pub(crate) mod empty_list;
pub(crate) mod empty_range;
pub(crate) mod failed_test;
pub(crate) mod file_too_large;
pub(crate) mod guarded_required;
pub(crate) mod invalid_app_name;
pub(crate) mod invalid_default;
pub(crate) mod invalid_duration;
pub(crate) mod invalid_field_permission;
pub(crate) mod invalid_label;
pub(crate) mod invalid_name;
pub(crate) mod invalid_number;
pub(crate) mod invalid_pattern;
pub(crate) mod invalid_provider;
pub(crate) mod invalid_rate;
pub(crate) mod invalid_rename;
pub(crate) mod invalid_singular;
pub(crate) mod invalid_toml;
pub(crate) mod invalid_uses;
pub(crate) mod lifetime_order;
pub(crate) mod misplaced_key;
pub(crate) mod misplaced_own;
pub(crate) mod missing_key;
pub(crate) mod missing_owner;
pub(crate) mod out_of_range;
pub(crate) mod platform_permission;
pub(crate) mod required_cycle;
pub(crate) mod reserved_name;
pub(crate) mod role_cycle;
pub(crate) mod same_singular;
pub(crate) mod set_null_required;
pub(crate) mod unassignable_role;
pub(crate) mod unheld_permission;
pub(crate) mod unknown_key;
pub(crate) mod unknown_permission;
pub(crate) mod unknown_provider;
pub(crate) mod unknown_resource;
pub(crate) mod unknown_role;
pub(crate) mod unknown_type;
pub(crate) mod unknown_word;
pub(crate) mod wrong_type;

/// The code of every diagnostic, in alphabetical order.
pub const DIAGNOSTIC_CODES: [&str; 46] = [
    "ceiling_below_role",
    "clashing_permissions",
    "clashing_values",
    "duplicate_entry",
    "empty_file",
    "empty_list",
    "empty_range",
    "failed_test",
    "file_too_large",
    "guarded_required",
    "invalid_app_name",
    "invalid_default",
    "invalid_duration",
    "invalid_field_permission",
    "invalid_label",
    "invalid_name",
    "invalid_number",
    "invalid_pattern",
    "invalid_provider",
    "invalid_rate",
    "invalid_rename",
    "invalid_singular",
    "invalid_toml",
    "invalid_uses",
    "lifetime_order",
    "misplaced_key",
    "misplaced_own",
    "missing_key",
    "missing_owner",
    "out_of_range",
    "platform_permission",
    "required_cycle",
    "reserved_name",
    "role_cycle",
    "same_singular",
    "set_null_required",
    "unassignable_role",
    "unheld_permission",
    "unknown_key",
    "unknown_permission",
    "unknown_provider",
    "unknown_resource",
    "unknown_role",
    "unknown_type",
    "unknown_word",
    "wrong_type",
];
