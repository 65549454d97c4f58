//! What a role may be called, and what a template may gain and lose.

use super::slugs::{self, Named};
use super::statements::StoredRole;
use crate::authz::{Effect, Override, Role};
use crate::error::FieldError;
use crate::runtime::Runtime;
use crate::unseen::is_unseen;

const LONGEST_NAME: usize = 64;

/// Reads a role's name, blanks around it aside.
///
/// # Errors
/// `required`, `too_long` or `invalid`, on `name`.
pub(super) fn parse_name(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    let refuse = |code, message| Err(FieldError::new("name", code, message));
    if name.is_empty() {
        refuse("required", "Give the role a name.")
    } else if name.chars().count() > LONGEST_NAME {
        refuse("too_long", "Use 64 characters at most.")
    } else if name.chars().any(is_unseen) {
        refuse("invalid", "Use one line of visible text.")
    } else {
        Ok(name.to_owned())
    }
}

/// Whether two names are one to whoever reads them: lower and upper case are the same.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
}

/// What a merge patch makes of a template's overrides. A list that is not given stays as it is.
///
/// # Errors
/// On `add.N`: `above_ceiling`, or `duplicate` for what is also taken away. On `remove.N`: `not_held`
/// for what the schema does not give the template, or `duplicate`.
pub(super) fn of_template(
    runtime: &Runtime,
    role: &Role,
    add: Option<&[Named]>,
    remove: Option<&[Named]>,
) -> Result<Vec<Override>, Vec<FieldError>> {
    let def = role.def(runtime.model);
    let ceiling = def.and_then(|def| def.ceiling).unwrap_or_default();
    let given = def
        .map(|def| runtime.roles.template(def.name))
        .unwrap_or_default();
    let stored = |wanted: fn(Effect) -> bool| -> Vec<Override> {
        let overrides = role.overrides.iter();
        let kept = overrides.filter(|one| wanted(one.effect));
        kept.cloned().collect()
    };
    let added = match add {
        Some(all) => slugs::additions(all),
        None => stored(|effect| effect != Effect::Remove),
    };
    let removed = match remove {
        Some(all) => slugs::removals(all),
        None => stored(|effect| effect == Effect::Remove),
    };
    let has =
        |overrides: &[Override], slug: &str| overrides.iter().any(|one| one.permission == slug);

    let mut errors = Vec::new();
    for (at, named) in add.unwrap_or_default().iter().enumerate() {
        let mut refuse = |code, message| {
            errors.push(FieldError::new(format!("add.{at}"), code, message));
        };
        if !ceiling.contains(&named.slug) {
            refuse(
                "above_ceiling",
                "The schema does not let a tenant add this to this role.",
            );
        } else if has(&removed, named.slug) {
            refuse("duplicate", "This is also taken away.");
        }
    }
    for (at, named) in remove.unwrap_or_default().iter().enumerate() {
        let mut refuse = |code, message| {
            errors.push(FieldError::new(format!("remove.{at}"), code, message));
        };
        if given.extent(named.index).is_none() {
            refuse("not_held", "This role does not hold it.");
        } else if add.is_none() && has(&added, named.slug) {
            refuse("duplicate", "This is also added.");
        }
    }
    if errors.is_empty() {
        Ok([added, removed].concat())
    } else {
        Err(errors)
    }
}

/// Whether a name is one of a template, or of another of the tenant's roles.
pub(super) fn is_taken(
    runtime: &Runtime,
    roles: &[StoredRole],
    name: &str,
    own: Option<uuid::Uuid>,
) -> bool {
    let templates = runtime.model.roles.iter().map(|def| def.name);
    let others = roles
        .iter()
        .filter(|other| Some(other.role.id) != own)
        .map(|other| other.role.name.as_str());
    templates.chain(others).any(|other| same_name(other, name))
}
