//! How far queries reach: the tenant, the caller's own records, the columns that they see.

use super::on_both;
use super::shop::{ACME, GLOBEX, Invented, Line, MARY, Product, Shop, d, id};
use super::shop::{lines, orders, products};
use crate::Uuid;
use crate::store::select::node::Item;
use crate::store::select::{Column, Condition, Expression as _, Order, Select, count, run, sum};

on_both!(
    two_tenants_with_the_same_ids_see_their_own_records,
    every_table_names_its_tenant,
    a_narrowed_grant_reaches_own_records,
    a_hidden_column_is_refused_wherever_it_stands,
    a_definition_of_ones_own_opens_nothing,
);

async fn two_tenants_with_the_same_ids_see_their_own_records(shop: Shop) {
    for (tenant, total) in [(ACME, "26.24"), (GLOBEX, "2624.00")] {
        let till = shop.till(tenant);
        let revenue = sum(lines::QUANTITY * lines::UNIT_PRICE);
        let from_orders = till.sold().follow(till.access(), lines::PRODUCT_ID, false);
        let from_orders = from_orders.fetch((revenue.clone(), count())).await.unwrap();
        assert_eq!(from_orders, [(Some(d(total)), 5)]);
        let from_products = till
            .select::<Product>()
            .collect(till.access(), lines::PRODUCT_ID, true)
            .follow(till.access(), lines::ORDER_ID, true)
            .fetch((revenue, count()))
            .await
            .unwrap();
        assert_eq!(from_products, [(Some(d(total)), 6)]);
        let alone = till.select::<Line>().count().await.unwrap();
        assert_eq!(alone, 5);
    }
    let nobody = shop.till(Uuid::nil());
    assert_eq!(nobody.sold().count().await.unwrap(), 0);
}

/// Two walls on each joined table, of which either would do.
async fn every_table_names_its_tenant(shop: Shop) {
    let till = shop.till(ACME);
    let query = till
        .sold()
        .follow(till.access(), lines::PRODUCT_ID, true)
        .filter(orders::PAID.eq(true).or(orders::PAID.eq(false)));
    let statement = run::statement(query.plan(), &[Item::Count]).unwrap();
    for table in ["t0", "t1", "t2"] {
        let predicate = crate::store::scope::tenant(table);
        let is_named = ["WHERE", "AND"]
            .map(|before| format!("{before} {predicate}"))
            .iter()
            .any(|text| statement.sql.contains(text));
        assert!(is_named, "{}", statement.sql);
    }
    for pair in [
        r#""t1"."tenant_id" = "t0"."tenant_id""#,
        r#""t1"."tenant_id" = "t2"."tenant_id""#,
    ] {
        assert!(statement.sql.contains(pair), "{}", statement.sql);
    }
}

async fn a_narrowed_grant_reaches_own_records(shop: Shop) {
    let mut mary = shop.till(ACME);
    mary.own = Some(MARY);
    let all = shop.till(ACME);
    let own = mary.select::<super::shop::Order>().fetch(orders::ID).await;
    assert_eq!(own.unwrap(), [11, 13].map(id));
    // Her lines of her orders, and her lines of all orders in a left join.
    let joined = mary.sold().fetch(lines::ID).await.unwrap();
    assert_eq!(joined, [21].map(id));
    let query = mary
        .select::<Product>()
        .collect(mary.access(), lines::PRODUCT_ID, true);
    let left = query.fetch((products::ID, lines::ID.optional())).await;
    let expected = [(1, Some(21)), (1, Some(23)), (1, Some(25)), (3, None)];
    let expected = expected.map(|(product, line)| (id(product), line.map(id)));
    assert_eq!(left.unwrap(), expected);
    drop(all);
}

async fn a_hidden_column_is_refused_wherever_it_stands(shop: Shop) {
    let refused = async |query: Select<'_, Product>| {
        let error = query.fetch(products::NAME).await.unwrap_err();
        assert_eq!(error.status(), 403);
        assert_eq!(error.extra().permission, Some("products:read_cost"));
    };
    let till = shop.till(ACME);
    let select = || till.select::<Product>();
    let costs = || -> [Condition; 4] {
        [
            products::COST.is_null(),
            products::COST.gt(d("1")),
            !(products::COST + 1).eq(d("1")).or(products::NAME.eq("x")),
            products::COST.in_([]),
        ]
    };
    for condition in costs() {
        refused(select().filter(condition)).await;
    }
    let order: Order = (products::COST * 2).desc();
    refused(select().order_by(order)).await;
    refused(
        select()
            .order_by(sum(products::COST).asc())
            .group_by(products::NAME),
    )
    .await;
    refused(select().group_by(products::COST).group_by(products::NAME)).await;
    let selected = select().fetch(sum(products::COST)).await.unwrap_err();
    assert_eq!(selected.status(), 403);
    let selected = select().fetch((products::ID, products::COST)).await;
    assert_eq!(selected.unwrap_err().code(), "permission_denied");

    let mut allowed = shop.till(ACME);
    allowed.uses = &["products:read_cost"];
    let costs = allowed.select::<Product>().fetch(products::COST).await;
    assert_eq!(costs.unwrap(), [Some(d("1.00")), None, None]);
}

async fn a_definition_of_ones_own_opens_nothing(shop: Shop) {
    let till = shop.till(ACME);
    let invented: Column<Invented, Uuid> = Column::new("id");
    let error = till.select::<Invented>().fetch(invented).await;
    assert_eq!(error.unwrap_err().status(), 500);
}
