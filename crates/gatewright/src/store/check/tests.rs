use serde_json::json;

use super::*;
use crate::model::{AuthPolicy, Limits, Model, ResourceDef, Signup};

const STRING: FieldType = FieldType::String {
    min: 2,
    max: 4,
    pattern: None,
};

fn field(ty: FieldType) -> FieldDef {
    FieldDef {
        name: "field",
        ty,
        ..FieldDef::DEFAULT
    }
}

/// The value that JSON becomes, as JSON again, or the code of its refusal.
fn given(ty: FieldType, json: &Json) -> Result<Json, &'static str> {
    let value = parse(&field(ty), json).map_err(|error| error.code)?;
    Ok(crate::store::record::wire(&value))
}

fn assert_taken(ty: FieldType, values: &[Json]) {
    for value in values {
        assert_eq!(given(ty, value).as_ref(), Ok(value), "{value}");
    }
}

fn assert_refused(ty: FieldType, code: &str, values: &[Json]) {
    for value in values {
        assert_eq!(given(ty, value), Err(code), "{value}");
    }
}

#[test]
fn strings_have_two_ends() {
    assert_taken(STRING, &[json!("ab"), json!("äöüß")]);
    assert_refused(STRING, "too_short", &[json!(""), json!("ß")]);
    assert_refused(STRING, "too_long", &[json!("abcde"), json!("äöüßs")]);
    assert_refused(STRING, "invalid_characters", &[json!("a\tb"), json!("a\0")]);
    assert_refused(STRING, "invalid_type", &[json!(1), json!(["ab"])]);
    assert_refused(STRING, "required", &[json!(null)]);
    let text = FieldType::Text { min: 2, max: 4 };
    assert_taken(text, &[json!("a\n"), json!("äöüß")]);
    assert_refused(text, "too_short", &[json!("a")]);
    assert_refused(text, "invalid_characters", &[json!("a\0")]);
}

#[test]
fn days_are_days_alone() {
    assert_taken(
        FieldType::Date,
        &[
            json!("2026-02-28"),
            json!("0001-01-01"),
            json!("9999-12-31"),
        ],
    );
    let refused = [
        json!("2026-02-30"),
        json!("2026-2-3"),
        json!("20260203"),
        json!("2026-02-03T00:00:00Z"),
        json!("2026-02-03T00:00"),
        json!("2026-02-03[UTC]"),
        json!(" 2026-02-03"),
        json!("+002026-02-03"),
        json!(20_260_203),
    ];
    assert_refused(FieldType::Date, "invalid_type", &refused);
    assert_refused(
        FieldType::Date,
        "out_of_range",
        &[json!("0000-12-31"), json!("-000001-01-01")],
    );
}

#[test]
fn uuids_are_kept_in_one_form() {
    let id = "01936e2c-8c5a-7d3e-9b1f-0123456789ab";
    assert_taken(FieldType::Uuid, &[json!(id)]);
    let upper = json!(id.to_uppercase());
    assert_eq!(given(FieldType::Uuid, &upper), Ok(json!(id)));
    assert_refused(FieldType::Uuid, "invalid_type", &[json!(""), json!(7)]);
}

#[test]
fn addresses_are_kept_as_they_are_written() {
    assert_taken(
        FieldType::Email,
        &[json!("Ada@Example.com"), json!("a.b+c@example.co.uk")],
    );
    let refused = [
        json!("ada"),
        json!("ada@"),
        json!(" ada@example.com"),
        json!("ada@example.com\n"),
        json!("ada@exämple.com"),
        json!("a@b@example.com"),
    ];
    assert_refused(FieldType::Email, "invalid", &refused);
    let long = format!("ada@{}.com", "a.".repeat(130));
    assert_refused(FieldType::Email, "too_long", &[json!(long)]);
}

#[test]
fn urls_are_of_the_web() {
    let taken = [
        json!("https://example.com"),
        json!("http://example.com:8080/a/b?c=d&e=%20f#g"),
        json!("HTTPS://Example.com/"),
        json!("https://[2001:db8::1]:443/"),
        json!("https://127.0.0.1/"),
        json!("https://example.com/?next=https://example.org/@x"),
    ];
    assert_taken(FieldType::Url, &taken);
    let refused = [
        json!(""),
        json!("example.com"),
        json!("/path"),
        json!("//example.com/"),
        json!("javascript:alert(1)"),
        json!("data:text/html,x"),
        json!("ftp://example.com/"),
        json!("https://"),
        json!("https:///path"),
        json!("https://:80/"),
        json!("https://example.com:99999/"),
        json!("https://ada@example.com/"),
        json!("https://good.example@evil.example/"),
        json!("https://example.com/a b"),
        json!(" https://example.com/"),
        json!("https://example.com/\n"),
        json!("https://example.com\\@evil.example/"),
        json!("https://example.com/%zz"),
        json!("https://example.com/%2"),
        json!("https://example.com/ä"),
        json!("https://example.com/<script>"),
        json!("java\nscript:alert(1)"),
    ];
    assert_refused(FieldType::Url, "invalid", &refused);
    let long = format!("https://example.com/{}", "a".repeat(2_029));
    assert_refused(FieldType::Url, "too_long", &[json!(long)]);
}

#[test]
fn json_is_kept_as_both_databases_keep_it() {
    let ty = FieldType::Json { max: 64 };
    let taken = [
        json!({"b": [1, -2, 0.5, null, true], "a": {"c": "ä"}}),
        json!("text"),
        json!(false),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(1e-7),
    ];
    assert_taken(ty, &taken);
    assert_refused(ty, "required", &[json!(null)]);
    assert_refused(ty, "too_long", &[json!("a".repeat(63))]);
    assert_taken(ty, &[json!("a".repeat(62))]);
    let nul = [json!("\0"), json!({"a\0": 1}), json!([[{"a": "b\0"}]])];
    assert_refused(ty, "invalid_characters", &nul);
    // What PostgreSQL would give back otherwise.
    for (sent, kept) in [
        (json!(-0.0), "0.0"),
        (json!(1e16), "10000000000000000"),
        (json!(-1e18), "-1000000000000000000"),
        (json!(1e19), "10000000000000000000"),
        (json!(1e20), "1e+20"),
        (json!(1e15), "1000000000000000.0"),
    ] {
        assert_eq!(given(ty, &sent).unwrap().to_string(), kept, "{sent}");
    }
}

#[test]
fn json_is_no_deeper_than_it_can_be_read_again() {
    let ty = FieldType::Json { max: 65_536 };
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    assert!(given(ty, &nested(100)).is_ok());
    assert_eq!(given(ty, &nested(101)), Err("too_deep"));
    assert_eq!(given(ty, &nested(500)), Err("too_deep"));
}

#[test]
fn null_in_json_is_the_fields_null() {
    let optional = FieldDef {
        optional: true,
        ..field(FieldType::Json { max: 64 })
    };
    for null in [Value::Null, Value::Json(Json::Null)] {
        assert_eq!(check(&optional, null).unwrap(), Value::Null);
    }
}

static CODE: FieldDef = code("[a-z]+|[0-9]{3}");
static BROKEN: FieldDef = code("(");
const THINGS: &ResourceDef = &ResourceDef {
    name: "things",
    fields: &[code("[a-z]+|[0-9]{3}")],
    ..ResourceDef::DEFAULT
};
const BROKEN_THINGS: &ResourceDef = &ResourceDef {
    name: "things",
    fields: &[code("(")],
    ..ResourceDef::DEFAULT
};

const fn code(pattern: &'static str) -> FieldDef {
    FieldDef {
        name: "code",
        ty: FieldType::String {
            min: 0,
            max: 20,
            pattern: Some(pattern),
        },
        ..FieldDef::DEFAULT
    }
}

fn patterns_of(resources: &'static [&'static ResourceDef]) -> Result<Patterns, String> {
    Patterns::new(&Model {
        app: "",
        auth: AuthPolicy {
            signup: Signup::Open,
            require_verified_email: true,
            access_token_ttl: 1,
            refresh_token_ttl: 1,
            session_idle_ttl: 1,
            passwords: true,
            providers: &[],
        },
        row_level_security: true,
        limits: Limits::NONE,
        permissions: &[],
        roles: &[],
        resources,
    })
}

#[test]
fn a_pattern_is_matched_whole() {
    let patterns = patterns_of(&[THINGS]).unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    for value in ["abc", "123"] {
        assert!(patterns.check(&CODE, &text(value)).is_ok(), "{value}");
    }
    for value in ["", "abc1", "1234", "Abc", "abc\n", "x123"] {
        let error = patterns.check(&CODE, &text(value)).unwrap_err();
        assert_eq!(error.code, "pattern", "{value:?}");
    }
    // A pattern from elsewhere matches nothing; a field without one takes all.
    assert!(Patterns::default().check(&CODE, &text("abc")).is_err());
    assert!(patterns.check(&BROKEN, &text("(")).is_err());
    assert!(patterns.check(&field(STRING), &text("?")).is_ok());
}

#[test]
fn a_pattern_that_is_none_stops_the_start() {
    let error = patterns_of(&[BROKEN_THINGS]).unwrap_err();
    assert!(
        error.starts_with("the pattern of `things.code` cannot be used"),
        "{error}"
    );
}
