//! Many records in one request, over HTTP, on both databases: all or nothing, whatever goes wrong
//! with whichever.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use gatewright_tests::application::{Application, Caller, Server, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::client::Answer;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// The most records of one request.
const MOST: usize = 1_000;

/// Runs a test against a served application on each database.
fn on_both(test: impl Fn(&Server<'_>)) {
    for store in [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))] {
        let application = Application::seeded(Walls::All.binary(), store);
        test(&application.serve().unwrap());
    }
}

fn owner<'a>(server: &'a Server<'_>) -> Caller<'a> {
    server.sign_in("owner@acme.example", "acme")
}

fn bulk(caller: &Caller<'_>, resource: &str, what: &str, body: &Value) -> Answer {
    caller.post(&format!("/api/{resource}/bulk/{what}"), body)
}

/// The ids of these records.
fn ids(answer: &Answer) -> Vec<String> {
    let records = answer.body["data"].as_array();
    let records = records.unwrap_or_else(|| panic!("{answer:?}"));
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    records.iter().map(id).collect()
}

/// Makes categories of these names.
fn categories(caller: &Caller<'_>, names: impl Iterator<Item = String>) -> Vec<String> {
    let records: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
    let made = bulk(
        caller,
        "categories",
        "create",
        &json!({ "records": records }),
    );
    assert_eq!(made.status, 201, "{made:?}");
    ids(&made)
}

/// Every refusal: `field code`.
fn refusals(answer: &Answer) -> Vec<String> {
    let errors = answer.body["errors"].as_array();
    let errors = errors.unwrap_or_else(|| panic!("{answer:?}"));
    let text = |error: &Value| {
        let part = |key: &str| error[key].as_str().unwrap().to_owned();
        format!("{} {}", part("field"), part("code"))
    };
    errors.iter().map(text).collect()
}

/// The state that a refused request must leave as it is: every category, and the newest entries of
/// the audit log.
fn state(caller: &Caller<'_>) -> [Value; 2] {
    ["/api/categories?limit=200", "/api/audit-log?limit=5"]
        .map(|path| caller.get(path).body["data"].clone())
}

/// The answer but for what differs with each request.
fn bytes(answer: &Answer) -> String {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    format!("{} {body}", answer.status)
}

#[test]
fn many_records_are_made_changed_and_removed_at_once() {
    on_both(|server| {
        let owner = owner(server);
        let made = categories(&owner, (0..3).map(|n| format!("Bulk {n}")));
        let one = |n: usize| owner.get(&format!("/api/categories/{}", made[n])).body;
        assert_eq!(one(2)["name"], "Bulk 2", "in the order of the request");
        let changed = bulk(
            &owner,
            "categories",
            "update",
            &json!({ "records": [
                { "id": made[2], "position": 7, "version": 1 },
                { "id": made[0], "name": "Renamed" },
                { "id": made[1], "name": "Bulk 1" },
            ]}),
        );
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(ids(&changed), [&*made[2], &made[0], &made[1]]);
        let (two, zero, one_) = (one(2), one(0), one(1));
        assert_eq!((&two["position"], &two["version"]), (&json!(7), &json!(2)));
        assert_eq!(zero["name"], "Renamed");
        assert_eq!(one_["version"], 1, "nothing of it changed");
        let removed = bulk(&owner, "categories", "delete", &json!({ "ids": made }));
        assert_eq!((removed.status, &removed.body), (204, &Value::Null));
        assert!(one(0)["id"].is_null());

        let log = owner.get("/api/audit-log?limit=8").body;
        let actions = log["data"].as_array().unwrap().iter();
        let actions: Vec<_> = actions
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        let expected = [
            ["categories:delete"; 3].as_slice(),
            &["categories:update"; 2],
            &["categories:create"; 3],
        ];
        assert_eq!(actions, expected.concat());
    });
}

#[test]
fn a_refusal_names_each_mistake_and_changes_nothing() {
    on_both(|server| {
        let owner = owner(server);
        let [a, b] = &categories(&owner, ["A".to_owned(), "B".to_owned()].into_iter())[..] else {
            panic!("two were made");
        };
        let before = state(&owner);
        let nobody = "018f0000-0000-7000-8000-000000000000";
        for (what, body, status, expected) in [
            ("create", json!({}), 422, &["records required"][..]),
            ("create", json!({ "records": [] }), 422, &["records empty"]),
            (
                "create",
                json!({ "records": {} }),
                422,
                &["records invalid_type"],
            ),
            (
                "create",
                json!({ "records": [{ "name": "x" }], "tenant_id": nobody }),
                422,
                &["tenant_id unknown_field"],
            ),
            (
                "create",
                json!({ "records": [
                    { "name": "fine" },
                    { "name": 7, "position": "x" },
                    [],
                    { "name": "x", "id": nobody, "version": 3, "created_by": nobody },
                    {},
                ]}),
                422,
                &[
                    "records.1.name invalid_type",
                    "records.1.position invalid_type",
                    "records.2 invalid_type",
                    "records.3.created_by unknown_field",
                    "records.3.id unknown_field",
                    "records.3.version unknown_field",
                    "records.4.name required",
                ],
            ),
            (
                "create",
                json!({ "records": [{ "name": "fine" }, { "name": "x", "parent_id": nobody }] }),
                422,
                &["records.1.parent_id not_found"],
            ),
            (
                "update",
                json!({ "records": [{ "name": "x" }, { "id": "x" }, { "id": a, "version": "1" }, { "id": b, "tenant_id": b }] }),
                422,
                &[
                    "records.0.id required",
                    "records.1.id invalid_type",
                    "records.2.version invalid_type",
                    "records.3.tenant_id unknown_field",
                ],
            ),
            (
                "update",
                json!({ "records": [{ "id": a, "name": "x" }, { "id": b }, { "id": a, "name": "y" }] }),
                422,
                &["records.2.id duplicate"],
            ),
            (
                "update",
                json!({ "records": [{ "id": a, "name": "x" }, { "id": b, "parent_id": nobody }] }),
                422,
                &["records.1.parent_id not_found"],
            ),
            (
                "update",
                json!({ "records": [{ "id": a, "name": "x", "version": 1 }, { "id": b, "name": "x", "version": 2 }] }),
                409,
                &["records.1.version stale"],
            ),
            ("delete", json!({ "ids": [] }), 422, &["ids empty"]),
            (
                "delete",
                json!({ "ids": [a, 7, "x"] }),
                422,
                &["ids.1 invalid_type", "ids.2 invalid_type"],
            ),
            (
                "delete",
                json!({ "ids": [a, b, a] }),
                422,
                &["ids.2 duplicate"],
            ),
            (
                "delete",
                json!({ "ids": [a], "force": true }),
                422,
                &["force unknown_field"],
            ),
        ] {
            let answer = bulk(&owner, "categories", what, &body);
            assert_eq!(answer.status, status, "{what} {body}: {answer:?}");
            assert_eq!(refusals(&answer), expected, "{what} {body}");
            assert_eq!(state(&owner), before, "{what} {body}");
        }
    });
}

#[test]
fn another_tenants_record_among_ones_own_is_not_found() {
    on_both(|server| {
        let owner = owner(server);
        let globex = server.sign_in("owner@globex.example", "globex");
        let mine = categories(&owner, (0..3).map(|n| format!("Mine {n}")));
        let theirs = &categories(&globex, ["Theirs".to_owned()].into_iter())[0];
        let missing = &"018f0000-0000-7000-8000-000000000000".to_owned();
        let alone = owner.get(&format!("/api/categories/{missing}"));
        let (before, of_globex) = (state(&owner), state(&globex));
        for other in [theirs, missing] {
            let ids = [&mine[0], &mine[1], other, &mine[2]];
            let records = ids.map(|id| json!({ "id": id, "name": "Taken over", "version": 1 }));
            for answer in [
                bulk(
                    &owner,
                    "categories",
                    "update",
                    &json!({ "records": records }),
                ),
                bulk(&owner, "categories", "delete", &json!({ "ids": ids })),
            ] {
                assert_eq!(bytes(&answer), bytes(&alone));
            }
        }
        let record = json!({ "name": "Below", "parent_id": theirs });
        let body = json!({ "records": [record] });
        let made = bulk(&owner, "categories", "create", &body);
        assert_eq!(refusals(&made), ["records.0.parent_id not_found"]);
        assert_eq!((state(&owner), state(&globex)), (before, of_globex));
    });
}

#[test]
fn a_failure_at_the_last_record_undoes_all() {
    on_both(|server| {
        let owner = owner(server);
        let product =
            |n: usize| json!({ "name": "Bulk", "sku": format!("BULK-{n}"), "price": "1.00" });
        let taken = owner.post("/api/products", &product(MOST - 1));
        assert_eq!(taken.status, 201, "{taken:?}");
        let before = (owner.ids("products"), state(&owner));
        let records: Vec<Value> = (0..MOST).map(product).collect();
        let answer = bulk(&owner, "products", "create", &json!({ "records": records }));
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_eq!(refusals(&answer), ["records.999.sku taken"]);
        assert_eq!((owner.ids("products"), state(&owner)), before);

        // Nor may two of one request be the same.
        let twins = json!({ "records": [product(1), product(2), product(1)] });
        let answer = bulk(&owner, "products", "create", &twins);
        assert_eq!(refusals(&answer), ["records.2.sku taken"]);
        assert_eq!((owner.ids("products"), state(&owner)), before);
    });
}

#[test]
fn a_thousand_records_stay_well_inside_the_deadline() {
    on_both(|server| {
        let owner = owner(server);
        let parent = &categories(&owner, ["Parent".to_owned()].into_iter())[0];
        let timed = |what: &str, body: &Value, status: u16| {
            let began = Instant::now();
            let answer = bulk(&owner, "categories", what, body);
            let took = began.elapsed();
            assert_eq!(answer.status, status, "{what}: {answer:?}");
            println!("{what} of {MOST}: {took:?}");
            assert!(took < Duration::from_millis(2_500), "{what}: {took:?}");
            answer
        };
        let records: Vec<Value> = (0..MOST)
            .map(|n| json!({ "name": format!("Many {n}"), "parent_id": parent }))
            .collect();
        let made = ids(&timed("create", &json!({ "records": records }), 201));
        let changes: Vec<Value> = made
            .iter()
            .map(|id| json!({ "id": id, "position": 3, "version": 1, "parent_id": null }))
            .collect();
        timed("update", &json!({ "records": changes }), 200);
        timed("delete", &json!({ "ids": made }), 204);
        let too_many: Vec<&str> = made.iter().chain([parent]).map(String::as_str).collect();
        let answer = bulk(&owner, "categories", "delete", &json!({ "ids": too_many }));
        assert_eq!(refusals(&answer), ["ids too_many"]);
    });
}

#[test]
fn writers_of_the_same_records_wait_for_each_other() {
    on_both(|server| {
        let owner = owner(server);
        let made = categories(&owner, (0..50).map(|n| format!("Contested {n}")));
        let statuses: Vec<u16> = thread::scope(|scope| {
            let writers = (0..6).map(|writer| {
                let (owner, made) = (&owner, &made);
                scope.spawn(move || {
                    let mut ids: Vec<&String> = made.iter().collect();
                    // Each in another order.
                    ids.rotate_left(writer * 7);
                    if writer % 2 == 1 {
                        ids.reverse();
                    }
                    let change = |id| json!({ "id": id, "position": writer });
                    let records: Vec<Value> = ids.into_iter().map(change).collect();
                    let body = json!({ "records": records });
                    bulk(owner, "categories", "update", &body).status
                })
            });
            let writers: Vec<_> = writers.collect();
            let answers = writers.into_iter().map(|writer| writer.join().unwrap());
            answers.collect()
        });
        assert_eq!(statuses, [200; 6]);
        let positions = made.iter().map(|id| {
            let record = owner.get(&format!("/api/categories/{id}")).body;
            record["position"].as_u64().unwrap()
        });
        let positions: Vec<u64> = positions.collect();
        assert!(
            positions.windows(2).all(|pair| pair[0] == pair[1]),
            "{positions:?}"
        );
    });
}
