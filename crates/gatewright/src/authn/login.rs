//! `POST /auth/login`.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::account_view::AccountView;
use super::password_policy::Password;
use super::session::Transport;
use super::sign_in::Identified;
use super::tokens::{Tokens, require_page_of_ours};
use crate::error::Result;
use crate::http::{Context, Json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginRequest {
    email: String,
    password: Password,
    #[serde(default)]
    pub(super) transport: Transport,
}

pub(super) async fn login(context: Context, Json(request): Json<LoginRequest>) -> Result<Response> {
    let (account, tokens) = sign_in(&context, request).await?;
    tokens.respond(StatusCode::OK, account)
}

/// Opens a session for whoever knows the password.
pub(super) async fn sign_in(
    context: &Context,
    request: LoginRequest,
) -> Result<(AccountView, Tokens)> {
    require_page_of_ours(context, request.transport)?;
    let identified = Identified::by_password(context, &request.email, request.password).await?;
    let admitted = identified.admit(context, request.transport).await?;
    admitted.open(context).await
}
