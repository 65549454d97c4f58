//! Names of constraints, indexes and triggers.

use std::collections::HashSet;

use crate::lock::sha256_hex;

/// PostgreSQL cuts longer identifiers, and could then meet another one.
const MAX_BYTES: usize = 63;

/// Hexadecimal digits of the hash in a shortened name.
const HASH_DIGITS: usize = 8;

/// The names of one database, where indexes and tables share a namespace.
pub(super) struct ConstraintNames(HashSet<String>);

impl ConstraintNames {
    /// Names that must not meet these tables.
    pub fn beside<'a>(tables: impl IntoIterator<Item = &'a str>) -> Self {
        Self(tables.into_iter().map(str::to_owned).collect())
    }

    /// `<resource>_<field>_<suffix>`.
    ///
    /// A name that is too long, or taken (`order` and `lines_id` meet `order_lines` and `id`), is
    /// cut to 54 bytes and ends in `_` and the first 8 digits of
    /// SHA-256(`<resource>.<field>.<suffix>`). So a name tells its field to whoever knows the
    /// table, without a look at the rest of the schema.
    pub fn name(&mut self, resource: &str, field: &str, suffix: &str) -> String {
        let plain = format!("{resource}_{field}_{suffix}");
        if plain.len() <= MAX_BYTES && self.0.insert(plain.clone()) {
            return plain;
        }
        let hash = sha256_hex(&format!("{resource}.{field}.{suffix}"));
        let kept = plain.len().min(MAX_BYTES - HASH_DIGITS - 1);
        let name = format!("{}_{}", &plain[..kept], &hash[..HASH_DIGITS]);
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_where_they_can_be() {
        let mut names = ConstraintNames::beside(["products"]);
        assert_eq!(
            names.name("products", "sku", "unique"),
            "products_sku_unique"
        );
    }

    #[test]
    fn names_fit_and_do_not_meet() {
        let mut names = ConstraintNames::beside([]);
        let long = names.name(&"a".repeat(48), &"b".repeat(48), "unique");
        assert_eq!(long.len(), 63);
        assert_eq!(
            names.name("order", "lines_code", "unique"),
            "order_lines_code_unique"
        );
        assert_eq!(
            names.name("order_lines", "code", "unique"),
            "order_lines_code_unique_cd6e5bd9"
        );
    }
}
