use super::*;
use crate::http::IfMatch;

#[tokio::test]
async fn narrowed_access_reaches_ones_own_records_alone() {
    for world in World::both().await {
        let (ada, bob) = (world.user().await, world.user().await);
        let unit = world.unit(Some(bob));
        let of_bob = create_record(&unit, &THINGS, defaults()).await.unwrap().id;
        unit.commit().await.unwrap();
        let unit = world.unit(None);
        let of_nobody = create_record(&unit, &THINGS, defaults()).await.unwrap().id;
        unit.commit().await.unwrap();

        let unit = world.unit(Some(ada));
        let of_ada = create_record(&unit, &THINGS, defaults()).await.unwrap().id;
        let holder = nobody();
        let access = Access::new(&unit, &holder, Some(ada), &[]);
        let change = || patch(&[(7, Value::Integer(1))]);
        for other in [of_bob, of_nobody, Uuid::now_v7()] {
            assert!(write::find(access, &THINGS, other).await.unwrap().is_none());
            assert!(write::lock(access, &THINGS, other).await.unwrap().is_none());
            let updated = write::update(access, &THINGS, other, &IfMatch::any(), change()).await;
            assert_eq!(updated.unwrap_err().code(), "not_found");
            let deleted = remove::delete(access, &THINGS, other, &IfMatch::any()).await;
            assert_eq!(deleted.unwrap_err().code(), "not_found");
        }
        assert!(
            write::find(access, &THINGS, of_ada)
                .await
                .unwrap()
                .is_some()
        );
        let updated = write::update(access, &THINGS, of_ada, &IfMatch::any(), change()).await;
        assert_eq!(updated.unwrap().version, 2);
        remove::delete(access, &THINGS, of_ada, &IfMatch::any())
            .await
            .unwrap();

        let all = Access::new(&unit, &holder, None, &[]);
        for other in [of_bob, of_nobody] {
            let found = write::find(all, &THINGS, other).await.unwrap().unwrap();
            assert_eq!(found.version, 1);
        }
        unit.commit().await.unwrap();
    }
}
