//! The application's routes: the schema's first, then the team's own.

use gatewright::Api;

/// Registers every route. None goes in without saying who may use it.
pub fn register(api: &mut Api) {
    crate::generated::routes::register(api);
    // Your own, one line each. What the handler takes must agree with what the route demands:
    // api.get("/api/dashboard", protect(tasks::Read, dashboard::show));
}
