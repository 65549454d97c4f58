//! What somebody may do in a tenant, worked out from their roles there.

use uuid::Uuid;

use super::role::{Extent, Held, Roles};
use crate::model::{Kind, Model, OWNER, RoleDef};
use crate::store::{Row, UnexpectedValue};

/// A role of one tenant: a template of the schema as the tenant has changed it, or one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// The template's name; `None` for a role of the tenant's own.
    pub(crate) template: Option<String>,
    /// What the tenant adds to it and takes from it, as stored.
    pub(crate) overrides: Vec<Override>,
}

/// A permission that a tenant adds to a role, or takes from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Override {
    /// `orders:update`. The model may not have it any more.
    pub(crate) permission: String,
    pub(crate) effect: Effect,
}

/// What an override does. Taken away is a permission whole, whatever its extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Add(Extent),
    Remove,
}

/// The columns that [`Role::collect`] reads, of `roles r` and `role_permissions p`.
pub(crate) const ROLE_COLUMNS: &str = "r.id, r.name, r.template, p.permission, p.effect, p.extent";

impl Role {
    /// Reads rows of [`ROLE_COLUMNS`], those of a role behind each other. Rows without a role are
    /// passed over: an outer join gives one to a member without any.
    pub(crate) fn collect(
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Vec<Self>, UnexpectedValue> {
        let mut roles: Vec<Self> = Vec::new();
        for mut row in rows {
            Self::read(&mut row, &mut roles)?;
        }
        Ok(roles)
    }

    /// Reads one such row into the roles before it.
    pub(crate) fn read(row: &mut Row, roles: &mut Vec<Self>) -> Result<(), UnexpectedValue> {
        let id: Option<Uuid> = row.next()?;
        let name: Option<String> = row.next()?;
        let template = row.next()?;
        let permission: Option<String> = row.next()?;
        let effect: Option<String> = row.next()?;
        let extent: Option<String> = row.next()?;
        let (Some(id), Some(name)) = (id, name) else {
            return Ok(());
        };
        if roles.last().is_none_or(|last| last.id != id) {
            roles.push(Self {
                id,
                name,
                template,
                overrides: Vec::new(),
            });
        }
        if let (Some(role), Some(permission)) = (roles.last_mut(), permission) {
            let effect = match (effect.as_deref(), extent.as_deref()) {
                (Some("add"), Some("all")) => Effect::Add(Extent::All),
                (Some("add"), _) => Effect::Add(Extent::Own),
                // What cannot be understood gives nothing.
                _ => Effect::Remove,
            };
            role.overrides.push(Override { permission, effect });
        }
        Ok(())
    }

    /// The schema's template behind it, if the schema has it.
    pub(crate) fn def(&self, model: &'static Model) -> Option<&'static RoleDef> {
        self.template.as_deref().and_then(|name| model.role(name))
    }

    /// `template` or `custom`.
    pub(crate) fn kind(&self) -> &'static str {
        match self.template {
            Some(_) => "template",
            None => "custom",
        }
    }

    /// Whether it is of a template that the schema does not have any more.
    pub(crate) fn is_dropped(&self, model: &'static Model) -> bool {
        self.template.is_some() && self.def(model).is_none()
    }

    /// Whether it is the template of whoever owns the tenant.
    pub(crate) fn is_owner(&self) -> bool {
        self.template.as_deref() == Some(OWNER)
    }

    /// What it holds now. Of a template what the schema gives it, without what the tenant takes, with
    /// what it adds below the ceiling; the `owner` is as the schema has it. Of a tenant's own role what
    /// it adds. A permission that the model does not have gives nothing.
    pub(crate) fn held(&self, model: &'static Model, roles: &Roles) -> Held {
        let Some(template) = &self.template else {
            let mut held = Held::default();
            self.apply(model, None, &mut held);
            return held;
        };
        let Some(def) = model.role(template) else {
            // The schema has dropped the template.
            return Held::default();
        };
        let mut held = roles.template(def.name);
        if def.name != OWNER {
            self.apply(model, Some(def.ceiling.unwrap_or_default()), &mut held);
        }
        held
    }

    fn apply(&self, model: &Model, ceiling: Option<&[&str]>, held: &mut Held) {
        for Override { permission, effect } in &self.overrides {
            let Some(index) = model.permission(permission) else {
                continue;
            };
            match effect {
                Effect::Remove => held.remove(index),
                Effect::Add(extent) => {
                    if ceiling.is_none_or(|ceiling| ceiling.contains(&permission.as_str())) {
                        held.add(index, *extent);
                    }
                }
            }
        }
    }
}

/// Somebody's roles in a tenant, and what these come to.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) roles: Vec<Role>,
    pub(crate) held: Held,
    assigns: Assigns,
}

/// The templates that somebody may give to others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Assigns {
    Every,
    These(Vec<&'static str>),
}

impl Standing {
    /// Of somebody who has these roles.
    pub(crate) fn new(model: &'static Model, templates: &Roles, roles: Vec<Role>) -> Self {
        let mut held = Held::default();
        let mut assigns = Vec::new();
        for role in &roles {
            held.extend(&role.held(model, templates));
            assigns.extend(role.def(model).into_iter().flat_map(|def| def.assigns));
        }
        Self {
            roles,
            held,
            assigns: Assigns::These(assigns),
        }
    }

    /// Of the application itself, which needs nobody's roles.
    pub(crate) fn of_system(model: &Model) -> Self {
        Self::of_staff(model, |_| true)
    }

    /// Of the platform's staff, who have no roles in the tenant: all permissions of the kinds that they
    /// reach, for all records.
    pub(crate) fn of_staff(model: &Model, reaches: impl Fn(Kind) -> bool) -> Self {
        let mut held = Held::default();
        for (index, permission) in model.permissions.iter().enumerate() {
            if reaches(permission.kind) {
                held.add(index, Extent::All);
            }
        }
        Self {
            roles: Vec::new(),
            held,
            assigns: Assigns::Every,
        }
    }

    /// Whether they may give `role` to somebody, or take it: it is one that theirs assign, or the
    /// tenant's own, and they hold all that it holds.
    pub(crate) fn may_assign(&self, model: &'static Model, templates: &Roles, role: &Role) -> bool {
        let assigns = match (&role.template, &self.assigns) {
            (None, _) | (_, Assigns::Every) => true,
            (Some(template), Assigns::These(names)) => names.contains(&template.as_str()),
        };
        assigns && self.held.covers(&role.held(model, templates))
    }

    /// Whether they may take `role` from somebody who has it. A role whose template the schema has
    /// dropped gives nothing, and nobody's roles assign it: everybody may take it.
    pub(crate) fn may_take(&self, model: &'static Model, templates: &Roles, role: &Role) -> bool {
        role.is_dropped(model) || self.may_assign(model, templates, role)
    }
}
