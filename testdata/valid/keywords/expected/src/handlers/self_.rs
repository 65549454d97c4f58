//! `/api/self`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::self_::{NewSelfRecord, SelfRecord, SelfRecordPatch};
use crate::generated::{permissions::self_, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/self`
pub async fn list(
    grant: Grant<self_::Read>,
    query: ListQuery<SelfRecord>,
) -> Result<List<SelfRecord>> {
    store::self_::list(&grant, query).await
}

/// `GET /api/self/export`
pub async fn export(grant: Grant<self_::Read>, query: ExportQuery<SelfRecord>) -> Result<Export> {
    store::self_::export(&grant, query).await
}

/// `POST /api/self`
pub async fn create(
    grant: Grant<self_::Create>,
    Json(input): Json<NewSelfRecord>,
) -> Result<Created<SelfRecord>> {
    store::self_::create(&grant, input).await.map(Created)
}

/// `GET /api/self/{id}`
pub async fn read(grant: Grant<self_::Read>, Path(id): Path<Uuid>) -> Result<Json<SelfRecord>> {
    store::self_::read(&grant, id).await.map(Json)
}

/// `PATCH /api/self/{id}`
pub async fn update(
    grant: Grant<self_::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<SelfRecordPatch>,
) -> Result<Json<SelfRecord>> {
    store::self_::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/self/{id}`
pub async fn delete(grant: Grant<self_::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::self_::delete(&grant, id).await.map(|()| NoContent)
}
