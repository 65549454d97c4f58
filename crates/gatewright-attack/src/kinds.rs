//! Which kinds of routes there are, and which attacks reached them: nothing is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::surface::{Class, Surface};

/// The attacks that are meant for a kind of route, beside those that try every guarded one.
const MEANT: &[(Class, &[&str])] = &[
    (Class::List, &["TI05", "DS06", "DB02"]),
    (Class::Export, &["TI05", "DS06", "DB02"]),
    (Class::Read, &["TI01", "DB02"]),
    (Class::Create, &["MA01", "MA02", "DS01", "DB02"]),
    (Class::Update, &["TI01", "MA01", "MA02", "DS01", "DB02"]),
    (Class::Delete, &["TI01", "DB02"]),
    (Class::BulkCreate, &["MA01", "MA02", "DS01", "DB02"]),
    (Class::BulkUpdate, &["TI01", "MA01", "MA02", "DS01", "DB02"]),
    (Class::BulkDelete, &["TI01", "MA01", "MA02", "DS01", "DB02"]),
    (Class::Action, &["TI01", "MA01", "MA02", "DS01", "DB02"]),
];

/// The attacks that are meant for one route of the runtime's own, beside those that try every guarded
/// one. A route that the application does not have is left out.
const MEANT_FOR: &[(&str, &[&str])] = &[
    ("GET /api/roles", &["TI05", "DB02"]),
    (
        "POST /api/roles",
        &["FN03", "MA01", "MA02", "DB02", "DS01", "CK02"],
    ),
    ("GET /api/roles/{id}", &["TI01", "DB02"]),
    (
        "PATCH /api/roles/{id}",
        &[
            "TI01", "FN02", "FN03", "MA01", "MA02", "DB02", "DS01", "CK02",
        ],
    ),
    ("DELETE /api/roles/{id}", &["TI01", "FN02", "DB02", "CK02"]),
    ("GET /api/members/{id}", &["TI01", "DB02"]),
    (
        "GET /api/members/{id}/permissions/{slug}",
        &["TI01", "DB02"],
    ),
    (
        "PATCH /api/members/{id}",
        &[
            "TI01", "FN02", "RA03", "MA01", "MA02", "DB02", "DS01", "CK02",
        ],
    ),
    (
        "DELETE /api/members/{id}",
        &["TI01", "FN02", "DB02", "CK02"],
    ),
    (
        "POST /api/members/{id}/transfer-ownership",
        &["TI01", "FN02", "MA01", "MA02", "DB02", "CK02"],
    ),
    ("DELETE /api/me/membership", &["FN01", "CK02"]),
    ("GET /api/invitations", &["TI05", "DB02"]),
    (
        "POST /api/invitations",
        &["FN02", "MA01", "MA02", "DB02", "DS01", "CK02", "EM03"],
    ),
    ("DELETE /api/invitations/{id}", &["TI01", "DB02", "CK02"]),
    (
        "POST /api/invitations/{id}/resend",
        &["TI01", "DB02", "CK02"],
    ),
    (
        "POST /auth/invitations/accept",
        &["IN01", "EM02", "RA02", "DS01"],
    ),
    ("GET /auth/invitations/accept", &["IN01", "EM02", "UI04"]),
    ("GET /api/custom-fields", &["TI05", "TI08", "DB02"]),
    (
        "POST /api/custom-fields",
        &["MA01", "MA02", "DB02", "DS01", "CK02"],
    ),
    (
        "PATCH /api/custom-fields/{id}",
        &["TI01", "MA01", "MA02", "DB02", "DS01", "CK02"],
    ),
    ("DELETE /api/custom-fields/{id}", &["TI01", "DB02", "CK02"]),
    (
        "PUT /api/custom-fields/overrides/{resource}/{field}",
        &["MA01", "MA02", "DB02", "DS01", "CK02"],
    ),
    (
        "DELETE /api/custom-fields/overrides/{resource}/{field}",
        &["CK02"],
    ),
    ("POST /api/tenant/suspend", &["FN01", "CK02"]),
    ("POST /auth/switch-tenant", &["MA01", "MA02", "DB02"]),
    ("GET /auth/handoff", &["UI03", "UI04"]),
    (
        "PATCH /platform/tenants/{id}",
        &["FN02", "MA01", "MA02", "DB02"],
    ),
    (
        "POST /platform/tenants/{id}/enter",
        &["FN02", "MA01", "MA02", "DB02"],
    ),
    ("DELETE /platform/tenants/{id}/enter", &["FN02", "DB02"]),
    (
        "PATCH /platform/users/{id}",
        &["FN02", "MA01", "MA02", "DB02"],
    ),
];

/// The routes of the application by kind, and the attacks that judged an answer of each.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    routes: BTreeMap<String, Class>,
    reached: BTreeMap<Class, BTreeSet<&'static str>>,
    /// The attacks that judged an answer of each route of [`MEANT_FOR`].
    tried: BTreeSet<(String, &'static str)>,
}

impl Kinds {
    pub(crate) fn of(surface: &Surface) -> Self {
        let classes = surface.routes.iter();
        Self {
            routes: classes
                .map(|route| (route.label(), surface.class(route)))
                .collect(),
            reached: BTreeMap::new(),
            tried: BTreeSet::new(),
        }
    }

    /// Takes note of an answer that was judged.
    pub(crate) fn judged(&mut self, attack: &'static str, route: &str) {
        if let Some(class) = self.routes.get(route) {
            self.reached.entry(*class).or_default().insert(attack);
            if let Class::Of(_) = class {
                self.tried.insert((route.to_owned(), attack));
            }
        }
    }

    /// The kinds of which the application has a route that an attack was meant for and never tried,
    /// and such routes of the runtime's own.
    pub(crate) fn neglected(&self) -> Vec<(&'static str, &'static str)> {
        let met: BTreeSet<Class> = self.routes.values().copied().collect();
        let reached = |class: &Class, attack: &&'static str| {
            self.reached
                .get(class)
                .is_some_and(|reached| reached.contains(*attack))
        };
        MEANT
            .iter()
            .filter(|(class, _)| met.contains(class))
            .flat_map(|(class, attacks)| attacks.iter().map(move |attack| (class, *attack)))
            .filter(|(class, attack)| !reached(class, attack))
            .map(|(class, attack)| (class.name(), attack))
            .chain(self.passed_over())
            .collect()
    }

    /// The routes of the runtime's own that an attack was meant for and never tried.
    fn passed_over(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        MEANT_FOR
            .iter()
            .filter(|(route, _)| self.routes.contains_key(*route))
            .flat_map(|(route, attacks)| attacks.iter().map(move |attack| (*route, *attack)))
            .filter(|(route, attack)| !self.tried.contains(&((*route).to_owned(), *attack)))
    }
}

/// A line for each kind: how many routes, and the attacks that reached one.
impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
        for class in self.routes.values() {
            *counts.entry(*class).or_default() += 1;
        }
        for (class, count) in counts {
            let reached = self.reached.get(&class);
            let reached: Vec<&str> = reached.into_iter().flatten().copied().collect();
            writeln!(f, "  {count:>4} {}: {}", class.name(), reached.join(" "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_of_the_runtime_that_an_attack_missed_is_told() {
        let surface: Surface = serde_json::from_str(
            r#"{"app":"A","roles":[],"resources":[],"routes":[
            {"method":"DELETE","path":"/api/me/membership","access":"member","permissions":[],"resource":null}]}"#,
        )
        .unwrap();
        let mut kinds = Kinds::of(&surface);
        kinds.judged("FN01", "DELETE /api/me/membership");
        assert_eq!(
            kinds.neglected(),
            [("DELETE /api/me/membership", "CK02")],
            "and none of the routes that there are not"
        );
    }

    #[test]
    fn each_attack_that_is_meant_for_a_route_exists() {
        for (route, attacks) in MEANT_FOR {
            for attack in *attacks {
                assert!(
                    !crate::attacks::title(attack).is_empty(),
                    "{route}: {attack}"
                );
            }
        }
    }

    #[test]
    fn a_kind_that_no_attack_reached_is_told() {
        let surface: Surface = serde_json::from_str(
            r#"{"app":"A","roles":[],"resources":[{"name":"products","fields":[]}],"routes":[
            {"method":"GET","path":"/api/products/export","access":"protect","permissions":[],"resource":"products"}]}"#,
        )
        .unwrap();
        let mut kinds = Kinds::of(&surface);
        kinds.judged("TI05", "GET /api/products/export");
        kinds.judged("DB02", "GET /api/elsewhere");
        assert_eq!(
            kinds.neglected(),
            [("exports", "DS06"), ("exports", "DB02")]
        );
        assert_eq!(kinds.to_string(), "     1 exports: TI05\n");
    }
}
