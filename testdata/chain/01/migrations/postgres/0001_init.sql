-- Chain: every table, for PostgreSQL. Written once; later changes get files of their own.
--
-- Tenant-owned tables have keys that begin with tenant_id, and so do their foreign keys: a row
-- cannot refer to another tenant's. Run by the owner (MIGRATE_DATABASE_URL); the application
-- connects as a role of its own that row-level security binds.

-- Global: one account serves all its tenants.

CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL,
    custom_fields_version bigint NOT NULL DEFAULT 0
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL,
    email_normalized text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL,
    email_verified_at timestamptz
);

CREATE TABLE platform_roles (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    role text COLLATE "C" NOT NULL CHECK (role IN ('super_admin', 'support')),
    created_at timestamptz NOT NULL
);

CREATE TABLE platform_audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('success', 'refused')),
    target text COLLATE "C",
    request_id uuid,
    address text COLLATE "C",
    reason text COLLATE "C"
);

-- Of a user, whatever the tenant.

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    host_tenant uuid REFERENCES tenants (id) ON DELETE CASCADE,
    transport text COLLATE "C" NOT NULL CHECK (transport IN ('cookie', 'bearer')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    origin_id uuid,
    authenticated_at timestamptz,
    last_used_at timestamptz,
    user_agent text COLLATE "C",
    address text COLLATE "C"
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash text COLLATE "C" PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    successor text COLLATE "C"
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE pending_registrations (
    token_hash text COLLATE "C" PRIMARY KEY,
    email text COLLATE "C" NOT NULL,
    email_normalized text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C",
    tenant_name text COLLATE "C",
    tenant_slug text COLLATE "C",
    platform_role text COLLATE "C",
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX pending_registrations_email ON pending_registrations (email_normalized);

CREATE TABLE account_outbox (
    id uuid PRIMARY KEY,
    recipient text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    html text COLLATE "C"
);
CREATE INDEX account_outbox_due ON account_outbox (due_at) WHERE sent_at IS NULL;

-- Of a tenant.

CREATE TABLE roles (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    template text COLLATE "C",
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_unique UNIQUE (tenant_id, name)
);

CREATE TABLE user_tenants (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT user_tenants_user_unique UNIQUE (tenant_id, user_id)
);
CREATE INDEX user_tenants_user ON user_tenants (user_id);

CREATE TABLE user_tenant_roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES user_tenants (tenant_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE audit_log (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL CHECK (outcome IN ('success', 'refused')),
    resource text COLLATE "C" NOT NULL,
    record_id uuid,
    changes jsonb,
    request_id uuid,
    address text COLLATE "C",
    actor_kind text COLLATE "C" NOT NULL DEFAULT 'user'
        CHECK (actor_kind IN ('user', 'system', 'platform', 'api_key')),
    PRIMARY KEY (tenant_id, id)
);

-- Roles beyond the schema, who may join, who came from the platform, what runs later, fields of
-- a tenant's own; and before them what belongs to no tenant.

CREATE TABLE permissions (
    slug text COLLATE "C" PRIMARY KEY,
    resource text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL
);

CREATE TABLE role_templates (
    name text COLLATE "C" PRIMARY KEY
);

CREATE TABLE one_time_tokens (
    token_hash text COLLATE "C" PRIMARY KEY,
    purpose text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    host_tenant uuid REFERENCES tenants (id) ON DELETE CASCADE,
    nonce_hash text COLLATE "C",
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    email text COLLATE "C"
);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_session ON one_time_tokens (session_id);

CREATE INDEX audit_log_id ON audit_log (id);
CREATE INDEX sessions_origin ON sessions (origin_id);

CREATE TABLE role_permissions (
    tenant_id uuid NOT NULL,
    role_id uuid NOT NULL,
    permission text COLLATE "C" NOT NULL,
    effect text COLLATE "C" NOT NULL CHECK (effect IN ('add', 'remove')),
    extent text COLLATE "C" NOT NULL CHECK (extent IN ('all', 'own')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, role_id, permission),
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE invitations (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    email text COLLATE "C" NOT NULL,
    email_normalized text COLLATE "C" NOT NULL,
    token_hash text COLLATE "C" NOT NULL,
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_token_unique UNIQUE (tenant_id, token_hash)
);
CREATE UNIQUE INDEX invitations_pending ON invitations (tenant_id, email_normalized)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE invitation_roles (
    tenant_id uuid NOT NULL,
    invitation_id uuid NOT NULL,
    role_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, invitation_id, role_id),
    FOREIGN KEY (tenant_id, invitation_id) REFERENCES invitations (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE platform_entries (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text COLLATE "C" NOT NULL CHECK (role IN ('super_admin', 'support')),
    reason text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX platform_entries_user ON platform_entries (tenant_id, user_id);

CREATE TABLE outbox (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    payload text COLLATE "C" NOT NULL,
    actor_kind text COLLATE "C" NOT NULL CHECK (actor_kind IN ('user', 'system')),
    actor_id uuid,
    created_at timestamptz NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    failed_at timestamptz,
    error text COLLATE "C",
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL AND failed_at IS NULL;

CREATE TABLE custom_fields (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    resource text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    label text COLLATE "C",
    definition text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT custom_fields_name_unique UNIQUE (tenant_id, resource, name)
);

CREATE TABLE field_overrides (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    resource text COLLATE "C" NOT NULL,
    field text COLLATE "C" NOT NULL,
    label text COLLATE "C",
    hidden boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, resource, field)
);

CREATE INDEX user_tenant_roles_role ON user_tenant_roles (tenant_id, role_id);

-- How people prove who they are.

CREATE TABLE passwords (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash text COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE identities (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    email text COLLATE "C",
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT identities_subject_unique UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE oauth_flows (
    state_hash text COLLATE "C" PRIMARY KEY,
    provider text COLLATE "C" NOT NULL,
    browser_hash text COLLATE "C" NOT NULL,
    sealed text COLLATE "C" NOT NULL,
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_flows_session ON oauth_flows (session_id);

CREATE TABLE password_attempts (
    subject text COLLATE "C" PRIMARY KEY,
    failures bigint NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX password_attempts_last ON password_attempts (last_at);

CREATE TABLE signing_keys (
    id text COLLATE "C" PRIMARY KEY,
    public_key text COLLATE "C" NOT NULL,
    sealed text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    retired_at timestamptz
);

CREATE INDEX refresh_tokens_successor ON refresh_tokens (session_id) WHERE successor IS NOT NULL;

CREATE TABLE "categories" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    "parent_id" uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "categories_name_unique" UNIQUE (tenant_id, "name"),
    CONSTRAINT "categories_parent_id_fkey" FOREIGN KEY (tenant_id, "parent_id")
        REFERENCES "categories" (tenant_id, id) ON DELETE SET NULL ("parent_id")
);
CREATE INDEX "categories_created_by_idx" ON "categories" (tenant_id, created_by, id);
CREATE INDEX "categories_parent_id_idx" ON "categories" (tenant_id, "parent_id");

CREATE TABLE "categories_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "categories_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "categories_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "categories_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "categories" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "categories_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "suppliers" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    "external" uuid,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "suppliers_created_by_idx" ON "suppliers" (tenant_id, created_by, id);

CREATE TABLE "suppliers_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "suppliers_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "suppliers_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "suppliers_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "suppliers" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "suppliers_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "products" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    "sku" text COLLATE "C" NOT NULL,
    "price" numeric(10, 2) NOT NULL,
    "weight" numeric(9, 4),
    "stock" bigint NOT NULL,
    "status" text COLLATE "C" NOT NULL CONSTRAINT "products_status_check" CHECK ("status" IN ('draft', 'active', 'archived')),
    "size" text COLLATE "C" CONSTRAINT "products_size_check" CHECK ("size" IN ('s', 'm', 'l')),
    "color" text COLLATE "C",
    "featured" boolean NOT NULL,
    "released" date,
    "checked_at" timestamptz NOT NULL,
    "code" uuid,
    "details" jsonb,
    "contact" text COLLATE "C",
    "homepage" text COLLATE "C",
    "category_id" uuid,
    "supplier_id" uuid NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_sku_unique" UNIQUE (tenant_id, "sku"),
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY (tenant_id, "category_id")
        REFERENCES "categories" (tenant_id, id) ON DELETE SET NULL ("category_id"),
    CONSTRAINT "products_supplier_id_fkey" FOREIGN KEY (tenant_id, "supplier_id")
        REFERENCES "suppliers" (tenant_id, id)
);
CREATE INDEX "products_created_by_idx" ON "products" (tenant_id, created_by, id);
CREATE INDEX "products_category_id_idx" ON "products" (tenant_id, "category_id");
CREATE INDEX "products_supplier_id_idx" ON "products" (tenant_id, "supplier_id");

CREATE TABLE "products_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "products_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "products_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "products_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "products" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "products_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "orders" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "number" bigint NOT NULL,
    "placed_at" timestamptz NOT NULL,
    "remark" text COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "orders_number_unique" UNIQUE (tenant_id, "number")
);
CREATE INDEX "orders_created_by_idx" ON "orders" (tenant_id, created_by, id);

CREATE TABLE "orders_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "orders_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "orders_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "orders_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "orders" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "orders_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "order_lines" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "order_id" uuid NOT NULL,
    "product_id" uuid NOT NULL,
    "quantity" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY (tenant_id, "order_id")
        REFERENCES "orders" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
);
CREATE INDEX "order_lines_created_by_idx" ON "order_lines" (tenant_id, created_by, id);
CREATE INDEX "order_lines_order_id_idx" ON "order_lines" (tenant_id, "order_id");
CREATE INDEX "order_lines_product_id_idx" ON "order_lines" (tenant_id, "product_id");

CREATE TABLE "order_lines_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "order_lines_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "order_lines_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "order_lines_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "order_lines" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "scratch" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "text" text COLLATE "C",
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "scratch_created_by_idx" ON "scratch" (tenant_id, created_by, id);

CREATE TABLE "scratch_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "scratch_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "scratch_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "scratch_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "scratch" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "scratch_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

-- Row-level security: a wall of its own. A query that forgot its tenant finds no rows, and FORCE
-- binds the owner too. The runtime sets app.tenant_id for the transaction; while it is not set,
-- the policy compares with NULL and nothing passes. The owner, who migrates, has its own policy.

ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE user_tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_tenants
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON user_tenants TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE user_tenant_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_tenant_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON user_tenant_roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON user_tenant_roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_log
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON audit_log TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE role_permissions ENABLE ROW LEVEL SECURITY;
ALTER TABLE role_permissions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON role_permissions
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON role_permissions TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitations
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON invitations TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE invitation_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation_roles
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON invitation_roles TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE platform_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON platform_entries
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON platform_entries TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON outbox TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE custom_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE custom_fields FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON custom_fields
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON custom_fields TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE field_overrides ENABLE ROW LEVEL SECURITY;
ALTER TABLE field_overrides FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON field_overrides
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON field_overrides TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "categories" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "categories" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "categories"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "categories" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "suppliers" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "suppliers" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "suppliers"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "suppliers" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "products" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "products" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "products"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "products" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "orders" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "orders"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "orders" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "order_lines" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "order_lines" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "order_lines"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "order_lines" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "scratch" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "scratch" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "scratch"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "scratch" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "categories_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "categories_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "categories_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "categories_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "suppliers_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "suppliers_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "suppliers_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "suppliers_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "products_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "products_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "products_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "products_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "orders_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "orders_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "orders_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "orders_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "order_lines_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "order_lines_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "order_lines_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "order_lines_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "scratch_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "scratch_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "scratch_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "scratch_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

-- At sign-in no tenant is known yet: an account may list its own memberships, and only those.
CREATE POLICY own_memberships ON user_tenants FOR SELECT
    USING (user_id = NULLIF(current_setting('app.user_id', true), '')::uuid);

-- The platform's own pages read across tenants, as a role that the application must SET LOCAL ROLE
-- to: a setting could be forged by whoever can run a query. The role is made beforehand, see
-- README.md.
CREATE POLICY platform ON user_tenants FOR SELECT TO gatewright_platform USING (true);

CREATE POLICY platform ON audit_log FOR SELECT TO gatewright_platform USING (true);
CREATE POLICY platform ON outbox FOR SELECT TO gatewright_platform USING (true);
