//! `/api/match`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::r#match::{Match, MatchPatch, NewMatch};
use crate::generated::{permissions::r#match, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/match`
pub async fn list(grant: Grant<r#match::Read>, query: ListQuery<Match>) -> Result<List<Match>> {
    store::r#match::list(&grant, query).await
}

/// `GET /api/match/export`
pub async fn export(grant: Grant<r#match::Read>, query: ExportQuery<Match>) -> Result<Export> {
    store::r#match::export(&grant, query).await
}

/// `POST /api/match`
pub async fn create(
    grant: Grant<r#match::Create>,
    Json(input): Json<NewMatch>,
) -> Result<Created<Match>> {
    store::r#match::create(&grant, input).await.map(Created)
}

/// `GET /api/match/{id}`
pub async fn read(grant: Grant<r#match::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Match>> {
    store::r#match::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/match/{id}`
pub async fn update(
    grant: Grant<r#match::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<MatchPatch>,
) -> Result<Versioned<Match>> {
    store::r#match::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/match/{id}`
pub async fn delete(
    grant: Grant<r#match::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::r#match::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/match/bulk/create`
pub async fn bulk_create(
    grant: Grant<r#match::Create>,
    Json(body): Json<BulkNew<Match>>,
) -> Result<BulkCreated<Match>> {
    store::r#match::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/match/bulk/update`
pub async fn bulk_update(
    grant: Grant<r#match::Update>,
    Json(body): Json<BulkPatch<Match>>,
) -> Result<Bulk<Match>> {
    store::r#match::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/match/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<r#match::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::r#match::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
