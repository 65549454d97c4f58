//! From the schema's names to names that Rust accepts.
//!
//! The schema's names are `[a-z][a-z0-9_]*`, so what is left to mend are keywords, and names that
//! meet another one in the same scope. JSON keys, columns and URLs keep the schema's name.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

/// Keywords of Rust 2024, strict and reserved, that a raw identifier can spell.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that are not even raw identifiers.
const NEVER_RAW: [&str; 3] = ["crate", "self", "super"];

/// Names that a resource's module meets where generated code uses it: crates and sibling modules,
/// and `mod`, whose file would be the folder's own `mod.rs`.
const TAKEN_MODULES: [&str; 6] = ["gatewright", "handlers", "mod", "model", "serde", "store"];

/// Types that the files of a resource import or find in the prelude.
const TAKEN_TYPES: [&str; 47] = [
    "Box",
    "Bulk",
    "BulkCreated",
    "BulkIds",
    "BulkNew",
    "BulkPatch",
    "Covers",
    "Created",
    "CustomFields",
    "Date",
    "Decimal",
    "Err",
    "Export",
    "ExportQuery",
    "FieldValue",
    "Fields",
    "FromJson",
    "Grant",
    "Guarded",
    "IfMatch",
    "Input",
    "Json",
    "JsonBody",
    "JsonValue",
    "List",
    "ListQuery",
    "NoContent",
    "None",
    "Ok",
    "Option",
    "Patch",
    "Path",
    "RecordPatch",
    "RecordReader",
    "Resource",
    "ResourceDef",
    "Result",
    "Self",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "Timestamp",
    "UnexpectedValue",
    "Uuid",
    "Value",
    "Versioned",
];

/// What the module of a resource in `permissions.rs` holds in any case.
const TAKEN_PERMISSIONS: [&str; 7] = [
    "Covers",
    "Create",
    "Delete",
    "Kind",
    "Permission",
    "Read",
    "Update",
];

/// The handlers that every resource has.
const TAKEN_HANDLERS: [&str; 9] = [
    "bulk_create",
    "bulk_delete",
    "bulk_update",
    "create",
    "delete",
    "export",
    "list",
    "read",
    "update",
];

/// The names of one scope, each given out once.
pub(super) struct Scope(HashSet<String>);

impl Scope {
    /// A scope without names.
    pub fn empty() -> Self {
        Self(HashSet::new())
    }

    /// The scope of the fields of a record, which has some of its own.
    pub fn fields() -> Self {
        Self(
            ["id", "version", "created_at", "updated_at", "created_by"]
                .map(str::to_owned)
                .into(),
        )
    }

    /// The scope of the modules of resources.
    pub fn modules() -> Self {
        Self(TAKEN_MODULES.map(str::to_owned).into())
    }

    /// The scope of a resource's types in `permissions.rs`.
    pub fn permissions() -> Self {
        Self(TAKEN_PERMISSIONS.map(str::to_owned).into())
    }

    /// The scope of a resource's handlers.
    pub fn handlers() -> Self {
        Self(TAKEN_HANDLERS.map(str::to_owned).into())
    }

    /// The scope of the types in a file of a resource.
    pub fn types() -> Self {
        Self(TAKEN_TYPES.map(str::to_owned).into())
    }

    /// A name for a value or module: `name`, or with as many underscores as it takes.
    pub fn value(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        if NEVER_RAW.contains(&name.as_str()) {
            name.push('_');
        }
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// A name for a type or variant: `name`, or followed by `suffix`, or by a number too.
    pub fn ty(&mut self, name: String, suffix: &str) -> String {
        let with_suffix = format!("{name}{suffix}");
        let numbered = (2..).map(|number| format!("{name}{suffix}{number}"));
        [name.clone(), with_suffix.clone()]
            .into_iter()
            .chain(numbered)
            .find(|candidate| self.0.insert(candidate.clone()))
            .unwrap_or(with_suffix)
    }
}

/// How Rust spells a name: keywords as raw identifiers.
pub(super) fn spell(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// `in_progress` as a type or variant: `InProgress`.
pub(super) fn pascal(name: &str) -> String {
    let pascal: String = name
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
        })
        .collect();
    match pascal.as_str() {
        "Self" => "Self_".to_owned(),
        _ => pascal,
    }
}

/// `OrderLine` as people say it: `order line`.
pub(super) fn noun(singular: &str) -> String {
    let mut noun = String::with_capacity(singular.len() + 4);
    for letter in singular.chars() {
        if letter.is_ascii_uppercase() && !noun.is_empty() {
            noun.push(' ');
        }
        noun.push(letter.to_ascii_lowercase());
    }
    noun
}

/// The order that rustfmt keeps in `use` lists: numbers by value, underscores first. (Items such as
/// `mod` it sorts byte by byte.)
pub(super) fn version_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if !digits_a.is_empty() && !digits_b.is_empty() {
            let order = number(digits_a).cmp(&number(digits_b));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[digits_a.len()..], &b[digits_b.len()..]);
            continue;
        }
        match (a.bytes().next(), b.bytes().next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (&a[1..], &b[1..]),
            (Some(b'_'), Some(_)) => return Ordering::Less,
            (Some(_), Some(b'_')) => return Ordering::Greater,
            (x, y) => return x.cmp(&y),
        }
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}

/// A run of digits in a form that sorts by value, however long it is; then more zeros come first.
fn number(digits: &str) -> (usize, &str, Reverse<usize>) {
    let significant = digits.trim_start_matches('0');
    (significant.len(), significant, Reverse(digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_identifiers() {
        let mut scope = Scope::empty();
        assert_eq!(scope.value("self"), "self_");
        assert_eq!(scope.value("self_"), "self__");
        assert_eq!(spell(&scope.value("type")), "r#type");
        assert_eq!(spell("name"), "name");
        assert_eq!(Scope::modules().value("store"), "store_");
    }

    #[test]
    fn types_do_not_meet() {
        let mut scope = Scope::types();
        assert_eq!(scope.ty(pascal("in_progress"), ""), "InProgress");
        assert_eq!(scope.ty(pascal("in__progress"), ""), "InProgress2");
        assert_eq!(scope.ty("List".to_owned(), "Record"), "ListRecord");
        assert_eq!(pascal("self"), "Self_");
    }

    #[test]
    fn nouns_are_words() {
        assert_eq!(noun("OrderLine"), "order line");
        assert_eq!(noun("Product"), "product");
    }

    #[test]
    fn names_sort_as_rustfmt_sorts_them() {
        let mut names = ["ab", "a_b", "a2", "a10", "a", "a02", "a1b", "a_1"];
        names.sort_by(|a, b| version_order(a, b));
        assert_eq!(names, ["a", "a_1", "a_b", "a1b", "a02", "a2", "a10", "ab"]);
    }
}
