//! What a caller does not reach or see, and what fails midway, on both databases.

mod order;
mod referring;

use std::sync::Arc;

use super::*;
use crate::audit::Actor;
use crate::authn::testing::App;
use crate::authz::{Held, Holder};
use crate::http::JsonBody;
use crate::model::{
    AuthPolicy, FieldDef, FieldType, Kind, Limits, Model, OnDelete, PermissionDef, RoleDef, Signup,
};
use crate::store::input;
use crate::store::testing::Server;
use crate::store::{Caller, FieldValue, Input, Mode, Unit};

const TEXT: FieldType = FieldType::String {
    min: 0,
    max: 100,
    pattern: None,
};

static NOTES: ResourceDef = ResourceDef {
    name: "notes",
    fields: &[
        FieldDef {
            name: "name",
            ty: TEXT,
            unique: true,
            ..FieldDef::DEFAULT
        },
        FieldDef {
            name: "of",
            ty: FieldType::Reference {
                to: "notes",
                on_delete: OnDelete::Cascade,
            },
            optional: true,
            ..FieldDef::DEFAULT
        },
        FieldDef {
            name: "cost",
            ty: TEXT,
            optional: true,
            permission: Some("notes:read_cost"),
            ..FieldDef::DEFAULT
        },
    ],
    ..ResourceDef::DEFAULT
};

static MODEL: Model = Model {
    app: "Notes",
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
    permissions: &[PermissionDef {
        slug: "notes:read",
        resource: "notes",
        kind: Kind::Read,
        ..PermissionDef::DEFAULT
    }],
    roles: &[
        RoleDef {
            name: "narrow",
            own: &["notes:read"],
            ..RoleDef::DEFAULT
        },
        RoleDef {
            name: "wide",
            permissions: &["notes:read"],
            ..RoleDef::DEFAULT
        },
    ],
    resources: &[&NOTES],
};

fn table(id: &str, time: &str, number: &str) -> String {
    format!(
        "CREATE TABLE notes (tenant_id {id} NOT NULL, id {id} NOT NULL, version {number} NOT NULL, \
         created_at {time} NOT NULL, updated_at {time} NOT NULL, created_by {id}, name text NOT NULL, \"of\" {id}, cost text, \
         PRIMARY KEY (tenant_id, id), CONSTRAINT notes_name_unique UNIQUE (tenant_id, name), \
         CONSTRAINT notes_of_fkey FOREIGN KEY (tenant_id, \"of\") REFERENCES notes (tenant_id, id) ON DELETE CASCADE);"
    )
}

/// The body of a new note, as a type.
#[derive(Debug)]
struct NewNote;

impl Input for NewNote {
    const RESOURCE: &'static ResourceDef = &NOTES;

    fn from_fields(_: &mut Fields) -> Result<Self> {
        Ok(Self)
    }

    fn into_fields(self, _: &mut Fields) {}
}

struct Desk {
    app: App,
    tenant_id: Uuid,
    holder: Holder,
}

impl Desk {
    /// One on each database.
    async fn each() -> [Self; 2] {
        let sqlite = App::of(&MODEL, &table("TEXT", "TEXT", "INTEGER")).await;
        let table = table("uuid", "timestamptz", "bigint");
        let postgres = App::of_on_postgres(&MODEL, &table, &Server::new().await).await;
        let desk = |app| Self {
            app,
            tenant_id: Uuid::now_v7(),
            holder: Holder::new(&MODEL, Held::default()),
        };
        let desks = [desk(sqlite), desk(postgres)];
        for desk in &desks {
            let [tenant, slug] = [desk.tenant_id, desk.tenant_id].map(FieldValue::into_value);
            let sql = "INSERT INTO tenants (id, slug, name, status, created_at) \
                       VALUES ($1, 'a' || substr(CAST($2 AS text), 1, 8), 'A', 'active', $3)";
            let now = crate::clock::now().into_value();
            desk.app.write(sql, &[tenant, slug, now]).await;
        }
        desks
    }

    fn unit(&self, actor: Option<Uuid>) -> Unit {
        let caller = Caller {
            tenant_id: self.tenant_id,
            actor: actor.map_or(Actor::System, Actor::User),
            request_id: None,
            address: None,
        };
        Unit::new(Arc::clone(&self.app.runtime), caller, Mode::Write)
    }

    fn access<'a>(&'a self, unit: &'a Unit, own: Option<Uuid>) -> Access<'a> {
        Access::new(unit, &self.holder, own, &[])
    }

    async fn make(&self, names: &[&str]) -> Result<Vec<Uuid>> {
        let unit = self.unit(None);
        let given = names.iter().map(|name| note(name, None)).collect();
        let made = create::create(self.access(&unit, None), &NOTES, given).await?;
        unit.commit().await?;
        Ok(made.iter().map(|record| record.id).collect())
    }

    /// Names and versions of all notes, by name, and how many audit entries there are.
    async fn state(&self) -> (Vec<(String, i64)>, i64) {
        let unit = self.unit(None);
        let rows = unit.run("SELECT name, version FROM notes ORDER BY name", &[]);
        let rows = rows.await.unwrap().into_iter();
        let notes = rows.map(|mut row| (row.next().unwrap(), row.next().unwrap()));
        let count = unit.run("SELECT count(*) FROM audit_log", &[]).await;
        (notes.collect(), count.unwrap()[0].next().unwrap())
    }
}

fn note(name: &str, of: Option<Uuid>) -> Fields {
    let mut fields = Fields::empty(&NOTES);
    fields.put("name", name.to_owned());
    fields.put("of", of);
    fields
}

fn renamed(id: Uuid, name: &str) -> (Uuid, Option<i64>, Fields) {
    let mut fields = Fields::empty(&NOTES);
    fields.put("name", name.to_owned());
    (id, None, fields)
}

fn costing(mut fields: Fields) -> Fields {
    fields.put("cost", "7".to_owned());
    fields
}

/// The code, and every `field code`.
fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> String {
    let error = answer.unwrap_err();
    let errors = error.extra().errors.iter();
    let errors = errors.map(|error| format!(" {} {}", error.field, error.code));
    format!("{}{}", error.code(), errors.collect::<String>())
}

#[tokio::test]
async fn who_reaches_own_records_alone_reaches_no_others_in_bulk() {
    for desk in Desk::each().await {
        // A record's maker is a user, whom the key of the table names.
        let me = Uuid::now_v7();
        let foreign = desk.make(&["a", "b"]).await.unwrap();
        let unit = desk.unit(None);
        let mine = create::create(desk.access(&unit, None), &NOTES, vec![note("mine", None)]);
        let mine = mine.await.unwrap()[0].id;
        let [tenant, id] = write::key(&unit, mine);
        let claim = "UPDATE notes SET created_by = $3 WHERE tenant_id = $1 AND id = $2";
        unit.run(claim, &[tenant, id, me.into_value()])
            .await
            .unwrap();
        unit.commit().await.unwrap();
        let before = desk.state().await;

        let unit = desk.unit(None);
        let own = desk.access(&unit, Some(me));
        let changes = vec![renamed(mine, "x"), renamed(foreign[1], "y")];
        let answer = update::update(own, &NOTES, changes).await;
        assert_eq!(refusal(answer), "not_found");
        let mut ids = [mine, foreign[0]];
        ids.sort_unstable();
        let answer = remove::delete_each(own, &NOTES, &ids).await;
        assert_eq!(refusal(answer), "not_found");
        // Even a handler that ignores the refusal and commits has nothing to commit.
        unit.commit().await.unwrap();
        assert_eq!(desk.state().await, before);

        let unit = desk.unit(None);
        let own = desk.access(&unit, Some(me));
        let changed = update::update(own, &NOTES, vec![renamed(mine, "x")]).await;
        assert_eq!(changed.unwrap()[0].version, 2);
        remove::delete_each(own, &NOTES, &[mine]).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(desk.state().await.0.len(), 2);
    }
}

#[tokio::test]
async fn a_field_that_the_caller_does_not_see_is_none_in_each_record() {
    for desk in Desk::each().await {
        let ids = desk.make(&["a", "b"]).await.unwrap();
        let before = desk.state().await;
        let unit = desk.unit(None);
        let access = desk.access(&unit, None);
        let given = vec![note("c", None), costing(note("d", None))];
        let answer = create::create(access, &NOTES, given).await;
        let hidden = "invalid_input records.1.cost unknown_field";
        assert_eq!(refusal(answer), hidden);
        let [a, b] = [renamed(ids[0], "x"), renamed(ids[1], "y")];
        let changes = vec![a, (b.0, b.1, costing(b.2))];
        assert_eq!(
            refusal(update::update(access, &NOTES, changes).await),
            hidden
        );
        unit.commit().await.unwrap();
        assert_eq!(desk.state().await, before);

        let body = br#"{"records":[{"name":"a"},{"name":"b","cost":"7"},{"cost":7}]}"#;
        let body = JsonBody::new(body, Some(&desk.holder), None);
        let read = |item: crate::http::json_list::JsonItem| {
            input::new_from_object::<NewNote>(&body, item.into_object()?)
        };
        assert_eq!(
            refusal(body::items(&body, "records", read)),
            "invalid_input records.1.cost unknown_field records.2.cost unknown_field records.2.name required"
        );

        let unit = desk.unit(None);
        let seeing = Access::new(&unit, &desk.holder, None, &["notes:read_cost"]);
        let given = vec![costing(note("c", None))];
        assert!(create::create(seeing, &NOTES, given).await.is_ok());
    }
}

#[tokio::test]
async fn what_the_database_refuses_names_the_record_and_leaves_nothing() {
    for desk in Desk::each().await {
        let ids = desk.make(&["a", "b", "c"]).await.unwrap();
        let before = desk.state().await;
        let many: Vec<String> = (0..MOST_ITEMS).map(|n| format!("n{n}")).collect();
        let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
        many[999] = "b";
        let taken = "conflict records.999.name taken";
        assert_eq!(refusal(desk.make(&many).await), taken);
        assert_eq!(desk.state().await, before);

        // In the order of the request: a name that was given up before may be taken.
        let unit = desk.unit(None);
        let access = desk.access(&unit, None);
        let changes = vec![renamed(ids[2], "d"), renamed(ids[1], "c")];
        update::update(access, &NOTES, changes).await.unwrap();
        let changes = vec![renamed(ids[0], "e"), renamed(ids[2], "c")];
        let answer = update::update(access, &NOTES, changes).await;
        assert_eq!(refusal(answer), "conflict records.1.name taken");
        assert!(unit.commit().await.is_err(), "a failed statement");
        drop(unit);
        assert_eq!(desk.state().await, before);

        let unit = desk.unit(None);
        let access = desk.access(&unit, None);
        let nobody = Some(Uuid::now_v7());
        let given = vec![
            note("x", Some(ids[0])),
            note("y", nobody),
            note("z", nobody),
        ];
        let answer = create::create(access, &NOTES, given).await;
        let expected = "invalid_input records.1.of not_found records.2.of not_found";
        assert_eq!(refusal(answer), expected);
    }
}

#[tokio::test]
async fn every_stale_version_is_named() {
    for desk in Desk::each().await {
        let ids = desk.make(&["a", "b", "c"]).await.unwrap();
        let unit = desk.unit(None);
        let access = desk.access(&unit, None);
        let change = |at: usize, version| {
            let (id, _, fields) = renamed(ids[at], &format!("new {at}"));
            (id, version, fields)
        };
        let changes = vec![change(0, Some(2)), change(1, Some(1)), change(2, Some(0))];
        let answer = update::update(access, &NOTES, changes).await;
        let expected = "conflict records.0.version stale records.2.version stale";
        assert_eq!(refusal(answer), expected);
        let changes = vec![change(0, Some(1)), change(1, None)];
        let changed = update::update(access, &NOTES, changes).await.unwrap();
        assert!(changed.iter().all(|record| record.version == 2));
    }
}

#[test]
fn a_count_is_bounded_for_typed_callers_too() {
    assert_eq!(refusal(check_count("ids", 0)), "invalid_input ids empty");
    assert!(check_count("ids", 1).is_ok() && check_count("ids", 1_000).is_ok());
    let too_many = "invalid_input ids too_many";
    assert_eq!(refusal(check_count("ids", 1_001)), too_many);
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    let twice = check_once([a, b, a].into_iter(), |at| format!("ids.{at}"));
    assert_eq!(refusal(twice), "invalid_input ids.2 duplicate");
}
