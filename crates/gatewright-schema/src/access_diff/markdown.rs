//! For a comment at a pull request.

use std::fmt::Write as _;

use super::changes::{AccessDiff, Effect};
use super::entries;

impl AccessDiff {
    /// The changes as GitHub and GitLab show them: a heading, a sentence and a table, what widens
    /// access in bold. `since` says what they are relative to, for example `HEAD`.
    #[must_use]
    pub fn to_markdown(&self, since: &str) -> String {
        let since = code(since);
        let mut text = format!("### Access: {}\n\n", entries::verdict(self));
        if self.is_empty() {
            let _ = writeln!(
                text,
                "`gatewright.toml` gives the same access as in {since}."
            );
            return text;
        }
        let summary = entries::summary(self);
        let _ = writeln!(text, "`gatewright.toml` since {since}: {summary}.\n");
        text.push_str("| | Where | Change |\n| --- | --- | --- |\n");
        for group in entries::groups(self) {
            for entry in &group.entries {
                let effect = match entry.effect {
                    Effect::Widens => "**wider**",
                    Effect::Narrows => "narrower",
                    Effect::Neutral => "",
                };
                let _ = write!(text, "| {effect} | {} | {}", group.title, entry.text);
                for endpoint in &entry.endpoints {
                    let _ = write!(text, "<br>`{endpoint}`");
                }
                text.push_str(" |\n");
            }
        }
        text
    }
}

/// A revision comes from the command line: nothing in it may end the code span or the line.
fn code(text: &str) -> String {
    let harmless = |c: char| if c == '`' || c.is_control() { ' ' } else { c };
    format!("`{}`", text.chars().map(harmless).collect::<String>())
}
