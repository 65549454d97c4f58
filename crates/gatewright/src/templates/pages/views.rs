//! What each page shows.

use serde::Serialize;

use super::{Form, Page};

/// `/auth/login`
#[derive(Debug, Serialize)]
pub(crate) struct Login {
    pub(crate) form: Form,
    /// Where the browser goes then.
    pub(crate) next: String,
    /// What was done before.
    pub(crate) notice: Option<&'static str>,
    /// Whether passwords are a way to sign in.
    pub(crate) passwords: bool,
    /// The other ways.
    pub(crate) providers: Vec<Provider>,
    /// Whether there is a page for who forgot their password.
    pub(crate) recovery: bool,
    /// Whether everybody may sign up.
    pub(crate) signup: bool,
}

/// Somebody else who says who people are.
#[derive(Debug, Serialize)]
pub(crate) struct Provider {
    pub(crate) label: String,
    pub(crate) href: String,
}

impl Login {
    pub(crate) const FIELDS: &'static [&'static str] = &["email", "password"];
}

impl Page for Login {
    const NAME: &'static str = "login";
    const FORMS: &'static [&'static str] = &["/auth/login"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            form: Form::new(Self::FIELDS),
            next: "/account".to_owned(),
            notice: None,
            passwords: true,
            providers: Vec::new(),
            recovery: false,
            signup: false,
        };
        let full = Self {
            form: Form::sample(Self::FIELDS),
            next: "/account".to_owned(),
            notice: Some("Done."),
            passwords: true,
            providers: vec![sample_provider()],
            recovery: true,
            signup: true,
        };
        vec![plain, full]
    }
}

fn sample_provider() -> Provider {
    Provider {
        label: "Sample".to_owned(),
        href: "/auth/oauth/sample/start".to_owned(),
    }
}

/// `/auth/signup`
#[derive(Debug, Serialize)]
pub(crate) struct Signup {
    pub(crate) form: Form,
    pub(crate) next: String,
    /// Who may sign up: `open`, `invite_only` or `closed`.
    pub(crate) signup: crate::model::Signup,
    pub(crate) passwords: bool,
    pub(crate) providers: Vec<Provider>,
}

impl Signup {
    pub(crate) const FIELDS: &'static [&'static str] =
        &["name", "email", "password", "tenant.name", "tenant.slug"];
}

impl Page for Signup {
    const NAME: &'static str = "signup";
    const FORMS: &'static [&'static str] = &["/auth/signup"];

    fn samples() -> Vec<Self> {
        use crate::model::Signup as Policy;
        let sample = |form, signup| Self {
            form,
            next: "/account".to_owned(),
            signup,
            passwords: true,
            providers: vec![sample_provider()],
        };
        vec![
            sample(Form::new(Self::FIELDS), Policy::Open),
            sample(Form::sample(Self::FIELDS), Policy::Open),
            sample(Form::new(Self::FIELDS), Policy::InviteOnly),
            sample(Form::new(Self::FIELDS), Policy::Closed),
        ]
    }
}

/// A page that only says something.
#[derive(Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: Option<Action>,
}

/// What to do next.
#[derive(Debug, Serialize)]
pub(crate) struct Action {
    pub(crate) href: String,
    pub(crate) label: &'static str,
}

impl Page for Message {
    const NAME: &'static str = "message";

    fn samples() -> Vec<Self> {
        let sample = |action| Self {
            title: "Title".to_owned(),
            text: "Text.".to_owned(),
            action,
        };
        let action = Action {
            href: "/auth/login".to_owned(),
            label: "Sign in",
        };
        vec![sample(None), sample(Some(action))]
    }
}

/// `/auth/verify-email`
#[derive(Debug, Serialize)]
pub(crate) struct VerifyEmail {
    pub(crate) form: Form,
    pub(crate) token: String,
    pub(crate) email: String,
    /// Whether a password is chosen now, not proven.
    pub(crate) chooses: bool,
}

impl VerifyEmail {
    pub(crate) const FIELDS: &'static [&'static str] = &["password"];
}

impl Page for VerifyEmail {
    const NAME: &'static str = "verify_email";
    const FORMS: &'static [&'static str] = &["/auth/verify-email"];

    fn samples() -> Vec<Self> {
        let sample = |form, chooses| Self {
            form,
            token: "gwv_x".to_owned(),
            email: "ada@example.com".to_owned(),
            chooses,
        };
        vec![
            sample(Form::new(Self::FIELDS), false),
            sample(Form::sample(Self::FIELDS), true),
        ]
    }
}

/// `/auth/invitations/accept`
#[derive(Debug, Serialize)]
pub(crate) struct AcceptInvitation {
    pub(crate) form: Form,
    pub(crate) token: String,
    pub(crate) email: String,
    /// The name of the tenant.
    pub(crate) tenant: String,
    /// Whether the address has an account.
    pub(crate) known: bool,
}

impl AcceptInvitation {
    pub(crate) const FIELDS: &'static [&'static str] = &["name", "password"];
}

impl Page for AcceptInvitation {
    const NAME: &'static str = "accept_invitation";
    const FORMS: &'static [&'static str] = &["/auth/invitations/accept"];

    fn samples() -> Vec<Self> {
        let sample = |form, known| Self {
            form,
            token: "gwi_x".to_owned(),
            email: "ada@example.com".to_owned(),
            tenant: "Acme".to_owned(),
            known,
        };
        vec![
            sample(Form::new(Self::FIELDS), false),
            sample(Form::sample(Self::FIELDS), true),
        ]
    }
}

/// What asks for the password again, in between.
#[derive(Debug, Serialize)]
pub(crate) struct Reauthenticate {
    pub(crate) form: Form,
    pub(crate) next: String,
    pub(crate) email: String,
}

impl Reauthenticate {
    pub(crate) const FIELDS: &'static [&'static str] = &["password"];
}

impl Page for Reauthenticate {
    const NAME: &'static str = "reauthenticate";
    const FORMS: &'static [&'static str] = &["/auth/reauthenticate"];

    fn samples() -> Vec<Self> {
        let sample = |form| Self {
            form,
            next: "/account".to_owned(),
            email: "ada@example.com".to_owned(),
        };
        vec![
            sample(Form::new(Self::FIELDS)),
            sample(Form::sample(Self::FIELDS)),
        ]
    }
}

/// `/account/sessions`
#[derive(Debug, Serialize)]
pub(crate) struct Sessions {
    pub(crate) sessions: Vec<SessionRow>,
    pub(crate) notice: Option<&'static str>,
}

/// One place where somebody is signed in.
#[derive(Debug, Serialize)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    /// What the client says of itself.
    pub(crate) device: String,
    pub(crate) address: Option<String>,
    /// The slug of the tenant on whose host it is.
    pub(crate) place: Option<String>,
    /// For people, and for programs.
    pub(crate) created: String,
    pub(crate) created_at: String,
    pub(crate) last_used: String,
    pub(crate) last_used_at: String,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}

impl Page for Sessions {
    const NAME: &'static str = "sessions";
    const FORMS: &'static [&'static str] = &["/account/sessions/x/end", "/auth/logout-all"];

    fn samples() -> Vec<Self> {
        let row = |current: bool| SessionRow {
            id: "x".to_owned(),
            device: "Firefox on Linux".to_owned(),
            address: current.then(|| "192.0.2.1".to_owned()),
            place: current.then(|| "acme".to_owned()),
            created: "2026-01-31 12:00 UTC".to_owned(),
            created_at: "2026-01-31T12:00:00Z".to_owned(),
            last_used: "2026-01-31 12:00 UTC".to_owned(),
            last_used_at: "2026-01-31T12:00:00Z".to_owned(),
            current,
        };
        let sample = |notice| Self {
            sessions: vec![row(true), row(false)],
            notice,
        };
        vec![sample(None), sample(Some("Done."))]
    }
}

/// `/account`
#[derive(Debug, Serialize)]
pub(crate) struct Account {
    pub(crate) notice: Option<&'static str>,
    pub(crate) user: Person,
    pub(crate) tenants: Vec<TenantRow>,
    pub(crate) has_password: bool,
    pub(crate) password: Form,
    pub(crate) name: Form,
    pub(crate) email: Form,
    pub(crate) delete: Form,
    /// None where nobody signs in by others.
    pub(crate) identities: Option<Vec<Identity>>,
}

/// The account's own.
#[derive(Debug, Serialize)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// One tenant that they are a member of.
#[derive(Debug, Serialize)]
pub(crate) struct TenantRow {
    pub(crate) name: String,
    /// Their names, for people.
    pub(crate) roles: String,
    /// Where a browser that is signed in here goes to be signed in there.
    pub(crate) href: String,
    /// Whether this is its host.
    pub(crate) here: bool,
}

/// An identity at a provider that signs them in.
#[derive(Debug, Serialize)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) email: Option<String>,
    pub(crate) last_used: String,
}

impl Account {
    pub(crate) const PASSWORD: &'static [&'static str] = &["current_password", "new_password"];
    pub(crate) const NAME_FIELDS: &'static [&'static str] = &["name"];
    pub(crate) const EMAIL: &'static [&'static str] = &["email", "password"];
    pub(crate) const DELETE: &'static [&'static str] = &["password"];
}

impl Page for Account {
    const NAME: &'static str = "account";
    const FORMS: &'static [&'static str] = &[
        "/account/name",
        "/auth/email/change",
        "/auth/password/change",
        "/auth/account/delete",
    ];

    fn samples() -> Vec<Self> {
        let tenant = |here| TenantRow {
            name: "Acme".to_owned(),
            roles: "owner".to_owned(),
            href: "https://acme.app.example/auth/handoff?from=".to_owned(),
            here,
        };
        let identity = Identity {
            id: "x".to_owned(),
            label: "Sample".to_owned(),
            email: Some("ada@example.com".to_owned()),
            last_used: "2026-01-31 12:00 UTC".to_owned(),
        };
        let person = || Person {
            name: "Ada Lovelace".to_owned(),
            email: "ada@example.com".to_owned(),
        };
        let full = Self {
            notice: Some("Done."),
            user: person(),
            tenants: vec![tenant(true), tenant(false)],
            has_password: true,
            password: Form::sample(Self::PASSWORD),
            name: Form::sample(Self::NAME_FIELDS),
            email: Form::sample(Self::EMAIL),
            delete: Form::sample(Self::DELETE),
            identities: Some(vec![identity]),
        };
        let least = Self {
            notice: None,
            user: person(),
            tenants: Vec::new(),
            has_password: false,
            password: Form::new(Self::PASSWORD),
            name: Form::new(Self::NAME_FIELDS),
            email: Form::new(Self::EMAIL),
            delete: Form::new(Self::DELETE),
            identities: None,
        };
        vec![full, least]
    }
}
