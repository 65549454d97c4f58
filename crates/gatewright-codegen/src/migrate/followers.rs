//! What a changed schema means for the roles that are stored, where no table changes.

use gatewright_schema::Schema;

use crate::lock::Lock;

/// What `migrate` will take from somebody, in words: roles and permissions that the schema of the
/// lock has and the new one lacks. Permissions go with their resource without a word of their own.
pub fn taken(previous: &Lock, schema: &Schema) -> Vec<String> {
    between(previous.schema(), schema)
}

/// Whether stored roles have something to follow: `migrate` is due even if no table changes.
pub fn differs(previous: &Lock, schema: &Schema) -> bool {
    let previous = previous.schema();
    let slugs = |of: &Schema| -> Vec<(String, String)> {
        let known = of.permissions.iter();
        let known = known.map(|it| (it.slug.clone(), format!("{:?}", it.kind)));
        let mut known: Vec<_> = known.collect();
        known.sort();
        known
    };
    let roles = |of: &Schema| -> Vec<String> {
        let mut names: Vec<String> = of.roles.iter().map(|it| it.name.clone()).collect();
        names.sort();
        names
    };
    slugs(previous) != slugs(schema) || roles(previous) != roles(schema)
}

fn between(previous: &Schema, schema: &Schema) -> Vec<String> {
    let mut notes = Vec::new();
    for role in &previous.roles {
        if schema.roles.iter().all(|it| it.name != role.name) {
            notes.push(format!(
                "role {} goes: `migrate` takes it from whoever has it",
                role.name
            ));
        }
    }
    let had = |name: &str| previous.resources.iter().any(|it| it.name == name);
    let now = |name: &str| {
        let renamed = |it: &&gatewright_schema::Resource| {
            it.renamed_from.as_deref() == Some(name) && !had(&it.name)
        };
        let found = schema.resources.iter().find(|it| it.name == name);
        found.or_else(|| schema.resources.iter().find(renamed))
    };
    for permission in &previous.permissions {
        let Some(resource) = now(&permission.resource) else {
            continue;
        };
        let slug = format!("{}:{}", resource.name, permission.action);
        if schema.permissions.iter().all(|it| it.slug != slug) {
            notes.push(format!(
                "permission {} goes: `migrate` takes it out of the roles that tenants have made",
                permission.slug
            ));
        }
    }
    if !notes.is_empty() {
        notes.push(
            "to give one of them another name, write a migration of your own first: changing-the-schema.md says how"
                .to_owned(),
        );
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "[app]\nname = \"Shop\"\n\
        [roles]\nowner = { permissions = [\"*\"], assigns = [\"*\"] }\nauditor = { permissions = [\"notes:read\"] }\n\
        [resources.notes]\nfields.text = { type = \"string\" }\nactions.ship = {}\nactions.hold = {}\n\
        [resources.gone]\nfields.text = { type = \"string\" }\nactions.go = {}\n";

    #[test]
    fn what_somebody_loses_is_named() {
        let schema = |source: &str| gatewright_schema::parse(source).schema.unwrap();
        let before = schema(BEFORE);
        let lock = Lock::new(&before, []).unwrap();
        assert!(taken(&lock, &before).is_empty() && !differs(&lock, &before));
        let after = BEFORE
            .replace("auditor", "reviewer")
            .replace("actions.hold = {}\n", "")
            .replace("notes", "memos")
            .replace(
                "[resources.memos]",
                "[resources.memos]\nrenamed_from = \"notes\"",
            );
        let after = schema(after.split("[resources.gone]").next().unwrap());
        assert!(differs(&lock, &after));
        assert_eq!(
            taken(&lock, &after)[..2],
            [
                "role auditor goes: `migrate` takes it from whoever has it",
                "permission notes:hold goes: `migrate` takes it out of the roles that tenants have made",
            ]
        );
        let more = schema(&BEFORE.replace("actions.go", "actions.stay = {}\nactions.go"));
        assert!(differs(&lock, &more) && taken(&lock, &more).is_empty());
    }
}
