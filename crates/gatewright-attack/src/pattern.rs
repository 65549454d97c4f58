//! A value that matches a field's pattern: enough of regular expressions for codes and slugs.
//!
//! Literals, classes, `.`, `\\d`, `\\w`, `\\s`, groups, alternatives (the first is taken) and counts are
//! known. For anything else the caller gives an example of a whole body.

/// One piece of a pattern with how often it may stand there.
struct Piece {
    choices: Choices,
    least: usize,
    most: usize,
}

enum Choices {
    /// One of these characters.
    One(Vec<char>),
    /// A group.
    Group(Vec<Piece>),
}

/// A text of `(min, max)` characters that matches `pattern` as a whole, different for most `fresh`.
///
/// `None` where the pattern holds what is not known here.
pub(crate) fn example(pattern: &str, (min, max): (usize, usize), fresh: u64) -> Option<String> {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = match pattern.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => pattern,
    };
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let pieces = sequence(&chars, &mut at)?;
    if at != chars.len() {
        return None;
    }
    // As many repetitions as fit make room for fresh digits.
    (0..=12).rev().find_map(|extra| {
        let mut places = Vec::new();
        expand(&pieces, extra, &mut places);
        let fits = places.len() <= max && places.len() >= min;
        fits.then(|| spell(&places, fresh))
    })
}

/// Counts through the choices from the last place on, as a number of mixed base.
fn spell(places: &[&[char]], fresh: u64) -> String {
    let mut rest = usize::try_from(fresh).unwrap_or_default();
    let mut text: Vec<char> = places
        .iter()
        .rev()
        .filter_map(|choices| {
            let choice = rest.checked_rem(choices.len())?;
            rest /= choices.len();
            choices.get(choice).copied()
        })
        .collect();
    text.reverse();
    text.into_iter().collect()
}

fn expand<'a>(pieces: &'a [Piece], extra: usize, places: &mut Vec<&'a [char]>) {
    for piece in pieces {
        let times = piece.least.saturating_add(extra).min(piece.most);
        for _ in 0..times {
            match &piece.choices {
                Choices::One(choices) => places.push(choices),
                Choices::Group(group) => expand(group, extra, places),
            }
        }
    }
}

fn sequence(chars: &[char], at: &mut usize) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    while let Some(&c) = chars.get(*at) {
        let choices = match c {
            ')' => return Some(pieces),
            '|' => {
                // The first alternative is taken; the others are read past.
                *at += 1;
                sequence(chars, at)?;
                return Some(pieces);
            }
            '(' => {
                *at += 1;
                if chars.get(*at) == Some(&'?') {
                    (chars.get(*at + 1) == Some(&':')).then_some(())?;
                    *at += 2;
                }
                let group = sequence(chars, at)?;
                (chars.get(*at) == Some(&')')).then_some(())?;
                Choices::Group(group)
            }
            '[' => Choices::One(class(chars, at)?),
            '\\' => {
                *at += 1;
                Choices::One(escaped(*chars.get(*at)?)?)
            }
            '.' => Choices::One(('a'..='z').collect()),
            '*' | '+' | '?' | '{' | '^' | '$' => return None,
            c => Choices::One(vec![c]),
        };
        *at += 1;
        let (least, most) = count(chars, at)?;
        pieces.push(Piece {
            choices,
            least,
            most,
        });
    }
    Some(pieces)
}

fn escaped(c: char) -> Option<Vec<char>> {
    match c {
        'd' => Some(('0'..='9').collect()),
        'w' => Some(('a'..='z').chain('0'..='9').collect()),
        's' => Some(vec![' ']),
        c if c.is_ascii_punctuation() => Some(vec![c]),
        _ => None,
    }
}

/// The characters of a class; `at` ends on its bracket.
fn class(chars: &[char], at: &mut usize) -> Option<Vec<char>> {
    let mut all = Vec::new();
    *at += 1;
    if chars.get(*at) == Some(&'^') {
        return None;
    }
    loop {
        let c = *chars.get(*at)?;
        *at += 1;
        match c {
            ']' => {
                *at -= 1;
                return (!all.is_empty()).then_some(all);
            }
            '\\' => {
                all.extend(escaped(*chars.get(*at)?)?);
                *at += 1;
            }
            c => match (chars.get(*at), chars.get(*at + 1)) {
                (Some('-'), Some(&last)) if last != ']' => {
                    all.extend(c..=last);
                    *at += 2;
                }
                _ => all.push(c),
            },
        }
    }
}

/// How often, from what follows a piece.
fn count(chars: &[char], at: &mut usize) -> Option<(usize, usize)> {
    let counted = match chars.get(*at) {
        Some('*') => (0, usize::MAX),
        Some('+') => (1, usize::MAX),
        Some('?') => (0, 1),
        Some('{') => {
            let inside: String = chars
                .get(*at + 1..)?
                .iter()
                .take_while(|c| **c != '}')
                .collect();
            *at += inside.chars().count() + 1;
            match inside.split_once(',') {
                None => (inside.parse().ok()?, inside.parse().ok()?),
                Some((least, "")) => (least.parse().ok()?, usize::MAX),
                Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
            }
        }
        _ => return Some((1, 1)),
    };
    *at += 1;
    Some(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_slugs_are_derived() {
        for (pattern, expected) in [
            ("[A-Z]{2}-\\d{4}", "AA-0042"),
            ("^SKU-[0-9]+$", "SKU-0000000000042"),
            ("(de|fr)", "de"),
            ("[a-z]{1,3}", "abq"),
            ("\\+\\d{3}", "+042"),
        ] {
            assert_eq!(
                example(pattern, (0, 50), 42).as_deref(),
                Some(expected),
                "{pattern}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for pattern in ["[^a]", "\\p{L}", "a**", "(?=a)", "(a"] {
            assert_eq!(example(pattern, (0, 50), 1), None, "{pattern}");
        }
        assert_eq!(example("[a-z]{9}", (0, 5), 1), None, "too long");
    }

    #[test]
    fn fresh_values_differ() {
        let seen: std::collections::BTreeSet<_> = (0..500)
            .map(|fresh| example("[a-z0-9]+(-[a-z0-9]+)*", (0, 20), fresh))
            .collect();
        assert_eq!(seen.len(), 500);
    }
}
