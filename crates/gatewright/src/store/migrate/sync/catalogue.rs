//! What stored roles were last brought into line with.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::model::{Kind, Model, PermissionDef};
use crate::store::database::{Dialect, Transaction};
use crate::store::{StoreError, Value, one};

/// The rows of `permissions` and `role_templates`.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// Resource and kind, by slug.
    permissions: BTreeMap<String, (String, String)>,
    templates: BTreeSet<String>,
}

impl Catalogue {
    pub(super) async fn read(transaction: &mut Transaction) -> Result<Self, StoreError> {
        let dialect = match transaction {
            Transaction::Sqlite(_) => Dialect::Sqlite,
            Transaction::Postgres(_) => Dialect::Postgres,
        };
        let exist = match dialect {
            Dialect::Sqlite => {
                "SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('permissions', 'role_templates')"
            }
            Dialect::Postgres => {
                "SELECT to_regclass('permissions') IS NOT NULL AND to_regclass('role_templates') IS NOT NULL"
            }
        };
        if !one(transaction.run(exist, &[]).await?)?.next::<bool>()? {
            return Err(StoreError::Other(
                "the database lacks the tables `permissions` and `role_templates`; run `gatewright generate`, which \
                 writes the migration that adds them, build, and run the `migrate` command"
                    .to_owned(),
            ));
        }
        let mut permissions = BTreeMap::new();
        let rows = "SELECT slug, resource, kind FROM permissions";
        for mut row in transaction.run(rows, &[]).await? {
            permissions.insert(row.next()?, (row.next()?, row.next()?));
        }
        let mut templates = BTreeSet::new();
        let rows = "SELECT name FROM role_templates";
        for mut row in transaction.run(rows, &[]).await? {
            templates.insert(row.next()?);
        }
        Ok(Self {
            permissions,
            templates,
        })
    }

    /// How the model differs, a line each. A database that has neither says so in one.
    pub(super) fn differences(&self, model: &Model) -> Vec<String> {
        if self.permissions.is_empty() && self.templates.is_empty() {
            return vec!["the schema's permissions and roles are new".to_owned()];
        }
        let mut lines = Vec::new();
        for def in model.permissions {
            match self.permissions.get(def.slug) {
                None => lines.push(format!("permission {} is new", def.slug)),
                Some(found) if *found != described(def) => {
                    lines.push(format!("permission {} is of another kind", def.slug));
                }
                Some(_) => {}
            }
        }
        for slug in self.permissions.keys() {
            if model.permission(slug).is_none() {
                lines.push(format!("permission {slug} is gone"));
            }
        }
        for role in model.roles {
            if !self.templates.contains(role.name) {
                lines.push(format!("role {} is new", role.name));
            }
        }
        for name in &self.templates {
            if model.role(name).is_none() {
                lines.push(format!("role {name} is gone"));
            }
        }
        lines
    }

    /// Makes the rows those of the model.
    pub(super) async fn become_of(
        &self,
        transaction: &mut Transaction,
        model: &Model,
    ) -> Result<(), StoreError> {
        let text = |text: &str| Value::Text(text.to_owned());
        for slug in self.permissions.keys() {
            if model.permission(slug).is_none() {
                let gone = "DELETE FROM permissions WHERE slug = $1";
                transaction.run(gone, &[text(slug)]).await?;
            }
        }
        for def in model.permissions {
            let (resource, kind) = described(def);
            if self.permissions.get(def.slug) != Some(&(resource.clone(), kind.clone())) {
                let put = "INSERT INTO permissions (slug, resource, kind) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO UPDATE SET resource = excluded.resource, kind = excluded.kind";
                let args = [text(def.slug), Value::Text(resource), Value::Text(kind)];
                transaction.run(put, &args).await?;
            }
        }
        for name in &self.templates {
            if model.role(name).is_none() {
                let gone = "DELETE FROM role_templates WHERE name = $1";
                transaction.run(gone, &[text(name)]).await?;
            }
        }
        for role in model.roles {
            if !self.templates.contains(role.name) {
                let put = "INSERT INTO role_templates (name) VALUES ($1)";
                transaction.run(put, &[text(role.name)]).await?;
            }
        }
        Ok(())
    }
}

/// Resource and kind, as they are stored.
fn described(def: &PermissionDef) -> (String, String) {
    let kind = match def.kind {
        Kind::Action => "action",
        Kind::Field => "field",
        kind => kind.word(),
    };
    (def.resource.to_owned(), kind.to_owned())
}
