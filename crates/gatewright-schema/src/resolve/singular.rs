//! From a resource's plural name to the Rust type of one record.
//!
//! The last word loses its plural by the first rule that fits:
//!
//! | ends in | becomes | for example |
//! | --- | --- | --- |
//! | `ies`, after two letters or more | `y` | `categories` -> `Category` |
//! | `sses`, `shes`, `ches`, `xes` | without `es` | `addresses` -> `Address` |
//! | `uses`, not after `a` or `o` | without `es` | `statuses` -> `Status`, but `houses` -> `House` |
//! | `ss`, `us`, `is` | the same | `access`, `status`, `analysis` |
//! | `s`, after one letter or more | without `s` | `order_lines` -> `OrderLine` |
//! | anything else | the same | `people` -> `People` |
//!
//! English has more exceptions than a table could hold; for those the file says
//! `singular = "Person"`.

/// Names that a generated type cannot have without hiding what generated code itself relies on:
/// `Self` is a keyword, the others are in Rust's prelude.
const TAKEN: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// `order_lines` -> `OrderLine`. A name of the prelude gets an ending: `options` -> `OptionRecord`.
pub(crate) fn derive(resource: &str) -> String {
    let (first, last) = match resource.rsplit_once('_') {
        Some((first, last)) => (first, last),
        None => ("", resource),
    };
    let singular = camel_case(&format!("{first}_{}", singular_word(last)));
    if is_taken(&singular) {
        singular + "Record"
    } else {
        singular
    }
}

/// Whether Rust's prelude, or Rust itself, has the name.
pub(crate) fn is_taken(name: &str) -> bool {
    TAKEN.contains(&name)
}

fn singular_word(word: &str) -> String {
    let without = |ending: &str| word.strip_suffix(ending);
    if let Some(stem) = without("ies")
        && stem.len() >= 2
    {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if word.len() > ending.len() && word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    if let Some(stem) = without("uses")
        && !stem.is_empty()
        && !stem.ends_with(['a', 'o'])
    {
        return format!("{stem}us");
    }
    let unchanged = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    match without("s") {
        Some(stem) if !stem.is_empty() && !unchanged => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// `in_stock` -> `InStock`.
pub(crate) fn camel_case(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_lose_their_ending() {
        for (resource, singular) in [
            ("products", "Product"),
            ("categories", "Category"),
            ("ties", "Tie"),
            ("addresses", "Address"),
            ("branches", "Branch"),
            ("boxes", "BoxRecord"),
            ("tax_boxes", "TaxBox"),
            ("statuses", "Status"),
            ("warehouses", "Warehouse"),
            ("status", "Status"),
            ("analysis", "Analysis"),
            ("access", "Access"),
            ("people", "People"),
            ("order_lines", "OrderLine"),
            ("address_lines_", "AddressLines"),
            ("type", "Type"),
            ("types", "Type"),
            ("self", "SelfRecord"),
            ("options", "OptionRecord"),
            ("s", "S"),
            ("x", "X"),
            ("line_2s", "Line2"),
        ] {
            assert_eq!(derive(resource), singular, "{resource}");
        }
    }
}
