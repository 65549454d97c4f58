//! Queries that make no sense, and numbers that do not fit.

use std::error::Error as _;

use super::on_both;
use super::shop::{ACME, LINES, Line, Node, Order, Product, Shop, d, id};
use super::shop::{lines, nodes, orders, products};
use crate::error::Error;
use crate::store::FieldValue;
use crate::store::select::{Expression as _, count, sum};

on_both!(
    what_makes_no_sense_says_why,
    text_with_a_nul_is_the_clients_mistake,
    what_is_too_large_is_an_error,
);

fn cause(error: &Error) -> String {
    assert_eq!(error.code(), "internal");
    error.source().unwrap().to_string()
}

async fn what_makes_no_sense_says_why(shop: Shop) {
    let till = shop.till(ACME);
    let other = shop.till(ACME);
    let select = || till.select::<Product>();
    let errors = [
        (
            select().fetch(orders::ID).await.unwrap_err(),
            "a query names `orders.id` without the table: join it",
        ),
        (
            select()
                .fetch(products::NAME.of("other"))
                .await
                .unwrap_err(),
            "a query names `products.name` without the table: join it as `other`",
        ),
        (
            select().fetch(products::GONE).await.unwrap_err(),
            "`products` has no column `gone\" --`",
        ),
        (
            select().fetch((products::NAME, count())).await.unwrap_err(),
            "a query reads `products.name` beside aggregates or groups: group by it, or aggregate it",
        ),
        (
            (select()
                .group_by(products::NAME)
                .order_by(products::ID.asc()))
            .fetch(count())
            .await
            .unwrap_err(),
            "a query reads `products.id` beside aggregates or groups: group by it, or aggregate it",
        ),
        (
            select()
                .collect(till.access(), lines::PRODUCT_ID, true)
                .fetch(lines::QUANTITY + 1)
                .await
                .unwrap_err(),
            "a query reads `order_lines.quantity` of a left join, which may find nothing: read it with `.optional()`",
        ),
        (
            select()
                .follow(till.access(), lines::ORDER_ID, false)
                .fetch(products::ID)
                .await
                .unwrap_err(),
            "a query joins along `order_lines.order_id`, but `order_lines` is not there yet",
        ),
        (
            till.select::<Node>()
                .follow(till.access(), nodes::PARENT_ID, false)
                .fetch(nodes::NAME)
                .await
                .unwrap_err(),
            "a query has `nodes` twice: name one of the two where it joins, `REFERENCE.named(…)`",
        ),
        (
            select()
                .collect(other.access(), lines::PRODUCT_ID, false)
                .fetch(products::NAME)
                .await
                .unwrap_err(),
            "a query joins grants of two requests, which have nothing in common",
        ),
        (
            select()
                .limit(10_001)
                .fetch(products::NAME)
                .await
                .unwrap_err(),
            "a query has 16 tables and 10000 rows at most",
        ),
        (
            (select().filter(products::NAME.in_(vec![String::new(); 1_001])))
                .fetch(products::NAME)
                .await
                .unwrap_err(),
            "a query compares with 1001 values, and 1000 are the most",
        ),
        (
            select().group_by(products::NAME).count().await.unwrap_err(),
            "a query with groups is not counted",
        ),
    ];
    for (error, expected) in errors {
        assert_eq!(cause(&error), expected);
    }
    // None of it has reached the database, so the unit of work is whole.
    assert_eq!(select().count().await.unwrap(), 3);
}

async fn text_with_a_nul_is_the_clients_mistake(shop: Shop) {
    let till = shop.till(ACME);
    for condition in [
        products::NAME.eq("a\0"),
        products::NAME.contains("\0"),
        products::NAME.in_(["\0".to_owned()]),
    ] {
        let query = till.select::<Product>().filter(condition);
        assert_eq!(query.count().await.unwrap_err().code(), "invalid_query");
    }
}

async fn what_is_too_large_is_an_error(shop: Shop) {
    let till = shop.till(ACME);
    for (n, quantity) in [(91, i64::MAX), (92, 1)] {
        let values = vec![
            id(11).into_value(),
            id(1).into_value(),
            quantity.into_value(),
            d("1").into_value(),
        ];
        till.insert(&LINES, n, values).await;
    }
    till.unit.commit().await.unwrap();

    drop(till);

    let largest = || lines::ID.eq(id(91));
    {
        let till = shop.till(ACME);
        let query = till.select::<Line>().filter(largest());
        cause(&query.fetch(lines::QUANTITY * 2).await.unwrap_err());
        // A failure ends the unit of work: nothing of it can be committed.
        let after = till.select::<Order>().count().await;
        let poisoned = till.unit.commit().await;
        assert!(after.is_err() || poisoned.is_err());
    }
    {
        let till = shop.till(ACME);
        let query = till.select::<Line>().filter(largest());
        cause(&query.fetch(lines::QUANTITY + 1).await.unwrap_err());
    }
    {
        let till = shop.till(ACME);
        let query = till.select::<Line>();
        cause(&query.fetch(sum(lines::QUANTITY)).await.unwrap_err());
    }
    {
        let till = shop.till(ACME);
        let query = till.select::<Line>().filter((lines::QUANTITY * 2).gt(0));
        cause(&query.count().await.unwrap_err());
    }
    let till = shop.till(ACME);
    let query = till.select::<Line>().filter(largest());
    let sums = query.fetch(sum(lines::QUANTITY)).await.unwrap();
    assert_eq!(sums, [Some(i64::MAX)]);
}
