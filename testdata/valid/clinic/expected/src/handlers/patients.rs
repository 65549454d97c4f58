//! `/api/patients`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::patients::{NewPatient, Patient, PatientPatch};
use crate::generated::{permissions::patients, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/patients`
pub async fn list(
    grant: Grant<patients::Read>,
    query: ListQuery<Patient>,
) -> Result<List<Patient>> {
    store::patients::list(&grant, query).await
}

/// `GET /api/patients/export`
pub async fn export(grant: Grant<patients::Read>, query: ExportQuery<Patient>) -> Result<Export> {
    store::patients::export(&grant, query).await
}

/// `POST /api/patients`
pub async fn create(
    grant: Grant<patients::Create>,
    Json(input): Json<NewPatient>,
) -> Result<Created<Patient>> {
    store::patients::create(&grant, input).await.map(Created)
}

/// `GET /api/patients/{id}`
pub async fn read(
    grant: Grant<patients::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Patient>> {
    store::patients::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/patients/{id}`
pub async fn update(
    grant: Grant<patients::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<PatientPatch>,
) -> Result<Versioned<Patient>> {
    store::patients::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/patients/{id}`
pub async fn delete(
    grant: Grant<patients::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::patients::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/patients/bulk/create`
pub async fn bulk_create(
    grant: Grant<patients::Create>,
    Json(body): Json<BulkNew<Patient>>,
) -> Result<BulkCreated<Patient>> {
    store::patients::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/patients/bulk/update`
pub async fn bulk_update(
    grant: Grant<patients::Update>,
    Json(body): Json<BulkPatch<Patient>>,
) -> Result<Bulk<Patient>> {
    store::patients::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/patients/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<patients::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::patients::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
