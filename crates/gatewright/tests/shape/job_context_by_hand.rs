//! A tenant that nobody resolved, for a job to run in.

use gatewright::{TenantContext, Uuid};

fn anything<T>() -> T {
    std::process::exit(1)
}

fn written_down(tenant_id: Uuid) -> TenantContext {
    TenantContext {
        tenant_id,
        cause: anything(),
    }
}

fn made(tenant_id: Uuid) -> TenantContext {
    TenantContext::new(tenant_id, anything())
}

fn by_default() -> TenantContext {
    TenantContext::default()
}

fn main() {}
