//! `/api/type`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::r#type::{NewType, Type, TypePatch};
use crate::generated::{permissions::r#type, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/type`
pub async fn list(grant: Grant<r#type::Read>, query: ListQuery<Type>) -> Result<List<Type>> {
    store::r#type::list(&grant, query).await
}

/// `GET /api/type/export`
pub async fn export(grant: Grant<r#type::Read>, query: ExportQuery<Type>) -> Result<Export> {
    store::r#type::export(&grant, query).await
}

/// `POST /api/type`
pub async fn create(
    grant: Grant<r#type::Create>,
    Json(input): Json<NewType>,
) -> Result<Created<Type>> {
    store::r#type::create(&grant, input).await.map(Created)
}

/// `GET /api/type/{id}`
pub async fn read(grant: Grant<r#type::Read>, Path(id): Path<Uuid>) -> Result<Json<Type>> {
    store::r#type::read(&grant, id).await.map(Json)
}

/// `PATCH /api/type/{id}`
pub async fn update(
    grant: Grant<r#type::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<TypePatch>,
) -> Result<Json<Type>> {
    store::r#type::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/type/{id}`
pub async fn delete(grant: Grant<r#type::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::r#type::delete(&grant, id).await.map(|()| NoContent)
}
