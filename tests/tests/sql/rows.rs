//! Rows of both tenants in the tables that the demonstration leaves empty: a table without rows would
//! prove nothing. The SQL is that of both databases.

/// The tenants that get them, and the last digit of their rows' ids.
const TENANTS: [(&str, u8); 2] = [("acme", 1), ("globex", 2)];

/// Of a tenant `t` whose slug is to follow: what is inserted where.
const ROWS: [(&str, &str); 7] = [
    (
        "role_permissions (tenant_id, role_id, permission, effect, extent, created_at)",
        "SELECT t.id, r.id, 'products:read', 'remove', 'all', '2026-01-01T00:00:00.000000Z'
         FROM tenants t JOIN roles r ON r.tenant_id = t.id AND r.name = 'viewer'",
    ),
    (
        "invitations (tenant_id, id, email, email_normalized, token_hash, invited_by, created_at, sent_at, expires_at)",
        "SELECT t.id, '{id}', 'i@x.org', 'i@x.org', 'hash', '{id}', '2026-01-01T00:00:00.000000Z',
             '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'
         FROM tenants t",
    ),
    (
        "invitation_roles (tenant_id, invitation_id, role_id)",
        "SELECT t.id, '{id}', r.id FROM tenants t JOIN roles r ON r.tenant_id = t.id AND r.name = 'viewer'",
    ),
    (
        "platform_entries (tenant_id, id, user_id, role, reason, created_at, expires_at)",
        "SELECT t.id, '{id}', u.id, 'support', 'reason', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'
         FROM tenants t JOIN users u ON u.email = 'root@platform.example'",
    ),
    (
        "outbox (tenant_id, id, kind, payload, actor_kind, created_at, due_at, failed_at)",
        "SELECT t.id, '{id}', 'none', '{}', 'system', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z',
             '2026-01-01T00:00:00.000000Z'
         FROM tenants t",
    ),
    (
        "custom_fields (tenant_id, id, resource, name, definition, version, created_at, updated_at)",
        "SELECT t.id, '{id}', 'products', 'colour', '{}', 1, '2026-01-01T00:00:00.000000Z',
             '2026-01-01T00:00:00.000000Z'
         FROM tenants t",
    ),
    (
        "field_overrides (tenant_id, resource, field, hidden, updated_at)",
        "SELECT t.id, 'products', 'stock', {false}, '2026-01-01T00:00:00.000000Z' FROM tenants t",
    ),
];

/// The statements, for a database that writes false like this.
pub fn statements(no: &str) -> Vec<String> {
    let of = |(slug, digit): (&str, u8)| {
        ROWS.map(|(into, select)| {
            let select = select
                .replace(
                    "{id}",
                    &format!("00000000-0000-7000-8000-00000000000{digit}"),
                )
                .replace("{false}", no);
            format!("INSERT INTO {into}\n{select} WHERE t.slug = '{slug}'")
        })
    };
    TENANTS.into_iter().flat_map(of).collect()
}

/// The same for the table of a resource's values of custom fields.
pub fn custom_values(table: &str) -> Option<Vec<String>> {
    let resource = table.strip_suffix("_custom_values")?;
    let of = |(slug, digit): (&str, u8)| {
        format!(
            "INSERT INTO {table} (tenant_id, record_id, field_id, text_value)
             SELECT t.id, r.id, '00000000-0000-7000-8000-00000000000{digit}', 'red'
             FROM tenants t JOIN {resource} r ON r.tenant_id = t.id WHERE t.slug = '{slug}'"
        )
    };
    Some(TENANTS.map(of).into())
}
