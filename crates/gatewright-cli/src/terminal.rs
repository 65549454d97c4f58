//! What reaches the terminal. Results go to standard output, everything else to standard error.
//!
//! Colour is left out where the stream is not a terminal or `NO_COLOR` is set. A reader that went
//! away (`gatewright check | head`) is no error: nobody is left to tell.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use crate::error::{Error, Result};

/// For `error:`.
const ERROR: Style = AnsiColor::Red.on_default().bold();
/// For `note:`.
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// For what was done.
pub(crate) const DONE: Style = AnsiColor::Green.on_default().bold();
/// For headings and names.
pub(crate) const STRONG: Style = Style::new().bold();

/// Prints a line of the result.
pub(crate) fn print(line: impl Display) -> Result<()> {
    print_text(&format!("{line}\n"))
}

/// Prints a text of the result that ends its own last line.
pub(crate) fn print_text(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::io("write to", Path::new("standard output"), &error))
        }
        _ => Ok(()),
    }
}

/// Prints a line beside the result. Where that fails there is no better place to say so.
pub(crate) fn report(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints something to know that is not an error.
pub(crate) fn note(line: impl Display) {
    report(format_args!("{NOTE}note:{NOTE:#} {line}"));
}

/// Prints the error that ends the command.
pub(crate) fn error(error: &Error) {
    match error {
        Error::Sentence { .. } => report(format_args!("{ERROR}error:{ERROR:#} {error}")),
        Error::Diagnostics(_) => report(error),
    }
}

/// Whether standard error shows colour.
pub(crate) fn colors_on_stderr() -> bool {
    !matches!(
        anstream::AutoStream::choice(&std::io::stderr()),
        anstream::ColorChoice::Never
    )
}
