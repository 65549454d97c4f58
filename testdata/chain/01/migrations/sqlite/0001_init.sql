-- Chain: every table, for SQLite. Written once; later changes get files of their own.
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

CREATE TABLE "categories" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "parent_id" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "categories_name_unique" UNIQUE (tenant_id, "name"),
    CONSTRAINT "categories_parent_id_fkey" FOREIGN KEY (tenant_id, "parent_id")
        REFERENCES "categories" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "categories_created_by_idx" ON "categories" (tenant_id, created_by, id);
CREATE INDEX "categories_parent_id_idx" ON "categories" (tenant_id, "parent_id");

CREATE TABLE "categories_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "categories_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "categories_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "categories_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "categories_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "suppliers" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "external" TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "suppliers_created_by_idx" ON "suppliers" (tenant_id, created_by, id);

CREATE TABLE "suppliers_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "suppliers_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "suppliers_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "suppliers_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "suppliers" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "suppliers_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "price" INTEGER NOT NULL,
    "weight" INTEGER,
    "stock" INTEGER NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('draft', 'active', 'archived')),
    "size" TEXT CHECK ("size" IN ('s', 'm', 'l')),
    "color" TEXT,
    "featured" INTEGER NOT NULL CHECK ("featured" IN (0, 1)),
    "released" TEXT,
    "checked_at" TEXT NOT NULL,
    "code" TEXT,
    "details" TEXT,
    "contact" TEXT,
    "homepage" TEXT,
    "category_id" TEXT,
    "supplier_id" TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_sku_unique" UNIQUE (tenant_id, "sku"),
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY (tenant_id, "category_id")
        REFERENCES "categories" (tenant_id, id),
    CONSTRAINT "products_supplier_id_fkey" FOREIGN KEY (tenant_id, "supplier_id")
        REFERENCES "suppliers" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);
CREATE INDEX "products_category_id_idx" ON "products" (tenant_id, "category_id");
CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE TABLE "products_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "products_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "products_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "products_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "products" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "products_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "orders" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "number" INTEGER NOT NULL,
    "placed_at" TEXT NOT NULL,
    "remark" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "orders_number_unique" UNIQUE (tenant_id, "number")
) STRICT, WITHOUT ROWID;
CREATE INDEX "orders_created_by_idx" ON "orders" (tenant_id, created_by, id);

CREATE TABLE "orders_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "orders_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "orders_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "orders_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "orders" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "orders_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "order_lines" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "order_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY (tenant_id, "order_id")
        REFERENCES "orders" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "order_lines_created_by_idx" ON "order_lines" (tenant_id, created_by, id);
CREATE INDEX "order_lines_order_id_idx" ON "order_lines" (tenant_id, "order_id");
CREATE INDEX "order_lines_product_id_idx" ON "order_lines" (tenant_id, "product_id");

CREATE TABLE "order_lines_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "order_lines_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "order_lines_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "order_lines_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "order_lines" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE "scratch" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    created_by TEXT,
    "text" TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "scratch_created_by_idx" ON "scratch" (tenant_id, created_by, id);

CREATE TABLE "scratch_custom_values" (
    tenant_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    text_value TEXT,
    number_value INTEGER,
    unique_value TEXT,
    CONSTRAINT "scratch_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "scratch_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "scratch_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "scratch" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "scratch_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- ON DELETE SET NULL would null tenant_id too, being part of the key: triggers null the column.

CREATE TRIGGER "categories_parent_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "categories" SET "parent_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "parent_id" = OLD.id;
END;

CREATE TRIGGER "products_category_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "category_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "category_id" = OLD.id;
END;
