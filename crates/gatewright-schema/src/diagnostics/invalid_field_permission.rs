//! A `permission` of a field that is not one of its own resource's fields.
//!
//! A field brings its permission: `products:read_cost` exists because a field of `products` names
//! it. It stands beside `read`, `create`, `update`, `delete` and the actions, and is none of them.
//!
//! ```toml
//! [resources.products]
//! fields.cost = { type = "integer", optional = true, permission = "products:read" }
//! ```

use crate::report::Diagnostic;
use crate::resolve::names;
use crate::syntax::Located;

pub(crate) fn elsewhere(slug: &Located<String>, resource: &str, action: &str) -> Diagnostic {
    let example = if names::is_snake_case(action) {
        action
    } else {
        "read_cost"
    };
    invalid(slug)
        .label(format!("not a permission of `{resource}`"))
        .help(format!("write `{resource}:{example}`"))
}

pub(crate) fn name(slug: &Located<String>, resource: &str, action: &str) -> Diagnostic {
    let why = if names::is_snake_case(action) {
        format!("`{action}` has a meaning of its own")
    } else {
        "lower-case ASCII letters, digits and `_` after the colon".to_owned()
    };
    invalid(slug)
        .label(why)
        .help(format!("a name of its own, such as `{resource}:read_cost`"))
}

pub(crate) fn action(slug: &Located<String>, action: &str) -> Diagnostic {
    invalid(slug)
        .label(format!("`{action}` is an action of the resource"))
        .help("give the action or the permission another name".to_owned())
}

fn invalid(slug: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_field_permission",
        slug.span.clone(),
        format!("`{}` cannot guard this field", slug.value),
    )
}
