//! From the schema to what the templates show.
//!
//! Every name, type and literal is final here, and every collision settled, so that the templates
//! hold nothing but loops and simple conditions.

mod column;
mod constraint;
pub(crate) mod literal;
mod names;
pub(crate) mod order;
mod permissions;
mod providers;
mod resource;
pub(crate) mod table;

use gatewright_schema::{Audit, FieldType, Rate, Schema, Signup};
use serde::Serialize;

use self::literal::quoted;
use self::resource::Resource;
use crate::migrate::{DIRECTORIES, History, MigrationFile};
use crate::{Options, Runtime};

/// The tables that every application has, whose rows belong to a tenant.
pub(crate) const TENANT_TABLES: [&str; 11] = [
    "roles",
    "user_tenants",
    "user_tenant_roles",
    "audit_log",
    "role_permissions",
    "invitations",
    "invitation_roles",
    "platform_entries",
    "outbox",
    "custom_fields",
    "field_overrides",
];

/// How many of [`TENANT_TABLES`], the first ones, every layout of the lock has.
pub(crate) const FIRST_TENANT_TABLES: usize = 4;

/// The application as the templates see it.
#[derive(Debug, Serialize)]
pub(crate) struct App {
    /// The name people see.
    name: String,
    /// The same as a Rust literal.
    name_literal: String,
    /// The crate and its binary.
    package: String,
    /// The database of the examples, and the stem of its roles.
    database: String,
    dependencies: Dependencies,
    auth: Auth,
    row_level_security: bool,
    /// Tables of tenants that every application has.
    tenant_tables: &'static [&'static str],
    /// The lists of `migrations.rs`.
    migrations: Migrations,
    /// The value of the runtime's `Limits`.
    limits: String,
    /// Values of the runtime's `PermissionDef` and `RoleDef`.
    permissions: Vec<String>,
    roles: Vec<String>,
    /// In the order in which their tables are made.
    pub(crate) resources: Vec<Resource>,
    /// Their statics in `model.rs`.
    resource_constants: String,
    /// Whether a table refers to one that is made later.
    has_deferred_references: bool,
    /// Whether a reference becomes null with its target.
    has_set_null: bool,
    /// Modules of the resources as `mod` items, in rustfmt's order.
    modules: Vec<Module>,
    /// The same in a `use` list.
    modules_in_use: String,
    /// What `model.rs` imports from the runtime.
    model_imports: String,
    /// What `permissions.rs` does.
    permission_imports: String,
}

/// The values of the `gatewright*` keys in `Cargo.toml`.
#[derive(Debug, Serialize)]
struct Dependencies {
    /// Whether the runtime's source is part of the application.
    vendored: bool,
    /// Whether the runtime's source lies where an image that is built from the application's folder
    /// alone does not find it.
    outside: bool,
    gatewright: String,
    gatewright_attack: String,
}

#[derive(Debug, Serialize)]
struct Auth {
    signup: &'static str,
    require_verified_email: bool,
    access_token_ttl: u64,
    refresh_token_ttl: u64,
    session_idle_ttl: u64,
    passwords: bool,
    /// As Rust writes their definitions.
    providers: String,
    /// What their settings begin with.
    provider_settings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Module {
    /// As Rust spells it: `r#type`.
    module: String,
    /// Its file without `.rs`: `type`.
    file: String,
}

#[derive(Debug, Serialize)]
struct Migrations {
    sqlite: Vec<Migration>,
    postgres: Vec<Migration>,
}

#[derive(Debug, Serialize)]
struct Migration {
    version: u32,
    name: String,
    /// Relative to `src/generated/migrations.rs`.
    path: String,
}

impl Migrations {
    fn of(history: &History) -> Self {
        let [sqlite, postgres] = history.lists();
        let list = |files: Vec<&MigrationFile>, directory: &str| {
            let lowered = files.into_iter().map(|file| Migration {
                version: file.version,
                name: file.name.clone(),
                path: format!("../../{}", file.path(directory)),
            });
            lowered.collect()
        };
        let [of_sqlite, of_postgres] = DIRECTORIES;
        Self {
            sqlite: list(sqlite, of_sqlite),
            postgres: list(postgres, of_postgres),
        }
    }
}

impl App {
    /// Lowers a schema.
    pub fn lower(schema: &Schema, options: &Options, history: &History) -> Self {
        let resources = resource::lower_all(schema);
        let mut modules: Vec<Module> = resources
            .iter()
            .map(|resource| Module {
                module: resource.module.clone(),
                file: resource.file.clone(),
            })
            .collect();
        modules.sort_by(|a, b| a.file.cmp(&b.file));
        let mut in_use: Vec<&Module> = modules.iter().collect();
        in_use.sort_by(|a, b| names::version_order(&a.file, &b.file));
        let modules_in_use = use_list(in_use.into_iter().map(|it| it.module.as_str()));

        Self {
            name: schema.app.name.clone(),
            name_literal: quoted(&schema.app.name),
            package: options.package.clone(),
            database: options.package.replace('-', "_"),
            dependencies: Dependencies::of(&options.runtime),
            auth: Auth {
                signup: match schema.auth.signup {
                    Signup::Open => "Open",
                    Signup::InviteOnly => "InviteOnly",
                    Signup::Closed => "Closed",
                },
                require_verified_email: schema.auth.require_verified_email,
                access_token_ttl: schema.auth.access_token_ttl,
                refresh_token_ttl: schema.auth.refresh_token_ttl,
                session_idle_ttl: schema.auth.session_idle_ttl,
                passwords: schema.auth.passwords,
                providers: providers::definitions(&schema.auth.providers),
                provider_settings: providers::settings(&schema.auth.providers),
            },
            row_level_security: schema.tenancy.row_level_security,
            tenant_tables: &TENANT_TABLES,
            migrations: Migrations::of(history),
            limits: limits(schema),
            permissions: schema
                .permissions
                .iter()
                .map(permissions::definition)
                .collect(),
            roles: schema.roles.iter().map(permissions::role).collect(),
            modules_in_use,
            model_imports: model_imports(schema),
            permission_imports: used(&[
                ("Covers", resources.iter().any(Resource::has_covers)),
                ("Kind", true),
                ("Permission", true),
            ]),
            resource_constants: resource::constants(&resources),
            has_deferred_references: resources.iter().any(Resource::has_deferred_reference),
            has_set_null: resources.iter().any(Resource::has_set_null),
            resources,
            modules,
        }
    }
}

impl Dependencies {
    fn of(runtime: &Runtime) -> Self {
        let path = |path: &str| format!("{{ path = {} }}", toml_string(path));
        match runtime {
            Runtime::Vendored => Self {
                vendored: true,
                outside: false,
                gatewright: path("vendor/gatewright"),
                gatewright_attack: path("vendor/gatewright-attack"),
            },
            // The attack suite stands beside the runtime, as it does in gatewright's repository.
            Runtime::Path(runtime) => {
                let runtime = runtime.trim_end_matches('/');
                Self {
                    vendored: false,
                    outside: runtime.starts_with("..") || runtime.starts_with('/'),
                    gatewright: path(runtime),
                    gatewright_attack: path(&format!("{runtime}-attack")),
                }
            }
            Runtime::Version(version) => Self {
                vendored: false,
                outside: false,
                gatewright: toml_string(version),
                gatewright_attack: toml_string(version),
            },
        }
    }
}

fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The limits as a value of the runtime's `Limits`.
fn limits(schema: &Schema) -> String {
    let limits = &schema.limits;
    if limits.per_key.is_none() && limits.anonymous.is_none() {
        return "Limits::NONE".to_owned();
    }
    let rate = |rate: Option<Rate>| match rate {
        None => "None".to_owned(),
        Some(Rate { requests, seconds }) => {
            format!("Some(Rate {{ requests: {requests}, seconds: {seconds} }})")
        }
    };
    let (per_key, anonymous) = (rate(limits.per_key), rate(limits.anonymous));
    format!("Limits {{ per_key: {per_key}, anonymous: {anonymous} }}")
}

/// What `model.rs` uses, so that it imports no more.
fn model_imports(schema: &Schema) -> String {
    let fields = || schema.resources.iter().flat_map(|it| &it.fields);
    let mut resources = schema.resources.iter();
    let limits = &schema.limits;
    let imports = [
        (
            "ActionDef",
            schema.resources.iter().any(|it| !it.actions.is_empty()),
        ),
        ("AuditMode", resources.any(|it| it.audit != Audit::Full)),
        ("AuthPolicy", true),
        ("FieldDef", fields().next().is_some()),
        ("FieldType", fields().next().is_some()),
        ("Kind", !schema.permissions.is_empty()),
        ("Limits", true),
        ("Literal", fields().any(|it| it.default.is_some())),
        ("Model", true),
        (
            "OnDelete",
            fields().any(|it| matches!(it.ty, FieldType::Reference { .. })),
        ),
        ("PermissionDef", !schema.permissions.is_empty()),
        ("ProviderDef", !schema.auth.providers.is_empty()),
        ("ProviderKind", !schema.auth.providers.is_empty()),
        (
            "Rate",
            limits.per_key.is_some() || limits.anonymous.is_some(),
        ),
        ("ResourceDef", !schema.resources.is_empty()),
        ("RoleDef", !schema.roles.is_empty()),
        ("Signup", true),
    ];
    used(&imports)
}

/// The names that are used, as the end of a `use` item.
fn used(imports: &[(&str, bool)]) -> String {
    use_list(
        imports
            .iter()
            .filter(|(_, used)| *used)
            .map(|(name, _)| *name),
    )
}

/// `{Decimal, Patch}`, or `Patch` alone.
fn use_list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [name] => (*name).to_owned(),
        names => format!("{{{}}}", names.join(", ")),
    }
}
