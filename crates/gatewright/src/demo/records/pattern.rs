//! Text that matches a regular expression, for expressions of the simple kind.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text that is made.
const LONGEST: usize = 1_000;

/// The `n`th text that matches `pattern`; none where that takes more than writing down what the
/// pattern says. Whether it matches is for the caller to check.
pub(super) fn value(pattern: &str, n: usize) -> Option<String> {
    let mut text = String::new();
    write(&regex_syntax::parse(pattern).ok()?, n, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, n: usize, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let chars = || class.iter().flat_map(|range| range.start()..=range.end());
            // Letters and digits read best; any other will do.
            let is_plain = |letter: &char| letter.is_ascii_alphanumeric();
            let plain: Vec<char> = chars().take(128).filter(is_plain).collect();
            let letter = plain.get(n % plain.len().max(1)).copied();
            text.push(letter.or_else(|| chars().next())?);
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            // One of what may be missing makes the values differ.
            let least = repetition.min.max(1);
            for _ in 0..least.min(repetition.max.unwrap_or(least)) {
                write(&repetition.sub, n, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, n, text)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, n, text)?;
            }
        }
        HirKind::Alternation(parts) => write(parts.get(n % parts.len().max(1))?, n, text)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_patterns_are_followed() {
        for pattern in [
            "[A-Z]{3}-[0-9]{4}",
            r"\d+(\.\d+)?",
            "(red|green|blue)",
            "[a-z][a-z0-9-]*",
            "#[0-9a-f]{6}",
            "^abc$",
            r"\p{Lu}.+",
        ] {
            let regex = regex::Regex::new(&format!(r"\A(?:{pattern})\z")).unwrap();
            for n in 0..3 {
                let text = value(pattern, n).unwrap();
                assert!(regex.is_match(&text), "{pattern}: {text}");
            }
        }
        assert_eq!(value("[A-Z]{3}-[0-9]{2}", 1).unwrap(), "BBB-11");
    }

    #[test]
    fn what_would_be_huge_is_not_made() {
        assert_eq!(value("(a{1000}){1000}", 0), None);
    }
}
