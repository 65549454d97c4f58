//! The parts of a migration's text: statements, and checks between them.
//!
//! A check is a line `-- check: ` with a sentence, then one `SELECT` up to the next line that ends
//! in `;`. It asks for what must not be there: a row that it gives stops the migration, with the
//! sentence and the first rows. (SQLite has no other way to raise an error, and a failed constraint
//! would not say which records are in the way.)

/// How a check begins, at the start of a line.
const CHECK: &str = "-- check: ";

/// A part of a migration.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Any number of statements.
    Statements(&'a str),
    /// A statement that must give no rows.
    Check { message: &'a str, select: &'a str },
}

/// The parts, in order.
pub(super) fn parts(sql: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = sql;
    while let Some(start) = find_check(rest) {
        let (before, check) = rest.split_at(start);
        let (message, after) = check.split_once('\n').unwrap_or((check, ""));
        let end = end_of_statement(after);
        let (select, after) = after.split_at(end);
        parts.push(Part::Statements(before));
        parts.push(Part::Check {
            message: message.strip_prefix(CHECK).unwrap_or(message).trim_end(),
            select: select.trim(),
        });
        rest = after;
    }
    parts.push(Part::Statements(rest));
    parts.retain(|part| !matches!(part, Part::Statements(text) if is_blank(text)));
    parts
}

/// Where the next line is that begins a check.
fn find_check(text: &str) -> Option<usize> {
    if text.starts_with(CHECK) {
        return Some(0);
    }
    text.find(&format!("\n{CHECK}"))
        .map(|position| position + 1)
}

/// Past the next line that ends in `;`.
fn end_of_statement(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if line.trim_end().ends_with(';') {
            break;
        }
    }
    end
}

/// Whether statements do no more than keep others away.
pub(super) fn is_lock(statements: &str) -> bool {
    let lines = statements.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with("--"));
    lines.all(|line| line.starts_with("LOCK TABLE ") && line.ends_with("MODE;"))
}

/// Whether there is nothing to run: some drivers refuse that.
fn is_blank(text: &str) -> bool {
    text.lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with("--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_stand_between_statements() {
        let sql = "-- A comment.\n\n-- check: too many\nSELECT 1\nWHERE 2 > 1;\n\nCREATE TABLE a (b text);\n\
                   INSERT INTO a VALUES ('-- check: no');\n-- check: none\r\nSELECT 2;\r\n";
        assert_eq!(
            parts(sql),
            [
                Part::Check {
                    message: "too many",
                    select: "SELECT 1\nWHERE 2 > 1;"
                },
                Part::Statements(
                    "\nCREATE TABLE a (b text);\nINSERT INTO a VALUES ('-- check: no');\n"
                ),
                Part::Check {
                    message: "none",
                    select: "SELECT 2;"
                },
            ]
        );
        assert_eq!(parts("SELECT 1"), [Part::Statements("SELECT 1")]);
        assert_eq!(parts("-- Nothing.\n"), []);
    }
}
