//! Which names the file may give.

use crate::diagnostics::{invalid_name::invalid_name, reserved_name::reserved_name};
use crate::report::Diagnostic;
use crate::resolve::{limits, singular};
use crate::syntax::Located;

/// Tables and URL segments of the runtime, those of parts that are not built yet included: a
/// schema that is valid today must not break when they arrive.
const RUNTIME: &[&str] = &[
    "account_outbox",
    "admin",
    "api",
    "api_keys",
    "audit",
    "audit_log",
    "auth",
    "branding",
    "bulk",
    "custom_fields",
    "docs",
    "export",
    "field_overrides",
    "healthz",
    "identities",
    "invitation_roles",
    "invitations",
    "me",
    "members",
    "migrations",
    "oauth_flows",
    "one_time_tokens",
    "openapi",
    "outbox",
    "password_attempts",
    "passwords",
    "pending_registrations",
    "permissions",
    "platform",
    "platform_audit_log",
    "platform_entries",
    "platform_roles",
    "readyz",
    "refresh_tokens",
    "role_permissions",
    "role_templates",
    "roles",
    "sessions",
    "signing_keys",
    "tenant",
    "tenant_branding",
    "tenants",
    "user_tenant_roles",
    "user_tenants",
    "users",
];

/// Indexes of the runtime, which share a namespace with tables.
const RUNTIME_INDEXES: &[&str] = &[
    "account_outbox_due",
    "audit_log_id",
    "custom_fields_name_unique",
    "identities_subject_unique",
    "identities_user",
    "invitations_pending",
    "invitations_token_unique",
    "oauth_flows_session",
    "one_time_tokens_session",
    "one_time_tokens_user",
    "outbox_due",
    "password_attempts_last",
    "pending_registrations_email",
    "platform_entries_user",
    "refresh_tokens_session",
    "refresh_tokens_successor",
    "sessions_origin",
    "sessions_user",
    "user_tenant_roles_role",
    "user_tenants_user",
];

/// What the runtime's own tables, and those that a migration makes for a moment, begin with.
const RUNTIME_PREFIX: &str = "gatewright_";

/// What the table of the values that tenants add to a resource is called, behind its name.
const CUSTOM_VALUES: &str = "_custom_values";

/// Columns that every record has.
const RECORD: &[&str] = &[
    "created_at",
    "created_by",
    "custom_fields",
    "id",
    "tenant_id",
    "updated_at",
    "version",
];

/// Columns that PostgreSQL gives every table; it refuses others of these names.
const POSTGRES_SYSTEM: &[&str] = &["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

/// What the generated routes, functions and slugs of a resource call their own parts.
const RESOURCE_PARTS: &[&str] = &[
    "bulk",
    "bulk_create",
    "bulk_delete",
    "bulk_update",
    "create",
    "delete",
    "export",
    "list",
    "own",
    "read",
    "update",
];

/// Types that stand beside those of the permissions in generated code.
const BESIDE_PERMISSIONS: &[&str] = &["Kind", "Permission"];

/// Whether a name is `[a-z][a-z0-9_]*`.
pub(crate) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(crate) fn check_resource(name: &Located<String>, out: &mut Vec<Diagnostic>) {
    let what = "a resource";
    if !check_shape(what, name, limits::NAME_LENGTH, out) {
        return;
    }
    let taken = if RUNTIME.contains(&name.value.as_str()) {
        Some("a table or route of the runtime has this name")
    } else if RUNTIME_INDEXES.contains(&name.value.as_str()) {
        Some("an index of the runtime has this name")
    } else if name.value.starts_with(RUNTIME_PREFIX) {
        Some("the runtime keeps names that begin with `gatewright_`")
    } else if name.value.ends_with(CUSTOM_VALUES) {
        Some("the runtime keeps names that end in `_custom_values`")
    } else if name.value.starts_with("sqlite_") {
        Some("SQLite keeps names that begin with `sqlite_`")
    } else if name.value.starts_with("pg_") {
        Some("PostgreSQL's catalog hides tables that begin with `pg_`")
    } else {
        None
    };
    out.extend(taken.map(|why| reserved_name(what, name, why)));
}

pub(crate) fn check_field(name: &Located<String>, out: &mut Vec<Diagnostic>) {
    let what = "a field";
    if !check_shape(what, name, limits::NAME_LENGTH, out) {
        return;
    }
    let taken = if RECORD.contains(&name.value.as_str()) {
        Some("every record has this column already")
    } else if POSTGRES_SYSTEM.contains(&name.value.as_str()) {
        Some("PostgreSQL has a system column of this name")
    } else {
        None
    };
    out.extend(taken.map(|why| reserved_name(what, name, why)));
}

pub(crate) fn check_role(name: &Located<String>, out: &mut Vec<Diagnostic>) {
    check_shape("a role", name, limits::NAME_LENGTH, out);
}

pub(crate) fn check_provider(name: &Located<String>, out: &mut Vec<Diagnostic>) {
    check_shape("an issuer", name, limits::NAME_LENGTH, out);
}

pub(crate) fn check_action(name: &Located<String>, out: &mut Vec<Diagnostic>) {
    let what = "an action";
    if check_shape(what, name, limits::NAME_LENGTH, out) {
        out.extend(taken_by(&name.value).map(|why| reserved_name(what, name, why)));
    }
}

/// Whether a permission of fields can be called so.
pub(crate) fn can_be_permission(name: &str) -> bool {
    is_snake_case(name) && name.len() <= limits::NAME_LENGTH && taken_by(name).is_none()
}

/// What keeps an action, or a permission of fields, from this name.
fn taken_by(name: &str) -> Option<&'static str> {
    let ty = singular::camel_case(name);
    if RESOURCE_PARTS.contains(&name) {
        Some("every resource has a route or a permission of this name")
    } else if singular::is_taken(&ty) || BESIDE_PERMISSIONS.contains(&ty.as_str()) {
        Some("the type of its permission would hide one that generated code needs")
    } else {
        None
    }
}

/// A name of an earlier schema.
pub(crate) fn check_former(what: &str, name: &Located<String>, out: &mut Vec<Diagnostic>) -> bool {
    check_shape(what, name, limits::NAME_LENGTH, out)
}

pub(crate) fn check_enum_value(name: &Located<String>, out: &mut Vec<Diagnostic>) -> bool {
    check_shape("an enum value", name, limits::ENUM_VALUE_LENGTH, out)
}

fn check_shape(what: &str, name: &Located<String>, most: usize, out: &mut Vec<Diagnostic>) -> bool {
    let fits = is_snake_case(&name.value) && name.value.len() <= most;
    if !fits {
        out.push(invalid_name(what, name, most));
    }
    fits
}
