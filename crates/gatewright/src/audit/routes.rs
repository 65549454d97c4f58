//! `GET /api/audit-log`

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::sight;
use crate::authz::permissions::audit;
use crate::authz::{Grant, protect};
use crate::error::{Error, Result};
use crate::http::{Api, PageQuery};
use crate::store::{FieldValue, List, Row, UnexpectedValue};

pub(crate) fn register(api: &mut Api) {
    api.get("/api/audit-log", protect(audit::Read, list));
}

#[derive(Serialize)]
struct Entry {
    id: Uuid,
    at: Timestamp,
    actor_id: Option<Uuid>,
    /// `user`, `system`, `platform` or `api_key`.
    actor_kind: String,
    action: String,
    outcome: String,
    resource: String,
    record_id: Option<Uuid>,
    changes: Option<serde_json::Value>,
    request_id: Option<Uuid>,
    address: Option<String>,
}

/// The entries of the tenant in `$1` before the one in `$2`, newest first.
const ENTRIES: &str = "
    SELECT id, at, actor_id, actor_kind, action, outcome, resource, record_id, changes, request_id, address
    FROM audit_log
    WHERE tenant_id = $1 AND id < $2
    ORDER BY id DESC LIMIT $3";

async fn list(grant: Grant<audit::Read>, query: PageQuery) -> Result<List<Entry>> {
    let access = grant.access::<audit::Read>();
    let unit = access.unit();
    let cursors = &unit.runtime().cursors;
    let tenant = grant.tenant_id();
    let before = query
        .after(cursors, tenant, "audit_log")?
        .unwrap_or(Uuid::max());
    let args = [
        tenant.into_value(),
        before.into_value(),
        query.one_more().into_value(),
    ];
    let rows = unit.run(ENTRIES, &args).await?;
    let mut entries = rows
        .into_iter()
        .map(entry)
        .collect::<Result<Vec<_>, _>>()
        .map_err(Error::internal)?;
    for entry in &mut entries {
        let (model, resource) = (unit.runtime().model, &entry.resource);
        let changes = entry.changes.take();
        let mut seen = sight::seen(model, resource, changes, |slug| access.passes(slug));
        if let (Some(Json::Object(seen)), Some(def)) = (&mut seen, model.resource(resource)) {
            for field in def.fields.iter().filter(|field| !access.shows(field)) {
                seen.remove(field.name);
            }
        }
        entry.changes = seen;
    }
    let next_cursor = query.next(cursors, tenant, "audit_log", &mut entries, |entry| entry.id)?;
    Ok(List::new(entries, next_cursor))
}

fn entry(mut row: Row) -> Result<Entry, UnexpectedValue> {
    Ok(Entry {
        id: row.next()?,
        at: row.next()?,
        actor_id: row.next()?,
        actor_kind: row.next()?,
        action: row.next()?,
        outcome: row.next()?,
        resource: row.next()?,
        record_id: row.next()?,
        changes: row.next()?,
        request_id: row.next()?,
        address: row.next()?,
    })
}
