//! How a tenant comes to be: with a role for each template, and an owner.

use uuid::Uuid;

use super::slug;
use crate::audit::{self, Author};
use crate::clock;
use crate::error::{Error, FieldError, Result};
use crate::model::{Model, OWNER};
use crate::store::{Scope, StoreError, Transaction, Value};

const LONGEST_NAME: usize = 100;

/// A tenant that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewTenant {
    pub(crate) name: String,
    pub(crate) slug: String,
}

impl NewTenant {
    /// Reads what somebody asks for.
    ///
    /// # Errors
    /// 422 with all that is wrong with it, on `name` and `slug`.
    pub(crate) fn parse(name: &str, slug: &str) -> Result<Self> {
        match (parse_name(name), slug::check("slug", slug)) {
            (Ok(name), Ok(())) => Ok(Self {
                name,
                slug: slug.to_owned(),
            }),
            (name, slug) => {
                let errors = name.err().into_iter().chain(slug.err());
                Err(Error::invalid_input(errors.collect()))
            }
        }
    }
}

/// The name of a tenant, as people write it.
///
/// # Errors
/// `required`, `too_long` or `invalid`, on `name`.
pub(crate) fn parse_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    let wrong = |code, message| Err(FieldError::new("name", code, message));
    if name.is_empty() {
        return wrong("required", "Give the tenant a name.");
    }
    if name.chars().count() > LONGEST_NAME {
        return wrong("too_long", "Use 100 characters at most.");
    }
    if name.chars().any(char::is_control) {
        return wrong("invalid", "Use one line of text.");
    }
    Ok(name.to_owned())
}

fn slug_taken() -> Error {
    Error::conflict(
        "slug",
        "taken",
        "Another tenant has this name. Choose another.",
    )
}

/// Tells early what [`create_tenant`] would tell in the end.
///
/// # Errors
/// 409 on `slug`.
pub(crate) async fn require_free_slug(transaction: &mut Transaction, slug: &str) -> Result<()> {
    let rows = transaction
        .run(
            "SELECT id FROM tenants WHERE slug = $1",
            &[Value::Text(slug.to_owned())],
        )
        .await?;
    if rows.is_empty() {
        Ok(())
    } else {
        Err(slug_taken())
    }
}

/// Makes a tenant inside the caller's transaction: the tenant, a role for each template of the schema,
/// the owner's membership and role, and the first entry of its audit log. Answers its id.
///
/// The transaction is in the new tenant's scope afterwards.
///
/// # Errors
/// 409 on `slug` when it is taken; nothing of the transaction can be committed then.
pub(crate) async fn create_tenant(
    transaction: &mut Transaction,
    model: &Model,
    tenant: &NewTenant,
    owner: Uuid,
    author: Author,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    let now = Value::Timestamp(clock::now());
    transaction.rescope(Scope::Tenant(id)).await?;
    transaction
        .run(
            "INSERT INTO tenants (id, slug, name, created_at) VALUES ($1, $2, $3, $4)",
            &[
                Value::Uuid(id),
                Value::Text(tenant.slug.clone()),
                Value::Text(tenant.name.clone()),
                now.clone(),
            ],
        )
        .await
        .map_err(|error| match error {
            StoreError::Unique(_) => slug_taken().caused_by(error),
            other => other.into(),
        })?;

    let mut owner_role = None;
    for role in model.roles {
        let role_id = Uuid::now_v7();
        transaction
            .run(
                "INSERT INTO roles (tenant_id, id, name, template, created_at) VALUES ($1, $2, $3, $3, $4)",
                &[
                    Value::Uuid(id),
                    Value::Uuid(role_id),
                    Value::Text(role.name.to_owned()),
                    now.clone(),
                ],
            )
            .await?;
        if role.name == OWNER {
            owner_role = Some(role_id);
        }
    }
    // A tenant that nobody owns could never be mended from inside.
    let owner_role = owner_role.ok_or_else(|| Error::internal("the schema has no role `owner`"))?;

    transaction
        .run(
            "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) VALUES ($1, $2, $3, $4)",
            &[
                Value::Uuid(id),
                Value::Uuid(Uuid::now_v7()),
                Value::Uuid(owner),
                now.clone(),
            ],
        )
        .await
        .map_err(|error| match error {
            // It ended since the gate let it through.
            StoreError::ForeignKey(_) => Error::unauthenticated().caused_by(error),
            other => other.into(),
        })?;
    transaction
        .run(
            "INSERT INTO user_tenant_roles (tenant_id, user_id, role_id, created_at) VALUES ($1, $2, $3, $4)",
            &[Value::Uuid(id), Value::Uuid(owner), Value::Uuid(owner_role), now],
        )
        .await?;
    audit::record_new_tenant(transaction, id, author).await?;
    Ok(id)
}
