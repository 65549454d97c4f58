//! The records that the chain begins with, and what happens to them on the way.

use crate::store::database::Dialect;

const ACME: &str = "00000000-0000-7000-8000-00000000000a";
const GLOBEX: &str = "00000000-0000-7000-8000-00000000000b";

/// An id by its letter and number, the same in each tenant.
fn id(kind: char, number: u32) -> String {
    format!("'{kind}0000000-0000-7000-8000-{number:012}'")
}

/// A decimal, which SQLite stores in units of its last digit.
fn decimal(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Sqlite => {
            let units: i64 = text.replace('.', "").parse().unwrap();
            units.to_string()
        }
        Dialect::Postgres => text.to_owned(),
    }
}

fn boolean(dialect: Dialect, value: bool) -> String {
    match dialect {
        Dialect::Sqlite => i32::from(value).to_string(),
        Dialect::Postgres => value.to_string(),
    }
}

/// What stands in every record, up to `created_by`.
fn system(tenant: &str, id: &str) -> String {
    let at = "'2026-11-24T09:30:00.123456Z'";
    format!("'{tenant}', {id}, 3, {at}, {at}, {}", self::id('e', 1))
}

/// The records of the first version: in each tenant the same ids, with everything, with as little as
/// may be, and at the bounds.
pub(super) fn first(dialect: Dialect) -> String {
    let tenants = format!(
        "INSERT INTO tenants (id, slug, name, status, created_at) VALUES ('{ACME}', 'acme', 'Acme', 'active', '2026-11-24T09:30:00.000000Z'),
            ('{GLOBEX}', 'globex', 'Globex', 'active', '2026-11-24T09:30:00.000000Z');"
    );
    let records = [ACME, GLOBEX].map(|tenant| {
        let system = |kind, number| system(tenant, &id(kind, number));
        let dec = |text| decimal(dialect, text);
        let (yes, no) = (boolean(dialect, true), boolean(dialect, false));
        let at = "'2026-11-24T09:30:00.123456Z'";
        let (c1, c2, s1, o1, o2) = (id('c', 1), id('c', 2), id('a', 1), id('b', 1), id('b', 2));
        let (p1, p2) = (id('d', 1), id('d', 2));
        let rows = [
            format!("categories VALUES ({}, 'Tools', NULL)", system('c', 1)),
            format!("categories VALUES ({}, 'Hämmer', {c1})", system('c', 2)),
            format!("suppliers VALUES ({}, 'O''Neill & Söhne', NULL)", system('a', 1)),
            format!("suppliers VALUES ({}, '', {c2})", system('a', 2)),
            format!(
                "products VALUES ({}, 'One', 'sku-1', {}, {}, 5, 'active', 's', 'red', {yes}, '2024-02-29', {at}, {}, \
                 '{{\"a\":[1,null]}}', 'ada@example.com', 'https://example.com/', {c1}, {s1})",
                system('d', 1),
                dec("12.50"),
                dec("0.0500"),
                id('f', 1)
            ),
            format!(
                "products VALUES ({}, '', 'sku-2', {}, NULL, -3, 'draft', NULL, NULL, {no}, '0001-01-01', {at}, NULL, \
                 NULL, NULL, NULL, NULL, {s1})",
                system('d', 2),
                dec("0.00")
            ),
            format!(
                "products VALUES ({}, '{}', 'sku-3', {}, {}, 999999999999, 'archived', 'l', 'green', {no}, \
                 '9999-12-31', {at}, {}, '\"x\"', 'x@y.zz', 'HTTP://x/', {c2}, {})",
                system('d', 3),
                "ß".repeat(150),
                dec("9999999.99"),
                dec("-12345.6789"),
                id('f', 2),
                id('a', 2)
            ),
            format!("orders VALUES ({}, 1, {at}, 'one line')", system('b', 1)),
            format!("orders VALUES ({}, 2, {at}, NULL)", system('b', 2)),
            format!("order_lines VALUES ({}, {o1}, {p1}, 2)", system('e', 1)),
            format!("order_lines VALUES ({}, {o2}, {p2}, 1)", system('e', 2)),
            format!("scratch VALUES ({}, 'gone')", system('e', 3)),
        ];
        let rows = rows.map(|row| format!("INSERT INTO {row};")).concat();
        rows + &own_fields(tenant, dialect)
    });
    format!("{tenants}{}", records.concat())
}

/// Fields of a tenant's own: of a table that stays, of one that is renamed and of one that goes; and
/// what it makes of fields of the schema, likewise.
fn own_fields(tenant: &str, dialect: Dialect) -> String {
    let at = "'2026-11-24T09:30:00.123456Z'";
    let fields = [
        ("products", 'd', 1),
        ("orders", 'b', 2),
        ("scratch", 'e', 3),
    ];
    let fields = fields.map(|(resource, kind, number)| {
        let (field, record) = (id('7', number), id(kind, number));
        let definition = r#"{"type":"string","optional":true}"#;
        format!(
            "INSERT INTO custom_fields VALUES ('{tenant}', {field}, '{resource}', 'warmth', NULL, '{definition}', 1, {at}, {at});
             INSERT INTO {resource}_custom_values VALUES ('{tenant}', {record}, {field}, 'warm', NULL, 'warm');"
        )
    });
    let (yes, no) = (boolean(dialect, true), boolean(dialect, false));
    let overrides = [
        format!("'products', 'name', 'Title', {no}"),
        format!("'products', 'origin', NULL, {yes}"),
        format!("'orders', 'note', 'Remark', {no}"),
        format!("'scratch', 'text', NULL, {yes}"),
    ];
    let overrides =
        overrides.map(|it| format!("INSERT INTO field_overrides VALUES ('{tenant}', {it}, {at});"));
    fields.concat() + &overrides.concat()
}

/// What the application does once it is at a version.
pub(super) fn meanwhile(number: usize) -> String {
    match number {
        // Its id is a supplier's, for the version in which the reference means one.
        2 => [ACME, GLOBEX]
            .map(|tenant| {
                let supplier = id('a', 1);
                format!(
                    "INSERT INTO brands VALUES ({}, 'Brand', {supplier});
                     UPDATE products SET brand_id = {supplier} WHERE tenant_id = '{tenant}' AND name = 'One';",
                    system(tenant, &supplier)
                )
            })
            .concat(),
        5 => "UPDATE products SET article = NULL WHERE title = 'One';".to_owned(),
        _ => String::new(),
    }
}

/// What stands in the way of the next version, and what is said of it; and how it is mended.
pub(super) fn obstacles(dialect: Dialect, next: usize) -> Vec<(String, &'static str, String)> {
    let one = |set: &str, said, mend: &str| {
        let update = |set: &str| {
            format!(
                "UPDATE products SET {set} WHERE tenant_id = '{GLOBEX}' AND id = {}",
                id('d', 1)
            )
        };
        (update(set), said, update(mend))
    };
    match next {
        2 => {
            let update = |name| {
                let field = id('7', 1);
                format!(
                    "UPDATE custom_fields SET name = '{name}' WHERE tenant_id = '{GLOBEX}' AND id = {field}"
                )
            };
            let said = "products gets fields whose names tenants have given to fields of their own: choose other names, \
                        or have the tenants remove theirs\n  custom field season of tenant globex, one of 1 that have it";
            vec![(update("season"), said, update("warmth"))]
        }
        4 => vec![
            one(
                "color = 'purple'",
                "products.color has values that are not in the list\n  tenant globex, record d0000000-0000-7000-8000-000000000001, value purple",
                "color = 'red'",
            ),
            one(
                "contact = 'nobody'",
                "products.contact has values that are no addresses\n  tenant globex",
                "contact = 'ada@example.com'",
            ),
            one(
                "homepage = 'ftp://example.com'",
                "products.homepage has values that are no URLs\n  tenant globex",
                "homepage = 'https://example.com/'",
            ),
            one(
                "stock = -1000000000000",
                "products.stock has numbers of more than 12 digits\n  tenant globex",
                "stock = 5",
            ),
        ],
        5 => vec![
            one(
                "title = ''",
                "products.title becomes unique, and values occur more than once in a tenant\n  tenant globex, value , 2 times",
                "title = 'One'",
            ),
            one(
                "released = NULL",
                "products.released becomes required, and records have no value for it\n  tenant globex, record d0000000",
                "released = '2024-02-29T00:00:00.000000Z'",
            ),
        ],
        6 => vec![(
            format!(
                "UPDATE suppliers SET external = {} WHERE tenant_id = '{GLOBEX}' AND id = {}",
                id('9', 9),
                id('a', 2)
            ),
            "suppliers.external has values that refer to no record of the new table\n  tenant globex, record a0000000-0000-7000-8000-000000000002, value 90000000-0000-7000-8000-000000000009",
            format!(
                "UPDATE suppliers SET external = {} WHERE tenant_id = '{GLOBEX}' AND id = {}",
                id('c', 2),
                id('a', 2)
            ),
        )],
        7 => {
            let price = |text| format!("price = {}", decimal(dialect, text));
            vec![
                one(
                    "color = 'blue'",
                    "products.color has values that are not in the list\n  tenant globex",
                    "color = 'red'",
                ),
                one(
                    &price("1.2345"),
                    "products.price has numbers of more than 2 digits after the point\n  tenant globex, record d0000000-0000-7000-8000-000000000001, value 1.2345",
                    &price("12.5000"),
                ),
                one(
                    &price("10000000.0000"),
                    "products.price has numbers of more than 7 digits before the point",
                    &price("12.5000"),
                ),
            ]
        }
        _ => Vec::new(),
    }
}
