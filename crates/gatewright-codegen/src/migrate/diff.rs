//! Two schemas side by side, as tables.

use gatewright_schema::{Field, FieldType, Literal, Resource, Schema};

use super::Refusal;
use super::cast::{self, Cast};
use super::pairing::pair;
use crate::lock::Lacks;
use crate::lower::order::creation_order;
use crate::lower::table::{self, Table};

/// A schema with its tables, in the order of their creation.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    pub row_level_security: bool,
    pub require_verified_email: bool,
    pub resources: Vec<Half<'a>>,
}

/// A resource and its table.
#[derive(Debug, Clone)]
pub(super) struct Half<'a> {
    pub resource: &'a Resource,
    pub table: Table,
}

impl<'a> Tables<'a> {
    pub fn of(schema: &'a Schema) -> Self {
        let ordered: Vec<&Resource> = creation_order(&schema.resources)
            .into_iter()
            .filter_map(|position| schema.resources.get(position))
            .collect();
        let tables = table::lower_all(&ordered);
        Self {
            row_level_security: schema.tenancy.row_level_security,
            require_verified_email: schema.auth.require_verified_email,
            resources: ordered
                .into_iter()
                .zip(tables)
                .map(|(resource, table)| Half { resource, table })
                .collect(),
        }
    }
}

/// What is to be done to the tables of the old schema.
#[derive(Debug)]
pub(super) struct Diff<'a> {
    pub created: Vec<&'a Half<'a>>,
    pub dropped: Vec<&'a Half<'a>>,
    pub kept: Vec<Kept<'a>>,
    /// Before and after.
    pub row_level_security: (bool, bool),
    /// What the old tables lack, whatever the schemas say.
    pub lacks: Lacks,
    /// Whether an account could be had without showing that its address is one's own.
    pub unverified_accounts: bool,
}

/// A table that both schemas have.
#[derive(Debug)]
pub(super) struct Kept<'a> {
    pub old: &'a Half<'a>,
    pub new: &'a Half<'a>,
    /// The fields of the new schema, in its order.
    pub fields: Vec<Pair<'a>>,
    pub dropped: Vec<&'a Field>,
}

/// A field of the new schema, and where its values come from.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub new: &'a Field,
    pub old: Option<&'a Field>,
    pub cast: Cast,
    /// For a reference whose values meant something else: the table that they must be found in now,
    /// by its name in the old schema, `None` where it is new.
    pub retargeted: Option<Option<&'a str>>,
    /// What takes the place of nulls, where nulls are not allowed any longer.
    pub fill: Option<&'a Literal>,
}

impl Kept<'_> {
    pub fn is_renamed(&self) -> bool {
        self.old.resource.name != self.new.resource.name
    }
}

impl Pair<'_> {
    pub fn is_renamed(&self) -> bool {
        self.old.is_some_and(|old| old.name != self.new.name)
    }

    /// Whether nulls must go.
    pub fn becomes_required(&self) -> bool {
        self.old.is_some_and(|old| old.optional) && !self.new.optional
    }

    pub fn becomes_optional(&self) -> bool {
        self.old.is_some_and(|old| !old.optional) && self.new.optional
    }

    /// Whether stored values are rewritten.
    pub fn rewrites(&self) -> bool {
        self.old.is_none() || self.cast.sqlite.is_some() || self.fill.is_some()
    }
}

/// Compares `old` with `new`.
pub(super) fn diff<'a>(
    old: &'a Tables<'a>,
    new: &'a Tables<'a>,
    lacks: Lacks,
    refusals: &mut Vec<Refusal>,
) -> Diff<'a> {
    let resources = |of: &'a Tables<'a>| -> Vec<&'a Resource> {
        of.resources.iter().map(|half| half.resource).collect()
    };
    let pairs = pair(
        &resources(old),
        &resources(new),
        |name| format!("`{name}`"),
        refusals,
    );
    let half = |name: &str| old.resources.iter().find(|it| it.resource.name == name);
    let mut diff = Diff {
        created: Vec::new(),
        dropped: Vec::new(),
        kept: Vec::new(),
        row_level_security: (old.row_level_security, new.row_level_security),
        lacks,
        unverified_accounts: !old.require_verified_email,
    };
    let renames: Vec<(&str, &str)> = pairs
        .iter()
        .zip(&new.resources)
        .filter_map(|(pair, new)| Some((pair.as_ref()?.name.as_str(), new.resource.name.as_str())))
        .collect();
    for (pair, new) in pairs.iter().zip(&new.resources) {
        match pair.and_then(|old| half(&old.name)) {
            None => diff.created.push(new),
            Some(old) => diff.kept.push(compare(old, new, &renames, refusals)),
        }
    }
    diff.lacks.created_by &= !diff.kept.is_empty();
    diff.dropped = old
        .resources
        .iter()
        .filter(|half| renames.iter().all(|(old, _)| *old != half.resource.name))
        .collect();
    diff
}

/// Compares two tables. `renames` holds the name of each kept table before and after.
fn compare<'a>(
    old: &'a Half<'a>,
    new: &'a Half<'a>,
    renames: &[(&'a str, &'a str)],
    refusals: &mut Vec<Refusal>,
) -> Kept<'a> {
    let table = &new.resource.name;
    let place = |name: &str| format!("`{table}.{name}`");
    let old_fields: Vec<&Field> = old.resource.fields.iter().collect();
    let new_fields: Vec<&Field> = new.resource.fields.iter().collect();
    let pairs = pair(&old_fields, &new_fields, place, refusals);
    let fields = pairs
        .iter()
        .zip(&new_fields)
        .map(|(old, new)| match old {
            Some(old) => changed(old, new, renames, &place(&new.name), refusals),
            None => added(new, &place(&new.name), refusals),
        })
        .collect();
    let is_kept = |field: &Field| pairs.iter().flatten().any(|it| it.name == field.name);
    Kept {
        old,
        new,
        fields,
        dropped: old_fields.into_iter().filter(|it| !is_kept(it)).collect(),
    }
}

fn added<'a>(new: &'a Field, place: &str, refusals: &mut Vec<Refusal>) -> Pair<'a> {
    if !new.optional && new.default.is_none() {
        refusals.push(Refusal {
            message: format!(
                "{place} is new and required, and records that exist would have no value for it"
            ),
            fix: "give it a default, or make it optional now and required once it is filled"
                .to_owned(),
        });
    }
    Pair {
        new,
        old: None,
        cast: Cast::default(),
        retargeted: None,
        fill: (!new.optional).then_some(new.default.as_ref()).flatten(),
    }
}

fn changed<'a>(
    old: &'a Field,
    new: &'a Field,
    renames: &[(&'a str, &'a str)],
    place: &str,
    refusals: &mut Vec<Refusal>,
) -> Pair<'a> {
    let cast = cast::cast(&old.ty, &new.ty).unwrap_or_else(|| {
        refusals.push(Refusal {
            message: format!(
                "{place} cannot turn from {} into {}",
                cast::word(&old.ty),
                cast::word(&new.ty)
            ),
            fix: "add a field of the new type, fill it from the old one, and remove the old one later".to_owned(),
        });
        Cast::default()
    });
    let now = |name: &str| renames.iter().find(|(old, _)| *old == name).map(|it| it.1);
    let before = |name: &str| renames.iter().find(|(_, new)| *new == name).map(|it| it.0);
    let old_target_now = match &old.ty {
        FieldType::Reference { to, .. } => now(to),
        _ => None,
    };
    let retargeted = match &new.ty {
        FieldType::Reference { to, .. }
            if cast::refers_elsewhere(&old.ty, &new.ty, old_target_now) =>
        {
            Some(before(to))
        }
        _ => None,
    };
    let required_now = old.optional && !new.optional;
    Pair {
        new,
        old: Some(old),
        cast,
        retargeted,
        fill: required_now.then_some(new.default.as_ref()).flatten(),
    }
}
