//! Two resources whose records would be the same Rust type.
//!
//! ```toml
//! [resources.status]
//! [resources.statuses]
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn same_singular(singular: &str, name: &Located<String>, first: &str) -> Diagnostic {
    Diagnostic::error(
        "same_singular",
        name.span.clone(),
        format!(
            "a record of `{}` would be the type `{singular}`, which is taken by `{first}`",
            name.value
        ),
    )
    .label(format!("also `{singular}`"))
    .help("give one of them another name, or the key `singular`".to_owned())
}
