//! What the runtime knows of a schema: one value of plain data.
//!
//! A generated application holds it as a `static`. Nothing in it is code, so another front (an
//! addon for another language, say) can build the same value while it starts.

use serde::Serialize;

use crate::error::{Error, Result};

/// A schema, resolved: no wildcard, no inheritance, no dangling name.
#[derive(Debug, Serialize)]
pub struct Model {
    /// The application's name as people see it.
    pub app: &'static str,
    /// How accounts sign up and how long their sessions last.
    pub auth: AuthPolicy,
    /// Whether PostgreSQL enforces tenancy by row-level security as well.
    pub row_level_security: bool,
    /// How many requests may come in a time.
    pub limits: Limits,
    /// Every permission that a tenant's role can hold, each once.
    pub permissions: &'static [PermissionDef],
    /// The role templates; one is named [`OWNER`].
    pub roles: &'static [RoleDef],
    /// The tenant-owned tables, each after those that it requires.
    pub resources: &'static [&'static ResourceDef],
}

/// The role of whoever makes a tenant.
pub const OWNER: &str = "owner";

impl Model {
    /// The resource of this name.
    pub fn resource(&self, name: &str) -> Option<&'static ResourceDef> {
        self.resources
            .iter()
            .copied()
            .find(|resource| resource.name == name)
    }

    /// The position of a permission, which is its bit in a set of permissions.
    pub fn permission(&self, slug: &str) -> Option<usize> {
        self.permissions
            .iter()
            .position(|permission| permission.slug == slug)
    }

    /// Whether a route that needs this permission may change data.
    pub(crate) fn writes(&self, permission: &PermissionDef) -> bool {
        let kind = |slug: &&str| {
            let used = self.permissions.iter().find(|used| used.slug == *slug);
            used.map(|used| used.kind)
        };
        let mut kinds = permission.uses.iter().filter_map(kind);
        permission.kind.writes() || kinds.any(Kind::writes)
    }

    /// The role template of this name.
    pub fn role(&self, name: &str) -> Option<&'static RoleDef> {
        self.roles.iter().find(|role| role.name == name)
    }
}

/// How accounts sign up and how long their sessions last.
#[derive(Debug, Clone, Serialize)]
pub struct AuthPolicy {
    /// Who may sign up.
    pub signup: Signup,
    /// Whether accounts can be signed in to by a password.
    pub passwords: bool,
    /// The other ways to sign in, by OAuth 2 and OpenID Connect.
    pub providers: &'static [ProviderDef],
    /// Whether an account exists only after its address was verified.
    pub require_verified_email: bool,
    /// Lifetime of an access token, in seconds.
    pub access_token_ttl: u64,
    /// Lifetime of a session, and so of its refresh tokens, in seconds.
    pub refresh_token_ttl: u64,
    /// How long a session lives without being refreshed, in seconds.
    pub session_idle_ttl: u64,
}

impl AuthPolicy {
    /// Asks whether passwords are a way to sign in.
    ///
    /// # Errors
    /// 404 where they are not: then there is nothing that takes one.
    pub(crate) fn require_passwords(&self) -> Result<()> {
        match self.passwords {
            true => Ok(()),
            false => Err(Error::not_found()),
        }
    }
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signup {
    /// Anybody.
    Open,
    /// Whoever was invited.
    InviteOnly,
    /// Nobody by themselves.
    Closed,
}

/// Somebody else who says who people are: an OpenID provider, or GitHub.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ProviderDef {
    /// The name in paths, in settings (`ACME_CLIENT_ID`) and beside identities.
    pub name: &'static str,
    /// The name that people read: "Continue with …".
    pub label: &'static str,
    /// What it speaks, and where.
    pub kind: ProviderKind,
}

/// What a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// OpenID Connect, at <https://accounts.google.com>.
    Google,
    /// OAuth 2 and GitHub's own API.
    Github,
    /// OpenID Connect.
    Oidc {
        /// As its ID tokens name it; its configuration is found below it.
        issuer: &'static str,
        /// The domains of mail whose addresses are this issuer's to give, in lower case.
        domains: &'static [&'static str],
    },
}

/// How many requests may come in a time.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Limits {
    /// Of one API key.
    pub per_key: Option<Rate>,
    /// Of one address without a credential.
    pub anonymous: Option<Rate>,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self {
        per_key: None,
        anonymous: None,
    };
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// At least one.
    pub requests: u32,
    /// At least one.
    pub seconds: u32,
}

/// One permission of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionDef {
    /// `products:create`
    pub slug: &'static str,
    /// `products`
    pub resource: &'static str,
    /// What it does to its resource.
    pub kind: Kind,
    /// What a grant of it opens besides, for an action.
    pub uses: &'static [&'static str],
}

impl PermissionDef {
    /// What stands where a definition says nothing.
    pub const DEFAULT: Self = Self {
        slug: "",
        resource: "",
        kind: Kind::Read,
        uses: &[],
    };
}

/// What a permission does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
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

impl Kind {
    /// The part of a slug after the colon, for the four that every resource has.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Action | Self::Field => "",
        }
    }

    const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }
}

/// A role template.
#[derive(Debug, Serialize)]
pub struct RoleDef {
    /// `editor`
    pub name: &'static str,
    /// The slugs it holds.
    pub permissions: &'static [&'static str],
    /// The slugs that it holds for the holder's own records alone.
    pub own: &'static [&'static str],
    /// The roles its holder may assign.
    pub assigns: &'static [&'static str],
    /// The slugs that a tenant may at most give it; without it a tenant may only take away.
    pub ceiling: Option<&'static [&'static str]>,
}

impl RoleDef {
    /// What stands where a definition says nothing.
    pub const DEFAULT: Self = Self {
        name: "",
        permissions: &[],
        own: &[],
        assigns: &[],
        ceiling: None,
    };
}

/// A tenant-owned table.
#[derive(Debug, Serialize)]
pub struct ResourceDef {
    /// Table, URL segment and first half of the slugs: `order_lines`.
    pub name: &'static str,
    /// What people see in its place.
    pub label: Option<&'static str>,
    /// What its audit entries hold.
    pub audit: AuditMode,
    /// What the team does to a record beyond the four usual things.
    pub actions: &'static [ActionDef],
    /// The columns beside `tenant_id`, `id`, `version`, `created_at`, `updated_at` and `created_by`.
    pub fields: &'static [FieldDef],
}

impl ResourceDef {
    /// What stands where a definition says nothing.
    pub const DEFAULT: Self = Self {
        name: "",
        label: None,
        audit: AuditMode::Full,
        actions: &[],
        fields: &[],
    };

    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// What the audit entries of a resource hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditMode {
    /// Old and new values.
    Full,
    /// Which fields changed, without their values.
    Fact,
}

/// An action of a resource; its permission is `{resource}:{name}`.
#[derive(Debug, Serialize)]
pub struct ActionDef {
    /// `publish`
    pub name: &'static str,
    /// What people see in its place.
    pub label: Option<&'static str>,
}

/// A field of a resource.
#[derive(Debug, Serialize)]
pub struct FieldDef {
    /// Column and JSON key.
    pub name: &'static str,
    /// The type with its parameters.
    pub ty: FieldType,
    /// Whether null is allowed.
    pub optional: bool,
    /// Whether a value occurs once at most inside a tenant.
    pub unique: bool,
    /// The value of a new record that does not give one, as it would stand in JSON.
    pub default: Option<Literal>,
    /// Whether `q` looks into it.
    pub search: bool,
    /// The permission without which the field is not there.
    pub permission: Option<&'static str>,
    /// What people see in its place.
    pub label: Option<&'static str>,
}

impl FieldDef {
    /// What stands where a definition says nothing.
    pub const DEFAULT: Self = Self {
        name: "",
        ty: FieldType::Boolean,
        optional: false,
        unique: false,
        default: None,
        search: false,
        permission: None,
        label: None,
    };
}

/// A default value.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// For all types whose JSON form is text, decimal among them.
    Text(&'static str),
    /// For integer.
    Integer(i64),
    /// For boolean.
    Boolean(bool),
}

/// A type with its parameters.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// One line of text.
    String {
        /// The shortest value, in Unicode scalar values.
        min: u32,
        /// The longest value, in Unicode scalar values.
        max: u32,
        /// A regular expression that the whole value must match.
        pattern: Option<&'static str>,
    },
    /// Text of many lines.
    Text {
        /// The shortest value, in Unicode scalar values.
        min: u32,
        /// The longest value, in Unicode scalar values.
        max: u32,
    },
    /// An address of electronic mail.
    Email,
    /// An `http` or `https` URL.
    Url,
    /// A UUID.
    Uuid,
    /// A day, without a time or a place: `2026-11-24`.
    Date,
    /// Any JSON value: `jsonb` in PostgreSQL, its text in SQLite.
    Json {
        /// The longest value, in bytes of its text without white space.
        max: u32,
    },
    /// A 64-bit signed integer.
    Integer {
        /// The least value.
        min: Option<i64>,
        /// The greatest value.
        max: Option<i64>,
    },
    /// An exact decimal: `NUMERIC` in PostgreSQL, an integer scaled by ten to the `scale` in SQLite.
    Decimal {
        /// Digits in all, 1 to 18.
        precision: u32,
        /// Digits after the point.
        scale: u32,
        /// The least value, as decimal text.
        min: Option<&'static str>,
        /// The greatest value, as decimal text.
        max: Option<&'static str>,
    },
    /// True or false.
    Boolean,
    /// An instant, UTC, in microseconds.
    Timestamp,
    /// One of a fixed list.
    Enum {
        /// The values as they stand in JSON.
        values: &'static [&'static str],
    },
    /// The id of a record in the same tenant.
    Reference {
        /// Name of the resource.
        to: &'static str,
        /// What happens when that record is deleted.
        on_delete: OnDelete,
    },
}

/// What happens to a record when the one it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The deletion is refused.
    Restrict,
    /// The record goes too.
    Cascade,
    /// The reference becomes null.
    SetNull,
}
