//! Queries of the platform's lists: a page, and what narrows it.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::error::{Error, Result};
use crate::http::PageQuery;

const LONGEST: usize = 200;

/// `?q=&status=&tenant=&tenants=` beside `limit` and `cursor`. Which of them a list takes, it says itself.
#[derive(Debug)]
pub(super) struct ListQuery {
    pub(super) page: PageQuery,
    given: Vec<(String, String)>,
}

/// What narrows a list of the platform.
const NARROWING: [&str; 4] = ["q", "status", "tenant", "tenants"];

impl FromRequestParts<()> for ListQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &()) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let mut given: Vec<(String, String)> = Vec::new();
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let again = given.iter().any(|(known, _)| *known == name);
            if NARROWING.contains(&&*name) && !again {
                if value.chars().count() > LONGEST || value.contains('\0') {
                    return Err(Error::invalid_query(
                        &*name,
                        "Use 200 characters at most, without NUL.",
                    ));
                }
                given.push((name.into_owned(), value.into_owned()));
            } else {
                rest.append_pair(&name, &value);
            }
        }
        let page = PageQuery::parse(&rest.finish())?;
        Ok(Self { page, given })
    }
}

impl ListQuery {
    /// Refuses parameters that this list does not take.
    pub(super) fn only(&self, names: &[&str]) -> Result<()> {
        match self
            .given
            .iter()
            .find(|(name, _)| !names.contains(&&**name))
        {
            None => Ok(()),
            Some((name, _)) => Err(Error::invalid_query(
                name,
                "There is no such parameter, or it stands more than once.",
            )),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.given.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What `q` looks for, as a pattern of LIKE with `\` before what is meant literally; everything
    /// without one.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for character in self.get("q").unwrap_or_default().chars() {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(character.to_ascii_lowercase());
        }
        pattern.push('%');
        pattern
    }

    /// `status`, as a pattern of LIKE.
    ///
    /// # Errors
    /// For another word than `active` and `suspended`.
    pub(super) fn status(&self) -> Result<&'static str> {
        match self.get("status") {
            None => Ok("%"),
            Some("active") => Ok("active"),
            Some("suspended") => Ok("suspended"),
            Some(_) => Err(Error::invalid_query(
                "status",
                "It is `active` or `suspended`.",
            )),
        }
    }

    /// The list's name for its cursors, which hold for the same question alone.
    pub(super) fn name(&self, list: &str) -> String {
        let given = self.given.iter();
        let given = given.map(|(name, value)| format!("&{name}={value}"));
        given.fold(list.to_owned(), |name, part| name + &part)
    }
}
