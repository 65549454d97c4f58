//! The tenant's own endpoints.

use serde::Serialize;
use uuid::Uuid;

use crate::authz::permissions::tenant;
use crate::authz::{Grant, protect};
use crate::http::{Api, Json};

pub(crate) fn register(api: &mut Api) {
    api.get("/api/tenant", protect(tenant::Read, show));
}

#[derive(Serialize)]
struct TenantView {
    id: Uuid,
    slug: String,
    name: String,
}

async fn show(grant: Grant<tenant::Read>) -> Json<TenantView> {
    let tenant = grant.tenant();
    Json(TenantView {
        id: tenant.id,
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
    })
}
