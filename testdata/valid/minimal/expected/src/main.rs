//! Minimal.

mod generated;
mod routes;

pub use generated::handlers;

fn main() -> std::process::ExitCode {
    gatewright::Application::new(&generated::model::MODEL)
        .migrations(&generated::migrations::MIGRATIONS)
        .public_routes(include_str!("../public_routes.txt"))
        .routes(routes::register)
        .templates(gatewright::templates!())
        .run()
}
