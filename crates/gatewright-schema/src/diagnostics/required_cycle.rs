//! References that make the first record impossible.
//!
//! A record of `a` needs one of `b`, which needs one of `a`: neither can be first. The same goes
//! for a tree whose every node needs a parent.
//!
//! ```toml
//! [resources.categories]
//! fields.parent_id = { type = "reference", to = "categories" }
//! ```

use std::ops::Range;

use crate::report::Diagnostic;

/// `path` is the circle of resources, the first one again at its end.
pub(crate) fn required_cycle(path: &[&str], span: Range<usize>) -> Diagnostic {
    Diagnostic::error(
        "required_cycle",
        span,
        format!("no record could be the first: `{}`", path.join("` needs `")),
    )
    .label("this reference is required")
    .help("make one of the references `optional = true`".to_owned())
}
