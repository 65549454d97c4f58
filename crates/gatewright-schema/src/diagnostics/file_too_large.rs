//! The file is larger than 1 MiB.
//!
//! It is refused before it is parsed: a file of that size is a wrong path, not a schema.

use crate::report::Diagnostic;
use crate::resolve::limits;

pub(crate) fn file_too_large(bytes: usize) -> Diagnostic {
    let message = format!(
        "the file has {bytes} bytes; a schema has at most {}",
        limits::FILE_BYTES
    );
    Diagnostic::error("file_too_large", 0..0, message)
        .help("is this the right file? 100 resources take about 50,000 bytes".to_owned())
}
