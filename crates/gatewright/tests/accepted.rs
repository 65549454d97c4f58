//! Handlers of every shape that a route takes: this must compile. `shape.rs` has what must not.

#[path = "../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{
    Account, Api, Created, Grant, IfMatch, Jobs, Json, List, ListQuery, Member, NoContent, Path,
    Payload, PlatformGrant, ReadTenants, Result, Uuid, Versioned, job, member, platform, protect,
    public, signed_in,
};
use generated::models::products::{NewProduct, Product, ProductPatch};
use generated::permissions::{customers, orders, products};
use generated::store;
use http::{HeaderMap, Method, Uri, Version};

async fn alone(_: Grant<products::Read>) -> NoContent {
    NoContent
}

async fn one(grant: Grant<products::Read>, query: ListQuery<Product>) -> Result<List<Product>> {
    store::products::list(&grant, query).await
}

async fn two(
    grant: Grant<products::Update>,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Json(patch): Json<ProductPatch>,
) -> Result<Versioned<Product>> {
    store::products::update(&grant, id, version, patch)
        .await
        .map(Versioned)
}

async fn three(
    grant: Grant<products::Create>,
    _: HeaderMap,
    _: Method,
    Json(input): Json<NewProduct>,
) -> Result<Created<Product>> {
    store::products::create(&grant, input).await.map(Created)
}

async fn four(_: Grant<products::Read>, _: Path<Uuid>, _: HeaderMap, _: Method, _: Uri) {}

async fn five(
    _: Grant<products::Read>,
    _: Path<Uuid>,
    _: HeaderMap,
    _: Method,
    _: Version,
    _: Json<NewProduct>,
) {
}

async fn pair(
    products: Grant<products::Read>,
    orders: Grant<orders::Update>,
    Path(id): Path<Uuid>,
) -> Result<NoContent> {
    store::products::read(&products, id).await?;
    store::orders::update(&orders, id, IfMatch::any(), Default::default()).await?;
    Ok(NoContent)
}

#[expect(
    clippy::too_many_arguments,
    reason = "three grants and five extractors are the most"
)]
async fn triple(
    _: Grant<products::Read>,
    _: Grant<orders::Read>,
    _: Grant<customers::Read>,
    _: HeaderMap,
    _: Method,
    _: Version,
    _: Uri,
    _: Json<Vec<Uuid>>,
) -> Result<NoContent> {
    Ok(NoContent)
}

async fn of_members(grant: Grant<Member>, _: HeaderMap) -> Result<Json<bool>> {
    Ok(Json(grant.can("products:read")))
}

async fn of_accounts(account: Account, Path(_): Path<Uuid>) -> Result<Json<Uuid>> {
    Ok(Json(account.user_id()))
}

async fn of_the_platform(grant: PlatformGrant<ReadTenants>, _: Uri) -> Json<Uuid> {
    Json(grant.account().user_id())
}

async fn of_everybody(_: Uri) -> &'static str {
    "welcome"
}

fn register(api: &mut Api) {
    generated::routes::register(api);
    api.get("/0", protect(products::Read, alone));
    api.get("/1", protect(products::Read, one));
    api.patch("/2/{id}", protect(products::Update, two));
    api.post("/3", protect(products::Create, three));
    api.get("/4/{id}", protect(products::Read, four));
    api.put("/5/{id}", protect(products::Read, five));
    api.post(
        "/pair/{id}",
        protect((products::Read, orders::Update), pair),
    );
    api.post(
        "/triple",
        protect((products::Read, orders::Read, customers::Read), triple),
    );
    api.get("/member", member(of_members));
    api.get("/account/{id}", signed_in(of_accounts));
    api.get("/platform", platform(ReadTenants, of_the_platform));
    api.get("/", public(of_everybody));
    // What closes over nothing is a handler too.
    api.delete(
        "/closure/{id}",
        protect(
            products::Delete,
            |grant: Grant<products::Delete>, Path(id): Path<Uuid>| async move {
                store::products::delete(&grant, id, IfMatch::any())
                    .await
                    .map(|()| NoContent)
            },
        ),
    );
}

async fn restock(_: Grant<products::Update>, Payload(_): Payload<i64>) -> Result<()> {
    Ok(())
}

async fn reconcile(
    _: Grant<products::Read>,
    orders: Grant<orders::Read>,
    _: Grant<customers::Update>,
    Payload((id, note)): Payload<(Uuid, Option<String>)>,
) -> Result<()> {
    orders.enqueue("note", &(id, note)).await
}

fn register_jobs(jobs: &mut Jobs) {
    jobs.on("restock", job(products::Update, restock));
    jobs.on(
        "reconcile",
        job((products::Read, orders::Read, customers::Update), reconcile),
    );
    let limit = String::from("what a closure holds");
    let note = move |grant: Grant<orders::Read>, _: Payload<(Uuid, Option<String>)>| {
        let limit = limit.clone();
        async move {
            let context = grant.context();
            println!("{limit}: {} {:?}", context.tenant_id(), context.user_id());
            Ok(())
        }
    };
    jobs.on("note", job(orders::Read, note));
}

#[test]
fn handlers_of_every_shape_are_accepted() {
    register_jobs(&mut Jobs::default());
    let mut api = Api::default();
    register(&mut api);
    assert_eq!(
        api.routes()
            .filter(|route| route.path == "/pair/{id}")
            .count(),
        1
    );
}
