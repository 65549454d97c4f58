//! Values, and how much of a stranger's text a reader may take for the application's.

use minijinja::Value;

use crate::unseen::is_unseen;

/// Longer names are cut.
const LONGEST_NAME: usize = 60;

/// Longer facts are cut: no address is longer.
const LONGEST_FACT: usize = 254;

/// A value that a template shows.
pub(crate) enum Shown {
    /// What somebody calls themselves or something of theirs: one short line, of which no program that
    /// shows it can take a part for a link.
    Name(String),
    /// What is so, such as an address or a time: one line.
    Fact(String),
    /// A link of the application's own.
    Link(String),
}

impl Shown {
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Name(name) => Value::from(plain(&name)),
            Self::Fact(fact) => Value::from(one_line(&fact, LONGEST_FACT)),
            // Its slashes would be escaped otherwise, which reads badly in a source and means the same.
            Self::Link(link) if link.bytes().all(is_harmless) => Value::from_safe_string(link),
            Self::Link(link) => Value::from(link),
        }
    }
}

/// What means nothing in HTML, within quotes or without.
fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?=%[]".contains(&byte)
}

fn one_line(text: &str, most: usize) -> String {
    let visible = text.chars().map(|character| match character {
        character if is_unseen(character) => ' ',
        character => character,
    });
    let visible: String = visible.collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    words.join(" ").chars().take(most).collect()
}

/// A name that stays what it is: one line of visible characters, without quotes that would end it and
/// without a link.
fn plain(name: &str) -> String {
    let quoted = name.chars().map(|character| match character {
        '"' | '“' | '”' | '<' | '>' => '\'',
        character => character,
    });
    let quoted: String = quoted.collect();
    let line = one_line(&quoted, usize::MAX);
    let mut plain = String::new();
    let mut characters = line.chars().take(LONGEST_NAME).peekable();
    while let Some(character) = characters.next() {
        plain.push(character);
        // `evil.example`, `https://…` and `a@b` are links to some mail programs, `evil. example` is to none.
        let joins = matches!(character, '.' | ':' | '/' | '@' | '。' | '．');
        if joins && characters.peek().is_some_and(|next| *next != ' ') {
            plain.push(' ');
        }
    }
    if line.chars().nth(LONGEST_NAME).is_some() {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line_without_a_link() {
        for (name, shown) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("St. John & Söhne", "St. John & Söhne"),
            (
                "Acme\" (x). Go to https://evil.example/now",
                "Acme' (x). Go to https: / / evil. example/ now",
            ),
            ("a\r\nBcc: eve@evil.example", "a Bcc: eve@ evil. example"),
            ("a\u{202e}b\u{2028}c", "a b c"),
        ] {
            assert_eq!(plain(name), shown, "{name:?}");
        }
        assert_eq!(plain(&"x".repeat(80)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn a_fact_is_one_line() {
        let fact = Shown::Fact(format!("a\r\n\u{202e}{}", "x".repeat(300)));
        let shown = fact.into_value().to_string();
        assert_eq!(shown, format!("a {}", "x".repeat(252)));
    }

    #[test]
    fn only_a_link_that_means_nothing_in_html_goes_unescaped() {
        let is_safe = |link: &str| Shown::Link(link.to_owned()).into_value().is_safe();
        assert!(is_safe("https://app.example.com:8443/auth/x?token=gwv_A-b"));
        for link in [
            "https://x/\"",
            "https://x/<b>",
            "https://x/'",
            "https://x/?a=1&b=2",
        ] {
            assert!(!is_safe(link), "{link}");
        }
    }
}
