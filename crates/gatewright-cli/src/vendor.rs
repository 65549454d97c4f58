//! The runtime's source inside an application: `vendor/gatewright` and `vendor/gatewright-attack`.
//!
//! The source is embedded in this binary. Its manifests inherit from gatewright's workspace,
//! which an application does not have, so that each `workspace = true` is replaced by what the
//! workspace says.

use std::collections::BTreeMap;
use std::fmt;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// Every embedded file by its path below `crates/`.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/runtime_files.rs"));

/// Manifest of the workspace that the embedded manifests inherit from.
const WORKSPACE: &str = include_str!("../../../Cargo.toml");

/// Versions that the runtime was tested with, as an application's first `Cargo.lock`: cargo drops
/// from it what a build does not need and keeps the versions of the rest.
pub(crate) const CARGO_LOCK: &str = include_str!("../../../Cargo.lock");

/// Where the crates live in an application.
pub(crate) const DIRECTORY: &str = "vendor";

/// A manifest of the runtime that cannot stand alone: a mistake in gatewright's own source, which
/// this module's tests rule out.
#[derive(Debug)]
pub(crate) struct Broken {
    manifest: String,
    reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the embedded {} is broken: {}",
            self.manifest, self.reason
        )
    }
}

/// The runtime's templates, by the paths that an application's own have.
pub(crate) fn templates() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().filter_map(|(path, contents)| {
        let path = path.strip_prefix("gatewright/templates/")?;
        Some((path, *contents))
    })
}

/// The files to write, by path below the application's directory.
pub(crate) fn files() -> Result<BTreeMap<String, Vec<u8>>, Broken> {
    let mut files = BTreeMap::new();
    for (path, contents) in FILES {
        let contents = if path.ends_with("/Cargo.toml") {
            let broken = |reason: String| Broken {
                manifest: (*path).to_owned(),
                reason,
            };
            let text = std::str::from_utf8(contents).map_err(|error| broken(error.to_string()))?;
            stand_alone(text, WORKSPACE).map_err(broken)?.into_bytes()
        } else {
            contents.to_vec()
        };
        files.insert(format!("{DIRECTORY}/{path}"), contents);
    }
    Ok(files)
}

/// The manifest with all that it inherits written out, and without what only tests need.
fn stand_alone(manifest: &str, workspace: &str) -> Result<String, String> {
    let mut manifest: DocumentMut = manifest.parse().map_err(|error| format!("{error}"))?;
    let workspace: DocumentMut = workspace.parse().map_err(|error| format!("{error}"))?;
    let workspace = workspace
        .get("workspace")
        .and_then(Item::as_table)
        .ok_or("there is no [workspace]")?;

    for section in ["dev-dependencies", "test", "bench", "example"] {
        manifest.remove(section);
    }
    if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_mut) {
        inherit_package(package, workspace)?;
    }
    for section in ["dependencies", "build-dependencies"] {
        if let Some(dependencies) = manifest.get_mut(section).and_then(Item::as_table_mut) {
            inherit_dependencies(dependencies, workspace)?;
        }
    }
    if let Some(targets) = manifest.get_mut("target").and_then(Item::as_table_mut) {
        for (_, target) in targets.iter_mut() {
            let dependencies = target.get_mut("dependencies");
            if let Some(dependencies) = dependencies.and_then(Item::as_table_mut) {
                inherit_dependencies(dependencies, workspace)?;
            }
        }
    }
    if manifest.get("lints").is_some_and(inherits) {
        manifest["lints"] = workspace
            .get("lints")
            .cloned()
            .ok_or("there are no lints")?;
        if let Some(lints) = manifest["lints"].as_table_mut() {
            // Below the workspace's own sections in its file; here they come last.
            place_last(lints);
        }
    }
    Ok(manifest.to_string())
}

fn inherit_package(package: &mut Table, workspace: &Table) -> Result<(), String> {
    let shared = workspace.get("package").and_then(Item::as_table_like);
    for (key, value) in package.iter_mut() {
        if inherits(value) {
            let inherited = shared.and_then(|shared| shared.get(key.get()));
            *value = inherited
                .cloned()
                .ok_or_else(|| format!("no package.{key} to inherit"))?;
        }
    }
    // `version.workspace = true` left its key dotted.
    for (mut key, value) in package.iter_mut() {
        if value.is_value() {
            key.fmt();
        }
    }
    Ok(())
}

fn inherit_dependencies(dependencies: &mut Table, workspace: &Table) -> Result<(), String> {
    let shared = workspace.get("dependencies").and_then(Item::as_table_like);
    for (mut key, own) in dependencies.iter_mut() {
        if !inherits(own) {
            continue;
        }
        let name = key.get().to_owned();
        let inherited = shared
            .and_then(|shared| shared.get(&name))
            .ok_or_else(|| format!("no dependency {name} to inherit"))?;
        *own = Item::Value(merge_dependency(&name, own, inherited)?);
        key.fmt();
    }
    Ok(())
}

/// What the workspace says of a dependency, with the member's additions.
fn merge_dependency(name: &str, own: &Item, inherited: &Item) -> Result<Value, String> {
    let mut merged = match inherited {
        Item::Value(Value::String(version)) => {
            InlineTable::from_iter([("version", Value::from(version.value().as_str()))])
        }
        Item::Value(Value::InlineTable(table)) => table.clone(),
        _ => {
            return Err(format!(
                "the workspace's {name} is neither a version nor an inline table"
            ));
        }
    };
    if merged.contains_key("path") {
        // The crates stay neighbours: crates/x becomes vendor/x.
        merged.insert("path", format!("../{name}").into());
    }
    let own = own
        .as_table_like()
        .ok_or_else(|| format!("{name} is not a table"))?;
    for (key, value) in own.iter() {
        match (key, value.as_value()) {
            ("workspace", _) => {}
            ("features", Some(Value::Array(added))) => {
                let features = merged
                    .entry("features")
                    .or_insert_with(|| Value::Array(Default::default()));
                let features = features
                    .as_array_mut()
                    .ok_or_else(|| format!("{name}.features is no array"))?;
                features.extend(added.iter().cloned());
                features.fmt();
            }
            (_, Some(value)) => {
                merged.insert(key, value.clone());
            }
            (_, None) => return Err(format!("{name}.{key} is not a value")),
        }
    }
    merged.fmt();
    if merged.len() == 1
        && let Some(version) = merged.get("version")
    {
        return Ok(version.clone());
    }
    Ok(Value::InlineTable(merged))
}

/// Whether an entry says `workspace = true`.
fn inherits(item: &Item) -> bool {
    let workspace = item
        .as_table_like()
        .and_then(|table: &dyn TableLike| table.get("workspace"));
    workspace.and_then(Item::as_bool) == Some(true)
}

fn place_last(table: &mut Table) {
    let last = isize::MAX - 1;
    table.set_position(Some(last));
    for (_, item) in table.iter_mut() {
        if let Some(section) = item.as_table_mut() {
            section.set_position(Some(last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = r#"
        [workspace.package]
        version = "0.1.0"
        edition = "2024"

        [workspace.dependencies]
        plain = "1"
        rich = { version = "2", default-features = false, features = ["a"] }
        gatewright = { path = "crates/gatewright" }

        [workspace.lints.rust]
        unsafe_code = "forbid"
    "#;

    #[test]
    fn inheritance_is_written_out() {
        let manifest = r#"[package]
name = "gatewright-attack"
version.workspace = true
edition.workspace = true

[dependencies]
gatewright.workspace = true
own = "3"
plain.workspace = true
rich = { workspace = true, features = ["b"], optional = true }

[dev-dependencies]
plain.workspace = true

[lints]
workspace = true
"#;
        let expected = r#"[package]
name = "gatewright-attack"
version = "0.1.0"
edition = "2024"

[dependencies]
gatewright = { path = "../gatewright" }
own = "3"
plain = "1"
rich = { version = "2", default-features = false, features = ["a", "b"], optional = true }

[lints.rust]
unsafe_code = "forbid"
"#;
        assert_eq!(
            stand_alone(manifest, SHARED)
                .expect("stands alone")
                .replace("\n        ", "\n"),
            expected
        );
    }

    #[test]
    fn what_cannot_be_inherited_is_named() {
        let manifest = "[dependencies]\nmissing.workspace = true\n";
        let reason = stand_alone(manifest, SHARED).expect_err("refused");
        assert_eq!(reason, "no dependency missing to inherit");
    }

    #[test]
    fn the_embedded_runtime_stands_alone() {
        let files = files().expect("files");
        for krate in ["gatewright", "gatewright-attack"] {
            let manifest = &files[&format!("vendor/{krate}/Cargo.toml")];
            let manifest = std::str::from_utf8(manifest).expect("UTF-8");
            assert!(!manifest.contains("workspace"), "{manifest}");
            assert!(files.contains_key(&format!("vendor/{krate}/src/lib.rs")));
        }
        assert!(files.contains_key("vendor/gatewright/templates/mails/layout.html.jinja"));
        let in_tests = |path: &String| path.split('/').nth(2) == Some("tests");
        assert!(!files.keys().any(in_tests));
    }
}
