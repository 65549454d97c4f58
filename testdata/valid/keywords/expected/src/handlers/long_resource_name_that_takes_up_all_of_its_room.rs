//! `/api/long_resource_name_that_takes_up_all_of_its_room`

use gatewright::{
    Bulk, BulkCreated, BulkIds, BulkNew, BulkPatch, Created, Export, ExportQuery, Grant, IfMatch,
    Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
};

use crate::generated::models::long_resource_name_that_takes_up_all_of_its_room::{
    LongResourceNameThatTakesUpAllOfItsRoom, LongResourceNameThatTakesUpAllOfItsRoomPatch,
    NewLongResourceNameThatTakesUpAllOfItsRoom,
};
use crate::generated::{permissions::long_resource_name_that_takes_up_all_of_its_room, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/long_resource_name_that_takes_up_all_of_its_room`
pub async fn list(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Read>,
    query: ListQuery<LongResourceNameThatTakesUpAllOfItsRoom>,
) -> Result<List<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::list(&grant, query).await
}

/// `GET /api/long_resource_name_that_takes_up_all_of_its_room/export`
pub async fn export(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Read>,
    query: ExportQuery<LongResourceNameThatTakesUpAllOfItsRoom>,
) -> Result<Export> {
    store::long_resource_name_that_takes_up_all_of_its_room::export(&grant, query).await
}

/// `POST /api/long_resource_name_that_takes_up_all_of_its_room`
pub async fn create(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Create>,
    Json(input): Json<NewLongResourceNameThatTakesUpAllOfItsRoom>,
) -> Result<Created<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::create(&grant, input)
        .await
        .map(Created)
}

/// `GET /api/long_resource_name_that_takes_up_all_of_its_room/{id}`
pub async fn read(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::read(&grant, id)
        .await
        .map(Versioned)
}

/// `PATCH /api/long_resource_name_that_takes_up_all_of_its_room/{id}`
pub async fn update(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<LongResourceNameThatTakesUpAllOfItsRoomPatch>,
) -> Result<Versioned<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/long_resource_name_that_takes_up_all_of_its_room/{id}`
pub async fn delete(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::long_resource_name_that_takes_up_all_of_its_room::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}

/// `POST /api/long_resource_name_that_takes_up_all_of_its_room/bulk/create`
pub async fn bulk_create(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Create>,
    Json(body): Json<BulkNew<LongResourceNameThatTakesUpAllOfItsRoom>>,
) -> Result<BulkCreated<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::bulk_create(&grant, body.records)
        .await
        .map(BulkCreated)
}

/// `POST /api/long_resource_name_that_takes_up_all_of_its_room/bulk/update`
pub async fn bulk_update(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Update>,
    Json(body): Json<BulkPatch<LongResourceNameThatTakesUpAllOfItsRoom>>,
) -> Result<Bulk<LongResourceNameThatTakesUpAllOfItsRoom>> {
    store::long_resource_name_that_takes_up_all_of_its_room::bulk_update(&grant, body.records)
        .await
        .map(Bulk)
}

/// `POST /api/long_resource_name_that_takes_up_all_of_its_room/bulk/delete`
pub async fn bulk_delete(
    grant: Grant<long_resource_name_that_takes_up_all_of_its_room::Delete>,
    Json(body): Json<BulkIds>,
) -> Result<NoContent> {
    store::long_resource_name_that_takes_up_all_of_its_room::bulk_delete(&grant, body.ids)
        .await
        .map(|()| NoContent)
}
