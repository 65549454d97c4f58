//! What a session remembers of where it was opened, so that its owner knows it again in a list.

use http::HeaderValue;

use crate::http::Context;
use crate::store::Value;
use crate::unseen::is_unseen;

/// The most characters of a browser's or program's name for itself. It may send any.
const LONGEST_USER_AGENT: usize = 400;

/// Where a session was opened.
#[derive(Debug, Clone)]
pub(super) struct Device {
    user_agent: Option<String>,
    address: String,
}

impl Device {
    /// That of a request.
    pub(super) fn of(context: &Context) -> Self {
        Self {
            user_agent: context.user_agent.as_ref().and_then(printable),
            address: context.address.to_string(),
        }
    }

    /// What the client says of itself.
    pub(super) fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// For the columns `user_agent` and `address`.
    pub(super) fn values(&self) -> [Value; 2] {
        let user_agent = self.user_agent.clone().map_or(Value::Null, Value::Text);
        [user_agent, Value::Text(self.address.clone())]
    }
}

/// What can be shown of the header: it is a stranger's text, and will stand on a page and at terminals.
fn printable(user_agent: &HeaderValue) -> Option<String> {
    let text = String::from_utf8_lossy(user_agent.as_bytes());
    let text: String = text
        .chars()
        .filter(|character| !is_unseen(*character))
        .take(LONGEST_USER_AGENT)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The programs and systems that people have names for, by what stands in the header. Each of them names those
/// after it as well, so the first that is found is meant.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The most characters of a name that no table has.
const LONGEST_NAME: usize = 60;

/// What people call a client: `Firefox on Linux`. One that is in no table goes by the beginning of its own words.
pub(super) fn name_of(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| user_agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => user_agent.chars().take(LONGEST_NAME).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Option<String> {
        printable(&HeaderValue::from_bytes(bytes).unwrap())
    }

    #[test]
    fn a_browser_goes_by_its_name() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (user_agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
                "Firefox on Linux",
            ),
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/140.0 Safari/537.36 Edg/140.0"
                ),
                "Edge on Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 15) {webkit} Chrome/140.0 Mobile Safari/537.36"
                ),
                "Chrome on Android",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {webkit} Version/18.0 Safari/604.1"
                ),
                "Safari on iPhone",
            ),
            ("curl/8.0".to_owned(), "curl/8.0"),
            ("x".repeat(100), "x".repeat(60).as_str()),
        ] {
            assert_eq!(name_of(&user_agent), name);
        }
    }

    #[test]
    fn a_user_agent_is_text_of_bounded_length_without_what_is_unseen() {
        assert_eq!(shown(b"curl/8.0").as_deref(), Some("curl/8.0"));
        assert_eq!(
            shown(b" Mozilla/5.0\t(X11) ").as_deref(),
            Some("Mozilla/5.0(X11)")
        );
        assert_eq!(
            shown("fox\u{202e}txt.\u{200b}".as_bytes()).as_deref(),
            Some("foxtxt.")
        );
        assert_eq!(shown(b"caf\xe9").as_deref(), Some("caf\u{fffd}"));
        assert_eq!(shown(&[b'x'; 1_000]).map(|text| text.len()), Some(400));
        for nothing in [&b""[..], b"  ", b"\t"] {
            assert_eq!(shown(nothing), None);
        }
    }
}
