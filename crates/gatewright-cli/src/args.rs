//! The command line, and with it the help that a stranger reads first.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::runtime::Source;

const ABOUT: &str =
    "One gatewright.toml in, a complete multi-tenant application out, as code that you own.";

const AFTER_HELP: &str = "\
Start here:
  gatewright demo               build the example and serve it on this machine
  gatewright new my-shop        write an application of your own into ./my-shop
  cd my-shop                    edit gatewright.toml: resources, roles, permissions
  gatewright check              see who may do what
  gatewright diff               see what that gives to whom, against git
  gatewright generate           bring the code up to date; your own files stay as they are
  gatewright eject --list       see which mails can have a wording of yours

Exit codes: 0 done; 1 what was checked is wrong; 2 the command could not be carried out;
3 access is wider than before (diff alone).";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, about = ABOUT, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(New),
    Generate(Generate),
    Check(Check),
    Diff(Diff),
    Eject(Eject),
    /// Print the JSON Schema of gatewright.toml, for editors
    ///
    /// Save it and name it in the first line of gatewright.toml, and an editor with a TOML
    /// language server completes and checks the file:
    ///
    ///     gatewright json-schema > gatewright.schema.json
    ///     #:schema ./gatewright.schema.json
    #[command(verbatim_doc_comment)]
    JsonSchema,
    Demo(Demo),
}

/// Write a new application
///
/// Writes a complete application into ./NAME: gatewright.toml, the generated code, handlers to
/// edit, migrations for SQLite and PostgreSQL, and the runtime's source in vendor/. All of it is
/// there or nothing is: a directory that holds anything is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// Directory to make; its last part names the package, for example my-shop
    pub name: PathBuf,

    /// Schema to start from, instead of a small commented one
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,

    /// Where the runtime comes from: a directory that holds the crate, or a version of the
    /// registry (none is published yet). Unless given, its source is written to vendor/ and is
    /// yours
    #[arg(long, value_name = "PATH|VERSION")]
    pub runtime: Option<Source>,
}

/// Bring the generated code up to date with gatewright.toml
///
/// Writes src/generated/ and gatewright.lock, adds a handler file for each new resource and
/// removes generated files that the schema no longer gives. Files of yours are never touched,
/// and a generated file that was edited by hand is refused by name. vendor/ is written once, by
/// `gatewright new`, and stays as it is.
///
/// Where the tables change, it adds the next migration for both databases. What would lose data is
/// named and refused without --allow-destructive. A new name is a rename if it says `renamed_from`.
#[derive(Debug, clap::Args)]
pub(crate) struct Generate {
    /// Write nothing; exit 1 with a diff if anything would change (for CI)
    #[arg(long, conflicts_with = "force")]
    pub check: bool,

    /// Overwrite generated files that were edited by hand; those edits are lost
    #[arg(long)]
    pub force: bool,

    /// Write a migration that loses data: a field or table that goes, a type that holds less
    #[arg(long)]
    pub allow_destructive: bool,

    /// The application's directory, instead of this one or the nearest above with a
    /// gatewright.toml
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Check a schema and show who may do what
///
/// Reports every mistake at once, each with its place and, where there is one, the fix. Runs the
/// schema's [[tests]] and prints which role has which permission. Exits with 1 for a mistake or a
/// test that does not hold; warnings alone do not fail it.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// A schema, or a directory with a gatewright.toml; this directory or the nearest above
    /// unless given
    #[arg(value_name = "FILE|DIR")]
    pub path: Option<PathBuf>,

    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Show what a change of the schema gives to whom, and takes from whom
///
/// Compares gatewright.toml with what it was at a git revision: for each role the permissions,
/// endpoints and fields that it gains and loses, what it may assign, what a tenant may add to it;
/// and the settings that let more people in or hold less back. What `renamed_from` renames is no
/// change of access. Earlier schemas are read by the rules of today.
///
/// Exit codes: 0 access is the same or narrower; 3 somebody may do or see something that they could
/// not before, or a guard is gone; 1 one of the two schemas is wrong; 2 they could not be compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// Git revision to compare with, for example origin/main
    #[arg(value_name = "REV", default_value = "HEAD")]
    pub revision: String,

    /// Compare with this file, without git
    #[arg(long, value_name = "FILE", conflicts_with = "revision")]
    pub from: Option<PathBuf>,

    /// The application's directory, instead of this one or the nearest above with a
    /// gatewright.toml
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,

    /// How to print the result
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

/// Copy a template into the application, to edit
///
/// Mails are made from templates. The application's own, in its templates/, take the place of
/// gatewright's. A file that is there already is yours and stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Eject {
    /// The template, for example mails/invitation.html.jinja
    #[arg(value_name = "PATH", required_unless_present = "list")]
    pub path: Option<String>,

    /// Print the paths of all templates
    #[arg(long, conflicts_with = "path")]
    pub list: bool,

    /// The application's directory, instead of this one or the nearest above with a
    /// gatewright.toml
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// For whom a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people at a terminal
    Text,
    /// For a comment at a pull request
    Markdown,
    /// For programs
    Json,
}

/// For whom a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Generate, build and serve the example application
///
/// Writes the example, a small shop, builds it with cargo (some minutes the first time), fills a
/// SQLite database with two tenants and a member for each role, and serves it. Run again, it
/// reuses what is there, your edits of gatewright.toml and the handlers included; vendor/ follows
/// this binary.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Where to put it [default: ./gatewright-demo, or target/gatewright-demo in a checkout of
    /// gatewright]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,

    /// Port to serve on
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,

    /// Stop once it is built and filled
    #[arg(long)]
    pub no_serve: bool,
}
