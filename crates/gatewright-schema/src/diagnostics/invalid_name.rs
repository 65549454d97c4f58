//! A name that is not snake_case ASCII, or is too long.
//!
//! Names become tables, columns, JSON keys, URL segments, Rust modules and parts of slugs; one
//! spelling has to serve all of them.
//!
//! ```toml
//! [resources.OrderLines]
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// `what` is the kind of name, for example "a resource"; `most` the longest, in characters.
pub(crate) fn invalid_name(what: &str, name: &Located<String>, most: usize) -> Diagnostic {
    let value = &name.value;
    let snake = snake_case(value);
    let help = if value.len() > most {
        None
    } else if crate::resolve::names::is_snake_case(&snake) && snake != *value {
        Some(format!("write `{snake}`"))
    } else {
        Some("start with a letter; then letters, digits and `_`".to_owned())
    };
    let label = if value.len() > most {
        format!("{} characters; at most {most}", value.chars().count())
    } else {
        "lower-case ASCII letters, digits and `_` only".to_owned()
    };
    let shown: String = value.chars().take(most).collect();
    Diagnostic::error(
        "invalid_name",
        name.span.clone(),
        format!("`{shown}` cannot name {what}"),
    )
    .label(label)
    .help(help)
}

/// `OrderLines`, `order-lines` and `Order Lines` are all meant as `order_lines`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        } else if matches!(c, '-' | ' ' | '.') {
            snake.push('_');
        } else {
            snake.push(c);
        }
    }
    snake
}
