//! `/api/people`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::people::{NewPerson, Person, PersonPatch};
use crate::generated::{permissions::people, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/people`
pub async fn list(grant: Grant<people::Read>, query: ListQuery<Person>) -> Result<List<Person>> {
    store::people::list(&grant, query).await
}

/// `GET /api/people/export`
pub async fn export(grant: Grant<people::Read>, query: ExportQuery<Person>) -> Result<Export> {
    store::people::export(&grant, query).await
}

/// `POST /api/people`
pub async fn create(
    grant: Grant<people::Create>,
    Json(input): Json<NewPerson>,
) -> Result<Created<Person>> {
    store::people::create(&grant, input).await.map(Created)
}

/// `GET /api/people/{id}`
pub async fn read(grant: Grant<people::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Person>> {
    store::people::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/people/{id}`
pub async fn update(
    grant: Grant<people::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<PersonPatch>,
) -> Result<Versioned<Person>> {
    store::people::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/people/{id}`
pub async fn delete(
    grant: Grant<people::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::people::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/people/bulk/create`
pub async fn bulk_create(
    grant: Grant<people::Create>,
    Json(body): Json<BulkNew<Person>>,
) -> Result<BulkCreated<Person>> {
    store::people::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/people/bulk/update`
pub async fn bulk_update(
    grant: Grant<people::Update>,
    Json(body): Json<BulkPatch<Person>>,
) -> Result<Bulk<Person>> {
    store::people::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/people/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<people::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::people::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
