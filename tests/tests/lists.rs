//! Lists and exports over HTTP, on both databases: what may be asked, and what is never answered.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::binary::Walls;
use gatewright_tests::client::Answer;
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The parameter at fault, where the answer is the refusal of one.
fn refused(answer: &Answer) -> Option<&str> {
    let is_refusal = answer.status == 400 && answer.body["code"] == "invalid_query";
    answer.body["errors"][0]["field"]
        .as_str()
        .filter(|_| is_refusal)
}

fn data(answer: &Answer) -> &[Value] {
    answer.body["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer:?}"))
}

/// SQL, patterns and paths, as somebody might put them into any place.
const PAYLOADS: [&str; 12] = [
    "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "'; DROP TABLE products; --",
    "1); DELETE FROM products; --",
    "name\" FROM products; --",
    "(SELECT password_hash FROM users LIMIT 1)",
    "$1",
    "?1",
    "\\",
    "%",
    "_%",
    "../../etc/passwd",
];

#[test]
fn no_parameter_is_read_as_sql() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let before = owner.ids("products");
        for payload in PAYLOADS.map(encoded) {
            for parameter in [
                format!("filter[name]={payload}"),
                format!("filter[name][ne]={payload}"),
                format!("filter[name][gt]={payload}"),
                format!("filter[name][in]={payload},{payload}"),
                format!("filter[name][nin]={payload}"),
                format!("filter[name][like]={payload}"),
            ] {
                for path in ["/api/products", "/api/products/export"] {
                    let answer = owner.get(&format!("{path}?{parameter}"));
                    assert_eq!(answer.status, 200, "{path}?{parameter}: {answer:?}");
                }
            }
            for parameter in [
                format!("filter[price]={payload}"),
                format!("filter[stock][gte]={payload}"),
                format!("filter[status]={payload}"),
                format!("filter[category_id]={payload}"),
                format!("filter[created_at][lt]={payload}"),
                format!("filter[name][null]={payload}"),
                format!("filter[name][{payload}]=1"),
                format!("filter[{payload}]=1"),
                format!("{payload}=1"),
                format!("sort={payload}"),
                format!("sort=-name,{payload}"),
                format!("fields={payload}"),
                format!("fields=name,{payload}"),
                format!("limit={payload}"),
                format!("cursor={payload}"),
                format!("format={payload}"),
            ] {
                for path in ["/api/products", "/api/products/export"] {
                    let answer = owner.get(&format!("{path}?{parameter}"));
                    assert!(refused(&answer).is_some(), "{path}?{parameter}: {answer:?}");
                }
            }
            let exact = owner.get(&format!("/api/products?filter[name]={payload}"));
            assert!(data(&exact).is_empty(), "{exact:?}");
        }
        assert_eq!(owner.ids("products"), before);
    }
}

#[test]
fn a_cursor_is_of_one_tenant_and_one_query() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let acme = server.sign_in("owner@acme.example", "acme");
        let globex = server.sign_in("owner@globex.example", "globex");
        for caller in [&acme, &globex] {
            for n in 0..4 {
                let body = json!({ "name": "Bolt", "sku": format!("BOLT-{n}"), "price": "1.00" });
                assert_eq!(caller.post("/api/products", &body).status, 201);
            }
        }
        let query = "filter[name]=Bolt&filter[stock][gte]=0&sort=-price,sku&limit=2";
        let page = acme.get(&format!("/api/products?{query}"));
        let cursor = page.body["next_cursor"].as_str().unwrap();
        // The same query in other words, and another size of page.
        for same in [
            query,
            "filter[stock][gte]=0&sort=-price,sku&filter[name][eq]=Bolt&limit=100&fields=sku",
        ] {
            let next = acme.get(&format!("/api/products?{same}&cursor={cursor}"));
            assert_eq!(data(&next)[0]["sku"], "BOLT-2", "{next:?}");
        }
        let mut altered = cursor.to_owned();
        altered.replace_range(5..6, if &cursor[5..6] == "A" { "B" } else { "A" });
        let of = |caller: &Caller<'_>, query: &str, cursor: &str| {
            let answer = caller.get(&format!("/api/products?{query}&cursor={cursor}"));
            assert_eq!(refused(&answer), Some("cursor"), "{answer:?}");
        };
        of(&globex, query, cursor);
        of(&acme, "limit=2", cursor);
        of(&acme, "sort=-price,sku", cursor);
        of(
            &acme,
            "filter[name]=Bolt&filter[stock][gte]=0&sort=price,sku",
            cursor,
        );
        of(
            &acme,
            "filter[name]=Bolt&filter[stock][gte]=1&sort=-price,sku",
            cursor,
        );
        of(
            &acme,
            "filter[name][ne]=Bolt&filter[stock][gte]=0&sort=-price,sku",
            cursor,
        );
        of(&acme, query, &altered);
        of(&acme, query, &cursor[1..]);
        of(&acme, query, &format!("{cursor}A"));
        of(&acme, query, "");
        let plain = acme.get("/api/categories?limit=1");
        if let Some(cursor) = plain.body["next_cursor"].as_str() {
            of(&acme, "limit=1", cursor);
        }
    }
}

#[test]
fn an_export_is_the_list_as_a_file() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let acme = server.sign_in("owner@acme.example", "acme");
        let formula =
            json!({ "name": "=HYPERLINK(\"http://evil\",\"a,b\")", "sku": "F-1", "price": "1.00" });
        assert_eq!(acme.post("/api/products", &formula).status, 201);
        for price in ["2.00", "3.00"] {
            let body = json!({ "name": "Bolt", "sku": format!("B-{price}"), "price": price });
            assert_eq!(acme.post("/api/products", &body).status, 201);
        }

        let wanted = "sort=-price,name&filter[price][gte]=1";
        let list = acme.get(&format!("/api/products?{wanted}&limit=200"));
        let export = acme.get(&format!("/api/products/export?format=jsonl&{wanted}"));
        let lines = export
            .text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        assert_eq!(lines.collect::<Vec<Value>>(), data(&list), "{export:?}");
        assert!(data(&list).len() > 1);

        let export = acme.get("/api/products/export?fields=sku,name&filter[sku]=F-1");
        let (head, row) = export.text.split_once("\r\n").unwrap();
        assert_eq!(head, "id,name,sku");
        assert!(
            row.ends_with(",\"'=HYPERLINK(\"\"http://evil\"\",\"\"a,b\"\")\",F-1\r\n"),
            "{row}"
        );
        let media_type = export.header("content-type").unwrap_or_default();
        assert!(
            media_type.starts_with("text/csv; charset=utf-8"),
            "{export:?}"
        );
        let name = export.header("content-disposition");
        assert_eq!(name, Some("attachment; filename=\"products.csv\""));

        // Nothing of another tenant, and nothing for whoever may not read.
        let globex = server.sign_in("owner@globex.example", "globex");
        let theirs = globex.get("/api/products/export").text;
        assert!(!acme.ids("products").iter().any(|id| theirs.contains(id)));
        let (status, body) = (globex.get("/api/products/export?limit=1"), "limit");
        assert_eq!(refused(&status), Some(body));
    }
}

#[test]
fn an_answer_shows_the_fields_that_were_asked_for() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let owner = server.sign_in("owner@acme.example", "acme");
        let answer = owner.get("/api/products?fields=version,name&limit=1");
        let record = data(&answer)[0].as_object().unwrap();
        let keys: Vec<&str> = record.keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "name", "version"]);
        // The bytes have the order of the whole record.
        assert!(answer.text.starts_with("{\"data\":[{\"id\":"), "{answer:?}");
        assert!(answer.text.find("\"version\"") < answer.text.find("\"name\""));
    }
}
