-- Keywords: every table, for PostgreSQL. Written once; later changes get files of their own.
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

CREATE TABLE "type" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "type" text COLLATE "C" NOT NULL,
    "match" text COLLATE "C" NOT NULL,
    "self" bigint NOT NULL,
    "crate" numeric(18, 0) NOT NULL,
    "super" boolean NOT NULL,
    "async" timestamptz NOT NULL,
    "fn" text COLLATE "C" NOT NULL CONSTRAINT "type_fn_check" CHECK ("fn" IN ('fn', 'self', 'type', 'none', 'some', 'ok', 'err', 'default')),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "type_created_by_idx" ON "type" (tenant_id, created_by, id);

CREATE TABLE "type_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "type_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "type_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "type_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "type_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "match" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "await" text COLLATE "C",
    "dyn" text COLLATE "C",
    "enum" bigint,
    "extern" numeric(18, 18),
    "impl" boolean,
    "in" timestamptz,
    "loop" text COLLATE "C" CONSTRAINT "match_loop_check" CHECK ("loop" IN ('a', 'b2')),
    "where" uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "match_await_unique" UNIQUE (tenant_id, "await"),
    CONSTRAINT "match_enum_unique" UNIQUE (tenant_id, "enum"),
    CONSTRAINT "match_extern_unique" UNIQUE (tenant_id, "extern"),
    CONSTRAINT "match_in_unique" UNIQUE (tenant_id, "in"),
    CONSTRAINT "match_loop_unique" UNIQUE (tenant_id, "loop"),
    CONSTRAINT "match_where_unique" UNIQUE (tenant_id, "where"),
    CONSTRAINT "match_where_fkey" FOREIGN KEY (tenant_id, "where")
        REFERENCES "match" (tenant_id, id) ON DELETE SET NULL ("where")
);
CREATE INDEX "match_created_by_idx" ON "match" (tenant_id, created_by, id);

CREATE TABLE "match_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "match_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "match_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "match_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "match" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "match_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "self" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "restrict" uuid NOT NULL,
    "cascade" uuid NOT NULL,
    "set_null" uuid,
    "optional_restrict" uuid,
    "optional_cascade" uuid,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "self_restrict_fkey" FOREIGN KEY (tenant_id, "restrict")
        REFERENCES "type" (tenant_id, id),
    CONSTRAINT "self_cascade_fkey" FOREIGN KEY (tenant_id, "cascade")
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "self_set_null_fkey" FOREIGN KEY (tenant_id, "set_null")
        REFERENCES "type" (tenant_id, id) ON DELETE SET NULL ("set_null"),
    CONSTRAINT "self_optional_restrict_fkey" FOREIGN KEY (tenant_id, "optional_restrict")
        REFERENCES "type" (tenant_id, id),
    CONSTRAINT "self_optional_cascade_fkey" FOREIGN KEY (tenant_id, "optional_cascade")
        REFERENCES "type" (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX "self_created_by_idx" ON "self" (tenant_id, created_by, id);
CREATE INDEX "self_restrict_idx" ON "self" (tenant_id, "restrict");
CREATE INDEX "self_cascade_idx" ON "self" (tenant_id, "cascade");
CREATE INDEX "self_set_null_idx" ON "self" (tenant_id, "set_null");
CREATE INDEX "self_optional_restrict_idx" ON "self" (tenant_id, "optional_restrict");
CREATE INDEX "self_optional_cascade_idx" ON "self" (tenant_id, "optional_cascade");

CREATE TABLE "self_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "self_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "self_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "self_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "self" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "self_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "super" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "mut" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "super_created_by_idx" ON "super" (tenant_id, created_by, id);

CREATE TABLE "super_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "super_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "super_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "super_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "super" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "super_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "fn" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "union" text COLLATE "C" NOT NULL,
    "macro_rules" text COLLATE "C" NOT NULL,
    "yield" text COLLATE "C" NOT NULL,
    "gen" text COLLATE "C" NOT NULL,
    "try" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "fn_created_by_idx" ON "fn" (tenant_id, created_by, id);

CREATE TABLE "fn_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "fn_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "fn_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "fn_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "fn" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "fn_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "order" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "order" bigint NOT NULL,
    "group" text COLLATE "C" NOT NULL,
    "limit" bigint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "order_group_unique" UNIQUE (tenant_id, "group")
);
CREATE INDEX "order_created_by_idx" ON "order" (tenant_id, created_by, id);

CREATE TABLE "order_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "order_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "order_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "order_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "order" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "order_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "select" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "table" text COLLATE "C" NOT NULL,
    "user" text COLLATE "C" NOT NULL,
    "rowid" bigint NOT NULL,
    "grant" text COLLATE "C" NOT NULL,
    "input" text COLLATE "C" NOT NULL,
    "tenant" text COLLATE "C" NOT NULL,
    "filter" text COLLATE "C" NOT NULL,
    "limit_2" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "select_created_by_idx" ON "select" (tenant_id, created_by, id);

CREATE TABLE "select_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "select_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "select_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "select_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "select" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "select_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "people" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "name" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "people_created_by_idx" ON "people" (tenant_id, created_by, id);

CREATE TABLE "people_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "people_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "people_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "people_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "people" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "people_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "return" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "as" text COLLATE "C" NOT NULL,
    "box" text COLLATE "C",
    "dyn" text COLLATE "C" NOT NULL,
    "for" text COLLATE "C" NOT NULL,
    "if" uuid NOT NULL,
    "impl" date NOT NULL,
    "let" timestamptz NOT NULL,
    "mut" jsonb,
    "ref" jsonb,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "return_as_unique" UNIQUE (tenant_id, "as"),
    CONSTRAINT "return_dyn_unique" UNIQUE (tenant_id, "dyn"),
    CONSTRAINT "return_if_unique" UNIQUE (tenant_id, "if"),
    CONSTRAINT "return_impl_unique" UNIQUE (tenant_id, "impl"),
    CONSTRAINT "return_let_unique" UNIQUE (tenant_id, "let")
);
CREATE INDEX "return_created_by_idx" ON "return" (tenant_id, created_by, id);

CREATE TABLE "return_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "return_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "return_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "return_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "return" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "return_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "x" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "y" boolean NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "x_created_by_idx" ON "x" (tenant_id, created_by, id);

CREATE TABLE "x_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "x_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "x_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "x_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "x" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "x_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "long_resource_name_that_takes_up_all_of_its_room" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "long_field_name_that_takes_all_the_room_it_has_x" uuid,
    "long_field_name_that_takes_all_the_room_it_has_y" text COLLATE "C" NOT NULL CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_long__42c3e876" CHECK ("long_field_name_that_takes_all_the_room_it_has_y" IN ('long_value_of_an_enum_that_takes_up_every_bit_of_all_of_its_room')),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_long__0056a760" UNIQUE (tenant_id, "long_field_name_that_takes_all_the_room_it_has_x"),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_long__a6f6aa44" FOREIGN KEY (tenant_id, "long_field_name_that_takes_all_the_room_it_has_x")
        REFERENCES "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, id) ON DELETE SET NULL ("long_field_name_that_takes_all_the_room_it_has_x")
);
CREATE INDEX "long_resource_name_that_takes_up_all_of_its_room_created_by_idx" ON "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, created_by, id);

CREATE TABLE "long_resource_name_that_takes_up_all_of_its_room_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_585a785f" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_30188662" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_823af656" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "long_resource_name_that_takes_up_all_of_its_room" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "long_resource_name_that_takes_up_all_of_its_room_custo_f9d47dfa" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "crate" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "mod" uuid,
    "move" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX "crate_created_by_idx" ON "crate" (tenant_id, created_by, id);
CREATE INDEX "crate_mod_idx" ON "crate" (tenant_id, "mod");

CREATE TABLE "crate_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "crate_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "crate_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "crate_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "crate" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "crate_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE "async" (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    "pub" uuid NOT NULL,
    "trait" text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT "async_pub_fkey" FOREIGN KEY (tenant_id, "pub")
        REFERENCES "crate" (tenant_id, id)
);
CREATE INDEX "async_created_by_idx" ON "async" (tenant_id, created_by, id);
CREATE INDEX "async_pub_idx" ON "async" (tenant_id, "pub");

CREATE TABLE "async_custom_values" (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    field_id uuid NOT NULL,
    text_value text COLLATE "C",
    number_value bigint,
    unique_value text COLLATE "C",
    CONSTRAINT "async_custom_values_row_pkey" PRIMARY KEY (tenant_id, record_id, field_id),
    CONSTRAINT "async_custom_values_value_unique" UNIQUE (tenant_id, field_id, unique_value),
    CONSTRAINT "async_custom_values_record_fkey" FOREIGN KEY (tenant_id, record_id)
        REFERENCES "async" (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT "async_custom_values_field_fkey" FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);

-- References to tables that come later.

ALTER TABLE "crate"
    ADD CONSTRAINT "crate_mod_fkey" FOREIGN KEY (tenant_id, "mod")
        REFERENCES "async" (tenant_id, id);
