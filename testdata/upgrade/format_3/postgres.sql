-- Clinic: every table, for PostgreSQL. Written once; later changes get files of their own.
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
    password_hash text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL
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
    origin_id uuid
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash text COLLATE "C" PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz
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
    sent_at timestamptz
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

CREATE TABLE "rooms" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "type" text COLLATE "C" NOT NULL CONSTRAINT "rooms_type_check" CHECK ("type" IN ('exam', 'lab', 'ward')),
    "name" text COLLATE "C" NOT NULL,
    "floor" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "rooms_name_unique" UNIQUE (tenant_id, "name")
);
CREATE INDEX "rooms_created_by_idx" ON "rooms" (tenant_id, created_by, id);

CREATE TABLE "rooms_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "rooms_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "rooms_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "rooms_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "rooms" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "rooms_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "patients" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    "born_on" date NOT NULL,
    "email" text COLLATE "C",
    "insurance" uuid,
    "history" text COLLATE "C",
    "allergies" jsonb,
    "deceased" boolean NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "patients_email_unique" UNIQUE (tenant_id, "email"),
    CONSTRAINT "patients_insurance_unique" UNIQUE (tenant_id, "insurance")
);
CREATE INDEX "patients_created_by_idx" ON "patients" (tenant_id, created_by, id);

CREATE TABLE "patients_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "patients_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "patients_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "patients_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "patients" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "patients_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "visits" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "patient_id" uuid NOT NULL,
    "room_id" uuid,
    "match" uuid,
    "starts_at" timestamptz NOT NULL,
    "status" text COLLATE "C" NOT NULL CONSTRAINT "visits_status_check" CHECK ("status" IN ('booked', 'checked_in', 'done', 'missed')),
    "fee" numeric(9, 3) NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "visits_patient_id_fkey" FOREIGN KEY (tenant_id, "patient_id")
        REFERENCES "patients" (tenant_id, id),
    CONSTRAINT "visits_room_id_fkey" FOREIGN KEY (tenant_id, "room_id")
        REFERENCES "rooms" (tenant_id, id) ON DELETE SET NULL ("room_id"),
    CONSTRAINT "visits_match_fkey" FOREIGN KEY (tenant_id, "match")
        REFERENCES "visits" (tenant_id, id) ON DELETE SET NULL ("match")
);
CREATE INDEX "visits_created_by_idx" ON "visits" (tenant_id, created_by, id);
CREATE INDEX "visits_patient_id_idx" ON "visits" (tenant_id, "patient_id");
CREATE INDEX "visits_room_id_idx" ON "visits" (tenant_id, "room_id");
CREATE INDEX "visits_match_idx" ON "visits" (tenant_id, "match");

CREATE TABLE "visits_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "visits_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "visits_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "visits_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "visits" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "visits_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "prescriptions" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "visit_id" uuid NOT NULL,
    "drug" text COLLATE "C" NOT NULL,
    "dose" text COLLATE "C" NOT NULL,
    "repeats" bigint NOT NULL,
    "leaflet" text COLLATE "C",
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "prescriptions_visit_id_fkey" FOREIGN KEY (tenant_id, "visit_id")
        REFERENCES "visits" (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX "prescriptions_created_by_idx" ON "prescriptions" (tenant_id, created_by, id);
CREATE INDEX "prescriptions_visit_id_idx" ON "prescriptions" (tenant_id, "visit_id");

CREATE TABLE "prescriptions_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "prescriptions_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "prescriptions_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "prescriptions_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "prescriptions" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "prescriptions_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "results" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "visit_id" uuid NOT NULL,
    "values" jsonb NOT NULL,
    "signed" boolean NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "results_visit_id_fkey" FOREIGN KEY (tenant_id, "visit_id")
        REFERENCES "visits" (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX "results_created_by_idx" ON "results" (tenant_id, created_by, id);
CREATE INDEX "results_visit_id_idx" ON "results" (tenant_id, "visit_id");

CREATE TABLE "results_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "results_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "results_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "results_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "results" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "results_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
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

ALTER TABLE "rooms" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "rooms" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "rooms"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "rooms" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "patients" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "patients" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "patients"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "patients" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "visits" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "visits" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "visits"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "visits" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "prescriptions" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "prescriptions" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "prescriptions"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "prescriptions" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "results" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "results" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "results"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "results" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "rooms_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "rooms_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "rooms_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "rooms_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "patients_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "patients_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "patients_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "patients_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "visits_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "visits_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "visits_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "visits_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "prescriptions_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "prescriptions_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "prescriptions_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "prescriptions_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE "results_custom_values" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "results_custom_values" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "results_custom_values"
    USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY migration ON "results_custom_values" TO CURRENT_USER USING (true) WITH CHECK (true);

-- At sign-in no tenant is known yet: an account may list its own memberships, and only those.
CREATE POLICY own_memberships ON user_tenants FOR SELECT
    USING (user_id = NULLIF(current_setting('app.user_id', true), '')::uuid);

-- The platform's own pages read across tenants, as a role that the application must SET LOCAL ROLE
-- to: a setting could be forged by whoever can run a query. The role is made beforehand, see
-- README.md.
CREATE POLICY platform ON user_tenants FOR SELECT TO gatewright_platform USING (true);

CREATE POLICY platform ON audit_log FOR SELECT TO gatewright_platform USING (true);
CREATE POLICY platform ON outbox FOR SELECT TO gatewright_platform USING (true);
