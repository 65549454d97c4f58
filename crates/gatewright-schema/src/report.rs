//! A mistake with its place, and how a terminal shows it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::wording::counted;

/// One mistake in a file, or one thing that deserves a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name, for example `unknown_role`. [`DIAGNOSTIC_CODES`](crate::DIAGNOSTIC_CODES)
    /// lists them all.
    pub code: &'static str,
    /// Whether the schema can be used all the same.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where, in bytes of the source. Always inside it and on character boundaries.
    pub span: Range<usize>,
    /// What to see at that place. May be empty.
    pub label: String,
    /// How to mend it, where that is known.
    pub help: Option<String>,
}

/// Whether a schema can be used in spite of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can.
    Warning,
}

impl Diagnostic {
    pub(crate) fn error(code: &'static str, span: Range<usize>, message: String) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message,
            span,
            label: String::new(),
            help: None,
        }
    }

    pub(crate) fn warning(code: &'static str, span: Range<usize>, message: String) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

/// Puts diagnostics in the order of the file; at one place errors come before warnings.
pub(crate) fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| (d.span.start, d.severity, d.span.end);
        place(a).cmp(&place(b)).then_with(|| a.code.cmp(b.code))
    });
}

/// The diagnostics as a terminal shows them: each with file, line, caret and fix, in the order of
/// the file, and a closing line such as `gatewright.toml: 3 errors, 1 warning`.
///
/// `source` is the text that was parsed and `file_name` what to call it. `color` adds ANSI escape
/// sequences. Without diagnostics the answer is empty.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], file_name: &str, source: &str, color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted);
    let lines = Lines::of(source);
    let mut text = String::new();
    for diagnostic in &sorted {
        text.push_str(&renderer.render(&[group(diagnostic, file_name, &lines)]));
        text.push_str("\n\n");
    }
    text.push_str(&closing_line(&sorted, file_name));
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, file_name: &'a str, lines: &Lines<'a>) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let excerpt = lines.around(&diagnostic.span);
    let mut annotation = AnnotationKind::Primary.span(excerpt.span);
    if !diagnostic.label.is_empty() {
        annotation = annotation.label(diagnostic.label.as_str());
    }
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .element(
            Snippet::source(excerpt.text)
                .path(file_name)
                .line_start(excerpt.first_line)
                .annotation(annotation),
        );
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

fn closing_line(diagnostics: &[Diagnostic], file_name: &str) -> String {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let parts: Vec<String> = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, noun)| counted(count, noun))
    .collect();
    format!("{file_name}: {}\n", parts.join(", "))
}

/// Where the lines of a source begin.
///
/// The renderer indexes all the text it is given, for every diagnostic anew; given only the lines
/// of a span, a thousand mistakes in a large file take no longer than a thousand in a small one.
struct Lines<'a> {
    source: &'a str,
    starts: Vec<usize>,
}

struct Excerpt<'a> {
    text: &'a str,
    first_line: usize,
    span: Range<usize>,
}

impl<'a> Lines<'a> {
    fn of(source: &'a str) -> Self {
        let after_newlines = source.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            source,
            starts: std::iter::once(0).chain(after_newlines).collect(),
        }
    }

    /// The whole lines that a span touches.
    fn around(&self, span: &Range<usize>) -> Excerpt<'a> {
        let line = self.starts.partition_point(|start| *start <= span.start);
        let from = self.starts.get(line - 1).copied().unwrap_or(0);
        let after = self
            .starts
            .partition_point(|start| *start < span.end.max(span.start + 1));
        let to = self.starts.get(after).copied().unwrap_or(self.source.len());
        let text = self.source.get(from..to).unwrap_or(self.source);
        Excerpt {
            text: text.strip_suffix('\n').unwrap_or(text),
            first_line: line,
            span: span.start - from..span.end - from,
        }
    }
}
