//! SQLite, with foreign keys on, as the application's connections have them: `walls.rs` shows over
//! HTTP that they do.

use std::collections::BTreeMap;

use gatewright_tests::application::{Application, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::tenancy_rows;
use rusqlite::{Connection, ErrorCode};

/// SQLITE_CONSTRAINT_FOREIGNKEY
const FOREIGN_KEY: i32 = 787;

fn strings<const N: usize>(file: &Connection, sql: &str) -> Vec<[String; N]> {
    let mut statement = file.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        let columns: Vec<String> = (0..N).map(|n| row.get(n)).collect::<Result<_, _>>()?;
        Ok(columns.try_into().unwrap())
    };
    statement
        .query_map([], row)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// A foreign key between two tables of a tenant.
#[derive(Debug)]
struct Reference {
    child: String,
    parent: String,
    /// Pairs of columns, the child's first.
    columns: Vec<(String, String)>,
}

fn references(file: &Connection) -> Vec<Reference> {
    let rows: Vec<[String; 5]> = strings(
        file,
        "SELECT child.name, keys.\"table\", CAST(keys.id AS TEXT), keys.\"from\", keys.\"to\"
         FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS keys
         WHERE child.type = 'table'
             AND EXISTS (SELECT 1 FROM pragma_table_info(keys.\"table\") WHERE name = 'tenant_id')
         ORDER BY child.name, keys.id, keys.seq",
    );
    let mut keys: BTreeMap<[String; 3], Vec<(String, String)>> = BTreeMap::new();
    for [child, parent, id, from, to] in rows {
        keys.entry([child, parent, id])
            .or_default()
            .push((from, to));
    }
    keys.into_iter()
        .map(|([child, parent, _], columns)| Reference {
            child,
            parent,
            columns,
        })
        .collect()
}

#[test]
fn db05_a_reference_to_another_tenants_row_is_refused() {
    let application = Application::seeded(Walls::All.binary(), Store::Sqlite);
    let file = Connection::open(application.file()).unwrap();
    file.pragma_update(None, "foreign_keys", true).unwrap();
    let resources = strings::<1>(
        &file,
        "SELECT replace(name, '_custom_values', '') FROM sqlite_schema
         WHERE type = 'table' AND name LIKE '%\\_custom\\_values' ESCAPE '\\'",
    );
    let resources: Vec<String> = resources.into_iter().flatten().collect();
    file.execute_batch(&tenancy_rows::statements(&Store::Sqlite, &resources))
        .unwrap();
    let id = |slug: &str| {
        let found = strings::<1>(
            &file,
            &format!("SELECT id FROM tenants WHERE slug = '{slug}'"),
        );
        found.into_iter().next().unwrap()[0].clone()
    };
    let [acme, globex] = ["acme", "globex"].map(id);

    let references = references(&file);
    assert!(
        references.len() >= 7,
        "too few references to be true: {references:?}"
    );
    for Reference {
        child,
        parent,
        columns,
    } in references
    {
        let [(from_tenant, to_tenant), (from, to)] = &columns[..] else {
            panic!("{child} refers to {parent} by {columns:?}");
        };
        assert_eq!(
            (&**from_tenant, &**to_tenant),
            ("tenant_id", "tenant_id"),
            "{child}"
        );
        let foreign = strings::<1>(
            &file,
            &format!(
                "SELECT \"{to}\" FROM \"{parent}\" WHERE tenant_id = '{globex}' AND \"{to}\" NOT IN (
                     SELECT \"{to}\" FROM \"{parent}\" WHERE tenant_id = '{acme}') LIMIT 1"
            ),
        );
        let [foreign] = &foreign[0];
        // OR IGNORE passes over rows that would become equal, never over a broken reference.
        let points_across = format!(
            "UPDATE OR IGNORE \"{child}\" SET \"{from}\" = '{foreign}' WHERE tenant_id = '{acme}'"
        );
        let error = file.execute(&points_across, []).expect_err(&child);
        let code = error
            .sqlite_error()
            .map(|error| (error.code, error.extended_code));
        assert_eq!(
            code,
            Some((ErrorCode::ConstraintViolation, FOREIGN_KEY)),
            "{child}: {error}"
        );
    }
}
