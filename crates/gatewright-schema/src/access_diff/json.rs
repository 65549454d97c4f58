//! For programs.

use serde::Serialize;
use serde_json::Value;

use super::changes::{AccessDiff, Effect};
use super::entries;

/// The changes with their count.
#[derive(Serialize)]
struct Counted<'a> {
    since: &'a str,
    access: &'a str,
    widening: usize,
    narrowing: usize,
    #[serde(flatten)]
    diff: &'a AccessDiff,
}

impl AccessDiff {
    /// The changes as JSON: `since`, `access` (`wider`, `narrower`, `same`), `widening` and
    /// `narrowing` (how many changes), and then the fields of [`AccessDiff`].
    ///
    /// # Errors
    ///
    /// None in practice: every key is text.
    pub fn to_json(&self, since: &str) -> Result<Value, serde_json::Error> {
        serde_json::to_value(Counted {
            since,
            access: match entries::verdict(self) {
                "the same" => "same",
                verdict => verdict,
            },
            widening: self.count(Effect::Widens),
            narrowing: self.count(Effect::Narrows),
            diff: self,
        })
    }
}
