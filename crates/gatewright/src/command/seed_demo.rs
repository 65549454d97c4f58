//! `seed-demo`

use std::process::ExitCode;
use std::sync::Arc;

use super::{Failure, migrate};
use crate::Application;
use crate::config::{Environment, Settings};
use crate::demo::{self, Demo};
use crate::runtime::Runtime;

pub(super) async fn seed(
    application: &Application,
    settings: Settings,
    edge_cases: bool,
    json: bool,
) -> Result<ExitCode, Failure> {
    if settings.environment == Environment::Production {
        return Err(
            "seed-demo makes accounts with a known password; it runs with APP_ENV=development only"
                .into(),
        );
    }
    let runtime = Arc::new(Runtime::start(application.model(), settings).await?);
    migrate::require_current(application, &runtime).await?;
    if demo::is_seeded(&runtime).await? {
        return Err("the demonstration is there already: a tenant has the slug `acme`; to have it anew, let DATABASE_URL name an empty database".into());
    }
    let demo = demo::seed(&runtime, edge_cases).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&demo)?);
    } else {
        print(&demo, &runtime);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(demo: &Demo, runtime: &Runtime) {
    for tenant in &demo.tenants {
        println!(
            "{} ({}) {}",
            tenant.name,
            tenant.status,
            runtime.settings.base_url.of_tenant(tenant.slug)
        );
    }
    println!("\nThe password of every account is {}\n", demo.password);
    for user in &demo.users {
        println!(
            "  {:32} {:8} {}",
            user.email,
            user.tenant.unwrap_or("-"),
            user.roles.join(", ")
        );
    }
}
