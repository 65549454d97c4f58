//! The statements of each resource, written once when the application starts.
//!
//! Names come from the schema, which allows lower-case letters, digits and underscores; everything
//! that a client sends is a parameter. `$1` is always the tenant, `$2` the record.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::remove::MOST;
use super::{Dialect, scope};
use crate::model::{FieldType, Model, OnDelete, ResourceDef};

/// The columns that every resource has before its fields.
pub(crate) const SYSTEM_COLUMNS: [&str; 5] =
    ["id", "version", "created_at", "updated_at", "created_by"];

/// The statements of every resource of a model.
#[derive(Debug)]
pub(crate) struct Statements {
    dialect: Dialect,
    resources: HashMap<&'static str, ResourceStatements>,
}

/// The statements of one resource.
#[derive(Debug)]
pub(crate) struct ResourceStatements {
    def: &'static ResourceDef,
    /// Columns of a record: the system's, then the fields.
    pub(crate) columns: String,
    /// The first `$2` records by id.
    pub(crate) list: String,
    /// The first `$3` records by id after `$2`.
    pub(crate) list_after: String,
    /// A record by id.
    pub(crate) read: String,
    /// The same, if the user in `$3` made it.
    pub(crate) read_own: String,
    /// A record by id, kept from other writers until the unit of work ends.
    pub(crate) lock: String,
    /// The same, if the user in `$3` made it.
    pub(crate) lock_own: String,
    /// Whether a record exists.
    pub(crate) exists: String,
    /// The same, if the user in `$3` made it.
    pub(crate) exists_own: String,
    /// `$2` id, `$3` version, `$4` created, `$5` updated, `$6` by whom, then the fields.
    pub(crate) insert: String,
    /// `$2` id, `$3` version, `$4` updated, then the fields.
    pub(crate) update: String,
    pub(crate) delete: String,
    /// The references to this resource from all others.
    pub(crate) referrers: Vec<Referrer>,
}

/// A reference field of another resource, or of the same one.
#[derive(Debug)]
pub(crate) struct Referrer {
    pub(crate) resource: &'static ResourceDef,
    pub(crate) field: &'static str,
    pub(crate) on_delete: OnDelete,
    /// Ids of the records that refer to `$2`, kept from other writers.
    pub(crate) ids: String,
    /// Makes the reference of one of them, `$4`, null: `$3` updated.
    pub(crate) set_null: String,
}

impl Statements {
    pub(crate) fn new(model: &Model, dialect: Dialect) -> Self {
        let of =
            |def: &&'static ResourceDef| (def.name, ResourceStatements::new(model, def, dialect));
        Self {
            dialect,
            resources: model.resources.iter().map(of).collect(),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The statements of a resource; `None` unless it is the model's very own definition. An
    /// application could write another for the same table, with names that are not names.
    pub(crate) fn of(&self, def: &'static ResourceDef) -> Option<&ResourceStatements> {
        let found = self.resources.get(def.name);
        found.filter(|statements| std::ptr::eq(statements.def, def))
    }
}

impl ResourceStatements {
    fn new(model: &Model, def: &'static ResourceDef, dialect: Dialect) -> Self {
        let table = def.name;
        let tenant = scope::tenant(table);
        let fields: Vec<&str> = def.fields.iter().map(|field| field.name).collect();
        let columns = quoted(SYSTEM_COLUMNS.iter().chain(&fields));
        let lock = lock_clause(dialect);
        let all = format!(r#"FROM "{table}" WHERE {tenant}"#);
        let by_id = format!(r#"{all} AND "{table}"."id" = $2"#);

        let own = scope::owner(table, 3);
        let assignments = ["version", "updated_at"].iter().chain(&fields).enumerate();
        let assignments: Vec<String> = assignments
            .map(|(n, column)| format!(r#""{column}" = ${}"#, n + 3))
            .collect();
        let places: Vec<String> = (1..=1 + SYSTEM_COLUMNS.len() + fields.len())
            .map(|n| format!("${n}"))
            .collect();
        Self {
            def,
            list: format!(r#"SELECT {columns} {all} ORDER BY "{table}"."id" LIMIT $2"#),
            list_after: format!(
                r#"SELECT {columns} {all} AND "{table}"."id" > $2 ORDER BY "{table}"."id" LIMIT $3"#
            ),
            read: format!("SELECT {columns} {by_id}"),
            read_own: format!("SELECT {columns} {by_id} AND {own}"),
            lock: format!("SELECT {columns} {by_id}{lock}"),
            lock_own: format!("SELECT {columns} {by_id} AND {own}{lock}"),
            exists: format!(r#"SELECT "id" {by_id}"#),
            exists_own: format!(r#"SELECT "id" {by_id} AND {own}"#),
            insert: format!(
                r#"INSERT INTO "{table}" ("tenant_id", {columns}) VALUES ({})"#,
                places.join(", ")
            ),
            update: format!(
                r#"UPDATE "{table}" SET {} WHERE {tenant} AND "{table}"."id" = $2"#,
                assignments.join(", ")
            ),
            delete: format!("DELETE {by_id}"),
            referrers: model
                .resources
                .iter()
                .flat_map(|other| referrers(other, def, dialect))
                .collect(),
            columns,
        }
    }
}

fn referrers(other: &'static ResourceDef, target: &ResourceDef, dialect: Dialect) -> Vec<Referrer> {
    let table = other.name;
    let tenant = scope::tenant(table);
    let lock = lock_clause(dialect);
    let to_target = other.fields.iter().filter_map(|field| match field.ty {
        FieldType::Reference { to, on_delete } if to == target.name => {
            Some((field.name, on_delete))
        }
        _ => None,
    });
    to_target
        .map(|(field, on_delete)| Referrer {
            resource: other,
            field,
            on_delete,
            ids: format!(r#"SELECT "id" FROM "{table}" WHERE {tenant} AND "{table}"."{field}" = $2 ORDER BY "id" LIMIT {}{lock}"#,
                MOST + 1),
            set_null: format!(
                r#"UPDATE "{table}" SET "{field}" = NULL, "version" = "version" + 1, "updated_at" = $3 WHERE {tenant} AND "{table}"."{field}" = $2 AND "{table}"."id" = $4"#
            ),
        })
        .collect()
}

/// SQLite's writers already exclude one another.
fn lock_clause(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => " FOR UPDATE",
        Dialect::Sqlite => "",
    }
}

fn quoted<'a>(columns: impl Iterator<Item = &'a &'a str>) -> String {
    let mut list = String::new();
    for column in columns {
        let separator = if list.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(list, r#"{separator}"{column}""#);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthPolicy, Limits, Signup};

    static NOTES: ResourceDef = ResourceDef {
        name: "notes",
        fields: &[],
        ..ResourceDef::DEFAULT
    };

    #[test]
    fn a_definition_from_elsewhere_opens_no_table() {
        static LOOKALIKE: ResourceDef = ResourceDef {
            name: "notes",
            fields: &[],
            ..ResourceDef::DEFAULT
        };
        static MODEL: Model = Model {
            app: "",
            auth: AuthPolicy {
                signup: Signup::Open,
                require_verified_email: true,
                access_token_ttl: 1,
                refresh_token_ttl: 1,
                session_idle_ttl: 1,
                passwords: true,
                providers: &[],
            },
            row_level_security: true,
            limits: Limits::NONE,
            permissions: &[],
            roles: &[],
            resources: &[&NOTES],
        };
        let statements = Statements::new(&MODEL, Dialect::Sqlite);
        assert!(statements.of(&NOTES).is_some());
        assert!(statements.of(&LOOKALIKE).is_none());
    }
}
