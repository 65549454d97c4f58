//! Who sees which fields.

use super::*;

#[test]
fn reading_shows_fields_and_narrowed_reading_fewer_records() {
    let own = shop_with(|schema| {
        take(schema, "products:read");
        give_own(schema, "products:read");
    });
    let routes = [
        "-     GET /api/products",
        "-     GET /api/products/{id}",
        "-     GET /api/products/export",
    ];
    let mut lines = vec![
        "role editor",
        "- has products:read (all records -> own records)",
    ];
    lines.extend(routes);
    lines.push("- sees name, cost of products (all records -> own records)");
    assert_change(&shop(), &own, &lines);
}

#[test]
fn changing_a_record_shows_it() {
    let none = shop_with(|schema| take(schema, "products:read"));
    let after = shop_with(|schema| {
        take(schema, "products:read");
        give(schema, "products:update");
    });
    assert_change(
        &none,
        &after,
        &[
            "role editor",
            "+ gains products:update",
            "+     PATCH /api/products/{id}",
            "+     POST /api/products/bulk/update",
            "+ sees name, cost of products",
        ],
    );
}

#[test]
fn the_audit_log_shows_what_it_holds() {
    let before = shop_with(|schema| take(schema, "products:read"));
    let reader = shop_with(|schema| {
        take(schema, "products:read");
        give(schema, "audit:read");
    });
    assert_change(
        &before,
        &reader,
        &[
            "role editor",
            "+ gains audit:read",
            "+ sees name, cost of products",
        ],
    );
    let exporter = shop_with(|schema| {
        take(schema, "products:read");
        give(schema, "audit:export");
    });
    assert_change(
        &before,
        &exporter,
        &[
            "role editor",
            "+ gains audit:export",
            "+ sees name, cost of products",
        ],
    );
    let mut fact = reader.clone();
    fact.resources[0].audit = Audit::Fact;
    assert_change(
        &reader,
        &fact,
        &[
            "resource products",
            "+ audit: full -> fact",
            "role editor",
            "- no longer sees name, cost of products",
        ],
    );
    assert_change(
        &fact,
        &reader,
        &[
            "resource products",
            "  audit: fact -> full",
            "role editor",
            "+ sees name, cost of products",
        ],
    );
}

#[test]
fn a_field_that_loses_its_permission_is_seen_by_all_readers() {
    let guarded = shop_with(guard_cost);
    assert_change(
        &guarded,
        &shop(),
        &[
            "resource products",
            "+ field cost, permission: products:read_cost -> none",
            "role owner",
            "- loses products:read_cost",
            "role editor",
            "+ sees cost of products",
        ],
    );
    assert_change(
        &shop(),
        &guarded,
        &[
            "resource products",
            "- field cost, permission: none -> products:read_cost",
            "role owner",
            "+ gains products:read_cost",
            "role editor",
            "- no longer sees cost of products",
        ],
    );
}

#[test]
fn a_field_permission_shows_nothing_to_whoever_may_not_read() {
    let before = shop_with(|schema| {
        guard_cost(schema);
        take(schema, "products:read");
    });
    let mut after = before.clone();
    give(&mut after, "products:read_cost");
    assert_change(
        &before,
        &after,
        &["role editor", "+ gains products:read_cost"],
    );
}

#[test]
fn a_field_behind_another_permission_that_was_there_is_a_wider_one() {
    let before = shop_with(|schema| {
        guard_cost(schema);
        permission(schema, "read_more", PermissionKind::Field, &[]);
    });
    let mut after = before.clone();
    field(&mut after, "cost").permission = Some("products:read_more".to_owned());
    assert_change(
        &before,
        &after,
        &[
            "resource products",
            "+ field cost, permission: products:read_cost -> products:read_more",
        ],
    );
}

#[test]
fn new_fields_are_seen_by_readers_and_guarded_ones_by_holders() {
    let open = |schema: &mut Schema| {
        let field = Field::new("size", FieldType::Boolean);
        schema.resources[0].fields.push(field);
    };
    assert_change(
        &shop(),
        &shop_with(open),
        &[
            "resource products",
            "  new field size",
            "role owner",
            "+ sees size of products",
            "role editor",
            "+ sees size of products",
        ],
    );
    assert_change(
        &shop_with(open),
        &shop(),
        &[
            "resource products",
            "  field size removed",
            "role owner",
            "- no longer sees size of products",
            "role editor",
            "- no longer sees size of products",
        ],
    );
    let before = shop_with(guard_cost);
    let mut guarded = before.clone();
    open(&mut guarded);
    field(&mut guarded, "size").permission = Some("products:read_cost".to_owned());
    assert_change(
        &before,
        &guarded,
        &[
            "resource products",
            "  new field size (needs products:read_cost)",
            "role owner",
            "+ sees size of products",
        ],
    );
}

#[test]
fn a_deletion_that_reaches_further() {
    let with = |on_delete| {
        shop_with(|schema| {
            let to = "products".to_owned();
            field(schema, "cost").ty = FieldType::Reference { to, on_delete };
        })
    };
    let (restrict, cascade) = (with(OnDelete::Restrict), with(OnDelete::Cascade));
    let told = [
        "resource products",
        "+ field cost, on_delete: restrict -> cascade",
    ];
    assert_change(&restrict, &cascade, &told);
    let told = [
        "resource products",
        "- field cost, on_delete: cascade -> set_null",
    ];
    assert_change(&cascade, &with(OnDelete::SetNull), &told);
}

#[test]
fn making_a_record_shows_that_one() {
    let before = shop_with(|schema| take(schema, "products:read"));
    let mut after = before.clone();
    give(&mut after, "products:create");
    assert_change(
        &before,
        &after,
        &[
            "role editor",
            "+ gains products:create",
            "+     POST /api/products",
            "+     POST /api/products/bulk/create",
            "+ sees name, cost of products (own records)",
        ],
    );
}
