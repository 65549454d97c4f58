//! A row in every table of a tenant that the demonstration leaves empty, so that tests by SQL have
//! something to find there.

use crate::application::Store;

/// The statements, for a database whose resources these are. They give each tenant the same.
pub fn statements(store: &Store, resources: &[String]) -> String {
    let (id, now, no) = match store {
        Store::Sqlite => (
            "lower(hex(randomblob(16)))",
            "'2026-01-01T00:00:00.000000Z'",
            "0",
        ),
        Store::Postgres(_) => ("gen_random_uuid()", "now()", "false"),
    };
    let role = "(SELECT MIN(CAST(id AS text)) FROM roles WHERE tenant_id = tenants.id)";
    let role = match store {
        Store::Sqlite => role.to_owned(),
        Store::Postgres(_) => format!("CAST({role} AS uuid)"),
    };
    let user = role.replace("id AS text", "user_id AS text");
    let user = user.replace("FROM roles", "FROM user_tenants");
    let mut sql = format!(
        "INSERT INTO role_permissions (tenant_id, role_id, permission, effect, extent, created_at)
             SELECT id, {role}, 'products:read', 'remove', 'all', {now} FROM tenants;
         INSERT INTO invitations (tenant_id, id, email, email_normalized, token_hash, invited_by, created_at, sent_at, expires_at)
             SELECT id, {id}, 'guest@example.com', 'guest@example.com', 'hash', {user}, {now}, {now}, {now} FROM tenants;
         INSERT INTO invitation_roles (tenant_id, invitation_id, role_id)
             SELECT tenants.id, invitations.id, {role} FROM tenants JOIN invitations ON tenant_id = tenants.id;
         INSERT INTO platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at)
             SELECT id, {id}, {user}, 'support', 'A ticket.', {now}, {now} FROM tenants;
         INSERT INTO outbox (tenant_id, id, kind, payload, actor_kind, created_at, due_at, done_at)
             SELECT id, {id}, 'none', '{{}}', 'system', {now}, {now}, {now} FROM tenants;
         INSERT INTO field_overrides (tenant_id, resource, field, hidden, updated_at)
             SELECT id, 'products', 'stock', {no}, {now} FROM tenants;"
    );
    for resource in resources {
        sql.push_str(&format!(
            "INSERT INTO custom_fields (tenant_id, id, resource, name, definition, version, created_at, updated_at)
                 SELECT id, {id}, '{resource}', 'found', '{{\"type\":\"string\",\"optional\":true}}', 1, {now}, {now}
                 FROM tenants;
             INSERT INTO {resource}_custom_values (tenant_id, record_id, field_id, text_value)
                 SELECT f.tenant_id, r.id, f.id, 'found'
                 FROM custom_fields AS f JOIN {resource} AS r ON r.tenant_id = f.tenant_id
                 WHERE f.resource = '{resource}';"
        ));
    }
    sql
}
