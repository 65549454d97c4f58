//! The order in which tables are made.

use gatewright_schema::{FieldType, Resource};

/// Positions of `resources`, each after those that it refers to.
///
/// Optional references may form a cycle; then a required one still comes after its target, and the
/// table with an optional one is made first. Ties keep the order of the file.
pub(crate) fn creation_order(resources: &[Resource]) -> Vec<usize> {
    let targets: Vec<Targets> = resources
        .iter()
        .map(|it| Targets::of(it, resources))
        .collect();
    let mut order = Vec::with_capacity(resources.len());
    let mut made = vec![false; resources.len()];
    while order.len() < resources.len() {
        let first = |all: fn(&Targets) -> &[usize]| {
            (0..resources.len())
                .find(|&it| !made[it] && all(&targets[it]).iter().all(|&target| made[target]))
        };
        // No required cycle passes the schema's checks; were there one, its order would not matter.
        let next = first(|it| &it.all)
            .or_else(|| first(|it| &it.required))
            .or_else(|| first(|_| &[]));
        let Some(next) = next else { break };
        made[next] = true;
        order.push(next);
    }
    order
}

/// What a resource refers to, itself aside.
struct Targets {
    all: Vec<usize>,
    required: Vec<usize>,
}

impl Targets {
    fn of(resource: &Resource, resources: &[Resource]) -> Self {
        let mut targets = Self {
            all: Vec::new(),
            required: Vec::new(),
        };
        for field in &resource.fields {
            let FieldType::Reference { to, .. } = &field.ty else {
                continue;
            };
            let position = resources.iter().position(|it| it.name == *to);
            let Some(position) = position.filter(|&it| resources[it].name != resource.name) else {
                continue;
            };
            targets.all.push(position);
            if !field.optional {
                targets.required.push(position);
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use gatewright_schema::{Field, OnDelete};

    use super::*;

    fn resource(name: &str, references: &[(&str, bool)]) -> Resource {
        let fields = references.iter().map(|&(to, optional)| Field {
            optional,
            ..Field::new(
                &format!("{to}_id"),
                FieldType::Reference {
                    to: to.to_owned(),
                    on_delete: OnDelete::Restrict,
                },
            )
        });
        Resource::new(name, "Record", fields.collect())
    }

    fn order(resources: &[Resource]) -> Vec<&str> {
        creation_order(resources)
            .into_iter()
            .map(|position| resources[position].name.as_str())
            .collect()
    }

    #[test]
    fn targets_come_first() {
        let resources = [
            resource("lines", &[("orders", false), ("products", false)]),
            resource("orders", &[]),
            resource("products", &[("products", true)]),
        ];
        assert_eq!(order(&resources), ["orders", "products", "lines"]);
    }

    #[test]
    fn a_cycle_opens_at_an_optional_reference() {
        let resources = [
            resource("employees", &[("teams", false)]),
            resource("teams", &[("employees", true)]),
        ];
        assert_eq!(order(&resources), ["teams", "employees"]);
    }
}
