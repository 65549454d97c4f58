//! What roles hold, may be given and may assign.

use super::*;

#[test]
fn a_permission_is_gained_and_lost_with_its_endpoints() {
    let after = shop_with(|schema| give(schema, "products:delete"));
    assert_change(
        &shop(),
        &after,
        &[
            "role editor",
            "+ gains products:delete",
            "+     DELETE /api/products/{id}",
            "+     POST /api/products/bulk/delete",
        ],
    );
    assert_change(
        &after,
        &shop(),
        &[
            "role editor",
            "- loses products:delete",
            "-     DELETE /api/products/{id}",
            "-     POST /api/products/bulk/delete",
        ],
    );
}

#[test]
fn own_records_are_less_than_all_and_more_than_none() {
    let none = shop();
    let own = shop_with(|schema| give_own(schema, "products:delete"));
    let all = shop_with(|schema| give(schema, "products:delete"));
    let said = |sign: &str, text: &str| {
        [
            "role editor".to_owned(),
            format!("{sign} {text}"),
            format!("{sign}     DELETE /api/products/{{id}}"),
            format!("{sign}     POST /api/products/bulk/delete"),
        ]
    };
    for (before, after, lines) in [
        (
            &none,
            &own,
            said("+", "gains products:delete (own records)"),
        ),
        (
            &own,
            &none,
            said("-", "loses products:delete (own records)"),
        ),
        (
            &own,
            &all,
            said("+", "has products:delete (own records -> all records)"),
        ),
        (
            &all,
            &own,
            said("-", "has products:delete (all records -> own records)"),
        ),
    ] {
        assert_change(before, after, &lines.each_ref().map(String::as_str));
    }
}

#[test]
fn a_ceiling_is_told_beyond_what_the_role_holds() {
    let ceiling = |slugs: &[&str]| Some(slugs.iter().map(|slug| (*slug).to_owned()).collect());
    let after = shop_with(|schema| {
        editor(schema).ceiling = ceiling(&["products:read", "products:create"]);
    });
    assert_change(
        &shop(),
        &after,
        &["role editor", "+ a tenant may add products:create"],
    );
    assert_change(
        &after,
        &shop(),
        &[
            "role editor",
            "- a tenant may no longer add products:create",
        ],
    );
    // What a tenant could add already is gained all the same: now everybody has it.
    let mut held = after.clone();
    give(&mut held, "products:create");
    assert_change(
        &after,
        &held,
        &[
            "role editor",
            "+ gains products:create",
            "+     POST /api/products",
            "+     POST /api/products/bulk/create",
        ],
    );
}

#[test]
fn whom_a_role_may_assign() {
    let after = shop_with(|schema| editor(schema).assigns.push("editor".to_owned()));
    assert_change(&shop(), &after, &["role editor", "+ may assign editor"]);
    assert_change(
        &after,
        &shop(),
        &["role editor", "- may no longer assign editor"],
    );
}

#[test]
fn a_new_role_gains_all_it_has() {
    let before = shop_with(|schema| {
        schema.roles.pop();
        schema.roles[0].assigns.pop();
    });
    assert_change(
        &before,
        &shop(),
        &[
            "role owner",
            "+ may assign editor",
            "role editor",
            "  new",
            "+ gains products:read",
            "+     GET /api/products",
            "+     GET /api/products/{id}",
            "+     GET /api/products/export",
            "+ sees name, cost of products",
        ],
    );
    assert!(!compare_access(&shop(), &before).widens());
}
