//! A message as it goes out (RFC 5322), text and HTML side by side (RFC 2046 section 5.1.4).

use std::time::SystemTime;

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::outbox::Claimed;

/// Whom messages are from.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) from: Mailbox,
    /// What Message-IDs end in.
    pub(super) host: String,
}

/// Who reads what is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// People, in an editor: text as it is, so that a link stays one line that can be copied.
    File,
    /// Mail servers, of which some take seven bits only.
    Wire,
}

/// Headers come from typed values that lettre encodes, so nothing in a name or subject can begin a
/// header of its own. The Message-ID is the row's, so a message that is sent twice is known as one.
pub(super) fn build(
    claimed: &Claimed,
    sender: &Sender,
    form: Form,
) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
    let message = &claimed.message;
    let to: Address = message.recipient.parse()?;
    // Nobody's absence note answers it (RFC 3834 section 5).
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let builder = Message::builder()
        .from(sender.from.clone())
        .to(Mailbox::new(None, to))
        .subject(&message.subject)
        .date(SystemTime::try_from(claimed.created_at)?)
        .message_id(Some(format!("<{}@{}>", claimed.id, sender.host)))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    let text = part(ContentType::TEXT_PLAIN, &message.body, form)?;
    Ok(match &message.html {
        None => builder.singlepart(text)?,
        Some(html) => {
            let html = part(ContentType::TEXT_HTML, html, form)?;
            // The last is the one that a program prefers.
            builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))?
        }
    })
}

fn part(kind: ContentType, text: &str, form: Form) -> Result<SinglePart, &'static str> {
    let body = match form {
        Form::File => as_it_is(text)?,
        Form::Wire => for_any_server(text)?,
    };
    Ok(SinglePart::builder().header(kind).body(body))
}

/// lettre would choose quoted-printable for lines over 76 characters.
fn as_it_is(text: &str) -> Result<Body, &'static str> {
    let text = text.replace('\r', "");
    // The limits of 8bit (RFC 2045 section 2.8).
    if text.contains('\0') || text.lines().any(|line| line.len() > 998) {
        return Err("the text has a null byte or a line of more than 998 bytes");
    }
    let lines: String = text.lines().flat_map(|line| [line, "\r\n"]).collect();
    Ok(Body::dangerous_pre_encoded(
        lines.into_bytes(),
        ContentTransferEncoding::EightBit,
    ))
}

fn for_any_server(text: &str) -> Result<Body, &'static str> {
    let text = text.replace('\r', "");
    if text.contains('\0') {
        return Err("the text has a null byte");
    }
    let seven = Body::new_with_encoding(text.clone(), ContentTransferEncoding::SevenBit);
    seven
        .or_else(|_| Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable))
        .map_err(|_| "the text cannot be encoded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::testing::claimed;

    fn sender(host: &str) -> Sender {
        Sender {
            from: format!("Storefront <no-reply@{host}>").parse().unwrap(),
            host: host.to_owned(),
        }
    }

    fn text(claimed: &Claimed, form: Form) -> String {
        let message = build(claimed, &sender("example.com"), form).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_link_stays_on_its_line() {
        let link = format!(
            "http://localhost:8080/auth/verify-email?token={}",
            "x".repeat(60)
        );
        let body = format!("Für dich:\n\n{link}\n");
        let mail = text(&claimed("ada@example.com", "Grüße", &body), Form::File);
        assert!(mail.lines().any(|line| line == link), "{mail}");
        let from = "From: Storefront <no-reply@example.com>\r\n";
        assert!(mail.contains(from), "{mail}");
    }

    #[test]
    fn a_mail_server_gets_seven_bits() {
        let mut claimed = claimed("ada@example.com", "Grüße", "Für dich\n");
        claimed.message.html = Some("<p>Für dich</p>\n".to_owned());
        let mail = text(&claimed, Form::Wire);
        assert!(mail.is_ascii(), "{mail}");
        assert!(mail.contains("F=C3=BCr dich"), "{mail}");
        let line = "x".repeat(1_200);
        claimed.message.body = line;
        let mail = text(&claimed, Form::Wire);
        assert!(mail.lines().all(|line| line.len() <= 998), "{mail}");
    }

    #[test]
    fn text_comes_before_html() {
        let mut claimed = claimed("ada@example.com", "Hi", "the text\n");
        claimed.message.html = Some("<p>the page</p>\n".to_owned());
        for form in [Form::File, Form::Wire] {
            let mail = text(&claimed, form);
            assert!(
                mail.contains("Content-Type: multipart/alternative;"),
                "{mail}"
            );
            let at = |part: &str| mail.find(part).unwrap_or_else(|| panic!("{part}: {mail}"));
            assert!(at("Content-Type: text/plain; charset=utf-8") < at("the text"));
            assert!(at("the text") < at("Content-Type: text/html; charset=utf-8"));
            assert!(at("Content-Type: text/html") < at("<p>the page</p>"));
        }
    }

    #[test]
    fn sent_twice_it_is_one_message() {
        let claimed = claimed("ada@example.com", "Hi", "text\n");
        let id = format!("Message-ID: <{}@example.com>\r\n", claimed.id);
        for _ in 0..2 {
            let mail = text(&claimed, Form::Wire);
            assert!(mail.contains(&id), "{mail}");
        }
    }

    #[test]
    fn nobody_adds_a_header() {
        let subject = "Hi\r\nBcc: eve@example.com";
        let mail = text(&claimed("ada@example.com", subject, "text"), Form::Wire);
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        let recipient = "ada@example.com\r\nBcc: eve@example.com";
        let claimed = claimed(recipient, "Hi", "text");
        assert!(build(&claimed, &sender("example.com"), Form::Wire).is_err());
    }
}
