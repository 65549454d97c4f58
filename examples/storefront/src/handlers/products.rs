//! `/api/products`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Error, Export, ExportQuery, Grant,
    IfMatch, Json, List, ListQuery, NoContent, Patch, Path, Result, Uuid, Versioned,
};
use serde::{Deserialize, Serialize};

use crate::generated::models::products::{NewProduct, Product, ProductPatch, ProductStatus};
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

/// `POST /api/products/bulk/create`
pub async fn bulk_create(
    grant: Grant<products::Create>,
    Json(body): Json<BulkNew<Product>>,
) -> Result<BulkCreated<Product>> {
    store::products::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/products/bulk/update`
pub async fn bulk_update(
    grant: Grant<products::Update>,
    Json(body): Json<BulkPatch<Product>>,
) -> Result<Bulk<Product>> {
    store::products::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/products/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<products::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::products::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}

/// `POST /api/products/{id}/publish`: a draft goes on sale, with a coupon if its publisher may make one.
pub async fn publish(
    grant: Grant<products::Publish>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Product>> {
    let product = store::products::read(&grant, id).await?;
    if product.status != ProductStatus::Draft {
        let message = "Only a draft can be published.";
        return Err(Error::conflict("status", "not_a_draft", message));
    }
    let patch = ProductPatch {
        status: Patch::Set(ProductStatus::Active),
        ..ProductPatch::default()
    };
    // The version that was read: of two who publish it at once, one does.
    let product =
        store::products::update(&grant, id, IfMatch::version(product.version), patch).await?;
    // After the commit, and not at all without it.
    if grant.can("coupons:create") {
        let introduction = Introduction { product_id: id };
        grant.enqueue("introduce", &introduction).await?;
    }
    Ok(Versioned(product))
}

/// What the job `introduce` is enqueued with: the product that went on sale.
#[derive(Debug, Serialize, Deserialize)]
pub struct Introduction {
    /// Its id.
    pub product_id: Uuid,
}
