-- Storefront: a change of its tables, for SQLite.
--
-- A table that changes is written anew and takes its old name: that takes its room on disk
-- once more, and nobody else writes until the migration ends.
--
-- * tables for passwords, identities of providers, signing keys and attempts to sign in are new

ALTER TABLE users ADD COLUMN email_verified_at TEXT;
UPDATE users SET email_verified_at = created_at;
ALTER TABLE sessions ADD COLUMN authenticated_at TEXT;
UPDATE sessions SET authenticated_at = created_at;
ALTER TABLE sessions ADD COLUMN last_used_at TEXT;
UPDATE sessions SET last_used_at = COALESCE(
    (SELECT MAX(created_at) FROM refresh_tokens WHERE session_id = sessions.id), created_at);
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE refresh_tokens ADD COLUMN successor TEXT;
ALTER TABLE one_time_tokens ADD COLUMN email TEXT;
ALTER TABLE account_outbox ADD COLUMN html TEXT;

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

INSERT INTO passwords (user_id, hash, changed_at) SELECT id, password_hash, created_at FROM users;
ALTER TABLE users DROP COLUMN password_hash;
