//! Permissions as bodies name them: `orders:update`, or `orders:update:own` for own records alone.

use crate::authz::{Effect, Extent, Held, Override};
use crate::error::FieldError;
use crate::model::{Kind, Model, PermissionDef};

/// A permission of the model, as far as it is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// Its place in the model.
    pub(super) index: usize,
    pub(super) slug: &'static str,
    pub(super) extent: Extent,
}

/// Reads a permission, to the letter: no wildcard, no other case, none of the platform's.
fn parse(model: &Model, text: &str) -> Option<Named> {
    let named = |slug: &str, extent| {
        let index = model.permission(slug)?;
        let def = model.permissions.get(index)?;
        let fits = extent == Extent::All || may_be_own(model, def);
        fits.then_some(Named {
            index,
            slug: def.slug,
            extent,
        })
    };
    named(text, Extent::All).or_else(|| named(text.strip_suffix(":own")?, Extent::Own))
}

/// Whether a permission can reach the records alone that its holder made, as in the schema: it
/// does something to records that are there.
fn may_be_own(model: &Model, def: &PermissionDef) -> bool {
    let reaches_records = matches!(
        def.kind,
        Kind::Read | Kind::Update | Kind::Delete | Kind::Action
    );
    reaches_records && model.resource(def.resource).is_some()
}

/// Reads a list, each permission once at most.
///
/// # Errors
/// `unknown` or `duplicate` for each item that cannot be used, on `field.N`.
pub(super) fn parse_all(
    model: &Model,
    field: &str,
    texts: &[String],
) -> Result<Vec<Named>, Vec<FieldError>> {
    let mut all: Vec<Named> = Vec::new();
    let mut errors = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let mut refuse = |code, message| {
            errors.push(FieldError::new(format!("{field}.{at}"), code, message));
        };
        match parse(model, text) {
            None => refuse(
                "unknown",
                "There is no such permission. Write each one out, as in orders:read or orders:update:own.",
            ),
            Some(named) if all.iter().any(|other| other.index == named.index) => {
                refuse("duplicate", "This permission stands more than once.");
            }
            Some(named) => all.push(named),
        }
    }
    if errors.is_empty() {
        Ok(all)
    } else {
        Err(errors)
    }
}

/// All of these, as somebody holds them.
pub(super) fn held(all: &[Named]) -> Held {
    let mut held = Held::default();
    for named in all {
        held.add(named.index, named.extent);
    }
    held
}

/// Overrides that add these.
pub(super) fn additions(all: &[Named]) -> Vec<Override> {
    let add = |named: &Named| Override {
        permission: named.slug.to_owned(),
        effect: Effect::Add(named.extent),
    };
    all.iter().map(add).collect()
}

/// Overrides that take these away.
pub(super) fn removals(all: &[Named]) -> Vec<Override> {
    let remove = |named: &Named| Override {
        permission: named.slug.to_owned(),
        effect: Effect::Remove,
    };
    all.iter().map(remove).collect()
}

/// What overrides add, as it is written; in order.
pub(super) fn added(overrides: &[Override]) -> Vec<String> {
    let mut slugs: Vec<String> = overrides
        .iter()
        .filter_map(|one| match one.effect {
            Effect::Add(extent) => Some(extent.slug(&one.permission)),
            Effect::Remove => None,
        })
        .collect();
    slugs.sort();
    slugs
}

/// What overrides take away; in order.
pub(super) fn removed(overrides: &[Override]) -> Vec<String> {
    let mut slugs: Vec<String> = overrides
        .iter()
        .filter(|one| one.effect == Effect::Remove)
        .map(|one| one.permission.clone())
        .collect();
    slugs.sort();
    slugs
}
