//! The tables themselves. Descriptions are what an editor shows, and what a diagnostic adds where a
//! key is missing.

use crate::keys::{AUDIT, FIELD, Key, SIGNUP, Table, Value};
use crate::resolve::limits;

const fn key(name: &'static str, value: Value, description: &'static str) -> Key {
    Key::new(name, value, description)
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
            "limits",
            Value::Table(&LIMITS),
            "How many requests may come in a time.",
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
            "Tables that tenants own, by plural name: `products` becomes the table, `/api/products` and the permissions `products:read`, `create`, `update` and `delete`, with those of its actions and guarded fields.",
        )
        .required(),
        key(
            "tests",
            Value::Tables(&TEST),
            "Statements on what a role can and cannot do, checked with the schema.",
        ),
    ],
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
};

pub(crate) static AUTH: Table = Table {
    title: "`[auth]`",
    description: "How people sign up and stay signed in.",
    keys: &[
        key(
            "signup",
            Value::Choice(SIGNUP),
            "Who may sign up: `open`, anybody; `invite_only`, whoever was invited; `closed`, nobody by themselves.",
        ),
        key(
            "require_verified_email",
            Value::Flag { default: true },
            "Whether an account exists only after its address was verified.",
        ),
        key(
            "providers",
            Value::Providers,
            "The ways to sign in: `password`, `google`, `github` and names of `[auth.oidc]`.",
        ),
        key(
            "oidc",
            Value::Named(&OIDC),
            "Issuers of OpenID Connect to sign in by, by the name that `providers` and the settings call them: `acme` has `ACME_CLIENT_ID` and `ACME_CLIENT_SECRET`.",
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
        key(
            "session_idle_ttl",
            Value::Duration {
                default: limits::SESSION_IDLE_TTL.default,
            },
            "How long a session lives unused, from 5m, longer than `access_token_ttl` and at most `refresh_token_ttl`: a whole number and s, m, h or d.",
        ),
    ],
};

pub(crate) static OIDC: Table = Table {
    title: "an issuer",
    description: "An issuer of OpenID Connect.",
    keys: &[
        key(
            "issuer",
            Value::Text,
            "The issuer as its ID tokens name it, for example \"https://sso.acme.example\": https, without query.",
        )
        .required(),
        key(
            "label",
            Value::Text,
            "What people read, for example \"Acme SSO\"; the name itself where there is none.",
        ),
        key(
            "domains",
            Value::Texts,
            "Domains of mail whose addresses this issuer gives out, for example \"acme.example\". Whoever it says has such an address is signed in to the account that the address has; for other addresses people connect the issuer to their account themselves.",
        ),
    ],
};

pub(crate) static TENANCY: Table = Table {
    title: "`[tenancy]`",
    description: "How tenants are kept apart.",
    keys: &[key(
        "row_level_security",
        Value::Flag { default: true },
        "Whether PostgreSQL enforces tenancy by row-level security as well.",
    )],
};

pub(crate) static LIMITS: Table = Table {
    title: "`[limits]`",
    description: "How many requests may come in a time: `600/1m` is 600 a minute.",
    keys: &[
        key(
            "per_key",
            Value::Rate,
            "Requests of one API key: a whole number up to 1000000, a slash and a time from 1s to 1d, such as \"600/1m\". Unlimited unless given.",
        ),
        key(
            "anonymous",
            Value::Rate,
            "Requests of one address without a credential, such as \"60/1m\". Unlimited unless given.",
        ),
    ],
};

pub(crate) static ROLE: Table = Table {
    title: "a role",
    description: "A role template.",
    keys: &[
        key(
            "permissions",
            Value::Permissions,
            "What a holder may do: `products:read`, `products:*` or `*`; `products:update:own` for the holder's own records alone.",
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
        key(
            "ceiling",
            Value::Permissions,
            "What a tenant may at most have in this role, beside what the role includes: `products:read`, `products:*` or `*`. Without it a tenant may only take away.",
        ),
    ],
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
            "The fields, by name. `id`, `version`, `created_at`, `updated_at` and `created_by` come by themselves.",
        )
        .required(),
        key(
            "actions",
            Value::Named(&ACTION),
            "What the team does to one record beyond the four usual things: `publish` becomes `POST /api/products/{id}/publish` and the permission `products:publish`.",
        ),
        key(
            "audit",
            Value::Choice(AUDIT),
            "What audit entries hold: `full`, old and new values; `fact`, the names of the changed fields.",
        ),
        key(
            "label",
            Value::Text,
            "What people see in place of the name, for example \"Order lines\".",
        ),
        key(
            "renamed_from",
            Value::Name,
            "The name that the resource had before: the next migration renames the table, and its records stay.",
        ),
    ],
};

pub(crate) static ACTION: Table = Table {
    title: "an action",
    description: "Something the team does to one record, behind a permission of its own.",
    keys: &[
        key(
            "label",
            Value::Text,
            "What people see in place of the name, for example \"Publish\".",
        ),
        key(
            "uses",
            Value::Permissions,
            "The permissions that the action's code works with: `products:update` lets it change products, whoever calls it. `read` of its own resource is always among them.",
        ),
    ],
};

pub(crate) static TEST: Table = Table {
    title: "a test",
    description: "What a role can and cannot do.",
    keys: &[
        key("role", Value::Text, "The role under test.").required(),
        key(
            "can",
            Value::Permissions,
            "Permissions it must have; `products:update:own` at least for own records.",
        ),
        key(
            "cannot",
            Value::Permissions,
            "Permissions it must not have; `products:update:own` not even for own records.",
        ),
    ],
};
