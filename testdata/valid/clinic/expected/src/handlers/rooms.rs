//! `/api/rooms`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::rooms::{NewRoom, Room, RoomPatch};
use crate::generated::{permissions::rooms, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/rooms`
pub async fn list(grant: Grant<rooms::Read>, query: ListQuery<Room>) -> Result<List<Room>> {
    store::rooms::list(&grant, query).await
}

/// `GET /api/rooms/export`
pub async fn export(grant: Grant<rooms::Read>, query: ExportQuery<Room>) -> Result<Export> {
    store::rooms::export(&grant, query).await
}

/// `POST /api/rooms`
pub async fn create(
    grant: Grant<rooms::Create>,
    Json(input): Json<NewRoom>,
) -> Result<Created<Room>> {
    store::rooms::create(&grant, input).await.map(Created)
}

/// `GET /api/rooms/{id}`
pub async fn read(grant: Grant<rooms::Read>, Path(id): Path<Uuid>) -> Result<Versioned<Room>> {
    store::rooms::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/rooms/{id}`
pub async fn update(
    grant: Grant<rooms::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<RoomPatch>,
) -> Result<Versioned<Room>> {
    store::rooms::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/rooms/{id}`
pub async fn delete(
    grant: Grant<rooms::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::rooms::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/rooms/bulk/create`
pub async fn bulk_create(
    grant: Grant<rooms::Create>,
    Json(body): Json<BulkNew<Room>>,
) -> Result<BulkCreated<Room>> {
    store::rooms::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/rooms/bulk/update`
pub async fn bulk_update(
    grant: Grant<rooms::Update>,
    Json(body): Json<BulkPatch<Room>>,
) -> Result<Bulk<Room>> {
    store::rooms::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/rooms/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<rooms::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::rooms::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
