//! What is changed: the other tenant's rows stay as they are, to the byte.

use super::*;
use crate::http::IfMatch;
use crate::store::bulk;

/// Does something as Acme, commits, and requires that Globex has what it had.
async fn leaves_globex_alone(act: impl AsyncFn(&Twins, Access<'_>)) {
    for twins in Twins::both().await {
        let before = twins.rows(GLOBEX).await;
        let acmes = twins.rows(ACME).await;
        let unit = twins.unit(ACME);
        act(&twins, twins.access(&unit, None)).await;
        unit.commit().await.unwrap();
        drop(unit);
        assert_eq!(twins.rows(GLOBEX).await, before);
        assert_ne!(twins.rows(ACME).await, acmes, "nothing was done");
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T>) -> &'static str {
    answer.unwrap_err().code()
}

fn book(field: usize, shelf: u128) -> Vec<Value> {
    let mut values = vec![Value::Null; BOOKS.fields.len()];
    values[field] = Value::Uuid(id(shelf));
    values
}

#[tokio::test]
async fn an_update_changes_its_tenants_record() {
    leaves_globex_alone(async |_, access| {
        let change = || patch_of(&SHELVES, &[(NAME, text("shelf 4"))]);
        // Unique in each tenant for itself.
        let updated = write::update(access, &SHELVES, id(1), &IfMatch::any(), change()).await;
        let updated = updated.unwrap();
        assert_eq!(updated.version, 2);
        assert_eq!(updated.values[COST], text("acme 1"));
        let foreign = id(GLOBEX_ONLY);
        let updated = write::update(access, &SHELVES, foreign, &IfMatch::any(), change()).await;
        assert_eq!(refused(updated), "not_found");
        let found = write::find(access, &SHELVES, id(1)).await.unwrap().unwrap();
        assert_eq!(found.values, [text("shelf 4"), text("acme 1")]);
    })
    .await;
}

#[tokio::test]
async fn a_new_record_refers_to_its_tenants_records() {
    leaves_globex_alone(async |_, access| {
        for field in [HOME, SPARE, BOUND] {
            let created = write::create(access, &BOOKS, book(field, GLOBEX_ONLY)).await;
            let name = BOOKS.fields[field].name.to_owned();
            assert_eq!(wrong(created), (name.clone(), "not_found"));
            let change = patch_of(&BOOKS, &[(field, Value::Uuid(id(GLOBEX_ONLY)))]);
            let updated = write::update(access, &BOOKS, id(11), &IfMatch::any(), change).await;
            assert_eq!(wrong(updated), (name, "not_found"));
            let created = write::create(access, &BOOKS, book(field, ACME_ONLY)).await;
            assert!(created.is_ok());
        }
        let taken = write::create(access, &SHELVES, vec![text("shelf 4"), Value::Null]).await;
        assert!(taken.is_ok(), "unique in the tenant alone");
    })
    .await;
}

#[tokio::test]
async fn a_removal_takes_its_tenants_records_along() {
    leaves_globex_alone(async |_, access| {
        let any = IfMatch::any();
        let delete = |n| remove::delete(access, &SHELVES, id(n), &any);
        assert_eq!(refused(delete(GLOBEX_ONLY).await), "not_found");
        assert_eq!(refused(delete(2).await), "conflict");
        // Its twin could not go.
        delete(1).await.unwrap();
        delete(3).await.unwrap();
        let spare = write::find(access, &BOOKS, id(12)).await.unwrap().unwrap();
        assert_eq!((spare.version, &spare.values[SPARE]), (2, &Value::Null));
    })
    .await;
    for twins in Twins::both().await {
        let unit = twins.unit(ACME);
        let access = twins.access(&unit, None);
        remove::delete(access, &SHELVES, id(1), &IfMatch::any())
            .await
            .unwrap();
        unit.commit().await.unwrap();
        drop(unit);
        assert_eq!(twins.numbers(ACME).await, [2, 3, ACME_ONLY, 12, 13]);
    }
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    leaves_globex_alone(async |_, access| {
        let change = || patch_of(&SHELVES, &[(COST, text("new"))]);
        let update = |version| write::update(access, &SHELVES, id(1), version, change());
        let delete = |version| remove::delete(access, &SHELVES, id(1), version);
        let [first, second] = [1, 2].map(IfMatch::version);
        assert_eq!(refused(update(&second).await), "precondition_failed");
        assert_eq!(refused(delete(&second).await), "precondition_failed");
        assert_eq!(update(&first).await.unwrap().version, 2);
        assert_eq!(refused(delete(&first).await), "precondition_failed");
        delete(&second).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_bulk_request_changes_its_tenants_records() {
    let shelf = |name: &str| patch_of(&SHELVES, &[(NAME, text(name)), (COST, text("new"))]);
    leaves_globex_alone(async |_, access| {
        let given = vec![shelf("shelf 4"), shelf("shelf 9")];
        bulk::create::create(access, &SHELVES, given).await.unwrap();
        let changes = BOTH.map(|n| (id(n), Some(1), shelf(&format!("changed {n}"))));
        let updated = bulk::update::update(access, &SHELVES, changes.to_vec()).await;
        assert!(updated.unwrap().iter().all(|it| it.version == 2));
        let foreign = vec![(id(GLOBEX_ONLY), None, shelf("mine"))];
        let updated = bulk::update::update(access, &SHELVES, foreign).await;
        assert_eq!(refused(updated), "not_found");
        let references = [book(HOME, ACME_ONLY), book(SPARE, GLOBEX_ONLY)].map(|values| {
            let given: Vec<_> = values.into_iter().enumerate().collect();
            patch_of(&BOOKS, &given)
        });
        let created = bulk::create::create(access, &BOOKS, references.to_vec()).await;
        let expected = ("records.1.spare_id".to_owned(), "not_found");
        assert_eq!(wrong(created), expected);
    })
    .await;
    leaves_globex_alone(async |_, access| {
        let ids = [1, GLOBEX_ONLY].map(id);
        let deleted = remove::delete_each(access, &SHELVES, &ids).await;
        assert_eq!(refused(deleted), "not_found");
        let ids = [1, 3].map(id);
        remove::delete_each(access, &SHELVES, &ids).await.unwrap();
    })
    .await;
}
