//! A real OpenID provider: oauth2-mock-server, installed from npm below the target directory.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::binary::{repository, workshop};

/// 9.x needs a newer Node.js than Debian has.
const SERVER: &str = "oauth2-mock-server@8.2.3";

/// A provider that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct Provider {
    process: Child,
    /// Its origin, on a free port of this machine.
    pub issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts one that signs everybody in as this person.
    pub fn start(person: &Value) -> Self {
        let mut process = Command::new("node")
            .arg(installed().join("server.mjs"))
            .arg(person.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let mut issuer = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut issuer).unwrap();
        let provider = Self {
            process,
            issuer: issuer.trim().to_owned(),
        };
        let issuer = &provider.issuer;
        assert!(issuer.starts_with("http://"), "the provider does not start");
        provider
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.issuer.rsplit(':').next().unwrap().parse().unwrap()
    }
}

/// Where the server is. The first caller installs it.
fn installed() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let workshop = workshop();
        fs::create_dir_all(&workshop).unwrap();
        let lock = File::create(workshop.join("oauth.lock")).unwrap();
        lock.lock().unwrap();
        let directory = workshop.join("oauth");
        fs::create_dir_all(&directory).unwrap();
        let version = SERVER.rsplit('@').next().unwrap();
        let manifest = directory.join("node_modules/oauth2-mock-server/package.json");
        let has_it = fs::read_to_string(&manifest)
            .is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")));
        if !has_it {
            let mut npm = Command::new("npm");
            npm.args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-save",
                "--prefix",
            ])
            .arg(&directory)
            .arg(SERVER);
            let output = npm.output().expect("npm is installed");
            let log = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{npm:?}: {log}");
        }
        // Beside what it imports.
        let script = repository().join("tests/oauth/server.mjs");
        fs::copy(script, directory.join("server.mjs")).unwrap();
        directory
    })
}
