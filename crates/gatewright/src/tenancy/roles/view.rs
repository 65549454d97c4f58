//! A role as answers show it.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::slugs;
use super::statements::StoredRole;
use crate::authz::Standing;
use crate::runtime::Runtime;

#[derive(Debug, Serialize)]
pub(super) struct RoleView {
    id: Uuid,
    name: String,
    /// `template` or `custom`.
    kind: &'static str,
    /// What it holds now.
    permissions: Vec<String>,
    /// What the tenant adds to a template, whether or not the ceiling lets it count.
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Vec<String>>,
    /// What the tenant may at most give a template; null where it may only take away.
    ceiling: Option<&'static [&'static str]>,
    /// Whether the caller may give it to somebody.
    assignable: bool,
    version: i64,
    /// How many members have it.
    members: i64,
    created_at: Timestamp,
}

impl RoleView {
    pub(super) fn new(runtime: &Runtime, caller: &Standing, stored: &StoredRole) -> Self {
        let (model, templates) = (runtime.model, &runtime.roles);
        let role = &stored.role;
        let is_template = role.template.is_some();
        Self {
            id: role.id,
            name: role.name.clone(),
            kind: role.kind(),
            permissions: role.held(model, templates).slugs(model),
            added: is_template.then(|| slugs::added(&role.overrides)),
            removed: is_template.then(|| slugs::removed(&role.overrides)),
            ceiling: role.def(model).and_then(|def| def.ceiling),
            assignable: caller.may_assign(model, templates, role),
            version: stored.version,
            members: stored.members,
            created_at: stored.created_at,
        }
    }
}
