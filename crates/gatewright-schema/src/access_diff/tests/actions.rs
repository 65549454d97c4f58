//! What actions open.

use super::*;

#[test]
fn an_action_opens_what_it_uses() {
    let read = ["products:read"];
    let more = ["products:read", "products:update"];
    let before = shop_with(|schema| publish(schema, &read));
    let after = shop_with(|schema| publish(schema, &more));
    assert_change(
        &before,
        &after,
        &[
            "resource products",
            "+ action publish uses products:update",
            "role editor",
            "+ can use products:update through products:publish",
        ],
    );
    assert_change(
        &after,
        &before,
        &[
            "resource products",
            "- action publish no longer uses products:update",
            "role editor",
            "- can no longer use products:update through products:publish",
        ],
    );
    assert_change(
        &shop(),
        &after,
        &[
            "resource products",
            "  new action publish, uses products:read, products:update",
            "role owner",
            "+ gains products:publish",
            "+     POST /api/products/{id}/publish",
            "role editor",
            "+ gains products:publish",
            "+     POST /api/products/{id}/publish",
            "+ can use products:update through products:publish",
        ],
    );
}

#[test]
fn what_a_role_holds_is_not_gained_again_through_an_action() {
    let uses = ["products:read", "products:update"];
    let before = shop_with(|schema| {
        publish(schema, &uses);
        give(schema, "products:update");
    });
    let after = shop_with(|schema| publish(schema, &uses));
    assert_change(
        &before,
        &after,
        &[
            "role editor",
            "- loses products:update",
            "-     PATCH /api/products/{id}",
            "-     POST /api/products/bulk/update",
        ],
    );
}

#[test]
fn an_action_on_own_records_opens_no_more_than_those() {
    let uses = ["products:read", "products:read_cost"];
    let with = |extent: fn(&mut Schema)| {
        shop_with(|schema| {
            guard_cost(schema);
            publish(schema, &uses);
            take(schema, "products:read");
            take(schema, "products:publish");
            extent(schema);
        })
    };
    let none = with(|_| {});
    let own = with(|schema| give_own(schema, "products:publish"));
    let all = with(|schema| give(schema, "products:publish"));
    assert_change(
        &none,
        &own,
        &[
            "role editor",
            "+ gains products:publish (own records)",
            "+     POST /api/products/{id}/publish",
            "+ can use products:read through products:publish (own records)",
            "+ can use products:read_cost through products:publish (own records)",
            "+ sees name, cost of products (own records)",
        ],
    );
    assert_change(
        &own,
        &all,
        &[
            "role editor",
            "+ has products:publish (own records -> all records)",
            "+     POST /api/products/{id}/publish",
            "+ can use products:read through products:publish (own records -> all records)",
            "+ can use products:read_cost through products:publish (own records -> all records)",
            "+ sees name, cost of products (own records -> all records)",
        ],
    );
}
