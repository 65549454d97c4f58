//! The example with handlers of its own that misbehave, and a mail of its own wording.

#[path = "../../../examples/storefront/src/generated/mod.rs"]
mod generated;
mod misbehaviour;

pub use generated::handlers;

use gatewright::{Api, member, protect};
use generated::permissions::categories::{Create, Read, Update};

fn register(api: &mut Api) {
    generated::routes::register(api);
    api.post("/api/probe/smuggle", protect(Create, misbehaviour::smuggle));
    api.get("/api/probe/notes", member(misbehaviour::notes));
    api.post("/api/probe/panic", protect(Create, misbehaviour::panic));
    api.post("/api/probe/swallow", protect(Create, misbehaviour::swallow));
    api.post("/api/probe/refuse", protect(Create, misbehaviour::refuse));
    api.post("/api/probe/sleep", protect(Create, misbehaviour::sleep));
    api.post(
        "/api/probe/several",
        protect((Create, Read, Update), misbehaviour::several),
    );
}

fn main() -> std::process::ExitCode {
    gatewright::Application::new(&generated::model::MODEL)
        .migrations(&generated::migrations::MIGRATIONS)
        .public_routes(include_str!(
            "../../../examples/storefront/public_routes.txt"
        ))
        .routes(register)
        .templates(gatewright::templates!())
        .run()
}
