use super::*;
use crate::http::IfMatch;

#[tokio::test]
async fn every_type_comes_back_as_it_was() {
    for world in World::both().await {
        let unit = world.unit(None);
        let holder = nobody();
        let access = Access::new(&unit, &holder, None, &[READ_SECRET]);
        for values in [values(), defaults(), extremes()] {
            let mut checked = Vec::new();
            for (field, value) in THINGS.fields.iter().zip(values) {
                checked.push(check_value(field, value).unwrap());
            }
            let made = write::create(access, &THINGS, checked.clone())
                .await
                .unwrap();
            let found = write::find(access, &THINGS, made.id)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(found.values, checked);

            // The same again changes nothing, so the values are equal to the store, too.
            let same: Vec<(usize, Value)> = checked.into_iter().enumerate().collect();
            let updated =
                write::update(access, &THINGS, made.id, &IfMatch::any(), patch(&same)).await;
            assert_eq!(updated.unwrap().version, 1);
        }
        unit.commit().await.unwrap();
    }
}

/// The ends of what the fields take.
fn extremes() -> Vec<Value> {
    let mut extremes = defaults();
    extremes[5] = Value::Date(date(9999, 12, 31));
    extremes[6] = Value::Json(json!([
        u64::MAX,
        i64::MIN,
        -0.0,
        1e16,
        1e19,
        1e25,
        1.5e-300,
        0.1,
        "\u{10ffff}",
        { "": {} }
    ]));
    extremes[7] = Value::Integer(i64::MIN);
    extremes[8] = Value::Decimal(Decimal::new(-999_999_999_999, 2));
    extremes[10] = Value::Timestamp("0001-01-01T00:00:00Z".parse().unwrap());
    extremes
}

#[tokio::test]
async fn a_day_sorts_as_days_do() {
    for world in World::both().await {
        let unit = world.unit(None);
        for day in [date(1, 1, 1), date(999, 12, 31), date(2026, 2, 28)] {
            let mut values = defaults();
            values[5] = Value::Date(day);
            create_record(&unit, &THINGS, values).await.unwrap();
        }
        let sql = r#"SELECT "day" FROM "things" WHERE "day" < $1 ORDER BY "day" DESC"#;
        let rows = unit
            .run(sql, &[Value::Date(date(2026, 2, 28))])
            .await
            .unwrap();
        let days: Vec<jiff::civil::Date> = rows
            .into_iter()
            .map(|mut row| row.next().unwrap())
            .collect();
        assert_eq!(days, [date(999, 12, 31), date(1, 1, 1)]);
    }
}

#[tokio::test]
async fn typed_inputs_must_match_patterns_too() {
    for world in World::both().await {
        let unit = world.unit(None);
        let holder = nobody();
        let access = Access::new(&unit, &holder, None, &[]);
        let mut values = defaults();
        values[0] = Value::Text("abc".to_owned());
        let created = write::create(access, &THINGS, values).await;
        assert_eq!(wrong(created), ("code".to_owned(), "pattern"));
        let made = write::create(access, &THINGS, defaults()).await.unwrap();
        let change = patch(&[(0, Value::Text("abc".to_owned()))]);
        let updated = write::update(access, &THINGS, made.id, &IfMatch::any(), change).await;
        assert_eq!(wrong(updated), ("code".to_owned(), "pattern"));
    }
}
