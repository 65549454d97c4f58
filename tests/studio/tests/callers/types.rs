use super::*;

#[test]
fn every_type_is_checked_and_comes_back() {
    for application in applications() {
        let server = application.serve().unwrap();
        let clerk = server.sign_in("clerk@acme.example", "acme");
        let record = json!({
            "title": "Äh",
            "code": "AB-123",
            "due": "2026-02-28",
            "contact": "Ada@Example.com",
            "link": "https://example.com/?a=%20#b",
            "ticket": "01936e2c-8c5a-7d3e-9b1f-0123456789ab",
            "details": { "list": [1, -0.5, null, "ä"], "deep": { "er": true } },
        });
        let made = make(&clerk, "tasks", &record);
        let read = clerk.get(&path(&made)).body;
        for (field, value) in record.as_object().unwrap() {
            assert_eq!(&made[field], value, "{field}");
            assert_eq!(&read[field], value, "{field}");
        }
        // The same again is no change.
        assert_eq!(clerk.patch(&path(&made), &record).body["version"], 1);

        for (field, value, code) in [
            ("title", json!("Ä"), "too_short"),
            ("code", json!("AB-1234"), "pattern"),
            ("code", json!("xAB-123"), "pattern"),
            ("due", json!("2026-02-30"), "invalid_type"),
            ("due", json!("2026-02-28T10:00:00Z"), "invalid_type"),
            ("contact", json!(" ada@example.com"), "invalid"),
            ("link", json!("javascript:alert(1)"), "invalid"),
            ("link", json!("https://good@evil.example/"), "invalid"),
            ("ticket", json!("7"), "invalid_type"),
            ("details", json!("\u{0}"), "invalid_characters"),
            ("details", json!("a".repeat(199)), "too_long"),
        ] {
            let refused = clerk.patch(&path(&made), &json!({ field: value }));
            assert_eq!(wrong(&refused), (422, field, code));
        }
        let filtered = clerk.get("/api/tasks?filter[due][lt]=2026-03-01&filter[code]=AB-123");
        assert_eq!(
            filtered.body["data"].as_array().unwrap().len(),
            1,
            "{filtered:?}"
        );
    }
}
