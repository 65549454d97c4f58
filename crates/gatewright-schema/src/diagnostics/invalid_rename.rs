//! A `renamed_from` that cannot be the earlier name.
//!
//! The next migration renames what has that name. What still has it, or would become two things,
//! cannot be renamed.
//!
//! ```toml
//! [resources.products]
//! fields.name = { type = "string" }
//! fields.title = { type = "string", renamed_from = "name" }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn itself(from: &Located<String>) -> Diagnostic {
    invalid(from, "this is its name now")
        .help("take the key out, or write the name it had before".to_owned())
}

pub(crate) fn present(from: &Located<String>) -> Diagnostic {
    invalid(from, "this name is still there").help(
        "what still has the name was not renamed: take the key out, or the other one".to_owned(),
    )
}

pub(crate) fn twice(from: &Located<String>, first: &str) -> Diagnostic {
    invalid(from, &format!("`{first}` was renamed from it already"))
        .help("one of the two is new: take the key out there".to_owned())
}

fn invalid(from: &Located<String>, why: &str) -> Diagnostic {
    Diagnostic::error(
        "invalid_rename",
        from.span.clone(),
        format!("`renamed_from` cannot be `{}`", from.value),
    )
    .label(why)
}
