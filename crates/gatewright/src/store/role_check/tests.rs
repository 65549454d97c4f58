use super::*;
use crate::store::testing::Server;

const SCHEMA: &str = "
    CREATE TABLE tenants (id uuid PRIMARY KEY);
    CREATE TABLE notes (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id));
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON notes USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
    CREATE POLICY platform ON notes FOR SELECT TO gatewright_platform USING (true);
";

async fn check_as(server: &Server, role: &str, row_level_security: bool) -> Result<(), String> {
    let database = Database::connect(&server.url_of(role)).await.unwrap();
    check(&database, row_level_security)
        .await
        .map_err(|error| error.to_string())
}

/// After `harm`, done by a superuser, the application does not start and says `problem`; the SQL
/// that it prints mends it.
async fn refuses(harm: &str, problem: &str) {
    let server = Server::new().await;
    server.as_owner(SCHEMA).await;
    let app = server.app_role();
    check_as(&server, &app, true).await.unwrap();

    let named = |text: &str| {
        text.replace("{app}", &app)
            .replace("{owner}", &server.owner_role())
    };
    server.as_superuser(&named(harm)).await;
    let refusal = check_as(&server, &app, true).await.unwrap_err();
    assert!(refusal.contains(&named(problem)), "{refusal}");

    let (_, remedies) = refusal.split_once("\nRun this").unwrap();
    let (_, remedies) = remedies.split_once('\n').unwrap();
    server.as_superuser(&remedies.replace('…', "open")).await;
    check_as(&server, &app, true).await.unwrap();
}

#[tokio::test]
async fn a_superuser_is_refused() {
    refuses("ALTER ROLE {app} SUPERUSER", "its role {app} has SUPERUSER").await;
}

#[tokio::test]
async fn a_role_that_may_bypass_or_become_others_is_refused() {
    refuses(
        "ALTER ROLE {app} BYPASSRLS CREATEROLE",
        "its role {app} has BYPASSRLS, CREATEROLE",
    )
    .await;
}

#[tokio::test]
async fn a_member_of_a_powerful_role_is_refused() {
    let harm = "CREATE ROLE {app}_boss BYPASSRLS; GRANT {app}_boss TO {app}";
    refuses(
        harm,
        "its role {app} can become {app}_boss, which has BYPASSRLS",
    )
    .await;
}

#[tokio::test]
async fn a_member_of_the_owner_is_refused() {
    refuses(
        "GRANT {owner} TO {app}",
        "its role {app} can become {owner}, which owns notes, tenants",
    )
    .await;
}

#[tokio::test]
async fn a_role_outside_the_platform_is_refused() {
    refuses(
        "REVOKE gatewright_platform FROM {app}",
        "is not a member of gatewright_platform",
    )
    .await;
}

#[tokio::test]
async fn a_role_that_inherits_the_platforms_sight_is_refused() {
    refuses(
        "ALTER ROLE {app} INHERIT",
        "inherits the privileges of gatewright_platform",
    )
    .await;
}

#[tokio::test]
async fn a_table_without_row_level_security_is_refused() {
    refuses(
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "row-level security is not forced on notes",
    )
    .await;
    refuses(
        "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
        "row-level security is not forced on notes",
    )
    .await;
    refuses(
        "DROP POLICY tenant ON notes",
        "notes has no policy for the tenant",
    )
    .await;
}

#[tokio::test]
async fn a_policy_for_everybody_is_refused() {
    let server = Server::new().await;
    server.as_owner(SCHEMA).await;
    server
        .as_superuser("CREATE POLICY debugging ON notes USING (true)")
        .await;
    let refusal = check_as(&server, &server.app_role(), true)
        .await
        .unwrap_err();
    assert!(
        refusal.contains("notes has a policy that does not look at the tenant: debugging"),
        "{refusal}"
    );
}

#[tokio::test]
async fn the_owner_is_refused_and_without_row_level_security_too() {
    let server = Server::new().await;
    server.as_owner(SCHEMA).await;
    for row_level_security in [true, false] {
        let refusal = check_as(&server, &server.owner_role(), row_level_security)
            .await
            .unwrap_err();
        assert!(refusal.contains("owns notes, tenants"), "{refusal}");
        assert!(refusal.contains("has CREATEROLE"), "{refusal}");
    }
}

#[tokio::test]
async fn a_schema_without_row_level_security_needs_no_policies() {
    let server = Server::new().await;
    server
        .as_owner("CREATE TABLE notes (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id))")
        .await;
    check_as(&server, &server.app_role(), true)
        .await
        .unwrap_err();
    check_as(&server, &server.app_role(), false).await.unwrap();
}
