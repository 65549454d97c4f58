//! A start that cannot go well ends at once: with a status, and one sentence that names what is
//! wrong and how to mend it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use gatewright_tests::postgres::Database;
use tempfile::TempDir;

/// Changes of the settings below. An empty value takes a setting away.
type Changes<'a> = &'a [(&'a str, &'a str)];

const DEVELOPMENT: Changes = &[
    ("APP_ENV", "development"),
    ("BIND", "127.0.0.1:0"),
    ("DATABASE_URL", "sqlite://app.db"),
    (
        "SECRET_KEY",
        "Zm9yIHRlc3RzIG9mIHRoZSB3aG9sZSBvbmx5LCAwMTIzNDU2Nzg5",
    ),
];

const PRODUCTION: Changes = &[
    ("BASE_URL", "https://app.example.com"),
    ("BIND", "127.0.0.1:0"),
    ("DATABASE_URL", "sqlite://app.db"),
    ("MAIL_URL", "file:mail"),
    (
        "SECRET_KEY",
        "Zm9yIHRlc3RzIG9mIHRoZSB3aG9sZSBvbmx5LCAwMTIzNDU2Nzg5",
    ),
];

/// A directory to start the application in.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With a database that is migrated.
    fn migrated(settings: Changes, changes: Changes) -> Self {
        let place = Self::new();
        place.must("migrate", settings, changes);
        place
    }

    fn command(&self, command: &str, settings: Changes, changes: Changes) -> Command {
        let mut process = Command::new(env!("CARGO_BIN_EXE_probe"));
        process
            .arg(command)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("RUST_BACKTRACE", "1");
        for (name, value) in settings.iter().chain(changes) {
            process.env(name, value);
        }
        process
    }

    #[track_caller]
    fn must(&self, command: &str, settings: Changes, changes: Changes) {
        let output = self.command(command, settings, changes).output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {log}");
    }

    /// What a start says that must be refused.
    #[track_caller]
    fn refusal(&self, command: &str, settings: Changes, changes: Changes) -> String {
        let output = self.command(command, settings, changes).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{said}");
        let sentence = said
            .strip_prefix("error: ")
            .and_then(|said| said.strip_suffix('\n'));
        sentence.unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    /// The same where one line says it all.
    #[track_caller]
    fn assert_refused(&self, command: &str, settings: Changes, changes: Changes, expected: &str) {
        assert_eq!(self.refusal(command, settings, changes), expected);
    }
}

#[test]
fn settings_that_are_wrong() {
    let place = Place::new();
    for (name, value, expected) in [
        (
            "APP_ENV",
            "staging",
            "APP_ENV is `staging`; use `production` or `development`",
        ),
        (
            "BIND",
            "localhost",
            "BIND is `localhost`; use an address and port such as `127.0.0.1:8080`",
        ),
        (
            "BASE_URL",
            "localhost:80",
            "BASE_URL is `localhost:80`; use an origin such as `https://app.example.com`",
        ),
        (
            "DATABASE_URL",
            "mysql://root:pw@db/shop",
            "DATABASE_URL must begin with sqlite:// or postgres://",
        ),
        (
            "DATABASE_URL",
            "postgres://a:pw@db/shop?pool_size=0",
            "DATABASE_URL cannot be used: `pool_size` is a number from 1 to 1000",
        ),
        (
            "MAIL_URL",
            "http://app:pw@mail.example.com",
            "MAIL_URL must begin with file:, smtp:// or smtps://, such as `file:var/mail` or `smtps://user:password@mail.example.com`",
        ),
        (
            "MAIL_URL",
            "smtp://app:p/w@mail.example.com",
            "MAIL_URL is no URL; write characters such as `/`, `#` and `@` of a password as `%2F`, `%23` and `%40`",
        ),
        (
            "MAIL_FROM",
            "Storefront",
            "MAIL_FROM is no address; use one such as `Storefront <no-reply@example.com>`",
        ),
        (
            "TRUSTED_PROXIES",
            "10.0.0.0/8",
            "TRUSTED_PROXIES holds `10.0.0.0/8`, which is no IP address; list addresses such as `10.0.0.1`",
        ),
        (
            "ACCESS_TOKEN_TTL",
            "10",
            "ACCESS_TOKEN_TTL is `10`; use a number and s, m, h or d, such as `10m`",
        ),
        (
            "LOG",
            "shop[=",
            "LOG is `shop[=`, which is no filter: invalid filter directive; use `info`, or `warn,gatewright=debug`",
        ),
    ] {
        place.assert_refused("serve", DEVELOPMENT, &[(name, value)], expected);
    }
}

#[test]
fn settings_that_production_does_not_take() {
    let place = Place::new();
    let make_one = "make one with `openssl rand -base64 48`";
    let origins = "list exact origins such as `https://shop.example.com` (wildcards are refused)";
    for (name, value, expected) in [
        ("SECRET_KEY", "", format!("SECRET_KEY is missing; {make_one}")),
        ("SECRET_KEY", "short", format!("SECRET_KEY is shorter than 32 bytes; {make_one}")),
        ("SECRET_KEY", "change-me-change-me-change-me-change-me", format!("SECRET_KEY looks like a placeholder; {make_one}")),
        ("SECRET_KEY_PREVIOUS", "short", format!("SECRET_KEY_PREVIOUS is shorter than 32 bytes; {make_one}")),
        ("BASE_URL", "", "BASE_URL is missing; set it to the origin that people visit, such as `https://app.example.com`".to_owned()),
        ("BASE_URL", "http://app.example.com", "BASE_URL is `http://app.example.com`; in production it must begin with https://".to_owned()),
        ("MAIL_URL", "", "MAIL_URL is missing; in production say where mail goes, such as `smtps://user:password@mail.example.com`".to_owned()),
        ("CORS_ORIGINS", "*", format!("CORS_ORIGINS holds `*`; {origins}")),
        ("CORS_ORIGINS", "https://*.example.com", format!("CORS_ORIGINS holds `https://*.example.com`; {origins}")),
        ("CORS_ORIGINS", "http://shop.example.com", format!("CORS_ORIGINS holds `http://shop.example.com`; {origins}")),
        ("ACCESS_TOKEN_TTL", "1h", "ACCESS_TOKEN_TTL can be set in development only; in production the schema decides".to_owned()),
        ("REFRESH_TOKEN_TTL", "1h", "REFRESH_TOKEN_TTL can be set in development only; in production the schema decides".to_owned()),
        ("SESSION_IDLE_TTL", "1h", "SESSION_IDLE_TTL can be set in development only; in production the schema decides".to_owned()),
    ] {
        place.assert_refused("serve", PRODUCTION, &[(name, value)], &expected);
    }
    place.assert_refused(
        "seed-demo",
        PRODUCTION,
        &[],
        "seed-demo makes accounts with a known password; it runs with APP_ENV=development only",
    );
    // What is left is a production that starts as far as its database.
    let unmigrated = "the database lacks migration 0001_init; run the `migrate` command first";
    place.assert_refused("serve", PRODUCTION, &[], unmigrated);
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    Place::new().assert_refused(
        "serve",
        DEVELOPMENT,
        &[("BIND", &address)],
        &format!(
            "cannot listen on {address}: Address already in use (os error 98); set BIND to another address or stop what \
             holds it"
        ),
    );
}

#[test]
fn files_that_are_no_database() {
    let place = Place::new();
    let note = "Not a database, though as long as the head of one would have to be. ".repeat(4);
    fs::write(place.0.path().join("note.txt"), note).unwrap();
    for command in ["serve", "migrate", "seed-demo"] {
        place.assert_refused(
            command,
            DEVELOPMENT,
            &[("DATABASE_URL", "sqlite://note.txt")],
            "DATABASE_URL cannot be used: `note.txt` is not a SQLite database; name another file",
        );
    }
    let options = "does not name a database file; write `sqlite://` and a path, without options";
    place.assert_refused(
        "serve",
        DEVELOPMENT,
        &[("DATABASE_URL", "sqlite://:memory:")],
        &format!("DATABASE_URL cannot be used: `sqlite://:memory:` {options}"),
    );
    place.assert_refused(
        "serve",
        DEVELOPMENT,
        &[("DATABASE_URL", "sqlite://note.txt/app.db")],
        "DATABASE_URL cannot be used: the database file `note.txt/app.db` cannot be made: File exists (os error 17); \
         name a file in a folder that this user may write",
    );
}

#[test]
fn a_database_of_another_version() {
    let place = Place::new();
    let unmigrated = "the database lacks migration 0001_init; run the `migrate` command first";
    for command in ["serve", "seed-demo"] {
        place.assert_refused(command, DEVELOPMENT, &[], unmigrated);
    }

    let place = Place::migrated(DEVELOPMENT, &[]);
    let file = rusqlite::Connection::open(place.0.path().join("app.db")).unwrap();
    let sql = "INSERT INTO gatewright_migrations SELECT 9999, 'of_tomorrow', checksum, applied_at FROM gatewright_migrations WHERE version = 1";
    file.execute(sql, []).unwrap();
    for command in ["serve", "migrate", "seed-demo"] {
        place.assert_refused(
            command,
            DEVELOPMENT,
            &[],
            "the database is ahead of this application: it has migration 9999_of_tomorrow, which this application does \
             not; start the newer application",
        );
    }

    let place = Place::migrated(DEVELOPMENT, &[]);
    let file = rusqlite::Connection::open(place.0.path().join("app.db")).unwrap();
    file.execute("UPDATE gatewright_migrations SET checksum = 'another'", [])
        .unwrap();
    for command in ["serve", "migrate", "seed-demo"] {
        place.assert_refused(
            command,
            DEVELOPMENT,
            &[],
            "migrations/sqlite/0001_init.sql was changed after it was applied; restore it, and put the change into a new \
             migration",
        );
    }
}

#[test]
fn a_demonstration_that_is_there_already() {
    let place = Place::migrated(DEVELOPMENT, &[]);
    place.must("seed-demo", DEVELOPMENT, &[]);
    place.assert_refused(
        "seed-demo",
        DEVELOPMENT,
        &[],
        "the demonstration is there already: a tenant has the slug `acme`; to have it anew, let DATABASE_URL name an \
         empty database",
    );
}

#[test]
fn a_postgres_that_is_down() {
    let place = Place::new();
    // Nobody listens there once this is dropped.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("postgres://shop:very-private@127.0.0.1:{port}/shop");
    let down = format!(
        "names a database that does not answer: 127.0.0.1:{port}: PostgreSQL: error connecting to server: Connection \
         refused (os error 111); start PostgreSQL there, or correct the URL"
    );
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("MIGRATE_DATABASE_URL", url.as_str()),
    ];
    place.assert_refused(
        "serve",
        DEVELOPMENT,
        &settings,
        &format!("DATABASE_URL {down}"),
    );
    place.assert_refused(
        "migrate",
        DEVELOPMENT,
        &settings,
        &format!("MIGRATE_DATABASE_URL {down}"),
    );
    place.assert_refused(
        "migrate",
        DEVELOPMENT,
        &settings[..1],
        "MIGRATE_DATABASE_URL is missing; set it to the URL of the role that owns the tables, which must not be the \
         application's own",
    );
    place.assert_refused(
        "migrate",
        DEVELOPMENT,
        &[
            ("DATABASE_URL", &url),
            ("MIGRATE_DATABASE_URL", "sqlite://app.db"),
        ],
        "MIGRATE_DATABASE_URL must begin with postgres://, as DATABASE_URL does",
    );
}

#[test]
fn a_role_that_row_level_security_does_not_bind() {
    let database = Database::create();
    let owner = database.owner_url();
    let app = database.app_url();
    let migrate = [
        ("DATABASE_URL", app.as_str()),
        ("MIGRATE_DATABASE_URL", owner.as_str()),
    ];
    let place = Place::migrated(DEVELOPMENT, &migrate);

    let refusal = place.refusal("serve", DEVELOPMENT, &[("DATABASE_URL", &owner)]);
    assert!(
        refusal.starts_with("PostgreSQL would not keep tenants apart, so the application does not start:\n- its role ")
            && refusal.contains(" owns ")
            && refusal.contains("CREATE ROLE "),
        "{refusal}"
    );

    let role = app
        .trim_start_matches("postgres://")
        .split('@')
        .next()
        .unwrap();
    database
        .as_superuser()
        .run(&format!("ALTER ROLE {role} SUPERUSER"));
    let refusal = place.refusal("serve", DEVELOPMENT, &[("DATABASE_URL", &app)]);
    assert_eq!(
        refusal,
        format!(
            "PostgreSQL would not keep tenants apart, so the application does not start:\n- its role {role} has \
             SUPERUSER\nRun this as a superuser, or as the tables' owner where it is about tables:\n    ALTER ROLE {role} \
             NOINHERIT NOSUPERUSER;"
        )
    );
    // The remedy is one.
    database.as_superuser().run(refusal.lines().last().unwrap());
    place.must("seed-demo", DEVELOPMENT, &[("DATABASE_URL", &app)]);

    let unknown = app.replacen(role, "nobody_of_this_name", 1);
    let refusal = place.refusal("serve", DEVELOPMENT, &[("DATABASE_URL", &unknown)]);
    assert!(
        refusal.starts_with("DATABASE_URL names a database that does not answer: ")
            && refusal.contains(r#"role "nobody_of_this_name" does not exist"#),
        "{refusal}"
    );
}
