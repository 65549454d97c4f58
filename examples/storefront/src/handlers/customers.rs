//! `/api/customers`

use gatewright::{
    Created, Export, ExportQuery, Grant, Json, List, ListQuery, NoContent, Path, Result, Uuid,
};

use crate::generated::models::customers::{Customer, CustomerPatch, NewCustomer};
use crate::generated::{permissions::customers, store};

// A handler gets its grant only after authentication, the tenant and the permission were checked,
// and its body is read only then. The tenant, the author and the id come from the grant and the
// path, never from the body.

/// `GET /api/customers`
pub async fn list(
    grant: Grant<customers::Read>,
    query: ListQuery<Customer>,
) -> Result<List<Customer>> {
    store::customers::list(&grant, query).await
}

/// `GET /api/customers/export`
pub async fn export(grant: Grant<customers::Read>, query: ExportQuery<Customer>) -> Result<Export> {
    store::customers::export(&grant, query).await
}

/// `POST /api/customers`
pub async fn create(
    grant: Grant<customers::Create>,
    Json(input): Json<NewCustomer>,
) -> Result<Created<Customer>> {
    store::customers::create(&grant, input).await.map(Created)
}

/// `GET /api/customers/{id}`
pub async fn read(grant: Grant<customers::Read>, Path(id): Path<Uuid>) -> Result<Json<Customer>> {
    store::customers::read(&grant, id).await.map(Json)
}

/// `PATCH /api/customers/{id}`
pub async fn update(
    grant: Grant<customers::Update>,
    Path(id): Path<Uuid>,
    Json(patch): Json<CustomerPatch>,
) -> Result<Json<Customer>> {
    store::customers::update(&grant, id, patch).await.map(Json)
}

/// `DELETE /api/customers/{id}`
pub async fn delete(grant: Grant<customers::Delete>, Path(id): Path<Uuid>) -> Result<NoContent> {
    store::customers::delete(&grant, id)
        .await
        .map(|()| NoContent)
}
