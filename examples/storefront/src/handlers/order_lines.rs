//! `/api/order_lines`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::order_lines::{NewOrderLine, OrderLine, OrderLinePatch};
use crate::generated::{permissions::order_lines, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/order_lines`
pub async fn list(
    grant: Grant<order_lines::Read>,
    query: ListQuery<OrderLine>,
) -> Result<List<OrderLine>> {
    store::order_lines::list(&grant, query).await
}

/// `GET /api/order_lines/export`
pub async fn export(
    grant: Grant<order_lines::Read>,
    query: ExportQuery<OrderLine>,
) -> Result<Export> {
    store::order_lines::export(&grant, query).await
}

/// `POST /api/order_lines`
pub async fn create(
    grant: Grant<order_lines::Create>,
    Json(input): Json<NewOrderLine>,
) -> Result<Created<OrderLine>> {
    store::order_lines::create(&grant, input).await.map(Created)
}

/// `GET /api/order_lines/{id}`
pub async fn read(
    grant: Grant<order_lines::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<OrderLine>> {
    store::order_lines::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/order_lines/{id}`
pub async fn update(
    grant: Grant<order_lines::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<OrderLinePatch>,
) -> Result<Versioned<OrderLine>> {
    store::order_lines::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/order_lines/{id}`
pub async fn delete(
    grant: Grant<order_lines::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::order_lines::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/order_lines/bulk/create`
pub async fn bulk_create(
    grant: Grant<order_lines::Create>,
    Json(body): Json<BulkNew<OrderLine>>,
) -> Result<BulkCreated<OrderLine>> {
    store::order_lines::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/order_lines/bulk/update`
pub async fn bulk_update(
    grant: Grant<order_lines::Update>,
    Json(body): Json<BulkPatch<OrderLine>>,
) -> Result<Bulk<OrderLine>> {
    store::order_lines::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/order_lines/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<order_lines::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::order_lines::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
