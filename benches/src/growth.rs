//! Databases of 10 to 100,000 tenants, and requests that touch all of them alike.

pub mod embedded;
pub mod plot;
pub mod rows;
pub mod sample;
pub mod server;

use std::path::Path;
use std::process::Command;

/// Writes what is not yet on the disk and takes the files below `directory` out of the page cache.
///
/// `iflag=nocache` of GNU dd asks the kernel for it file by file, which needs no root and leaves the
/// rest of the machine its cache.
pub fn forget(directory: &Path) {
    let run = |command: &mut Command| {
        let status = command
            .status()
            .expect("a program of GNU coreutils or findutils");
        assert!(status.success(), "{command:?}");
    };
    run(Command::new("sync").arg("-f").arg(directory));
    let mut find = Command::new("find");
    find.arg(directory)
        .args(["-type", "f", "-exec", "dd", "if={}"]);
    run(find.args(["iflag=nocache", "count=0", "status=none", ";"]));
}

/// How much of the files below `directory` there is, MiB.
#[must_use]
pub fn size(directory: &Path) -> f64 {
    let listed = Command::new("du").arg("-sk").arg(directory).output();
    let listed = String::from_utf8(listed.expect("du").stdout).expect("digits");
    let kib = listed
        .split_whitespace()
        .next()
        .and_then(|kib| kib.parse().ok());
    kib.map_or(f64::NAN, |kib: f64| kib / 1024.0)
}
