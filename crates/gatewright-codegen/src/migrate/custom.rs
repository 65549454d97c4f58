//! What tenants have made of the resources themselves: fields of their own, and what they call or
//! hide of the schema's.
//!
//! Both name resources and fields in rows, not in tables, so a rename is carried over by `UPDATE` and
//! what goes takes theirs along. A new field of the schema must not meet one of a tenant's.

use super::check::{Check, ROWS};
use super::diff::{Diff, Kept};
use crate::lower::literal::sql_quoted;

/// The tables whose fields get new names: by the name that the resource has before, and the fields.
fn new_names<'a>(diff: &'a Diff<'_>) -> Vec<(&'a str, Vec<&'a str>)> {
    if diff.lacks.tenancy_tables {
        return Vec::new();
    }
    let of_table = |kept: &'a Kept<'_>| {
        let before = &kept.old.resource;
        let is_new = |name: &&str| before.fields.iter().all(|field| field.name != **name);
        let names = kept.fields.iter().map(|pair| pair.new.name.as_str());
        (before.name.as_str(), names.filter(is_new).collect())
    };
    let all = diff.kept.iter().map(of_table);
    all.filter(|(_, names): &(_, Vec<_>)| !names.is_empty())
        .collect()
}

/// That no tenant has a field of its own of the name of one that is new.
pub(super) fn checks(diff: &Diff<'_>) -> Vec<Check> {
    let check = |(resource, names): (&str, Vec<&str>)| {
        let message = format!(
            "{resource} gets fields whose names tenants have given to fields of their own: choose other names, or have \
             the tenants remove theirs"
        );
        let names: Vec<String> = names.into_iter().map(sql_quoted).collect();
        let sql = format!(
            "SELECT 'custom field ' || checked.name || ' of tenant ' || tenants.slug || ', one of '\n    \
             || CAST(count(*) OVER (PARTITION BY checked.name) AS text) || ' that have it'\n\
             FROM custom_fields AS checked JOIN tenants ON tenants.id = checked.tenant_id\n\
             WHERE checked.resource = {} AND checked.name IN ({})\n\
             ORDER BY checked.name, tenants.slug LIMIT {ROWS};",
            sql_quoted(resource),
            names.join(", ")
        );
        Check::new(&message, &sql, &sql)
    };
    new_names(diff).into_iter().map(check).collect()
}

/// The statement that keeps tenants from adding fields meanwhile, in PostgreSQL.
pub(super) fn lock(diff: &Diff<'_>) -> Option<String> {
    (!new_names(diff).is_empty()).then(|| {
        "-- No tenant adds a field of its own meanwhile.\n\
         LOCK TABLE custom_fields IN SHARE ROW EXCLUSIVE MODE;"
            .to_owned()
    })
}

/// Carries over what names a resource or a field, and removes what names one that goes.
pub(super) fn statements(diff: &Diff<'_>) -> Vec<String> {
    let mut statements = Vec::new();
    if diff.lacks.tenancy_tables {
        return statements;
    }
    for dropped in &diff.dropped {
        let resource = sql_quoted(&dropped.resource.name);
        for table in ["custom_fields", "field_overrides"] {
            statements.push(format!("DELETE FROM {table} WHERE resource = {resource};"));
        }
    }
    for kept in &diff.kept {
        let before = sql_quoted(&kept.old.resource.name);
        for field in &kept.dropped {
            statements.push(format!(
                "DELETE FROM field_overrides WHERE resource = {before} AND field = {};",
                sql_quoted(&field.name)
            ));
        }
        for pair in kept.fields.iter().filter(|pair| pair.is_renamed()) {
            let Some(old) = pair.old else { continue };
            statements.push(format!(
                "UPDATE field_overrides SET field = {} WHERE resource = {before} AND field = {};",
                sql_quoted(&pair.new.name),
                sql_quoted(&old.name)
            ));
        }
        if kept.is_renamed() {
            let after = sql_quoted(&kept.new.resource.name);
            for table in ["custom_fields", "field_overrides"] {
                statements.push(format!(
                    "UPDATE {table} SET resource = {after} WHERE resource = {before};"
                ));
            }
        }
    }
    statements
}
