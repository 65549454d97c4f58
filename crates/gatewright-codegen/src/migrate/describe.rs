//! A difference in words: the steps, what is lost, what to know, and the migration's name.

use gatewright_schema::{Field, FieldType};

use super::cast::{on_delete, word};
use super::diff::{Diff, Kept, Pair};

/// The longest name of a migration, in bytes: with its number and ending it fits into any folder.
const LONGEST_NAME: usize = 80;

/// A step, as the migration's first lines and its name tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// What the migration is called if there is no other step.
    pub name: String,
    /// The table that it changes; `None` where it is all of them.
    pub table: Option<String>,
    /// `products.brand is new (string)`
    pub text: String,
    /// What is lost by it: `products.brand: all values`.
    pub loss: Option<String>,
}

impl Step {
    fn new(name: String, table: &str, text: String) -> Self {
        Self {
            name,
            table: Some(table.to_owned()),
            text,
            loss: None,
        }
    }
}

/// Every step, in the order in which people would tell them.
pub(super) fn steps(diff: &Diff<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    if diff.lacks.created_by {
        steps.push(Step {
            name: "add_created_by".to_owned(),
            table: None,
            text:
                "every table gets created_by, the user who made a record (null for older records)"
                    .to_owned(),
            loss: None,
        });
    }
    if diff.lacks.tenancy_tables {
        steps.push(Step {
            name: "add_tenancy_tables".to_owned(),
            table: None,
            text: "tables for roles of a tenant's own, invitations, jobs and custom fields are new"
                .to_owned(),
            loss: None,
        });
    }
    if diff.lacks.authn_tables {
        steps.push(Step {
            name: "add_authn_tables".to_owned(),
            table: None,
            text: "tables for passwords, identities of providers, signing keys and attempts to sign in are new"
                .to_owned(),
            loss: None,
        });
    }
    let (before, after) = diff.row_level_security;
    if before != after {
        let state = if after { "on" } else { "off" };
        steps.push(Step {
            name: format!("row_level_security_{state}"),
            table: None,
            text: format!("row-level security is turned {state}, in PostgreSQL"),
            loss: None,
        });
    }
    for created in &diff.created {
        let table = &created.resource.name;
        steps.push(Step::new(
            format!("add_{table}"),
            table,
            format!("{table} is new"),
        ));
    }
    for kept in &diff.kept {
        of_table(kept, !diff.lacks.tenancy_tables, &mut steps);
    }
    for dropped in &diff.dropped {
        let table = &dropped.resource.name;
        steps.push(Step {
            loss: Some(if diff.lacks.tenancy_tables {
                format!("{table}: the table with all its records")
            } else {
                format!("{table}: the table with all its records, and the fields that tenants have added to it")
            }),
            ..Step::new(
                format!("drop_{table}"),
                table,
                format!("{table} is dropped"),
            )
        });
    }
    steps
}

fn of_table(kept: &Kept<'_>, stored_roles: bool, steps: &mut Vec<Step>) {
    let table = &kept.new.resource.name;
    if kept.is_renamed() {
        let old = &kept.old.resource.name;
        let follow = if stored_roles {
            format!("; roles that tenants have made hold {table}:… in place of {old}:…")
        } else {
            String::new()
        };
        let text = format!("{old} is renamed to {table}{follow}");
        steps.push(Step::new(format!("rename_{old}_to_{table}"), table, text));
    }
    for pair in &kept.fields {
        steps.extend(of_field(table, pair));
    }
    for field in &kept.dropped {
        let name = &field.name;
        steps.push(Step {
            loss: Some(format!("{table}.{name}: the column with all its values")),
            ..Step::new(
                format!("drop_{table}_{name}"),
                table,
                format!("{table}.{name} is dropped"),
            )
        });
    }
}

fn of_field(table: &str, pair: &Pair<'_>) -> Option<Step> {
    let name = &pair.new.name;
    let place = format!("{table}.{name}");
    let Some(old) = pair.old else {
        let kind = word(&pair.new.ty);
        let text = match pair.fill {
            Some(_) => format!("{place} is new ({kind}); records that exist get its default"),
            None => format!("{place} is new ({kind})"),
        };
        return Some(Step::new(format!("add_{table}_{name}"), table, text));
    };
    let mut changes = differences(pair, old);
    if changes.is_empty() && !pair.is_renamed() {
        return None;
    }
    let verb = if changes.is_empty() {
        "rename"
    } else {
        "change"
    };
    if pair.is_renamed() {
        changes.insert(0, format!("was {}", old.name));
    }
    Some(Step {
        loss: pair
            .cast
            .loss
            .as_ref()
            .map(|loss| format!("{place}: {loss}")),
        ..Step::new(
            format!("{verb}_{table}_{name}"),
            table,
            format!("{place}: {}", changes.join(", ")),
        )
    })
}

/// What differs between two columns, as the tables show it.
fn differences(pair: &Pair<'_>, old: &Field) -> Vec<String> {
    let new = pair.new;
    let mut changes = Vec::new();
    match (&old.ty, &new.ty) {
        (FieldType::Enum { values: before }, FieldType::Enum { values: after })
            if before != after =>
        {
            changes.push(format!("one of {} from now on", after.join(", ")));
        }
        (FieldType::Reference { .. }, FieldType::Reference { to, .. }) => {
            let elsewhere = pair
                .retargeted
                .map(|_| format!("refers to {to} from now on"));
            changes.extend(elsewhere);
        }
        (before, after) if word(before) != word(after) => {
            changes.push(format!("{} becomes {}", word(before), word(after)));
        }
        _ => {}
    }
    if let (Some(before), Some(after)) = (on_delete(&old.ty), on_delete(&new.ty))
        && before != after
    {
        changes.push(format!("on_delete = {after}"));
    }
    if pair.becomes_required() {
        changes.push(match pair.fill {
            Some(_) => "required, with its default in place of nulls".to_owned(),
            None => "required".to_owned(),
        });
    }
    if pair.becomes_optional() {
        changes.push("optional".to_owned());
    }
    match (old.unique, new.unique) {
        (false, true) => changes.push("unique".to_owned()),
        (true, false) => changes.push("no longer unique".to_owned()),
        _ => {}
    }
    changes
}

/// What tables do not show and somebody should know: a bound that values may lie beyond.
pub(super) fn notes(diff: &Diff<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for kept in &diff.kept {
        let table = &kept.new.resource.name;
        if kept.is_renamed() {
            notes.push(format!(
                "audit entries of {table} that exist keep the name {}",
                kept.old.resource.name
            ));
        }
        for pair in &kept.fields {
            let Some(old) = pair.old else { continue };
            let tighter = tightened(&old.ty, &pair.new.ty);
            if !tighter.is_empty() {
                notes.push(format!(
                    "{table}.{}: {} from now on; stored values beyond it stay until somebody writes them again",
                    pair.new.name,
                    tighter.join(", ")
                ));
            }
        }
    }
    notes
}

/// The bounds that values of the same type may lie beyond now.
fn tightened(old: &FieldType, new: &FieldType) -> Vec<String> {
    use FieldType as T;
    let mut found = Vec::new();
    let mut bound = |key: &str, value: String, tighter: bool| {
        if tighter {
            found.push(format!("{key} = {value}"));
        }
    };
    match (old, new) {
        (
            T::String {
                min: old_min,
                max: old_max,
                pattern: old_pattern,
            },
            T::String { min, max, pattern },
        ) => {
            bound("min", min.to_string(), min > old_min);
            bound("max", max.to_string(), max < old_max);
            if let Some(pattern) = pattern {
                bound(
                    "pattern",
                    format!("{pattern:?}"),
                    old_pattern.as_ref() != Some(pattern),
                );
            }
        }
        (
            T::Text {
                min: old_min,
                max: old_max,
            },
            T::Text { min, max },
        ) => {
            bound("min", min.to_string(), min > old_min);
            bound("max", max.to_string(), max < old_max);
        }
        (T::Json { max: old_max }, T::Json { max }) => {
            bound("max", max.to_string(), max < old_max);
        }
        (
            T::Integer {
                min: old_min,
                max: old_max,
            },
            T::Integer { min, max },
        ) => {
            if let Some(min) = min {
                bound("min", min.to_string(), old_min.is_none_or(|old| *min > old));
            }
            if let Some(max) = max {
                bound("max", max.to_string(), old_max.is_none_or(|old| *max < old));
            }
        }
        (
            T::Decimal {
                min: old_min,
                max: old_max,
                ..
            },
            T::Decimal { min, max, .. },
        ) => {
            // As text they do not compare: another bound may be a tighter one.
            if let Some(min) = min {
                bound("min", min.clone(), !same(old_min, min));
            }
            if let Some(max) = max {
                bound("max", max.clone(), !same(old_max, max));
            }
        }
        _ => {}
    }
    found
}

/// Whether two decimals are one number, however many zeros end them.
fn same(old: &Option<String>, new: &str) -> bool {
    let plain = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    old.as_deref().is_some_and(|old| plain(old) == plain(new))
}

/// `add_products_brand` for one step, `change_products` for several of one table, `change_tables`
/// for several of many.
pub(super) fn name(steps: &[Step]) -> String {
    let name = match steps {
        [step] => step.name.clone(),
        steps => {
            let mut tables: Vec<&str> = Vec::new();
            for table in steps.iter().map(|step| step.table.as_deref().unwrap_or("")) {
                if !tables.contains(&table) {
                    tables.push(table);
                }
            }
            let all_new = steps.iter().all(|step| {
                step.table
                    .as_ref()
                    .is_some_and(|it| step.name == format!("add_{it}"))
            });
            let verb = if all_new { "add" } else { "change" };
            match tables.as_slice() {
                [table] if !table.is_empty() => format!("{verb}_{table}"),
                [a, b] if !a.is_empty() && !b.is_empty() => format!("{verb}_{a}_and_{b}"),
                _ => format!("{verb}_tables"),
            }
        }
    };
    if name.len() <= LONGEST_NAME {
        name
    } else {
        "change_tables".to_owned()
    }
}
