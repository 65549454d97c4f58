//! The tenant of a job, taken from what it was enqueued with or put into it.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, Jobs, Payload, Result, TenantContext, job};
use generated::permissions::products;

async fn restock(_: Grant<products::Update>, _: Payload<TenantContext>) -> Result<()> {
    Ok(())
}

fn register(jobs: &mut Jobs) {
    jobs.on("restock", job(products::Update, restock));
}

async fn written(grant: Grant<products::Update>) -> Result<()> {
    grant.enqueue("restock", &grant.context()).await
}

fn main() {}
