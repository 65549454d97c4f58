//! `/api/order`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::order::{NewOrder, Order, OrderPatch};
use crate::generated::{permissions::order, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/order`
pub async fn list(grant: Grant<order::Read>, query: ListQuery<Order>) -> Result<List<Order>> {
    store::order::list(&grant, query).await
}

/// `GET /api/order/export`
pub async fn export(grant: Grant<order::Read>, query: ExportQuery<Order>) -> Result<Export> {
    store::order::export(&grant, query).await
}

/// `POST /api/order`
pub async fn create(
    grant: Grant<order::Create>,
    Json(input): Json<NewOrder>,
) -> Result<Created<Order>> {
    store::order::create(&grant, input).await.map(Created)
}

/// `GET /api/order/{id}`
pub async fn read(grant: Grant<order::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Order>> {
    store::order::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/order/{id}`
pub async fn update(
    grant: Grant<order::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<OrderPatch>,
) -> Result<Versioned<Order>> {
    store::order::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/order/{id}`
pub async fn delete(
    grant: Grant<order::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::order::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/order/bulk/create`
pub async fn bulk_create(
    grant: Grant<order::Create>,
    Json(body): Json<BulkNew<Order>>,
) -> Result<BulkCreated<Order>> {
    store::order::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/order/bulk/update`
pub async fn bulk_update(
    grant: Grant<order::Update>,
    Json(body): Json<BulkPatch<Order>>,
) -> Result<Bulk<Order>> {
    store::order::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/order/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<order::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::order::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
