use super::*;

/// The items, or `field code` of every mistake, or the code of the problem where no field is named.
fn read(body: &str) -> String {
    let error = match parse(body.as_bytes(), "records") {
        Ok(items) => return format!("{} items", items.len()),
        Err(error) => error,
    };
    let errors = error.extra().errors.iter();
    let errors: Vec<_> = errors
        .map(|error| format!("{} {}", error.field, error.code))
        .collect();
    match &errors[..] {
        [] => error.code().to_owned(),
        errors => errors.join(", "),
    }
}

#[test]
fn a_list_is_read_whatever_its_items_are() {
    for (body, expected) in [
        (r#"{"records":[{}]}"#, "1 items"),
        (
            r#"{"records":[{"a":1},"x",7,null,[1],true,1.5,-1]}"#,
            "8 items",
        ),
        (r#"{"records":[]}"#, "records empty"),
        ("{}", "records required"),
        (r#"{"records":null}"#, "records invalid_type"),
        (r#"{"records":{"0":{}}}"#, "records invalid_type"),
        (r#"{"records":"x"}"#, "records invalid_type"),
        (r#"{"records":[{}],"x":1}"#, "x unknown_field"),
        (
            r#"{"recordS":[{}]}"#,
            "recordS unknown_field, records required",
        ),
        ("[]", "malformed_json"),
        (r#"{"records":[{}]"#, "malformed_json"),
        (r#"{"records":[{}]} x"#, "malformed_json"),
        (r#"{"records":[{]}"#, "malformed_json"),
    ] {
        assert_eq!(read(body), expected, "{body}");
    }
}

#[test]
fn each_key_stands_once_at_every_depth() {
    for (body, expected) in [
        (r#"{"records":[{}],"records":[{}]}"#, "records duplicate"),
        (
            r#"{"records":[{"a":1},{"a":1,"a":2}]}"#,
            "records.1.a duplicate",
        ),
        (
            r#"{"records":[{"a":{"b":1,"\u0062":2}}]}"#,
            "records.0.a.b duplicate",
        ),
        (
            r#"{"records":[{"a":[0,{"b":1,"b":2}]}]}"#,
            "records.0.a.1.b duplicate",
        ),
    ] {
        assert_eq!(read(body), expected, "{body}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let list =
        |item: &str, items: usize| format!(r#"{{"records":[{}]}}"#, vec![item; items].join(","));
    assert_eq!(read(&list("{}", MOST_ITEMS)), "1000 items");
    assert_eq!(read(&list("{}", MOST_ITEMS + 1)), "records too_many");
    assert_eq!(read(&list("0", 1_000_000)), "records too_many");
    // Few items may hold too much as well.
    assert_eq!(read(&list(&list("0", 1_000), 251)), "records too_many");
    assert_eq!(read(&list(&list("0", 100_000), 2)), "2 items");
    assert_eq!(read(&list(&"[".repeat(1_000), 1)), "malformed_json");
    let keys: Vec<String> = (0..201).map(|n| format!("\"{n}\":0")).collect();
    let items = parse(
        list(&format!("{{{}}}", keys.join(",")), 1).as_bytes(),
        "records",
    )
    .unwrap();
    let error = items.into_iter().next().unwrap().into_object().unwrap_err();
    assert_eq!(error.extra().errors[0].code, "too_many_fields");
}
