//! The fields of a resource: which keys a field has depends on its type.

use std::ops::Range;

use crate::diagnostics::{
    empty_list::empty_list, misplaced_key::misplaced_key, unknown_type::unknown_type,
};
use crate::keys::{self, TypeName};
use crate::syntax::reader::{Entry, Reader};
use crate::syntax::tree::{Field, Located};

/// Reads the table `fields` of a resource.
pub(crate) fn read(resource: &mut Reader<'_, '_>) -> Vec<Field> {
    let Some(named) = resource.named("fields", "{ type = \"string\" }") else {
        return Vec::new();
    };
    if let Some(place) = resource.place_of("fields")
        && named.is_empty()
    {
        resource.out.push(empty_list("fields", place));
    }
    named
        .into_iter()
        .map(|entry| field(entry, resource))
        .collect()
}

fn field(entry: Entry<'_>, resource: &mut Reader<'_, '_>) -> Field {
    let mut field = Field {
        name: entry.name,
        permission: None,
        permission_lost: entry.table.is_none(),
        ty: None,
        optional: false,
        unique: None,
        default: None,
        min: None,
        max: None,
        precision: None,
        scale: None,
        values: None,
        to: None,
        on_delete: None,
        pattern: None,
        search: false,
        label: None,
        renamed_from: None,
    };
    let Some(table) = entry.table else {
        return field;
    };
    let place = field.name.span.clone();
    let mut keys = Reader::open(table, &keys::FIELD, place, resource.out);
    field.permission = keys.text("permission");
    field.permission_lost = keys.lost("permission", &field.permission);
    field.ty = type_name(&mut keys);
    let Some(ty) = field.ty else {
        return field;
    };
    check_keys(&mut keys, ty, &field.name.span);
    for key in keys::FIELD.keys.iter().filter(|key| key.goes_with(ty)) {
        match key.name {
            "optional" => field.optional = keys.flag("optional").is_some_and(|flag| flag.value),
            "unique" => field.unique = keys.flag("unique"),
            "default" => {
                field.default = match ty {
                    TypeName::Date | TypeName::Timestamp => keys.moment("default"),
                    _ => keys.scalar("default"),
                };
            }
            "min" => field.min = keys.scalar("min"),
            "max" => field.max = keys.scalar("max"),
            "precision" => field.precision = keys.whole("precision"),
            "scale" => field.scale = keys.whole("scale"),
            "values" => field.values = keys.texts("values"),
            "to" => field.to = keys.text("to"),
            "on_delete" => {
                field.on_delete = keys.word("on_delete", &keys::ON_DELETE).and_then(|word| {
                    keys::on_delete(&word.value).map(|value| Located {
                        value,
                        span: word.span,
                    })
                });
            }
            "pattern" => field.pattern = keys.text("pattern"),
            "search" => field.search = keys.flag("search").is_some_and(|flag| flag.value),
            "label" => field.label = keys.text("label"),
            "renamed_from" => field.renamed_from = keys.text("renamed_from"),
            // `type` and `permission`, read above.
            _ => {}
        }
    }
    field
}

fn type_name(keys: &mut Reader<'_, '_>) -> Option<TypeName> {
    let word = keys.text("type")?;
    let ty = TypeName::from_word(&word.value);
    if ty.is_none() {
        keys.out.push(unknown_type(&word));
    }
    ty
}

/// Reports keys that other types have, and those that this type needs.
fn check_keys(keys: &mut Reader<'_, '_>, ty: TypeName, field: &Range<usize>) {
    let of = format!("a field of type `{}`", ty.word());
    for key in keys::FIELD.keys.iter().filter(|key| !key.types.is_empty()) {
        if key.goes_with(ty) {
            keys.require(key, &of, field);
        } else if let Some(place) = keys.place_of(key.name) {
            keys.out.push(misplaced_key(key, ty, place));
        }
    }
}
