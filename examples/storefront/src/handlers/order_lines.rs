//! `/api/order_lines`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
) -> Result<Json<OrderLine>> {
    store::order_lines::read(&grant, id).await.map(Json)
}

/// `PATCH /api/order_lines/{id}`
pub async fn update(
    grant: Grant<order_lines::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<OrderLinePatch>,
) -> Result<Json<OrderLine>> {
    store::order_lines::update(&grant, id, patch)
        .await
        .map(Json)
}

/// `DELETE /api/order_lines/{id}`
pub async fn delete(grant: Grant<order_lines::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::order_lines::delete(&grant, id)
        .await
        .map(|()| NoContent)
}
