//! What must not be in the tables before they change.
//!
//! A check is a comment `-- check: ` with a sentence, and a `SELECT` that gives a row for each thing
//! in the way. The runtime's runner stops at the first check that gives rows, says the sentence and
//! shows the rows. Checks stand first in a migration: nothing has changed when one stops it. In
//! PostgreSQL the tables are locked before, so that what is found holds until they have changed.

use super::cast::{over, shown};
use super::diff::{Diff, Kept, Pair};
use super::value::{Expression, value};
use crate::lower::literal::sql_name;

/// Rows that a message shows, and one to tell that there are more.
pub(super) const ROWS: u32 = 6;

/// The longest piece of a value that a message shows, in characters.
const SHOWN: u32 = 80;

/// A check in both dialects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub sqlite: String,
    pub postgres: String,
}

impl Check {
    pub(super) fn new(message: &str, sqlite: &str, postgres: &str) -> Self {
        Self {
            sqlite: format!("-- check: {message}\n{sqlite}"),
            postgres: format!("-- check: {message}\n{postgres}"),
        }
    }
}

/// All checks of a difference, table by table.
pub(super) fn checks(diff: &Diff<'_>) -> Vec<Check> {
    diff.kept.iter().flat_map(of_table).collect()
}

/// The statement that keeps everybody else away from the tables that have checks, in PostgreSQL.
/// SQLite has but one writer.
pub(super) fn lock(diff: &Diff<'_>) -> Option<String> {
    let checked = diff.kept.iter().filter(|kept| !of_table(kept).is_empty());
    let tables: Vec<&str> = checked.map(|kept| kept.old.table.name.as_str()).collect();
    (!tables.is_empty()).then(|| {
        format!(
            "-- Nobody writes between a check and the change that relies on it.\n\
             LOCK TABLE {} IN ACCESS EXCLUSIVE MODE;",
            tables.join(", ")
        )
    })
}

fn of_table(kept: &Kept<'_>) -> Vec<Check> {
    let fields = kept.fields.iter();
    fields.flat_map(|pair| of_field(kept, pair)).collect()
}

fn of_field(kept: &Kept<'_>, pair: &Pair<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    // Messages and conditions speak of the tables as they are before the migration.
    let table = &kept.old.resource.name;
    if let Some(old) = pair.old {
        let place = format!("{table}.{}", old.name);
        let column = format!("checked.{}", sql_name(&old.name));
        let (sqlite, postgres) = shown(&old.ty);
        let in_words = Expression {
            sqlite: over(&sqlite, &column),
            postgres: over(&postgres, &column),
        };
        for unfit in &pair.cast.unfit {
            let message = format!("{place} has {}", unfit.what);
            checks.push(records(
                table,
                &message,
                Some(&in_words),
                &over(&unfit.sqlite, &column),
                &over(&unfit.postgres, &column),
            ));
        }
        if let Some(target) = pair.retargeted {
            let condition = match target {
                Some(target) => format!(
                    "{column} IS NOT NULL AND NOT EXISTS (\n    SELECT 1 FROM {} AS target\n    \
                     WHERE target.tenant_id = checked.tenant_id AND target.id = {column}\n)",
                    sql_name(target)
                ),
                None => format!("{column} IS NOT NULL"),
            };
            let message = format!("{place} has values that refer to no record of the new table");
            checks.push(records(
                table,
                &message,
                Some(&in_words),
                &condition,
                &condition,
            ));
        }
        if pair.becomes_required() && pair.fill.is_none() {
            let message = format!("{place} becomes required, and records have no value for it");
            let condition = format!("{column} IS NULL");
            checks.push(records(table, &message, None, &condition, &condition));
        }
    }
    checks.extend(clashes(kept, pair));
    checks
}

/// Records for which a condition holds, with the value in words.
fn records(
    table: &str,
    message: &str,
    value: Option<&Expression>,
    sqlite: &str,
    postgres: &str,
) -> Check {
    let select = |condition: &str, value: Option<&str>| {
        let value = value.map_or_else(String::new, |value| {
            format!("\n    || ', value ' || substr({value}, 1, {SHOWN})")
        });
        format!(
            "SELECT 'tenant ' || tenants.slug || ', record ' || CAST(checked.id AS text){value}\n\
             FROM {} AS checked JOIN tenants ON tenants.id = checked.tenant_id\n\
             WHERE {condition}\n\
             ORDER BY tenants.slug, checked.id LIMIT {ROWS};",
            sql_name(table)
        )
    };
    Check::new(
        message,
        &select(sqlite, value.map(|it| it.sqlite.as_str())),
        &select(postgres, value.map(|it| it.postgres.as_str())),
    )
}

/// Values that would occur more than once in a tenant.
fn clashes(kept: &Kept<'_>, pair: &Pair<'_>) -> Option<Check> {
    let was_unique = pair.old.is_some_and(|old| old.unique);
    if !pair.new.unique || (was_unique && !pair.rewrites()) {
        return None;
    }
    // A new column of nulls.
    if pair.old.is_none() && pair.fill.is_none() {
        return None;
    }
    let value = value(pair, "checked.");
    let (sqlite, postgres) = shown(&pair.new.ty);
    let select = |value: &str, shown: &str| {
        format!(
            "SELECT 'tenant ' || tenants.slug || ', value ' || substr({}, 1, {SHOWN})\n    \
             || ', ' || CAST(count(*) AS text) || ' times'\n\
             FROM (SELECT checked.tenant_id, {value} AS value FROM {} AS checked) AS found\n\
             JOIN tenants ON tenants.id = found.tenant_id\n\
             WHERE found.value IS NOT NULL\n\
             GROUP BY tenants.slug, found.value HAVING count(*) > 1\n\
             ORDER BY tenants.slug LIMIT {ROWS};",
            over(shown, "found.value"),
            sql_name(&kept.old.resource.name)
        )
    };
    let place = format!("{}.{}", kept.new.resource.name, pair.new.name);
    let message = format!("{place} becomes unique, and values occur more than once in a tenant");
    Some(Check::new(
        &message,
        &select(&value.sqlite, &sqlite),
        &select(&value.postgres, &postgres),
    ))
}
