//! What queries answer.

use super::on_both;
use super::shop::{ACME, GLOBEX, LINES, Line, Node, Order, Product, Shop, d, id};
use super::shop::{lines, nodes, orders, products};
use crate::store::FieldValue;
use crate::store::select::{Expression as _, avg, count, count_distinct, max, min, sum};
use crate::{Date, Timestamp};

on_both!(
    sums_by_month,
    left_joins_keep_what_finds_nothing,
    conditions_are_true_or_false,
    decimals_compare_exactly,
    arithmetic_is_exact,
    averages_are_exact,
    the_least_and_the_greatest,
    rows_have_one_order,
    a_table_joins_itself_by_a_name,
    parts_of_a_date,
    days_are_compared_and_grouped,
    groups_by_an_expression_with_a_value,
    a_limit_and_a_first_row,
);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn sums_by_month(shop: Shop) {
    for (tenant, factor) in [(ACME, d("1")), (GLOBEX, d("100"))] {
        let till = shop.till(tenant);
        let month = orders::PLACED_AT.month();
        let rows = till
            .sold()
            .filter(orders::PAID.eq(true))
            .group_by(month.clone())
            .order_by(month.clone().asc())
            .fetch((
                month,
                sum(lines::QUANTITY * lines::UNIT_PRICE),
                count(),
                count_distinct(orders::ID),
            ))
            .await
            .unwrap();
        let expected = [
            (Some("2026-10".to_owned()), Some(d("5.25") * factor), 2, 1),
            (Some("2026-11".to_owned()), Some(d("14.00") * factor), 1, 1),
            (None, Some(d("0.99") * factor), 1, 1),
        ];
        assert_eq!(rows, expected);
        let scale = rows[0].1.unwrap().scale();
        assert_eq!(scale, 2);
    }
}

async fn left_joins_keep_what_finds_nothing(shop: Shop) {
    let till = shop.till(ACME);
    let units = sum(lines::QUANTITY);
    let rows = till
        .select::<Product>()
        .collect(till.access(), lines::PRODUCT_ID, true)
        .group_by(products::NAME)
        .order_by(units.clone().desc())
        .fetch((products::NAME, units, count(), count_distinct(lines::ID)))
        .await
        .unwrap();
    let expected = [
        ("apple".to_owned(), Some(13), 3, 3),
        ("Banana".to_owned(), Some(4), 2, 2),
        ("100%".to_owned(), None, 1, 0),
    ];
    assert_eq!(rows, expected);

    let rows = till
        .select::<Product>()
        .collect(till.access(), lines::PRODUCT_ID, true)
        .filter(products::NAME.eq("100%"))
        .order_by(lines::QUANTITY.desc())
        .fetch((products::NAME, lines::QUANTITY.optional()))
        .await
        .unwrap();
    assert_eq!(rows, [("100%".to_owned(), None)]);
    // Aggregates over nothing are null, counts are zero.
    let none = till.sold().filter(orders::NUMBER.eq("none"));
    let rows = none.fetch((sum(lines::QUANTITY), count())).await.unwrap();
    assert_eq!(rows, [(None, 0)]);
}

async fn conditions_are_true_or_false(shop: Shop) {
    let till = shop.till(ACME);
    let placed = || orders::PLACED_AT;
    let november = || at("2026-11-01T00:00:00Z");
    let cases = [
        (placed().ge(november()), vec![12, 13]),
        (placed().gt(november()), vec![13]),
        (placed().lt(november()), vec![11]),
        (placed().le(november()), vec![11, 12]),
        (placed().eq(november()), vec![12]),
        (placed().ne(november()), vec![11, 13, 14]),
        (!placed().eq(november()), vec![11, 13, 14]),
        (!placed().ge(november()), vec![11, 14]),
        (!!placed().ge(november()), vec![12, 13]),
        (placed().is_null(), vec![14]),
        (!placed().is_null(), vec![11, 12, 13]),
        (placed().in_([november()]), vec![12]),
        (placed().in_([]), vec![]),
        (!placed().in_([november()]), vec![11, 13, 14]),
        (placed().is_null().or(orders::PAID.eq(false)), vec![13, 14]),
        (placed().ge(november()).and(orders::PAID.eq(true)), vec![12]),
        (
            !(placed().ge(november()).or(orders::PAID.eq(false))),
            vec![11, 14],
        ),
        (orders::NUMBER.contains("NO 1"), vec![11, 12, 13, 14]),
        (orders::NUMBER.contains(""), vec![11, 12, 13, 14]),
        (orders::NUMBER.contains("n_ 1"), vec![]),
        (orders::NUMBER.contains("%"), vec![]),
        (orders::NUMBER.contains("' OR 1=1 --"), vec![]),
        (orders::ID.eq(id(13)), vec![13]),
        (orders::NUMBER.eq(orders::NUMBER), vec![11, 12, 13, 14]),
        (orders::VERSION.in_([1, 2]), vec![11, 12, 13, 14]),
        (
            orders::NUMBER
                .in_(["no 11".to_owned(), "no 14".to_owned()])
                .and(orders::VERSION.lt(2)),
            vec![11, 14],
        ),
    ];
    for (condition, expected) in cases {
        let found = till.select::<Order>().filter(condition.clone());
        let found = found.fetch(orders::ID).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(id).collect();
        assert_eq!(found, expected, "{condition:?}");
        let counted = till.select::<Order>().filter(condition).count().await;
        assert_eq!(counted.unwrap(), expected.len() as i64);
    }
}

async fn decimals_compare_exactly(shop: Shop) {
    let till = shop.till(ACME);
    let price = || lines::UNIT_PRICE;
    let cases = [
        (price().eq(d("1.5")), vec![21]),
        (price().eq(d("1.5000")), vec![21]),
        (price().eq(d("1.501")), vec![]),
        (price().ge(d("1.501")), vec![22, 24]),
        (price().gt(d("1.499")), vec![21, 22, 24]),
        (price().lt(d("0.995")), vec![25]),
        (price().ne(d("1.501")), vec![21, 22, 23, 24, 25]),
        (price().eq(2), vec![24]),
        (
            price().lt(d("100000000000000000000")),
            vec![21, 22, 23, 24, 25],
        ),
        (price().gt(d("100000000000000000000")), vec![]),
        (
            price().in_([d("2"), d("1.4000"), d("0.9999")]),
            vec![23, 24],
        ),
        (
            (lines::QUANTITY * price())
                .eq(d("3"))
                .or((price() * price()).eq(d("4.0000"))),
            vec![21, 24],
        ),
        (
            (price() + price()).gt(lines::QUANTITY * price()),
            vec![22, 25],
        ),
        ((price() * price()).eq(price()), vec![]),
    ];
    for (condition, expected) in cases {
        let found = till.select::<Line>().filter(condition.clone());
        let found = found.fetch(lines::ID).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(id).collect();
        assert_eq!(found, expected, "{condition:?}");
    }
}

async fn arithmetic_is_exact(shop: Shop) {
    let till = shop.till(ACME);
    let rows = till
        .select::<Line>()
        .filter(lines::ID.eq(id(22)))
        .fetch((
            lines::QUANTITY + 1,
            lines::UNIT_PRICE * lines::UNIT_PRICE,
            lines::UNIT_PRICE - 1,
            lines::QUANTITY - lines::UNIT_PRICE,
            lines::UNIT_PRICE * d("0.190"),
            lines::QUANTITY * 3 * lines::QUANTITY,
        ))
        .await
        .unwrap();
    let (a, b, c, e, f, g) = rows[0];
    assert_eq!((a, g), (2, 3));
    let texts = [b, c, e, f].map(|it| it.to_string());
    assert_eq!(texts, ["5.0625", "1.25", "-1.25", "0.42750"]);
}

async fn averages_are_exact(shop: Shop) {
    let till = shop.till(ACME);
    let rows = till
        .sold()
        .follow(till.access(), lines::PRODUCT_ID, false)
        .group_by(products::NAME)
        .order_by(products::NAME.desc())
        .fetch((avg(lines::UNIT_PRICE), products::NAME, avg(lines::QUANTITY)))
        .await
        .unwrap();
    let expected = [
        (Some(d("1.296667")), "apple".to_owned(), Some(d("4.333333"))),
        (
            Some(d("2.125000")),
            "Banana".to_owned(),
            Some(d("2.000000")),
        ),
    ];
    assert_eq!(rows, expected);
    let none = till.sold().filter(orders::NUMBER.eq("none"));
    assert_eq!(none.fetch(avg(lines::QUANTITY)).await.unwrap(), [None]);
}

async fn the_least_and_the_greatest(shop: Shop) {
    let till = shop.till(ACME);
    let rows = till
        .sold()
        .follow(till.access(), lines::PRODUCT_ID, false)
        .fetch((
            min(lines::UNIT_PRICE),
            max(lines::QUANTITY),
            min(products::NAME),
            max(orders::PLACED_AT),
            max(orders::PLACED_AT.day()),
        ))
        .await
        .unwrap();
    let expected = (
        Some(d("0.99")),
        Some(10),
        Some("Banana".to_owned()),
        Some(at("2026-11-24T09:30:00Z")),
        Some("2026-11-24".to_owned()),
    );
    assert_eq!(rows, [expected]);
}

async fn rows_have_one_order(shop: Shop) {
    let till = shop.till(ACME);
    let names = till.select::<Product>().order_by(products::NAME.asc());
    let names = names.fetch(products::NAME).await.unwrap();
    assert_eq!(names, ["100%", "Banana", "apple"]);
    // Nulls last in both directions, ties by id.
    let numbers = async |order| {
        let query = till.select::<Order>().order_by(order);
        query.fetch(orders::NUMBER).await.unwrap()
    };
    let ascending = numbers(orders::PLACED_AT.asc()).await;
    assert_eq!(ascending, ["no 11", "no 12", "no 13", "no 14"]);
    let descending = numbers(orders::PLACED_AT.desc()).await;
    assert_eq!(descending, ["no 13", "no 12", "no 11", "no 14"]);
    let tied = numbers(orders::PAID.desc()).await;
    assert_eq!(tied, ["no 11", "no 12", "no 14", "no 13"]);
    let joined = till.sold().order_by(orders::PAID.asc());
    let joined = joined.fetch(lines::ID).await.unwrap();
    assert_eq!(joined, [24, 21, 22, 23, 25].map(id));
    let groups = till.select::<Order>().group_by(orders::PAID);
    let groups = groups.fetch((orders::PAID, count())).await.unwrap();
    assert_eq!(groups, [(false, 1), (true, 3)]);
}

async fn a_table_joins_itself_by_a_name(shop: Shop) {
    let till = shop.till(ACME);
    let rows = till
        .select::<Node>()
        .follow(till.access(), nodes::PARENT_ID.named("parent"), true)
        .fetch((nodes::NAME, nodes::NAME.of("parent").optional()))
        .await
        .unwrap();
    let root = || Some("root".to_owned());
    let expected = [
        ("root".to_owned(), None),
        ("leaf".to_owned(), root()),
        ("twig".to_owned(), root()),
    ];
    assert_eq!(rows, expected);
    // From the other side: the children of each.
    let rows = till
        .select::<Node>()
        .collect(till.access(), nodes::PARENT_ID.named("child"), false)
        .fetch((nodes::NAME, nodes::NAME.of("child")))
        .await
        .unwrap();
    let children = ["leaf", "twig"].map(|child| ("root".to_owned(), child.to_owned()));
    assert_eq!(rows, children);
}

async fn parts_of_a_date(shop: Shop) {
    let till = shop.till(ACME);
    let rows = till
        .select::<Order>()
        .filter(
            orders::PLACED_AT
                .day()
                .ge("2026-11-02")
                .or(orders::PLACED_AT.year().ne("2026")),
        )
        .fetch((
            orders::PLACED_AT.year(),
            orders::PLACED_AT.month(),
            orders::PLACED_AT.day(),
            orders::PLACED_AT,
        ))
        .await
        .unwrap();
    let text = |text: &str| Some(text.to_owned());
    let expected = [
        (
            text("2026"),
            text("2026-11"),
            text("2026-11-24"),
            Some(at("2026-11-24T09:30:00Z")),
        ),
        (None, None, None, None),
    ];
    assert_eq!(rows, expected);
}

async fn days_are_compared_and_grouped(shop: Shop) {
    let till = shop.till(ACME);
    let day = |text: &str| text.parse::<Date>().unwrap();
    let rows = till
        .select::<Order>()
        .filter(
            orders::DUE_ON
                .ge(day("2026-12-01"))
                .or(orders::DUE_ON.is_null()),
        )
        .group_by(orders::DUE_ON.year())
        .order_by(orders::DUE_ON.year().desc())
        .fetch((
            orders::DUE_ON.year(),
            max(orders::DUE_ON.month()),
            min(orders::DUE_ON),
            count(),
        ))
        .await
        .unwrap();
    let text = |text: &str| Some(text.to_owned());
    let expected = [
        (text("2026"), text("2026-12"), Some(day("2026-12-01")), 2),
        (None, None, None, 1),
    ];
    assert_eq!(rows, expected);
    let same = till
        .select::<Order>()
        .filter(orders::DUE_ON.in_([day("2026-11-30")]));
    let same = same.fetch((orders::DUE_ON, orders::DUE_ON.day())).await;
    let expected = (Some(day("2026-11-30")), text("2026-11-30"));
    assert_eq!(same.unwrap(), [expected]);
}

async fn groups_by_an_expression_with_a_value(shop: Shop) {
    let till = shop.till(ACME);
    let key = lines::UNIT_PRICE * 2;
    let rows = till
        .select::<Line>()
        .filter(lines::QUANTITY.ge(2))
        .group_by(key.clone())
        .order_by(key.clone().desc())
        .fetch((key.clone(), key + 1, count()))
        .await
        .unwrap();
    let expected = [("4.00", "5.00"), ("3.00", "4.00"), ("2.80", "3.80")];
    let rows: Vec<_> = rows
        .iter()
        .map(|(a, b, _)| (a.to_string(), b.to_string()))
        .collect();
    assert_eq!(rows, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

async fn a_limit_and_a_first_row(shop: Shop) {
    let till = shop.till(ACME);
    let two = till.select::<Order>().limit(2).fetch(orders::ID).await;
    assert_eq!(two.unwrap(), [11, 12].map(id));
    let last = till.select::<Order>().order_by(orders::NUMBER.desc());
    assert_eq!(last.first(orders::ID).await.unwrap(), Some(id(14)));
    let none = till.select::<Order>().filter(orders::NUMBER.eq("none"));
    assert_eq!(none.first(orders::ID).await.unwrap(), None);
    assert_eq!(till.sold().count().await.unwrap(), 5);
    // A thousand unless said.
    for n in 1_000..2_001 {
        let values = vec![
            id(11).into_value(),
            id(1).into_value(),
            0_i64.into_value(),
            d("0").into_value(),
        ];
        till.insert(&LINES, n, values).await;
    }
    let all = till.select::<Line>().fetch(lines::ID).await.unwrap();
    assert_eq!(all.len(), 1_000);
    let more = till.select::<Line>().limit(10_000).fetch(lines::ID).await;
    assert_eq!(more.unwrap().len(), 1_006);
}
