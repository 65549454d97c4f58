//! The fields of a resource: which keys a field has depends on its type.

use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostics::{
    empty_list::empty_list, misplaced_key::misplaced_key, missing_key::missing_key,
    not_built_yet::not_built_yet, unknown_type::unknown_type,
};
use crate::keys::{self, TypeName};
use crate::syntax::reader::Reader;
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
        .map(|(name, table)| field(name, table, resource))
        .collect()
}

fn field<'a>(
    name: Located<String>,
    table: &'a DeTable<'a>,
    resource: &mut Reader<'_, '_>,
) -> Field {
    let mut keys = Reader::open(table, &keys::FIELD, name.span.clone(), resource.out);
    let mut field = Field {
        ty: type_name(&mut keys),
        name,
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
    };
    let Some(ty) = field.ty else {
        return field;
    };
    check_keys(&mut keys, ty, &field.name.span);
    for key in keys::FIELD.keys.iter().filter(|key| key.goes_with(ty)) {
        match key.name {
            "optional" => field.optional = keys.flag("optional").is_some_and(|flag| flag.value),
            "unique" => field.unique = keys.flag("unique"),
            "default" => field.default = keys.scalar("default"),
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
            // `type`, read above.
            _ => {}
        }
    }
    field
}

fn type_name(keys: &mut Reader<'_, '_>) -> Option<TypeName> {
    let word = keys.text("type")?;
    let ty = TypeName::from_word(&word.value);
    if keys::TYPES.later.contains(&word.value.as_str()) {
        let what = format!("the field type `{}`", word.value);
        keys.out.push(not_built_yet(&what, word.span));
    } else if ty.is_none() {
        keys.out.push(unknown_type(&word));
    }
    ty
}

/// Reports keys that other types have, and those that this type needs.
fn check_keys(keys: &mut Reader<'_, '_>, ty: TypeName, field: &Range<usize>) {
    for key in keys::FIELD.keys.iter().filter(|key| !key.types.is_empty()) {
        match keys.place_of(key.name) {
            Some(place) if !key.goes_with(ty) => keys.out.push(misplaced_key(key, ty, place)),
            None if key.required_by(ty) => {
                let of = format!("a field of type `{}`", ty.word());
                let missing = missing_key(&of, key.name, field.clone(), key.description);
                keys.out.push(missing);
            }
            _ => {}
        }
    }
}
