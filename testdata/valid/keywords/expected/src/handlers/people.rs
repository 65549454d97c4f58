//! `/api/people`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
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
pub async fn read(grant: Grant<people::Read>, Path(id): Path<Uuid>) -> Result<Json<Person>> {
    store::people::read(&grant, id).await.map(Json)
}

/// `PATCH /api/people/{id}`
pub async fn update(
    grant: Grant<people::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<PersonPatch>,
) -> Result<Json<Person>> {
    store::people::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/people/{id}`
pub async fn delete(grant: Grant<people::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::people::delete(&grant, id).await.map(|()| NoContent)
}
