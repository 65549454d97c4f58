//! The application's routes: the schema's first, then the team's own.

#[path = "handlers/dashboard.rs"]
mod dashboard;

use gatewright::{Api, protect};

use crate::generated::permissions::{categories, order_lines, orders, products};

/// Registers every route. None goes in without saying who may use it.
pub fn register(api: &mut Api) {
    crate::generated::routes::register(api);
    // Your own, one line each. What the handler takes must agree with what the route demands.
    api.get(
        "/api/dashboard/revenue",
        protect((orders::Read, order_lines::Read), dashboard::revenue),
    );
    api.get(
        "/api/reports/products",
        protect(
            (products::Read, categories::Read, order_lines::Read),
            dashboard::products,
        ),
    );
}
