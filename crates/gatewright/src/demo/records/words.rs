//! Text for fields that take any.

use crate::model::{FieldDef, FieldType, ResourceDef};

/// The fields that hold what a record is called.
const NAMES: [&str; 2] = ["name", "title"];

/// Text for the `n`th record: `Product 2` for a name, `SKU 2` for another short field, `Description of
/// product 2` for a long one. The last offer fits every length: it begins with the number, and is as
/// long as the field asks and as short as it allows.
pub(super) fn of(
    def: &ResourceDef,
    field: &FieldDef,
    n: usize,
    lengths: (u32, u32),
) -> Vec<String> {
    let (min, max) = (lengths.0 as usize, lengths.1 as usize);
    let number = n + 1;
    let record = format!("{} {number}", singular(&readable(def.name)));
    let label = field
        .label
        .map_or_else(|| capital(&readable(field.name)), str::to_owned);
    let best = match field.ty {
        _ if NAMES.contains(&field.name) => capital(&record),
        FieldType::Text { .. } => format!("{label} of {record}"),
        _ => format!("{label} {number}"),
    };
    let mut fitting = format!("{number} {}", readable(field.name));
    while fitting.len() < min {
        fitting.push_str(" and more");
    }
    let fitting = fitting.chars().take(max).collect();
    vec![best, fitting]
}

/// `order lines`
fn readable(name: &str) -> String {
    name.replace('_', " ")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// One of them, for most English words. It is read by people and nothing else.
fn singular(words: &str) -> String {
    if let Some(stem) = words.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let sibilant = ["sses", "shes", "ches", "xes", "zes"]
        .iter()
        .any(|ending| words.ends_with(ending));
    let ending = if sibilant { "es" } else { "s" };
    words.strip_suffix(ending).unwrap_or(words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &'static str, ty: FieldType, label: Option<&'static str>) -> FieldDef {
        FieldDef {
            name,
            ty,
            label,
            ..FieldDef::DEFAULT
        }
    }

    fn string(min: u32, max: u32) -> FieldType {
        FieldType::String {
            min,
            max,
            pattern: None,
        }
    }

    #[test]
    fn text_is_named_for_its_record_and_field() {
        let text = FieldType::Text { min: 0, max: 900 };
        let cases = [
            (
                "categories",
                field("name", string(0, 90), None),
                "Category 2",
            ),
            (
                "addresses",
                field("title", string(0, 90), None),
                "Address 2",
            ),
            (
                "products",
                field("sku", string(0, 90), Some("SKU")),
                "SKU 2",
            ),
            ("orders", field("number", string(0, 90), None), "Number 2"),
            (
                "order_lines",
                field("side_notes", text, None),
                "Side notes of order line 2",
            ),
        ];
        for (resource, field, expected) in cases {
            let def = ResourceDef {
                name: resource,
                ..ResourceDef::DEFAULT
            };
            assert_eq!(of(&def, &field, 1, (0, 90))[0], expected);
        }
    }

    #[test]
    fn the_last_offer_has_the_length_that_is_asked_for() {
        let def = ResourceDef {
            name: "products",
            ..ResourceDef::DEFAULT
        };
        for (min, max) in [(0, 1), (2, 2), (40, 41), (300, 300)] {
            let field = field("sku", string(min, max), None);
            let offer = of(&def, &field, 1, (min, max)).pop().unwrap();
            assert!(
                (min as usize..=max as usize).contains(&offer.len()),
                "{offer}"
            );
            assert!(offer.starts_with('2'));
        }
    }
}
