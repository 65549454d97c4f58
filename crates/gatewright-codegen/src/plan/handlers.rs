//! Handlers that the generated routes call and a file of the team's lacks.

/// A function to be added to a file of the team's, which the generator does not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingHandler {
    /// The file, relative to the application's directory.
    pub path: String,
    /// The function's name as Rust spells it.
    pub name: String,
    /// The function as a new file would have it, comments and all.
    pub text: String,
}

/// The handlers of a fresh file that the file on disk lacks.
pub(super) fn missing(path: &str, fresh: &str, on_disk: &str) -> Vec<MissingHandler> {
    functions(fresh)
        .filter(|(name, _)| !has(on_disk, name))
        .map(|(name, text)| MissingHandler {
            path: path.to_owned(),
            name,
            text,
        })
        .collect()
}

/// Name and text of each function of a file that the generator wrote.
fn functions(file: &str) -> impl Iterator<Item = (String, String)> {
    file.split("\n\n").filter_map(|item| {
        let (_, rest) = item.split_once("pub async fn ")?;
        let (name, _) = rest.split_once('(')?;
        Some((name.to_owned(), item.trim_end().to_owned()))
    })
}

/// Whether a file has this function, its own or one that it passes on.
fn has(file: &str, name: &str) -> bool {
    let passed_on = file
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split(';').next());
    words(file).any(|pair| pair == ("fn", name))
        || passed_on
            .flat_map(words)
            .any(|(before, word)| word == name || before == name)
}

/// The words of a text, each with the one before it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let split = || {
        text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '#'))
            .filter(|word| !word.is_empty())
    };
    split().zip(split().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: &str = "//! `/api/things`\n\nuse a::B;\n\n/// `GET`\npub async fn list(b: B) {\n    b\n}\n\n\
        /// `POST`\n///\n/// Yours.\npub async fn r#move(\n    b: B,\n) {\n    b\n}\n";

    fn names(on_disk: &str) -> Vec<String> {
        let missing = missing("src/handlers/things.rs", FRESH, on_disk);
        missing.into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn what_the_file_lacks_is_found_with_its_text() {
        let on_disk = "pub async fn list() {}\nfn r#moved() {} // r#move";
        let missing = missing("src/handlers/things.rs", FRESH, on_disk);
        let [only] = missing.as_slice() else {
            panic!("{missing:?}");
        };
        assert_eq!(only.name, "r#move");
        assert_eq!(
            only.text,
            "/// `POST`\n///\n/// Yours.\npub async fn r#move(\n    b: B,\n) {\n    b\n}"
        );
    }

    #[test]
    fn what_the_file_has_or_passes_on_is_not_missing() {
        for on_disk in [
            FRESH,
            "pub async fn list() {}\npub(crate) async fn r#move<T>() {}",
            "pub use super::more::{list, r#move};",
            "pub use super::more::list; pub use other as r#move;",
        ] {
            assert_eq!(names(on_disk), [""; 0], "{on_disk}");
        }
        assert_eq!(names(""), ["list", "r#move"]);
    }
}
