//! One change at a time, and what is said of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod actions;
mod fields;
mod renames;
mod roles;
mod settings;

use super::*;
use crate::model::{
    Action, Audit, Field, FieldType, OnDelete, Permission, PermissionKind, Provider, ProviderKind,
    Rate, Role, Signup,
};

const SHOP: &str = r#"
    [app]
    name = "Shop"
    [roles]
    owner = { permissions = ["*"], assigns = ["*"] }
    editor = { permissions = ["products:read"] }
    [resources.products]
    fields.name = { type = "string" }
    fields.cost = { type = "integer", optional = true }
"#;

fn shop() -> Schema {
    crate::parse(SHOP).schema.unwrap()
}

fn shop_with(change: impl Fn(&mut Schema)) -> Schema {
    let mut schema = shop();
    change(&mut schema);
    schema
}

fn editor(schema: &mut Schema) -> &mut Role {
    let mut roles = schema.roles.iter_mut();
    roles.find(|role| role.name == "editor").unwrap()
}

fn give(schema: &mut Schema, slug: &str) {
    editor(schema).permissions.push(slug.to_owned());
}

fn give_own(schema: &mut Schema, slug: &str) {
    editor(schema).own.push(slug.to_owned());
}

fn take(schema: &mut Schema, slug: &str) {
    editor(schema).permissions.retain(|held| held != slug);
}

fn field<'a>(schema: &'a mut Schema, name: &str) -> &'a mut Field {
    let mut fields = schema.resources[0].fields.iter_mut();
    fields.find(|field| field.name == name).unwrap()
}

fn permission(schema: &mut Schema, action: &str, kind: PermissionKind, uses: &[&str]) {
    let resource = schema.resources[0].name.clone();
    let slug = format!("{resource}:{action}");
    schema.roles[0].permissions.push(slug.clone());
    schema.permissions.push(Permission {
        slug,
        resource,
        action: action.to_owned(),
        kind,
        built_in: false,
        uses: uses.iter().map(|slug| (*slug).to_owned()).collect(),
    });
}

/// `products:publish`, which the editor has besides reading.
fn publish(schema: &mut Schema, uses: &[&str]) {
    permission(schema, "publish", PermissionKind::Action, uses);
    schema.resources[0].actions.push(Action {
        name: "publish".to_owned(),
        label: None,
    });
    give(schema, "products:publish");
}

/// `cost` behind `products:read_cost`, which the owner alone has.
fn guard_cost(schema: &mut Schema) {
    permission(schema, "read_cost", PermissionKind::Field, &[]);
    field(schema, "cost").permission = Some("products:read_cost".to_owned());
}

/// Expects the lines that lead from one schema to another, and that the verdict follows from them.
#[track_caller]
fn assert_change(before: &Schema, after: &Schema, lines: &[&str]) {
    let diff = compare_access(before, after);
    let text = diff.to_text("then");
    let told: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let (summary, told) = told.split_last().unwrap();
    assert_eq!(told, lines, "{summary}");
    let widens = lines.iter().any(|line| line.starts_with('+'));
    assert_eq!(diff.widens(), widens);
    assert_eq!(diff.is_empty(), lines.is_empty());
}

#[test]
fn the_same_schema_changes_nothing() {
    assert_change(&shop(), &shop(), &[]);
}

#[test]
fn names_labels_and_bounds_are_no_access() {
    let after = shop_with(|schema| {
        schema.app.name = "Store".to_owned();
        schema.resources[0].label = Some("Goods".to_owned());
        field(schema, "name").ty = FieldType::String {
            min: 1,
            max: 10,
            pattern: None,
        };
        editor(schema).declared = vec!["products:read".to_owned(), "products:read".to_owned()];
    });
    assert_change(&shop(), &after, &[]);
}

#[test]
fn a_revision_cannot_break_out_of_the_markdown() {
    let markdown = compare_access(&shop(), &shop()).to_markdown("a`\n# b");
    assert_eq!(
        markdown,
        "### Access: the same\n\n`gatewright.toml` gives the same access as in `a  # b`.\n"
    );
}
