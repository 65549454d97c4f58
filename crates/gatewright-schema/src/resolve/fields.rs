//! A field: its type with its parameters, and whether its default fits.

use std::collections::HashSet;

use crate::diagnostics::{
    clashing_values::clashing_values, empty_list::empty_list, out_of_range::out_of_range,
    set_null_required::set_null_required, unknown_resource::unknown_resource,
};
use crate::keys::TypeName;
use crate::model::{self, FieldType, OnDelete};
use crate::report::Diagnostic;
use crate::resolve::{bounds, defaults, limits, names, singular};
use crate::syntax::{Field, Texts};

/// `None` if the type, or what it cannot be without, could not be read; that was reported.
pub(crate) fn resolve(
    field: &Field,
    resources: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) -> Option<model::Field> {
    names::check_field(&field.name, out);
    let ty = field_type(field, resources, out)?;
    let default = field
        .default
        .as_ref()
        .and_then(|default| defaults::resolve(default, &ty, out));
    Some(model::Field {
        name: field.name.value.clone(),
        ty,
        optional: field.optional,
        unique: field.unique.as_ref().is_some_and(|unique| unique.value),
        default,
        search: false,
        permission: None,
        label: None,
        renamed_from: None,
    })
}

fn field_type(
    field: &Field,
    resources: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) -> Option<FieldType> {
    Some(match field.ty? {
        TypeName::String => FieldType::String {
            min: 0,
            max: string_max(field, out)?,
            pattern: None,
        },
        TypeName::Text => FieldType::Text {
            min: 0,
            max: bounds::length(field.max.as_ref(), &limits::TEXT_MAX, out)?,
        },
        TypeName::Integer => bounds::integer(field, out)?,
        TypeName::Decimal => bounds::decimal(field, out)?,
        TypeName::Boolean => FieldType::Boolean,
        TypeName::Timestamp => FieldType::Timestamp,
        TypeName::Enum => FieldType::Enum {
            values: enum_values(field.values.as_ref()?, out)?,
        },
        TypeName::Reference => reference(field, resources, out)?,
    })
}

fn string_max(field: &Field, out: &mut Vec<Diagnostic>) -> Option<u32> {
    let max = bounds::length(field.max.as_ref(), &limits::STRING_MAX, out)?;
    let unique = field.unique.as_ref().is_some_and(|unique| unique.value);
    if let Some(given) = &field.max
        && unique
        && max > limits::UNIQUE_STRING_MAX
    {
        let range = format!("from 1 to {} on a unique field", limits::UNIQUE_STRING_MAX);
        out.push(out_of_range("max", &range, given.span.clone()));
        return None;
    }
    Some(max)
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
