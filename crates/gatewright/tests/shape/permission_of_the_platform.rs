//! A permission of the platform that an application invents.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Api, NoContent, PlatformGrant, PlatformPermission, platform};

struct DropEverything;

impl PlatformPermission for DropEverything {
    const SLUG: &'static str = "platform:drop_everything";
}

async fn drop_everything(_: PlatformGrant<DropEverything>) -> NoContent {
    NoContent
}

fn register(api: &mut Api) {
    api.post("/platform/drop", platform(DropEverything, drop_everything));
}

fn of_a_tenant(api: &mut Api) {
    api.get(
        "/platform/products",
        platform(generated::permissions::products::Read, generated::handlers::products::list),
    );
}

fn main() {}
