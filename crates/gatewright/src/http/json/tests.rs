use std::fmt::Write as _;

use serde::Deserialize;
use uuid::Uuid;

use super::*;
use crate::http::problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    email: String,
    #[serde(default)]
    way: Way,
    age: Option<u8>,
    tenant: Option<Tenant>,
    #[serde(default)]
    tags: Vec<Uuid>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    #[default]
    Cookie,
    Bearer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tenant {
    slug: String,
}

fn from_json<T: FromJson>(body: &[u8]) -> Result<T> {
    T::from_json(&JsonBody::new(body, None, None))
}

/// `field code`, or the code of the problem where no field is named.
fn refusal(body: &str) -> String {
    let error = from_json::<Form>(body.as_bytes()).unwrap_err();
    match error.extra().errors.first() {
        Some(wrong) => {
            assert_eq!(error.code(), "invalid_input");
            format!("{} {}", wrong.field, wrong.code)
        }
        None => error.code().to_owned(),
    }
}

#[test]
fn what_fits_is_read() {
    let form = from_json::<Form>(
        br#"{"email":"a","way":"bearer","age":7,"tenant":{"slug":"acme"},"tags":["018f0000-0000-7000-8000-000000000000"]}"#,
    )
    .unwrap();
    assert_eq!((form.way, form.age), (Way::Bearer, Some(7)));
    assert_eq!(form.tenant.unwrap().slug, "acme");
    assert_eq!(form.tags.len(), 1);
    let form = from_json::<Form>(br#"{"email":"a","age":null,"tenant":null}"#).unwrap();
    assert_eq!((form.email.as_str(), form.way), ("a", Way::Cookie));
    let any = from_json::<serde_json::Value>(br#"{"a":[1,-2,0.5,null,true,{"b":"c"}]}"#).unwrap();
    assert_eq!(any.to_string(), r#"{"a":[1,-2,0.5,null,true,{"b":"c"}]}"#);
}

#[test]
fn each_mistake_names_its_field() {
    for (body, expected) in [
        ("[]", "malformed_json"),
        (r#"["a","bearer"]"#, "malformed_json"),
        ("null", "malformed_json"),
        (r#""x""#, "malformed_json"),
        (r#"{"email":"a"} x"#, "malformed_json"),
        (r#"{"email":"a""#, "malformed_json"),
        ("{}", "email required"),
        (r#"{"email":null}"#, "email required"),
        (r#"{"email":7}"#, "email invalid_type"),
        (r#"{"email":["a"]}"#, "email invalid_type"),
        (r#"{"email":"a","role":"owner"}"#, "role unknown_field"),
        (r#"{"email":"a","way":"pigeon"}"#, "way invalid_value"),
        (r#"{"email":"a","way":7}"#, "way invalid_type"),
        (r#"{"email":"a","age":"7"}"#, "age invalid_type"),
        (r#"{"email":"a","age":300}"#, "age invalid_value"),
        (r#"{"email":"a","tenant":{}}"#, "tenant.slug required"),
        (r#"{"email":"a","tenant":"acme"}"#, "tenant invalid_type"),
        (r#"{"email":"a","tenant":["acme"]}"#, "tenant invalid_type"),
        (
            r#"{"email":"a","tenant":{"slug":"b","id":1}}"#,
            "tenant.id unknown_field",
        ),
        (r#"{"email":"a","tags":["x"]}"#, "tags.0 invalid_value"),
        (r#"{"email":"a","email":"b"}"#, "email duplicate"),
        (
            r#"{"email":"a","tenant":{"slug":"b","slug":"c"}}"#,
            "tenant.slug duplicate",
        ),
    ] {
        assert_eq!(refusal(body), expected, "{body}");
    }
}

/// The answer that a body gets, as it is sent.
async fn answer(body: &str) -> String {
    let error = from_json::<Form>(body.as_bytes()).unwrap_err();
    let response = problem::finish(error.into_response(), Uuid::nil());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn no_answer_repeats_what_was_sent() {
    for body in [
        r#"{"email":["hunter2 is my password"]}"#,
        r#"{"email":"a","way":"hunter2 is my password"}"#,
        r#"{"email":"a","age":"hunter2 is my password"}"#,
        r#"{"email":"a","tags":["hunter2 is my password"]}"#,
        r#"{"email":"a","tenant":"hunter2 is my password"}"#,
    ] {
        let answer = answer(body).await;
        assert!(!answer.contains("hunter2"), "{answer}");
        assert!(!answer.contains("struct"), "{answer}");
    }
}

#[tokio::test]
async fn a_flood_of_keys_is_answered_shortly() {
    let object = |key: &dyn Fn(usize) -> String, keys: usize| {
        let mut body = r#"{"email":"a""#.to_owned();
        for n in 0..keys {
            write!(body, ",\"{}\":0", key(n)).unwrap();
        }
        body + "}"
    };
    let long = "k".repeat(3_000);
    for body in [
        object(&|_| "a".to_owned(), 170_000),
        object(&|n| n.to_string(), 170_000),
        object(&|_| "a".to_owned(), 150),
        object(&|n| format!("{long}{n}"), 150),
        object(&|n| format!("{long}{}", n / 2), 150),
        format!(
            r#"{{"email":"a","tenant":{}}}"#,
            object(&|_| "a".to_owned(), 170_000)
        ),
    ] {
        let length = answer(&body).await.len();
        assert!(length < 16 * 1024, "{length}");
    }
}
