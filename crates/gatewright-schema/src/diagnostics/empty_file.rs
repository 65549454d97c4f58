//! The file says nothing.
//!
//! One error that shows the least a schema needs, in place of one for each missing table.
//!
//! ```toml
//! # nothing but comments
//! ```

use crate::report::Diagnostic;

pub(crate) fn empty_file() -> Diagnostic {
    Diagnostic::error(
        "empty_file",
        0..0,
        "the file is empty; a schema needs `[app]`, `[roles]` and `[resources]`".to_owned(),
    )
    .help(
        "the smallest one is:\n\
         [app]\n\
         name = \"Storefront\"\n\
         [roles]\n\
         owner = { permissions = [\"*\"], assigns = [\"*\"] }\n\
         [resources.products]\n\
         fields.name = { type = \"string\" }"
            .to_owned(),
    )
}
