//! A `singular` that is not a name of a Rust type.
//!
//! ```toml
//! [resources.people]
//! singular = "a person"
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn invalid_singular(singular: &Located<String>, derived: &str) -> Diagnostic {
    Diagnostic::error(
        "invalid_singular",
        singular.span.clone(),
        format!("`{}` cannot name a Rust type", singular.value),
    )
    .label("CamelCase, at most 48 ASCII letters and digits, and not a name of Rust's prelude")
    .help(format!("without this key it is `{derived}`"))
}
