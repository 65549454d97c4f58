//! What is read: records, lists, exports.

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;

use super::*;

const ACMES: [u128; 4] = [1, 2, 3, ACME_ONLY];

fn cost(record: &record::Record) -> Value {
    record.values[COST].clone()
}

#[tokio::test]
async fn a_record_is_read_in_its_tenant() {
    for twins in Twins::both().await {
        for (tenant, slug, other) in [(ACME, "acme", GLOBEX_ONLY), (GLOBEX, "globex", ACME_ONLY)] {
            let unit = twins.unit(tenant);
            let all = twins.access(&unit, None);
            for n in BOTH {
                let found = write::find(all, &SHELVES, id(n)).await.unwrap().unwrap();
                assert_eq!(cost(&found), text(&format!("{slug} {n}")));
            }
            assert!(
                write::find(all, &SHELVES, id(other))
                    .await
                    .unwrap()
                    .is_none()
            );

            let own = twins.access(&unit, Some(ADA));
            for n in BOTH.into_iter().chain([other]) {
                let expected =
                    (n != other && maker(tenant, n) == ADA).then(|| text(&format!("{slug} {n}")));
                let found = write::find(own, &SHELVES, id(n)).await.unwrap();
                assert_eq!(found.as_ref().map(cost), expected, "{slug} {n}");
            }
        }
    }
}

#[tokio::test]
async fn a_record_is_locked_in_its_tenant() {
    for twins in Twins::both().await {
        let unit = twins.unit(ACME);
        let ids = [1, 2, 3, GLOBEX_ONLY].map(id);
        let costs = |records: Vec<Option<record::Record>>| -> Vec<Option<Value>> {
            records.iter().map(|it| it.as_ref().map(cost)).collect()
        };
        let shelf = |n: u128| Some(text(&format!("acme {n}")));
        let all = twins.access(&unit, None);
        let own = twins.access(&unit, Some(ADA));
        let expected = [shelf(1), shelf(2), shelf(3), None];
        let owned = [shelf(1), None, shelf(3), None];
        for (access, expected) in [(all, expected), (own, owned)] {
            for (id, expected) in ids.into_iter().zip(&expected) {
                let locked = write::lock(access, &SHELVES, id).await.unwrap();
                assert_eq!(locked.as_ref().map(cost), *expected);
            }
            let locked = write::lock_each(access, &SHELVES, &ids).await.unwrap();
            assert_eq!(costs(locked), expected);
        }
    }
}

/// The numbers on all pages of a list, and each must be Acme's own record.
async fn walk(twins: &Twins, own: Option<Uuid>, query: &str) -> Vec<u128> {
    let unit = twins.unit(ACME);
    let mut numbers = Vec::new();
    let mut asked = query.to_owned();
    loop {
        let (parsed, window) = ListQuery::<Shelf>::parse(&asked).unwrap().into_parts();
        let page = list::page(twins.access(&unit, own), &parsed, &window).await;
        let (records, next) = page.unwrap();
        for record in records {
            let n = record.id.as_u128();
            assert_eq!(cost(&record), text(&format!("acme {n}")), "{query}");
            numbers.push(n);
        }
        match next {
            Some(cursor) if numbers.len() < 10 => asked = format!("{query}&cursor={cursor}"),
            _ => return numbers,
        }
    }
}

#[tokio::test]
async fn a_list_shows_its_tenants_records() {
    for twins in Twins::both().await {
        assert_eq!(walk(&twins, None, "").await, ACMES);
        for limit in 1..=3 {
            assert_eq!(walk(&twins, None, &format!("limit={limit}")).await, ACMES);
        }
    }
}

#[tokio::test]
async fn a_narrower_list_shows_its_tenants_records() {
    for twins in Twins::both().await {
        let mut descending = ACMES;
        descending.reverse();
        for limit in ["", "&limit=1", "&limit=3"] {
            for query in [
                "q=shelf",
                "filter[name][like]=shelf",
                "filter[cost][ne]=globex 1",
            ] {
                let found = walk(&twins, None, &format!("{query}{limit}")).await;
                assert_eq!(found, ACMES, "{query}{limit}");
            }
            let sorted = walk(&twins, None, &format!("sort=-name{limit}")).await;
            assert_eq!(sorted, descending);
            let one = walk(&twins, None, &format!("filter[name]=shelf 2{limit}")).await;
            assert_eq!(one, [2]);
            let own = walk(&twins, Some(ADA), limit.trim_start_matches('&')).await;
            assert_eq!(own, [1, 3, ACME_ONLY]);
        }
        assert_eq!(walk(&twins, None, "filter[cost]=globex 1").await, [0; 0]);
    }
}

#[tokio::test]
async fn a_search_looks_into_what_is_seen() {
    for twins in Twins::both().await {
        let unit = twins.unit(ACME);
        let blind = Access::new(&unit, &twins.holder, None, &[]);
        for (access, found) in [(blind, 0), (twins.access(&unit, None), 1)] {
            let (query, window) = ListQuery::<Shelf>::parse("q=acme 2").unwrap().into_parts();
            let page = list::page(access, &query, &window).await;
            assert_eq!(page.unwrap().0.len(), found);
        }
    }
}

#[tokio::test]
async fn a_cursor_opens_for_its_own_query_alone() {
    for twins in Twins::both().await {
        let unit = twins.unit(ACME);
        let ask = async |own, query: &str| {
            let (query, window) = ListQuery::<Shelf>::parse(query).unwrap().into_parts();
            list::page(twins.access(&unit, own), &query, &window).await
        };
        let query = "limit=1&sort=name&filter[name][like]=shelf&q=shelf";
        let cursor = ask(None, query).await.unwrap().1.unwrap();
        for (own, query, opens) in [
            (None, query, true),
            (Some(ADA), query, false),
            (
                None,
                "limit=1&sort=-name&filter[name][like]=shelf&q=shelf",
                false,
            ),
            (
                None,
                "limit=1&sort=cost&filter[name][like]=shelf&q=shelf",
                false,
            ),
            (
                None,
                "limit=1&sort=name&filter[name][like]=she&q=shelf",
                false,
            ),
            (None, "limit=1&sort=name&q=shelf", false),
            (
                None,
                "limit=1&sort=name&filter[name][like]=shelf&q=she",
                false,
            ),
            (None, "limit=1&sort=name&filter[name][like]=shelf", false),
        ] {
            let page = ask(own, &format!("{query}&cursor={cursor}")).await;
            assert_eq!(page.is_ok(), opens, "{own:?} {query}");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_the_other_tenant_is_none() {
    for twins in Twins::both().await {
        let first = |query: &str| ListQuery::<Shelf>::parse(query).unwrap().into_parts();
        let (query, window) = first("limit=1");
        let unit = twins.unit(GLOBEX);
        let page = list::page(twins.access(&unit, None), &query, &window).await;
        let cursor = page.unwrap().1.unwrap();
        let (query, window) = first(&format!("limit=1&cursor={cursor}"));
        let unit = twins.unit(ACME);
        let page = list::page(twins.access(&unit, None), &query, &window).await;
        assert_eq!(page.unwrap_err().code(), "invalid_query");
    }
}

#[tokio::test]
async fn an_export_holds_its_tenants_records() {
    for twins in Twins::both().await {
        for (own, query, expected) in [
            (None, "fields=id,cost", &ACMES[..]),
            (None, "fields=id,cost&sort=cost", &ACMES),
            (Some(ADA), "fields=id,cost", &[1, 3, ACME_ONLY]),
            (None, "fields=id,cost&q=shelf 3", &[3]),
        ] {
            let unit = twins.unit(ACME);
            let asked = ExportQuery::<Shelf>::parse(query).unwrap().into_parts();
            let export = list::start_export(twins.access(&unit, own), asked).await;
            let body = export.unwrap().into_response().into_body();
            let body = body.collect().await.unwrap().to_bytes();
            let rows = expected.iter().map(|n| format!("{},acme {n}\r\n", id(*n)));
            let rows: String = rows.collect();
            assert_eq!(body, format!("id,cost\r\n{rows}"), "{query}");
        }
    }
}
