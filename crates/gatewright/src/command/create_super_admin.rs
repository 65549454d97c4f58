//! `create-super-admin`

use std::process::ExitCode;

use super::{Failure, migrate};
use crate::Application;
use crate::authn;
use crate::config::Settings;
use crate::runtime::Runtime;

pub(super) async fn create(
    application: &Application,
    settings: Settings,
    email: &str,
) -> Result<ExitCode, Failure> {
    let runtime = Runtime::start(application.model(), settings).await?;
    migrate::require_current(application, &runtime).await?;
    let link = authn::create_super_admin(&runtime, email).await?;
    println!(
        "Whoever opens this link within a day becomes super-admin as {email} and chooses the password:\n\n{link}"
    );
    Ok(ExitCode::SUCCESS)
}
