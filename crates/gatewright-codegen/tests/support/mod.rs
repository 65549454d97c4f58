//! Schemas built by hand: names that no sensible file would have, and a small shop.

use gatewright_codegen::{Generation, Options, Runtime, generate};
use gatewright_schema::{
    Action, App, Audit, Auth, Field, FieldType, Limits, Literal, OnDelete, Permission,
    PermissionKind, Rate, Resource, Role, Schema, Signup, Tenancy,
};

pub fn generate_for(schema: &Schema) -> Generation {
    let options = Options {
        package: "storefront".to_owned(),
        source: "[app]\nname = \"Storefront\"\n",
        runtime: Runtime::Vendored,
    };
    generate(schema, &options).unwrap()
}

/// A schema of these resources, with an owner who may do everything.
pub fn schema(resources: Vec<Resource>) -> Schema {
    let permissions: Vec<Permission> = resources.iter().flat_map(permissions).collect();
    let owner = Role {
        name: "owner".to_owned(),
        declared: vec!["*".to_owned()],
        includes: Vec::new(),
        permissions: permissions.iter().map(|it| it.slug.clone()).collect(),
        own: Vec::new(),
        assigns: vec!["owner".to_owned()],
        ceiling: None,
    };
    Schema {
        app: App {
            name: "Storefront".to_owned(),
        },
        auth: Auth {
            signup: Signup::Open,
            require_verified_email: true,
            access_token_ttl: 600,
            refresh_token_ttl: 2_592_000,
            session_idle_ttl: 1_209_600,
            passwords: true,
            providers: Vec::new(),
        },
        tenancy: Tenancy {
            row_level_security: true,
        },
        limits: Limits::default(),
        permissions,
        roles: vec![owner],
        resources,
        tests: Vec::new(),
    }
}

/// The permissions of a resource: the four of all, one for each action, which opens a read and an
/// update, and those of its fields.
fn permissions(resource: &Resource) -> Vec<Permission> {
    let permission = |action: &str, kind, uses: &[&str]| Permission {
        slug: format!("{}:{action}", resource.name),
        resource: resource.name.clone(),
        action: action.to_owned(),
        kind,
        built_in: false,
        uses: uses
            .iter()
            .map(|used| format!("{}:{used}", resource.name))
            .collect(),
    };
    let mut permissions: Vec<Permission> = PermissionKind::OF_EVERY_RESOURCE
        .iter()
        .map(|&(kind, action)| permission(action, kind, &[]))
        .collect();
    for action in &resource.actions {
        permissions.push(permission(
            &action.name,
            PermissionKind::Action,
            &["read", "update"],
        ));
    }
    for field in &resource.fields {
        let action = field.permission.as_ref().and_then(|it| it.split_once(':'));
        if let Some((_, action)) = action {
            permissions.push(permission(action, PermissionKind::Field, &[]));
        }
    }
    permissions
}

/// A field that whoever lacks `slug` does not see.
pub fn guarded(slug: &str, field: Field) -> Field {
    Field {
        permission: Some(slug.to_owned()),
        ..field
    }
}

pub fn resource(name: &str, singular: &str, fields: Vec<Field>) -> Resource {
    Resource::new(name, singular, fields)
}

pub fn field(name: &str, ty: FieldType) -> Field {
    Field::new(name, ty)
}

pub fn optional(name: &str, ty: FieldType) -> Field {
    Field {
        optional: true,
        ..field(name, ty)
    }
}

pub fn action(name: &str, label: Option<&str>) -> Action {
    Action {
        name: name.to_owned(),
        label: label.map(str::to_owned),
    }
}

pub fn unique(name: &str, ty: FieldType) -> Field {
    Field {
        unique: true,
        ..field(name, ty)
    }
}

pub fn string() -> FieldType {
    string_of(200)
}

fn string_of(max: u32) -> FieldType {
    FieldType::String {
        min: 0,
        max,
        pattern: None,
    }
}

pub fn enumeration(values: &[&str]) -> FieldType {
    FieldType::Enum {
        values: values.iter().map(|&value| value.to_owned()).collect(),
    }
}

pub fn reference(to: &str, on_delete: OnDelete) -> FieldType {
    FieldType::Reference {
        to: to.to_owned(),
        on_delete,
    }
}

/// The types of field whose columns the first migration writes in an own way.
fn further_types(field_name: &dyn Fn(&str) -> String) -> Vec<Field> {
    vec![
        optional(&field_name("_day"), FieldType::Date),
        optional(&field_name("_data"), FieldType::Json { max: 65_536 }),
        optional(&field_name("_mail"), FieldType::Email),
        optional(&field_name("_link"), FieldType::Url),
        optional(&field_name("_key"), FieldType::Uuid),
    ]
}

/// Every type of field, each way to delete, a reference to itself and two that form a cycle.
pub fn shop() -> Schema {
    let mut things = further_types(&|suffix| format!("thing{suffix}"));
    things.push(guarded(
        "things:read_cost",
        Field {
            label: Some("What it cost".to_owned()),
            ..optional("cost", string())
        },
    ));
    let mut shop = schema(vec![
        resource(
            "order_lines",
            "OrderLine",
            vec![
                field("order_id", reference("orders", OnDelete::Cascade)),
                field("product_id", reference("products", OnDelete::Restrict)),
                field(
                    "quantity",
                    FieldType::Integer {
                        min: Some(1),
                        max: None,
                    },
                ),
            ],
        ),
        resource(
            "orders",
            "Order",
            vec![
                field("placed_at", FieldType::Timestamp),
                optional("latest_id", reference("shipments", OnDelete::SetNull)),
            ],
        ),
        resource(
            "shipments",
            "Shipment",
            vec![
                field("order_id", reference("orders", OnDelete::Cascade)),
                field(
                    "group",
                    FieldType::Text {
                        min: 0,
                        max: 65_536,
                    },
                ),
            ],
        ),
        resource(
            "products",
            "Product",
            vec![
                field("name", string()),
                unique("sku", string_of(64)),
                field(
                    "price",
                    FieldType::Decimal {
                        precision: 12,
                        scale: 2,
                        min: Some("0".to_owned()),
                        max: None,
                    },
                ),
                Field {
                    default: Some(Literal::Text("draft".to_owned())),
                    ..field("status", enumeration(&["draft", "active", "archived"]))
                },
                Field {
                    default: Some(Literal::Boolean(false)),
                    ..field("featured", FieldType::Boolean)
                },
                optional("parent_id", reference("products", OnDelete::SetNull)),
            ],
        ),
        Resource {
            label: Some("Things at hand".to_owned()),
            audit: Audit::Fact,
            actions: vec![
                action("publish", Some("Publish now")),
                action("read_all", None),
            ],
            ..resource("things", "Thing", things)
        },
    ]);
    shop.limits = Limits {
        per_key: Some(Rate {
            requests: 600,
            seconds: 60,
        }),
        anonymous: None,
    };
    shop.roles.push(Role {
        name: "clerk".to_owned(),
        own: vec!["things:update".to_owned()],
        permissions: vec!["things:read".to_owned()],
        ceiling: Some(vec!["things:read".to_owned(), "things:update".to_owned()]),
        ..shop.roles[0].clone()
    });
    shop
}

/// Every type of field under one name of resource, field and value.
pub fn named(name: &str, singular: &str) -> Schema {
    let suffixed = |suffix: &str| {
        let kept = name.len().min(48 - suffix.len());
        format!("{}{suffix}", &name[..kept])
    };
    let mut fields = further_types(&suffixed);
    fields.extend([
        Field {
            default: Some(Literal::Text(name.to_owned())),
            ..optional(name, enumeration(&[name, &suffixed("_two")]))
        },
        field(&suffixed("_g"), many_short_values(name.len())),
        unique(&suffixed("_a"), string()),
        field(&suffixed("_b"), enumeration(&[name])),
        Field {
            default: Some(Literal::Integer(-5)),
            ..field(
                &suffixed("_c"),
                FieldType::Integer {
                    min: Some(i64::MIN),
                    max: Some(i64::MAX),
                },
            )
        },
        optional(
            &suffixed("_d"),
            FieldType::Decimal {
                precision: 18,
                scale: 18,
                min: None,
                max: None,
            },
        ),
        optional(&suffixed("_e"), reference(name, OnDelete::SetNull)),
        Field {
            default: Some(Literal::Text("\"x\\ ".repeat(name.len()))),
            ..field(
                &suffixed("_f"),
                FieldType::Text {
                    min: 0,
                    max: 1_000_000,
                },
            )
        },
        Field {
            unique: true,
            search: true,
            default: Some(Literal::Text(name.to_owned())),
            label: Some(format!("{name} a => b, c: d.e(f) fn ")),
            ..guarded(
                &format!("{name}:{}", suffixed("_see")),
                optional(&suffixed("_h"), string()),
            )
        },
    ]);
    let mut named = schema(vec![Resource {
        label: Some(format!("{name} records")),
        audit: Audit::Fact,
        actions: vec![
            action(name, Some("Go")),
            action("list", None),
            action(&suffixed("_act"), Some(&"long ".repeat(name.len()))),
        ],
        ..resource(name, singular, fields)
    }]);
    named.roles.push(Role {
        name: "clerk".to_owned(),
        own: vec![format!("{name}:update"), format!("{name}:delete")],
        ceiling: Some(vec![format!("{name}:update"), format!("{name}:read")]),
        ..named.roles[0].clone()
    });
    named
}

/// An enum that fills lines of `model.rs`.
fn many_short_values(count: usize) -> FieldType {
    let values: Vec<String> = (0..count.max(2))
        .map(|number| format!("{}{number}", &"abcdef"[..number * count % 6 + 1]))
        .collect();
    FieldType::Enum { values }
}
