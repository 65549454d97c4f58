-- Keywords: every table, for SQLite. Written once; later changes get files of their own.
--
-- Tenant-owned tables have keys that begin with tenant_id, and so do their foreign keys: a row
-- cannot refer to another tenant's. Ids are UUIDs and instants RFC 3339, both as text.

-- Global: one account serves all its tenants.

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TEXT NOT NULL,
    custom_fields_version INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_normalized TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TEXT NOT NULL,
    email_verified_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_roles (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('super_admin', 'support')),
    created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_audit_log (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    actor_id TEXT,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('success', 'refused')),
    target TEXT,
    request_id TEXT,
    address TEXT,
    reason TEXT
) STRICT, WITHOUT ROWID;

-- Of a user, whatever the tenant.

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    host_tenant TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    transport TEXT NOT NULL CHECK (transport IN ('cookie', 'bearer')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    origin_id TEXT,
    authenticated_at TEXT,
    last_used_at TEXT,
    user_agent TEXT,
    address TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    used_at TEXT,
    successor TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE pending_registrations (
    token_hash TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_normalized TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    tenant_name TEXT,
    tenant_slug TEXT,
    platform_role TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_registrations_email ON pending_registrations (email_normalized);

CREATE TABLE account_outbox (
    id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    sent_at TEXT,
    html TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX account_outbox_due ON account_outbox (due_at) WHERE sent_at IS NULL;

-- Of a tenant.

CREATE TABLE roles (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    template TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_unique UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_tenants (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT user_tenants_user_unique UNIQUE (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_tenants_user ON user_tenants (user_id);

CREATE TABLE user_tenant_roles (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_tenants (tenant_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    actor_id TEXT,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('success', 'refused')),
    resource TEXT NOT NULL,
    record_id TEXT,
    changes TEXT,
    request_id TEXT,
    address TEXT,
    actor_kind TEXT NOT NULL DEFAULT 'user'
        CHECK (actor_kind IN ('user', 'system', 'platform', 'api_key')),
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Roles beyond the schema, who may join, who came from the platform, what runs later, fields of
-- a tenant's own; and before them what belongs to no tenant.

CREATE TABLE permissions (
    slug TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    kind TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE role_templates (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE one_time_tokens (
    token_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    host_tenant TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    nonce_hash TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    email TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_session ON one_time_tokens (session_id);

CREATE INDEX audit_log_id ON audit_log (id);
CREATE INDEX sessions_origin ON sessions (origin_id);

CREATE TABLE role_permissions (
    tenant_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    permission TEXT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('add', 'remove')),
    extent TEXT NOT NULL CHECK (extent IN ('all', 'own')),
    created_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, role_id, permission),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_normalized TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    accepted_at TEXT,
    accepted_by TEXT,
    revoked_at TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_token_unique UNIQUE (tenant_id, token_hash)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitations_pending ON invitations (tenant_id, email_normalized)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE invitation_roles (
    tenant_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, invitation_id, role_id),
    FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitations (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE platform_entries (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('super_admin', 'support')),
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX platform_entries_user ON platform_entries (tenant_id, user_id);

CREATE TABLE outbox (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'system')),
    actor_id TEXT,
    created_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    done_at TEXT,
    failed_at TEXT,
    error TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL AND failed_at IS NULL;

CREATE TABLE custom_fields (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    resource TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT,
    definition TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT custom_fields_name_unique UNIQUE (tenant_id, resource, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE field_overrides (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    resource TEXT NOT NULL,
    field TEXT NOT NULL,
    label TEXT,
    hidden INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    updated_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, resource, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_tenant_roles_role ON user_tenant_roles (tenant_id, role_id);

-- How people prove who they are.

CREATE TABLE passwords (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    CONSTRAINT identities_subject_unique UNIQUE (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE oauth_flows (
    state_hash TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    sealed TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_flows_session ON oauth_flows (session_id);

CREATE TABLE password_attempts (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_attempts_last ON password_attempts (last_at);

CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at TEXT NOT NULL,
    signs_from TEXT NOT NULL,
    retired_at TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_successor ON refresh_tokens (session_id) WHERE successor IS NOT NULL;

CREATE TABLE "type" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "type" TEXT NOT NULL,
    "match" TEXT NOT NULL,
    "self" INTEGER NOT NULL,
    "crate" INTEGER NOT NULL,
    "super" INTEGER NOT NULL CHECK ("super" IN (0, 1)),
    "async" TEXT NOT NULL,
    "fn" TEXT NOT NULL CHECK ("fn" IN ('fn', 'self', 'type', 'none', 'some', 'ok', 'err', 'default')),
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "type_created_by_idx" ON "type" (tenant_id, created_by, id);

CREATE TABLE "type_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "type_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "type_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "type_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "type_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "match" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "await" TEXT,
    "dyn" TEXT,
    "enum" INTEGER,
    "extern" INTEGER,
    "impl" INTEGER CHECK ("impl" IN (0, 1)),
    "in" TEXT,
    "loop" TEXT CHECK ("loop" IN ('a', 'b2')),
    "where" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "match_await_unique" UNIQUE (tenant_id, "await"),
    CONSTRAINT "match_enum_unique" UNIQUE (tenant_id, "enum"),
    CONSTRAINT "match_extern_unique" UNIQUE (tenant_id, "extern"),
    CONSTRAINT "match_in_unique" UNIQUE (tenant_id, "in"),
    CONSTRAINT "match_loop_unique" UNIQUE (tenant_id, "loop"),
    CONSTRAINT "match_where_unique" UNIQUE (tenant_id, "where"),
    CONSTRAINT "match_where_fkey" FOREIGN KEY (tenant_id, "where")
        REFERENCES "match" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "match_created_by_idx" ON "match" (tenant_id, created_by, id);

CREATE TABLE "match_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "match_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "match_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "match_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "match" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "match_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "self" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "restrict" TEXT NOT NULL,
    "cascade" TEXT NOT NULL,
    "set_null" TEXT,
    "optional_restrict" TEXT,
    "optional_cascade" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "self_restrict_fkey" FOREIGN KEY (tenant_id, "restrict")
        REFERENCES "type" (tenant_id, id),
    CONSTRAINT "self_cascade_fkey" FOREIGN KEY (tenant_id, "cascade")
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "self_set_null_fkey" FOREIGN KEY (tenant_id, "set_null")
        REFERENCES "type" (tenant_id, id),
    CONSTRAINT "self_optional_restrict_fkey" FOREIGN KEY (tenant_id, "optional_restrict")
        REFERENCES "type" (tenant_id, id),
    CONSTRAINT "self_optional_cascade_fkey" FOREIGN KEY (tenant_id, "optional_cascade")
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX "self_created_by_idx" ON "self" (tenant_id, created_by, id);
CREATE INDEX "self_restrict_idx" ON "self" (tenant_id, "restrict");
CREATE INDEX "self_cascade_idx" ON "self" (tenant_id, "cascade");
CREATE INDEX "self_set_null_idx" ON "self" (tenant_id, "set_null");
CREATE INDEX "self_optional_restrict_idx" ON "self" (tenant_id, "optional_restrict");
CREATE INDEX "self_optional_cascade_idx" ON "self" (tenant_id, "optional_cascade");

CREATE TABLE "self_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "self_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "self_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "self_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "self" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "self_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "super" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "mut" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "super_created_by_idx" ON "super" (tenant_id, created_by, id);

CREATE TABLE "super_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "super_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "super_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "super_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "super" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "super_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "fn" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "union" TEXT NOT NULL,
    "macro_rules" TEXT NOT NULL,
    "yield" TEXT NOT NULL,
    "gen" TEXT NOT NULL,
    "try" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "fn_created_by_idx" ON "fn" (tenant_id, created_by, id);

CREATE TABLE "fn_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "fn_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "fn_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "fn_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "fn" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "fn_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "order" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "order" INTEGER NOT NULL,
    "group" TEXT NOT NULL,
    "limit" INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_group_unique" UNIQUE (tenant_id, "group")
) STRICT, WITHOUT ROWID;
CREATE INDEX "order_created_by_idx" ON "order" (tenant_id, created_by, id);

CREATE TABLE "order_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "order_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "order_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "order_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "order" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "select" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "table" TEXT NOT NULL,
    "user" TEXT NOT NULL,
    "rowid" INTEGER NOT NULL,
    "grant" TEXT NOT NULL,
    "input" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "filter" TEXT NOT NULL,
    "limit_2" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "select_created_by_idx" ON "select" (tenant_id, created_by, id);

CREATE TABLE "select_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "select_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "select_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "select_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "select" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "select_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "people" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "people_created_by_idx" ON "people" (tenant_id, created_by, id);

CREATE TABLE "people_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "people_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "people_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "people_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "people" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "people_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "return" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "as" TEXT NOT NULL,
    "box" TEXT,
    "dyn" TEXT NOT NULL,
    "for" TEXT NOT NULL,
    "if" TEXT NOT NULL,
    "impl" TEXT NOT NULL,
    "let" TEXT NOT NULL,
    "mut" TEXT,
    "ref" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "return_as_unique" UNIQUE (tenant_id, "as"),
    CONSTRAINT "return_dyn_unique" UNIQUE (tenant_id, "dyn"),
    CONSTRAINT "return_if_unique" UNIQUE (tenant_id, "if"),
    CONSTRAINT "return_impl_unique" UNIQUE (tenant_id, "impl"),
    CONSTRAINT "return_let_unique" UNIQUE (tenant_id, "let")
) STRICT, WITHOUT ROWID;
CREATE INDEX "return_created_by_idx" ON "return" (tenant_id, created_by, id);

CREATE TABLE "return_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "return_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "return_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "return_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "return" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "return_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "x" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "y" INTEGER NOT NULL CHECK ("y" IN (0, 1)),
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "x_created_by_idx" ON "x" (tenant_id, created_by, id);

CREATE TABLE "x_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "x_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "x_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "x_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "x" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "x_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "long_resource_name_that_takes_up_all_of_its_room" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "long_field_name_that_takes_all_the_room_it_has_x" TEXT,
    "long_field_name_that_takes_all_the_room_it_has_y" TEXT NOT NULL CHECK ("long_field_name_that_takes_all_the_room_it_has_y" IN ('long_value_of_an_enum_that_takes_up_every_bit_of_all_of_its_room')),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_long__0056a760" UNIQUE (tenant_id, "long_field_name_that_takes_all_the_room_it_has_x"),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_long__a6f6aa44" FOREIGN KEY (tenant_id, "long_field_name_that_takes_all_the_room_it_has_x")
        REFERENCES "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "long_resource_name_that_takes_up_all_of_its_room_created_by_idx" ON "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, created_by, id);

CREATE TABLE "long_resource_name_that_takes_up_all_of_its_room_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_585a785f" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_30188662" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_823af656" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_f9d47dfa" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "crate" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "mod" TEXT,
    "move" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "crate_mod_fkey" FOREIGN KEY (tenant_id, "mod")
        REFERENCES "async" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "crate_created_by_idx" ON "crate" (tenant_id, created_by, id);
CREATE INDEX "crate_mod_idx" ON "crate" (tenant_id, "mod");

CREATE TABLE "crate_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "crate_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "crate_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "crate_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "crate" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "crate_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "async" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "pub" TEXT NOT NULL,
    "trait" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "async_pub_fkey" FOREIGN KEY (tenant_id, "pub")
        REFERENCES "crate" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "async_created_by_idx" ON "async" (tenant_id, created_by, id);
CREATE INDEX "async_pub_idx" ON "async" (tenant_id, "pub");

CREATE TABLE "async_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "async_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "async_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "async_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "async" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "async_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- ON DELETE SET NULL would null tenant_id too, being part of the key: triggers null the column.

CREATE TRIGGER "match_where_set_null" BEFORE DELETE ON "match" BEGIN
    UPDATE "match" SET "where" = NULL
    WHERE tenant_id = OLD.tenant_id AND "where" = OLD.id;
END;

CREATE TRIGGER "self_set_null_set_null" BEFORE DELETE ON "type" BEGIN
    UPDATE "self" SET "set_null" = NULL
    WHERE tenant_id = OLD.tenant_id AND "set_null" = OLD.id;
END;

CREATE TRIGGER "long_resource_name_that_takes_up_all_of_its_room_long__13f214f3" BEFORE DELETE ON "long_resource_name_that_takes_up_all_of_its_room" BEGIN
    UPDATE "long_resource_name_that_takes_up_all_of_its_room" SET "long_field_name_that_takes_all_the_room_it_has_x" = NULL
    WHERE tenant_id = OLD.tenant_id AND "long_field_name_that_takes_all_the_room_it_has_x" = OLD.id;
END;
