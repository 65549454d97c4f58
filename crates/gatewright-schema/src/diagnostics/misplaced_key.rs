//! A key that other field types have.
//!
//! ```toml
//! [resources.products]
//! fields.active = { type = "boolean", max = 3 }
//! ```

use std::ops::Range;

use crate::keys::{Key, TypeName};
use crate::report::Diagnostic;
use crate::wording::listed;

pub(crate) fn misplaced_key(key: &Key, ty: TypeName, span: Range<usize>) -> Diagnostic {
    let types: Vec<&str> = key.types.iter().map(|ty| ty.word()).collect();
    let (name, ty) = (key.name, ty.word());
    Diagnostic::error(
        "misplaced_key",
        span,
        format!("a field of type `{ty}` has no key `{name}`"),
    )
    .label(format!("does not go with `{ty}`"))
    .help(format!("`{name}` goes with {}", listed(&types)))
}
