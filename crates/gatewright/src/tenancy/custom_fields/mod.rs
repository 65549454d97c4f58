//! Fields that a tenant adds to resources, and what it makes of the schema's fields.
//!
//! | file | |
//! | --- | --- |
//! | `routes` | the fields of a tenant's own: list, add, change, remove |
//! | `overrides` | what a tenant calls a field of the schema, and whether it hides it |
//! | `input` | what bodies say of a field |
//! | `rules` | what may change of a field that has values |
//! | `statements` | all statements, on `custom_fields` and `field_overrides` |
//!
//! Every change counts `tenants.custom_fields_version` up in its transaction, by the statement that it
//! begins with: that keeps two of them from running at once, and tells every process that what it
//! remembers of the tenant is over. 0 says that there never was anything to remember.

mod input;
mod overrides;
mod routes;
mod rules;
mod statements;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::Tenant;
use crate::error::{Error, Result};
use crate::http::Api;
use crate::model::FieldDef;
use crate::runtime::Runtime;
use crate::store::Transaction;
use crate::store::custom::TenantFields;

/// The most fields that a tenant may add to a resource.
const MOST_FIELDS: usize = 50;

pub(crate) fn register(api: &mut Api) {
    routes::register(api);
    overrides::register(api);
}

/// Whether a tenant can hide a field of the schema: every new record must get a value by itself.
fn can_be_hidden(field: &FieldDef) -> bool {
    field.optional || field.default.is_some()
}

/// What the tenant has made of the resources, as the transaction sees it, which is in its scope.
///
/// # Errors
/// 500 where a definition cannot be understood: values of an unknown shape are not let through.
pub(crate) async fn of(
    transaction: &mut Transaction,
    runtime: &Runtime,
    tenant: &Tenant,
) -> Result<Arc<TenantFields>> {
    let version = tenant.custom_fields_version;
    if version == 0 {
        return Ok(Arc::default());
    }
    if let Some(known) = runtime.custom_fields.get(tenant.id, version) {
        return Ok(known);
    }
    let found = statements::load(transaction, runtime.model, tenant.id).await;
    let fields = Arc::new(found.map_err(Error::internal)?);
    runtime.custom_fields.put(tenant.id, version, &fields);
    Ok(fields)
}
