//! For a terminal.

use std::fmt::Write as _;

use super::changes::{AccessDiff, Effect};
use super::entries::{self, Group};

impl AccessDiff {
    /// The changes for people at a terminal: a line each, `+` before what widens access and `-`
    /// before what narrows it, and a closing line. `since` says what they are relative to, for
    /// example `HEAD`.
    #[must_use]
    pub fn to_text(&self, since: &str) -> String {
        let mut text = String::new();
        for group in entries::groups(self) {
            add(&mut text, &group);
        }
        let summary = match entries::verdict(self) {
            _ if self.is_empty() => format!("access is the same as in {since}"),
            "the same" => format!(
                "access is the same as in {since}: {}",
                entries::summary(self)
            ),
            wider => format!(
                "access is {wider} than in {since}: {}",
                entries::summary(self)
            ),
        };
        let _ = writeln!(text, "{summary}");
        text
    }
}

fn add(text: &mut String, group: &Group) {
    let _ = writeln!(text, "{}", plain(&group.title));
    for entry in &group.entries {
        let sign = match entry.effect {
            Effect::Widens => '+',
            Effect::Narrows => '-',
            Effect::Neutral => ' ',
        };
        let _ = writeln!(text, "{sign} {}", plain(&entry.text));
        for endpoint in &entry.endpoints {
            let _ = writeln!(text, "{sign}     {endpoint}");
        }
    }
    text.push('\n');
}

fn plain(text: &str) -> String {
    text.replace('`', "")
}
