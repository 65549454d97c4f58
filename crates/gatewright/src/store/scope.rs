//! The one place where the tenant predicate of resources is written.
//!
//! Every statement on a resource is scoped by [`tenant`], with the tenant's id as `$1`. It is the
//! second wall: grants keep the id honest, and below lie composite keys and, in PostgreSQL,
//! row-level security. Tests take this wall away to see that those hold alone. The runtime's few
//! statements on its own tables (`tenancy/`, `audit/`, `authn/`) carry theirs in their text.

/// The predicate that keeps `table` to the tenant in `$1`.
#[cfg(not(gatewright_wall_off = "scope"))]
pub(crate) fn tenant(table: &str) -> String {
    format!(r#""{table}"."tenant_id" = $1"#)
}

/// The predicate that narrows `table` to the records that the user in `$place` made.
pub(crate) fn owner(table: &str, place: usize) -> String {
    format!(r#""{table}"."created_by" = ${place}"#)
}

/// The wall taken away: always true, with the same parameter.
#[cfg(gatewright_wall_off = "scope")]
pub(crate) fn tenant(table: &str) -> String {
    format!(r#"("{table}"."tenant_id" = $1 OR "{table}"."tenant_id" <> $1)"#)
}
