//! `GET /api/me/permissions`

use serde::Serialize;

use crate::authz::{Grant, Member, member};
use crate::http::{Api, Json};

pub(super) fn register(api: &mut Api) {
    api.get("/api/me/permissions", member(my_permissions));
}

#[derive(Serialize)]
struct MyPermissions {
    tenant: String,
    roles: Vec<String>,
    /// `orders:read`; for records of one's own alone, `orders:update:own`.
    permissions: Vec<String>,
}

async fn my_permissions(grant: Grant<Member>) -> Json<MyPermissions> {
    let model = grant.access::<Member>().unit().runtime().model;
    let mut roles = grant.roles().to_vec();
    roles.sort();
    Json(MyPermissions {
        tenant: grant.tenant_slug().to_owned(),
        roles,
        permissions: grant.standing().held.slugs(model),
    })
}
