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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Option<String> {
        printable(&HeaderValue::from_bytes(bytes).unwrap())
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
