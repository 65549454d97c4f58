//! All that a tenant has made of the resources, and the cache of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::{CustomField, OfResource};
use crate::model::{FieldDef, ResourceDef};

/// How many tenants are remembered.
const MOST_TENANTS: usize = 256;

/// The fields that a tenant has added, and those of the schema that it hides.
#[derive(Debug, Default)]
pub(crate) struct TenantFields {
    added: HashMap<&'static str, OfResource>,
    hidden: Vec<&'static FieldDef>,
}

impl TenantFields {
    pub(crate) fn new(
        fields: Vec<(&'static str, CustomField)>,
        hidden: Vec<&'static FieldDef>,
    ) -> Self {
        let mut added: HashMap<&'static str, Vec<Arc<CustomField>>> = HashMap::new();
        for (resource, field) in fields {
            added.entry(resource).or_default().push(Arc::new(field));
        }
        Self {
            added: added
                .into_iter()
                .map(|(resource, fields)| (resource, fields.into()))
                .collect(),
            hidden,
        }
    }

    /// Those of a resource, the oldest first.
    pub(crate) fn of(&self, def: &ResourceDef) -> OfResource {
        self.added.get(def.name).cloned().unwrap_or_default()
    }

    /// The same, borrowed.
    pub(crate) fn slice(&self, def: &ResourceDef) -> &[Arc<CustomField>] {
        self.added.get(def.name).map_or(&[], |fields| fields)
    }

    /// Whether the tenant hides a field of the schema. A field is one of the model's very own.
    pub(crate) fn hides(&self, field: &FieldDef) -> bool {
        self.hidden.iter().any(|it| std::ptr::eq(*it, field))
    }
}

/// The fields of tenants whose requests came lately, by tenant and version. A version stands for what
/// it was when it was read, so what is here is never stale.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<Uuid, (i64, Arc<TenantFields>)>>);

impl Cache {
    pub(crate) fn get(&self, tenant: Uuid, version: i64) -> Option<Arc<TenantFields>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, fields) = cache.get(&tenant).filter(|(known, _)| *known == version)?;
        Some(Arc::clone(fields))
    }

    pub(crate) fn put(&self, tenant: Uuid, version: i64, fields: &Arc<TenantFields>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MOST_TENANTS && !cache.contains_key(&tenant) {
            cache.clear();
        }
        cache.insert(tenant, (version, Arc::clone(fields)));
    }
}
