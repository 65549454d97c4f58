//! What a query string may say, and what is said of the rest.

use super::super::page::page;
use super::super::query::{read, seen_by};
use super::*;
use crate::error::Error;

const UNKNOWN: &str = "There is no such parameter, or it stands more than once.";
const NO_FIELD: &str = "It names a field that does not exist.";
const TEXT_OPS: &str = "Its operators are eq, ne, gt, gte, lt, lte, in, nin, null, like.";
const ORDERED_OPS: &str = "Its operators are eq, ne, gt, gte, lt, lte, in, nin, null.";
const CHOICE_OPS: &str = "Its operators are eq, ne, in, nin, null.";

fn refusal(error: &Error) -> (String, String) {
    assert_eq!(
        (error.status().as_u16(), error.code()),
        (400, "invalid_query")
    );
    let [error] = error.extra().errors.as_slice() else {
        panic!("one parameter is at fault");
    };
    (error.field.clone(), error.message.clone())
}

#[test]
fn what_cannot_be_asked_is_refused_by_name() {
    let many = |value: &str, count: usize| vec![value; count].join(",");
    let long = "x".repeat(201);
    let cases = [
        ("colour=red".into(), "colour", UNKNOWN),
        (
            "limit=0".into(),
            "limit",
            "Send a number from 1 to 200, once.",
        ),
        (
            "limit=201".into(),
            "limit",
            "Send a number from 1 to 200, once.",
        ),
        (
            "limit=".into(),
            "limit",
            "Send a number from 1 to 200, once.",
        ),
        (
            "limit=1e1".into(),
            "limit",
            "Send a number from 1 to 200, once.",
        ),
        ("limit=5&limit=5".into(), "limit", UNKNOWN),
        ("cursor=a&cursor=a".into(), "cursor", UNKNOWN),
        ("format=csv".into(), "format", UNKNOWN),
        ("q=a&q=b".into(), "q", UNKNOWN),
        ("q=".into(), "q", "Send 1 to 200 characters."),
        (format!("q={long}"), "q", "Send 1 to 200 characters."),
        ("q=a%00b".into(), "q", "Send text without NUL characters."),
        (
            "sort=%00".into(),
            "sort",
            "Send text without NUL characters.",
        ),
        (
            "fields=name%00".into(),
            "fields",
            "Send text without NUL characters.",
        ),
        (
            "cursor=%00".into(),
            "cursor",
            "Send text without NUL characters.",
        ),
        (
            "filter[name]=%00".into(),
            "filter[name]",
            "Send text without NUL characters.",
        ),
        (
            "filter[name]=a%0Ab".into(),
            "filter[name]",
            "Send one line without control characters.",
        ),
        ("filter[name".into(), "filter[name", UNKNOWN),
        ("filter=name".into(), "filter", UNKNOWN),
        ("filter[]=x".into(), "filter[]", UNKNOWN),
        ("filter[tenant_id]=x".into(), "filter[tenant_id]", UNKNOWN),
        ("filter[name%22]=x".into(), "filter[name\"]", UNKNOWN),
        ("filter[Name]=x".into(), "filter[Name]", UNKNOWN),
        (
            "filter[name]=x&filter[name][eq]=y".into(),
            "filter[name][eq]",
            UNKNOWN,
        ),
        (
            "filter[name][like]=x&filter[name][like]=x".into(),
            "filter[name][like]",
            UNKNOWN,
        ),
        ("filter[name][]=x".into(), "filter[name][]", TEXT_OPS),
        ("filter[name][EQ]=x".into(), "filter[name][EQ]", TEXT_OPS),
        (
            "filter[name][eq][eq]=x".into(),
            "filter[name][eq][eq]",
            TEXT_OPS,
        ),
        (
            "filter[notes][regex]=x".into(),
            "filter[notes][regex]",
            TEXT_OPS,
        ),
        (
            "filter[count][like]=1".into(),
            "filter[count][like]",
            ORDERED_OPS,
        ),
        (
            "filter[price][like]=1".into(),
            "filter[price][like]",
            ORDERED_OPS,
        ),
        ("filter[at][like]=1".into(), "filter[at][like]", ORDERED_OPS),
        ("filter[id][like]=1".into(), "filter[id][like]", ORDERED_OPS),
        (
            "filter[parent_id][like]=1".into(),
            "filter[parent_id][like]",
            ORDERED_OPS,
        ),
        (
            "filter[open][gt]=true".into(),
            "filter[open][gt]",
            CHOICE_OPS,
        ),
        (
            "filter[status][lt]=draft".into(),
            "filter[status][lt]",
            CHOICE_OPS,
        ),
        (
            "filter[status][like]=a".into(),
            "filter[status][like]",
            CHOICE_OPS,
        ),
        (
            "filter[data]={}".into(),
            "filter[data]",
            "Its operators are null.",
        ),
        (
            "filter[data][null]=no".into(),
            "filter[data][null]",
            "Send true or false.",
        ),
        (
            "filter[name][null]=".into(),
            "filter[name][null]",
            "Send true or false.",
        ),
        (
            "filter[name][like]=".into(),
            "filter[name][like]",
            "Send 1 to 200 characters.",
        ),
        (
            format!("filter[name][like]={long}"),
            "filter[name][like]",
            "Send 1 to 200 characters.",
        ),
        (
            format!("filter[name]={long}"),
            "filter[name]",
            "Send at most 200 characters.",
        ),
        (
            format!("filter[name][in]=a,{long}"),
            "filter[name][in]",
            "Send at most 200 characters.",
        ),
        (
            format!("filter[name][in]={}", many("a", 101)),
            "filter[name][in]",
            "Send at most 100 values.",
        ),
        (
            format!("filter[count][nin]={}", many("1", 101)),
            "filter[count][nin]",
            "Send at most 100 values.",
        ),
        (
            "filter[count][in]=1,,2".into(),
            "filter[count][in]",
            "Send a whole number of 64 bits.",
        ),
        (
            "filter[count]=1.0".into(),
            "filter[count]",
            "Send a whole number of 64 bits.",
        ),
        (
            "filter[count]=9223372036854775808".into(),
            "filter[count]",
            "Send a whole number of 64 bits.",
        ),
        (
            "filter[count]='1'".into(),
            "filter[count]",
            "Send a whole number of 64 bits.",
        ),
        (
            "filter[price]=1.005".into(),
            "filter[price]",
            "Send at most 2 digits after the point.",
        ),
        (
            "filter[price]=NaN".into(),
            "filter[price]",
            "Send a decimal number as text, such as \"12.50\".",
        ),
        (
            "filter[price]=10000000000".into(),
            "filter[price]",
            "Send at most 12 digits.",
        ),
        (
            "filter[open]=1".into(),
            "filter[open]",
            "Send true or false.",
        ),
        (
            "filter[at]=yesterday".into(),
            "filter[at]",
            "Send an instant such as 2026-11-24T09:30:00Z (RFC 3339).",
        ),
        (
            "filter[status]=gone".into(),
            "filter[status]",
            "Send one of draft, active, archived.",
        ),
        (
            "filter[status][in]=draft,gone".into(),
            "filter[status][in]",
            "Send one of draft, active, archived.",
        ),
        (
            "filter[parent_id]=1".into(),
            "filter[parent_id]",
            "Send the id of a record.",
        ),
        ("filter[id]=1".into(), "filter[id]", "Send a UUID."),
        ("filter[token]=1".into(), "filter[token]", "Send a UUID."),
        (
            "filter[token][like]=1".into(),
            "filter[token][like]",
            ORDERED_OPS,
        ),
        (
            "filter[day]=2026-02-30".into(),
            "filter[day]",
            "Send a day such as 2026-11-24.",
        ),
        (
            "filter[day][like]=2026".into(),
            "filter[day][like]",
            ORDERED_OPS,
        ),
        (
            "filter[contact][regex]=a".into(),
            "filter[contact][regex]",
            TEXT_OPS,
        ),
        (
            "filter[site][regex]=a".into(),
            "filter[site][regex]",
            TEXT_OPS,
        ),
        ("sort=".into(), "sort", NO_FIELD),
        ("sort=-".into(), "sort", NO_FIELD),
        ("sort=--name".into(), "sort", NO_FIELD),
        ("sort=%2Bname".into(), "sort", NO_FIELD),
        ("sort=name,".into(), "sort", NO_FIELD),
        ("sort=tenant_id".into(), "sort", NO_FIELD),
        ("sort=name desc".into(), "sort", NO_FIELD),
        ("sort=(SELECT 1)".into(), "sort", NO_FIELD),
        ("sort=name&sort=name".into(), "sort", UNKNOWN),
        (
            "sort=name,-name".into(),
            "sort",
            "It names `name` more than once.",
        ),
        (
            "sort=name,count,price,at".into(),
            "sort",
            "Sort by at most 3 fields.",
        ),
        ("sort=notes".into(), "sort", "`notes` cannot be sorted by."),
        ("sort=wide".into(), "sort", "`wide` cannot be sorted by."),
        ("sort=data".into(), "sort", "`data` cannot be sorted by."),
        ("fields=".into(), "fields", NO_FIELD),
        ("fields=*".into(), "fields", NO_FIELD),
        ("fields=id,tenant_id".into(), "fields", NO_FIELD),
        (
            "fields=name,name".into(),
            "fields",
            "It names `name` more than once.",
        ),
        ("fields=name&fields=id".into(), "fields", UNKNOWN),
    ];
    for (query, name, message) in cases {
        let query: String = query;
        let error = read(&THINGS, |_| true, &query).expect_err(&query);
        let expected = (name.to_owned(), message.to_owned());
        assert_eq!(refusal(&error), expected, "{query}");
    }
}

#[test]
fn what_is_long_or_much_stays_bounded() {
    let name = "x".repeat(100_000);
    let error = read(&THINGS, |_| true, &format!("{name}=1")).unwrap_err();
    assert_eq!(refusal(&error).0.chars().count(), 101);
    for query in [
        format!("filter[{name}]=1"),
        format!("sort={name}"),
        format!("fields={name}"),
        format!("filter[name][{name}]=1"),
    ] {
        let (field, message) = refusal(&read(&THINGS, |_| true, &query).unwrap_err());
        assert!(field.chars().count() + message.chars().count() < 300);
    }

    let filters: Vec<String> = ["name", "nickname", "count"]
        .iter()
        .flat_map(|field| {
            ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
                .map(|op| format!("filter[{field}][{op}]=1"))
        })
        .collect();
    assert!(read(&THINGS, |_| true, &filters[..20].join("&")).is_ok());
    let error = read(&THINGS, |_| true, &filters[..21].join("&")).unwrap_err();
    let message = "Send at most 20 filters.".to_owned();
    assert_eq!(refusal(&error), ("filter[count][lt]".to_owned(), message));
}

#[test]
fn a_field_that_is_not_seen_is_one_that_does_not_exist() {
    let holder = nobody();
    let sees = |field: &FieldDef| seen_by(Some(&holder), field);
    for query in [
        "filter[%]=a",
        "filter[%][gt]=a",
        "filter[%][no]=a",
        "sort=%",
        "sort=name,-%",
        "fields=name,%",
    ] {
        let of = |name: &str| refusal(&read(&THINGS, sees, &query.replace('%', name)).unwrap_err());
        let (mut hidden, none) = (of("cost"), of("nope"));
        hidden.0 = hidden.0.replace("cost", "nope");
        assert_eq!(hidden, none, "{query}");
        assert!(
            read(
                &THINGS,
                |field| seen_by(None, field),
                &query.replace('%', "cost")
            )
            .is_err()
        );
    }
    for query in [
        "filter[cost]=a",
        "filter[cost][gt]=a",
        "sort=-cost",
        "fields=cost",
    ] {
        assert!(read(&THINGS, |_| true, query).is_ok(), "{query}");
    }
}

#[tokio::test]
async fn the_store_checks_again_what_a_handler_wrote() {
    let app = on_sqlite().await;
    let unit = unit(&app, Uuid::now_v7(), Mode::Read);
    let holder = nobody();
    for (text, name, message) in [
        ("filter[cost]=a", "filter[cost]", UNKNOWN),
        ("filter[cost][null]=false", "filter[cost]", UNKNOWN),
        ("sort=-cost", "sort", NO_FIELD),
        ("fields=name,cost", "fields", NO_FIELD),
    ] {
        let (query, window) = read(&THINGS, |_| true, text).unwrap();
        let narrow = Access::new(&unit, &holder, None, &[]);
        let error = page(narrow, &query, &window).await.unwrap_err();
        assert_eq!(
            refusal(&error),
            (name.to_owned(), message.to_owned()),
            "{text}"
        );
        page(seeing(&unit, &holder, None), &query, &window)
            .await
            .unwrap();
    }
}
