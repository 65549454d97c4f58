use super::*;

const NOWHERE: &str = "/api/tasks/01936e2c-8c5a-7d3e-9b1f-0123456789ab";

#[test]
fn a_narrowed_role_reaches_its_own_records_alone() {
    for application in applications() {
        let server = application.serve().unwrap();
        let worker = server.sign_in("worker@acme.example", "acme");
        let lead = server.sign_in("lead@acme.example", "acme");
        // The demonstration has records of theirs too.
        let before = worker.ids("tasks");
        let mine = make(&worker, "tasks", &task("Mine"));
        let theirs = make(&lead, "tasks", &task("Theirs"));

        // A list shows the caller's own, whatever it is asked.
        let all = [&before[..], &[mine["id"].as_str().unwrap().to_owned()]].concat();
        assert_eq!(worker.ids("tasks"), all);
        for (query, count) in [
            ("filter[title]=Theirs", 0),
            ("q=Theirs", 0),
            ("filter[title][ne]=Mine", before.len()),
        ] {
            let found = worker.get(&format!("/api/tasks?{query}"));
            let data = found.body["data"].as_array().unwrap();
            assert_eq!(data.len(), count, "{query}: {found:?}");
            assert!(data.iter().all(|task| task["id"] != theirs["id"]));
        }
        assert!(lead.ids("tasks").len() >= 2);

        // What is somebody else's is answered as what does not exist.
        let change = json!({ "title": "Changed" });
        for (verb, answer) in [
            (
                "read",
                &(|path: &str| worker.get(path)) as &dyn Fn(&str) -> Answer,
            ),
            ("update", &|path| worker.patch(path, &change)),
            ("delete", &|path| worker.delete(path)),
            ("finish", &|path| {
                worker.post(&format!("{path}/finish"), &json!({}))
            }),
        ] {
            let (other, none) = (answer(&path(&theirs)), answer(NOWHERE));
            assert_eq!(other.status, 404, "{verb}");
            assert_eq!(comparable(other), comparable(none), "{verb}");
        }
        assert_eq!(lead.get(&path(&theirs)).body["version"], 1);

        assert_eq!(worker.get(&path(&mine)).status, 200);
        let changed = worker.patch(&path(&mine), &change);
        assert_eq!((changed.status, &changed.body["version"]), (200, &json!(2)));
        let finished = worker.post(&format!("{}/finish", path(&mine)), &json!({}));
        assert_eq!(finished.status, 200, "{finished:?}");
        assert_eq!(worker.delete(&path(&mine)).status, 204);
        assert_eq!(worker.ids("tasks"), before);
    }
}

#[test]
fn a_role_that_reaches_all_widens_one_that_does_not() {
    for application in applications() {
        application.give_role("worker@acme.example", "acme", "helper");
        let server = application.serve().unwrap();
        let worker = server.sign_in("worker@acme.example", "acme");
        let lead = server.sign_in("lead@acme.example", "acme");
        let theirs = make(&lead, "tasks", &task("Theirs"));
        // `tasks:update` is held for all, the rest for one's own.
        let changed = worker.patch(&path(&theirs), &json!({ "title": "Changed" }));
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(worker.get(&path(&theirs)).status, 404);
        assert_eq!(worker.delete(&path(&theirs)).status, 404);
        let finished = worker.post(&format!("{}/finish", path(&theirs)), &json!({}));
        assert_eq!(finished.status, 404);
    }
}
