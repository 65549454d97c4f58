//! What a team has added to a table that SQLite makes anew.
//!
//! The new table has what the schema says, and is filled with that. Columns, indexes and triggers
//! from elsewhere would be gone, so the database is asked for them first.

use super::check::ROWS;
use super::diff::Kept;
use super::sqlite::Attached;
use crate::lower::literal::{sql_name, sql_quoted};
use crate::lower::table::CREATED_BY;

/// The check that stands before a table is made anew: a row for each thing that is not the tool's.
/// `attached` is what hangs on the tables before the migration.
pub(super) fn check(
    kept: &Kept<'_>,
    system: &[&str],
    attached: &Attached,
    lacks_created_by: bool,
) -> String {
    let table = &kept.old.resource.name;
    let fields = kept.old.resource.fields.iter().map(|it| it.name.as_str());
    let created_by = (!lacks_created_by).then_some(CREATED_BY);
    let columns = list(system.iter().copied().chain(created_by).chain(fields));
    let quoted_name = sql_name(table);
    let things = attached.on(&quoted_name);
    let things = list(things.map(|name| name.trim_matches('"')));
    let table_name = sql_quoted(table);
    format!(
        "-- check: {table} is made anew, and would lose what the schema does not know: drop that before \
         this check, and add it again at the migration's end\n\
         SELECT 'column ' || name FROM pragma_table_xinfo({table_name})\n\
         WHERE name NOT IN ({columns})\n\
         UNION ALL\n\
         SELECT type || ' ' || name FROM sqlite_schema\n\
         WHERE type IN ('index', 'trigger') AND tbl_name = {table_name} COLLATE NOCASE AND sql IS NOT NULL\n    \
         AND name NOT IN ({things})\n\
         LIMIT {ROWS};"
    )
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(sql_quoted).collect();
    quoted.join(", ")
}
