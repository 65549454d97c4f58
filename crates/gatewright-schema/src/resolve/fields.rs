//! The fields of a resource: their types with parameters, and what else they say.

use std::collections::HashSet;

use crate::diagnostics::{
    clashing_values::clashing_values, empty_list::empty_list, out_of_range::out_of_range,
    set_null_required::set_null_required, unknown_resource::unknown_resource,
};
use crate::keys::TypeName;
use crate::model::{self, FieldType, OnDelete};
use crate::report::Diagnostic;
use crate::resolve::renames::Renames;
use crate::resolve::{
    bounds, defaults, field_permissions, labels, limits, names, pattern, singular,
};
use crate::syntax::{Field, Resource, Texts};

/// The fields of a resource, but for those whose type, or what it cannot be without, could not be
/// read; that was reported.
pub(crate) fn resolve_all(
    resource: &Resource,
    resources: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) -> Vec<model::Field> {
    let names = resource.fields.iter().map(|field| &field.name);
    let mut renames = Renames::among("a field", names);
    let mut resolved = Vec::with_capacity(resource.fields.len());
    for field in &resource.fields {
        names::check_field(&field.name, out);
        let renamed_from = renames.resolve(&field.name, field.renamed_from.as_ref(), out);
        let permission = field_permissions::resolve(resource, field, out);
        let label = labels::resolve(field.label.as_ref(), out);
        let pattern = field.pattern.as_ref();
        let pattern = pattern.and_then(|pattern| pattern::compile(pattern, out));
        let Some(ty) = field_type(field, resources, out) else {
            continue;
        };
        let default = field
            .default
            .as_ref()
            .and_then(|default| defaults::resolve(default, &ty, pattern.as_ref(), out));
        resolved.push(model::Field {
            name: field.name.value.clone(),
            ty,
            optional: field.optional,
            unique: field.unique.as_ref().is_some_and(|unique| unique.value),
            default,
            search: field.search,
            permission,
            label,
            renamed_from,
        });
    }
    resolved
}

fn field_type(
    field: &Field,
    resources: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) -> Option<FieldType> {
    Some(match field.ty? {
        TypeName::String => {
            let (min, max) = bounds::length(field, &limits::STRING_MAX, out)?;
            check_unique(field, max, out)?;
            let pattern = field.pattern.as_ref();
            let pattern = pattern.map(|pattern| pattern.value.clone());
            FieldType::String { min, max, pattern }
        }
        TypeName::Text => {
            let (min, max) = bounds::length(field, &limits::TEXT_MAX, out)?;
            FieldType::Text { min, max }
        }
        TypeName::Json => {
            let (_, max) = bounds::length(field, &limits::JSON_MAX, out)?;
            FieldType::Json { max }
        }
        TypeName::Integer => bounds::integer(field, out)?,
        TypeName::Decimal => bounds::decimal(field, out)?,
        TypeName::Boolean => FieldType::Boolean,
        TypeName::Date => FieldType::Date,
        TypeName::Timestamp => FieldType::Timestamp,
        TypeName::Uuid => FieldType::Uuid,
        TypeName::Email => FieldType::Email,
        TypeName::Url => FieldType::Url,
        TypeName::Enum => FieldType::Enum {
            values: enum_values(field.values.as_ref()?, out)?,
        },
        TypeName::Reference => reference(field, resources, out)?,
    })
}

/// `None` if the longest value is too long for an index; that was reported.
fn check_unique(field: &Field, max: u32, out: &mut Vec<Diagnostic>) -> Option<()> {
    let unique = field.unique.as_ref().is_some_and(|unique| unique.value);
    if let Some(given) = &field.max
        && unique
        && max > limits::UNIQUE_STRING_MAX
    {
        let range = format!("from 1 to {} on a unique field", limits::UNIQUE_STRING_MAX);
        out.push(out_of_range("max", &range, given.span.clone()));
        return None;
    }
    Some(())
}

fn enum_values(values: &Texts, out: &mut Vec<Diagnostic>) -> Option<Vec<String>> {
    let reported = out.len();
    if values.value.is_empty() {
        out.push(empty_list("values", values.span.clone()));
    }
    if let Some(excess) = values.value.get(limits::ENUM_VALUES) {
        let range = format!("at most {} entries long", limits::ENUM_VALUES);
        out.push(out_of_range("values", &range, excess.span.clone()));
    }
    let mut variants: Vec<(String, &str)> = Vec::with_capacity(values.value.len());
    for value in &values.value {
        if !names::check_enum_value(value, out) {
            continue;
        }
        let variant = singular::camel_case(&value.value);
        match variants.iter().find(|(taken, _)| *taken == variant) {
            Some((_, first)) => out.push(clashing_values(value, first, &variant)),
            None => variants.push((variant, &value.value)),
        }
    }
    // A default is not checked against values that are themselves mistaken.
    (out.len() == reported).then(|| values.value.iter().map(|v| v.value.clone()).collect())
}

fn reference(
    field: &Field,
    resources: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) -> Option<FieldType> {
    if let Some(on_delete) = &field.on_delete
        && on_delete.value == OnDelete::SetNull
        && !field.optional
    {
        out.push(set_null_required(on_delete.span.clone()));
    }
    let to = field.to.as_ref()?;
    if !resources.contains(to.value.as_str()) {
        // The set has no order of its own; the suggestion must not depend on it.
        let mut names: Vec<&str> = resources.iter().copied().collect();
        names.sort_unstable();
        out.push(unknown_resource(to, names));
    }
    Some(FieldType::Reference {
        to: to.value.clone(),
        on_delete: field
            .on_delete
            .as_ref()
            .map_or(OnDelete::Restrict, |on_delete| on_delete.value),
    })
}
