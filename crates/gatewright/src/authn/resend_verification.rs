//! `POST /auth/verify-email/resend`: another link for a registration that waits.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::email::Email;
use super::mail_pause::{self, Mailing};
use super::mails;
use super::registration;
use crate::error::{Error, Result};
use crate::http::{Context, Json};
use crate::store::{Mode, Scope};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResendRequest {
    pub(super) email: String,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

pub(super) async fn resend(
    context: Context,
    Json(request): Json<ResendRequest>,
) -> Result<Response> {
    ask(&context, &request.email)?;
    let status = "verification_sent";
    Ok((StatusCode::ACCEPTED, Json(Answer { status })).into_response())
}

/// Sees to it that a registration of the address gets another link, if there is one. Whether there is, the request
/// does not wait to know.
///
/// # Errors
/// 422 for what is no address, 503 when too much waits already.
pub(super) fn ask(context: &Context, email: &str) -> Result<()> {
    let email = Email::parse(email).map_err(|wrong| Error::invalid_input(vec![wrong]))?;
    let work = mail_again(context.clone(), email);
    context.runtime.afterwards.run(context.request_id, work)
}

/// The mail goes out when the worker looks for work the next time, and is not hurried: nothing that is told apart from
/// outside follows this request alone.
async fn mail_again(context: Context, email: Email) -> Result<()> {
    let runtime = &context.runtime;
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let may = mail_pause::may_mail(&mut transaction, &Mailing::verification(&email)).await?;
    if may && let Some((email, token)) = registration::renew(&mut transaction, &email).await? {
        let message = mails::verify_address(runtime, &email, &token)?;
        runtime.outbox.queue(&mut transaction, message).await?;
    }
    transaction.commit().await?;
    Ok(())
}
