//! The file as it is written: every value of the right kind, with its place, and nothing checked
//! across tables yet.

use std::ops::Range;

use crate::keys::TypeName;
use crate::model::{Audit, OnDelete, Signup};

/// A value and where it stands, in bytes of the source.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// A list and where it stands.
pub(crate) type Texts = Located<Vec<Located<String>>>;

/// What could be read. A part that could not is absent, and its diagnostic is already reported.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub app_name: Option<Located<String>>,
    pub auth: Auth,
    pub row_level_security: Option<bool>,
    pub limits: Limits,
    pub roles: Option<Located<Vec<Role>>>,
    pub resources: Option<Vec<Resource>>,
    pub tests: Vec<PolicyTest>,
}

#[derive(Debug, Default)]
pub(crate) struct Auth {
    pub signup: Option<Signup>,
    pub require_verified_email: Option<bool>,
    pub access_token_ttl: Option<Located<String>>,
    pub refresh_token_ttl: Option<Located<String>>,
    pub session_idle_ttl: Option<Located<String>>,
    pub providers: Option<Texts>,
    pub issuers: Vec<Issuer>,
}

/// An issuer of OpenID Connect.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub name: Located<String>,
    pub issuer: Option<Located<String>>,
    pub label: Option<Located<String>>,
    pub domains: Vec<Located<String>>,
}

#[derive(Debug, Default)]
pub(crate) struct Limits {
    pub per_key: Option<Located<String>>,
    pub anonymous: Option<Located<String>>,
}

#[derive(Debug)]
pub(crate) struct Role {
    pub name: Located<String>,
    pub permissions: Vec<Located<String>>,
    pub includes: Vec<Located<String>>,
    pub assigns: Vec<Located<String>>,
    pub ceiling: Option<Texts>,
    /// Whether all of it could be read.
    pub complete: bool,
}

#[derive(Debug)]
pub(crate) struct Resource {
    pub name: Located<String>,
    pub singular: Option<Located<String>>,
    pub fields: Vec<Field>,
    /// Whether all that brings permissions could be read.
    pub permissions_known: bool,
    pub actions: Vec<Action>,
    pub audit: Option<Audit>,
    pub label: Option<Located<String>>,
    pub renamed_from: Option<Located<String>>,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub name: Located<String>,
    pub label: Option<Located<String>>,
    pub uses: Vec<Located<String>>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub name: Located<String>,
    pub permission: Option<Located<String>>,
    /// Whether a `permission` stands there that could not be read.
    pub permission_lost: bool,
    /// Absent if it could not be read; the keys below were not looked at then.
    pub ty: Option<TypeName>,
    pub optional: bool,
    pub unique: Option<Located<bool>>,
    pub default: Option<Located<Scalar>>,
    pub min: Option<Located<Scalar>>,
    pub max: Option<Located<Scalar>>,
    pub precision: Option<Located<i64>>,
    pub scale: Option<Located<i64>>,
    pub values: Option<Texts>,
    pub to: Option<Located<String>>,
    pub on_delete: Option<Located<OnDelete>>,
    pub pattern: Option<Located<String>>,
    pub search: bool,
    pub label: Option<Located<String>>,
    pub renamed_from: Option<Located<String>>,
}

/// A value whose kind depends on the field's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    /// As written, so that `0.1` stays exact.
    Float(String),
    Boolean(bool),
}

#[derive(Debug)]
pub(crate) struct PolicyTest {
    pub role: Option<Located<String>>,
    pub can: Vec<Located<String>>,
    pub cannot: Vec<Located<String>>,
}
