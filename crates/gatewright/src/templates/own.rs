//! The runtime's own templates, as they stand in `templates/`.

/// The three of a mail: subject, text and HTML.
macro_rules! mail {
    ($name:literal) => {
        [
            own!(concat!("mails/", $name, ".subject.txt.jinja")),
            own!(concat!("mails/", $name, ".txt.jinja")),
            own!(concat!("mails/", $name, ".html.jinja")),
        ]
    };
}

macro_rules! own {
    ($path:expr) => {
        (
            $path,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path)),
        )
    };
}

/// A template's path below `templates/`, and its source.
pub(crate) type Source = (&'static str, &'static str);

const PARTS: [Source; 2] = [
    own!("mails/button.html.jinja"),
    own!("mails/layout.html.jinja"),
];

const MAILS: [[Source; 3]; 9] = [
    mail!("account_deleted"),
    mail!("address_changed"),
    mail!("already_registered"),
    mail!("confirm_new_address"),
    mail!("invitation"),
    mail!("new_device"),
    mail!("password_changed"),
    mail!("reset_password"),
    mail!("verify_address"),
];

const PAGES: [Source; 17] = [
    own!("pages/accept_invitation.html.jinja"),
    own!("pages/account.html.jinja"),
    own!("pages/alert.html.jinja"),
    own!("pages/confirm_email.html.jinja"),
    own!("pages/field.html.jinja"),
    own!("pages/forgot_password.html.jinja"),
    own!("pages/layout.html.jinja"),
    own!("pages/login.html.jinja"),
    own!("pages/message.html.jinja"),
    own!("pages/navigation.html.jinja"),
    own!("pages/notice.html.jinja"),
    own!("pages/reauthenticate.html.jinja"),
    own!("pages/resend_verification.html.jinja"),
    own!("pages/reset_password.html.jinja"),
    own!("pages/sessions.html.jinja"),
    own!("pages/signup.html.jinja"),
    own!("pages/verify_email.html.jinja"),
];

/// The sheet of all pages, which is no template.
pub(super) const STYLE: Source = own!("pages/style.css");

/// All that are filled in.
pub(super) fn templates() -> impl Iterator<Item = Source> {
    PARTS
        .into_iter()
        .chain(MAILS.into_iter().flatten())
        .chain(PAGES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn all_of_the_folder_are_named() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut there = BTreeSet::new();
        for kind in fs::read_dir(&folder).unwrap() {
            for file in fs::read_dir(kind.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                let path = path.strip_prefix(&folder).unwrap();
                there.insert(path.to_str().unwrap().to_owned());
            }
        }
        let named = super::templates().chain([super::STYLE]);
        let named = named.map(|(path, _)| path.to_owned());
        assert_eq!(named.collect::<BTreeSet<_>>(), there);
    }
}
