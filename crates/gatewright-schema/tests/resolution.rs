//! What valid files come to.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::fs;
use std::path::Path;

use gatewright_schema::{
    Audit, FieldType, Literal, OnDelete, Schema, Signup, built_in_permissions, parse, render,
};

/// Parses a file without errors and warnings.
fn clean(source: &str) -> Schema {
    let parsed = parse(source);
    let said = render(&parsed.diagnostics, "gatewright.toml", source, false);
    assert_eq!(said, "");
    parsed.schema.unwrap()
}

fn valid(case: &str) -> Schema {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/valid");
    clean(&fs::read_to_string(folder.join(case).join("gatewright.toml")).unwrap())
}

#[test]
fn the_smallest_file_gets_the_defaults() {
    let schema = valid("minimal");
    assert_eq!(schema.auth.signup, Signup::Open);
    assert!(schema.auth.require_verified_email);
    assert_eq!(schema.auth.access_token_ttl, 600);
    assert_eq!(schema.auth.refresh_token_ttl, 30 * 24 * 3_600);
    assert_eq!(schema.auth.session_idle_ttl, 14 * 24 * 3_600);
    assert!(schema.tenancy.row_level_security);
    assert_eq!(
        schema.resources[0].fields[0].ty,
        FieldType::String {
            min: 0,
            max: 255,
            pattern: None
        }
    );
    assert_eq!(schema.roles[0].assigns, ["owner"]);
}

#[test]
fn permissions_are_the_built_in_ones_then_four_for_each_resource() {
    let schema = valid("minimal");
    let slugs: Vec<&str> = schema.permissions.iter().map(|p| p.slug.as_str()).collect();
    assert_eq!(
        slugs,
        [
            "tenant:read",
            "tenant:update",
            "tenant:suspend",
            "members:read",
            "members:update",
            "members:remove",
            "invitations:read",
            "invitations:create",
            "invitations:revoke",
            "roles:read",
            "roles:create",
            "roles:update",
            "roles:delete",
            "roles:assign",
            "api_keys:read",
            "api_keys:create",
            "api_keys:rotate",
            "api_keys:revoke",
            "audit:read",
            "audit:export",
            "branding:read",
            "branding:update",
            "custom_fields:read",
            "custom_fields:create",
            "custom_fields:update",
            "custom_fields:delete",
            "products:read",
            "products:create",
            "products:update",
            "products:delete",
        ]
    );
    assert_eq!(schema.permissions[..26], built_in_permissions());
    assert!(schema.permissions[26..].iter().all(|p| !p.built_in));
    assert_eq!(schema.roles[0].permissions, slugs);
}

#[test]
fn roles_hold_what_they_include_in_the_order_of_the_permissions() {
    let schema = clean(
        r#"
        app.name = "Shop"
        [roles]
        owner = { permissions = ["*"], assigns = ["*"] }
        admin = { permissions = ["tenant:*", "invitations:*", "roles:*", "api_keys:*", "audit:*", "branding:*", "custom_fields:*", "members:*"], includes = ["editor"], assigns = ["viewer", "editor"] }
        editor = { permissions = ["orders:*", "products:update"], includes = ["viewer"] }
        viewer = { permissions = ["products:*", "members:read"] }
        [resources.products]
        fields.name = { type = "string" }
        [resources.orders]
        fields.name = { type = "string" }
        "#,
    );
    let [owner, admin, editor, viewer] = schema.roles.as_slice() else {
        unreachable!("four roles in the file");
    };
    assert_eq!(owner.declared, ["*"]);
    assert_eq!(owner.assigns, ["owner", "admin", "editor", "viewer"]);
    assert_eq!(admin.assigns, ["editor", "viewer"]);
    assert_eq!(editor.assigns, [""; 0]);
    assert_eq!(editor.includes, ["viewer"]);
    assert_eq!(viewer.permissions.len(), 5);
    assert_eq!(
        editor.permissions,
        [
            "members:read",
            "products:read",
            "products:create",
            "products:update",
            "products:delete",
            "orders:read",
            "orders:create",
            "orders:update",
            "orders:delete",
        ]
    );
    assert_eq!(admin.permissions, owner.permissions);
}

#[test]
fn fields_keep_the_order_of_the_file_and_their_parameters() {
    let schema = valid("keywords");
    let names: Vec<&str> = schema.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(
        names[..6],
        ["type", "match", "self", "crate", "super", "async"]
    );
    let singular: Vec<&str> = schema
        .resources
        .iter()
        .map(|r| r.singular.as_str())
        .collect();
    assert_eq!(singular[..3], ["Type", "Match", "SelfRecord"]);
    assert!(singular.contains(&"Person"));

    let fields = &schema.resources[1].fields;
    let defaults: Vec<Option<Literal>> = fields.iter().map(|f| f.default.clone()).collect();
    assert_eq!(
        defaults,
        [
            Some(Literal::Text("let".to_owned())),
            Some(Literal::Text("two\nlines".to_owned())),
            Some(Literal::Integer(16)),
            Some(Literal::Text("0.250000000000000000".to_owned())),
            Some(Literal::Boolean(false)),
            None,
            Some(Literal::Text("b2".to_owned())),
            None,
        ]
    );
    assert_eq!(
        fields[2].ty,
        FieldType::Integer {
            min: Some(i64::MIN),
            max: Some(i64::MAX)
        }
    );
    assert_eq!(
        fields[7].ty,
        FieldType::Reference {
            to: "match".to_owned(),
            on_delete: OnDelete::SetNull
        }
    );
    assert!(fields.iter().all(|f| f.optional));
}

/// A file of 100 resources is far from every bound.
#[test]
fn a_large_schema_is_read() {
    let mut source = String::from(
        "app.name = 'Large'\nroles.owner = { permissions = ['*'], assigns = ['*'] }\n",
    );
    for resource in 0..100 {
        source.push_str(&format!("[resources.things_{resource}]\n"));
        for field in 0..15 {
            source.push_str(&format!(
                "fields.field_{field} = {{ type = 'string', max = 200, default = 'x' }}\n"
            ));
        }
    }
    let schema = clean(&source);
    assert_eq!(schema.resources.len(), 100);
    assert_eq!(schema.permissions.len(), 426);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let source = "app.name = 'Shop'\nroles.owner = { permissions = ['*'] }\nresources.things.fields.a = { type = 'text' }\n";
    let windows = format!("\u{feff}{}", source.replace('\n', "\r\n"));
    assert_eq!(clean(source), clean(&windows));
}

#[test]
fn every_key_of_a_field_reaches_the_schema() {
    let schema = clean(
        r#"
        app.name = "Shop"
        auth.signup = "invite_only"
        roles.owner = { permissions = ["*"] }
        [resources.products]
        label = "Goods"
        renamed_from = "articles"
        audit = "fact"
        fields.sku = { type = "string", min = 3, max = 20, pattern = '[A-Z]+-\d+', search = true, default = "AB-1", label = "SKU", renamed_from = "number" }
        fields.note = { type = "text", min = 1, search = true, optional = true }
        fields.contact = { type = "email", unique = true, search = true, default = "Ada@example.com" }
        fields.site = { type = "url", search = true, default = "https://example.com/" }
        fields.key = { type = "uuid", unique = true, default = "0190B3C2-5F2E-7C3A-9D41-5A1F0E6B8C27" }
        fields.day = { type = "date", unique = true, default = "2026-11-24" }
        fields.toml_day = { type = "date", default = 2026-11-24 }
        fields.at = { type = "timestamp", default = "2026-11-24T09:30:00+01:00" }
        fields.toml_at = { type = "timestamp", default = 2026-11-24T09:30:00.5Z }
        fields.extra = { type = "json", optional = true }
        fields.small = { type = "json", max = 100 }
        "#,
    );
    assert_eq!(schema.auth.signup, Signup::InviteOnly);
    let products = &schema.resources[0];
    assert_eq!(products.label.as_deref(), Some("Goods"));
    assert_eq!(products.renamed_from.as_deref(), Some("articles"));
    assert_eq!(products.audit, Audit::Fact);
    let sku = &products.fields[0];
    assert_eq!(sku.label.as_deref(), Some("SKU"));
    assert_eq!(sku.renamed_from.as_deref(), Some("number"));
    let types: Vec<FieldType> = products.fields.iter().map(|f| f.ty.clone()).collect();
    assert_eq!(
        types,
        [
            FieldType::String {
                min: 3,
                max: 20,
                pattern: Some(r"[A-Z]+-\d+".to_owned())
            },
            FieldType::Text {
                min: 1,
                max: 65_536
            },
            FieldType::Email,
            FieldType::Url,
            FieldType::Uuid,
            FieldType::Date,
            FieldType::Date,
            FieldType::Timestamp,
            FieldType::Timestamp,
            FieldType::Json { max: 65_536 },
            FieldType::Json { max: 100 },
        ]
    );
    let search: Vec<bool> = products.fields.iter().map(|f| f.search).collect();
    assert_eq!(search[..5], [true, true, true, true, false]);
    let texts = products.fields.iter().map(|f| match &f.default {
        Some(Literal::Text(text)) => text.as_str(),
        _ => "",
    });
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [
            "AB-1",
            "",
            "Ada@example.com",
            "https://example.com/",
            "0190b3c2-5f2e-7c3a-9d41-5a1f0e6b8c27",
            "2026-11-24",
            "2026-11-24",
            "2026-11-24T08:30:00.000000Z",
            "2026-11-24T09:30:00.500000Z",
            "",
            "",
        ]
    );
}
