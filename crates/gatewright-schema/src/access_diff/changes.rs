//! The answer as data. Its JSON is a format that scripts read: add to it, do not change it.

use serde::Serialize;

use super::entries;

/// What differs in access between two schemas. Everything stands in the order of the newer file;
/// what is only in the older one follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessDiff {
    /// Keys outside roles and resources.
    pub settings: Vec<SettingChange>,
    /// Resources, and what of them concerns everybody.
    pub resources: Vec<ResourceChange>,
    /// What each role gained and lost.
    pub roles: Vec<RoleChange>,
}

impl AccessDiff {
    /// Whether anything gives more access than before.
    #[must_use]
    pub fn widens(&self) -> bool {
        self.count(Effect::Widens) > 0
    }

    /// How many changes have this effect.
    #[must_use]
    pub fn count(&self, effect: Effect) -> usize {
        let groups = entries::groups(self);
        let all = groups.iter().flat_map(|group| &group.entries);
        all.filter(|entry| entry.effect == effect).count()
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.resources.is_empty() && self.roles.is_empty()
    }
}

/// What a change does to access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It gives some.
    Widens,
    /// It takes some away.
    Narrows,
    /// Neither by itself.
    Neutral,
}

impl Effect {
    /// The effect of a measure of access that was `before` and is `after`.
    pub(super) fn of<T: PartialOrd>(before: &T, after: &T) -> Self {
        if after > before {
            Self::Widens
        } else if after < before {
            Self::Narrows
        } else {
            Self::Neutral
        }
    }
}

/// Over which records a role has something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// None at all.
    #[default]
    None,
    /// Those that the holder made.
    Own,
    /// All of the tenant's.
    All,
}

/// Whether both schemas have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The newer one alone.
    New,
    /// The older one alone.
    Removed,
    /// Both.
    Changed,
}

/// A key of the file with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    /// `auth.signup`; inside a resource or a field its key alone, for example `on_delete`.
    pub key: String,
    /// As the file writes it; `none` where it is not given and nothing stands in its place.
    pub before: String,
    /// As `before`.
    pub after: String,
    /// What it does to access.
    pub effect: Effect,
}

/// A resource that came, went or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceChange {
    /// Its name now, or the one it had.
    pub name: String,
    /// The name it had, if it was renamed between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Whether both schemas have it.
    pub change: Presence,
    /// Its keys that changed: `audit`.
    pub settings: Vec<SettingChange>,
    /// Fields that came, went or are guarded otherwise; of a new or removed resource all.
    pub fields: Vec<FieldChange>,
    /// Actions that came, went or use something else.
    pub actions: Vec<ActionChange>,
}

/// A field that came, went or is guarded otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name now, or the one it had.
    pub name: String,
    /// The name it had, if it was renamed between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Whether both schemas have it.
    pub change: Presence,
    /// The permission without which it is not there, in the newer schema that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Its keys that changed: `permission`, `on_delete`.
    pub settings: Vec<SettingChange>,
}

/// An action that came, went or uses something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionChange {
    /// `publish`
    pub name: String,
    /// Whether both schemas have it.
    pub change: Presence,
    /// Slugs that a holder opens by it and did not; of a new action all.
    pub uses_gained: Vec<String>,
    /// Slugs that a holder opened by it and does not any more; of a removed action all.
    pub uses_lost: Vec<String>,
}

/// What a role gained and lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleChange {
    /// `editor`
    pub name: String,
    /// Whether both schemas have it.
    pub change: Presence,
    /// What it holds.
    pub permissions: Vec<PermissionChange>,
    /// What it opens through actions, beyond what it holds.
    pub through: Vec<ThroughChange>,
    /// What a tenant may give it, beyond what it holds. Without endpoints.
    pub ceiling: Vec<PermissionChange>,
    /// Whom it may make what.
    pub assigns: Vec<AssignChange>,
    /// What it sees.
    pub fields: Vec<FieldAccess>,
}

/// A permission that a role has for more or fewer records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionChange {
    /// `products:update`
    pub permission: String,
    /// Over which records before.
    pub before: Extent,
    /// Over which records now.
    pub after: Extent,
    /// What it does to access.
    pub effect: Effect,
    /// The routes of the resource that it opens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
}

/// A route as generated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// `PATCH`
    pub method: &'static str,
    /// `/api/products/{id}`
    pub path: String,
}

/// A permission that a role can use through actions for more or fewer records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThroughChange {
    /// The permission that the actions use.
    pub permission: String,
    /// The actions, as slugs: those that give it now, or gave it.
    pub actions: Vec<String>,
    /// Over which records before, in whatever way.
    pub before: Extent,
    /// Over which records now, in whatever way.
    pub after: Extent,
    /// What it does to access.
    pub effect: Effect,
}

/// A role that a holder may assign, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssignChange {
    /// The role that is assigned.
    pub role: String,
    /// What it does to access.
    pub effect: Effect,
}

/// A field that a role sees in more or fewer records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldAccess {
    /// `products`
    pub resource: String,
    /// `cost`
    pub field: String,
    /// In which records before.
    pub before: Extent,
    /// In which records now.
    pub after: Extent,
    /// What it does to access.
    pub effect: Effect,
}
