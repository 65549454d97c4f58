use super::*;
use crate::http::IfMatch;

#[tokio::test]
async fn a_hidden_value_never_reaches_generated_code() {
    for world in World::both().await {
        let unit = world.unit(None);
        let record = create_record(&unit, &THINGS, values()).await.unwrap();
        let holder = nobody();
        for (uses, seen) in [(&[][..], false), (&[READ_SECRET][..], true)] {
            let access = Access::new(&unit, &holder, None, uses);
            let found = write::find(access, &THINGS, record.id)
                .await
                .unwrap()
                .unwrap();
            let mut reader = RecordReader::new(access, &THINGS, found);
            let secret: Guarded<String> = reader.guarded("secret").unwrap();
            let rank: Guarded<i64> = reader.guarded("rank").unwrap();
            let expected = ("hunter2".to_owned(), 9);
            let shown = secret.into_shown().zip(rank.into_shown());
            assert_eq!(shown, seen.then_some(expected));
            // Nor to code that does not ask by the right name.
            let found = write::find(access, &THINGS, record.id)
                .await
                .unwrap()
                .unwrap();
            let plain = RecordReader::new(access, &THINGS, found).field::<Option<String>>("secret");
            assert_eq!(plain.unwrap().is_some(), seen);
        }
    }
}

#[tokio::test]
async fn a_hidden_field_cannot_be_written() {
    for world in World::both().await {
        let unit = world.unit(None);
        let holder = nobody();
        let blind = Access::new(&unit, &holder, None, &[]);
        let seeing = Access::new(&unit, &holder, None, &[READ_SECRET]);

        for (index, name, value) in [
            (SECRET, "secret", Value::Text("mine".to_owned())),
            (RANK, "rank", Value::Integer(1)),
        ] {
            let mut values = defaults();
            values[index] = value.clone();
            let created = write::create(blind, &THINGS, values.clone()).await;
            assert_eq!(wrong(created), (name.to_owned(), "unknown_field"));
            let made = write::create(seeing, &THINGS, values).await.unwrap();
            let updated = write::update(
                blind,
                &THINGS,
                made.id,
                &IfMatch::any(),
                patch(&[(index, value)]),
            )
            .await;
            assert_eq!(wrong(updated), (name.to_owned(), "unknown_field"));
            let found = write::find(seeing, &THINGS, made.id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(found.version, 1);
        }

        // Its default is filled in, and what is there survives a change of something else.
        let made = write::create(blind, &THINGS, defaults()).await.unwrap();
        assert_eq!(made.values[RANK], Value::Integer(7));
        let record = create_record(&unit, &THINGS, values()).await.unwrap();
        let change = patch(&[(7, Value::Integer(6))]);
        write::update(blind, &THINGS, record.id, &IfMatch::any(), change)
            .await
            .unwrap();
        let found = write::find(seeing, &THINGS, record.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.values[SECRET], Value::Text("hunter2".to_owned()));
        assert_eq!(found.values[RANK], Value::Integer(9));
    }
}

#[tokio::test]
async fn a_clash_names_no_hidden_field() {
    for world in World::both().await {
        let unit = world.unit(None);
        create_record(&unit, &THINGS, values()).await.unwrap();
        let holder = nobody();
        let seeing = Access::new(&unit, &holder, None, &[READ_SECRET]);
        let clash = write::create(seeing, &THINGS, values()).await;
        assert_eq!(wrong(clash), ("secret".to_owned(), "taken"));
    }
    let constraints = [
        Constraint::Named("things_secret_unique".to_owned()),
        Constraint::Columns(vec!["tenant_id".to_owned(), "secret".to_owned()]),
    ];
    for constraint in constraints {
        let clash = write::clash(&THINGS, StoreError::Unique(constraint), |_| false);
        assert_eq!(wrong(Err::<(), _>(clash)), (String::new(), "taken"));
    }
}
