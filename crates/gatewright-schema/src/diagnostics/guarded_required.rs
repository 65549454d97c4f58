//! A guarded field that every new record would have to give.
//!
//! Whoever lacks the field's permission cannot send it, so they could not make a record at all.
//!
//! ```toml
//! [resources.products]
//! fields.cost = { type = "integer", permission = "products:read_cost" }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn guarded_required(field: &Located<String>, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "guarded_required",
        span,
        format!(
            "`{}` is required, but not everybody can send it",
            field.value
        ),
    )
    .label("whoever lacks this permission could make no record")
    .help("add `optional = true` or a `default`".to_owned())
}
