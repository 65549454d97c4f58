//! A line of Rust, seen as far as its layout needs: string literals, brackets, commas and dots.

/// A pair of brackets and what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group<'a> {
    /// The line up to the opening bracket, which is its last character.
    pub head: &'a str,
    pub body: &'a str,
    /// The rest of the line, from the closing bracket.
    pub tail: &'a str,
    /// How many groups it stands in.
    pub depth: usize,
}

/// All groups of a line that are not empty, in the order of their closing brackets; `None` when the
/// brackets of the line do not match, as where a block begins.
pub(super) fn groups(text: &str) -> Option<Vec<Group<'_>>> {
    let mut open = Vec::new();
    let mut groups = Vec::new();
    for (at, byte) in code_bytes(text) {
        match byte {
            b'(' | b'[' | b'{' => open.push(at),
            b')' | b']' | b'}' => {
                let start = open.pop()? + 1;
                if start < at {
                    groups.push(Group {
                        head: &text[..start],
                        body: text[start..at].trim(),
                        tail: &text[at..],
                        depth: open.len(),
                    });
                }
            }
            _ => {}
        }
    }
    open.is_empty().then_some(groups)
}

/// The parts of `text` between the commas that stand in no group.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, byte) in outer_bytes(text) {
        if byte == b',' {
            parts.push(text[start..at].trim());
            start = at + 1;
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// A chain of method calls and `.await`s: what it starts from, then its links, each from its dot.
pub(super) fn chain(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, byte) in outer_bytes(text) {
        if byte == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            links.push(&text[start..at]);
            start = at;
        }
    }
    links.push(&text[start..]);
    links
}

/// Where a match arm's arrow stands.
pub(super) fn arrow(text: &str) -> Option<usize> {
    outer_bytes(text)
        .map(|(at, _)| at)
        .find(|&at| text[at..].starts_with(" => "))
}

/// The bytes of `text` outside string literals.
fn code_bytes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut in_string = false;
    let mut escaped = false;
    text.bytes().enumerate().filter(move |&(_, byte)| {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            return false;
        }
        in_string = byte == b'"';
        !in_string
    })
}

/// The bytes of `text` outside string literals and brackets. Brackets that open before the line,
/// as in `}),`, count for nothing.
fn outer_bytes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut depth = 0_usize;
    code_bytes(text).filter(move |&(_, byte)| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_hide_brackets_and_commas() {
        let found = groups(r#"a("(,\"", b[1])"#).unwrap();
        let bodies: Vec<&str> = found.iter().map(|group| group.body).collect();
        assert_eq!(bodies, ["1", r#""(,\"", b[1]"#]);
        assert_eq!(split(r#""a,b", c(d, e)"#), [r#""a,b""#, "c(d, e)"]);
    }

    #[test]
    fn a_line_that_opens_a_block_has_no_groups() {
        assert_eq!(groups("Ok(Self {"), None);
    }

    #[test]
    fn a_chain_is_cut_at_its_dots() {
        assert_eq!(
            chain("a::b(c.d).await.map(|x| x.y)"),
            ["a::b(c.d)", ".await", ".map(|x| x.y)"]
        );
    }
}
