//! A resource as its Rust files show it.

use std::collections::HashMap;

use gatewright_schema::{self as schema, Audit, FieldType, Schema};
use serde::Serialize;

use super::column::{self, Columns};
use super::literal;
use super::names::{self, Scope};
use super::order::creation_order;
use super::permissions::{self, PermissionType};
use super::table::{self, Table};
use super::{use_list, used};

/// The longest name of an enum that has its resource's in it; a longer one is the field's alone.
const LONGEST_TYPE: usize = 60;

/// The keys of the runtime's `ResourceDef` that [`definition`] may give.
const OPTIONAL_KEYS: usize = 3;

/// A resource.
#[derive(Debug, Serialize)]
pub(crate) struct Resource {
    /// As in the schema: URL segment and first half of the slugs.
    name: String,
    /// Its modules as Rust spells them: `r#type`.
    pub(crate) module: String,
    /// Their files without `.rs`: `type`.
    pub(crate) file: String,
    /// Its static in `model.rs`.
    constant: String,
    /// The type of a record, of what makes one, and of what changes one.
    record: String,
    new: String,
    patch: String,
    /// The three in a `use` list.
    types_in_use: String,
    /// `order line`, with `an` before it, and `order lines`.
    noun: String,
    article: &'static str,
    plural: String,
    /// The label, the audit mode and the actions as keys of the runtime's `ResourceDef`.
    definition: Vec<String>,
    /// Whether these and the fields are all the keys that there are.
    is_fully_defined: bool,
    permissions: Vec<PermissionType>,
    actions: Vec<Action>,
    fields: Vec<Field>,
    enums: Vec<Enum>,
    /// What its file of types imports from the runtime.
    runtime_imports: String,
    codegen_imports: String,
    table: Table,
    columns: Columns,
}

#[derive(Debug, Serialize)]
struct Action {
    /// Last segment of its URL.
    name: String,
    /// Its handler as Rust spells it.
    handler: String,
    /// The type of its permission.
    permission: String,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    /// As Rust spells it.
    ident: String,
    /// Whether serde must be told the name.
    renamed: bool,
    /// The Rust type.
    ty: String,
    /// Whether whoever lacks a permission does not see it.
    guarded: bool,
    /// The value of the runtime's `FieldDef`.
    definition: String,
}

#[derive(Debug, Serialize)]
struct Enum {
    name: String,
    field: String,
    variants: Vec<Variant>,
}

#[derive(Debug, Serialize)]
struct Variant {
    name: String,
    value: String,
}

impl Resource {
    pub fn has_deferred_reference(&self) -> bool {
        self.table.references.iter().any(|it| it.deferred)
    }

    /// Whether a permission of it opens others.
    pub fn has_covers(&self) -> bool {
        self.permissions.iter().any(PermissionType::has_covers)
    }

    pub fn has_set_null(&self) -> bool {
        self.table
            .references
            .iter()
            .any(|it| it.set_null_trigger.is_some())
    }

    /// Whether the schema calls it so.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name
    }

    /// `models::orders::Order`
    pub(super) fn record_path(&self) -> String {
        format!("models::{}::{}", self.module, self.record)
    }

    /// The constant of a field's column: `PLACED_AT`.
    pub(super) fn column_constant(&self, field: &str) -> String {
        let field = self.fields.iter().find(|it| it.name == field);
        let ident = field.map_or("", |it| &it.ident);
        ident.trim_start_matches("r#").to_ascii_uppercase()
    }

    /// The type of a field's values in a query: `i64`, `models::orders::OrderStatus`.
    pub(super) fn column_type(&self, field: &str, ty: &FieldType) -> String {
        match self.enums.iter().find(|it| it.field == field) {
            Some(of) => format!("models::{}::{}", self.module, of.name),
            None => scalar(ty).to_owned(),
        }
    }
}

/// The Rust type of a field's values; an enum's has a name of its own.
fn scalar(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::String { .. }
        | FieldType::Text { .. }
        | FieldType::Email
        | FieldType::Url
        | FieldType::Enum { .. } => "String",
        FieldType::Integer { .. } => "i64",
        FieldType::Decimal { .. } => "Decimal",
        FieldType::Boolean => "bool",
        FieldType::Timestamp => "Timestamp",
        FieldType::Date => "Date",
        FieldType::Json { .. } => "JsonValue",
        FieldType::Uuid | FieldType::Reference { .. } => "Uuid",
    }
}

/// Lowers all resources, in the order in which their tables are made.
pub(super) fn lower_all(schema: &Schema) -> Vec<Resource> {
    // Names go by the file's order, so that a new reference renames nothing.
    let resources = &schema.resources;
    let mut scope = Scope::modules();
    let files: Vec<String> = resources.iter().map(|it| scope.value(&it.name)).collect();
    let modules: HashMap<&str, String> = resources
        .iter()
        .zip(&files)
        .map(|(it, file)| (it.name.as_str(), names::spell(file)))
        .collect();
    let mut permissions = permissions::types(&schema.permissions, &modules);

    let order = creation_order(resources);
    let ordered: Vec<&schema::Resource> = order.iter().map(|&it| &resources[it]).collect();
    let tables = table::lower_all(&ordered);
    let mut lowered: Vec<Resource> = order
        .iter()
        .zip(tables)
        .map(|(&it, table)| {
            let permissions = permissions.remove(&resources[it].name).unwrap_or_default();
            lower(&resources[it], files[it].clone(), permissions, table)
        })
        .collect();
    for (at, source) in ordered.iter().enumerate() {
        let columns = column::lower(source, &lowered, at);
        lowered[at].columns = columns;
    }
    lowered
}

/// `&CATEGORIES, &PRODUCTS`
pub(super) fn constants(resources: &[Resource]) -> String {
    let constants: Vec<String> = resources
        .iter()
        .map(|resource| format!("&{}", resource.constant))
        .collect();
    constants.join(", ")
}

fn lower(
    resource: &schema::Resource,
    file: String,
    permissions: Vec<PermissionType>,
    table: Table,
) -> Resource {
    let mut types = Scope::types();
    let record = types.ty(resource.singular.clone(), "Record");
    let new = types.ty(format!("New{}", resource.singular), "Input");
    let patch = types.ty(format!("{}Patch", resource.singular), "Input");
    let mut types_in_use = [record.as_str(), new.as_str(), patch.as_str()];
    types_in_use.sort_by(|a, b| names::version_order(a, b));

    let noun = names::noun(&resource.singular);
    let mut fields = Vec::with_capacity(resource.fields.len());
    let mut enums = Vec::new();
    let mut idents = Scope::fields();
    for field in &resource.fields {
        let ty = match &field.ty {
            FieldType::String { .. }
            | FieldType::Text { .. }
            | FieldType::Email
            | FieldType::Url => "String".to_owned(),
            FieldType::Integer { .. } => "i64".to_owned(),
            FieldType::Decimal { .. } => "Decimal".to_owned(),
            FieldType::Boolean => "bool".to_owned(),
            FieldType::Timestamp => "Timestamp".to_owned(),
            FieldType::Date => "Date".to_owned(),
            FieldType::Json { .. } => "JsonValue".to_owned(),
            FieldType::Uuid | FieldType::Reference { .. } => "Uuid".to_owned(),
            FieldType::Enum { values } => {
                let field_name = names::pascal(&field.name);
                let mut wanted = format!("{}{field_name}", resource.singular);
                if wanted.len() > LONGEST_TYPE {
                    wanted = field_name;
                }
                let name = types.ty(wanted, "Value");
                enums.push(lower_enum(name.clone(), &field.name, values));
                name
            }
        };
        let ident = idents.value(&field.name);
        fields.push(Field {
            renamed: ident != field.name,
            ident: names::spell(&ident),
            ty: if field.optional {
                format!("Option<{ty}>")
            } else {
                ty
            },
            guarded: field.permission.is_some(),
            definition: literal::field_def(field),
            name: field.name.clone(),
        });
    }

    let has = |wanted: fn(&FieldType) -> bool| resource.fields.iter().any(|it| wanted(&it.ty));
    let definition = definition(resource);
    Resource {
        types_in_use: use_list(types_in_use.into_iter()),
        plural: resource.name.replace('_', " "),
        article: match noun.as_bytes().first() {
            Some(b'a' | b'e' | b'i' | b'o') => "an",
            _ => "a",
        },
        noun,
        runtime_imports: used(&[
            ("CustomFields", true),
            ("Date", has(|ty| matches!(ty, FieldType::Date))),
            ("Decimal", has(|ty| matches!(ty, FieldType::Decimal { .. }))),
            ("Guarded", fields.iter().any(|it| it.guarded)),
            ("JsonValue", has(|ty| matches!(ty, FieldType::Json { .. }))),
            ("Patch", true),
            ("Result", true),
            ("Timestamp", true),
            ("Uuid", true),
        ]),
        codegen_imports: used(&[
            ("self", true),
            ("FieldValue", !enums.is_empty()),
            ("Fields", true),
            ("FromJson", true),
            ("Input", true),
            ("JsonBody", true),
            ("RecordReader", true),
            ("Resource", true),
            ("ResourceDef", true),
            ("UnexpectedValue", !enums.is_empty()),
            ("Value", !enums.is_empty()),
        ]),
        actions: actions(resource, &permissions),
        permissions,
        is_fully_defined: definition.len() == OPTIONAL_KEYS,
        definition,
        name: resource.name.clone(),
        module: names::spell(&file),
        constant: file.to_ascii_uppercase(),
        file,
        record,
        new,
        patch,
        fields,
        enums,
        table,
        columns: Columns::default(),
    }
}

/// The label, the audit mode and the actions, where there is something to say.
fn definition(resource: &schema::Resource) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(label) = &resource.label {
        keys.push(format!("label: Some({})", literal::quoted(label)));
    }
    if resource.audit == Audit::Fact {
        keys.push("audit: AuditMode::Fact".to_owned());
    }
    if !resource.actions.is_empty() {
        let actions = resource.actions.iter();
        let actions: Vec<String> = actions.map(literal::action_def).collect();
        keys.push(format!("actions: &[{}]", actions.join(", ")));
    }
    keys
}

/// The handlers of a resource's actions.
fn actions(resource: &schema::Resource, permissions: &[PermissionType]) -> Vec<Action> {
    let mut handlers = Scope::handlers();
    let actions = resource.actions.iter().filter_map(|action| {
        let slug = format!("{}:{}", resource.name, action.name);
        let permission = permissions.iter().find(|it| it.slug == slug)?;
        Some(Action {
            handler: names::spell(&handlers.value(&action.name)),
            permission: permission.name.clone(),
            name: action.name.clone(),
        })
    });
    actions.collect()
}

fn lower_enum(name: String, field: &str, values: &[String]) -> Enum {
    let mut variants = Scope::empty();
    Enum {
        name,
        field: field.to_owned(),
        variants: values
            .iter()
            .map(|value| Variant {
                name: variants.ty(names::pascal(value), ""),
                value: value.clone(),
            })
            .collect(),
    }
}
