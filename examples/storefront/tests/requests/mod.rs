//! What the attack suite cannot derive from the schema: in which state a record must be for what the
//! handlers add to it.

use std::ffi::OsStr;

use gatewright_attack::Suite;
use serde_json::json;

/// The suite for this application's binary. Every product is made as a draft, so that it can be
/// published, and every order as paid, so that it can be shipped.
pub fn suite(application: impl AsRef<OsStr>) -> Suite {
    Suite::new(application)
        .example(
            "POST /api/products",
            json!({
                "name": "Product {fresh}",
                "sku": "SKU-{fresh}",
                "description": "What it is",
                "price": "9.95",
                "stock": 10,
                "status": "draft",
                "attributes": { "colour": "blue" },
                "category_id": "{new categories}",
                "brand_id": "{new brands}",
            }),
        )
        .example(
            "POST /api/orders",
            json!({
                "number": "{fresh}",
                "customer_id": "{new customers}",
                "coupon_id": "{new coupons}",
                "status": "paid",
                "placed_at": "2026-11-25T10:00:00Z",
            }),
        )
}
