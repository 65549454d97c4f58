//! The page of a visit that came to nothing. No text of a provider or of the request is on it.

use axum::response::Response;

use crate::error::Error;
use crate::http::{Context, html};

/// A page that says what is wrong; the cause goes to the log, as any error's does.
pub(super) fn refuse(context: &Context, error: &Error) -> Response {
    let (title, text) = words(error.code());
    let text = text.unwrap_or_else(|| error.detail());
    html::message(context, error, (title, text), None)
}

/// Heading and text. Without a text the error's own says it.
fn words(code: &str) -> (&'static str, Option<&'static str>) {
    match code {
        "broken_oauth_flow" => (
            "This sign-in cannot go on",
            Some(
                "It is good once, for ten minutes, in the browser that began it. Start again from the page you came from.",
            ),
        ),
        "provider_denied" => (
            "You are not signed in",
            Some(
                "The provider did not sign you in, or you chose not to. Start again to try once more.",
            ),
        ),
        "provider_failed" => (
            "The provider gave no usable answer",
            Some("Nothing was changed. Try again, or sign in another way."),
        ),
        "provider_unavailable" => (
            "The provider does not answer",
            Some("Try again shortly, or sign in another way."),
        ),
        "email_not_verified" => (
            "Your address is not verified",
            Some("Verify your email address at the provider, then sign in again."),
        ),
        "account_exists" => (
            "Your address has an account already",
            Some(
                "Sign in the way you did before, then connect this provider in your account's settings.",
            ),
        ),
        "signup_closed" => (
            "You have no account here",
            Some("Ask for an invitation, and open its link."),
        ),
        "identity_taken" => (
            "This identity belongs to another account",
            Some("Sign in with it to see which. It opens one account alone."),
        ),
        "identity_mismatch" => (
            "This is not confirmed",
            Some("Sign in at the provider again, as whoever you are here."),
        ),
        "unauthenticated" | "token_expired" => (
            "You are not signed in",
            Some("Sign in, then start again from the page you came from."),
        ),
        // Of all that is given, an invitation alone can be wrong.
        "invalid_input" => (
            "This invitation cannot be used",
            Some("It is not valid, or not any more. Ask for another."),
        ),
        "not_found" => ("There is nothing here", None),
        "unavailable" => ("We cannot answer now", Some("Try again shortly.")),
        "internal" => ("Something went wrong on our side", Some("Try again.")),
        _ => ("This sign-in is refused", None),
    }
}
