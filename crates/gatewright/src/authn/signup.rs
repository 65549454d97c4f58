//! `POST /auth/signup`.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::account_view::AccountView;
use super::audit::{self, Event};
use super::email::Email;
use super::mails;
use super::password_policy::{NewPassword, Owner, Password};
use super::registration::{self, Registration};
use super::session::Transport;
use super::sign_in::Identified;
use super::tokens::{Tokens, require_page_of_ours};
use crate::error::{Error, FieldError, Result};
use crate::http::{Context, Host, Json};
use crate::model::Signup;
use crate::runtime::Runtime;
use crate::store::{Mode, Scope};
use crate::tenancy::onboarding::{self, NewTenant};

const LONGEST_NAME: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignupRequest {
    email: String,
    password: Password,
    name: Option<String>,
    tenant: Option<TenantRequest>,
    #[serde(default)]
    pub(super) transport: Transport,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantRequest {
    name: String,
    slug: String,
}

/// A request whose fields are all acceptable.
struct Applicant {
    email: Email,
    name: String,
    password: NewPassword,
    tenant: Option<NewTenant>,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

/// What a sign-up came to.
pub(super) enum SignedUp {
    /// A mail was sent, whatever it says.
    Applied,
    /// The account is there and signed in.
    Registered(AccountView, Tokens),
}

pub(super) async fn signup(
    context: Context,
    Json(request): Json<SignupRequest>,
) -> Result<Response> {
    match sign_up(&context, request).await? {
        SignedUp::Applied => {
            let status = "verification_sent";
            Ok((StatusCode::ACCEPTED, Json(Answer { status })).into_response())
        }
        SignedUp::Registered(account, tokens) => tokens.respond(StatusCode::CREATED, account),
    }
}

/// Signs somebody up, as the schema has it.
pub(super) async fn sign_up(context: &Context, request: SignupRequest) -> Result<SignedUp> {
    let policy = &context.runtime.model.auth;
    policy.require_passwords()?;
    match policy.signup {
        Signup::Open => {}
        Signup::InviteOnly | Signup::Closed => return Err(Error::not_found()),
    }
    let transport = request.transport;
    let applicant = Applicant::parse(&context.runtime, request).await?;
    if policy.require_verified_email {
        apply(context, applicant).await?;
        Ok(SignedUp::Applied)
    } else {
        let (account, tokens) = register_at_once(context, applicant, transport).await?;
        Ok(SignedUp::Registered(account, tokens))
    }
}

/// Stores a pending registration and mails its link; or, for an address that has an account, mails
/// that. Who asks cannot tell the two apart: same answer, same work, and only the address's owner
/// reads the mail.
async fn apply(context: &Context, applicant: Applicant) -> Result<()> {
    let runtime = &context.runtime;
    let Applicant {
        email,
        name,
        password,
        tenant,
    } = applicant;
    let password_hash = runtime.passwords.hash(password).await?;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    if let Some(tenant) = &tenant {
        onboarding::require_free_slug(&mut transaction, &tenant.slug)
            .await
            .map_err(|error| error.within("tenant"))?;
    }
    let message = if registration::is_registered(&mut transaction, &email).await? {
        mails::already_registered(runtime, &email)?
    } else {
        let pending = Registration {
            email: email.clone(),
            name,
            password_hash: Some(password_hash),
            tenant,
            platform_role: None,
            verified: true,
        };
        let token = registration::store_pending(&mut transaction, &pending).await?;
        mails::verify_address(runtime, &email, &token)?
    };
    runtime.outbox.queue(&mut transaction, message).await?;
    transaction.commit().await?;
    runtime.outbox.nudge();
    Ok(())
}

/// Makes account and session in one go. Without mails, that an address is taken cannot be kept
/// secret: it is the answer.
async fn register_at_once(
    context: &Context,
    applicant: Applicant,
    transport: Transport,
) -> Result<(AccountView, Tokens)> {
    require_page_of_ours(context, transport)?;
    // A new account is a member of no tenant but the one it makes; on another's host it could not stay.
    if context.host != Host::Base {
        return Err(Error::tenant_forbidden());
    }
    let runtime = &context.runtime;
    let Applicant {
        email,
        name,
        password,
        tenant,
    } = applicant;
    let password_hash = runtime.passwords.hash(password).await?;
    let registration = Registration {
        email,
        name,
        password_hash: None,
        tenant,
        platform_role: None,
        verified: false,
    };
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let user = registration::create_account(
        &mut transaction,
        runtime.model,
        &registration,
        Some(&password_hash),
        Some(context),
    )
    .await?;
    audit::record(&mut transaction, context, Event::Registered(user.id)).await?;
    transaction.commit().await?;
    Identified::by_registration(user)
        .admit(context, transport)
        .await?
        .open(context)
        .await
}

impl Applicant {
    /// # Errors
    /// 422 with every field that is wrong.
    async fn parse(runtime: &Runtime, request: SignupRequest) -> Result<Self> {
        let mut errors = Vec::new();
        let email = keep(Email::parse(&request.email), &mut errors);
        let name = parse_name(request.name);
        let named = name.as_ref().ok().and_then(Option::as_deref);
        let owner = Owner::new(email.as_ref(), named, runtime.model.app);
        let chosen = runtime.passwords.choose(request.password, owner).await?;
        let password = keep(chosen, &mut errors);
        let name = keep(name, &mut errors);
        let tenant = request
            .tenant
            .map(|tenant| NewTenant::parse(&tenant.name, &tenant.slug));
        let tenant = match tenant.transpose() {
            Ok(tenant) => tenant,
            Err(of_tenant) => {
                errors.extend(of_tenant.within("tenant").into_field_errors()?);
                None
            }
        };
        match (email, password, name) {
            (Some(email), Some(password), Some(name)) if errors.is_empty() => {
                let name = name.unwrap_or_else(|| email.local_part().to_owned());
                Ok(Self {
                    email,
                    name,
                    password,
                    tenant,
                })
            }
            _ => Err(Error::invalid_input(errors)),
        }
    }
}

pub(super) fn keep<T>(parsed: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    parsed.map_err(|error| errors.push(error)).ok()
}

pub(super) fn parse_name(name: Option<String>) -> Result<Option<String>, FieldError> {
    let Some(name) = name
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
    else {
        return Ok(None);
    };
    if name.chars().count() > LONGEST_NAME {
        return Err(FieldError::new(
            "name",
            "too_long",
            "Use 200 characters at most.",
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(FieldError::new("name", "invalid", "Use one line of text."));
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authn::testing::App;

    async fn parse(json: &str) -> Result<Applicant> {
        let app = App::verifying().await;
        Applicant::parse(&app.runtime, serde_json::from_str(json).unwrap()).await
    }

    #[tokio::test]
    async fn every_wrong_field_is_named_at_once() {
        let json = r#"{"email":"x","password":"short","name":"a\u0000b","tenant":{"name":"","slug":"WWW"}}"#;
        let error = parse(json).await.err().unwrap();
        let fields: Vec<_> = error
            .extra()
            .errors
            .iter()
            .map(|error| (error.field.as_str(), error.code))
            .collect();
        assert_eq!(
            fields,
            [
                ("email", "invalid"),
                ("password", "too_short"),
                ("name", "invalid"),
                ("tenant.name", "required"),
                ("tenant.slug", "invalid")
            ]
        );
    }

    #[tokio::test]
    async fn a_name_is_made_from_the_address_when_none_is_given() {
        let applicant =
            parse(r#"{"email":"ada@example.com","password":"correct horse battery","name":" "}"#)
                .await
                .ok()
                .unwrap();
        assert_eq!(applicant.name, "ada");
        assert!(applicant.tenant.is_none());
    }

    #[tokio::test]
    async fn a_password_is_judged_by_who_chooses_it() {
        for (person, password) in [
            (r#""email":"zoltan.grzyb@example.com""#, "Zoltan.Grzyb"),
            (
                r#""email":"z@example.com","name":"Zoltan Grzyb""#,
                "zoltan grzyb",
            ),
            (r#""email":"z@example.com""#, "Storefront26"),
        ] {
            let error = parse(&format!(r#"{{{person},"password":"{password}"}}"#)).await;
            let error = error.err().unwrap();
            assert_eq!(error.extra().errors[0].code, "too_weak", "{password}");
        }
    }

    #[test]
    fn nothing_else_can_be_asked_for() {
        let json = r#"{"email":"ada@example.com","password":"correct horse","platform_role":"super_admin"}"#;
        assert!(serde_json::from_str::<SignupRequest>(json).is_err());
    }
}
