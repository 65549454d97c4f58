mod connections;
mod statements;

use super::*;
use crate::store::testing::Server;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn run(
    postgres: &Postgres,
    scope: Scope,
    sql: &str,
    args: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut transaction = postgres.begin(scope, Mode::Write).await?;
    let rows = transaction.run(sql, args).await?;
    transaction.commit().await?;
    Ok(rows)
}

async fn count(postgres: &Postgres, scope: Scope, table: &str) -> i64 {
    let mut transaction = postgres.begin(scope, Mode::Read).await.unwrap();
    let sql = format!("SELECT count(*) FROM {table}");
    let answer = transaction
        .run(&sql, &[])
        .await
        .unwrap()
        .remove(0)
        .next()
        .unwrap();
    transaction.commit().await.unwrap();
    answer
}

const FAMILY: &str = "
    CREATE TABLE account (id uuid PRIMARY KEY, email text CONSTRAINT account_email_unique UNIQUE);
    CREATE TABLE parent (tenant_id uuid, id bigint, name text, PRIMARY KEY (tenant_id, id));
    CREATE TABLE child (tenant_id uuid, id bigint, parent_id bigint, PRIMARY KEY (tenant_id, id),
        CONSTRAINT child_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES parent (tenant_id, id));
    ALTER TABLE parent ENABLE ROW LEVEL SECURITY;
    ALTER TABLE parent FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON parent USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
    CREATE POLICY platform ON parent FOR SELECT TO gatewright_platform USING (true);
    GRANT SELECT ON parent TO gatewright_platform;
";

/// A database with `account`, `parent` and `child`, and the pool of a role that RLS binds.
async fn family(pool_size: usize) -> (Server, Postgres) {
    let server = Server::new().await;
    server.as_owner(FAMILY).await;
    server.grant_to_app("account, parent, child").await;
    let postgres = Postgres::connect(&format!("{}?pool_size={pool_size}", server.app_url()))
        .await
        .unwrap();
    (server, postgres)
}
