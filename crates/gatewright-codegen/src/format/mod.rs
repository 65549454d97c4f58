//! Breaks the lines that rustfmt would break.
//!
//! Templates are laid out as rustfmt lays out short names, one construct a line; with long names
//! some lines must break. A full formatter (rustfmt, prettyplease) would drop comments or need a
//! process to run, and prettyplease does not lay out as rustfmt does, so that a team's first
//! `cargo fmt` would touch every file. The constructs that templates use are few, and the tests
//! hold this module against rustfmt itself.

mod tokens;

use self::tokens::{Group, chain, groups, split};

/// rustfmt's `max_width`.
const MAX_WIDTH: usize = 100;

/// Its `fn_call_width`, `array_width` and `chain_width`.
const SMALL_WIDTH: usize = 60;

/// Its `struct_lit_width`.
const STRUCT_WIDTH: usize = 18;

/// Its `short_array_element_width_threshold`: arrays of such items fill lines.
const SHORT_ITEM: usize = 10;

/// Its `tab_spaces`.
const INDENT: usize = 4;

/// Formats a rendered Rust file.
pub(crate) fn format_rust(source: &str) -> String {
    let mut layout = Layout(String::with_capacity(source.len() * 5 / 4));
    for line in source.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.starts_with("//") || text.starts_with("#[") || text.starts_with("#!") {
            layout.push(indent, text);
        } else {
            layout.line(indent, text);
        }
    }
    layout.0
}

/// The lines so far.
struct Layout(String);

impl Layout {
    /// Adds a line as it is.
    fn push(&mut self, indent: usize, text: &str) {
        if !text.is_empty() {
            self.0.extend(std::iter::repeat_n(' ', indent));
            self.0.push_str(text);
        }
        self.0.push('\n');
    }

    /// Adds a line, or the lines that it must become.
    fn line(&mut self, indent: usize, text: &str) {
        if fits(indent, text) {
            return self.push(indent, text);
        }
        let is_broken = self.break_use(indent, text)
            || self.break_column(indent, text)
            || self.break_signature(indent, text)
            || self.break_constant(indent, text)
            || self.break_impl(indent, text)
            || self.break_arm(indent, text)
            || self.break_field(indent, text)
            || self.break_chain(indent, text)
            || self.break_group(indent, text);
        if !is_broken {
            self.push(indent, text);
        }
    }
}

/// Whether rustfmt leaves a line alone.
fn fits(indent: usize, text: &str) -> bool {
    // For these two it keeps room for brackets that may follow, whether they do or not.
    let kept = if text.starts_with("use ") || is_field_chain(text) {
        2
    } else {
        0
    };
    // Of an empty `impl` it does not count the last bracket.
    let uncounted = usize::from(text.starts_with("impl ") && text.ends_with("{}"));
    indent + width(text) + kept - uncounted <= MAX_WIDTH
        && (is_item(text) || within_small_widths(text))
}

/// Whether the line is `name: a.b(c),`.
fn is_field_chain(text: &str) -> bool {
    text.ends_with(',') && text.contains(": ") && chain(text).len() > 1
}

/// Whether the line is an item, whose brackets have no width of their own.
fn is_item(text: &str) -> bool {
    text.starts_with("use ") || text.starts_with("impl ") || is_function(text)
}

/// Whether the line begins a function.
fn is_function(text: &str) -> bool {
    let text = text.strip_prefix("pub ").unwrap_or(text);
    let text = text.strip_prefix("const ").unwrap_or(text);
    let text = text.strip_prefix("async ").unwrap_or(text);
    text.starts_with("fn ")
}

/// Whether each call, array, struct literal and chain of the line is short enough for one line.
fn within_small_widths(text: &str) -> bool {
    let Some(groups) = groups(text) else {
        return true;
    };
    let is_short = |group: &Group| match group.kind() {
        Kind::Struct => width(group.body) <= STRUCT_WIDTH,
        // An only item has the whole line, unless it is a call itself.
        Kind::Call | Kind::Array => {
            width(group.body) <= SMALL_WIDTH
                || (split(group.body).len() == 1 && !group.body.ends_with(')'))
        }
    };
    let value = value_of(text).trim_end_matches([',', ';']);
    (chain(text).len() <= 2 || width(value) <= SMALL_WIDTH) && groups.iter().all(is_short)
}

/// What a `let` binds; any other line whole.
fn value_of(text: &str) -> &str {
    let bound = text
        .strip_prefix("let ")
        .and_then(|text| text.split_once(" = "));
    bound.map_or(text, |(_, value)| value)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    Array,
    Struct,
}

impl Group<'_> {
    fn kind(&self) -> Kind {
        match self.head.as_bytes().last() {
            Some(b'[') => Kind::Array,
            Some(b'{') => Kind::Struct,
            _ => Kind::Call,
        }
    }
}

/// One method for each construct: it adds the broken line, or answers false for another construct.
impl Layout {
    /// `use a::{b, c};`
    fn break_use(&mut self, indent: usize, text: &str) -> bool {
        let list = text
            .strip_suffix("};")
            .filter(|_| text.starts_with("use "))
            .and_then(|text| text.split_once('{'));
        let Some((path, names)) = list else {
            return false;
        };
        self.push(indent, &format!("{path}{{"));
        self.fill(indent + INDENT, &split(names), 0);
        self.push(indent, "};");
        true
    }

    /// `pub const A: B<C, D> = E::new("f");`
    fn break_column(&mut self, indent: usize, text: &str) -> bool {
        let Some((left, right)) = text
            .split_once(" = ")
            .filter(|_| text.starts_with("pub const "))
        else {
            return false;
        };
        if fits(indent, &format!("{left} =")) {
            self.push(indent, &format!("{left} ="));
            self.push(indent + INDENT, right);
            return true;
        }
        let Some((head, types)) = left.strip_suffix('>').and_then(|left| left.split_once('<'))
        else {
            return false;
        };
        self.push(indent, &format!("{head}<"));
        for ty in split(types) {
            self.push(indent + INDENT, &format!("{ty},"));
        }
        self.push(indent, &format!("> = {right}"));
        true
    }

    /// `pub fn a(b: B, c: C) -> D {`
    fn break_signature(&mut self, indent: usize, text: &str) -> bool {
        let Some(signature) = text.strip_suffix(" {").filter(|it| is_function(it)) else {
            return false;
        };
        let parameters =
            groups(signature).and_then(|groups| groups.into_iter().find(|group| group.depth == 0));
        let Some(parameters) = parameters else {
            return false;
        };
        self.push(indent, parameters.head);
        for parameter in split(parameters.body) {
            self.parameter(indent + INDENT, parameter);
        }
        self.push(indent, &format!("{} {{", parameters.tail));
        true
    }

    /// `b: B<C>`
    fn parameter(&mut self, indent: usize, text: &str) {
        let generic = text
            .split_once('<')
            .and_then(|(outer, rest)| Some((outer, rest.strip_suffix('>')?)));
        match generic {
            Some((outer, inner)) if indent + width(text) + ",".len() > MAX_WIDTH => {
                self.push(indent, &format!("{outer}<"));
                self.push(indent + INDENT, &format!("{inner},"));
                self.push(indent, ">,");
            }
            _ => self.push(indent, &format!("{text},")),
        }
    }

    /// `const A: B = c;`, where `c` fits on a line of its own.
    fn break_constant(&mut self, indent: usize, text: &str) -> bool {
        let constant = text
            .split_once(" = ")
            .filter(|_| text.starts_with("const "));
        let Some((head, value)) = constant.filter(|(_, value)| fits(indent + INDENT, value)) else {
            return false;
        };
        self.push(indent, &format!("{head} ="));
        self.push(indent + INDENT, value);
        true
    }

    /// `impl A for B {}`
    fn break_impl(&mut self, indent: usize, text: &str) -> bool {
        let item = text
            .strip_suffix(" {}")
            .filter(|_| text.starts_with("impl "));
        let Some((head, of)) = item.and_then(|item| item.split_once(" for ")) else {
            return false;
        };
        self.push(indent, head);
        self.push(indent + INDENT, &format!("for {of}"));
        self.push(indent, "{");
        self.push(indent, "}");
        true
    }

    /// `a => b,`
    fn break_arm(&mut self, indent: usize, text: &str) -> bool {
        let Some(at) = tokens::arrow(text) else {
            return false;
        };
        let (pattern, body) = (&text[..at], &text[at + " => ".len()..]);
        self.push(indent, &format!("{pattern} => {{"));
        self.line(indent + INDENT, body.trim_end_matches(','));
        self.push(indent, "}");
        true
    }

    /// `pub a: B,`
    fn break_field(&mut self, indent: usize, text: &str) -> bool {
        let Some((name, ty)) = text
            .split_once(": ")
            .filter(|_| text.starts_with("pub ") && text.ends_with(','))
        else {
            return false;
        };
        self.push(indent, &format!("{name}:"));
        self.push(indent + INDENT, ty);
        true
    }

    /// `a.b(c).await.d(e);`, also behind `name: `.
    fn break_chain(&mut self, indent: usize, text: &str) -> bool {
        let links = chain(text);
        let [start, links @ ..] = links.as_slice() else {
            return false;
        };
        let breaks = match links {
            [] => false,
            // rustfmt would rather break the arguments of an only call, if they must break anyway,
            // and never leaves a receiver alone that is no wider than the indent.
            [link] => {
                let receiver = start.rsplit(": ").next().unwrap_or(start);
                width(receiver) > INDENT && fits(indent + INDENT, link)
            }
            _ => true,
        };
        if breaks {
            self.line(indent, start);
            for link in links {
                self.line(indent + INDENT, link);
            }
        }
        breaks
    }

    /// `a(b, c);`, `[a, b]` and `A { b: c }`, with anything before and after.
    fn break_group(&mut self, indent: usize, text: &str) -> bool {
        let last =
            groups(text).and_then(|groups| groups.into_iter().rev().find(|group| group.depth == 0));
        let Some(group) = last else {
            return false;
        };
        self.break_brackets(indent, &group, "");
        true
    }

    fn break_brackets(&mut self, indent: usize, group: &Group, tail: &str) {
        let items = split(group.body);
        let tail = format!("{}{tail}", group.tail);
        // An only item that has brackets itself shares the lines of its parent's: `Some(a(`.
        if let [item] = items.as_slice()
            && group.kind() != Kind::Struct
            && let Some(inner) = last_group_of(item)
        {
            let head = format!("{}{}", group.head, inner.head);
            let inner = Group {
                head: &head,
                ..inner
            };
            return self.break_brackets(indent, &inner, &tail);
        }
        self.push(indent, group.head);
        let is_filled =
            group.kind() == Kind::Array && items.iter().all(|item| width(item) <= SHORT_ITEM);
        if is_filled {
            // rustfmt adds the comma of the last item after it has counted.
            self.fill(indent + INDENT, &items, 1);
        } else if group.head.ends_with("!(") {
            // A macro's tokens are not ours to add to.
            self.push(indent + INDENT, group.body);
        } else {
            for item in items {
                // Nothing may follow the base of a struct literal.
                let comma = if item.starts_with("..") { "" } else { "," };
                self.line(indent + INDENT, &format!("{item}{comma}"));
            }
        }
        self.push(indent, &tail);
    }

    /// As many items a line as there is room for; the last line has `more`.
    fn fill(&mut self, indent: usize, items: &[&str], more: usize) {
        let mut line = String::new();
        for (at, item) in items.iter().enumerate() {
            let room = MAX_WIDTH + if at + 1 == items.len() { more } else { 0 };
            if !line.is_empty() && indent + width(&line) + width(item) + " ,".len() >= room {
                self.push(indent, &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(item);
            line.push(',');
        }
        self.push(indent, &line);
    }
}

/// The brackets that an expression ends with.
fn last_group_of(text: &str) -> Option<Group<'_>> {
    groups(text)?
        .into_iter()
        .rev()
        .find(|group| group.depth == 0 && group.tail.len() == 1)
}
