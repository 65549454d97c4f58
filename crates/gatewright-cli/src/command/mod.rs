//! One file for each command.

mod check;
mod demo;
mod diff;
mod eject;
mod generate;
mod json_schema;
mod new;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::error::Result;

/// Carries out the command line. The exit code is that of a command that did what was asked.
pub(crate) fn run(args: Args) -> Result<ExitCode> {
    match args.command {
        Command::New(args) => new::run(&args)?,
        Command::Generate(args) => generate::run(&args)?,
        Command::Check(args) => check::run(&args)?,
        Command::Diff(args) => return diff::run(&args),
        Command::Eject(args) => eject::run(&args)?,
        Command::JsonSchema => json_schema::run()?,
        Command::Demo(args) => demo::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
