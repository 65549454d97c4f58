//! What was done before a page: it is named in the page's address, and only these can be.

use http::Uri;

use crate::http::html;

/// What a page is told of.
const NOTICES: [(&str, &str); 18] = [
    (
        "verification_sent",
        "We sent you a mail. Open the link in it to confirm your address, then sign in.",
    ),
    (
        "verified",
        "Your address is confirmed. You can sign in now.",
    ),
    ("joined", "You have joined. Sign in to go on."),
    ("member", "You have joined."),
    ("signed_out", "You are signed out."),
    ("signed_out_everywhere", "You are signed out everywhere."),
    ("ended", "The device is signed out."),
    ("others_ended", "All other devices are signed out."),
    (
        "password_changed",
        "Your password is changed, and all other devices are signed out.",
    ),
    ("confirmed", "Thank you. Send the form once more."),
    (
        "reset_sent",
        "If there is an account of this address, we sent a mail to it. Open the link in it to choose another password.",
    ),
    (
        "verification_resent",
        "If this address waits to be confirmed, we sent another mail to it.",
    ),
    (
        "password_reset",
        "Your password is changed, and all devices are signed out. Sign in with the new one.",
    ),
    (
        "confirmation_sent",
        "We sent a mail to the new address. Open the link in it to confirm that it is yours.",
    ),
    (
        "address_changed",
        "Your address is changed, and all other devices are signed out.",
    ),
    ("renamed", "Your name is changed."),
    ("account_deleted", "Your account is deleted."),
    ("registered", "Your account is ready."),
];

/// What the address of a page says was done.
pub(super) fn notice_of(uri: &Uri) -> Option<&'static str> {
    let name = html::parameter(uri, "notice")?;
    let found = NOTICES.iter().find(|(known, _)| *known == name);
    found.map(|(_, sentence)| *sentence)
}
