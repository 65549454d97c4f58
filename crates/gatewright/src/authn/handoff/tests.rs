//! Handoffs over HTTP, on both databases.

mod codes;
mod going;
mod refusals;

use crate::store::FieldValue;
use crate::tenancy::testing::browser::{Browser, origin};
use crate::tenancy::testing::world::{OPEN, Place, World};

/// Ada owns `acme` and is a viewer in `globex`, which Gus owns.
async fn world(place: Place) -> World {
    let world = World::start(place, &OPEN).await;
    world.account("ada@example.com", Some("acme")).await;
    world.account("gus@example.com", Some("globex")).await;
    let user = user(&world, "ada@example.com").await;
    let sql = "INSERT INTO user_tenants (tenant_id, id, user_id, created_at) \
               SELECT id, $2, $3, created_at FROM tenants WHERE id = $1";
    let args = [
        world.tenant("globex").into_value(),
        uuid::Uuid::now_v7().into_value(),
        user.into_value(),
    ];
    world.write("globex", sql, &args).await;
    world.give("globex", "ada@example.com", &["viewer"]).await;
    world
}

async fn user(world: &World, email: &str) -> uuid::Uuid {
    let sql = "SELECT id FROM users WHERE email = $1";
    let args = [email.to_owned().into_value()];
    world.app.column(sql, &args).await.remove(0)
}

/// The address with a code for `globex`, made for a browser that is signed in at `acme`.
async fn code(browser: &mut Browser<'_>) -> String {
    let asked = browser.get("globex", "/auth/handoff?from=acme").await;
    let issued = browser.visit(asked.location()).await;
    let start = origin("globex") + "/auth/handoff?code=gwh_";
    assert!(issued.location().starts_with(&start), "{issued:?}");
    issued.location().to_owned()
}

/// How many sessions there are on a tenant's host.
async fn sessions(world: &World, slug: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM sessions WHERE host_tenant = $1 AND revoked_at IS NULL";
    let args = [world.tenant(slug).into_value()];
    world.app.column(sql, &args).await.remove(0)
}
