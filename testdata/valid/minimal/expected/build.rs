//! Embeds `templates/` into the binary: `gatewright::templates!()` in `src/main.rs` names its files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let application = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let folder = application.join("templates");
    // Whatever changes in it, new files too.
    println!("cargo::rerun-if-changed=templates");
    let mut files = Vec::new();
    if folder.is_dir() {
        collect(&folder, &folder, &mut files)?;
    }
    files.sort();

    let mut table = String::from("&[\n");
    for (name, file) in files {
        writeln!(table, "    ({name:?}, include_str!({file:?})),").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("templates.rs"), table)
}

/// All files by their path below `root`, but for notes and what editors leave.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name.ends_with('~') || name.ends_with(".md") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let inside = path.strip_prefix(root).map_err(io::Error::other)?;
            let inside = inside.to_string_lossy().replace('\\', "/");
            files.push((inside, path));
        }
    }
    Ok(())
}
