//! One file for each command.

mod check;
mod demo;
mod generate;
mod json_schema;
mod new;

use crate::args::{Args, Command};
use crate::error::Result;

/// Carries out the command line.
pub(crate) fn run(args: Args) -> Result<()> {
    match args.command {
        Command::New(args) => new::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Check(args) => check::run(&args),
        Command::JsonSchema => json_schema::run(),
        Command::Demo(args) => demo::run(&args),
    }
}
