//! What the pages of recovery show.

use serde::Serialize;

use super::{Form, Page};

/// `/auth/password/forgot`
#[derive(Debug, Serialize)]
pub(crate) struct ForgotPassword {
    pub(crate) form: Form,
}

impl ForgotPassword {
    pub(crate) const FIELDS: &'static [&'static str] = &["email"];
}

impl Page for ForgotPassword {
    const NAME: &'static str = "forgot_password";
    const FORMS: &'static [&'static str] = &["/auth/password/forgot"];

    fn samples() -> Vec<Self> {
        let sample = |form| Self { form };
        vec![
            sample(Form::new(Self::FIELDS)),
            sample(Form::sample(Self::FIELDS)),
        ]
    }
}

/// `/auth/verify-email/resend`
#[derive(Debug, Serialize)]
pub(crate) struct ResendVerification {
    pub(crate) form: Form,
}

impl ResendVerification {
    pub(crate) const FIELDS: &'static [&'static str] = &["email"];
}

impl Page for ResendVerification {
    const NAME: &'static str = "resend_verification";
    const FORMS: &'static [&'static str] = &["/auth/verify-email/resend"];

    fn samples() -> Vec<Self> {
        let sample = |form| Self { form };
        vec![
            sample(Form::new(Self::FIELDS)),
            sample(Form::sample(Self::FIELDS)),
        ]
    }
}

/// `/auth/password/reset`
#[derive(Debug, Serialize)]
pub(crate) struct ResetPassword {
    pub(crate) form: Form,
    pub(crate) token: String,
}

impl ResetPassword {
    pub(crate) const FIELDS: &'static [&'static str] = &["password"];
}

impl Page for ResetPassword {
    const NAME: &'static str = "reset_password";
    const FORMS: &'static [&'static str] = &["/auth/password/reset"];

    fn samples() -> Vec<Self> {
        let sample = |form| Self {
            form,
            token: "gwp_x".to_owned(),
        };
        vec![
            sample(Form::new(Self::FIELDS)),
            sample(Form::sample(Self::FIELDS)),
        ]
    }
}

/// `/auth/email/confirm`
#[derive(Debug, Serialize)]
pub(crate) struct ConfirmEmail {
    pub(crate) token: String,
}

impl Page for ConfirmEmail {
    const NAME: &'static str = "confirm_email";
    const FORMS: &'static [&'static str] = &["/auth/email/confirm"];

    fn samples() -> Vec<Self> {
        let token = "gwe_x".to_owned();
        vec![Self { token }]
    }
}
