//! `/api/coupons`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::coupons::{Coupon, CouponPatch, NewCoupon};
use crate::generated::{permissions::coupons, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/coupons`
pub async fn list(grant: Grant<coupons::Read>, query: ListQuery<Coupon>) -> Result<List<Coupon>> {
    store::coupons::list(&grant, query).await
}

/// `GET /api/coupons/export`
pub async fn export(grant: Grant<coupons::Read>, query: ExportQuery<Coupon>) -> Result<Export> {
    store::coupons::export(&grant, query).await
}

/// `POST /api/coupons`
pub async fn create(
    grant: Grant<coupons::Create>,
    Json(input): Json<NewCoupon>,
) -> Result<Created<Coupon>> {
    store::coupons::create(&grant, input).await.map(Created)
}

/// `GET /api/coupons/{id}`
pub async fn read(grant: Grant<coupons::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Coupon>> {
    store::coupons::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/coupons/{id}`
pub async fn update(
    grant: Grant<coupons::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<CouponPatch>,
) -> Result<Versioned<Coupon>> {
    store::coupons::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/coupons/{id}`
pub async fn delete(
    grant: Grant<coupons::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::coupons::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/coupons/bulk/create`
pub async fn bulk_create(
    grant: Grant<coupons::Create>,
    Json(body): Json<BulkNew<Coupon>>,
) -> Result<BulkCreated<Coupon>> {
    store::coupons::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/coupons/bulk/update`
pub async fn bulk_update(
    grant: Grant<coupons::Update>,
    Json(body): Json<BulkPatch<Coupon>>,
) -> Result<Bulk<Coupon>> {
    store::coupons::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/coupons/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<coupons::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::coupons::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
