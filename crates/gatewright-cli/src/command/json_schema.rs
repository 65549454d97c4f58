//! `gatewright json-schema`

use crate::error::Result;
use crate::terminal;

/// Prints the JSON Schema of `gatewright.toml`.
pub(crate) fn run() -> Result<()> {
    let schema = gatewright_schema::json_schema();
    terminal::print(schema.trim_end())
}
