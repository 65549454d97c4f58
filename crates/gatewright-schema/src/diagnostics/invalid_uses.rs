//! An entry of an action's `uses` that an action cannot use.
//!
//! An action's code works with records: it reads, makes, changes or removes them, and sees guarded
//! fields. Each permission is named by itself, so that a review shows what the action opens.
//!
//! ```toml
//! [resources.products]
//! actions.publish = { uses = ["products:*", "products:archive", "members:read"] }
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

pub(crate) fn wildcard(slug: &Located<String>) -> Diagnostic {
    invalid(slug, "an action names one permission at a time")
}

pub(crate) fn built_in(slug: &Located<String>) -> Diagnostic {
    invalid(slug, "this permission is gatewright's, not a resource's")
}

pub(crate) fn action(slug: &Located<String>) -> Diagnostic {
    invalid(slug, "this is an action").help(Some(
        "name what that action uses: what one action opens does not pass to another".to_owned(),
    ))
}

fn invalid(slug: &Located<String>, why: &str) -> Diagnostic {
    Diagnostic::error(
        "invalid_uses",
        slug.span.clone(),
        format!("an action cannot use `{}`", slug.value),
    )
    .label(why)
    .help(
        "it can use `read`, `create`, `update`, `delete` and the permissions of fields, of any resource of the schema"
            .to_owned(),
    )
}
