//! The pages there are, and what the template of each is told.
//!
//! | file | |
//! | --- | --- |
//! | `form` | a form: what was sent, and what is wrong with it |
//! | `views`, `recovery` | what each page shows, besides `app`, `style` and `failed` |

mod form;
mod recovery;
mod views;

use serde::Serialize;

pub(crate) use form::{Fields, Form};
pub(crate) use recovery::{ConfirmEmail, ForgotPassword, ResendVerification, ResetPassword};
pub(crate) use views::{
    AcceptInvitation, Account, Action, Login, Message, Person, Provider, Reauthenticate,
    SessionRow, Sessions, Signup, TenantRow, VerifyEmail,
};

use super::{Templates, sentence};
use crate::error::{Error, Result};
use minijinja::Value;
use minijinja::value::Serde;

/// A page: `pages/<NAME>.html.jinja`, and what it is told.
pub(crate) trait Page: Serialize {
    const NAME: &'static str;

    /// Where its forms are sent to, which no template of the page may lose.
    const FORMS: &'static [&'static str] = &[];

    /// What it may be told, for the check at the start. Forms are all in the first.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

#[derive(Serialize)]
struct Told<'a, P> {
    app: &'a str,
    /// The address of the sheet.
    style: Value,
    /// Whether the page is an answer to what went wrong.
    failed: bool,
    #[serde(flatten)]
    page: &'a P,
}

impl Templates {
    /// A page as HTML.
    ///
    /// # Errors
    /// 500 where the template fails on these values.
    pub(crate) fn page<P: Page>(&self, app: &str, failed: bool, page: &P) -> Result<String> {
        self.try_page(app, failed, page)
            .map_err(|error| Error::internal(sentence(&path::<P>(), &error)))
    }

    fn try_page<P: Page>(
        &self,
        app: &str,
        failed: bool,
        page: &P,
    ) -> Result<String, minijinja::Error> {
        let told = Told {
            app,
            // A path and a number: nothing in it needs escaping.
            style: Value::from_safe_string(self.style.address.clone()),
            failed,
            page,
        };
        self.environment
            .get_template(&path::<P>())?
            .render(Serde(told))
    }
}

fn path<P: Page>() -> String {
    format!("pages/{}.html.jinja", P::NAME)
}

/// What is wrong with the pages' templates, by rendering them with samples.
pub(super) fn check(templates: &Templates) -> Vec<String> {
    let checks = [
        wrong::<AcceptInvitation>,
        wrong::<Account>,
        wrong::<ConfirmEmail>,
        wrong::<ForgotPassword>,
        wrong::<Login>,
        wrong::<Message>,
        wrong::<Reauthenticate>,
        wrong::<ResendVerification>,
        wrong::<ResetPassword>,
        wrong::<Sessions>,
        wrong::<Signup>,
        wrong::<VerifyEmail>,
    ];
    checks
        .into_iter()
        .filter_map(|check| check(templates))
        .collect()
}

fn wrong<P: Page>(templates: &Templates) -> Option<String> {
    for (at, sample) in P::samples().iter().enumerate() {
        let html = match templates.try_page("Sample", at > 0, sample) {
            Ok(html) => html,
            Err(error) => return Some(sentence(&path::<P>(), &error)),
        };
        let lost = |form: &&&str| !html.contains(&format!("action=\"{form}\""));
        if let Some(form) = P::FORMS.iter().filter(|_| at == 0).find(lost) {
            let path = path::<P>();
            return Some(format!(
                "templates/{path}:1: no form has `action=\"{form}\"`, which the page is for"
            ));
        }
    }
    None
}
