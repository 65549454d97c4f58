//! `/api/customers`

use gatewright::{
    Created, Grant, IfMatch, Json, List, ListQuery, NoContent, Path, Result, Uuid, Versioned,
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

/// `POST /api/customers`
pub async fn create(
    grant: Grant<customers::Create>,
    Json(input): Json<NewCustomer>,
) -> Result<Created<Customer>> {
    store::customers::create(&grant, input).await.map(Created)
}

/// `GET /api/customers/{id}`
pub async fn read(
    grant: Grant<customers::Read>,
    Path(id): Path<Uuid>,
) -> Result<Versioned<Customer>> {
    store::customers::read(&grant, id).await.map(Versioned)
}

/// `PATCH /api/customers/{id}`
pub async fn update(
    grant: Grant<customers::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<CustomerPatch>,
) -> Result<Versioned<Customer>> {
    store::customers::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

/// `DELETE /api/customers/{id}`
pub async fn delete(
    grant: Grant<customers::Delete>,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<NoContent> {
    store::customers::delete(&grant, id, version)
        .await
        .map(|()| NoContent)
}
