//! `/api/order`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<order::Read>, Path(id): Path<Uuid>) -> Result<Json<Order>> {
    store::order::read(&grant, id).await.map(Json)
}

/// `PATCH /api/order/{id}`
pub async fn update(
    grant: Grant<order::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<OrderPatch>,
) -> Result<Json<Order>> {
    store::order::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/order/{id}`
pub async fn delete(grant: Grant<order::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::order::delete(&grant, id).await.map(|()| NoContent)
}
