//! `/api/payments`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::payments::{NewPayment, Payment, PaymentPatch};
use crate::generated::{permissions::payments, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/payments`
pub async fn list(
    grant: Grant<payments::Read>,
    query: ListQuery<Payment>,
) -> Result<List<Payment>> {
    store::payments::list(&grant, query).await
}

/// `GET /api/payments/export`
pub async fn export(grant: Grant<payments::Read>, query: ExportQuery<Payment>) -> Result<Export> {
    store::payments::export(&grant, query).await
}

/// `POST /api/payments`
pub async fn create(
    grant: Grant<payments::Create>,
    Json(input): Json<NewPayment>,
) -> Result<Created<Payment>> {
    store::payments::create(&grant, input).await.map(Created)
}

/// `GET /api/payments/{id}`
pub async fn read(
    grant: Grant<payments::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Payment>> {
    store::payments::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/payments/{id}`
pub async fn update(
    grant: Grant<payments::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<PaymentPatch>,
) -> Result<Versioned<Payment>> {
    store::payments::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/payments/{id}`
pub async fn delete(
    grant: Grant<payments::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::payments::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/payments/bulk/create`
pub async fn bulk_create(
    grant: Grant<payments::Create>,
    Json(body): Json<BulkNew<Payment>>,
) -> Result<BulkCreated<Payment>> {
    store::payments::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/payments/bulk/update`
pub async fn bulk_update(
    grant: Grant<payments::Update>,
    Json(body): Json<BulkPatch<Payment>>,
) -> Result<Bulk<Payment>> {
    store::payments::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/payments/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<payments::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::payments::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
