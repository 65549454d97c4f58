//! `[roles]`: what each role holds, with everything it includes, and whom it may make what.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::diagnostics::{missing_owner, role_cycle::role_cycle, unknown_role::unknown_role};
use crate::model;
use crate::report::Diagnostic;
use crate::resolve::cycles::walk;
use crate::resolve::permissions::{Catalog, Meaning};
use crate::resolve::{ceilings, names};
use crate::syntax::{Located, Role};

/// The role that whoever creates a tenant gets.
pub(crate) const OWNER: &str = "owner";

/// The roles of a file with what they come to.
pub(crate) struct Roles<'a> {
    pub catalog: &'a Catalog,
    pub declared: &'a [Role],
    index: HashMap<&'a str, usize>,
    /// For each role what its own patterns mean.
    grants: Vec<Vec<Grant<'a>>>,
    /// For each role the ones it includes.
    includes: Vec<Vec<usize>>,
    /// For each role how far it holds each permission of the catalog, in all.
    reach: Vec<Vec<Reach>>,
    /// For each role whether all of that could be read. What follows from a mistake is not
    /// reported again.
    sound: Vec<bool>,
    /// For each role the ones it may assign.
    assigns: Vec<Vec<&'a str>>,
    /// For each role what its ceiling names, if it has one.
    ceilings: Vec<Option<Vec<bool>>>,
    /// Whether nothing at all was reported of them.
    readable: bool,
}

/// How far a role holds a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Nowhere,
    /// For the holder's own records.
    Own,
    /// For all records.
    All,
}

/// A pattern and the permissions it means.
struct Grant<'a> {
    pattern: &'a str,
    meaning: Meaning,
}

impl Grant<'_> {
    fn reach(&self) -> Reach {
        if self.meaning.own {
            Reach::Own
        } else {
            Reach::All
        }
    }
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
            reach: vec![vec![Reach::Nowhere; catalog.all().len()]; declared.len()],
            sound: Vec::new(),
            assigns: Vec::new(),
            ceilings: Vec::new(),
            readable: false,
        };
        let reported = out.len();
        for (at, role) in declared.iter().enumerate() {
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
            let named: Vec<bool> = roles.named_by(at);
            let ceiling = ceilings::resolve(role, &named, sound, catalog, out);
            roles.ceilings.push(ceiling);
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
                    meaning: self.catalog.matching(pattern, out)?,
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

    /// Which permissions the role's own patterns name as a whole.
    fn named_by(&self, at: usize) -> Vec<bool> {
        let mut named = vec![false; self.catalog.all().len()];
        for grant in self.grants[at].iter().filter(|grant| !grant.meaning.own) {
            named[grant.meaning.permissions.clone()].fill(true);
        }
        named
    }

    /// Fills `reach` through `includes`, and reports roles that include each other.
    fn inherit(&mut self, out: &mut Vec<Diagnostic>) {
        let walked = walk(&self.includes);
        for at in walked.order {
            for grant in &self.grants[at] {
                for reach in &mut self.reach[at][grant.meaning.permissions.clone()] {
                    *reach = grant.reach().max(*reach);
                }
            }
            for included in self.includes[at].iter().copied().filter(|i| *i != at) {
                let sound = self.sound[included];
                self.sound[at] &= sound;
                let theirs = std::mem::take(&mut self.reach[included]);
                for (mine, theirs) in self.reach[at].iter_mut().zip(&theirs) {
                    *mine = *theirs.max(mine);
                }
                self.reach[included] = theirs;
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

    /// Whether nothing at all was reported of any role.
    pub fn are_readable(&self) -> bool {
        self.readable
    }

    /// How far the role holds the permission.
    pub fn reach(&self, role: usize, permission: usize) -> Reach {
        self.reach[role][permission]
    }

    /// Every role that some role may assign.
    pub fn assignable(&self) -> HashSet<&'a str> {
        self.assigns.iter().flatten().copied().collect()
    }

    /// How the role holds the permission as far as it does, by the shortest way; `None` if it does
    /// not.
    pub fn holding(&self, role: usize, permission: usize) -> Option<Holding<'a>> {
        let reach = self.reach[role][permission];
        if reach == Reach::Nowhere {
            return None;
        }
        let by = |grant: &&Grant<'a>| {
            grant.meaning.permissions.contains(&permission) && grant.reach() == reach
        };
        let mut seen = vec![false; self.declared.len()];
        seen[role] = true;
        let mut paths = std::collections::VecDeque::from([vec![role]]);
        while let Some(path) = paths.pop_front() {
            let last = path.last().copied()?;
            let mut grants = self.grants[last].iter();
            if let Some(grant) = grants.find(by) {
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
                permissions: self.slugs(|permission| self.reach[at][permission] == Reach::All),
                own: self.slugs(|permission| self.reach[at][permission] == Reach::Own),
                ceiling: self.ceilings[at].as_ref().map(|ceiling| {
                    self.slugs(|permission| {
                        ceiling[permission] || self.reach[at][permission] == Reach::All
                    })
                }),
                assigns: self.assigns[at].iter().map(|&n| n.to_owned()).collect(),
            })
            .collect()
    }

    /// The slugs of these permissions, in the order of the catalog.
    fn slugs(&self, among: impl Fn(usize) -> bool) -> Vec<String> {
        let all = self.catalog.all().iter().enumerate();
        let kept = all.filter(|(at, _)| among(*at));
        kept.map(|(_, permission)| permission.slug.clone())
            .collect()
    }

    fn name(&self, at: usize) -> &'a str {
        &self.declared[at].name.value
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.declared.iter().map(|role| role.name.value.as_str())
    }
}
