//! `/api/reviews`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::reviews::{NewReview, Review, ReviewPatch};
use crate::generated::{permissions::reviews, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/reviews`
pub async fn list(grant: Grant<reviews::Read>, query: ListQuery<Review>) -> Result<List<Review>> {
    store::reviews::list(&grant, query).await
}

/// `GET /api/reviews/export`
pub async fn export(grant: Grant<reviews::Read>, query: ExportQuery<Review>) -> Result<Export> {
    store::reviews::export(&grant, query).await
}

/// `POST /api/reviews`
pub async fn create(
    grant: Grant<reviews::Create>,
    Json(input): Json<NewReview>,
) -> Result<Created<Review>> {
    store::reviews::create(&grant, input).await.map(Created)
}

/// `GET /api/reviews/{id}`
pub async fn read(grant: Grant<reviews::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Review>> {
    store::reviews::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/reviews/{id}`
pub async fn update(
    grant: Grant<reviews::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<ReviewPatch>,
) -> Result<Versioned<Review>> {
    store::reviews::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/reviews/{id}`
pub async fn delete(
    grant: Grant<reviews::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::reviews::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/reviews/bulk/create`
pub async fn bulk_create(
    grant: Grant<reviews::Create>,
    Json(body): Json<BulkNew<Review>>,
) -> Result<BulkCreated<Review>> {
    store::reviews::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/reviews/bulk/update`
pub async fn bulk_update(
    grant: Grant<reviews::Update>,
    Json(body): Json<BulkPatch<Review>>,
) -> Result<Bulk<Review>> {
    store::reviews::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/reviews/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<reviews::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::reviews::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
