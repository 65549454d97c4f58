//! `[roles]`: what each role holds, with everything it includes, and whom it may make what.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::diagnostics::{
    missing_owner, role_cycle::role_cycle, unassignable_role::unassignable_role,
    unheld_permission::unheld_permission, unknown_role::unknown_role,
};
use crate::model;
use crate::report::Diagnostic;
use crate::resolve::cycles::walk;
use crate::resolve::names;
use crate::resolve::permissions::Catalog;
use crate::syntax::{Located, Resource, Role};

/// The role that whoever creates a tenant gets.
const OWNER: &str = "owner";

/// The roles of a file with what they come to.
pub(crate) struct Roles<'a> {
    pub catalog: &'a Catalog,
    pub declared: &'a [Role],
    index: HashMap<&'a str, usize>,
    /// For each role what its own patterns mean.
    grants: Vec<Vec<Grant<'a>>>,
    /// For each role the ones it includes.
    includes: Vec<Vec<usize>>,
    /// For each role which permissions of the catalog it holds, in all.
    held: Vec<Vec<bool>>,
    /// For each role whether all of that could be read. What follows from a mistake is not
    /// reported again.
    sound: Vec<bool>,
    /// For each role the ones it may assign.
    assigns: Vec<Vec<&'a str>>,
    /// Whether nothing at all was reported of them.
    readable: bool,
}

/// A pattern and the permissions it means.
struct Grant<'a> {
    pattern: &'a str,
    permissions: Range<usize>,
}

/// The path by which a role holds a permission.
pub(crate) struct Holding<'a> {
    /// The role under question, those it includes on the way, and the one that names the pattern.
    pub path: Vec<&'a str>,
    pub pattern: &'a str,
}

impl<'a> Roles<'a> {
    pub fn resolve(declared: &'a [Role], catalog: &'a Catalog, out: &mut Vec<Diagnostic>) -> Self {
        let index = declared
            .iter()
            .enumerate()
            .map(|(at, role)| (role.name.value.as_str(), at))
            .collect();
        let mut roles = Self {
            catalog,
            declared,
            index,
            grants: Vec::new(),
            includes: Vec::new(),
            held: vec![vec![false; catalog.all().len()]; declared.len()],
            sound: Vec::new(),
            assigns: Vec::new(),
            readable: false,
        };
        let reported = out.len();
        for role in declared {
            names::check_role(&role.name, out);
            let before = out.len();
            let grants = roles.grants_of(role, out);
            let includes = role.includes.iter();
            let includes = includes.filter_map(|name| roles.find(name, out)).collect();
            let understood = grants.len() == role.permissions.len();
            let sound = role.complete && understood && out.len() == before;
            roles.sound.push(sound);
            roles.grants.push(grants);
            roles.includes.push(includes);
            let assigns = roles.assigns_of(role, out);
            roles.assigns.push(assigns);
        }
        roles.inherit(out);
        roles.readable = out.len() == reported && !roles.sound.contains(&false);
        roles
    }

    fn grants_of(&self, role: &'a Role, out: &mut Vec<Diagnostic>) -> Vec<Grant<'a>> {
        let patterns = role.permissions.iter();
        patterns
            .filter_map(|pattern| {
                Some(Grant {
                    pattern: &pattern.value,
                    permissions: self.catalog.matching(pattern, out)?,
                })
            })
            .collect()
    }

    fn assigns_of(&self, role: &'a Role, out: &mut Vec<Diagnostic>) -> Vec<&'a str> {
        let mut named = HashSet::new();
        for name in &role.assigns {
            if name.value == "*" {
                named.extend(self.names());
            } else {
                named.extend(self.find(name, out).map(|at| self.name(at)));
            }
        }
        self.names().filter(|name| named.contains(name)).collect()
    }

    /// Fills `held` through `includes`, and reports roles that include each other.
    fn inherit(&mut self, out: &mut Vec<Diagnostic>) {
        let walked = walk(&self.includes);
        for at in walked.order {
            for grant in &self.grants[at] {
                self.held[at][grant.permissions.clone()].fill(true);
            }
            for included in self.includes[at].iter().copied().filter(|i| *i != at) {
                let sound = self.sound[included];
                self.sound[at] &= sound;
                let theirs = std::mem::take(&mut self.held[included]);
                for (mine, theirs) in self.held[at].iter_mut().zip(&theirs) {
                    *mine |= *theirs;
                }
                self.held[included] = theirs;
            }
        }
        for cycle in walked.cycles {
            let around = cycle.nodes.iter().chain(cycle.nodes.first());
            let path: Vec<&str> = around.map(|at| self.name(*at)).collect();
            let closing = cycle.nodes.last().zip(cycle.nodes.first());
            let place = closing.and_then(|(last, first)| {
                let mut includes = self.declared[*last].includes.iter();
                includes.find(|included| included.value == self.name(*first))
            });
            out.extend(place.map(|place| role_cycle(&path, place.span.clone())));
            for at in cycle.nodes {
                self.sound[at] = false;
            }
        }
    }

    /// Reports an owner that is absent or holds less than everything.
    pub fn check_owner(&self, place: Range<usize>, out: &mut Vec<Diagnostic>) {
        match self.index.get(OWNER).map(|at| &self.declared[*at]) {
            None => out.push(missing_owner::absent(place)),
            Some(owner) if !owner.complete => {}
            Some(owner) if owner.permissions.iter().any(|p| p.value == "*") => {}
            Some(owner) => out.push(missing_owner::without_all(owner.name.span.clone())),
        }
    }

    /// Warns of permissions that only the owner holds, and of roles that nobody can assign.
    ///
    /// Only where the roles have no mistakes: what a mistyped name leaves out is not left out.
    pub fn warn(&self, resources: &[Resource], out: &mut Vec<Diagnostic>) {
        if !self.readable {
            return;
        }
        let assignable: HashSet<&str> = self.assigns.iter().flatten().copied().collect();
        for role in self.declared {
            let name = role.name.value.as_str();
            if name != OWNER && !assignable.contains(name) {
                out.push(unassignable_role(&role.name));
            }
        }
        let Some(&owner) = self.index.get(OWNER) else {
            return;
        };
        if self.declared.len() < 2 {
            return;
        }
        let others = || (0..self.held.len()).filter(|role| *role != owner);
        let mut patterns = self.declared[owner].permissions.iter();
        let star = patterns.find(|pattern| pattern.value == "*");
        let star = star.map(|pattern| pattern.span.clone()).unwrap_or_default();
        let places: HashMap<&str, &Range<usize>> = resources
            .iter()
            .map(|resource| (resource.name.value.as_str(), &resource.name.span))
            .collect();
        let all = self.catalog.all().iter().enumerate();
        let unheld: Vec<&model::Permission> = all
            .filter(|(at, _)| !others().any(|role| self.held[role][*at]))
            .map(|(_, permission)| permission)
            .collect();
        let together = |a: &&model::Permission, b: &&model::Permission| {
            a.resource == b.resource || a.built_in && b.built_in
        };
        for group in unheld.chunk_by(together) {
            let slugs: Vec<&str> = group.iter().map(|p| p.slug.as_str()).collect();
            let place = group.first().and_then(|p| places.get(p.resource.as_str()));
            let place = place.map_or_else(|| star.clone(), |place| (*place).clone());
            out.push(unheld_permission(&slugs, place));
        }
    }

    /// The role of that name. `None` if it was reported.
    pub fn find(&self, name: &Located<String>, out: &mut Vec<Diagnostic>) -> Option<usize> {
        let found = self.index.get(name.value.as_str()).copied();
        if found.is_none() {
            out.push(unknown_role(name, self.names()));
        }
        found
    }

    /// Whether all that the role holds could be read.
    pub fn is_sound(&self, role: usize) -> bool {
        self.sound[role]
    }

    /// How the role holds the permission, by the shortest way; `None` if it does not.
    pub fn holding(&self, role: usize, permission: usize) -> Option<Holding<'a>> {
        if !self.held[role][permission] {
            return None;
        }
        let mut seen = vec![false; self.declared.len()];
        seen[role] = true;
        let mut paths = std::collections::VecDeque::from([vec![role]]);
        while let Some(path) = paths.pop_front() {
            let last = path.last().copied()?;
            let mut grants = self.grants[last].iter();
            if let Some(grant) = grants.find(|grant| grant.permissions.contains(&permission)) {
                return Some(Holding {
                    path: path.iter().map(|at| self.name(*at)).collect(),
                    pattern: grant.pattern,
                });
            }
            for &next in &self.includes[last] {
                if !std::mem::replace(&mut seen[next], true) {
                    paths.push_back(path.iter().copied().chain([next]).collect());
                }
            }
        }
        None
    }

    pub fn to_model(&self) -> Vec<model::Role> {
        let owned = |texts: &[Located<String>]| texts.iter().map(|t| t.value.clone()).collect();
        let roles = self.declared.iter().enumerate();
        roles
            .map(|(at, role)| model::Role {
                name: role.name.value.clone(),
                declared: owned(&role.permissions),
                includes: owned(&role.includes),
                permissions: self
                    .catalog
                    .all()
                    .iter()
                    .zip(&self.held[at])
                    .filter(|(_, held)| **held)
                    .map(|(permission, _)| permission.slug.clone())
                    .collect(),
                own: Vec::new(),
                ceiling: None,
                assigns: self.assigns[at].iter().map(|&n| n.to_owned()).collect(),
            })
            .collect()
    }

    fn name(&self, at: usize) -> &'a str {
        &self.declared[at].name.value
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.declared.iter().map(|role| role.name.value.as_str())
    }
}
