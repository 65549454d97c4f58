//! What somebody who is invited reads.
//!
//! The names in it are chosen by strangers, and the mail goes to an address that a stranger chose. So a
//! name is one short line, and no program that shows the mail can take a part of it for a link.

use crate::authn::{Email, OpaqueToken};
use crate::mail::Message;
use crate::runtime::Runtime;
use crate::unseen::is_unseen;

/// Longer names are cut.
const LONGEST_NAME: usize = 60;

/// Who invites, and where to.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) tenant: String,
    pub(super) slug: String,
}

/// The link leads to the tenant's own host, whatever host the request named.
fn link(runtime: &Runtime, slug: &str, token: &OpaqueToken) -> String {
    format!(
        "{}/auth/invitations/accept?token={}",
        runtime.settings.base_url.of_tenant(slug),
        token.reveal()
    )
}

pub(super) fn invitation(
    runtime: &Runtime,
    sender: &Sender,
    to: &Email,
    token: &OpaqueToken,
) -> Message {
    let app = runtime.model.app;
    let link = link(runtime, &sender.slug, token);
    let (name, tenant) = (plain(&sender.name), plain(&sender.tenant));
    let address = &sender.email;
    Message {
        recipient: to.as_given().to_owned(),
        subject: format!("Join \"{tenant}\" on {app}"),
        body: format!(
            "\"{name}\" ({address}) invites you to join \"{tenant}\" on {app}.\n\n\
             To accept, open this link within 7 days:\n\n\
             {link}\n\n\
             If you do not know who this is, ignore this mail: nothing happens until you accept.\n"
        ),
        html: None,
    }
}

/// A name that stays what it is: one line of visible characters, without quotes that would end it and
/// without a link.
fn plain(name: &str) -> String {
    let visible = name.chars().map(|character| match character {
        '"' | '“' | '”' | '<' | '>' => '\'',
        character if is_unseen(character) => ' ',
        character => character,
    });
    let visible: String = visible.collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let mut plain = String::new();
    let line = words.join(" ");
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
    use super::plain;

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
            let shown: String = shown.to_owned();
            assert_eq!(plain(name), shown, "{name:?}");
        }
        assert_eq!(plain(&"x".repeat(80)), format!("{}…", "x".repeat(60)));
    }
}
