//! `migrate`, and what `serve` asks of a database first.

use std::path::Path;
use std::process::ExitCode;

use uuid::Uuid;

use super::Failure;
use crate::Application;
use crate::config::{SettingError, Settings};
use crate::runtime::Runtime;
use crate::store::{Database, Mode, Scope, StoreError, Value, migrate, role_check};

pub(super) async fn migrate(
    application: &Application,
    settings: &Settings,
    check: bool,
) -> Result<ExitCode, Failure> {
    if check {
        return self::check(application, settings).await;
    }
    let (setting, url, app_role) = connection(settings)?;
    let database = migrate::connect(url)
        .await
        .map_err(|error| SettingError::of_database(setting, url, &error))?;
    let applied = migrate::apply(&database, application.history(), app_role.as_deref()).await?;
    for migration in &applied {
        println!("applied {:04}_{}", migration.version, migration.name);
    }
    let followed = migrate::sync(&database, application.history(), application.model()).await?;
    for line in &followed {
        println!("{line}");
    }
    if applied.is_empty() && followed.is_empty() {
        println!("nothing to do: the database is up to date");
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what is pending, what stands in its way, and how the database differs from what was applied.
async fn check(application: &Application, settings: &Settings) -> Result<ExitCode, Failure> {
    let url = &settings.database_url;
    if let Some(path) = url.strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        println!("pending: everything, as there is no file `{path}`");
        return Ok(ExitCode::FAILURE);
    }
    let database = Database::connect(url)
        .await
        .map_err(|error| SettingError::of_database("DATABASE_URL", url, &error))?;
    let pending = migrate::pending(&database, application.history()).await?;
    for migration in pending {
        println!("pending {:04}_{}", migration.version, migration.name);
    }
    // The migrations bring the tables that tell.
    let unsynced = if pending.is_empty() {
        migrate::unsynced(&database, application.model()).await?
    } else {
        Vec::new()
    };
    for line in &unsynced {
        println!("pending: {line}");
    }
    let mut in_the_way = None;
    let drift = match (url.starts_with("sqlite://"), &settings.migrate_database_url) {
        (true, _) => {
            in_the_way = migrate::in_the_way(&database, application.history()).await?;
            migrate::drift(&database, url, application.history()).await?
        }
        (false, Some(_)) => {
            let (setting, url, _) = connection(settings)?;
            let database = migrate::connect(url)
                .await
                .map_err(|error| SettingError::of_database(setting, url, &error))?;
            in_the_way = migrate::in_the_way(&database, application.history()).await?;
            migrate::drift(&database, url, application.history()).await?
        }
        (false, None) => {
            eprintln!(
                "note: without MIGRATE_DATABASE_URL, the database's structure is not compared with its migrations"
            );
            Vec::new()
        }
    };
    if let Some(obstacle) = in_the_way {
        println!("{obstacle}");
    }
    for difference in &drift {
        println!("{difference}");
    }
    if !drift.is_empty() {
        eprintln!(
            "note: somebody changed the database outside its migrations; put the change into a migration, or take it \
             back by hand"
        );
    }
    Ok(
        if pending.is_empty() && unsynced.is_empty() && drift.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
}

/// The setting that says where to migrate, its URL and, on PostgreSQL, the role that the application itself connects as.
fn connection(settings: &Settings) -> Result<(&'static str, &str, Option<String>), Failure> {
    if settings.database_url.starts_with("sqlite://") {
        return Ok(("DATABASE_URL", &settings.database_url, None));
    }
    let owner = settings.migrate_database_url.as_deref().ok_or(
        "MIGRATE_DATABASE_URL is missing; set it to the URL of the role that owns the tables, which must not be the \
         application's own",
    )?;
    // What migrates one database while the application runs on another helps nobody.
    if owner.starts_with("sqlite://") {
        return Err(
            "MIGRATE_DATABASE_URL must begin with postgres://, as DATABASE_URL does".into(),
        );
    }
    let role = migrate::role_of(&settings.database_url).map_err(|error| {
        SettingError::of_database("DATABASE_URL", &settings.database_url, &error)
    })?;
    let role = role.ok_or("DATABASE_URL names no user; the application needs a role of its own")?;
    Ok(("MIGRATE_DATABASE_URL", owner, Some(role)))
}

/// Refuses a database that is behind the application, ahead of it, or open to the wrong role.
pub(super) async fn require_current(
    application: &Application,
    runtime: &Runtime,
) -> Result<(), Failure> {
    let pending = migrate::pending(&runtime.database, application.history()).await?;
    if let Some(first) = pending.first() {
        return Err(format!(
            "the database lacks migration {:04}_{}; run the `migrate` command first",
            first.version, first.name
        )
        .into());
    }
    let unsynced = migrate::unsynced(&runtime.database, application.model()).await?;
    if let Some(first) = unsynced.first() {
        return Err(format!(
            "stored roles do not follow the schema yet ({first}); run the `migrate` command first"
        )
        .into());
    }
    role_check::check(&runtime.database, application.model().row_level_security).await?;
    require_tables(runtime).await
}

/// Refuses to start over tables that lack what the schema says: after `gatewright generate` the next
/// migration is easily forgotten, and would be missed only by the first request.
async fn require_tables(runtime: &Runtime) -> Result<(), Failure> {
    for resource in runtime.model.resources {
        let Some(statements) = runtime.statements.of(resource) else {
            continue;
        };
        let mut transaction = runtime.database.begin(Scope::Accounts, Mode::Read).await?;
        let nothing = [Value::Uuid(Uuid::nil()), Value::Uuid(Uuid::nil())];
        match transaction.run(&statements.read, &nothing).await {
            Ok(_) => transaction.commit().await?,
            Err(StoreError::Unavailable(cause)) => return Err(cause.into()),
            Err(error) => {
                return Err(format!(
                    "the table `{}` is not what the schema says ({error}); run `gatewright generate`, which writes the migration \
                     that makes it so, build, and run the `migrate` command",
                    resource.name
                )
                .into());
            }
        }
    }
    Ok(())
}
