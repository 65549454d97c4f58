-- Run once by the database's image, as the superuser, when its volume is empty: the two roles that log
-- in, and the database. The passwords come from the environment; without them this stops.
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

-- Migrates, and owns the tables.
CREATE ROLE keywords_owner LOGIN NOSUPERUSER PASSWORD :'owner_password';

-- The application. It owns nothing, so row-level security binds it.
CREATE ROLE keywords_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';

-- Reads across tenants for the platform's own pages. One for all databases of a server.
SELECT 'CREATE ROLE gatewright_platform NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatewright_platform') \gexec
GRANT gatewright_platform TO keywords_app;

CREATE DATABASE keywords OWNER keywords_owner;
