//! `/account`: what is somebody's own.

use axum::response::{IntoResponse, Response};
use http::Uri;

use super::notices::notice_of;
use super::{ACCOUNT, instead};
use crate::authn::account_view::{AccountView, MembershipView};
use crate::authn::handoff_location;
use crate::authn::password_change::{self, ChangeRequest};
use crate::authn::stored_password;
use crate::authz::Account;
use crate::error::{Error, Result};
use crate::http::{Context, NoContent, Submitted, SubmittedForm, html};
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
        Ok(()) => Ok(instead(
            NoContent.into_response(),
            "/account?notice=password_changed",
        )),
        Err(error) => {
            let form = html::refused_form(View::PASSWORD, &fields, &error);
            refused(&account, &error, |view| view.password = form).await
        }
    }
}

/// The page again, with what is wrong with one of its forms.
async fn refused(
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
        name: None,
        email: None,
        delete: None,
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
