//! What has another name now.

use super::*;

/// Calls `products` `goods`, everywhere.
fn goods(schema: &Schema) -> Schema {
    let json = serde_json::to_string(schema).unwrap();
    serde_json::from_str(&json.replace("products", "goods")).unwrap()
}

#[test]
fn a_renamed_resource_is_neither_lost_nor_gained() {
    let before = shop_with(|schema| {
        guard_cost(schema);
        publish(schema, &["products:read", "products:read_cost"]);
        give_own(schema, "products:update");
        editor(schema).ceiling = Some(vec!["products:delete".to_owned()]);
    });
    let mut after = goods(&before);
    after.resources[0].renamed_from = Some("products".to_owned());
    let told = [
        "resource goods",
        "  renamed from products: /api/products is /api/goods",
    ];
    assert_change(&before, &after, &told);
    // The entry that tells of it may stay in the file.
    assert_change(&after, &after.clone(), &[]);
    // A gain under the new name is one all the same.
    field(&mut after, "cost").permission = None;
    let diff = compare_access(&before, &after);
    let told = "+ field cost, permission: goods:read_cost -> none";
    assert!(diff.to_text("then").contains(told));
}

#[test]
fn a_renamed_field_keeps_its_guard_or_is_told_of() {
    let before = shop_with(guard_cost);
    let renamed = |schema: &Schema| {
        let mut after = schema.clone();
        let field = field(&mut after, "cost");
        field.name = "price".to_owned();
        field.renamed_from = Some("cost".to_owned());
        after
    };
    let mut after = renamed(&before);
    let told = ["resource products", "  field price renamed from cost"];
    assert_change(&before, &after, &told);
    field(&mut after, "price").permission = None;
    assert_change(
        &before,
        &after,
        &[
            "resource products",
            "  field price renamed from cost",
            "+ field price, permission: products:read_cost -> none",
            "role editor",
            "+ sees price of products",
        ],
    );
}

/// A shop with `goods` beside `products`, of which the editor reads the latter.
fn with_goods() -> Schema {
    let mut schema = shop();
    schema.resources.push(goods(&shop()).resources.remove(0));
    let more = goods(&shop()).permissions.into_iter();
    let more: Vec<Permission> = more.filter(|permission| !permission.built_in).collect();
    let slugs = more.iter().map(|permission| permission.slug.clone());
    schema.roles[0].permissions.extend(slugs);
    schema.permissions.extend(more);
    schema
}

#[test]
fn what_is_still_there_was_not_renamed() {
    let mut after = with_goods();
    after.resources[1].renamed_from = Some("products".to_owned());
    let diff = compare_access(&shop(), &after);
    let told: Vec<_> = diff
        .resources
        .iter()
        .map(|r| (r.name.as_str(), r.change))
        .collect();
    assert_eq!(told, [("goods", Presence::New)]);
    assert_eq!(diff.resources[0].renamed_from, None);
    assert_eq!(diff.roles[0].permissions.len(), 4);
}

#[test]
fn what_was_there_already_was_not_renamed() {
    let mut after = with_goods();
    after.resources.remove(0);
    after.resources[0].renamed_from = Some("products".to_owned());
    after
        .permissions
        .retain(|permission| permission.resource != "products");
    after.roles[0]
        .permissions
        .retain(|slug| !slug.starts_with("products:"));
    take(&mut after, "products:read");
    give(&mut after, "goods:read");
    let text = compare_access(&with_goods(), &after).to_text("then");
    assert!(text.contains("resource products\n  removed\n"), "{text}");
    assert!(text.contains("role editor\n+ gains goods:read\n"), "{text}");
}
