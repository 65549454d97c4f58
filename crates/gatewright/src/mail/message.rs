//! A message, as it is queued.

use std::fmt;

/// A message to one recipient.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) recipient: String,
    pub(crate) subject: String,
    /// Text. May hold a secret; it is erased once the message is sent or given up.
    pub(crate) body: String,
    /// The same as HTML, where there is one.
    pub(crate) html: Option<String>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_recipient_nor_text_is_printed() {
        let message = Message {
            recipient: "ada@example.com".to_owned(),
            subject: "Hello".to_owned(),
            body: "gwv_x".to_owned(),
            html: Some("<p>gwv_x</p>".to_owned()),
        };
        assert_eq!(format!("{message:?}"), "Message { subject: \"Hello\", .. }");
    }
}
