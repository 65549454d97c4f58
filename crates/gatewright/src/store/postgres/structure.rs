//! What a PostgreSQL schema is made of, from the catalogues.
//!
//! Definitions are asked for in the form that leaves out the schema of what the search path finds,
//! so that a scratch schema compares with the real one.
//!
//! How a table is split is the operator's: a partitioned table counts as what it was partitioned
//! from, and partitions not at all. It cannot weaken a key, since every key that is unique must hold
//! what the table is split by.

use uuid::Uuid;

use super::Transaction;
use crate::store::migrate::Structure;
use crate::store::{Row, StoreError, Value, one};

/// Tables, views and their row-level security. The runner's own table is there before the first migration.
const TABLES: &str = "SELECT relname::text,
        concat_ws(', ',
            CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END,
            CASE WHEN relrowsecurity THEN 'row-level security' END,
            CASE WHEN relforcerowsecurity THEN 'forced' END)
    FROM pg_class
    WHERE relnamespace = $1::text::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition
        AND relname <> 'gatewright_migrations'";

/// Each of these gives the table, the kind of part, its name and its description.
const PARTS: [&str; 6] = [
    // A column of a table that was dropped keeps its place, without a type.
    "SELECT c.relname::text, 'column', a.attname::text,
        format_type(a.atttypid, a.atttypmod)
            || CASE WHEN l.collname <> 'default' THEN ' COLLATE ' || quote_ident(l.collname) ELSE '' END
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
        AND c.relname <> 'gatewright_migrations' AND a.attnum > 0 AND NOT a.attisdropped",
    // Later versions have constraints for NOT NULL; the column says it already. A key that refers to
    // a partitioned table has one beneath it for each partition.
    "SELECT c.relname::text, 'constraint', o.conname::text,
        pg_get_constraintdef(o.oid, true) || CASE WHEN o.convalidated THEN '' ELSE ' (not validated)' END
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relnamespace = $1::text::regnamespace AND c.relname <> 'gatewright_migrations' AND o.contype <> 'n'
        AND o.contype <> 't' AND NOT c.relispartition AND o.conparentid = 0",
    // `ON ONLY` is how the index of a partitioned table is written.
    "SELECT c.relname::text, 'index', i.relname::text,
        replace(pg_get_indexdef(x.indexrelid, 0, true), ' ON ONLY ', ' ON ') || CASE WHEN x.indisvalid THEN '' ELSE ' (invalid)' END
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relnamespace = $1::text::regnamespace AND c.relname <> 'gatewright_migrations' AND NOT c.relispartition",
    "SELECT c.relname::text, 'trigger', t.tgname::text,
        pg_get_triggerdef(t.oid, true) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (not enabled)' END
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = $1::text::regnamespace AND NOT t.tgisinternal AND NOT c.relispartition",
    "SELECT c.relname::text, 'policy', p.polname::text,
        CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
            ELSE 'ALL' END
            || CASE WHEN p.polpermissive THEN '' ELSE ' RESTRICTIVE' END
            || ' TO ' || (SELECT string_agg(coalesce(r.rolname::text, 'PUBLIC'), ', ' ORDER BY r.rolname)
                FROM unnest(p.polroles) AS role LEFT JOIN pg_roles r ON r.oid = role)
            || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid, true) || ')', '')
            || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid, true) || ')', '')
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = $1::text::regnamespace AND NOT c.relispartition",
    "SELECT c.relname::text, 'definition', 'of the view', pg_get_viewdef(c.oid, true)
    FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('v', 'm')",
];

/// The structure of the schema that the search path names first.
pub(in crate::store) async fn read(transaction: &mut Transaction) -> Result<Structure, StoreError> {
    let schema: Option<String> = one(transaction
        .run("SELECT quote_ident(current_schema())", &[])
        .await?)?
    .next()?;
    let schema = schema.ok_or_else(|| {
        StoreError::Other("PostgreSQL: the search path names no schema".to_owned())
    })?;
    let args = [Value::Text(schema)];
    let mut structure = Structure::default();
    for mut row in transaction.run(TABLES, &args).await? {
        let table: String = row.next()?;
        structure.table(&table, row.next()?);
    }
    for sql in PARTS {
        for row in transaction.run(sql, &args).await? {
            part(row, &mut structure)?;
        }
    }
    Ok(structure)
}

fn part(mut row: Row, structure: &mut Structure) -> Result<(), StoreError> {
    let [table, kind, name, description]: [String; 4] =
        [row.next()?, row.next()?, row.next()?, row.next()?];
    structure.part(&table, &kind, &name, description);
    Ok(())
}

/// Makes an empty schema, which is gone when the transaction rolls back, and puts it first in the
/// search path. Where extensions live, stays in it.
pub(in crate::store) async fn enter_scratch(
    transaction: &mut Transaction,
) -> Result<(), StoreError> {
    let extensions = "SELECT DISTINCT quote_ident(n.nspname) FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname <> 'pg_catalog'";
    let mut path = vec![format!("gatewright_scratch_{}", Uuid::new_v4().simple())];
    let create = format!("CREATE SCHEMA {}", path.join(""));
    for mut row in transaction.run(extensions, &[]).await? {
        path.push(row.next()?);
    }
    transaction.batch(&create).await.map_err(|error| match error {
        StoreError::Unavailable(_) => error,
        error => StoreError::Other(format!(
            "the structure cannot be compared: the migrating role makes a schema for it, which it drops again, and \
             may not ({error}); run as a superuser: GRANT CREATE ON DATABASE … TO that role"
        )),
    })?;
    transaction
        .batch(&format!("SET LOCAL search_path = {}", path.join(", ")))
        .await
}
