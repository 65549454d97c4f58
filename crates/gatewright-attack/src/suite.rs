//! The whole run: start the application, sign everybody in, attack, report.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aws_lc_rs::rand;
use serde_json::{Value, json};

use crate::attacks;
use crate::client::Client;
use crate::forge::Signer;
use crate::principal::{Cast, Seed};
use crate::process::{Application, Server, free_port};
use crate::report::Report;
use crate::surface::Surface;
use crate::target::{Examples, Target, sign_in};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The attack suite for one application.
///
/// ```no_run
/// # let binary = "target/debug/storefront";
/// gatewright_attack::Suite::new(binary)
///     .example("POST /api/orders/import", serde_json::json!({ "number": "{fresh}", "product_id": "{new products}" }))
///     .path("GET /api/reports/{year}", "/api/reports/2026")
///     .run()
///     .assert_clean();
/// ```
#[derive(Debug, Clone)]
#[must_use = "a suite does nothing until it runs"]
pub struct Suite {
    binary: PathBuf,
    examples: Examples,
    settings: Vec<(String, String)>,
    only: Option<String>,
}

impl Suite {
    /// A suite for the application whose binary is at this path: `env!("CARGO_BIN_EXE_<name>")`.
    pub fn new(binary: impl AsRef<OsStr>) -> Self {
        let mut examples = Examples::default();
        // Routes of the runtime's own whose bodies no schema describes.
        examples.bodies.insert(
            "POST /api/tenants".to_owned(),
            json!({ "name": "Fresh", "slug": "fresh-{fresh}" }),
        );
        examples.bodies.insert(
            "PATCH /api/tenant".to_owned(),
            json!({ "name": "Fresh {fresh}" }),
        );
        Self {
            binary: PathBuf::from(binary.as_ref()),
            examples,
            settings: Vec::new(),
            only: None,
        }
    }

    /// A valid body for a route of the team's own, such as `"POST /api/orders/import"`, or for a create
    /// to whose input the team added rules: `"POST /api/orders"` is then how every order is made.
    ///
    /// It must succeed each time it is sent: in its strings `{fresh}` becomes a value that was not
    /// used before, and `{new products}` the id of a record of `products` made for this request.
    pub fn example(mut self, route: &str, body: Value) -> Self {
        self.examples.bodies.insert(route.to_owned(), body);
        self
    }

    /// A valid path for a route of the team's own whose parameter is no record's id. Strings are
    /// filled as in [`example`](Self::example).
    pub fn path(mut self, route: &str, path: &str) -> Self {
        self.examples
            .paths
            .insert(route.to_owned(), path.to_owned());
        self
    }

    /// A setting of the application's own that it needs in order to start.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes the attacks of one id alone, such as `"TI01"`, while a finding is looked into; or those
    /// whose ids begin so, such as `"TI"`, tenant isolation.
    ///
    /// Such a report does not tell which routes were left out.
    pub fn only(mut self, attack: &str) -> Self {
        self.only = Some(attack.to_owned());
        self
    }

    /// Starts the application on an empty database and attacks it.
    ///
    /// The database is a SQLite file of its own, or the empty one that `ATTACK_DATABASE_URL` (and
    /// `ATTACK_MIGRATE_DATABASE_URL`) name. The application and its files are gone when this returns.
    pub fn run(&self) -> Report {
        match self.set_up() {
            Ok((target, server)) => {
                let mut report = Report::of(&target.surface.app);
                report.meet(&target.surface);
                attacks::run_all(&target, &mut report, self.only.as_deref());
                if self.only.is_none() {
                    report.find_neglected();
                }
                report.finish(target.client.sent(), target.application.log_tail());
                drop(server);
                report
            }
            Err(why) => Report::of_failed_setup(why),
        }
    }

    fn set_up(&self) -> Result<(Target, Server), String> {
        let secret = random_secret()?;
        let port = free_port()?;
        let application = Application::new(&self.binary, self.settings_of(&secret, port))?;

        let ended = |arguments: &[&str]| -> Result<String, String> {
            let ended = application.run(arguments, &[])?;
            match ended.status.success() {
                true => Ok(ended.stdout),
                false => Err(format!(
                    "`{}` failed ({}):\n{}{}",
                    arguments.join(" "),
                    ended.status,
                    ended.stdout,
                    ended.stderr
                )),
            }
        };
        ended(&["migrate"])?;
        let seed: Seed = read_json(
            "seed-demo",
            &ended(&["seed-demo", "--edge-cases", "--format", "json"])?,
        )?;
        let signer = Signer::generate().map_err(|_| "no signing key can be made")?;
        let key = application.keep("signer.pem", &signer.private_key_pem())?;
        ended(&["rotate-keys", "--now", "--import", &key])?;
        let surface: Surface = read_json("routes", &ended(&["routes", "--format", "json"])?)?;

        let bind = format!("127.0.0.1:{port}");
        let server = application.serve(&[("BIND", &bind)])?;
        let client = Client::new(server.address, PATIENCE);
        let host = format!("localhost:{port}");
        let expired = expired_token(&application, &host, &seed)?;
        let password = seed.password.clone();
        let cast = Cast::assemble(seed, |email| sign_in(&client, &host, email, &password))?;
        let examples = self.examples.clone();
        // Above the numbers that the demonstration gives its records.
        let fresh = AtomicU64::new(1_000);
        Ok((
            Target {
                application,
                client,
                surface,
                cast,
                signer,
                expired,
                examples,
                port,
                process: server.id(),
                fresh,
                learned: Mutex::default(),
                stock: Mutex::default(),
            },
            server,
        ))
    }

    fn settings_of(&self, secret: &str, port: u16) -> Vec<(String, String)> {
        let database = std::env::var("ATTACK_DATABASE_URL")
            .unwrap_or_else(|_| "sqlite://attack.db".to_owned());
        let mut settings: Vec<(String, String)> = [
            ("APP_ENV", "development"),
            ("DATABASE_URL", &database),
            ("BASE_URL", &format!("http://localhost:{port}")),
            ("MAIL_URL", "file:mail"),
            ("SECRET_KEY", secret),
            // A debug build on a busy machine may take longer than a short lifetime.
            ("ACCESS_TOKEN_TTL", "4h"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Ok(owner) = std::env::var("ATTACK_MIGRATE_DATABASE_URL") {
            settings.push(("MIGRATE_DATABASE_URL".to_owned(), owner));
        }
        settings.extend(self.settings.iter().cloned());
        settings
    }
}

/// A token that the application itself let expire: a second process on the same database and
/// secret, whose tokens live for a second, made it.
fn expired_token(application: &Application, host: &str, seed: &Seed) -> Result<String, String> {
    let server = application.serve(&[("BIND", "127.0.0.1:0"), ("ACCESS_TOKEN_TTL", "1s")])?;
    let email = &seed
        .users
        .iter()
        .find(|user| user.user_status == "active")
        .ok_or("seed-demo made no user")?
        .email;
    let tokens = sign_in(
        &Client::new(server.address, PATIENCE),
        host,
        email,
        &seed.password,
    )?;
    // Instants in tokens are whole seconds.
    std::thread::sleep(Duration::from_millis(2_100));
    Ok(tokens.access)
}

/// 32 random bytes in hexadecimal.
fn random_secret() -> Result<String, String> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| "no randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn read_json<T: serde::de::DeserializeOwned>(command: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("the answer of `{command} --format json` cannot be read: {error}\n{text}")
    })
}
