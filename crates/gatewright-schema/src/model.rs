//! The schema as the rest of the tool sees it: checked, resolved and plain.
//!
//! A value of [`Schema`] exists only after every diagnostic has passed, so the generator never
//! meets a dangling reference, an unknown permission or a name that Rust or SQL would refuse.
//! Order is the order of the file; sets of permissions are resolved and follow [`Schema::permissions`].

use serde::{Deserialize, Serialize};

use crate::resolve::limits::SESSION_IDLE_TTL;

/// One checked `gatewright.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// `[app]`
    pub app: App,
    /// `[auth]`
    pub auth: Auth,
    /// `[tenancy]`
    pub tenancy: Tenancy,
    /// `[limits]`
    #[serde(default)]
    pub limits: Limits,
    /// Every permission of a tenant, the built-in ones first, then resource by resource.
    pub permissions: Vec<Permission>,
    /// `[roles]`, in the order of the file. Always holds a role named `owner`.
    pub roles: Vec<Role>,
    /// `[resources]`, in the order of the file.
    pub resources: Vec<Resource>,
    /// `[[tests]]`, in the order of the file. All of them hold.
    pub tests: Vec<PolicyTest>,
}

/// `[app]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// The name people see, for example `Storefront`.
    pub name: String,
}

/// `[auth]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Auth {
    /// Who may sign up.
    pub signup: Signup,
    /// Whether an account exists only after its address was verified.
    pub require_verified_email: bool,
    /// Lifetime of an access token, in seconds.
    pub access_token_ttl: u64,
    /// Lifetime of a session and its refresh tokens, in seconds.
    pub refresh_token_ttl: u64,
    /// How long a session lives without being refreshed, in seconds. A lock that was written before
    /// there was such an end does not say.
    #[serde(default = "default_session_idle_ttl")]
    pub session_idle_ttl: u64,
    /// Whether accounts can be signed in to by a password.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub passwords: bool,
    /// The other ways to sign in, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Provider>,
}

/// Somebody else who says who people are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// As paths and settings call it, for example `google`.
    pub name: String,
    /// What people read, for example `Google`.
    pub label: String,
    /// What it speaks.
    pub kind: ProviderKind,
}

/// What a provider speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// OpenID Connect, as Google has it.
    Google,
    /// OAuth 2, as GitHub has it.
    Github,
    /// OpenID Connect.
    Oidc {
        /// As its ID tokens name it.
        issuer: String,
        /// The domains of mail whose addresses it gives out, in lower case.
        domains: Vec<String>,
    },
}

fn yes() -> bool {
    true
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to what decides whether a value is written"
)]
fn is_yes(value: &bool) -> bool {
    *value
}

fn default_session_idle_ttl() -> u64 {
    SESSION_IDLE_TTL.default_seconds
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signup {
    /// Anybody.
    Open,
    /// Whoever was invited.
    InviteOnly,
    /// Nobody by themselves.
    Closed,
}

/// `[tenancy]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenancy {
    /// Whether PostgreSQL enforces tenancy by row-level security as well.
    pub row_level_security: bool,
}

/// `[limits]`: how many requests may come in a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Of one API key.
    pub per_key: Option<Rate>,
    /// Of one address without a credential.
    pub anonymous: Option<Rate>,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// At least one.
    pub requests: u32,
    /// At least one.
    pub seconds: u32,
}

/// One permission of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// `products:create`
    pub slug: String,
    /// The part before the colon: a resource of the schema or a built-in one such as `audit`.
    pub resource: String,
    /// The part after the colon.
    pub action: String,
    /// What it does to its resource.
    pub kind: PermissionKind,
    /// Whether gatewright brings it, rather than the schema's resources.
    pub built_in: bool,
    /// What a grant of it opens besides, for an action: slugs in the order of
    /// [`Schema::permissions`], always with the `read` of its own resource.
    #[serde(default)]
    pub uses: Vec<String>,
}

/// What a permission does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionKind {
    /// Reads records.
    Read,
    /// Makes a record.
    Create,
    /// Changes a record.
    Update,
    /// Removes a record.
    Delete,
    /// Does something of the team's own to a record.
    Action,
    /// Shows and writes fields that others do not see.
    Field,
}

impl PermissionKind {
    /// The four kinds that each resource has, in the order of the tables that people read, and the
    /// part of their slugs after the colon.
    pub const OF_EVERY_RESOURCE: [(Self, &'static str); 4] = [
        (Self::Read, "read"),
        (Self::Create, "create"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
    ];
}

/// A role template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// `editor`
    pub name: String,
    /// What the file says, before resolution: slugs and `products:*`, `*`.
    pub declared: Vec<String>,
    /// Roles whose permissions this one has too.
    pub includes: Vec<String>,
    /// All slugs the role has, resolved through `includes` and `*`, in the order of [`Schema::permissions`].
    pub permissions: Vec<String>,
    /// The slugs that the role has for the holder's own records alone, in the same order. None of
    /// them is in `permissions`.
    #[serde(default)]
    pub own: Vec<String>,
    /// Names of the roles that a holder may assign; `*` resolved.
    pub assigns: Vec<String>,
    /// The slugs that a tenant may at most have in this role, resolved; without it a tenant may
    /// only take away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Vec<String>>,
}

/// A tenant-owned table with its endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// The plural name: table, URL segment and first half of the slugs, for example `order_lines`.
    pub name: String,
    /// One record of it as a Rust type, for example `OrderLine`.
    pub singular: String,
    /// What people see in its place, for example `Order lines`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The name it had before, for the next migration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// What its audit entries hold.
    #[serde(default)]
    pub audit: Audit,
    /// What the team does to a record beyond the four usual things.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Its fields in the order of the file.
    pub fields: Vec<Field>,
}

impl Resource {
    /// A resource with these fields and nothing else.
    pub fn new(name: &str, singular: &str, fields: Vec<Field>) -> Self {
        Self {
            name: name.to_owned(),
            singular: singular.to_owned(),
            label: None,
            renamed_from: None,
            audit: Audit::Full,
            actions: Vec::new(),
            fields,
        }
    }
}

/// What the audit entries of a resource hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audit {
    /// Old and new values.
    #[default]
    Full,
    /// Which fields changed, without their values.
    Fact,
}

/// An action of a resource: `POST /api/{resource}/{id}/{name}`, permission `{resource}:{name}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// `publish`
    pub name: String,
    /// What people see in its place, for example `Publish`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A field of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Column and JSON key.
    pub name: String,
    /// The type with its parameters.
    pub ty: FieldType,
    /// Whether null is allowed.
    pub optional: bool,
    /// Whether a value occurs once at most inside a tenant.
    pub unique: bool,
    /// The value of a new record that does not give one.
    pub default: Option<Literal>,
    /// Whether `q` looks into it.
    #[serde(default)]
    pub search: bool,
    /// The permission without which the field is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// What people see in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The name it had before, for the next migration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

impl Field {
    /// A field that must be given, and nothing else.
    pub fn new(name: &str, ty: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            optional: false,
            unique: false,
            default: None,
            search: false,
            permission: None,
            label: None,
            renamed_from: None,
        }
    }
}

/// A type with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// One line of text; `max` in Unicode scalar values (255 unless given).
    String {
        /// The shortest value, in Unicode scalar values.
        #[serde(default)]
        min: u32,
        /// The longest value, in Unicode scalar values.
        max: u32,
        /// A regular expression that the whole value must match.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
    },
    /// Text of any length up to `max` Unicode scalar values (65,536 unless given).
    Text {
        /// The shortest value, in Unicode scalar values.
        #[serde(default)]
        min: u32,
        /// The longest value, in Unicode scalar values.
        max: u32,
    },
    /// An address of electronic mail, at most 254 characters.
    Email,
    /// An `http` or `https` URL, at most 2,048 characters.
    Url,
    /// A UUID.
    Uuid,
    /// A day, without a time or a place.
    Date,
    /// Any JSON value.
    Json {
        /// The longest value, in bytes of its text without white space (65,536 unless given).
        max: u32,
    },
    /// A 64-bit signed integer.
    Integer {
        /// The least value.
        min: Option<i64>,
        /// The greatest value.
        max: Option<i64>,
    },
    /// An exact decimal of `precision` digits, `scale` of them after the point.
    Decimal {
        /// Digits in all, 1 to 18.
        precision: u32,
        /// Digits after the point, 0 to `precision`.
        scale: u32,
        /// The least value, as decimal text.
        min: Option<String>,
        /// The greatest value, as decimal text.
        max: Option<String>,
    },
    /// True or false.
    Boolean,
    /// An instant, in microseconds, UTC.
    Timestamp,
    /// One of a fixed list.
    Enum {
        /// The values as they stand in JSON.
        values: Vec<String>,
    },
    /// A record of a resource in the same tenant.
    Reference {
        /// Name of the resource.
        to: String,
        /// What happens when that record is deleted.
        on_delete: OnDelete,
    },
}

/// What happens to a record when the one it refers to is deleted. It happens whoever made either, and
/// whatever the one who deletes may do to this record otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The deletion is refused (the default).
    Restrict,
    /// The record goes too.
    Cascade,
    /// The reference becomes null.
    SetNull,
}

/// A default value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// For all types whose JSON form is text; decimal text for decimal.
    Text(String),
    /// For integer.
    Integer(i64),
    /// For boolean.
    Boolean(bool),
}

/// One `[[tests]]` entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyTest {
    /// The role under test.
    pub role: String,
    /// Slugs it must have.
    pub can: Vec<String>,
    /// Slugs it must not have.
    pub cannot: Vec<String>,
}
