//! A name that the runtime or a database has taken.
//!
//! Resources share a database and a URL space with the runtime's tables and routes; fields share a
//! table with the columns that every record has.
//!
//! ```toml
//! [resources.users]
//! fields.id = { type = "integer" }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// `what` is the kind of name, for example "a resource"; `why` says who has it.
pub(crate) fn reserved_name(what: &str, name: &Located<String>, why: &str) -> Diagnostic {
    Diagnostic::error(
        "reserved_name",
        name.span.clone(),
        format!("`{}` cannot name {what}", name.value),
    )
    .label(why)
    .help("choose another name".to_owned())
}
