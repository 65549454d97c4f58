//! `/account`: what is somebody's own.

use axum::response::{IntoResponse, Response};
use http::Uri;

use super::notices::notice_of;
use super::{ACCOUNT, instead};
use crate::authn::account_delete::{self, DeleteRequest};
use crate::authn::account_view::{AccountView, MembershipView};
use crate::authn::handoff_location;
use crate::authn::logout;
use crate::authn::me::{self, AccountPatch};
use crate::authn::password_change::{self, ChangeRequest};
use crate::authn::stored_password;
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::http::{Context, Json, NoContent, Submitted, SubmittedForm, html};
use crate::templates::{Account as View, Form, Person, TenantRow};

pub(super) async fn show(account: Account, uri: Uri) -> Result<Response> {
    let mut view = view(&account).await?;
    view.notice = notice_of(&uri);
    Ok(html::page(account.context(), http::StatusCode::OK, &view))
}

pub(super) async fn change_password(
    account: Account,
    submitted: Submitted<ChangeRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => {
            password_change::set(&account, request).await?;
            return Ok(NoContent.into_response());
        }
        Submitted::Form(form) => form,
    };
    let changed = async { password_change::set(&account, asked?).await };
    match changed.await {
        Ok(()) => Ok(html::see_other("/account?notice=password_changed")),
        Err(error) => {
            let form = html::refused_form(View::PASSWORD, &fields, &error);
            refused(&account, &error, |view| view.password = form).await
        }
    }
}

/// `POST /account/name`: forms cannot send `PATCH /auth/me`.
pub(super) async fn change_name(
    account: Account,
    submitted: Submitted<AccountPatch>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(patch) => {
            return Ok(me::update(account, Json(patch)).await.into_response());
        }
        Submitted::Form(form) => form,
    };
    let changed = async { me::change(&account, asked?).await };
    match changed.await {
        Ok(_) => Ok(html::see_other("/account?notice=renamed")),
        Err(error) => {
            let form = html::refused_form(View::NAME_FIELDS, &fields, &error);
            refused(&account, &error, |view| view.name = form).await
        }
    }
}

pub(super) async fn delete(
    account: Account,
    submitted: Submitted<DeleteRequest>,
) -> Result<Response> {
    let SubmittedForm { asked, fields } = match submitted {
        Submitted::Json(request) => return account_delete::delete(account, Json(request)).await,
        Submitted::Form(form) => form,
    };
    let deleted = async { account_delete::end(&account, asked?).await };
    match deleted.await {
        Ok(()) => {
            let answer = logout::forgotten(account.session())?;
            Ok(instead(answer, "/auth/login?notice=account_deleted"))
        }
        Err(error) => {
            let form = html::refused_form(View::DELETE, &fields, &error);
            refused(&account, &error, |view| view.delete = form).await
        }
    }
}

/// The page again, with what is wrong with one of its forms.
pub(super) async fn refused(
    account: &Account,
    error: &Error,
    show: impl FnOnce(&mut View),
) -> Result<Response> {
    if error.code() == "reauthentication_required" {
        return Ok(super::reauthenticate::ask(account, error, ACCOUNT));
    }
    // A session that is over has no account to show.
    if error.status() == http::StatusCode::UNAUTHORIZED {
        return Err(Error::unauthenticated());
    }
    let mut view = view(account).await?;
    show(&mut view);
    Ok(html::refused(account.context(), error, &view))
}

async fn view(account: &Account) -> Result<View> {
    let (session, context) = (account.session(), account.context());
    let database = &context.runtime.database;
    let AccountView { user, tenants } = AccountView::read(database, session.user.clone()).await?;
    let password = stored_password::find(database, user.id).await?;
    Ok(View {
        notice: None,
        user: Person {
            name: user.name,
            email: user.email,
        },
        tenants: tenants
            .into_iter()
            .map(|tenant| row(context, tenant))
            .collect(),
        has_password: password.is_some(),
        password: Form::new(View::PASSWORD),
        name: Form::new(View::NAME_FIELDS).with("name", &session.user.name),
        email: Form::new(View::EMAIL),
        delete: Form::new(View::DELETE),
        identities: None,
    })
}

fn row(context: &Context, tenant: MembershipView) -> TenantRow {
    TenantRow {
        name: tenant.name,
        roles: tenant.roles.join(", "),
        href: handoff_location(context, Some(&tenant.slug)),
        here: context.host.tenant() == Some(tenant.slug.as_str()),
    }
}
