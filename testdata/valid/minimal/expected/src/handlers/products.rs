//! `/api/products`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::products::{NewProduct, Product, ProductPatch};
use crate::generated::{permissions::products, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/products`
pub async fn list(
    grant: Grant<products::Read>,
    query: ListQuery<Product>,
) -> Result<List<Product>> {
    store::products::list(&grant, query).await
}

/// `GET /api/products/export`
pub async fn export(grant: Grant<products::Read>, query: ExportQuery<Product>) -> Result<Export> {
    store::products::export(&grant, query).await
}

/// `POST /api/products`
pub async fn create(
    grant: Grant<products::Create>,
    Json(input): Json<NewProduct>,
) -> Result<Created<Product>> {
    store::products::create(&grant, input).await.map(Created)
}

/// `GET /api/products/{id}`
pub async fn read(grant: Grant<products::Read>, Path(id): Path<Uuid>) -> Result<Json<Product>> {
    store::products::read(&grant, id).await.map(Json)
}

/// `PATCH /api/products/{id}`
pub async fn update(
    grant: Grant<products::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<ProductPatch>,
) -> Result<Json<Product>> {
    store::products::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/products/{id}`
pub async fn delete(grant: Grant<products::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::products::delete(&grant, id)
        .await
        .map(|()| NoContent)
}
