//! A way to sign in that there is none of: neither built in nor an issuer of the file.
//!
//! ```toml
//! [auth]
//! providers = ["password", "gogle"]
//! ```

use crate::keys::PROVIDERS;
use crate::report::Diagnostic;
use crate::syntax::Located;
use crate::wording::{alternatives, did_you_mean};

/// `issuers` are the names of `[auth.oidc]`.
pub(crate) fn unknown_provider(name: &Located<String>, issuers: &[&str]) -> Diagnostic {
    let known = PROVIDERS.iter().chain(issuers).copied();
    let help = did_you_mean(&name.value, known).unwrap_or_else(|| {
        format!(
            "it can be {}, or an issuer of OpenID Connect that `[auth.oidc.<name>]` describes",
            alternatives(&PROVIDERS)
        )
    });
    Diagnostic::error(
        "unknown_provider",
        name.span.clone(),
        format!("there is no provider `{}`", name.value),
    )
    .label("unknown provider")
    .help(help)
}
