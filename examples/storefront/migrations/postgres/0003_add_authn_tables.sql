-- Storefront: a change of its tables, for PostgreSQL.
--
-- A table that is altered is locked until the migration ends: for a moment where names, new
-- columns or nothing but nulls are concerned; for as long as it takes to read or rewrite it
-- where a type, a constraint, an index or filled-in values are.
--
-- * tables for passwords, identities of providers, signing keys and attempts to sign in are new

ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
UPDATE users SET email_verified_at = created_at;
ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;
UPDATE sessions SET authenticated_at = created_at;
ALTER TABLE sessions ADD COLUMN last_used_at timestamptz;
UPDATE sessions SET last_used_at = COALESCE(
    (SELECT MAX(created_at) FROM refresh_tokens WHERE session_id = sessions.id), created_at);
ALTER TABLE sessions ADD COLUMN user_agent text COLLATE "C";
ALTER TABLE sessions ADD COLUMN address text COLLATE "C";
ALTER TABLE refresh_tokens ADD COLUMN successor text COLLATE "C";
ALTER TABLE one_time_tokens ADD COLUMN email text COLLATE "C";
ALTER TABLE account_outbox ADD COLUMN html text COLLATE "C";

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

INSERT INTO passwords (user_id, hash, changed_at) SELECT id, password_hash, created_at FROM users;
ALTER TABLE users DROP COLUMN password_hash;
