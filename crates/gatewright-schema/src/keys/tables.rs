//! The tables themselves. Descriptions are what an editor shows, and what a diagnostic adds where a
//! key is missing.

use crate::keys::{Key, ON_DELETE, PROVIDERS, SIGNUP, TYPES, Table, TypeName, Value};
use crate::resolve::limits;

const fn key(name: &'static str, value: Value, description: &'static str) -> Key {
    Key {
        name,
        description,
        required: false,
        value,
        types: &[],
    }
}

/// The whole file.
pub(crate) static FILE: Table = Table {
    title: "the file",
    description: "The schema of a gatewright application.",
    keys: &[
        key("app", Value::Table(&APP), "What the application is called.").required(),
        key(
            "auth",
            Value::Table(&AUTH),
            "How people sign up and stay signed in.",
        ),
        key(
            "tenancy",
            Value::Table(&TENANCY),
            "How tenants are kept apart.",
        ),
        key(
            "roles",
            Value::Named(&ROLE),
            "Role templates that every tenant has. A role named `owner` with `permissions = [\"*\"]` is required: whoever creates a tenant gets it.",
        )
        .required(),
        key(
            "resources",
            Value::Named(&RESOURCE),
            "Tables that tenants own, by plural name: `products` becomes the table, `/api/products` and the permissions `products:read`, `create`, `update` and `delete`.",
        )
        .required(),
        key(
            "tests",
            Value::Tables(&TEST),
            "Statements on what a role can and cannot do, checked with the schema.",
        ),
    ],
    later: &["limits"],
};

pub(crate) static APP: Table = Table {
    title: "`[app]`",
    description: "What the application is called.",
    keys: &[key(
        "name",
        Value::Text,
        "The name people see, for example \"Storefront\".",
    )
    .required()],
    later: &[],
};

pub(crate) static AUTH: Table = Table {
    title: "`[auth]`",
    description: "How people sign up and stay signed in.",
    keys: &[
        key("signup", Value::Choice(SIGNUP), "Who may sign up."),
        key(
            "require_verified_email",
            Value::Flag { default: true },
            "Whether an account exists only after its address was verified.",
        ),
        key(
            "providers",
            Value::Choices(PROVIDERS),
            "The ways to sign in.",
        ),
        key(
            "access_token_ttl",
            Value::Duration {
                default: limits::ACCESS_TOKEN_TTL.default,
            },
            "Lifetime of an access token, from 1m to 1d: a whole number and s, m, h or d.",
        ),
        key(
            "refresh_token_ttl",
            Value::Duration {
                default: limits::REFRESH_TOKEN_TTL.default,
            },
            "Lifetime of a session, from 5m to 365d, longer than `access_token_ttl`: a whole number and s, m, h or d.",
        ),
    ],
    later: &[],
};

pub(crate) static TENANCY: Table = Table {
    title: "`[tenancy]`",
    description: "How tenants are kept apart.",
    keys: &[key(
        "row_level_security",
        Value::Flag { default: true },
        "Whether PostgreSQL enforces tenancy by row-level security as well.",
    )],
    later: &[],
};

pub(crate) static ROLE: Table = Table {
    title: "a role",
    description: "A role template.",
    keys: &[
        key(
            "permissions",
            Value::Texts,
            "What a holder may do: `products:read`, `products:*` or `*`.",
        ),
        key(
            "includes",
            Value::Texts,
            "Roles whose permissions this one has too. What they assign is not included.",
        ),
        key(
            "assigns",
            Value::Texts,
            "Roles that a holder may give to others, or `*` for all.",
        ),
    ],
    later: &["ceiling"],
};

pub(crate) static RESOURCE: Table = Table {
    title: "a resource",
    description: "A table that tenants own, with its endpoints.",
    keys: &[
        key(
            "singular",
            Value::Text,
            "The name of one record as a Rust type, for example \"Person\" for `people`. Derived from the resource's name unless given.",
        ),
        key(
            "fields",
            Value::Named(&FIELD),
            "The fields, by name. `id`, `version`, `created_at` and `updated_at` come by themselves.",
        )
        .required(),
    ],
    later: &["actions", "audit", "label", "renamed_from", "search"],
};

pub(crate) static FIELD: Table = Table {
    title: "a field",
    description: "A field: a column and a JSON key.",
    keys: &[
        key("type", Value::Choice(TYPES), "What the field holds.").required(),
        key(
            "optional",
            Value::Flag { default: false },
            "Whether null is allowed.",
        ),
        key(
            "unique",
            Value::Flag { default: false },
            "Whether a value occurs once at most inside a tenant. A unique string has a `max` of at most 600.",
        )
        .of(&[
            TypeName::String,
            TypeName::Integer,
            TypeName::Decimal,
            TypeName::Timestamp,
            TypeName::Enum,
            TypeName::Reference,
        ]),
        key(
            "default",
            Value::Scalar,
            "The value of a new record that does not give one.",
        )
        .of(&[
            TypeName::String,
            TypeName::Text,
            TypeName::Integer,
            TypeName::Decimal,
            TypeName::Boolean,
            TypeName::Enum,
        ]),
        key(
            "max",
            Value::Scalar,
            "string, text: the longest value in characters (255 and 65536 unless given; at most 10000 and 1000000). integer, decimal: the greatest value.",
        )
        .of(&[
            TypeName::String,
            TypeName::Text,
            TypeName::Integer,
            TypeName::Decimal,
        ]),
        key("min", Value::Scalar, "integer, decimal: the least value.")
            .of(&[TypeName::Integer, TypeName::Decimal]),
        key(
            "precision",
            Value::Whole {
                least: 1,
                most: limits::DECIMAL_PRECISION,
            },
            "decimal: digits in all.",
        )
        .of(&[TypeName::Decimal])
        .required(),
        key(
            "scale",
            Value::Whole {
                least: 0,
                most: limits::DECIMAL_PRECISION,
            },
            "decimal: digits after the point, at most `precision`.",
        )
        .of(&[TypeName::Decimal])
        .required(),
        key(
            "values",
            Value::Texts,
            "enum: the values as they stand in JSON, 1 to 64 of them.",
        )
        .of(&[TypeName::Enum])
        .required(),
        key(
            "to",
            Value::Text,
            "reference: the resource that it refers to.",
        )
        .of(&[TypeName::Reference])
        .required(),
        key(
            "on_delete",
            Value::Choice(ON_DELETE),
            "reference: what happens when the record referred to is deleted. `set_null` needs `optional = true`.",
        )
        .of(&[TypeName::Reference]),
    ],
    later: &["permission", "search", "pattern", "label", "renamed_from"],
};

pub(crate) static TEST: Table = Table {
    title: "a test",
    description: "What a role can and cannot do.",
    keys: &[
        key("role", Value::Text, "The role under test.").required(),
        key("can", Value::Texts, "Permissions it must have."),
        key("cannot", Value::Texts, "Permissions it must not have."),
    ],
    later: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_both_here_and_not_built_yet() {
        for table in [
            &FILE, &APP, &AUTH, &TENANCY, &ROLE, &RESOURCE, &FIELD, &TEST,
        ] {
            for later in table.later {
                assert!(table.key(later).is_none(), "{later} of {}", table.title);
            }
        }
    }
}
