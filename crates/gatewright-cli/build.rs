//! Embeds the runtime's source, so that one binary can write a complete application.
//!
//! Tests and benchmarks of the runtime stay out: they are of no use in an application.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates that an application depends on.
const CRATES: [&str; 2] = ["gatewright", "gatewright-attack"];

/// What of a crate it needs; what is not there is skipped.
const PARTS: [&str; 5] = ["Cargo.toml", "build.rs", "src", "templates", "assets"];

fn main() -> Result<(), Box<dyn Error>> {
    let manifest_dir = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let root = manifest_dir.join("../..").canonicalize()?;
    let crates = root.join("crates");

    let mut files = Vec::new();
    for name in CRATES {
        let krate = crates.join(name);
        println!("cargo::rerun-if-changed={}", krate.display());
        for part in PARTS {
            collect(&krate.join(part), &mut files)?;
        }
    }
    files.sort();

    let mut table = String::from("&[\n");
    for file in &files {
        let inside = file
            .strip_prefix(&crates)?
            .to_str()
            .ok_or("a path is not UTF-8")?;
        let inside = inside.replace('\\', "/");
        let absolute = file.to_str().ok_or("a path is not UTF-8")?;
        writeln!(table, "    ({inside:?}, include_bytes!({absolute:?})),")?;
    }
    table.push_str("]\n");

    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(out_dir.join("runtime_files.rs"), table)?;
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    }
    Ok(())
}
