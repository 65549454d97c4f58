//! The keys of a field, and which types they go with.

use crate::keys::TypeName::{
    Boolean, Date, Decimal, Email, Enum, Integer, Json, Reference, String, Text, Timestamp, Url,
    Uuid,
};
use crate::keys::{Key, ON_DELETE, TYPES, Table, Value};
use crate::resolve::limits;

const fn key(name: &'static str, value: Value, description: &'static str) -> Key {
    Key::new(name, value, description)
}

pub(crate) static FIELD: Table = Table {
    title: "a field",
    description: "A field: a column and a JSON key.",
    keys: &[
        key("type", Value::Choice(TYPES), "What the field holds: `string` is one line, `text` many, `timestamp` an instant, `reference` a record of a resource.").required(),
        key(
            "optional",
            Value::Flag { default: false },
            "Whether null is allowed.",
        ),
        key(
            "unique",
            Value::Flag { default: false },
            "Whether a value occurs once at most inside a tenant. A unique string has a `max` of at most 600.",
        )
        .of(&[
            String, Integer, Decimal, Date, Timestamp, Uuid, Enum, Email, Reference,
        ]),
        key(
            "default",
            Value::Scalar,
            "The value of a new record that does not give one.",
        )
        .of(&[
            String, Text, Integer, Decimal, Boolean, Date, Timestamp, Uuid, Enum, Email, Url,
        ]),
        key(
            "max",
            Value::Scalar,
            "string, text: the longest value in characters (255 and 65536 unless given; at most 10000 and 1000000). json: in bytes (65536 unless given; at most 1000000). integer, decimal: the greatest value.",
        )
        .of(&[String, Text, Integer, Decimal, Json]),
        key(
            "min",
            Value::Scalar,
            "string, text: the shortest value in characters (0 unless given). integer, decimal: the least value.",
        )
        .of(&[String, Text, Integer, Decimal]),
        key(
            "pattern",
            Value::Text,
            "string: a regular expression, in the syntax of Rust's `regex`, that the whole value must match, such as \"[A-Z]{3}-[0-9]+\".",
        )
        .of(&[String]),
        key(
            "search",
            Value::Flag { default: false },
            "Whether the list parameter `q` looks into it.",
        )
        .of(&[String, Text, Email, Url]),
        key(
            "precision",
            Value::Whole {
                least: 1,
                most: limits::DECIMAL_PRECISION,
            },
            "decimal: digits in all.",
        )
        .of(&[Decimal])
        .required(),
        key(
            "scale",
            Value::Whole {
                least: 0,
                most: limits::DECIMAL_PRECISION,
            },
            "decimal: digits after the point, at most `precision`.",
        )
        .of(&[Decimal])
        .required(),
        key(
            "values",
            Value::Texts,
            "enum: the values as they stand in JSON, 1 to 64 of them.",
        )
        .of(&[Enum])
        .required(),
        key(
            "to",
            Value::Name,
            "reference: the resource that it refers to.",
        )
        .of(&[Reference])
        .required(),
        key(
            "on_delete",
            Value::Choice(ON_DELETE),
            "reference: what happens when the record referred to is deleted: `restrict`, it cannot be; `cascade`, this one goes too; `set_null`, the reference becomes null, which needs `optional = true`. Whoever made this one.",
        )
        .of(&[Reference]),
        key(
            "permission",
            Value::Permission,
            "A permission of this resource, such as \"products:read_cost\". For whoever lacks it the field does not exist. The field needs `optional = true` or a `default`.",
        ),
        key(
            "label",
            Value::Text,
            "What people see in place of the name, for example \"Unit price\".",
        ),
        key(
            "renamed_from",
            Value::Name,
            "The name that the field had before: the next migration renames the column, and its values stay.",
        ),
    ],
};
