//! The parts that messages share: lists of names, and the nearest name to a mistyped one.

/// Names longer than this are not compared: nobody mistypes them, and the comparison is quadratic.
const LONGEST_COMPARED: usize = 100;

/// `did you mean ...?` with the nearest candidate, if one is near enough to be a slip.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(word, candidates).map(|name| format!("did you mean `{name}`?"))
}

/// The candidate with the fewest edits, where one edit in three characters is the limit.
///
/// Of equally near ones the first wins, so the answer is stable.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_COMPARED {
        return None;
    }
    let most_edits = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= 4 * most_edits)
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(edits, candidate)| {
            // A name of one or two letters is one edit from every other such name.
            *edits <= most_edits && *edits < candidate.chars().count()
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and `c` ``.
pub(crate) fn listed<S: AsRef<str>>(items: &[S]) -> String {
    joined(items, "and")
}

/// `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
pub(crate) fn alternatives<S: AsRef<str>>(items: &[S]) -> String {
    joined(items, "or")
}

fn joined<S: AsRef<str>>(items: &[S], word: &str) -> String {
    let quoted: Vec<String> = items
        .iter()
        .map(|item| format!("`{}`", item.as_ref()))
        .collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closest_takes_slips_and_leaves_other_words() {
        let roles = ["owner", "admin", "editor", "viewer"];
        assert_eq!(closest("viewr", roles), Some("viewer"));
        assert_eq!(closest("editro", roles), Some("editor"));
        assert_eq!(closest("guest", roles), None);
        assert_eq!(closest("", roles), None);
        assert_eq!(closest("a", ["b"]), None);
        assert_eq!(closest(&"x".repeat(5_000), roles), None);
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b"]), "`a` and `b`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(alternatives(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
