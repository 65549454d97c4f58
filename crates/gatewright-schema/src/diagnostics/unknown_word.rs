//! A word that is not in the closed list that the key takes.
//!
//! ```toml
//! [auth]
//! signup = "opne"
//! ```

use crate::keys::Choice;
use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::{alternatives, did_you_mean};

pub(crate) fn unknown_word(key: &str, word: &Located<String>, choice: &Choice) -> Diagnostic {
    let message = format!("`{key}` cannot be `{}`", word.value);
    let help = did_you_mean(&word.value, choice.of.iter().copied())
        .unwrap_or_else(|| format!("it can be {}", alternatives(choice.of)));
    Diagnostic::error("unknown_word", word.span.clone(), message)
        .label("unknown")
        .help(help)
}
