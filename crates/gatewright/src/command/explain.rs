//! `explain`: why somebody may do something in a tenant, or may not.

use std::process::ExitCode;

use super::{Failure, migrate};
use crate::Application;
use crate::config::Settings;
use crate::runtime::Runtime;
use crate::tenancy::{self, Explanation};

/// Who is asked about, and what.
#[derive(clap::Args)]
pub(super) struct Asked {
    /// The tenant's slug
    #[arg(long)]
    tenant: String,
    /// The account's address
    #[arg(long)]
    email: String,
    /// The permission, as in orders:update
    #[arg(long)]
    permission: String,
}

pub(super) async fn explain(
    application: &Application,
    settings: Settings,
    asked: &Asked,
    json: bool,
) -> Result<ExitCode, Failure> {
    let runtime = Runtime::start(application.model(), settings).await?;
    migrate::require_current(application, &runtime).await?;
    let Asked {
        tenant,
        email,
        permission,
    } = asked;
    let explanation = tenancy::explain_to_operator(&runtime, tenant, email, permission).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        print!("{explanation}");
    }
    Ok(ExitCode::SUCCESS)
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decision = match self.decision {
            tenancy::Decision::Granted => "granted",
            tenancy::Decision::GrantedOwn => "granted for own records",
            tenancy::Decision::Denied => "denied",
        };
        let Self {
            tenant,
            user,
            permission,
            reason,
            ..
        } = self;
        writeln!(
            f,
            "{user} in {tenant}, {permission}: {decision}\n{reason}\n"
        )?;
        writeln!(
            f,
            "account {}, membership {}, tenant {}{}",
            self.account,
            self.membership,
            self.tenant_status,
            if self.platform_entry {
                ", entered from the platform"
            } else {
                ""
            }
        )?;
        for share in &self.roles {
            write!(
                f,
                "role {} ({}): gives {}; its template {}",
                share.role, share.kind, share.gives, share.template_gives
            )?;
            if share.added != "none" {
                write!(f, ", the tenant adds {}", share.added)?;
            }
            if share.removed {
                write!(f, ", the tenant takes it away")?;
            }
            if share.above_ceiling {
                write!(f, ", which lies above the ceiling")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
