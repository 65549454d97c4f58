//! Where a browser goes after a sign-in: a path of this very origin, whatever a link says.

use percent_encoding::percent_decode_str;
use url::Url;

/// Longer ones are nobody's.
const LONGEST: usize = 2_000;

/// How often a path may have been encoded before it got here.
const DECODINGS: usize = 3;

/// Where a browser goes that asked for nothing, or for what cannot be.
pub(super) const DEFAULT: &str = "/";

/// The path to go to: the one that was asked for if it stays here however a browser or a proxy reads
/// it, and the [default](DEFAULT) otherwise.
pub(super) fn next_path(asked: Option<&str>) -> String {
    match asked {
        Some(path) if stays_here(path) => path.to_owned(),
        _ => DEFAULT.to_owned(),
    }
}

fn stays_here(path: &str) -> bool {
    if path.len() > LONGEST || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    // Browsers take `\` for `/`, and `//` begins another host. Both are looked for behind any encoding,
    // since what stands between may decode before it redirects.
    let mut read = path.to_owned();
    for _ in 0..=DECODINGS {
        let own = read.starts_with('/') && !read.starts_with("//");
        if !own || read.contains('\\') || read.chars().any(char::is_control) {
            return false;
        }
        let Ok(decoded) = percent_decode_str(&read).decode_utf8() else {
            return false;
        };
        if decoded == read {
            break;
        }
        read = decoded.into_owned();
    }
    // And once more as a browser reads it.
    let here = Url::parse("https://here.invalid/a/b");
    here.is_ok_and(|here| {
        here.join(path).is_ok_and(|joined| {
            joined.origin() == here.origin() && !joined.path().starts_with("//")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_ones_own_are_kept() {
        for path in [
            "/",
            "/admin",
            "/admin/products?sort=-name&q=a%20b#top",
            "/a?next=https://elsewhere.example/",
            "/caf%C3%A9",
        ] {
            assert_eq!(next_path(Some(path)), path);
        }
        assert_eq!(next_path(None), DEFAULT);
    }

    #[test]
    fn whatever_leads_elsewhere_leads_to_the_default() {
        for path in [
            "",
            "admin",
            "//evil.example",
            "///evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%252fevil.example",
            "/%25252fevil.example",
            "%2f%2fevil.example",
            "/%5cevil.example",
            "/%255cevil.example",
            "/a%5cb",
            "https://evil.example",
            "https:evil.example",
            "https:/evil.example",
            "HTTPS://localhost.evil.example",
            "http://user@evil.example",
            "@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\tevil",
            "\t//evil.example",
            "/\n/evil.example",
            "/%0a/evil.example",
            "/%00",
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2e//evil.example",
            "/caf\u{e9}",
            "http://globex.localhost:8080/",
        ] {
            assert_eq!(next_path(Some(path)), DEFAULT, "{path:?}");
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        assert_eq!(next_path(Some(&long)), DEFAULT);
    }
}
