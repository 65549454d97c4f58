use super::*;

/// What the clerk sees and the lead does not.
const HIDDEN: [&str; 3] = ["rate", "contract", "grade"];

fn paid(title: &str, contract: &str) -> Value {
    json!({ "title": title, "rate": "12.50", "contract": contract, "grade": "high" })
}

#[track_caller]
fn assert_unseen(record: &Value) {
    assert!(record["title"].is_string(), "{record}");
    for field in HIDDEN {
        assert!(record.get(field).is_none(), "{field} in {record}");
    }
}

#[test]
fn who_lacks_the_permission_meets_no_such_field() {
    for application in applications() {
        let server = application.serve().unwrap();
        let clerk = server.sign_in("clerk@acme.example", "acme");
        let lead = server.sign_in("lead@acme.example", "acme");
        let made = make(&clerk, "tasks", &paid("Paid", "C-1"));
        assert_eq!(made["rate"], "12.50");
        assert_eq!(made["grade"], "high");

        // Absent from every answer.
        assert_unseen(&lead.get(&path(&made)).body);
        assert_unseen(&lead.patch(&path(&made), &task("Renamed")).body);
        for record in lead.get("/api/tasks").body["data"].as_array().unwrap() {
            assert_unseen(record);
        }
        let plain = make(&lead, "tasks", &task("Plain"));
        assert_unseen(&plain);
        let finished = lead.post(&format!("{}/finish", path(&made)), &json!({}));
        assert_unseen(&finished.body);

        // Refused in bodies and queries, letter for letter as what does not exist.
        for field in HIDDEN {
            let named = |name: &str, answer: Answer| {
                let (status, body) = comparable(answer);
                (status, body.to_string().replace(name, "NAME"))
            };
            let body = |name: &str| json!({ "title": "Any", name: "low" });
            for (what, ask) in [
                (
                    "create",
                    &(|name: &str| lead.post("/api/tasks", &body(name))) as &dyn Fn(&str) -> Answer,
                ),
                ("update", &|name| lead.patch(&path(&made), &body(name))),
                ("filter", &|name| {
                    lead.get(&format!("/api/tasks?filter[{name}]=low"))
                }),
                ("bulk create", &|name| {
                    lead.post(
                        "/api/tasks/bulk/create",
                        &json!({ "records": [body(name)] }),
                    )
                }),
                ("bulk update", &|name| {
                    let mut record = body(name);
                    record["id"] = made["id"].clone();
                    lead.post("/api/tasks/bulk/update", &json!({ "records": [record] }))
                }),
                ("export", &|name| {
                    lead.get(&format!("/api/tasks/export?format=csv&fields={name}"))
                }),
                ("sort", &|name| lead.get(&format!("/api/tasks?sort={name}"))),
                ("fields", &|name| {
                    lead.get(&format!("/api/tasks?fields={name}"))
                }),
            ] {
                let hidden = named(field, ask(field));
                assert!(
                    hidden.0 == 422 || hidden.0 == 400,
                    "{what} {field}: {hidden:?}"
                );
                assert_eq!(hidden, named("nonesuch", ask("nonesuch")), "{what} {field}");
            }
        }

        // What is there stays there, and a default is filled in for those who do not see it.
        let kept = clerk.get(&path(&made)).body;
        assert_eq!(
            (&kept["rate"], &kept["contract"]),
            (&json!("12.50"), &json!("C-1"))
        );
        assert_eq!(kept["grade"], "high");
        let plain = clerk.get(&path(&plain)).body;
        assert_eq!(
            (&plain["rate"], &plain["grade"]),
            (&json!(null), &json!("low"))
        );
        let clash = clerk.post("/api/tasks", &paid("Again", "C-1"));
        assert_eq!(wrong(&clash), (409, "contract", "taken"));
    }
}

#[test]
fn an_action_writes_and_shows_what_it_uses() {
    for application in applications() {
        let server = application.serve().unwrap();
        let lead = server.sign_in("lead@acme.example", "acme");
        let clerk = server.sign_in("clerk@acme.example", "acme");
        let made = make(&lead, "tasks", &task("Settled"));

        // Without the use, code of the application's own cannot either.
        let overreach = lead.post(&format!("{}/overreach", path(&made)), &json!({}));
        assert_eq!(wrong(&overreach), (422, "contract", "unknown_field"));
        let overreach = clerk.post(&format!("{}/overreach", path(&made)), &json!({}));
        assert_eq!(overreach.status, 200, "{overreach:?}");

        let body = json!({ "rate": "3.00" });
        let settled = lead.post(&format!("{}/settle", path(&made)), &body);
        assert_eq!(settled.status, 200, "{settled:?}");
        assert_eq!(settled.body["rate"], "3.00");
        assert!(settled.body["contract"].is_string(), "{settled:?}");
        assert_unseen(&lead.get(&path(&made)).body);
        let denied = clerk.post(&format!("{}/settle", path(&made)), &body);
        assert_eq!(denied.status, 403);
    }
}

#[test]
fn the_audit_log_shows_no_more_than_the_record() {
    for application in applications() {
        let server = application.serve().unwrap();
        let clerk = server.sign_in("clerk@acme.example", "acme");
        let lead = server.sign_in("lead@acme.example", "acme");
        let owner = server.sign_in("owner@acme.example", "acme");
        let made = make(&clerk, "tasks", &paid("Paid", "C-1"));
        clerk.patch(&path(&made), &json!({ "rate": "13.00" }));
        let note = make(
            &owner,
            "notes",
            &json!({ "body": "Do not tell", "task_id": made["id"] }),
        );

        let entries = |caller: &Caller<'_>, id: &Value| -> Vec<Value> {
            let log = caller.get("/api/audit-log?limit=200").body;
            let entries = log["data"].as_array().unwrap().iter();
            let of = entries.filter(|entry| entry["record_id"] == *id);
            of.map(|entry| entry["changes"].clone()).collect()
        };
        let seen = entries(&lead, &made["id"]);
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0], json!({}));
        assert_eq!(seen[1]["title"], json!({ "new": "Paid" }));
        for field in HIDDEN {
            assert!(seen[1].get(field).is_none(), "{}", seen[1]);
        }
        let whole = entries(&owner, &made["id"]);
        assert_eq!(
            whole[0],
            json!({ "rate": { "old": "12.50", "new": "13.00" } })
        );
        assert_eq!(whole[1]["contract"], json!({ "new": "C-1" }));

        // Of notes, entries hold facts alone.
        assert_eq!(
            entries(&owner, &note["id"]),
            [json!({ "body": {}, "task_id": {} })]
        );
        assert_eq!(entries(&lead, &note["id"]), [json!({ "body": {} })]);
    }
}

#[test]
fn a_conflict_names_no_field_that_is_not_there() {
    for application in applications() {
        let server = application.serve().unwrap();
        let lead = server.sign_in("lead@acme.example", "acme");
        let owner = server.sign_in("owner@acme.example", "acme");
        let made = make(&lead, "tasks", &task("Referred to"));
        make(
            &owner,
            "notes",
            &json!({ "body": "It", "task_id": made["id"] }),
        );
        assert_eq!(wrong(&lead.delete(&path(&made))), (409, "", "in_use"));
        assert_eq!(
            wrong(&owner.delete(&path(&made))),
            (409, "notes.task_id", "in_use")
        );
    }
}
