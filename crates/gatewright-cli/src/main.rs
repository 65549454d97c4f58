//! The command `gatewright`: the only part of the project that touches disk and terminal.
//!
//! Each command reads what it needs, asks `gatewright-schema` and `gatewright-codegen` what should
//! be, and carries it out. Exit codes: 0 done, 1 the thing checked is wrong, 2 the command could
//! not be carried out, 3 access is wider (`diff` alone).

mod args;
mod command;
mod disk;
mod error;
mod git;
mod matrix;
mod package_name;
mod project;
mod runtime;
mod schema_file;
mod terminal;
mod text_diff;
mod vendor;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match command::run(args::Args::parse()) {
        Ok(exit_code) => exit_code,
        Err(error) => {
            terminal::error(&error);
            error.exit_code()
        }
    }
}
