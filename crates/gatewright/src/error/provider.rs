//! The refusals of sign-ins by providers.

use http::StatusCode;

use super::Error;

impl Error {
    /// 400: no step of a visit to a provider that began in this browser, or not any more.
    pub(crate) fn broken_visit() -> Self {
        Self::bad_request(
            "broken_oauth_flow",
            "Start again from the page you came from.",
        )
    }

    /// 400: the provider says no, or whoever was asked there.
    pub(crate) fn provider_denied() -> Self {
        Self::bad_request("provider_denied", "The provider did not sign you in.")
    }

    /// 502: the provider answered what no provider may.
    pub(crate) fn provider_failed() -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "provider_failed",
            "The provider's answer cannot be used.",
        )
    }

    /// 503: the provider does not answer.
    pub(crate) fn provider_unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "provider_unavailable",
            "The provider does not answer. Try again shortly.",
        )
    }

    /// 403: the provider vouches for no address, and there is no account of this identity.
    pub(crate) fn address_not_verified() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "email_not_verified",
            "The provider has not verified your address.",
        )
    }

    /// 403: there is no account of this identity, and none may be made.
    pub(crate) fn signup_closed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "signup_closed",
            "You have no account here, and cannot make one.",
        )
    }

    /// 409: the address has an account, which this provider is not trusted to open.
    pub(crate) fn account_exists() -> Self {
        Self::against_the_rules(
            "account_exists",
            "Your address has an account. Sign in, then connect the provider in your settings.",
        )
    }

    /// 409: the identity is somebody else's way in.
    pub(crate) fn identity_taken() -> Self {
        Self::against_the_rules(
            "identity_taken",
            "Another account is connected to this identity.",
        )
    }

    /// 403: proven was somebody else than the session's user, or not lately.
    pub(crate) fn identity_mismatch() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "identity_mismatch",
            "The provider did not confirm that it is you.",
        )
    }

    /// 409: without it there would be no way to sign in any more.
    pub(crate) fn last_credential() -> Self {
        Self::against_the_rules(
            "last_credential",
            "This is your only way to sign in. Set a password or connect another provider first.",
        )
    }
}
