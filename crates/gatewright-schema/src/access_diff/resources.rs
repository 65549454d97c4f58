//! Resources, fields and actions, as far as they concern everybody.

use super::changes::{ActionChange, Effect, FieldChange, Presence, ResourceChange, SettingChange};
use super::renames::Renames;
use super::settings::setting;
use crate::model::{Audit, Field, FieldType, OnDelete, Resource, Schema};

/// Compares the resources of two schemas that call everything the same.
pub(super) fn compare(before: &Schema, after: &Schema, renames: &Renames) -> Vec<ResourceChange> {
    let schemas = Schemas {
        before,
        after,
        renames,
    };
    let now = after.resources.iter().map(|resource| {
        let mut old = before.resources.iter();
        let old = old.find(|old| old.name == resource.name);
        schemas.resource(old, Some(resource), &resource.name)
    });
    let gone = before
        .resources
        .iter()
        .filter(|old| !after.resources.iter().any(|new| new.name == old.name))
        .map(|old| schemas.resource(Some(old), None, &old.name));
    now.chain(gone).flatten().collect()
}

struct Schemas<'a> {
    before: &'a Schema,
    after: &'a Schema,
    renames: &'a Renames,
}

impl Schemas<'_> {
    /// `None` where nothing differs that concerns access.
    fn resource(
        &self,
        before: Option<&Resource>,
        after: Option<&Resource>,
        name: &str,
    ) -> Option<ResourceChange> {
        let change = ResourceChange {
            name: name.to_owned(),
            renamed_from: self.renames.old_resource(name),
            change: presence(before.is_some(), after.is_some()),
            settings: before.zip(after).and_then(audit).into_iter().collect(),
            fields: self.fields(before, after, name),
            actions: self.actions(before, after, name),
        };
        let nothing = change.change == Presence::Changed
            && change.renamed_from.is_none()
            && change.settings.is_empty()
            && change.fields.is_empty()
            && change.actions.is_empty();
        (!nothing).then_some(change)
    }

    fn fields(
        &self,
        before: Option<&Resource>,
        after: Option<&Resource>,
        resource: &str,
    ) -> Vec<FieldChange> {
        let old = before.map_or(&[][..], |resource| &resource.fields);
        let new = after.map_or(&[][..], |resource| &resource.fields);
        let now = new.iter().filter_map(|field| {
            let renamed_from = self.renames.old_field(resource, &field.name);
            let old = old.iter().find(|old| old.name == field.name);
            let settings = old.map_or_else(Vec::new, |old| self.field_settings(old, field));
            let nothing = old.is_some() && renamed_from.is_none() && settings.is_empty();
            (!nothing).then(|| FieldChange {
                name: field.name.clone(),
                renamed_from,
                change: presence(old.is_some(), true),
                permission: field.permission.clone(),
                settings,
            })
        });
        let gone = old
            .iter()
            .filter(|old| !new.iter().any(|field| field.name == old.name))
            .map(|old| FieldChange {
                name: old.name.clone(),
                renamed_from: None,
                change: Presence::Removed,
                permission: old.permission.clone(),
                settings: Vec::new(),
            });
        now.chain(gone).collect()
    }

    fn field_settings(&self, before: &Field, after: &Field) -> Vec<SettingChange> {
        let guard = setting(
            "permission",
            (guard(before), guard(after)),
            match (&before.permission, &after.permission) {
                (Some(_), None) => Effect::Widens,
                (None, Some(_)) => Effect::Narrows,
                // A tenant's own roles may hold the other one already.
                (Some(_), Some(slug)) if self.known_before(slug) => Effect::Widens,
                _ => Effect::Neutral,
            },
        );
        let on_delete = match (&before.ty, &after.ty) {
            (
                FieldType::Reference { on_delete: old, .. },
                FieldType::Reference { on_delete: new, .. },
            ) => setting(
                "on_delete",
                (on_delete_word(*old), on_delete_word(*new)),
                Effect::of(&consequence(*old), &consequence(*new)),
            ),
            _ => None,
        };
        guard.into_iter().chain(on_delete).collect()
    }

    fn known_before(&self, slug: &str) -> bool {
        let mut known = self.before.permissions.iter();
        known.any(|permission| permission.slug == slug)
    }

    fn actions(
        &self,
        before: Option<&Resource>,
        after: Option<&Resource>,
        resource: &str,
    ) -> Vec<ActionChange> {
        let old = before.map_or(&[][..], |resource| &resource.actions);
        let new = after.map_or(&[][..], |resource| &resource.actions);
        let gone = old
            .iter()
            .filter(|old| !new.iter().any(|action| action.name == old.name));
        new.iter()
            .chain(gone)
            .filter_map(|action| {
                let name = action.name.as_str();
                let change = presence(
                    old.iter().any(|action| action.name == name),
                    new.iter().any(|action| action.name == name),
                );
                let slug = format!("{resource}:{name}");
                let (used, uses) = (uses(self.before, &slug), uses(self.after, &slug));
                let without = |all: &[String], other: &[String]| -> Vec<String> {
                    let missing = all.iter().filter(|slug| !other.contains(slug));
                    missing.cloned().collect()
                };
                let uses_gained = without(uses, used);
                let uses_lost = without(used, uses);
                let nothing =
                    change == Presence::Changed && uses_gained.is_empty() && uses_lost.is_empty();
                (!nothing).then(|| ActionChange {
                    name: name.to_owned(),
                    change,
                    uses_gained,
                    uses_lost,
                })
            })
            .collect()
    }
}

fn presence(before: bool, after: bool) -> Presence {
    match (before, after) {
        (false, _) => Presence::New,
        (_, false) => Presence::Removed,
        _ => Presence::Changed,
    }
}

/// A trail without values is a guard less. One with values is shown by what roles see by it.
fn audit((before, after): (&Resource, &Resource)) -> Option<SettingChange> {
    let word = |audit| match audit {
        Audit::Full => "full",
        Audit::Fact => "fact",
    };
    let effect = match after.audit {
        Audit::Fact => Effect::Widens,
        Audit::Full => Effect::Neutral,
    };
    setting("audit", (word(before.audit), word(after.audit)), effect)
}

fn guard(field: &Field) -> &str {
    field.permission.as_deref().unwrap_or("none")
}

fn on_delete_word(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
        OnDelete::SetNull => "set_null",
    }
}

/// How far a deletion reaches into the records that refer to the deleted one.
fn consequence(on_delete: OnDelete) -> u8 {
    match on_delete {
        OnDelete::Restrict => 0,
        OnDelete::SetNull => 1,
        OnDelete::Cascade => 2,
    }
}

fn uses<'a>(schema: &'a Schema, slug: &str) -> &'a [String] {
    let mut all = schema.permissions.iter();
    let action = all.find(|permission| permission.slug == slug);
    action.map_or(&[], |permission| &permission.uses)
}
