//! The table `oauth_flows`: visits to providers that have begun and not ended.
//!
//! A row is found by the hash of a secret that is good once. What it holds is sealed for that row: the
//! database is not trusted with the verifier, nor with who came back.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::arrival::Identity;
use super::provider::Providers;
use crate::authn::opaque_token::{OpaqueToken, Purpose};
use crate::clock;
use crate::error::{Error, Result};
use crate::store::{Database, FieldValue, Mode, Scope, Transaction};

/// How long a visit may take.
pub(super) const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How long the way from the base host to a session's own may take.
const FINISH_LIFETIME: Duration = Duration::from_secs(60);

/// No browser has it: what stands where a visit belongs to none yet.
const NO_BROWSER: &str = "";

/// What a visit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Aim {
    SignIn,
    /// The account of a session gets another way in.
    Link,
    /// The user of a session proves again who they are.
    Reauthenticate,
}

/// What is known when a visit begins.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) aim: Aim,
    /// RFC 7636 section 4.1.
    pub(super) verifier: String,
    pub(super) nonce: String,
    /// The path to go to afterwards.
    pub(super) next: String,
    pub(super) invitation: Option<String>,
    /// The slug of the host that the browser goes to afterwards; none for the base host.
    pub(super) tenant: Option<String>,
    /// In seconds of Unix time.
    pub(super) at: i64,
}

/// Who came back, for the session that asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Finished {
    pub(super) aim: Aim,
    pub(super) identity: Identity,
    pub(super) next: String,
}

/// Whose a visit is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of<'a> {
    /// The hash of a browser's cookie.
    Browser(&'a str),
    /// A session, whose browser takes the visit over at the base host.
    Session(Uuid),
}

const INSERT: &str = "
    INSERT INTO oauth_flows (state_hash, provider, browser_hash, sealed, session_id, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// What must be right about a visit that goes on: its secret, its provider and its browser.
const MATCHES: &str = "state_hash = $1 AND provider = $2 AND browser_hash = $3 AND expires_at > $4";

/// Stores a visit that begins, and answers its `state`.
pub(super) async fn begin(
    transaction: &mut Transaction,
    providers: &Providers,
    provider: &str,
    of: Of<'_>,
    begun: &Begun,
) -> Result<OpaqueToken> {
    let (browser, session) = match of {
        Of::Browser(hash) => (hash, None),
        Of::Session(id) => (NO_BROWSER, Some(id)),
    };
    let kind = Purpose::OAuthState;
    let row = (provider, browser, session, LIFETIME);
    store(transaction, providers, kind, row, begun).await
}

/// Stores who came back for a session, and answers the code that its host finds it by.
pub(super) async fn finish(
    transaction: &mut Transaction,
    providers: &Providers,
    provider: &str,
    session: Uuid,
    finished: &Finished,
) -> Result<OpaqueToken> {
    let kind = Purpose::OAuthFinish;
    let row = (provider, NO_BROWSER, Some(session), FINISH_LIFETIME);
    store(transaction, providers, kind, row, finished).await
}

async fn store(
    transaction: &mut Transaction,
    providers: &Providers,
    kind: Purpose,
    (provider, browser, session, lifetime): (&str, &str, Option<Uuid>, Duration),
    content: &impl Serialize,
) -> Result<OpaqueToken> {
    let token = OpaqueToken::generate(kind)?;
    let content = serde_json::to_vec(content).map_err(Error::internal)?;
    let sealed = providers.key.seal(&place(kind, &token), &content)?;
    let now = clock::now();
    let args = [
        token.hash().into_value(),
        provider.to_owned().into_value(),
        browser.to_owned().into_value(),
        sealed.into_value(),
        session.into_value(),
        now.into_value(),
        clock::after(now, lifetime).into_value(),
    ];
    transaction.run(INSERT, &args).await?;
    Ok(token)
}

/// A seal is good for its row alone, and for what the row is.
fn place(kind: Purpose, token: &OpaqueToken) -> String {
    format!("oauth_flows {} {}", kind.word(), token.hash())
}

fn open<T: DeserializeOwned>(
    providers: &Providers,
    kind: Purpose,
    token: &OpaqueToken,
    sealed: &str,
) -> Result<T> {
    // What SECRET_KEY sealed before it was changed does not open: the visit begins again.
    let content = providers.key.open(&place(kind, token), sealed);
    let content = content.ok_or_else(Error::broken_visit)?;
    serde_json::from_slice(&content).map_err(Error::internal)
}

/// Gives a session's visit to the browser that shows its state at the base host, once.
///
/// # Errors
/// 400 for a visit that there is none of, or that has a browser.
pub(super) async fn claim(
    database: &Database,
    providers: &Providers,
    provider: &str,
    state: &str,
    browser_hash: &str,
) -> Result<(OpaqueToken, Begun)> {
    let kind = Purpose::OAuthState;
    let token = OpaqueToken::parse(kind, state).ok_or_else(Error::broken_visit)?;
    let sql = format!("UPDATE oauth_flows SET browser_hash = $5 WHERE {MATCHES} RETURNING sealed");
    let args = [
        token.hash().into_value(),
        provider.to_owned().into_value(),
        NO_BROWSER.to_owned().into_value(),
        clock::now().into_value(),
        browser_hash.to_owned().into_value(),
    ];
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let rows = transaction.run(&sql, &args).await?;
    transaction.commit().await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::broken_visit)?;
    let sealed: String = row.next().map_err(Error::internal)?;
    let begun = open(providers, kind, &token, &sealed)?;
    Ok((token, begun))
}

/// Ends the visit of a `state`, in the browser that it began in, and answers what it was for and the
/// session that asked for it. Of two who come back with one state, one finds it.
///
/// # Errors
/// 400 for one that is forged, spent, expired, of another browser or of another provider.
pub(super) async fn spend(
    database: &Database,
    providers: &Providers,
    provider: &str,
    state: &str,
    browser_hash: &str,
) -> Result<(Begun, Option<Uuid>)> {
    let kind = Purpose::OAuthState;
    let token = OpaqueToken::parse(kind, state).ok_or_else(Error::broken_visit)?;
    let args = [
        token.hash().into_value(),
        provider.to_owned().into_value(),
        browser_hash.to_owned().into_value(),
        clock::now().into_value(),
    ];
    // A look first: whoever makes states up must not take SQLite's one writer from a request.
    let mut look = database.begin(Scope::Accounts, Mode::Read).await?;
    let sql = format!("SELECT 1 FROM oauth_flows WHERE {MATCHES}");
    let there = !look.run(&sql, &args).await?.is_empty();
    look.commit().await?;
    if !there {
        return Err(Error::broken_visit());
    }
    let sql = format!("DELETE FROM oauth_flows WHERE {MATCHES} RETURNING sealed, session_id");
    let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
    let rows = transaction.run(&sql, &args).await?;
    transaction.commit().await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::broken_visit)?;
    let sealed: String = row.next().map_err(Error::internal)?;
    let session = row.next().map_err(Error::internal)?;
    Ok((open(providers, kind, &token, &sealed)?, session))
}

/// Takes what came back for this session.
///
/// # Errors
/// 400 for a code that is not this session's.
pub(super) async fn take(
    transaction: &mut Transaction,
    providers: &Providers,
    provider: &str,
    code: &str,
    session: Uuid,
) -> Result<Finished> {
    let kind = Purpose::OAuthFinish;
    let token = OpaqueToken::parse(kind, code).ok_or_else(Error::broken_visit)?;
    let sql =
        format!("DELETE FROM oauth_flows WHERE {MATCHES} AND session_id = $5 RETURNING sealed");
    let args = [
        token.hash().into_value(),
        provider.to_owned().into_value(),
        NO_BROWSER.to_owned().into_value(),
        clock::now().into_value(),
        session.into_value(),
    ];
    let rows = transaction.run(&sql, &args).await?;
    let mut row = rows.into_iter().next().ok_or_else(Error::broken_visit)?;
    let sealed: String = row.next().map_err(Error::internal)?;
    open(providers, kind, &token, &sealed)
}
