//! `rotate-keys`

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::{Failure, migrate};
use crate::Application;
use crate::authn;
use crate::config::Settings;
use crate::runtime::Runtime;

pub(super) async fn rotate(
    application: &Application,
    settings: Settings,
    now: bool,
    import: Option<&Path>,
) -> Result<ExitCode, Failure> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let pem = import.map(read).transpose()?;
    let runtime = Runtime::start(application.model(), settings).await?;
    migrate::require_current(application, &runtime).await?;
    let signs_from = authn::rotate_keys(&runtime, now, pem.as_deref()).await?;
    if now {
        println!(
            "A new key signs access tokens, and all others are retired. Nodes that serve know it within a \
             minute; from then on every token of before is refused, and clients refresh."
        );
    } else {
        println!(
            "A new key signs access tokens from {signs_from:.0} on. What the one before signed stays good \
             until it expires."
        );
    }
    Ok(ExitCode::SUCCESS)
}
