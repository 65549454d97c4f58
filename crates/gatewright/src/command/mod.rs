//! The commands of a generated application.

mod create_super_admin;
mod environment;
mod explain;
mod migrate;
mod rotate_keys;
mod routes;
mod seed_demo;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::Application;
use crate::config::Settings;
use crate::error::Error;

#[derive(Parser)]
#[command(
    about = "A multi-tenant application made by gatewright.",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve HTTP (the default)
    Serve,
    /// Bring the database to this version of the application
    ///
    /// On PostgreSQL it connects by MIGRATE_DATABASE_URL, as the owner of the tables.
    Migrate {
        /// Change nothing; name what is pending and how the tables differ from what was applied, and
        /// exit with 1 if there is any. Connects by DATABASE_URL, and by MIGRATE_DATABASE_URL where
        /// it is set, to compare
        #[arg(long)]
        check: bool,
    },
    /// Print a one-time link that makes the holder of an address a super-admin of the platform
    ///
    /// The link is good for a day. The database must have been migrated.
    CreateSuperAdmin {
        /// The address
        #[arg(long)]
        email: String,
    },
    /// Fill an empty database with two tenants, a member for each role, and records (development only)
    SeedDemo {
        /// Also add suspended tenants, members and users, and accounts in no tenant or in two
        #[arg(long)]
        edge_cases: bool,
        /// How to print the sign-ins
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Make the next key that access tokens are signed with
    ///
    /// It signs once every node knows it, and the one before goes on verifying what it signed: nobody
    /// notices. A key that is 90 days old is followed by the next without this.
    RotateKeys {
        /// A key was stolen: retire all others now. Every access token ends; clients get the next by
        /// their refresh tokens
        #[arg(long)]
        now: bool,
        /// Take this key in place of a new one: an Ed25519 private key in PEM
        #[arg(long, value_name = "FILE")]
        import: Option<PathBuf>,
    },
    /// Say why an account may do something in a tenant, or may not
    ///
    /// It reads the database as it is now and decides as a request would be decided.
    Explain {
        #[command(flatten)]
        asked: explain::Asked,
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Print the authorization matrix: each route and who may call it
    Routes {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// The form of a command's answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// What stops a command: a sentence for whoever runs it.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the command line names.
pub(crate) fn run(application: &Application) -> ExitCode {
    match dispatch(
        application,
        Arguments::parse().command.unwrap_or(Command::Serve),
    ) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {}", sentence(failure.as_ref()));
            ExitCode::from(2)
        }
    }
}

/// What a failure says at a terminal. An [`Error`] shows clients a code and keeps its cause for the
/// operator, who reads this.
fn sentence(failure: &(dyn std::error::Error + 'static)) -> String {
    match failure.downcast_ref::<Error>() {
        Some(error) => std::error::Error::source(error)
            .map_or_else(|| error.detail().to_owned(), ToString::to_string),
        None => failure.to_string(),
    }
}

fn dispatch(application: &Application, command: Command) -> Result<ExitCode, Failure> {
    if let Command::Routes { format } = command {
        return routes::print(application, format == Format::Json);
    }
    let (settings, chosen) = environment::settings(application.model())?;
    environment::log_to_stderr(&settings)?;
    if chosen == environment::Chosen::ByFile {
        tracing::warn!(
            "APP_ENV is not set and .env says development: this is a development server, not one for the world"
        );
    }
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    threads.block_on(execute(application, command, settings))
}

async fn execute(
    application: &Application,
    command: Command,
    settings: Settings,
) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve => serve::serve(application, settings).await,
        Command::Migrate { check } => migrate::migrate(application, &settings, check).await,
        Command::CreateSuperAdmin { email } => {
            create_super_admin::create(application, settings, &email).await
        }
        Command::RotateKeys { now, import } => {
            rotate_keys::rotate(application, settings, now, import.as_deref()).await
        }
        Command::SeedDemo { edge_cases, format } => {
            seed_demo::seed(application, settings, edge_cases, format == Format::Json).await
        }
        Command::Explain { asked, format } => {
            explain::explain(application, settings, &asked, format == Format::Json).await
        }
        Command::Routes { format } => routes::print(application, format == Format::Json),
    }
}
