-- Storefront: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * tables for roles of a tenant's own, invitations, jobs and custom fields are new

ALTER TABLE tenants ADD COLUMN custom_fields_version bigint NOT NULL DEFAULT 0;
ALTER TABLE platform_audit_log ADD COLUMN reason text COLLATE "C";
ALTER TABLE sessions ADD COLUMN origin_id uuid;
ALTER TABLE roles ADD COLUMN template text COLLATE "C";
ALTER TABLE roles ADD COLUMN version bigint NOT NULL DEFAULT 1;
UPDATE roles SET template = name;
ALTER TABLE audit_log ADD COLUMN actor_kind text COLLATE "C" NOT NULL DEFAULT 'user'
    CHECK (actor_kind IN ('user', 'system', 'platform', 'api_key'));
UPDATE audit_log SET actor_kind = 'system' WHERE actor_id IS NULL;

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
    expires_at timestamptz NOT NULL
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

CREATE TABLE "brands_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "brands_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "brands_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "brands_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "brands" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "brands_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

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

CREATE TABLE "customers_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "customers_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "customers_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "customers_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "customers" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "customers_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "addresses_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "addresses_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "addresses_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "addresses_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "addresses" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "addresses_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "coupons_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "coupons_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "coupons_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "coupons_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "coupons" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "coupons_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

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

CREATE TABLE "payments_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "payments_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "payments_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "payments_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "payments" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "payments_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "reviews_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "reviews_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "reviews_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "reviews_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "reviews" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "reviews_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

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

ALTER TABLE "categories_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "categories_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "categories_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "categories_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "brands_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "brands_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "brands_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "brands_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "products_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "products_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "products_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "products_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "customers_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "customers_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "customers_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "customers_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "addresses_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "addresses_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "addresses_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "addresses_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "coupons_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "coupons_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "coupons_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "coupons_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

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

ALTER TABLE "payments_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "payments_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "payments_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "payments_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "reviews_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "reviews_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "reviews_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "reviews_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

CREATE POLICY platform ON audit_log FOR SELECT TO gatewright_platform USING (true);
CREATE POLICY platform ON outbox FOR SELECT TO gatewright_platform USING (true);
