//! A difference between two texts, as `diff -u` and `git` show it.

use std::fmt;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::terminal::STRONG;

/// For lines that come.
pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
/// For lines that go.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
/// For places.
const PLACE: Style = AnsiColor::Cyan.on_default();

/// The way from one text of a file to another; `None` is a file that is not there.
pub(crate) struct Diff<'a> {
    path: &'a str,
    old: Option<&'a str>,
    new: Option<&'a str>,
}

impl<'a> Diff<'a> {
    pub fn new(path: &'a str, old: Option<&'a str>, new: Option<&'a str>) -> Self {
        Self { path, old, new }
    }

    fn side(&self, prefix: &str, text: Option<&str>) -> String {
        match text {
            Some(_) => format!("{prefix}/{}", self.path),
            None => "/dev/null".to_owned(),
        }
    }
}

impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{STRONG}--- {}{STRONG:#}", self.side("a", self.old))?;
        writeln!(f, "{STRONG}+++ {}{STRONG:#}", self.side("b", self.new))?;
        let diff = TextDiff::from_lines(self.old.unwrap_or_default(), self.new.unwrap_or_default());
        for hunk in diff.unified_diff().iter_hunks() {
            writeln!(f, "{PLACE}{}{PLACE:#}", hunk.header())?;
            for change in hunk.iter_changes() {
                let (sign, style) = match change.tag() {
                    ChangeTag::Delete => ('-', REMOVED),
                    ChangeTag::Insert => ('+', ADDED),
                    ChangeTag::Equal => (' ', Style::new()),
                };
                let line = change.to_string_lossy();
                writeln!(
                    f,
                    "{style}{sign}{}{style:#}",
                    line.trim_end_matches(['\r', '\n'])
                )?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: Option<&str>, new: Option<&str>) -> String {
        let diff = Diff::new("src/a.rs", old, new).to_string();
        anstream::adapter::strip_str(&diff).to_string()
    }

    #[test]
    fn a_changed_line_stands_among_its_neighbours() {
        assert_eq!(
            plain(Some("a\nb\nc\n"), Some("a\nB\nc\n")),
            "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        );
    }

    #[test]
    fn new_and_removed_files_have_one_side() {
        assert_eq!(
            plain(None, Some("a\n")),
            "--- /dev/null\n+++ b/src/a.rs\n@@ -0,0 +1 @@\n+a\n"
        );
        assert_eq!(
            plain(Some("a\n"), None),
            "--- a/src/a.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        );
    }
}
