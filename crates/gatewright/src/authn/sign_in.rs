//! A sign-in, as states of which each is made from the one before.
//!
//! ```text
//! Identified::by_password      ─┐
//! Identified::by_registration  ─┼─> Identified ──admit──> Admitted ──open──> tokens
//! Identified::by_identity      ─┘
//! ```
//!
//! Whatever else proves an identity becomes another way into `Identified`; a second factor becomes a
//! state between it and `Admitted`. Nothing but `open` makes a session.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::account_row::{AccountRow, Hold};
use super::account_view::{AccountView, MembershipView};
use super::audit::{self, Event};
use super::device::Device;
use super::email::Email;
use super::guessing::{self, AccountKey, Verdict};
use super::new_device;
use super::password_policy::Password;
use super::refresh_token;
use super::session::{NewSession, Session, Transport, User};
use super::stored_password;
use super::tokens::Tokens;
use crate::clock;
use crate::error::Error;
use crate::http::{Context, Host};
use crate::store::{Database, Mode, Scope, StoreError, Transaction, Value};

/// Somebody who proved to be this user.
#[derive(Debug)]
pub(super) struct Identified {
    user: User,
    /// Since when the account has the password that they gave, if they gave one.
    password_since: Option<Timestamp>,
}

/// A user whom the request's host lets in.
#[derive(Debug)]
pub(super) struct Admitted {
    account: AccountView,
    password_since: Option<Timestamp>,
    host_tenant: Option<Uuid>,
    transport: Transport,
}

/// What a session that is handed over takes from the one before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// The session of the sign-in, at whichever host that was.
    pub(super) origin: Uuid,
    /// The absolute end, which no change of hosts moves.
    pub(super) end: Timestamp,
}

impl Identified {
    /// By address and password. Unknown address, wrong password and suspended account get one answer,
    /// after the same work: one look-up, one hash, one audit entry.
    pub(super) async fn by_password(
        context: &Context,
        email: &str,
        password: Password,
    ) -> Result<Self, Error> {
        let runtime = Arc::clone(&context.runtime);
        runtime.model.auth.require_passwords()?;
        let (address, given) = (Email::parse(email).ok(), password.clone());
        let verify = async move {
            let account = match address {
                Some(address) => StoredAccount::find(&runtime.database, &address).await?,
                None => None,
            };
            let hash = account
                .as_ref()
                .and_then(|account| account.password_hash.as_deref());
            let right = runtime.passwords.verify(given, hash).await?;
            Ok(match account {
                Some(account) if right && account.active => Verdict::Right(account),
                other => Verdict::Wrong(other.map(|account| account.user.id)),
            })
        };
        match guessing::attempt(context, &AccountKey::of_text(email), verify).await? {
            Verdict::Right(account) => {
                if let Some(hash) = account.password_hash {
                    stored_password::strengthen(context, account.user.id, password, hash);
                }
                Ok(Self {
                    user: account.user,
                    password_since: account.password_since,
                })
            }
            Verdict::Wrong(tried) => {
                audit::record_refusal(context, Event::LoginFailed(tried)).await?;
                Err(Error::unauthenticated())
            }
        }
    }

    /// By having just made the account, where addresses need no verification.
    pub(super) fn by_registration(user: User) -> Self {
        Self::without_password(user)
    }

    /// By a provider that vouches for them, once it is known whose account that opens.
    pub(super) fn by_identity(user: User) -> Self {
        Self::without_password(user)
    }

    /// By a code from a host where they are signed in.
    pub(super) fn by_handoff(user: User) -> Self {
        Self::without_password(user)
    }

    fn without_password(user: User) -> Self {
        Self {
            user,
            password_since: None,
        }
    }

    /// Opens a browser's session on a host whose code somebody brought, in the transaction that spends
    /// the code: that they have a place there was
    /// decided when the code was made, and the gate decides it anew for each request.
    pub(super) async fn open_at(
        self,
        transaction: &mut Transaction,
        context: &Context,
        host_tenant: Option<Uuid>,
        source: Source,
    ) -> Result<Tokens, Error> {
        let account = AccountView {
            user: self.user,
            tenants: Vec::new(),
        };
        let admitted = Admitted {
            account,
            password_since: None,
            host_tenant,
            transport: Transport::Cookie,
        };
        admitted
            .open_in(transaction, context, source.end, Some(source.origin))
            .await
            .map(|(_, tokens)| tokens)
    }

    /// Decides which tenant the session is for.
    pub(super) async fn admit(
        self,
        context: &Context,
        transport: Transport,
    ) -> Result<Admitted, Error> {
        let (user_id, password_since) = (self.user.id, self.password_since);
        let account = AccountView::read(&context.runtime.database, self.user).await?;
        match tenant_at(&context.host, transport, &account.tenants) {
            Ok(host_tenant) => Ok(Admitted {
                account,
                password_since,
                host_tenant,
                transport,
            }),
            Err(error) => {
                audit::record_refusal(context, Event::LoginFailed(Some(user_id))).await?;
                Err(error)
            }
        }
    }
}

/// At a tenant's host that tenant, for its members. At the base host none for cookies, which serve
/// this one host; for bearer tokens the user's only tenant, as the default of requests that name none.
fn tenant_at(
    host: &Host,
    transport: Transport,
    tenants: &[MembershipView],
) -> Result<Option<Uuid>, Error> {
    match host {
        // Not a member and no such tenant are one answer, and only the right password comes this far.
        Host::Tenant(slug) => tenants
            .iter()
            .find(|tenant| tenant.slug == *slug)
            .map(|tenant| Some(tenant.id))
            .ok_or_else(Error::tenant_forbidden),
        Host::Base => Ok(match (transport, tenants) {
            (Transport::Bearer, [only]) => Some(only.id),
            (Transport::Bearer | Transport::Cookie, _) => None,
        }),
        Host::Foreign => Err(Error::not_found()),
    }
}

impl Admitted {
    /// Opens the session, and tells its user of a device that is new to the account.
    pub(super) async fn open(self, context: &Context) -> Result<(AccountView, Tokens), Error> {
        let lifetime = context.runtime.settings.refresh_token_ttl;
        let end = clock::after(clock::now(), lifetime);
        let database = &context.runtime.database;
        let mut transaction = database.begin(Scope::Accounts, Mode::Write).await?;
        self.require_still(&mut transaction).await?;
        let (user, device) = (&self.account.user, Device::of(context));
        let told = new_device::announce(&mut transaction, context, user, &device).await?;
        let opened = self.open_in(&mut transaction, context, end, None).await?;
        transaction.commit().await?;
        if told {
            context.runtime.outbox.nudge();
        }
        Ok(opened)
    }

    /// Refuses a password that was right and is another by now. Whoever changes one ends all sessions, and this would
    /// come after them. The account's row makes the two take turns.
    async fn require_still(&self, transaction: &mut Transaction) -> Result<(), Error> {
        let user_id = self.account.user.id;
        let Some(since) = self.password_since else {
            return Ok(());
        };
        let account = AccountRow::hold(transaction, user_id, Hold::Use).await?;
        if account.is_none() || !stored_password::is_of(transaction, user_id, since).await? {
            return Err(Error::unauthenticated());
        }
        Ok(())
    }

    async fn open_in(
        self,
        transaction: &mut Transaction,
        context: &Context,
        expires_at: Timestamp,
        origin: Option<Uuid>,
    ) -> Result<(AccountView, Tokens), Error> {
        let user_id = self.account.user.id;
        let new = NewSession {
            user_id,
            host_tenant: self.host_tenant,
            transport: self.transport,
            origin,
            expires_at,
            device: Device::of(context),
        };
        let session_id = Session::create(transaction, &new).await?;
        let refresh = refresh_token::create(transaction, session_id).await?;
        audit::record(transaction, context, Event::LoggedIn(user_id)).await?;
        let tokens = Tokens::issue(
            context,
            self.transport,
            (session_id, user_id),
            refresh,
            expires_at,
        )?;
        Ok((self.account, tokens))
    }
}

struct StoredAccount {
    user: User,
    password_hash: Option<String>,
    password_since: Option<Timestamp>,
    active: bool,
}

impl StoredAccount {
    async fn find(database: &Database, email: &Email) -> Result<Option<Self>, StoreError> {
        let mut transaction = database.begin(Scope::Accounts, Mode::Read).await?;
        let rows = transaction
            .run(
                "SELECT u.id, u.email, u.name, p.hash, p.changed_at, u.status \
                 FROM users u LEFT JOIN passwords p ON p.user_id = u.id WHERE u.email_normalized = $1",
                &[Value::Text(email.normalized().to_owned())],
            )
            .await?;
        transaction.commit().await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        Ok(Some(Self {
            user: User {
                id: row.next()?,
                email: row.next()?,
                name: row.next()?,
            },
            password_hash: row.next()?,
            password_since: row.next()?,
            active: row.next::<String>()? == "active",
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenants(slugs: &[&str]) -> Vec<MembershipView> {
        let view = |slug: &&str| MembershipView {
            id: Uuid::now_v7(),
            slug: (*slug).to_owned(),
            name: String::new(),
            roles: Vec::new(),
        };
        slugs.iter().map(view).collect()
    }

    #[test]
    fn a_tenants_host_admits_its_members_alone() {
        let tenants = tenants(&["acme", "globex"]);
        for transport in [Transport::Cookie, Transport::Bearer] {
            let admitted =
                tenant_at(&Host::Tenant("globex".to_owned()), transport, &tenants).unwrap();
            assert_eq!(admitted, tenants.get(1).map(|tenant| tenant.id));
            let error =
                tenant_at(&Host::Tenant("initech".to_owned()), transport, &tenants).unwrap_err();
            assert_eq!(error.code(), "tenant_forbidden");
        }
    }

    #[test]
    fn the_base_host_defaults_to_an_only_tenant_for_bearer_alone() {
        let (one, two) = (tenants(&["acme"]), tenants(&["acme", "globex"]));
        assert_eq!(
            tenant_at(&Host::Base, Transport::Bearer, &one).unwrap(),
            one.first().map(|tenant| tenant.id)
        );
        assert_eq!(
            tenant_at(&Host::Base, Transport::Bearer, &two).unwrap(),
            None
        );
        assert_eq!(
            tenant_at(&Host::Base, Transport::Bearer, &[]).unwrap(),
            None
        );
        assert_eq!(
            tenant_at(&Host::Base, Transport::Cookie, &one).unwrap(),
            None
        );
    }
}
