//! The demonstration data: tenants, a member for each role, and records.
//!
//! `seed-demo` fills an empty development database with it. The edge cases are what an attacker
//! would look for: members, tenants and users that are suspended, and accounts that belong nowhere.

mod cast;
mod records;

use std::sync::Arc;

use serde::Serialize;
use uuid::Uuid;

use crate::audit::Author;
use crate::authn::{self, Email, NewPassword, Owner, Password, PlatformRole, Registration};
use crate::error::Result;
use crate::runtime::Runtime;
use crate::store::{FieldValue, Mode, Scope, Transaction};
use crate::tenancy::onboarding::{self, NewTenant};

/// The password of every demonstration account.
const PASSWORD: &str = "demo-password-4-acme";

/// Who was made, for whoever wants to sign in.
#[derive(Debug, Serialize)]
pub(crate) struct Demo {
    pub(crate) password: &'static str,
    pub(crate) tenants: Vec<DemoTenant>,
    pub(crate) users: Vec<DemoUser>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct DemoTenant {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) status: &'static str,
}

/// One membership, or an account without any.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DemoUser {
    pub(crate) email: String,
    pub(crate) tenant: Option<&'static str>,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) user_status: &'static str,
    pub(crate) membership_status: &'static str,
    #[serde(serialize_with = "platform_role")]
    pub(crate) platform_role: Option<PlatformRole>,
}

fn platform_role<S: serde::Serializer>(
    role: &Option<PlatformRole>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    role.map(PlatformRole::as_str).serialize(serializer)
}

/// Whether the demonstration was seeded already.
pub(crate) async fn is_seeded(runtime: &Runtime) -> Result<bool> {
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
    let rows = transaction
        .run(
            "SELECT id FROM tenants WHERE slug = $1",
            &["acme".to_owned().into_value()],
        )
        .await?;
    transaction.commit().await?;
    Ok(!rows.is_empty())
}

/// Makes all of it.
pub(crate) async fn seed(runtime: &Arc<Runtime>, edge_cases: bool) -> Result<Demo> {
    let (tenants, users) = cast::cast(runtime.model, edge_cases);
    let mut accounts = std::collections::HashMap::new();
    for user in &users {
        if !accounts.contains_key(&user.email) {
            accounts.insert(user.email.clone(), create_account(runtime, user).await?);
        }
    }
    for tenant in &tenants {
        let members: Vec<(&DemoUser, Uuid)> = users
            .iter()
            .filter(|user| user.tenant == Some(tenant.slug))
            .filter_map(|user| accounts.get(&user.email).map(|id| (user, *id)))
            .collect();
        create_tenant(runtime, tenant, &members).await?;
    }
    Ok(Demo {
        password: PASSWORD,
        tenants,
        users,
    })
}

async fn create_account(runtime: &Runtime, user: &DemoUser) -> Result<Uuid> {
    let invalid = |error: crate::FieldError| crate::Error::invalid_input(vec![error]);
    // Nobody's in particular: whatever the application is called, the demonstration has this password.
    let password =
        NewPassword::parse(Password::new(PASSWORD), &Owner::default()).map_err(invalid)?;
    let hash = runtime.passwords.hash(password).await?;
    let email = Email::parse(&user.email).map_err(invalid)?;
    let name = user.email.split('@').next().unwrap_or_default().to_owned();
    let platform_role = user.platform_role;
    let registration = Registration {
        email,
        name,
        password_hash: None,
        tenant: None,
        platform_role,
        verified: true,
    };

    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let account = authn::create_account(
        &mut transaction,
        runtime.model,
        &registration,
        Some(&hash),
        None,
    )
    .await?;
    let status = "UPDATE users SET status = $2 WHERE id = $1";
    transaction
        .run(
            status,
            &[
                account.id.into_value(),
                user.user_status.to_owned().into_value(),
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(account.id)
}

/// Makes a tenant with its members and records. The first member, an owner, is its maker.
async fn create_tenant(
    runtime: &Arc<Runtime>,
    tenant: &DemoTenant,
    members: &[(&DemoUser, Uuid)],
) -> Result<()> {
    let Some((_, owner)) = members.first() else {
        return Ok(());
    };
    let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Write).await?;
    let new = NewTenant {
        name: tenant.name.to_owned(),
        slug: tenant.slug.to_owned(),
    };
    let author = Author::user(*owner, None);
    let id =
        onboarding::create_tenant(&mut transaction, runtime.model, &new, *owner, author).await?;
    for (user, user_id) in members.iter().skip(1) {
        add_member(&mut transaction, id, user, *user_id).await?;
    }
    let status = "UPDATE tenants SET status = $2 WHERE id = $1";
    transaction
        .run(
            status,
            &[id.into_value(), tenant.status.to_owned().into_value()],
        )
        .await?;
    transaction.commit().await?;
    records::seed(runtime, id, members).await
}

const MEMBER: &str = "
    INSERT INTO user_tenants (tenant_id, id, user_id, status, created_at) VALUES ($1, $2, $3, $4, $5)";

const MEMBER_ROLE: &str = "
    INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at)
    SELECT tenant_id, $2, id, $4 FROM roles WHERE tenant_id = $1 AND name = $3";

async fn add_member(
    transaction: &mut Transaction,
    tenant: Uuid,
    user: &DemoUser,
    user_id: Uuid,
) -> Result<()> {
    let now = crate::clock::now();
    let status = user.membership_status.to_owned();
    let args = [
        tenant.into_value(),
        Uuid::now_v7().into_value(),
        user_id.into_value(),
        status.into_value(),
        now.into_value(),
    ];
    transaction.run(MEMBER, &args).await?;
    for role in &user.roles {
        let args = [
            tenant.into_value(),
            user_id.into_value(),
            (*role).to_owned().into_value(),
            now.into_value(),
        ];
        transaction.run(MEMBER_ROLE, &args).await?;
    }
    Ok(())
}
