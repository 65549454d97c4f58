//! The example's own queries, over HTTP: a dashboard and a report, figures worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: to fail is to panic"
)]

use std::sync::Arc;

use gatewright_tests::application::{Application, Caller, Store};
use gatewright_tests::binary::{Walls, repository};
use gatewright_tests::postgres::Database;
use serde_json::{Value, json};

const REVENUE: &str = "/api/dashboard/revenue";
const PRODUCTS: &str = "/api/reports/products";

/// Both databases.
fn stores() -> [Store; 2] {
    [Store::Sqlite, Store::Postgres(Arc::new(Database::create()))]
}

fn make(caller: &Caller<'_>, resource: &str, body: &Value) -> Value {
    let answer = caller.post(&format!("/api/{resource}"), body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].clone()
}

fn read(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let answer = caller.get(path);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.as_array().unwrap().clone()
}

/// Sells in the years 2001 and 2002, which the demonstration does not know.
fn sell(caller: &Caller<'_>, factor: i64) {
    let category = make(caller, "categories", &json!({ "name": "Fruit" }));
    let product = |name: &str, status: &str, category: &Value| {
        let body = json!({
            "name": name, "sku": name, "price": "1.00", "status": status, "category_id": category,
        });
        make(caller, "products", &body)
    };
    let apple = product("Apple", "active", &category);
    let pear = product("Pear", "draft", &Value::Null);
    product("Quince", "active", &category);
    let gone = product("Rhubarb", "archived", &category);
    let customer = make(
        caller,
        "customers",
        &json!({ "name": "Ada", "email": "ada@fruit.example" }),
    );
    for (number, status, placed_at, lines) in [
        (
            "F-1",
            "paid",
            "2001-01-31T23:59:59.999999Z",
            &[(&apple, 2, "1.10"), (&pear, 1, "0.30")][..],
        ),
        (
            "F-2",
            "shipped",
            "2001-02-01T00:00:00Z",
            &[(&apple, 3, "1.05")],
        ),
        (
            "F-3",
            "open",
            "2001-02-02T00:00:00Z",
            &[(&apple, 100, "1.00")],
        ),
        (
            "F-4",
            "paid",
            "2002-02-01T01:00:00+02:00",
            &[(&gone, 1, "0.01"), (&pear, 7, "0.29")],
        ),
    ] {
        let body = json!({
            "number": number, "customer_id": customer, "status": status, "placed_at": placed_at,
        });
        let order = make(caller, "orders", &body);
        for (product, quantity, price) in lines {
            let body = json!({
                "order_id": order, "product_id": product, "quantity": quantity * factor,
                "unit_price": price,
            });
            make(caller, "order_lines", &body);
        }
    }
}

fn months(caller: &Caller<'_>) -> Vec<Value> {
    let mut months = read(caller, REVENUE);
    let of_the_sale = |month: &Value| month["month"].as_str().is_some_and(|it| it < "2003");
    months.retain(of_the_sale);
    months
}

fn sales(caller: &Caller<'_>) -> Vec<Value> {
    let mut sales = read(caller, PRODUCTS);
    sales.retain(|it| {
        ["Apple", "Pear", "Quince", "Rhubarb"].contains(&it["product"].as_str().unwrap())
    });
    sales
}

#[test]
fn figures_are_exact_and_each_tenants_own() {
    for store in stores() {
        let application = Application::seeded(Walls::All.binary(), store);
        let server = application.serve().unwrap();
        let acme = server.sign_in("owner@acme.example", "acme");
        let globex = server.sign_in("owner@globex.example", "globex");
        sell(&acme, 1);
        let before = (read(&globex, REVENUE), read(&globex, PRODUCTS));
        assert_eq!((months(&globex).len(), sales(&globex).len()), (0, 0));

        assert_eq!(
            months(&acme),
            [
                json!({ "month": "2001-01", "orders": 1, "revenue": "2.50" }),
                json!({ "month": "2001-02", "orders": 1, "revenue": "3.15" }),
                json!({ "month": "2002-01", "orders": 1, "revenue": "2.04" }),
            ]
        );
        assert_eq!(
            sales(&acme),
            [
                json!({ "product": "Apple", "category": "Fruit", "orders": 3, "units": 105, "revenue": "105.35" }),
                json!({ "product": "Pear", "category": null, "orders": 2, "units": 8, "revenue": "2.33" }),
                json!({ "product": "Quince", "category": "Fruit", "orders": 0, "units": null, "revenue": null }),
            ]
        );
        assert_eq!((read(&globex, REVENUE), read(&globex, PRODUCTS)), before);
        // The same names and numbers in another tenant are other records.
        sell(&globex, 10);
        assert_eq!(months(&globex)[0]["revenue"], "25.00");
        assert_eq!(months(&acme)[0]["revenue"], "2.50");
    }
}

#[test]
fn the_page_quotes_what_runs() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let lines =
        |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let sources = ["handlers/dashboard.rs", "routes.rs"];
    let sources = sources.map(|file| lines(&read(&format!("examples/storefront/src/{file}"))));
    let page = read("docs/queries.md");
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let quoted = lines(block.split("```").next().unwrap());
        let is_quoted = sources
            .iter()
            .any(|source| source.windows(quoted.len()).any(|lines| lines == quoted));
        assert!(is_quoted, "this runs nowhere:\n{}", quoted.join("\n"));
    }
}
