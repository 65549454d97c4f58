//! `gatewright demo`

mod build;
mod server;
mod sign_in;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Instant;

use self::server::Server;
use crate::args::Demo;
use crate::command::{generate, new};
use crate::disk::Directory;
use crate::error::{Error, Result};
use crate::schema_file::{self, SchemaFile};
use crate::terminal::{self, DONE};
use crate::{project, vendor};

/// The example's schema.
const SCHEMA: &str = include_str!("../../../../../examples/storefront/gatewright.toml");

/// The example's package.
const PACKAGE: &str = "storefront";

/// Where the demo goes unless told.
const DIRECTORY: &str = "gatewright-demo";

/// Generates, builds, fills and serves the example.
pub(crate) fn run(args: &Demo) -> Result<()> {
    if !args.no_serve {
        require_free_port(args.port)?;
    }
    let directory = args.dir.clone().unwrap_or_else(default_directory);

    let started = Instant::now();
    let what = if directory.join(schema_file::FILE_NAME).exists() {
        bring_up_to_date(&directory)?
    } else {
        let schema = SchemaFile::check(Path::new("the example's schema"), SCHEMA.to_owned())?;
        create_parent(&directory)?;
        new::create(&directory, PACKAGE, &schema, None)?;
        "generated"
    };
    done(what, &directory, started);

    let started = Instant::now();
    let binary = build::build(&directory)?;
    done("built", &binary, started);

    let server = Server::new(binary, directory, args.port);
    let seed = server.prepare()?;
    if args.no_serve {
        return terminal::print("ready; run the same command without --no-serve to serve it");
    }
    terminal::print(sign_in::Welcome {
        seed: &seed,
        port: args.port,
    })?;
    server.serve()
}

/// Regenerates what is there, from the schema that is there.
fn bring_up_to_date(directory: &Path) -> Result<&'static str> {
    let root = project::find(Some(directory))?;
    let package = project::package(&root)?;
    if package != PACKAGE {
        return Err(Error::circumstances(format!(
            "{} holds the application `{package}`, not the demo",
            root.display()
        ))
        .fix("give another directory with --dir"));
    }
    generate::update(&root, false, false)?;
    let directory = Directory::at(root);
    if directory.path().join(vendor::DIRECTORY).exists() {
        // The binary may be newer than the demo; generated code and runtime go together.
        new::write_runtime(&directory)?;
    }
    Ok("brought up to date")
}

fn done(what: &str, path: &Path, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    terminal::report(format_args!(
        "{DONE}{what}{DONE:#} {} in {seconds:.1} s",
        path.display()
    ));
}

/// Says before minutes of building that serving would fail.
fn require_free_port(port: u16) -> Result<()> {
    let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else {
        return Ok(());
    };
    let message = match error.kind() {
        ErrorKind::AddrInUse => format!("port {port} is in use"),
        ErrorKind::PermissionDenied => format!("port {port} needs more rights than you have"),
        _ => format!("cannot listen on port {port}: {error}"),
    };
    let other = if port == 8080 { 8081 } else { 8080 };
    Err(Error::circumstances(message).fix(format!(
        "choose another one: gatewright demo --port {other}"
    )))
}

/// `./gatewright-demo`; in a checkout of gatewright it goes where build products go.
fn default_directory() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let checkout = here
        .ancestors()
        .find(|directory| directory.join("crates/gatewright-cli/Cargo.toml").exists());
    match checkout {
        Some(checkout) => checkout.join("target").join(DIRECTORY),
        None => PathBuf::from(DIRECTORY),
    }
}

fn create_parent(directory: &Path) -> Result<()> {
    match directory.parent() {
        Some(parent) => {
            std::fs::create_dir_all(parent).map_err(|error| Error::io("create", parent, &error))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_leaves_nothing_to_say() {
        let parsed = gatewright_schema::parse(SCHEMA);
        assert_eq!(parsed.diagnostics, []);
    }
}
