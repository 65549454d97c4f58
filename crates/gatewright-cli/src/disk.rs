//! Reading and writing, so that an interruption leaves files whole and links are never followed
//! out of the application's directory.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// The largest text file that is read: far beyond any schema, lock or source file that people
/// write, and small enough to read without a thought.
pub(crate) const LARGEST_TEXT: u64 = 1024 * 1024;

/// Reads a text file of at most [`LARGEST_TEXT`] bytes.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let metadata = fs::metadata(path).map_err(|error| Error::io("read", path, &error))?;
    if metadata.is_dir() {
        return Err(Error::circumstances(format!(
            "{} is a directory, not a file",
            path.display()
        )));
    }
    if metadata.len() > LARGEST_TEXT {
        return Err(too_large(path, metadata.len()));
    }
    text(
        path,
        fs::read(path).map_err(|error| Error::io("read", path, &error))?,
    )
}

/// The bytes of a file as text, if that is what they are.
pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String> {
    let length = bytes.len() as u64;
    if length > LARGEST_TEXT {
        return Err(too_large(path, length));
    }
    String::from_utf8(bytes).map_err(|error| {
        Error::circumstances(format!(
            "{} is not UTF-8: byte {} does not belong to any character",
            path.display(),
            error.utf8_error().valid_up_to() + 1
        ))
        .fix("save it as UTF-8")
    })
}

fn too_large(path: &Path, bytes: u64) -> Error {
    Error::circumstances(format!(
        "{} is larger than 1 MiB ({bytes} bytes): that is no file for gatewright",
        path.display(),
    ))
}

/// A directory whose files are named by paths relative to it, with `/` between their parts.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The directory at `root`, which exists.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The file's bytes; `None` if there is no such file.
    pub fn read(&self, file: &str) -> Result<Option<Vec<u8>>> {
        let path = self.resolve(file)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path, &error)),
        }
    }

    /// The names of the files in a folder, sorted; none if there is no such folder.
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.resolve(folder)?;
        let failed = |error: io::Error| Error::io("read", &path, &error);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if !entry.file_type().map_err(failed)?.is_dir() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Writes the file through a temporary one beside it: readers see the old or the new one.
    pub fn write(&self, file: &str, contents: &[u8]) -> Result<()> {
        let path = self.resolve(file)?;
        let failed = |error: io::Error| Error::io("write", &path, &error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut temporary = path.clone().into_os_string();
        temporary.push(format!(".{}.tmp", std::process::id()));
        let temporary = PathBuf::from(temporary);
        let written = fs::write(&temporary, contents).and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // The first error is the one to tell; a left-over file is harmless.
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(failed)
    }

    /// Removes the file, and its directory if that leaves it empty.
    pub fn remove(&self, file: &str) -> Result<()> {
        let path = self.resolve(file)?;
        fs::remove_file(&path).map_err(|error| Error::io("remove", &path, &error))?;
        if let Some(parent) = path.parent() {
            // Fails where other files are left, and then it should.
            let _ = fs::remove_dir(parent);
        }
        Ok(())
    }

    /// The file's path. Refuses links on the way, which could lead anywhere.
    fn resolve(&self, file: &str) -> Result<PathBuf> {
        let mut path = match self.root.as_path() {
            // Messages say `src/main.rs` rather than `./src/main.rs`.
            here if here == Path::new(".") => PathBuf::new(),
            root => root.to_owned(),
        };
        for component in Path::new(file).components() {
            let Component::Normal(part) = component else {
                return Err(Error::circumstances(format!(
                    "`{file}` leads out of {}",
                    self.root.display()
                )));
            };
            path.push(part);
            if path.is_symlink() {
                return Err(Error::circumstances(format!(
                    "{} is a symbolic link, and gatewright does not write through links",
                    path.display()
                ))
                .fix("remove the link, or put a real file in its place"));
            }
        }
        Ok(path)
    }
}

/// Makes the directory `target` with all that `fill` writes, or nothing.
///
/// The work happens in a temporary sibling that takes the target's name at the end. An empty
/// directory in its place is replaced; anything else is refused before `fill` is called.
pub(crate) fn create_whole(
    target: &Path,
    fill: impl FnOnce(&Directory) -> Result<()>,
) -> Result<()> {
    refuse_occupied(target)?;
    let staging = Staging::beside(target)?;
    fill(&Directory::at(&staging.0)).map_err(|error| {
        error.fix("run the command again once that is mended; nothing was left behind")
    })?;
    let failed = |error: io::Error| Error::io("create", target, &error);
    if target.is_dir() {
        // Empty, as checked above; and if it is not any longer, this fails and nothing is lost.
        fs::remove_dir(target).map_err(failed)?;
    }
    fs::rename(&staging.0, target).map_err(failed)
}

fn refuse_occupied(target: &Path) -> Result<()> {
    let failed = |error: io::Error| Error::io("create", target, &error);
    let refusal = |what: &str| {
        Error::circumstances(format!("{} {what}", target.display()))
            .fix("choose another name; nothing was written")
    };
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
        Ok(metadata) if metadata.is_symlink() => Err(refusal("is a symbolic link")),
        Ok(metadata) if !metadata.is_dir() => Err(refusal("exists and is not a directory")),
        Ok(_) => match fs::read_dir(target).map_err(failed)?.next() {
            None => Ok(()),
            Some(_) => Err(refusal("exists and is not empty")),
        },
    }
}

/// A temporary directory that goes away unless it is renamed.
struct Staging(PathBuf);

impl Staging {
    fn beside(target: &Path) -> Result<Self> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!(".{name}.gatewright-{}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = target.parent().unwrap_or(target);
                Err(Error::circumstances(format!(
                    "cannot create {}: the directory {} does not exist",
                    target.display(),
                    parent.display()
                ))
                .fix("create it first"))
            }
            Err(error) => Err(Error::io("create", target, &error)),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_creation_leaves_nothing() {
        let temp = tempfile::tempdir().expect("a directory");
        let target = temp.path().join("shop");
        let result = create_whole(&target, |directory| {
            directory.write("src/main.rs", b"fn main() {}")?;
            Err(Error::circumstances("the disk is full"))
        });
        assert!(result.is_err());
        assert_eq!(fs::read_dir(temp.path()).expect("a directory").count(), 0);
    }

    #[test]
    fn an_empty_directory_is_replaced() {
        let temp = tempfile::tempdir().expect("a directory");
        let target = temp.path().join("shop");
        fs::create_dir(&target).expect("a directory");
        create_whole(&target, |directory| directory.write("a/b", b"c")).expect("created");
        assert_eq!(fs::read(target.join("a/b")).expect("a file"), b"c");
    }

    #[test]
    fn a_file_in_place_of_the_parent_is_one_clear_sentence() {
        let temp = tempfile::tempdir().expect("a directory");
        let parent = temp.path().join("file");
        fs::write(&parent, "").expect("a file");
        let error = create_whole(&parent.join("shop"), |_| Ok(())).expect_err("refused");
        assert!(error.to_string().contains("not a directory"), "{error}");
    }

    #[test]
    fn removing_the_last_file_removes_its_directory() {
        let temp = tempfile::tempdir().expect("a directory");
        let directory = Directory::at(temp.path());
        directory.write("models/a.rs", b"").expect("written");
        directory.write("models/b.rs", b"").expect("written");
        directory.remove("models/a.rs").expect("removed");
        assert!(temp.path().join("models/b.rs").exists());
        directory.remove("models/b.rs").expect("removed");
        assert!(!temp.path().join("models").exists());
    }

    #[test]
    fn paths_out_of_the_directory_are_refused() {
        let temp = tempfile::tempdir().expect("a directory");
        let directory = Directory::at(temp.path());
        for path in ["../a", "/etc/passwd", "a/../../b"] {
            assert!(directory.write(path, b"").is_err(), "{path} was written");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_written_through() {
        let temp = tempfile::tempdir().expect("a directory");
        let outside = tempfile::tempdir().expect("a directory");
        std::os::unix::fs::symlink(outside.path(), temp.path().join("src")).expect("a link");
        let error = Directory::at(temp.path())
            .write("src/main.rs", b"")
            .expect_err("refused");
        assert!(error.to_string().contains("symbolic link"), "{error}");
        assert!(!outside.path().join("main.rs").exists());
    }
}
