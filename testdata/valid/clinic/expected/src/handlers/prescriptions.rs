//! `/api/prescriptions`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::prescriptions::{NewPrescription, Prescription, PrescriptionPatch};
use crate::generated::{permissions::prescriptions, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/prescriptions`
pub async fn list(
    grant: Grant<prescriptions::Read>,
    query: ListQuery<Prescription>,
) -> Result<List<Prescription>> {
    store::prescriptions::list(&grant, query).await
}

/// `GET /api/prescriptions/export`
pub async fn export(
    grant: Grant<prescriptions::Read>,
    query: ExportQuery<Prescription>,
) -> Result<Export> {
    store::prescriptions::export(&grant, query).await
}

/// `POST /api/prescriptions`
pub async fn create(
    grant: Grant<prescriptions::Create>,
    Json(input): Json<NewPrescription>,
) -> Result<Created<Prescription>> {
    store::prescriptions::create(&grant, input)
        .await
        .map(Created)
}

/// `GET /api/prescriptions/{id}`
pub async fn read(
    grant: Grant<prescriptions::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Prescription>> {
    store::prescriptions::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/prescriptions/{id}`
pub async fn update(
    grant: Grant<prescriptions::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<PrescriptionPatch>,
) -> Result<Versioned<Prescription>> {
    store::prescriptions::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/prescriptions/{id}`
pub async fn delete(
    grant: Grant<prescriptions::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::prescriptions::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/prescriptions/bulk/create`
pub async fn bulk_create(
    grant: Grant<prescriptions::Create>,
    Json(body): Json<BulkNew<Prescription>>,
) -> Result<BulkCreated<Prescription>> {
    store::prescriptions::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/prescriptions/bulk/update`
pub async fn bulk_update(
    grant: Grant<prescriptions::Update>,
    Json(body): Json<BulkPatch<Prescription>>,
) -> Result<Bulk<Prescription>> {
    store::prescriptions::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/prescriptions/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<prescriptions::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::prescriptions::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
