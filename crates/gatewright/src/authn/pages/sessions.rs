//! `/account/sessions`: where somebody is signed in; and signing out, here or elsewhere.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use serde::Deserialize;
use uuid::Uuid;

use super::notices::notice_of;
use super::{instead, shown_time};
use crate::authn::device;
use crate::authn::logout;
use crate::authn::session::Transport;
use crate::authn::session_list::{self, SessionView};
use crate::authz::Account;
use crate::error::Result;
use crate::http::{Path, Submitted, SubmittedForm, html, is_form};
use crate::templates::{SessionRow, Sessions};

/// The page with the list.
const LIST: &str = "/account/sessions";

pub(super) async fn show(account: Account, uri: Uri) -> Result<Response> {
    let sessions = session_list::alive(&account).await?;
    let view = Sessions {
        sessions: sessions.into_iter().map(row).collect(),
        notice: notice_of(&uri),
    };
    Ok(html::page(account.context(), StatusCode::OK, &view))
}

fn row(session: SessionView) -> SessionRow {
    let device = session.user_agent.as_deref().map(device::name_of);
    let device = device.unwrap_or_else(|| {
        match session.transport {
            Transport::Cookie => "A browser",
            Transport::Bearer => "A program",
        }
        .to_owned()
    });
    SessionRow {
        id: session.id.to_string(),
        device,
        address: session.address,
        place: session.tenant,
        created: shown_time(session.created_at),
        created_at: session.created_at.to_string(),
        last_used: shown_time(session.last_used_at),
        last_used_at: session.last_used_at.to_string(),
        current: session.current,
    }
}

/// A form has nothing to say but which; one that names more is no form of ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// `POST /account/sessions/{id}/end`: forms cannot send `DELETE /auth/sessions/{id}`.
pub(super) async fn end(
    account: Account,
    Path(id): Path<Uuid>,
    submitted: Submitted<Nothing>,
) -> Result<Response> {
    if let Submitted::Form(form) = submitted {
        form.asked?;
    }
    let own = id == account.session().id;
    let answer = session_list::end(account, Path(id)).await?;
    Ok(match own {
        true => instead(answer, "/auth/login?notice=signed_out"),
        false => instead(answer, &format!("{LIST}?notice=ended")),
    })
}

/// A program's body may be left out, and is not looked at.
pub(super) async fn sign_out(account: Account, headers: HeaderMap) -> Result<Response> {
    let answer = logout::logout(account).await?;
    Ok(match is_form(&headers) {
        true => instead(answer, "/auth/login?notice=signed_out"),
        false => answer,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndAll {
    /// What a form sends for yes; it leaves out what is no.
    keep_current: Option<Yes>,
}

#[derive(Debug, Deserialize)]
enum Yes {
    #[serde(rename = "true")]
    True,
}

pub(super) async fn sign_out_all(account: Account, request: Request) -> Result<Response> {
    if !is_form(request.headers()) {
        return logout::logout_all(account, request).await;
    }
    let submitted = Submitted::<EndAll>::from_request(request, &()).await?;
    let Submitted::Form(SubmittedForm { asked, .. }) = submitted else {
        return Err(crate::error::Error::unsupported_media_type());
    };
    let keep = matches!(asked?.keep_current, Some(Yes::True));
    let answer = logout::end_all(&account, keep).await?;
    Ok(match keep {
        true => instead(answer, &format!("{LIST}?notice=others_ended")),
        false => instead(answer, "/auth/login?notice=signed_out_everywhere"),
    })
}
