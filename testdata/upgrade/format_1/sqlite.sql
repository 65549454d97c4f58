-- Storefront: every table, for SQLite. Written once; later changes get files of their own.
--
-- Tenant-owned tables have keys that begin with tenant_id, and so do their foreign keys: a row
-- cannot refer to another tenant's. Ids are UUIDs and instants RFC 3339, both as text.

-- Global: one account serves all its tenants.

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_normalized TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at TEXT NOT NULL
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
    address TEXT
) STRICT, WITHOUT ROWID;

-- Of a user, whatever the tenant.

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    host_tenant TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    transport TEXT NOT NULL CHECK (transport IN ('cookie', 'bearer')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    used_at TEXT
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
    sent_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX account_outbox_due ON account_outbox (due_at) WHERE sent_at IS NULL;

-- Of a tenant.

CREATE TABLE roles (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
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
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE "categories" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "parent_id" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "categories_name_unique" UNIQUE (tenant_id, "name"),
    CONSTRAINT "categories_parent_id_fkey" FOREIGN KEY (tenant_id, "parent_id")
        REFERENCES "categories" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "categories_parent_id_idx" ON "categories" (tenant_id, "parent_id");

CREATE TABLE "products" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "description" TEXT,
    "price" INTEGER NOT NULL,
    "stock" INTEGER NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('draft', 'active', 'archived')),
    "category_id" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "products_sku_unique" UNIQUE (tenant_id, "sku"),
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY (tenant_id, "category_id")
        REFERENCES "categories" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "products_category_id_idx" ON "products" (tenant_id, "category_id");

CREATE TABLE "customers" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "newsletter" INTEGER NOT NULL CHECK ("newsletter" IN (0, 1)),
    "notes" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "customers_email_unique" UNIQUE (tenant_id, "email")
) STRICT, WITHOUT ROWID;

CREATE TABLE "orders" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "status" TEXT NOT NULL CHECK ("status" IN ('open', 'paid', 'shipped', 'cancelled')),
    "placed_at" TEXT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "orders_number_unique" UNIQUE (tenant_id, "number"),
    CONSTRAINT "orders_customer_id_fkey" FOREIGN KEY (tenant_id, "customer_id")
        REFERENCES "customers" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "orders_customer_id_idx" ON "orders" (tenant_id, "customer_id");

CREATE TABLE "order_lines" (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price" INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_lines_order_id_fkey" FOREIGN KEY (tenant_id, "order_id")
        REFERENCES "orders" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_lines_product_id_fkey" FOREIGN KEY (tenant_id, "product_id")
        REFERENCES "products" (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX "order_lines_order_id_idx" ON "order_lines" (tenant_id, "order_id");
CREATE INDEX "order_lines_product_id_idx" ON "order_lines" (tenant_id, "product_id");

-- ON DELETE SET NULL would null tenant_id too, being part of the key: triggers null the column.

CREATE TRIGGER "categories_parent_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "categories" SET "parent_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "parent_id" = OLD.id;
END;

CREATE TRIGGER "products_category_id_set_null" BEFORE DELETE ON "categories" BEGIN
    UPDATE "products" SET "category_id" = NULL
    WHERE tenant_id = OLD.tenant_id AND "category_id" = OLD.id;
END;
