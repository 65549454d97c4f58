//! A key that no version of gatewright knows.
//!
//! Keys are never ignored: a mistyped `require_verified_emial = true` that did nothing would be a
//! hole.
//!
//! ```toml
//! [app]
//! nmae = "Shop"
//! ```

use crate::keys::Table;
use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::listed;

/// `meant` is the key that it looks like, if it looks like one.
pub(crate) fn unknown_key(key: &Located<String>, table: &Table, meant: Option<&str>) -> Diagnostic {
    let names: Vec<&str> = table.keys.iter().map(|key| key.name).collect();
    let message = format!("{} has no key `{}`", table.title, key.value);
    let help = meant.map_or_else(
        || format!("its keys are {}", listed(&names)),
        |meant| format!("did you mean `{meant}`?"),
    );
    Diagnostic::error("unknown_key", key.span.clone(), message)
        .label("unknown key")
        .help(help)
}
