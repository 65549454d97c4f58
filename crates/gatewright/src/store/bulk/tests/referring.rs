//! To which records a caller may refer whose reading is narrowed to their own.

use super::*;
use crate::authz::Roles;
use crate::http::IfMatch;

/// Makes a user whom records and audit entries can name.
async fn user(desk: &Desk) -> Uuid {
    let id = Uuid::now_v7();
    let user = "INSERT INTO users (id, email, email_normalized, name, status, created_at)
        VALUES ($1, $2, $2, 'Ada', 'active', $3)";
    let email = format!("{id}@example.com").into_value();
    let now = crate::clock::now().into_value();
    desk.app.write(user, &[id.into_value(), email, now]).await;
    id
}

fn referring(id: Uuid, to: Uuid) -> (Uuid, Option<i64>, Fields) {
    let mut fields = Fields::empty(&NOTES);
    fields.put("of", Some(to));
    (id, None, fields)
}

#[tokio::test]
async fn who_reads_own_records_alone_refers_to_no_others() {
    let roles = Roles::new(&MODEL);
    let holder = |names: &[&str]| Holder::new(&MODEL, roles.union(names.iter().copied()));
    let (narrow, both) = (holder(&["narrow"]), holder(&["narrow", "wide"]));
    for desk in Desk::each().await {
        let theirs = desk.make(&["theirs"]).await.unwrap()[0];
        let unit = desk.unit(Some(user(&desk).await));
        let own = Access::new(&unit, &narrow, None, &[]);
        let given = vec![note("mine", None), note("too", None)];
        let made = create::create(own, &NOTES, given).await.unwrap();
        let (mine, too) = (made[0].id, made[1].id);

        let values = |of: Uuid| {
            let name = Value::Text(format!("{of}"));
            vec![name, Value::Uuid(of), Value::Null]
        };
        let patch = |to| referring(mine, to).2;
        let any = IfMatch::any();
        // What is somebody else's and what is not there are the same.
        for other in [theirs, Uuid::now_v7()] {
            let answer = write::create(own, &NOTES, values(other)).await;
            assert_eq!(refusal(answer), "invalid_input of not_found");
            let answer = write::update(own, &NOTES, mine, &any, patch(other)).await;
            assert_eq!(refusal(answer), "invalid_input of not_found");
            let given = vec![note("a", Some(mine)), note("b", Some(other))];
            let answer = create::create(own, &NOTES, given).await;
            assert_eq!(refusal(answer), "invalid_input records.1.of not_found");
            let changes = vec![referring(mine, too), referring(too, other)];
            let answer = update::update(own, &NOTES, changes).await;
            assert_eq!(refusal(answer), "invalid_input records.1.of not_found");
        }
        // Neither does an action that is narrowed itself, whatever it uses.
        let lent = &["notes:read"];
        let actor = unit.caller().actor.id();
        let narrowed = Access::new(&unit, &narrow, actor, lent);
        let answer = write::update(narrowed, &NOTES, mine, &any, patch(theirs)).await;
        assert_eq!(refusal(answer), "invalid_input of not_found");

        write::create(own, &NOTES, values(mine)).await.unwrap();
        let changed = write::update(own, &NOTES, mine, &any, patch(too)).await;
        assert_eq!(changed.unwrap().version, 2);

        // Who reads all, who reads none, and an action that reads all refer to all.
        for (n, access) in [
            Access::new(&unit, &both, None, &[]),
            Access::new(&unit, &desk.holder, None, &[]),
            Access::new(&unit, &narrow, None, lent),
        ]
        .into_iter()
        .enumerate()
        {
            let given = vec![note(&format!("n{n}"), Some(theirs))];
            create::create(access, &NOTES, given).await.unwrap();
        }
        unit.commit().await.unwrap();
    }
}
