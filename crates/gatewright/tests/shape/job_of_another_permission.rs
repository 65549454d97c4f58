//! A job whose handler's grant is of another permission than the job.

#[path = "../../../../examples/storefront/src/generated/mod.rs"]
mod generated;

use gatewright::{Grant, Jobs, Payload, Result, job};
use generated::permissions::products;

async fn restock(_: Grant<products::Update>, _: Payload<i64>) -> Result<()> {
    Ok(())
}

fn register(jobs: &mut Jobs) {
    jobs.on("restock", job(products::Read, restock));
}

fn main() {}
