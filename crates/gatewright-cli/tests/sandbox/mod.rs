//! A temporary directory to run the command in.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Sandbox {
    directory: tempfile::TempDir,
}

/// What one run of the command gave.
#[derive(Debug)]
pub struct Run {
    pub exit_code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Asserts the exit code, and shows the output where it differs.
    #[track_caller]
    pub fn expect(self, exit_code: i32) -> Self {
        assert_eq!(self.exit_code, exit_code, "{self:#?}");
        self
    }
}

impl Sandbox {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// Starts with a copy of a directory's files; with nothing if there is no such directory.
    pub fn with(input: &Path) -> Self {
        let sandbox = Self::new();
        sandbox.add(input);
        sandbox
    }

    /// Copies a directory's files over what is there.
    pub fn add(&self, input: &Path) {
        for (path, contents) in files_below(input) {
            self.write(&path, contents);
        }
    }

    /// Commits all files to a git repository in this directory, and tags the commit.
    pub fn commit(&self, tag: &str) {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
            command.args(identity).args(["-c", "commit.gpgsign=false"]);
            command.args(arguments).current_dir(self.path("."));
            self.finish(command).expect(0);
        };
        git(&["init", "--quiet"]);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--no-verify", "--message", tag]);
        git(&["tag", tag]);
    }

    /// Starts with an application in `shop/`, made by `gatewright new`.
    pub fn with_application() -> Self {
        let sandbox = Self::new();
        sandbox.run(["new", "shop"]).expect(0);
        sandbox
    }

    pub fn run<I>(&self, arguments: I) -> Run
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.run_in(".", arguments)
    }

    /// Runs the command in a directory below this one.
    pub fn run_in<I>(&self, directory: &str, arguments: I) -> Run
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command.args(arguments).current_dir(self.path(directory));
        self.finish(command)
    }

    /// Runs a command to its end.
    pub fn finish(&self, mut command: Command) -> Run {
        let output = command.env_remove("CLICOLOR_FORCE").output().unwrap();
        let temporary = self.directory.path().canonicalize().unwrap();
        let text = |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(temporary.to_str().unwrap(), "[TEMP]")
        };
        Run {
            exit_code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.directory.path().join(file)
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub fn write(&self, file: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    /// Replaces a text that occurs in the file.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, text.replacen(from, to, 1));
    }

    /// All files by their path, without those of git.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = files_below(self.directory.path());
        files.retain(|path, _| !path.starts_with(".git/"));
        files
    }
}

fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
