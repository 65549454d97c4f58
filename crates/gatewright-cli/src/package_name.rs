//! Names that a package may have.

use std::path::Path;

use crate::error::{Error, Result};

/// Longest name: what the registry takes.
const LONGEST: usize = 64;

/// Keywords of every edition so far, the reserved ones included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that Rust or cargo has taken.
const TAKEN: &[&str] = &[
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc_macro",
    "std",
    "test",
];

/// Dependencies of every generated application.
const DEPENDENCIES: &[&str] = &["gatewright", "gatewright_attack", "serde"];

/// The package name that the last part of `path` gives.
///
/// Cargo puts a hyphen and an underscore on a level, so does this check.
pub(crate) fn of(path: &Path) -> Result<&str> {
    let Some(name) = path.file_name() else {
        return Err(Error::circumstances(format!(
            "{} does not end in a name for the package",
            path.display()
        ))
        .fix("name a directory to make, for example my-shop"));
    };
    let name = name.to_str().unwrap_or_default();
    match problem(name) {
        None => Ok(name),
        Some(problem) => Err(Error::circumstances(format!(
            "`{}` cannot name a package: {problem}",
            path.display()
        ))
        .fix("choose a name such as my-shop")),
    }
}

fn problem(name: &str) -> Option<String> {
    let plain = name.replace('-', "_");
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.chars().all(allowed) {
        Some("only lower-case ASCII letters, digits, `-` and `_` are allowed".to_owned())
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        Some("it must start with a letter".to_owned())
    } else if name.len() > LONGEST {
        Some(format!("it is longer than {LONGEST} characters"))
    } else if KEYWORDS.contains(&plain.as_str()) {
        Some(format!("`{name}` is a keyword of Rust"))
    } else if TAKEN.contains(&plain.as_str()) {
        Some(format!("`{name}` is taken by Rust and cargo themselves"))
    } else if DEPENDENCIES.contains(&plain.as_str()) {
        Some(format!("the application depends on a crate named `{name}`"))
    } else {
        None
    }
}

/// `my-shop` as people read it: `My Shop`.
pub(crate) fn title(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    let capitalized = words.map(|word| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    });
    capitalized.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass() {
        for name in ["a", "shop", "my-shop", "my_shop", "shop2", "self-service"] {
            assert_eq!(of(Path::new(name)).expect(name), name);
        }
        assert_eq!(of(Path::new("../apps/shop/")).expect("a path"), "shop");
    }

    #[test]
    fn others_are_refused() {
        let long = "a".repeat(65);
        for name in [
            "",
            ".",
            "..",
            "/",
            "Shop",
            "2shop",
            "-shop",
            "my shop",
            "café",
            "fn",
            "self",
            "gen",
            "test",
            "core",
            "proc-macro",
            "gatewright",
            "gatewright-attack",
            "serde",
            &long,
        ] {
            assert!(of(Path::new(name)).is_err(), "{name:?} passed");
        }
    }

    #[test]
    fn titles_read_well() {
        assert_eq!(title("my-shop"), "My Shop");
        assert_eq!(title("shop"), "Shop");
        assert_eq!(title("a__b-"), "A B");
    }
}
