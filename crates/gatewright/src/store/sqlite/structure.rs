//! What a SQLite database is made of, from its catalogue.

use std::path::Path;

use super::connection::{Connection, Purpose};
use crate::store::migrate::Structure;
use crate::store::{Row, StoreError, Value};

/// The runner's own table, which is there before the first migration.
const HISTORY: &str = "gatewright_migrations";

/// The structure of a database file.
pub(crate) fn of_file(path: &str) -> Result<Structure, StoreError> {
    read(&Connection::open(Path::new(path), Purpose::Read)?)
}

/// The structure that these statements give an empty database.
pub(crate) fn after<'a>(
    statements: impl IntoIterator<Item = &'a str>,
) -> Result<Structure, StoreError> {
    let scratch = Connection::in_memory()?;
    for statements in statements {
        scratch.run_all(statements)?;
    }
    read(&scratch)
}

fn read(connection: &Connection) -> Result<Structure, StoreError> {
    let mut structure = Structure::default();
    let tables = "SELECT name, type, wr, strict FROM pragma_table_list
        WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> $1";
    for mut row in connection.run(tables, &[text(HISTORY)])? {
        let (name, kind): (String, String) = (row.next()?, row.next()?);
        let [without_rowid, strict]: [i64; 2] = [row.next()?, row.next()?];
        let mut description = Vec::new();
        description.extend((kind != "table").then_some(kind.as_str()));
        description.extend((strict == 1).then_some("strict"));
        description.extend((without_rowid == 1).then_some("without rowid"));
        structure.table(&name, description.join(", "));
        columns(connection, &name, &mut structure)?;
        indexes(connection, &name, &mut structure)?;
        foreign_keys(connection, &name, &mut structure)?;
    }
    definitions(connection, &mut structure)?;
    Ok(structure)
}

fn columns(
    connection: &Connection,
    table: &str,
    structure: &mut Structure,
) -> Result<(), StoreError> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo($1)";
    for mut row in connection.run(sql, &[text(table)])? {
        let (name, ty): (String, String) = (row.next()?, row.next()?);
        let not_null: i64 = row.next()?;
        let default: Option<String> = row.next()?;
        let key: i64 = row.next()?;
        let mut description = ty;
        if not_null == 1 {
            description += " NOT NULL";
        }
        if let Some(default) = default {
            description += &format!(" DEFAULT {default}");
        }
        if key > 0 {
            description += &format!(", {key} of the primary key");
        }
        structure.part(table, "column", &name, description);
    }
    Ok(())
}

/// Unique constraints and indexes; those that were made by `CREATE INDEX` with their text.
fn indexes(
    connection: &Connection,
    table: &str,
    structure: &mut Structure,
) -> Result<(), StoreError> {
    let sql =
        "SELECT list.name, list.origin, group_concat(info.name, ', ' ORDER BY info.seqno), made.sql
        FROM pragma_index_list($1) AS list
        JOIN pragma_index_info(list.name) AS info
        LEFT JOIN sqlite_schema AS made ON made.type = 'index' AND made.name = list.name
        GROUP BY list.name";
    for mut row in connection.run(sql, &[text(table)])? {
        let (name, origin): (String, String) = (row.next()?, row.next()?);
        let columns: Option<String> = row.next()?;
        let sql: Option<String> = row.next()?;
        let columns = columns.unwrap_or_default();
        match origin.as_str() {
            "c" => structure.part(table, "index", &name, one_line(&sql.unwrap_or_default())),
            "u" => structure.part(table, "unique", &format!("({columns})"), String::new()),
            _ => structure.part(table, "primary key", &format!("({columns})"), String::new()),
        }
    }
    Ok(())
}

fn foreign_keys(
    connection: &Connection,
    table: &str,
    structure: &mut Structure,
) -> Result<(), StoreError> {
    let sql = "SELECT group_concat(\"from\", ', ' ORDER BY seq), \"table\",
            coalesce(group_concat(\"to\", ', ' ORDER BY seq), ''), on_update, on_delete
        FROM pragma_foreign_key_list($1) GROUP BY id, \"table\", on_update, on_delete";
    for mut row in connection.run(sql, &[text(table)])? {
        let [from, target, to, on_update, on_delete]: [String; 5] = [
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
        ];
        let description = format!("{target} ({to}), ON UPDATE {on_update} ON DELETE {on_delete}");
        structure.part(table, "foreign key", &format!("({from})"), description);
    }
    Ok(())
}

/// What only the text of a definition says: checks, triggers and views.
fn definitions(connection: &Connection, structure: &mut Structure) -> Result<(), StoreError> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> $1";
    for row in connection.run(sql, &[text(HISTORY)])? {
        let [kind, name, table, sql] = strings(row)?;
        match kind.as_str() {
            "table" => {
                for check in checks(&sql) {
                    structure.part(&table, "check", &check, String::new());
                }
            }
            "trigger" => structure.part(&table, "trigger", &name, one_line(&sql)),
            "view" => structure.part(&table, "definition", "of the view", one_line(&sql)),
            _ => {}
        }
    }
    Ok(())
}

fn strings<const N: usize>(mut row: Row) -> Result<[String; N], StoreError> {
    let mut strings = [const { String::new() }; N];
    for string in &mut strings {
        *string = row.next()?;
    }
    Ok(strings)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Line breaks and indentation are no difference.
fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The conditions of the checks in a `CREATE TABLE`, with their brackets.
fn checks(sql: &str) -> Vec<String> {
    let mut checks = Vec::new();
    let mut word = String::new();
    let mut word_ended = false;
    let mut quote = None;
    // The brackets that are open since a CHECK, and its text so far.
    let mut open: Option<(u32, String)> = None;
    for character in sql.chars() {
        if let Some((_, text)) = &mut open {
            text.push(character);
        }
        match quote {
            Some(end) if character == end => quote = None,
            Some(_) => {}
            None if matches!(character, '\'' | '"' | '`') => quote = Some(character),
            None if character.is_ascii_alphanumeric() || character == '_' => {
                if std::mem::take(&mut word_ended) {
                    word.clear();
                }
                word.push(character);
                continue;
            }
            None if character == '(' => match &mut open {
                Some((depth, _)) => *depth += 1,
                None if word.eq_ignore_ascii_case("check") => open = Some((1, "(".to_owned())),
                None => {}
            },
            None if character == ')' => {
                if let Some((depth, _)) = &mut open {
                    *depth -= 1;
                }
                if let Some((0, text)) = &open {
                    checks.push(one_line(text));
                    open = None;
                }
            }
            // White space may follow the word.
            None if character.is_whitespace() => {
                word_ended = true;
                continue;
            }
            None => {}
        }
        word.clear();
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_in_a_definition() {
        let sql = "CREATE TABLE \"check (\" (a TEXT CHECK (a IN ('x)', 'y')), \"check\" INTEGER CHECK  \n  (1 < (2)\n OR 0), \
                   b TEXT DEFAULT 'CHECK (no)')";
        assert_eq!(checks(sql), ["(a IN ('x)', 'y'))", "(1 < (2) OR 0)"]);
    }
}
