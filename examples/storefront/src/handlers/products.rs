//! `/api/products`

use gatewright::{
    Created, Grant, IfMatch, Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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

/// `POST /api/products`
pub async fn create(
    grant: Grant<products::Create>,
    Json(input): Json<NewProduct>,
) -> Result<Created<Product>> {
    store::products::create(&grant, input).await.map(Created)
}

/// `GET /api/products/{id}`
pub async fn read(
    grant: Grant<products::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Product>> {
    store::products::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/products/{id}`
pub async fn update(
    grant: Grant<products::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<ProductPatch>,
) -> Result<Versioned<Product>> {
    store::products::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/products/{id}`
pub async fn delete(
    grant: Grant<products::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::products::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}
