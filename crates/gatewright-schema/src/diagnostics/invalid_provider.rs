//! An issuer of OpenID Connect that nobody could sign in by, or that nobody does.
//!
//! ```toml
//! [auth.oidc.acme]
//! issuer = "http://sso.acme.example"
//! ```

use crate::report::Diagnostic;
use crate::syntax::Located;

/// An issuer is compared byte by byte, and asked for its keys.
pub(crate) fn issuer(given: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_provider",
        given.span.clone(),
        "this cannot be an issuer".to_owned(),
    )
    .label("not an https address without query and fragment")
    .help(
        "write it as the issuer's ID tokens have it in `iss`, for example `https://sso.acme.example`"
            .to_owned(),
    )
}

pub(crate) fn domain(given: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_provider",
        given.span.clone(),
        "this cannot be a domain of mail".to_owned(),
    )
    .label("not a domain in lower case")
    .help("write what stands behind the `@`, for example `acme.example`".to_owned())
}

/// A name that means something else already.
pub(crate) fn taken(name: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_provider",
        name.span.clone(),
        format!("`{}` is built in and cannot name an issuer", name.value),
    )
    .label("taken")
    .help("give the issuer another name".to_owned())
}

/// One that is described and not used: somebody may think that it is.
pub(crate) fn unused(name: &Located<String>) -> Diagnostic {
    Diagnostic::error(
        "invalid_provider",
        name.span.clone(),
        format!("nobody can sign in by `{}`", name.value),
    )
    .label("not one of `providers`")
    .help(format!(
        "add `{}` to `providers`, or take the table out",
        name.value
    ))
}
