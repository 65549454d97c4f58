//! Where an application's runtime comes from, as `--runtime` says it.

use std::convert::Infallible;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use semver::Version;
use toml_edit::{DocumentMut, Item};

use crate::error::{Error, Result};

/// A runtime that is not vendored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The crate's directory, as seen from the working directory.
    Path(PathBuf),
    /// A version of the registry.
    Version(Version),
}

impl FromStr for Source {
    type Err = Infallible;

    /// What reads as a version is one; `./1.2.3` is a directory.
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(match Version::parse(text) {
            Ok(version) => Self::Version(version),
            Err(_) => Self::Path(PathBuf::from(text)),
        })
    }
}

/// The path from the directory `application`, which need not exist, to the runtime's crate in
/// `runtime`. An absolute one stays as it is.
pub(crate) fn path_from(application: &Path, runtime: &Path) -> Result<String> {
    let named_so = std::fs::read_to_string(runtime.join("Cargo.toml"))
        .ok()
        .and_then(|text| text.parse::<DocumentMut>().ok())
        .is_some_and(|manifest| {
            let name = manifest
                .get("package")
                .and_then(|package| package.get("name"));
            name.and_then(Item::as_str) == Some("gatewright")
        });
    if !named_so {
        return Err(Error::circumstances(format!(
            "{} does not hold the crate `gatewright`",
            runtime.display()
        ))
        .fix("give the directory of its Cargo.toml, or a version such as 0.1.0"));
    }
    let path = if runtime.is_absolute() {
        runtime.to_owned()
    } else {
        let parent = match application.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let real = |path: &Path| {
            path.canonicalize()
                .map_err(|error| Error::io("find", path, &error))
        };
        let name = application.file_name().unwrap_or_default();
        relative(&real(parent)?.join(name), &real(runtime)?)
    };
    match path.to_str() {
        Some(path) => Ok(path.replace('\\', "/")),
        None => Err(Error::circumstances(format!(
            "{} is not UTF-8",
            path.display()
        ))),
    }
}

/// The path from one absolute directory to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.iter().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.iter().skip(shared).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_paths() {
        let parse = |text: &str| text.parse::<Source>().expect("infallible");
        assert_eq!(parse("0.1.0"), Source::Version(Version::new(0, 1, 0)));
        assert_eq!(parse("../gatewright"), Source::Path("../gatewright".into()));
        assert_eq!(parse("./0.1.0"), Source::Path("./0.1.0".into()));
    }

    #[test]
    fn paths_lead_from_the_application() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(
            relative("/w/examples/shop", "/w/crates/gatewright"),
            Path::new("../../crates/gatewright")
        );
        assert_eq!(relative("/w/shop", "/w/shop/vendor"), Path::new("vendor"));
    }
}
