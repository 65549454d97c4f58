//! What a page's form or a program sends to the same path: a form or JSON.

use std::collections::BTreeSet;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::deadline::Deadline;
use super::json::read_body;
use super::{Context, FromJson, Json, JsonBody, Origin};
use crate::error::{Error, Result};
use crate::templates::Fields;

/// The largest form, in bytes: a password of 128 characters in its longest encoding, twice, and the rest.
const LIMIT: usize = 16 << 10;

/// Where a form may say the browser goes then. It is every form's, and no route's own.
const NEXT: &str = "next";

/// A body of JSON or of a form; both become the same type, by the same rules.
#[derive(Debug)]
pub(crate) enum Submitted<T> {
    Json(T),
    Form(Form<T>),
}

/// A form, be it that it can be accepted or not: its page is shown again with what was sent.
#[derive(Debug)]
pub(crate) struct Form<T> {
    pub(crate) asked: Result<T>,
    pub(crate) fields: Fields,
}

impl<T> Form<T> {
    /// Where it says to go, unchecked.
    pub(crate) fn next(&self) -> Option<&str> {
        self.fields.get(NEXT)
    }
}

/// Whether a body comes from a form of a page.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| {
            essence
                .trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

impl<T: FromJson> FromRequest<()> for Submitted<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &()) -> Result<Self> {
        if !is_form(request.headers()) {
            return Json::from_request(request, &())
                .await
                .map(|Json(asked)| Self::Json(asked));
        }
        let context = request.extensions().get::<Context>().cloned();
        // A page's form says where it comes from, or nobody can tell that it is ours.
        if context
            .as_ref()
            .is_none_or(|context| context.origin != Origin::Same)
        {
            return Err(Error::cross_origin());
        }
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(Error::unsupported_media_type());
        }
        let deadline = request.extensions().get::<Deadline>().cloned();
        deadline.as_ref().inspect(|deadline| deadline.body_begins());
        let body = read_body(request.into_body(), LIMIT).await?;
        deadline.inspect(Deadline::body_ends);
        let fields = parse(&body)?;
        let asked = object(&fields).and_then(|json| {
            let json = serde_json::to_vec(&json).map_err(Error::internal)?;
            T::from_json(&JsonBody::new(&json, None, context.as_ref()))
        });
        Ok(Self::Form(Form { asked, fields }))
    }
}

/// Each name once: which of two counts would be a guess.
fn parse(body: &Bytes) -> Result<Fields> {
    let fields: Vec<(String, String)> = form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let names: BTreeSet<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    match names.len() == fields.len() {
        true => Ok(Fields(fields)),
        false => Err(Error::bad_request(
            "broken_form",
            "A field stands in this form more than once.",
        )),
    }
}

/// The form as the object that JSON would be. `tenant.slug` is `slug` within `tenant`, which is left out where
/// all of it was left blank.
fn object(fields: &Fields) -> Result<Value> {
    let mut members = Map::new();
    let mut blank: BTreeSet<&str> = BTreeSet::new();
    for (name, value) in &fields.0 {
        if name == NEXT {
            continue;
        }
        let value_of = || Value::String(value.clone());
        let Some((group, within)) = name.split_once('.') else {
            members.insert(name.clone(), value_of());
            continue;
        };
        let group_of = members.entry(group).or_insert_with(|| {
            blank.insert(group);
            Value::Object(Map::new())
        });
        // `tenant` and `tenant.slug` at once.
        let group_of = group_of
            .as_object_mut()
            .ok_or_else(|| Error::bad_request("broken_form", "This form contradicts itself."))?;
        group_of.insert(within.to_owned(), value_of());
        if !value.trim().is_empty() {
            blank.remove(group);
        }
    }
    for group in blank {
        members.remove(group);
    }
    Ok(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &'static str) -> Result<Value> {
        object(&parse(&Bytes::from_static(body.as_bytes()))?)
    }

    #[test]
    fn a_form_becomes_the_object_that_json_would_be() {
        let form = "email=a%40b.c&name=&next=%2Fx&tenant.name=A+%26+B&tenant.slug=";
        let expected = json!({
            "email": "a@b.c",
            "name": "",
            "tenant": { "name": "A & B", "slug": "" },
        });
        assert_eq!(read(form).unwrap(), expected);
        let blank = "email=a&tenant.name=&tenant.slug=+";
        assert_eq!(read(blank).unwrap(), json!({ "email": "a" }));
        assert_eq!(read("").unwrap(), json!({}));
    }

    #[test]
    fn a_form_that_contradicts_itself_is_refused() {
        for form in ["a=1&a=2", "a=1&a=1", "a=1&a.b=2", "next=%2Fa&next=%2Fb"] {
            let error = read(form).unwrap_err();
            assert_eq!(error.code(), "broken_form", "{form}");
        }
    }

    #[test]
    fn a_form_is_known_by_its_media_type() {
        let form = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            is_form(&headers)
        };
        assert!(form("application/x-www-form-urlencoded"));
        assert!(form("Application/X-WWW-Form-Urlencoded; charset=utf-8"));
        for other in ["application/json", "text/plain", "multipart/form-data"] {
            assert!(!form(other), "{other}");
        }
    }
}
