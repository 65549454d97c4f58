//! All rows of a tenant, as somebody privileged in it reads them.
//!
//! A refusal in the answer is half of a proof: the other half is that nothing changed. The audit
//! log is left out, for it records the refusals.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::client::Request;
use crate::surface::Route;
use crate::target::Target;

/// More pages than this mean that a cursor does not advance.
const MOST_PAGES: usize = 1_000;

/// What else a tenant has, and how a page of it is asked for.
const TENANCY: [(&str, &str); 6] = [
    ("/api/tenant", ""),
    ("/api/members", "?limit=200"),
    ("/api/roles", "?limit=200"),
    ("/api/invitations", "?limit=200"),
    ("/api/custom-fields", "?limit=200"),
    ("/api/custom-fields/overrides", ""),
];

/// The rows of one tenant, by route and id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) tenant: String,
    rows: BTreeMap<(String, String), Value>,
}

impl Snapshot {
    /// Reads every resource of `tenant`, all pages, and the tenant itself and its members.
    ///
    /// # Errors
    ///
    /// A read that failed, which leaves nothing to compare with.
    pub(crate) fn take(target: &Target, tenant: &str) -> Result<Self, String> {
        let mut rows = BTreeMap::new();
        for resource in &target.surface.resources {
            if let Some(route) = target.surface.resource_route("GET", &resource.name, false) {
                read_list(target, tenant, route, "?limit=200", &mut rows)?;
            }
        }
        for (path, query) in TENANCY {
            if let Some(route) = target.surface.route("GET", path) {
                read_list(target, tenant, route, query, &mut rows)?;
            }
        }
        Ok(Self {
            tenant: tenant.to_owned(),
            rows,
        })
    }

    /// Reads one list of `tenant`, all pages.
    pub(crate) fn take_one(target: &Target, tenant: &str, list: &Route) -> Result<Self, String> {
        let mut rows = BTreeMap::new();
        read_list(target, tenant, list, "?limit=200", &mut rows)?;
        Ok(Self {
            tenant: tenant.to_owned(),
            rows,
        })
    }

    /// An id of a row that occurs in `text`.
    pub(crate) fn id_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let ids: BTreeSet<&str> = self.rows.keys().map(|(_, id)| id.as_str()).collect();
        // One pass over the text: exports are long, and so are the lists of ids.
        text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
            .find(|word| !word.is_empty() && ids.contains(word))
    }

    /// The differences of `later`, a line for each row.
    pub(crate) fn differences(&self, later: &Self) -> Vec<String> {
        let changed = self.rows.iter().filter_map(|((route, id), row)| {
            match later.rows.get(&(route.clone(), id.clone())) {
                None => Some(format!("{route} {id} is gone")),
                Some(now) if now != row => Some(format!("{route} {id} was {row} and is {now}")),
                Some(_) => None,
            }
        });
        let added = later
            .rows
            .iter()
            .filter(|(key, _)| !self.rows.contains_key(*key));
        changed
            .chain(added.map(|((route, id), row)| format!("{route} {id} is new: {row}")))
            .collect()
    }

    /// The ids of the rows that `route` lists.
    pub(crate) fn ids<'a>(&'a self, route: &'a str) -> impl Iterator<Item = &'a str> {
        self.rows
            .keys()
            .filter(move |(of, _)| of == route)
            .map(|(_, id)| id.as_str())
    }
}

fn read_list(
    target: &Target,
    tenant: &str,
    route: &Route,
    query: &str,
    rows: &mut BTreeMap<(String, String), Value>,
) -> Result<(), String> {
    let reader = target.allowed_member(tenant, &route.permissions)?;
    let mut next = format!("{}{query}", route.path);
    for _ in 0..MOST_PAGES {
        let answer = target
            .must(&Request::new("GET", &next, &target.host(tenant)).bearer(reader.access()))?
            .json();
        let Some(page) = answer.get("data").and_then(Value::as_array) else {
            rows.insert((route.path.clone(), String::new()), answer);
            return Ok(());
        };
        for row in page {
            let id = row
                .get("id")
                .and_then(Value::as_str)
                .map_or_else(|| row.to_string(), str::to_owned);
            rows.insert((route.path.clone(), id), row.clone());
        }
        match answer.get("next_cursor").and_then(Value::as_str) {
            Some(cursor) => {
                let separator = if query.is_empty() { "?" } else { "&" };
                next = format!(
                    "{}{query}{separator}cursor={}",
                    route.path,
                    percent_encoded(cursor)
                );
            }
            None => return Ok(()),
        }
    }
    Err(format!("{} has no last page", route.label()))
}

/// A query value in which nothing has a meaning (RFC 3986, section 2.3).
pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(rows: &[(&str, Value)]) -> Snapshot {
        let rows = rows
            .iter()
            .map(|(id, row)| (("/api/products".to_owned(), (*id).to_owned()), row.clone()))
            .collect();
        Snapshot {
            tenant: "acme".to_owned(),
            rows,
        }
    }

    #[test]
    fn every_kind_of_change_is_told() {
        let before = snapshot(&[
            ("1", json!({ "v": 1 })),
            ("2", json!({ "v": 1 })),
            ("3", json!({ "v": 1 })),
        ]);
        let after = snapshot(&[
            ("1", json!({ "v": 1 })),
            ("2", json!({ "v": 2 })),
            ("4", json!({ "v": 1 })),
        ]);
        let told = before.differences(&after);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told[0].contains("2 was")
                && told[1].contains("3 is gone")
                && told[2].contains("4 is new")
        );
        assert!(before.differences(&before.clone()).is_empty());
    }

    #[test]
    fn an_id_is_found_in_any_format() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let of = snapshot(&[(id, json!({}))]);
        for text in [
            format!("id,name\r\n{id},x\r\n"),
            format!(r#"{{"id":"{id}"}}"#),
        ] {
            assert_eq!(of.id_in(&text), Some(id));
        }
        assert_eq!(of.id_in("018f0000-0000-7000-8000-000000000002,,"), None);
    }

    #[test]
    fn cursors_survive_a_query() {
        assert_eq!(percent_encoded("a+/=&é"), "a%2B%2F%3D%26%C3%A9");
    }
}
