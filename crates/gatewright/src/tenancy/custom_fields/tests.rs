//! Through the gate, on both databases: two tenants, of which each has its own fields.

mod shop;

use serde_json::{Value as Json, json};

use self::shop::{ACME, GLOBEX, World};
use super::MOST_FIELDS;

#[tokio::test]
async fn a_tenant_adds_fields_and_gives_records_values() {
    for world in World::both().await {
        let bare = json!({ "name": "bare" });
        let bare = world.done(ACME, "POST /api/products", Some(bare)).await;
        assert!(bare.get("custom_fields").is_none());

        let warmth = json!({ "resource": "products", "name": "warmth", "type": "integer", "optional": true, "label": "How warm" });
        let warmth = world.add(ACME, warmth).await;
        assert_eq!(warmth["label"], "How warm");
        let fit = json!({ "resource": "products", "name": "fit", "type": "enum", "values": ["slim", "loose"], "default": "slim" });
        world.add(ACME, fit).await;
        // The same names, and other types.
        let fit = json!({ "resource": "products", "name": "fit", "type": "decimal", "precision": 5, "scale": 1, "optional": true });
        world.add(GLOBEX, fit).await;

        let body = json!({ "name": "coat", "stock": 7, "custom_fields": { "warmth": 5 } });
        let coat = world.done(ACME, "POST /api/products", Some(body)).await;
        assert_eq!(coat["custom_fields"], json!({ "warmth": 5, "fit": "slim" }));
        let body = json!({ "name": "coat", "custom_fields": { "fit": "1.5" } });
        let other = world.done(GLOBEX, "POST /api/products", Some(body)).await;
        assert_eq!(other["custom_fields"], json!({ "fit": "1.5" }));

        let path = format!("/api/products/{}", coat["id"].as_str().unwrap());
        let patch = json!({ "custom_fields": { "fit": "loose" } });
        let patched = world
            .done(ACME, &format!("PATCH {path}"), Some(patch))
            .await;
        assert_eq!(patched["version"], 2);
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(
            found["custom_fields"],
            json!({ "warmth": 5, "fit": "loose" })
        );
        assert_eq!(
            world.text(GLOBEX, &format!("GET {path}"), None).await.0,
            404
        );

        let query = "GET /api/products?sort=-custom_fields.warmth&fields=name,custom_fields.warmth";
        let listed = world.done(ACME, query, None).await;
        let names: Vec<&Json> = listed["data"].as_array().unwrap().iter().collect();
        assert_eq!(names[0]["name"], "coat");
        assert_eq!(names[0]["custom_fields"], json!({ "warmth": 5 }));
        // A record from before the field.
        assert_eq!(names[1]["custom_fields"], json!({ "warmth": null }));
        let query = "GET /api/products?filter[custom_fields.fit][gte]=1.5";
        let listed = world.done(GLOBEX, query, None).await;
        assert_eq!(listed["data"].as_array().unwrap().len(), 1);
        let query = "GET /api/products/export?fields=name,custom_fields.fit&sort=name";
        let (_, csv) = world.text(ACME, query, None).await;
        let rows: Vec<&str> = csv
            .lines()
            .map(|row| row.split_once(',').unwrap().1)
            .collect();
        assert_eq!(rows, ["name,custom_fields.fit", "bare,", "coat,loose"]);

        let log = world.done(ACME, "GET /api/audit-log", None).await;
        let entry = &log["data"][0];
        assert_eq!(entry["action"], "products:update");
        assert_eq!(
            entry["changes"],
            json!({ "custom_fields.fit": { "old": "slim", "new": "loose" } })
        );

        // Its values go with it.
        let field = format!("/api/custom-fields/{}", warmth["id"].as_str().unwrap());
        assert_eq!(
            world.text(GLOBEX, &format!("DELETE {field}"), None).await.0,
            404
        );
        world.done(ACME, &format!("DELETE {field}"), None).await;
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(found["custom_fields"], json!({ "fit": "loose" }));
        let log = world.done(ACME, "GET /api/audit-log", None).await;
        assert_eq!(log["data"][0]["action"], "custom_fields:delete");
        assert_eq!(log["data"][0]["changes"]["values"], json!({ "old": 1 }));
    }
}

#[tokio::test]
async fn a_definition_that_makes_no_sense_is_refused() {
    for world in World::both().await {
        let with = |more: Json| {
            let mut field = json!({ "resource": "products", "name": "extra", "type": "string" });
            for (key, value) in more.as_object().unwrap() {
                field[key] = value.clone();
            }
            field
        };
        for (more, expected) in [
            (json!({ "resource": "nothing" }), "422 resource unknown"),
            (json!({ "name": "Extra" }), "422 name invalid"),
            (json!({ "name": "a.b" }), "422 name invalid"),
            (json!({ "name": "a".repeat(41) }), "422 name invalid"),
            (json!({ "name": "name" }), "422 name reserved"),
            (json!({ "name": "tenant_id" }), "422 name reserved"),
            (json!({ "type": "json" }), "422 type unknown"),
            (json!({ "tenant_id": "x" }), "422 tenant_id unknown_field"),
            (json!({ "precision": 3 }), "422 precision misplaced"),
            (
                json!({ "type": "decimal" }),
                "422 precision required scale required",
            ),
            (json!({ "type": "enum" }), "422 values out_of_range"),
            (
                json!({ "type": "enum", "values": ["a", "a"] }),
                "422 values.1 duplicate",
            ),
            (json!({ "max": 1001 }), "422 max out_of_range"),
            (
                json!({ "max": 601, "unique": true }),
                "422 max out_of_range",
            ),
            (
                json!({ "type": "boolean", "unique": true }),
                "422 unique misplaced",
            ),
            (json!({ "min": 5, "max": 4 }), "422 min out_of_range"),
            (json!({ "pattern": "(" }), "422 pattern invalid"),
            (json!({ "pattern": "a)|(b" }), "422 pattern invalid"),
            (
                json!({ "pattern": "(\\w{200}){200}" }),
                "422 pattern invalid",
            ),
            (
                json!({ "max": 3, "default": "long" }),
                "422 default too_long",
            ),
            (json!({ "label": " " }), "422 label invalid"),
        ] {
            let refused = world
                .refused(ACME, "POST /api/custom-fields", with(more))
                .await;
            assert_eq!(refused, expected);
        }
        world.add(ACME, with(json!({}))).await;
        let again = world
            .refused(ACME, "POST /api/custom-fields", with(json!({})))
            .await;
        assert_eq!(again, "409 name taken");
        for n in 1..MOST_FIELDS {
            world
                .add(ACME, with(json!({ "name": format!("extra_{n}") })))
                .await;
        }
        let many = with(json!({ "name": "one_more" }));
        let many = world.refused(ACME, "POST /api/custom-fields", many).await;
        assert_eq!(many, "409 resource too_many");
        let page = world
            .done(ACME, "GET /api/custom-fields?limit=20", None)
            .await;
        assert_eq!(page["data"].as_array().unwrap().len(), 20);
        let cursor = page["next_cursor"].as_str().unwrap();
        let request = format!("GET /api/custom-fields?limit=200&cursor={cursor}");
        let rest = world.done(ACME, &request, None).await;
        assert_eq!(rest["data"].as_array().unwrap().len(), MOST_FIELDS - 20);
        let none = world.done(GLOBEX, "GET /api/custom-fields", None).await;
        assert_eq!(none["data"], json!([]));
    }
}

#[tokio::test]
async fn a_field_is_loosened_and_never_tightened() {
    for world in World::both().await {
        let sizes = json!({ "resource": "products", "name": "size", "type": "enum", "values": ["s", "m"], "optional": true });
        let sizes = world.add(ACME, sizes).await;
        let count = json!({ "resource": "products", "name": "count", "type": "integer", "min": 1, "max": 9, "optional": true });
        let count = world.add(ACME, count).await;
        let note =
            json!({ "resource": "products", "name": "note", "type": "string", "optional": true });
        let note = world.add(ACME, note).await;
        let change =
            |field: &Json| format!("PATCH /api/custom-fields/{}", field["id"].as_str().unwrap());
        for (field, patch, expected) in [
            (&sizes, json!({ "values": ["s"] }), "422 values missing"),
            (&sizes, json!({ "type": "string" }), "422 type fixed"),
            (&sizes, json!({ "name": "other" }), "422 name fixed"),
            (
                &sizes,
                json!({ "default": "xl" }),
                "422 default invalid_value",
            ),
            (&count, json!({ "max": 8 }), "422 max tighter"),
            (&count, json!({ "min": 2 }), "422 min tighter"),
            (&count, json!({ "max": "x" }), "422 max tighter"),
            (&note, json!({ "max": null }), "422 max tighter"),
            (&note, json!({ "max": 254 }), "422 max tighter"),
            (&note, json!({ "unknown": 1 }), "422 unknown unknown_field"),
        ] {
            assert_eq!(
                world.refused(ACME, &change(field), patch.clone()).await,
                expected
            );
            assert_eq!(
                world
                    .refused(GLOBEX, &change(field), json!({ "label": "x" }))
                    .await,
                "404"
            );
        }
        let body = json!({ "values": ["s", "m", "l"], "label": "Size", "default": "l" });
        let changed = world.done(ACME, &change(&sizes), Some(body)).await;
        assert_eq!(
            (&changed["version"], &changed["default"]),
            (&json!(2), &json!("l"))
        );
        world
            .done(
                ACME,
                &change(&count),
                Some(json!({ "max": null, "min": 0 })),
            )
            .await;
        let body = json!({ "name": "x", "custom_fields": { "count": 1_000_000, "size": "l" } });
        world.done(ACME, "POST /api/products", Some(body)).await;
        // Required from now on, for new records and where somebody would clear it.
        world
            .done(ACME, &change(&note), Some(json!({ "optional": false })))
            .await;
        let refused = world
            .refused(ACME, "POST /api/products", json!({ "name": "y" }))
            .await;
        assert_eq!(refused, "422 custom_fields.note required");
    }
}

#[tokio::test]
async fn a_hidden_field_is_one_that_does_not_exist() {
    for world in World::both().await {
        let body = json!({ "name": "first", "stock": 3 });
        let first = world.done(ACME, "POST /api/products", Some(body)).await;
        let path = format!("/api/products/{}", first["id"].as_str().unwrap());
        let stock = "/api/custom-fields/overrides/products/stock";
        let put = format!("PUT {stock}");
        let name = "PUT /api/custom-fields/overrides/products/name";
        let hide = json!({ "hidden": true });
        assert_eq!(
            world.refused(ACME, name, hide.clone()).await,
            "422 hidden required"
        );
        let nothing = "PUT /api/custom-fields/overrides/products/nothing";
        assert_eq!(world.refused(ACME, nothing, hide.clone()).await, "404");
        world
            .done(
                ACME,
                name,
                Some(json!({ "label": "Title", "hidden": false })),
            )
            .await;
        world.done(ACME, &put, Some(hide)).await;
        let overrides = world
            .done(ACME, "GET /api/custom-fields/overrides", None)
            .await;
        assert_eq!(
            overrides["data"],
            json!([
                { "resource": "products", "field": "name", "label": "Title", "hidden": false },
                { "resource": "products", "field": "stock", "label": null, "hidden": true },
            ])
        );

        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert!(found.get("stock").is_none() && found["name"] == "first");
        let listed = world.done(ACME, "GET /api/products", None).await;
        assert!(listed["data"][0].get("stock").is_none());
        let (_, csv) = world.text(ACME, "GET /api/products/export", None).await;
        assert!(!csv.contains("stock"), "{csv}");
        let log = world.text(ACME, "GET /api/audit-log", None).await.1;
        assert!(!log.contains("\"stock\":"), "{log}");
        // Whatever is said of it is said of a name that nobody has.
        for request in [
            "GET /api/products?filter[NAME]=3",
            "GET /api/products?sort=NAME",
            "GET /api/products?fields=id,NAME",
            "GET /api/products/export?sort=-NAME",
        ] {
            let of = async |name: &str| {
                let (status, text) = world.text(ACME, &request.replace("NAME", name), None).await;
                let mut problem: Json = serde_json::from_str(&text).unwrap();
                problem["request_id"].take();
                (status, problem.to_string().replace(name, "NAME"))
            };
            let hidden = of("stock").await;
            assert_eq!(hidden.0, 400);
            assert_eq!(hidden, of("nonesuch").await, "{request}");
        }
        for (method, body) in [
            ("POST /api/products", json!({ "name": "x" })),
            ("PATCH", json!({})),
        ] {
            let method = method.replace("PATCH", &format!("PATCH {path}"));
            let with = |key: &str| {
                let mut body = body.clone();
                body[key] = json!(4);
                body
            };
            let hidden = world.refused(ACME, &method, with("stock")).await;
            assert_eq!(hidden, "422 stock unknown_field");
        }
        let made = world
            .done(ACME, "POST /api/products", Some(json!({ "name": "x" })))
            .await;
        assert!(made.get("stock").is_none());
        // Of the tenant that hides it, and of no other.
        let made = world
            .done(
                GLOBEX,
                "POST /api/products",
                Some(json!({ "name": "x", "stock": 3 })),
            )
            .await;
        assert_eq!(made["stock"], 3);

        world.done(ACME, &format!("DELETE {stock}"), None).await;
        let found = world.done(ACME, &format!("GET {path}"), None).await;
        assert_eq!(found["stock"], 3);
    }
}
