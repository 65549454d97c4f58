use serde_json::Value as Json;

use super::*;
use crate::http::IfMatch;
use crate::model::AuditMode;

/// Patients, of whom the audit log tells that they changed and nothing that they were.
static PATIENTS: ResourceDef = ResourceDef {
    name: "things",
    audit: AuditMode::Fact,
    fields: THINGS.fields,
    ..ResourceDef::DEFAULT
};

static CLINIC: Model = Model {
    app: "Clinic",
    auth: AuthPolicy {
        signup: Signup::Open,
        require_verified_email: true,
        access_token_ttl: 600,
        refresh_token_ttl: 3_600,
        session_idle_ttl: 3_600,
        passwords: true,
        providers: &[],
    },
    row_level_security: false,
    limits: Limits::NONE,
    permissions: &[],
    roles: &[],
    resources: &[&PATIENTS],
};

#[tokio::test]
async fn an_entry_of_facts_holds_no_value() {
    let whole = World::both().await.map(|world| (world, true));
    let facts = World::both_of(&CLINIC).await.map(|world| (world, false));
    for (world, is_whole) in whole.into_iter().chain(facts) {
        let def = world.app.runtime.model.resource("things").unwrap();
        let unit = world.unit(None);
        let holder = nobody();
        let access = Access::new(&unit, &holder, None, &[READ_SECRET]);
        let made = write::create(access, def, values()).await.unwrap().id;
        let mut change = Fields::empty(def);
        change.set(SECRET, Value::Text("hunter3".to_owned()));
        write::update(access, def, made, &IfMatch::any(), change)
            .await
            .unwrap();
        remove::delete(access, def, made, &IfMatch::any())
            .await
            .unwrap();
        let sql = "SELECT changes FROM audit_log WHERE tenant_id = $1 ORDER BY id";
        let rows = unit.run(sql, &[world.tenant_id.into_value()]).await;
        let entries = rows.unwrap().into_iter();
        let entries: Vec<Json> = entries.map(|mut row| row.next().unwrap()).collect();
        assert_eq!(entries.len(), 3);
        for entry in entries {
            let fact = &entry["secret"];
            assert!(fact.is_object(), "which field it was: {entry}");
            assert_eq!(entry.to_string().contains("hunter"), is_whole, "{entry}");
            let is_empty = entry
                .as_object()
                .unwrap()
                .values()
                .all(|it| it.get("old").or(it.get("new")).is_none());
            assert_eq!(is_empty, !is_whole, "{entry}");
        }
    }
}
