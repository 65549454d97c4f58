//! The command `gatewright`: the only part of the project that touches disk and terminal.
//!
//! Each command reads what it needs, asks `gatewright-schema` and `gatewright-codegen` what should
//! be, and carries it out. Exit codes: 0 done, 1 the thing checked is wrong, 2 the command could
//! not be carried out.

mod args;
mod command;
mod diff;
mod disk;
mod error;
mod matrix;
mod package_name;
mod project;
mod runtime;
mod schema_file;
mod terminal;
mod vendor;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match command::run(args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::error(&error);
            error.exit_code()
        }
    }
}
