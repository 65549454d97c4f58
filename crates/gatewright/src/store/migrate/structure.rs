//! What a database is made of, as far as migrations decide it, and how two of them differ.

use std::collections::BTreeMap;

/// Every table with what belongs to it, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Structure(BTreeMap<Thing, String>);

/// A table, or something of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Thing {
    table: String,
    /// `column name`, `index products_name_idx`; empty for the table itself.
    part: String,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.part.as_str() {
            "" => write!(f, "table {}", self.table),
            part => write!(f, "{}: {part}", self.table),
        }
    }
}

impl Structure {
    pub(crate) fn table(&mut self, table: &str, description: String) {
        self.insert(table, String::new(), description);
    }

    /// Adds a part of a table: `column` and `name`, for example.
    pub(crate) fn part(&mut self, table: &str, kind: &str, name: &str, description: String) {
        self.insert(table, format!("{kind} {name}"), description);
    }

    fn insert(&mut self, table: &str, part: String, description: String) {
        let thing = Thing {
            table: table.to_owned(),
            part,
        };
        self.0.insert(thing, description);
    }

    fn has(&self, table: &str) -> bool {
        let thing = Thing {
            table: table.to_owned(),
            part: String::new(),
        };
        self.0.contains_key(&thing)
    }

    /// How `self`, which was found, differs from what the migrations give: a line each.
    pub(crate) fn differences(&self, expected: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (thing, wanted) in &expected.0 {
            // A table that is missing says enough.
            if !thing.part.is_empty() && !self.has(&thing.table) {
                continue;
            }
            match self.0.get(thing) {
                None => differences.push(format!("missing: {}", described(thing, wanted))),
                Some(found) if found != wanted => differences.push(format!(
                    "different: {thing} is {}, and the migrations make it {}",
                    or_nothing(found),
                    or_nothing(wanted)
                )),
                Some(_) => {}
            }
        }
        for (thing, found) in &self.0 {
            if !thing.part.is_empty() && !expected.has(&thing.table) {
                continue;
            }
            if !expected.0.contains_key(thing) {
                differences.push(format!("unexpected: {}", described(thing, found)));
            }
        }
        differences
    }
}

fn described(thing: &Thing, description: &str) -> String {
    match description {
        "" => thing.to_string(),
        description => format!("{thing} ({description})"),
    }
}

fn or_nothing(description: &str) -> &str {
    match description {
        "" => "plain",
        description => description,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_is_a_line() {
        let mut expected = Structure::default();
        expected.table("a", "strict".to_owned());
        expected.part("a", "column", "x", "text".to_owned());
        expected.part("a", "column", "y", "text".to_owned());
        expected.table("gone", String::new());
        expected.part("gone", "column", "x", "text".to_owned());
        let mut found = Structure::default();
        found.table("a", String::new());
        found.part("a", "column", "x", "text, not null".to_owned());
        found.part("a", "index", "i", String::new());
        found.table("b", String::new());
        found.part("b", "column", "x", "text".to_owned());
        assert_eq!(
            found.differences(&expected),
            [
                "different: table a is plain, and the migrations make it strict",
                "different: a: column x is text, not null, and the migrations make it text",
                "missing: a: column y (text)",
                "missing: table gone",
                "unexpected: a: index i",
                "unexpected: table b",
            ]
        );
        assert!(expected.differences(&expected).is_empty());
    }
}
