//! A migration for SQLite.
//!
//! SQLite alters little in place, and leaves the columns in another order where it does. A table
//! that changes is made anew, as a fresh database would get it, and filled from the old one; so the
//! result is the same to the letter. The runner looks at foreign keys only at the end.

use std::collections::HashSet;

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use super::additions;
use super::custom;
use super::diff::{Diff, Half, Kept};
use super::value::value;
use crate::Error;
use crate::lower::literal::sql_name;
use crate::lower::table::{CUSTOM_VALUES, CustomValues, Index, Reference, Table};

/// System columns that are copied as they are.
const SYSTEM: [&str; 5] = ["tenant_id", "id", "version", "created_at", "updated_at"];

/// The statements, with the checks of what a team added, without those of the records.
pub(super) fn statements(
    diff: &Diff<'_>,
    environment: &Environment<'_>,
) -> Result<Vec<String>, Error> {
    let render = Render(environment);
    let mut remade = Vec::new();
    for kept in &diff.kept {
        if diff.lacks.created_by || render.differs(kept)? {
            remade.push(kept);
        }
    }
    let old_names: HashSet<&str> = remade
        .iter()
        .map(|kept| kept.old.table.name.as_str())
        .chain(diff.dropped.iter().map(|half| half.table.name.as_str()))
        .collect();

    // Indexes and triggers of a table go with it; a trigger also breaks when the table goes that it
    // writes to.
    let before = Attached::of(
        diff.kept
            .iter()
            .map(|kept| kept.old)
            .chain(diff.dropped.iter().copied()),
        &render,
    )?;
    let after = Attached::of(
        diff.kept
            .iter()
            .map(|kept| kept.new)
            .chain(diff.created.iter().copied()),
        &render,
    )?;
    let stays = |it: &Thing| {
        !it.tables
            .iter()
            .any(|table| old_names.contains(table.as_str()))
            && after.0.iter().any(|new| new.sql == it.sql)
    };
    let mut statements = Vec::new();
    if diff.lacks.tenancy_tables {
        statements.push(render.part("sqlite/add_tenancy_tables.sql")?);
    }
    if diff.lacks.authn_tables {
        statements.push(render.authn_tables(diff.unverified_accounts)?);
    }
    statements.extend(
        remade
            .iter()
            .map(|kept| additions::check(kept, &SYSTEM, &before, diff.lacks.created_by)),
    );
    let mut kept_things = Vec::new();
    for thing in &before.0 {
        if stays(thing) {
            kept_things.push(thing.sql.as_str());
        } else if thing.is_trigger
            || !thing
                .tables
                .iter()
                .any(|it| old_names.contains(it.as_str()))
        {
            statements.push(format!("DROP {} {};", thing.kind(), thing.name));
        }
    }

    for kept in &remade {
        statements.push(render.table(&kept.new.table, &temporary(kept))?);
        statements.push(copy(kept, diff.lacks.created_by));
    }
    for kept in &remade {
        statements.push(format!("DROP TABLE {};", kept.old.table.name));
    }
    for dropped in &diff.dropped {
        statements.push(format!("DROP TABLE {};", dropped.table.name));
        if !diff.lacks.tenancy_tables {
            statements.push(format!("DROP TABLE {};", dropped.table.custom_values.name));
        }
    }
    for kept in &remade {
        statements.push(format!(
            "ALTER TABLE {} RENAME TO {};",
            temporary(kept),
            kept.new.table.name
        ));
    }
    for created in &diff.created {
        statements.push(render.table(&created.table, &created.table.name)?);
        statements.push(render.values_table(&created.table.custom_values)?);
    }
    for kept in &diff.kept {
        let (old, new) = (&kept.old.table.custom_values, &kept.new.table.custom_values);
        if diff.lacks.tenancy_tables {
            statements.push(render.values_table(new)?);
        } else if old != new {
            statements.extend(render.values_again(kept)?);
        }
    }
    statements.extend(custom::statements(diff));
    let made = after
        .0
        .iter()
        .filter(|it| !kept_things.contains(&it.sql.as_str()));
    statements.extend(made.map(|it| it.sql.clone()));
    statements.extend(super::slugs::statements(diff));
    Ok(statements)
}

/// The name of a table until the old one is gone.
fn temporary(kept: &Kept<'_>) -> String {
    sql_name(&format!("gatewright_new_{}", kept.new.resource.name))
}

fn copy(kept: &Kept<'_>, lacks_created_by: bool) -> String {
    let mut columns: Vec<String> = SYSTEM.map(str::to_owned).into();
    let mut values = columns.clone();
    if !lacks_created_by {
        columns.push("created_by".to_owned());
        values.push("created_by".to_owned());
    }
    for pair in &kept.fields {
        if pair.old.is_some() || pair.fill.is_some() {
            columns.push(sql_name(&pair.new.name));
            values.push(value(pair, "").sqlite);
        }
    }
    format!(
        "INSERT INTO {} ({})\nSELECT {}\nFROM {};",
        temporary(kept),
        columns.join(", "),
        values.join(", "),
        kept.old.table.name
    )
}

/// The parts of a migration that templates hold.
struct Render<'a>(&'a Environment<'a>);

impl Render<'_> {
    fn part(&self, name: &str) -> Result<String, Error> {
        let sql = self.0.get_template(name)?.render(context! {})?;
        Ok(sql.trim_end().to_owned())
    }

    fn authn_tables(&self, unverified_accounts: bool) -> Result<String, Error> {
        let template = self.0.get_template("sqlite/add_authn_tables.sql")?;
        let sql = template.render(context! { unverified_accounts })?;
        Ok(sql.trim_end().to_owned())
    }

    fn table(&self, table: &Table, name: &str) -> Result<String, Error> {
        let table = Table {
            name: name.to_owned(),
            ..table.clone()
        };
        let template = self.0.get_template("sqlite/resource_table.sql")?;
        Ok(template
            .render(context! { table => Value::from(Serde(&table)) })?
            .trim_end()
            .to_owned())
    }

    fn values_table(&self, values: &CustomValues) -> Result<String, Error> {
        let template = self.0.get_template("sqlite/custom_values_table.sql")?;
        let sql = template.render(context! { values => Value::from(Serde(values)) })?;
        Ok(sql.trim_end().to_owned())
    }

    /// Makes the table of custom values anew, under the name that goes with its resource's.
    fn values_again(&self, kept: &Kept<'_>) -> Result<[String; 4], Error> {
        let (old, new) = (&kept.old.table.custom_values, &kept.new.table.custom_values);
        let resource = &kept.new.resource.name;
        let name = sql_name(&format!("gatewright_new_{resource}{CUSTOM_VALUES}"));
        let temporary = CustomValues {
            name: name.clone(),
            ..new.clone()
        };
        let columns = "tenant_id, record_id, field_id, text_value, number_value, unique_value";
        Ok([
            self.values_table(&temporary)?,
            format!(
                "INSERT INTO {name} ({columns})\nSELECT {columns}\nFROM {};",
                old.name
            ),
            format!("DROP TABLE {};", old.name),
            format!("ALTER TABLE {name} RENAME TO {};", new.name),
        ])
    }

    fn trigger(&self, table: &Table, reference: &Reference) -> Result<String, Error> {
        let template = self.0.get_template("sqlite/set_null_trigger.sql")?;
        let sql = template.render(context! {
            table => Value::from(Serde(table)),
            reference => Value::from(Serde(reference)),
        })?;
        Ok(sql.trim_end().to_owned())
    }

    /// Whether the table itself or what is in it has to change.
    fn differs(&self, kept: &Kept<'_>) -> Result<bool, Error> {
        let (old, new) = (&kept.old.table, &kept.new.table);
        Ok(self.table(old, &old.name)? != self.table(new, &new.name)?
            || kept.fields.iter().any(super::diff::Pair::rewrites))
    }
}

/// An index or a trigger.
struct Thing {
    is_trigger: bool,
    name: String,
    sql: String,
    /// The tables without which it cannot be; the last is the one that it is made on.
    tables: Vec<String>,
}

impl Thing {
    fn kind(&self) -> &'static str {
        if self.is_trigger { "TRIGGER" } else { "INDEX" }
    }
}

/// The indexes, then the triggers of some tables.
pub(super) struct Attached(Vec<Thing>);

impl Attached {
    fn of<'a>(
        halves: impl Iterator<Item = &'a Half<'a>>,
        render: &Render<'_>,
    ) -> Result<Self, Error> {
        let (mut indexes, mut triggers) = (Vec::new(), Vec::new());
        for Half { table, .. } in halves {
            for index in &table.indexes {
                indexes.push(Thing {
                    is_trigger: false,
                    name: index.name.clone(),
                    sql: index_sql(table, index),
                    tables: vec![table.name.clone()],
                });
            }
            for reference in &table.references {
                if let Some(name) = &reference.set_null_trigger {
                    triggers.push(Thing {
                        is_trigger: true,
                        name: name.clone(),
                        sql: render.trigger(table, reference)?,
                        tables: vec![table.name.clone(), reference.to.clone()],
                    });
                }
            }
        }
        indexes.append(&mut triggers);
        Ok(Self(indexes))
    }

    /// The names of those that the database keeps with `table`, which is quoted as they are.
    pub fn on<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let hangs = move |it: &&Thing| it.tables.last().is_some_and(|last| last == table);
        self.0.iter().filter(hangs).map(|it| it.name.as_str())
    }
}

/// The same in both dialects.
pub(super) fn index_sql(table: &Table, index: &Index) -> String {
    format!(
        "CREATE INDEX {} ON {} ({});",
        index.name, table.name, index.columns
    )
}
