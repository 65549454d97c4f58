//! `/api/type`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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
pub async fn read(grant: Grant<r#type::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Type>> {
    store::r#type::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/type/{id}`
pub async fn update(
    grant: Grant<r#type::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<TypePatch>,
) -> Result<Versioned<Type>> {
    store::r#type::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/type/{id}`
pub async fn delete(
    grant: Grant<r#type::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::r#type::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/type/bulk/create`
pub async fn bulk_create(
    grant: Grant<r#type::Create>,
    Json(body): Json<BulkNew<Type>>,
) -> Result<BulkCreated<Type>> {
    store::r#type::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/type/bulk/update`
pub async fn bulk_update(
    grant: Grant<r#type::Update>,
    Json(body): Json<BulkPatch<Type>>,
) -> Result<Bulk<Type>> {
    store::r#type::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/type/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<r#type::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::r#type::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
