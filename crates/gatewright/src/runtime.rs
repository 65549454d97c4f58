//! What every request shares.

use crate::authn::{AccessTokens, Afterwards, Passwords, Providers};
use crate::authz::Roles;
use crate::config::{SettingError, Settings};
use crate::jobs::Queue;
use crate::mail::Outbox;
use crate::model::Model;
use crate::store::{CursorKey, Database, Exports, Patterns, Statements, custom};
use crate::templates::Templates;

/// One running application.
#[derive(Debug)]
pub(crate) struct Runtime {
    pub(crate) model: &'static Model,
    pub(crate) settings: Settings,
    pub(crate) database: Database,
    pub(crate) roles: Roles,
    pub(crate) statements: Statements,
    pub(crate) patterns: Patterns,
    pub(crate) cursors: CursorKey,
    pub(crate) exports: Exports,
    pub(crate) custom_fields: custom::Cache,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) passwords: Passwords,
    pub(crate) providers: Providers,
    pub(crate) outbox: Outbox,
    pub(crate) afterwards: Afterwards,
    /// The runtime's own until the application's are told to it.
    pub(crate) templates: Templates,
    /// Knows mail alone until the application's own jobs are told to it.
    pub(crate) jobs: Queue,
}

impl Runtime {
    /// Connects to the database and derives the keys.
    ///
    /// # Errors
    /// A sentence for whoever starts it.
    pub(crate) async fn start(
        model: &'static Model,
        settings: Settings,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let url = &settings.database_url;
        let database = Database::connect(url)
            .await
            .map_err(|error| SettingError::of_database("DATABASE_URL", url, &error))?;
        Ok(Self {
            model,
            roles: Roles::new(model),
            patterns: Patterns::new(model)?,
            statements: Statements::new(model, database.dialect()),
            exports: Exports::default(),
            custom_fields: custom::Cache::default(),
            cursors: CursorKey::new(&settings.secret_key)?,
            access_tokens: AccessTokens::new(&settings)?,
            passwords: Passwords::new(settings.password_hash)?,
            providers: Providers::new(model, &settings)?,
            outbox: Outbox::new(&settings)?,
            afterwards: Afterwards::default(),
            templates: Templates::new(&[])?,
            jobs: Queue::default(),
            database,
            settings,
        })
    }
}
