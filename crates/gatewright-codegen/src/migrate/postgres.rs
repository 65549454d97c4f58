//! A migration for PostgreSQL: tables are altered in place.
//!
//! The order: what goes, new names, columns, new tables, what comes. Constraints, indexes and
//! policies end up with the names that a fresh database gives them; the order of columns alone
//! differs, which nothing reads.

use gatewright_schema::FieldType;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use super::custom;
use super::diff::{Diff, Half, Kept, Pair};
use super::sqlite::index_sql;
use super::value::{literal, value};
use crate::Error;
use crate::lower::literal::sql_name;
use crate::lower::table::{CREATED_BY, Check, Column, Index, Reference, Table, Unique};
use crate::lower::{FIRST_TENANT_TABLES, TENANT_TABLES};

/// The statements, without the checks.
pub(super) fn statements(
    diff: &Diff<'_>,
    environment: &Environment<'_>,
) -> Result<Vec<String>, Error> {
    let mut statements = Statements::default();
    for (lacking, part) in [
        (diff.lacks.tenancy_tables, "postgres/add_tenancy_tables.sql"),
        (diff.lacks.authn_tables, "postgres/add_authn_tables.sql"),
    ] {
        if lacking {
            let unverified_accounts = diff.unverified_accounts;
            let sql = environment
                .get_template(part)?
                .render(context! { unverified_accounts })?;
            statements.tables.push(sql.trim_end().to_owned());
        }
    }
    let lacks_values = diff.lacks.tenancy_tables;
    for kept in &diff.kept {
        statements.of_kept(kept, diff.lacks.created_by);
        if lacks_values {
            statements.values_table(&kept.new.table, environment)?;
        } else {
            statements.values_of_kept(kept);
        }
    }
    if !diff.dropped.is_empty() {
        let names: Vec<&str> = diff
            .dropped
            .iter()
            .flat_map(|it| {
                let values = (!lacks_values).then_some(it.table.custom_values.name.as_str());
                [Some(it.table.name.as_str()), values]
            })
            .flatten()
            .collect();
        statements
            .goes
            .push(format!("DROP TABLE {};", names.join(", ")));
    }
    statements.comes.extend(custom::statements(diff));
    for created in &diff.created {
        statements.of_created(created, environment)?;
    }
    let row_level_security = row_level_security(diff, environment)?;
    Ok([
        statements.goes,
        statements.renames,
        statements.columns,
        statements.tables,
        statements.comes,
        super::slugs::statements(diff),
        row_level_security,
    ]
    .concat())
}

#[derive(Default)]
struct Statements {
    goes: Vec<String>,
    renames: Vec<String>,
    columns: Vec<String>,
    tables: Vec<String>,
    comes: Vec<String>,
}

impl Statements {
    fn of_created(
        &mut self,
        created: &Half<'_>,
        environment: &Environment<'_>,
    ) -> Result<(), Error> {
        let mut table = created.table.clone();
        for reference in &mut table.references {
            // Whatever they refer to is there once every table is.
            reference.deferred = true;
            self.comes.push(add_reference(&created.table, reference));
        }
        let template = environment.get_template("postgres/resource_table.sql")?;
        let sql = template.render(context! { table => Value::from(Serde(&table)) })?;
        self.tables.push(sql.trim_end().to_owned());
        self.tables
            .extend(table.indexes.iter().map(|it| index_sql(&table, it)));
        self.values_table(&table, environment)
    }

    /// Makes the table of a resource's custom values.
    fn values_table(&mut self, table: &Table, environment: &Environment<'_>) -> Result<(), Error> {
        let template = environment.get_template("postgres/custom_values_table.sql")?;
        let values = Value::from(Serde(&table.custom_values));
        let sql = template.render(context! { values })?;
        // It refers to the table, which has its last name and its key by then.
        self.tables.push(sql.trim_end().to_owned());
        Ok(())
    }

    /// Keeps that table, under the name that goes with its resource's.
    fn values_of_kept(&mut self, kept: &Kept<'_>) {
        let (old, new) = (&kept.old.table.custom_values, &kept.new.table.custom_values);
        if old.name != new.name {
            self.renames
                .push(format!("ALTER TABLE {} RENAME TO {};", old.name, new.name));
        }
        for (before, after) in old.constraints().into_iter().zip(new.constraints()) {
            if before != after {
                self.renames.push(format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {before} TO {after};",
                    new.name
                ));
            }
        }
    }

    fn of_kept(&mut self, kept: &Kept<'_>, lacks_created_by: bool) {
        let (old, new) = (&kept.old.table, &kept.new.table);
        if kept.is_renamed() {
            self.renames
                .push(format!("ALTER TABLE {} RENAME TO {};", old.name, new.name));
            for suffix in ["pkey", "tenant_id_fkey"] {
                let name = |half: &Half<'_>| sql_name(&format!("{}_{suffix}", half.resource.name));
                self.rename_constraint(new, &name(kept.old), &name(kept.new));
            }
        }
        for pair in kept.fields.iter().filter(|pair| pair.is_renamed()) {
            if let Some(old) = pair.old {
                self.renames.push(format!(
                    "ALTER TABLE {} RENAME COLUMN {} TO {};",
                    new.name,
                    sql_name(&old.name),
                    sql_name(&pair.new.name)
                ));
            }
        }
        for field in &kept.dropped {
            // What hangs on the column goes with it; but the table referred to may go first.
            if let Some(reference) = reference(old, &field.name) {
                self.goes.push(format!(
                    "ALTER TABLE {} DROP CONSTRAINT {};",
                    old.name, reference.constraint
                ));
            }
            self.columns.push(format!(
                "ALTER TABLE {} DROP COLUMN {};",
                new.name,
                sql_name(&field.name)
            ));
        }
        if lacks_created_by {
            self.columns.push(format!(
                "ALTER TABLE {} ADD COLUMN {CREATED_BY} uuid;",
                new.name
            ));
        }
        self.index(kept, (!lacks_created_by).then_some(CREATED_BY), CREATED_BY);
        for pair in &kept.fields {
            self.constraints(kept, pair);
            self.column(kept, pair);
        }
    }

    /// The column itself: type, nulls, new ones.
    fn column(&mut self, kept: &Kept<'_>, pair: &Pair<'_>) {
        let table = &kept.new.table.name;
        let name = sql_name(&pair.new.name);
        let Some(new) = column(&kept.new.table, &pair.new.name) else {
            return;
        };
        let not_null = if new.not_null { " NOT NULL" } else { "" };
        let alter = |what: String| format!("ALTER TABLE {table} {what};");
        let Some(old) = pair.old else {
            let default = pair
                .fill
                .map(|default| format!(" DEFAULT {}", literal(pair.new, default).postgres));
            let filled = default.is_some();
            self.columns.push(alter(format!(
                "ADD COLUMN {name} {}{not_null}{}",
                new.postgres_type,
                default.unwrap_or_default()
            )));
            if filled {
                // For the rows that exist; from here on the application fills it in.
                self.columns
                    .push(alter(format!("ALTER COLUMN {name} DROP DEFAULT")));
            }
            return;
        };
        let old_column = column(&kept.old.table, &old.name);
        if old_column.is_some_and(|it| it.postgres_type != new.postgres_type) {
            // The column has its new name by now.
            let named_alike = gatewright_schema::Field {
                name: pair.new.name.clone(),
                ..old.clone()
            };
            let unfilled = Pair {
                new: pair.new,
                old: Some(&named_alike),
                cast: pair.cast.clone(),
                retargeted: None,
                fill: None,
            };
            self.columns.push(alter(format!(
                "ALTER COLUMN {name} TYPE {} USING {}",
                new.postgres_type,
                value(&unfilled, "").postgres
            )));
        }
        if pair.becomes_required() {
            if let Some(default) = pair.fill {
                self.columns.push(format!(
                    "UPDATE {table} SET {name} = {} WHERE {name} IS NULL;",
                    literal(pair.new, default).postgres
                ));
            }
            self.columns
                .push(alter(format!("ALTER COLUMN {name} SET NOT NULL")));
        }
        if pair.becomes_optional() {
            self.columns
                .push(alter(format!("ALTER COLUMN {name} DROP NOT NULL")));
        }
    }

    /// What hangs on the column: its constraints and its index.
    fn constraints(&mut self, kept: &Kept<'_>, pair: &Pair<'_>) {
        let (old, new) = (&kept.old.table, &kept.new.table);
        let old_name = pair.old.map(|it| it.name.as_str());
        let field = &pair.new.name;

        let before = old_name.and_then(|name| unique(old, name));
        let after = unique(new, field);
        self.constraint(
            kept,
            before.map(|it| it.constraint.as_str()),
            after.map(|it| it.constraint.as_str()),
            true,
            after.map(|it| format!("UNIQUE (tenant_id, {})", it.column)),
        );

        let before = old_name.and_then(|name| check(old, name));
        let after = check(new, field);
        let values = |ty: &FieldType| match ty {
            FieldType::Enum { values } => Some(values.clone()),
            _ => None,
        };
        self.constraint(
            kept,
            before.map(|it| it.constraint.as_str()),
            after.map(|it| it.constraint.as_str()),
            pair.old
                .is_some_and(|old| values(&old.ty) == values(&pair.new.ty)),
            after.map(|it| format!("CHECK ({})", it.condition)),
        );

        let before = old_name.and_then(|name| reference(old, name));
        let after = reference(new, field);
        let on_delete = |ty: &FieldType| super::cast::on_delete(ty);
        self.constraint(
            kept,
            before.map(|it| it.constraint.as_str()),
            after.map(|it| it.constraint.as_str()),
            pair.retargeted.is_none()
                && pair
                    .old
                    .is_some_and(|old| on_delete(&old.ty) == on_delete(&pair.new.ty)),
            after.map(foreign_key),
        );
        self.index(kept, old_name, field);
    }

    /// Keeps, renames, drops or adds a constraint.
    fn constraint(
        &mut self,
        kept: &Kept<'_>,
        before: Option<&str>,
        after: Option<&str>,
        same: bool,
        definition: Option<String>,
    ) {
        if let (Some(before), Some(after), true) = (before, after, same) {
            self.rename_constraint(&kept.new.table, before, after);
            return;
        }
        if let Some(before) = before {
            let table = &kept.old.table.name;
            self.goes
                .push(format!("ALTER TABLE {table} DROP CONSTRAINT {before};"));
        }
        if let (Some(after), Some(definition)) = (after, definition) {
            let table = &kept.new.table.name;
            self.comes.push(format!(
                "ALTER TABLE {table} ADD CONSTRAINT {after} {definition};"
            ));
        }
    }

    fn rename_constraint(&mut self, table: &Table, before: &str, after: &str) {
        if before != after {
            self.renames.push(format!(
                "ALTER TABLE {} RENAME CONSTRAINT {before} TO {after};",
                table.name
            ));
        }
    }

    /// Keeps, renames, drops or adds the index of a column.
    fn index(&mut self, kept: &Kept<'_>, before: Option<&str>, after: &str) {
        let find = |table: &Table, of: &str| -> Option<Index> {
            table.indexes.iter().find(|it| it.of == of).cloned()
        };
        let before = before.and_then(|of| find(&kept.old.table, of));
        let after = find(&kept.new.table, after);
        match (before, after) {
            (Some(before), Some(after)) => {
                if before.name != after.name {
                    self.renames.push(format!(
                        "ALTER INDEX {} RENAME TO {};",
                        before.name, after.name
                    ));
                }
            }
            (Some(before), None) => self.goes.push(format!("DROP INDEX {};", before.name)),
            (None, Some(after)) => self.comes.push(index_sql(&kept.new.table, &after)),
            (None, None) => {}
        }
    }
}

/// Names in tables are quoted.
fn column<'a>(table: &'a Table, name: &str) -> Option<&'a Column> {
    table.columns.iter().find(|it| it.name == sql_name(name))
}

fn unique<'a>(table: &'a Table, name: &str) -> Option<&'a Unique> {
    table.uniques.iter().find(|it| it.column == sql_name(name))
}

fn reference<'a>(table: &'a Table, name: &str) -> Option<&'a Reference> {
    table
        .references
        .iter()
        .find(|it| it.column == sql_name(name))
}

fn check<'a>(table: &'a Table, name: &str) -> Option<&'a Check> {
    column(table, name).and_then(|it| it.check.as_ref())
}

fn foreign_key(reference: &Reference) -> String {
    format!(
        "FOREIGN KEY (tenant_id, {})\n    REFERENCES {} (tenant_id, id){}",
        reference.column, reference.to, reference.postgres_on_delete
    )
}

fn add_reference(table: &Table, reference: &Reference) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} {};",
        table.name,
        reference.constraint,
        foreign_key(reference)
    )
}

/// Turns row-level security on or off, and on for new tables.
fn row_level_security(
    diff: &Diff<'_>,
    environment: &Environment<'_>,
) -> Result<Vec<String>, Error> {
    let part = |name: &str, table: &str| -> Result<String, Error> {
        let sql = environment.get_template(name)?.render(context! { table })?;
        Ok(sql.trim_end().to_owned())
    };
    let lacks = diff.lacks.tenancy_tables;
    let values = |table: &'_ Table| table.custom_values.name.clone();
    let kept = || diff.kept.iter().map(|it| it.new.table.name.clone());
    let kept_values = || diff.kept.iter().map(|it| values(&it.new.table));
    let created = || {
        let tables = || diff.created.iter().map(|it| &it.table);
        let names = tables().map(|it| it.name.clone());
        names.chain(tables().map(values))
    };
    // Those that this migration makes, and those that were there.
    let new_values = || kept_values().filter(|_| lacks);
    let old_values = || kept_values().filter(|_| !lacks);
    let system = || TENANT_TABLES.into_iter().map(str::to_owned);
    let new_system = || {
        system().skip(if lacks {
            FIRST_TENANT_TABLES
        } else {
            usize::MAX
        })
    };
    let old_system = || {
        system().take(if lacks {
            FIRST_TENANT_TABLES
        } else {
            usize::MAX
        })
    };
    let mut statements = Vec::new();
    let guarded: Vec<String> = match diff.row_level_security {
        (true, true) => new_system().chain(new_values()).chain(created()).collect(),
        (false, true) => system()
            .chain(kept())
            .chain(kept_values())
            .chain(created())
            .collect(),
        (_, false) => Vec::new(),
    };
    for table in guarded {
        statements.push(part("postgres/row_level_security.sql", &table)?);
    }
    match diff.row_level_security {
        (false, true) => statements.push(part("postgres/membership_policies.sql", "")?),
        (true, true) if lacks => statements.push(part("postgres/platform_policies.sql", "")?),
        (true, false) => {
            statements.push(
                "DROP POLICY own_memberships ON user_tenants;\nDROP POLICY platform ON user_tenants;"
                    .to_owned(),
            );
            if !lacks {
                statements.push(
                    "DROP POLICY platform ON audit_log;\nDROP POLICY platform ON outbox;"
                        .to_owned(),
                );
            }
            let tables = old_system().chain(kept()).chain(old_values());
            statements.extend(tables.map(|table| {
                format!(
                    "DROP POLICY tenant ON {table};\nDROP POLICY migration ON {table};\n\
                     ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;\n\
                     ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
                )
            }));
        }
        _ => {}
    }
    Ok(statements)
}
