//! `/api/orders`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Error, Export, ExportQuery, Grant,
    IfMatch, Json, List, ListQuery, NoContent, Patch, Path, Result, Timestamp, Uuid, Versioned,
};

use crate::generated::models::orders::{NewOrder, Order, OrderPatch, OrderStatus};
use crate::generated::{permissions::orders, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/orders`
pub async fn list(grant: Grant<orders::Read>, query: ListQuery<Order>) -> Result<List<Order>> {
    store::orders::list(&grant, query).await
}

/// `GET /api/orders/export`
pub async fn export(grant: Grant<orders::Read>, query: ExportQuery<Order>) -> Result<Export> {
    store::orders::export(&grant, query).await
}

/// `POST /api/orders`: an order that names no time is placed now.
pub async fn create(
    grant: Grant<orders::Create>,
    Json(mut input): Json<NewOrder>,
) -> Result<Created<Order>> {
    input.placed_at.get_or_insert_with(Timestamp::now);
    store::orders::create(&grant, input).await.map(Created)
}

/// `GET /api/orders/{id}`
pub async fn read(grant: Grant<orders::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Order>> {
    store::orders::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/orders/{id}`
pub async fn update(
    grant: Grant<orders::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<OrderPatch>,
) -> Result<Versioned<Order>> {
    store::orders::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/orders/{id}`
pub async fn delete(
    grant: Grant<orders::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::orders::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/orders/bulk/create`
pub async fn bulk_create(
    grant: Grant<orders::Create>,
    Json(body): Json<BulkNew<Order>>,
) -> Result<BulkCreated<Order>> {
    store::orders::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/orders/bulk/update`
pub async fn bulk_update(
    grant: Grant<orders::Update>,
    Json(body): Json<BulkPatch<Order>>,
) -> Result<Bulk<Order>> {
    store::orders::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/orders/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<orders::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::orders::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}

/// `POST /api/orders/{id}/ship`: what is paid for is shipped.
pub async fn ship(grant: Grant<orders::Ship>, Path(id): Path<Uuid>) -> Result<Versioned<Order>> {
    let order = store::orders::read(&grant, id).await?;
    if order.status != OrderStatus::Paid {
        let message = "Only a paid order can be shipped.";
        return Err(Error::conflict("status", "not_paid", message));
    }
    let patch = OrderPatch {
        status: Patch::Set(OrderStatus::Shipped),
        ..OrderPatch::default()
    };
    // The version that was read: an order that was cancelled meanwhile is not shipped.
    store::orders::update(&grant, id, IfMatch::version(order.version), patch)
        .await
        .map(Versioned)
}
