//! What is written: the other tenant's values stay as they are.

use super::*;

/// Does something as Acme, commits, and requires that Globex has what it had.
async fn leaves_globex_alone(act: impl AsyncFn(Access<'_>)) {
    for world in World::both().await {
        let twins = &world.twins;
        let before = twins.rows(GLOBEX).await;
        let acmes = twins.rows(ACME).await;
        let unit = twins.unit(ACME);
        act(world.access(&unit)).await;
        unit.commit().await.unwrap();
        drop(unit);
        assert_eq!(twins.rows(GLOBEX).await, before);
        assert_ne!(twins.rows(ACME).await, acmes, "nothing was done");
    }
}

#[tokio::test]
async fn a_write_changes_its_tenants_values() {
    leaves_globex_alone(async |access| {
        let any = IfMatch::any();
        // Unique in each tenant for itself, and cleared.
        let given = bag(&[("tag", json!("two")), ("warmth", json!(null))]);
        let patch = patch_with(&[], given);
        let updated = write::update(access, &SHELVES, id(1), &any, patch)
            .await
            .unwrap();
        assert_eq!(updated.version, 3);
        let unchanged = patch_with(&[], bag(&[("tag", json!("two"))]));
        let updated = write::update(access, &SHELVES, id(1), &any, unchanged)
            .await
            .unwrap();
        assert_eq!(updated.version, 3);
        let values = vec![text("new"), Value::Null];
        let made = bag(&[("tag", json!("only"))]);
        let made = write::create_with(access, &SHELVES, values, &made)
            .await
            .unwrap();
        let found = write::find(access, &SHELVES, made.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found, made);
        // The default.
        assert_eq!(found.custom[2], text("m"));
        remove::delete(access, &SHELVES, id(3), &any).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_bulk_request_changes_its_tenants_values() {
    leaves_globex_alone(async |access| {
        let shelf =
            |name: &str, tag: &str| patch_with(&[(NAME, text(name))], bag(&[("tag", json!(tag))]));
        let given = vec![shelf("a", "a"), shelf("b", "b")];
        bulk::create::create(access, &SHELVES, given).await.unwrap();
        let changes = [1, 2].map(|n| {
            (
                id(n),
                None,
                shelf(&format!("changed {n}"), &format!("t{n}")),
            )
        });
        let updated = bulk::update::update(access, &SHELVES, changes.to_vec()).await;
        assert!(
            updated
                .unwrap()
                .iter()
                .all(|it| it.custom[1] != Value::Null)
        );
        remove::delete_each(access, &SHELVES, &[id(1), id(3)])
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_value_is_said_under_its_name() {
    for world in World::both().await {
        let unit = world.twins.unit(ACME);
        let access = world.access(&unit);
        let made = async |given: &[(&str, serde_json::Value)]| {
            let values = vec![text("new"), Value::Null];
            wrong(write::create_with(access, &SHELVES, values, &bag(given)).await)
        };
        for (name, value, code) in [
            ("warmth", json!("5"), "invalid_type"),
            ("tag", json!("x".repeat(256)), "too_long"),
            ("tag", json!("Upper"), "pattern"),
            ("size", json!("xl"), "invalid_value"),
            ("size", json!(null), "required"),
            ("price", json!("0.49"), "too_small"),
            ("price", json!("10000"), "too_large"),
            ("price", json!("1.005"), "too_precise"),
            ("since", json!("2026-02-30"), "invalid_type"),
        ] {
            assert_eq!(
                made(&[(name, value)]).await,
                (format!("custom_fields.{name}"), code)
            );
        }
        // Another record of Acme's has it.
        let taken = made(&[("tag", json!("three"))]).await;
        assert_eq!(taken, ("custom_fields.tag".to_owned(), "taken"));
        drop(unit);
        let unit = world.twins.unit(ACME);
        let shelf =
            |name: &str, tag: &str| patch_with(&[(NAME, text(name))], bag(&[("tag", json!(tag))]));
        let given = vec![shelf("a", "a"), shelf("b", "one")];
        let answer = bulk::create::create(world.access(&unit), &SHELVES, given).await;
        assert_eq!(
            wrong(answer),
            ("records.1.custom_fields.tag".to_owned(), "taken")
        );
    }
}

/// A field that the tenant removed since its definition was read.
#[tokio::test]
async fn a_field_that_went_meanwhile_is_no_field() {
    for world in World::both().await {
        let unit = world.twins.unit(ACME);
        let sql = "DELETE FROM custom_fields WHERE tenant_id = $1 AND id = $2";
        let args = [ACME.into_value(), id(FIRST_FIELD).into_value()];
        unit.run(sql, &args).await.unwrap();
        unit.commit().await.unwrap();
        let unit = world.twins.unit(ACME);
        let access = world.access(&unit);
        let found = write::find(access, &SHELVES, id(1)).await.unwrap().unwrap();
        assert_eq!(found.custom[0], Value::Null, "its values went with it");
        let patch = patch_with(&[], bag(&[("warmth", json!(6))]));
        let updated = write::update(access, &SHELVES, id(1), &IfMatch::any(), patch).await;
        assert_eq!(
            wrong(updated),
            ("custom_fields.warmth".to_owned(), "unknown_field")
        );
        drop(unit);
        let unit = world.twins.unit(GLOBEX);
        assert_eq!(
            custom::values::count(&unit, &SHELVES, id(FIRST_FIELD))
                .await
                .unwrap(),
            3
        );
    }
}

/// No column of a custom field has an index that could bring its order: the sort of a large table ends
/// when a statement's time is over, and the answer is that of a busy service.
#[tokio::test]
async fn a_sort_that_takes_too_long_is_ended() {
    for world in World::both().await {
        let unit = world.twins.unit(ACME);
        if unit.runtime().statements.dialect() == Dialect::Sqlite {
            // Its deadline is a constant: `an_endless_statement_is_interrupted`.
            continue;
        }
        let many = "INSERT INTO shelves SELECT $1, gen_random_uuid(), 1, now(), now(), NULL, 'many ' || n, NULL
            FROM generate_series(1, 20000) AS n";
        unit.run(many, &[ACME.into_value()]).await.unwrap();
        let values = "INSERT INTO shelves_custom_values SELECT tenant_id, id, $2, NULL, 20000, NULL
            FROM shelves WHERE tenant_id = $1 AND name LIKE 'many %'";
        let args = [ACME.into_value(), id(FIRST_FIELD).into_value()];
        unit.run(values, &args).await.unwrap();
        unit.run("SET LOCAL statement_timeout = '1ms'", &[])
            .await
            .unwrap();
        let query = "sort=custom_fields.warmth&limit=1";
        let (query, window) = list::read_as(&SHELVES, &world.acme, query).unwrap();
        let page = list::page(world.access(&unit), &query, &window).await;
        let error = page.unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (503, "unavailable")
        );
    }
}
