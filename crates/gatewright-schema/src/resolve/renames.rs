//! `renamed_from`: the next migration renames instead of dropping and making anew.

use std::collections::{HashMap, HashSet};

use crate::diagnostics::invalid_rename;
use crate::report::Diagnostic;
use crate::resolve::names;
use crate::syntax::Located;

/// The fields of one resource, or the resources of the file, as far as their names go.
pub(crate) struct Renames<'a> {
    /// The kind of name, for example "a field".
    what: &'static str,
    /// Every name that there is now.
    present: HashSet<&'a str>,
    /// The earlier names so far, with the new one.
    taken: HashMap<&'a str, &'a str>,
}

impl<'a> Renames<'a> {
    pub fn among(what: &'static str, present: impl Iterator<Item = &'a Located<String>>) -> Self {
        Self {
            what,
            present: present.map(|name| name.value.as_str()).collect(),
            taken: HashMap::new(),
        }
    }

    /// The earlier name of one of them. A name that cannot have been it is reported.
    pub fn resolve(
        &mut self,
        name: &'a Located<String>,
        from: Option<&'a Located<String>>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let from = from?;
        let former = from.value.as_str();
        if former == name.value {
            out.push(invalid_rename::itself(from));
        } else if self.present.contains(former) {
            out.push(invalid_rename::present(from));
        } else if names::check_former(self.what, from, out) {
            match self.taken.get(former) {
                Some(first) => out.push(invalid_rename::twice(from, first)),
                None => {
                    self.taken.insert(former, &name.value);
                }
            }
        }
        Some(from.value.clone())
    }
}
