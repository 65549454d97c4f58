//! `/api/match`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<r#match::Read>, Path(id): Path<Uuid>) -> Result<Json<Match>> {
    store::r#match::read(&grant, id).await.map(Json)
}

/// `PATCH /api/match/{id}`
pub async fn update(
    grant: Grant<r#match::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<MatchPatch>,
) -> Result<Json<Match>> {
    store::r#match::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/match/{id}`
pub async fn delete(grant: Grant<r#match::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::r#match::delete(&grant, id).await.map(|()| NoContent)
}
