//! From a JSON object to a type, by serde. What does not fit becomes a field error with a code and a
//! sentence of ours: serde's own would show clients the names of Rust types and echo what they sent,
//! passwords included.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;

use super::JsonObject;
use crate::error::{Error, FieldError, Result};

/// Reads a type from an object.
///
/// # Errors
/// 422 with the first field that does not fit.
pub(super) fn decode<T: DeserializeOwned>(object: JsonObject) -> Result<T> {
    let root = Root(object.members);
    T::deserialize(root).map_err(|misfit| Error::invalid_input(vec![misfit.into_field_error()]))
}

/// What does not fit, and where.
#[derive(Debug)]
struct Misfit {
    /// From the field itself up to the outermost.
    path: Vec<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    Missing,
    Unknown,
    Duplicate,
    /// Of another type than this.
    Type(&'static str),
    /// Of none of these.
    Choice(&'static [&'static str]),
    /// Of the right type, but not taken.
    Value,
}

/// What a type is called before anybody has asked for it by name.
const OTHER_TYPE: &str = "a value of another type";

impl Misfit {
    fn new(what: What) -> Self {
        Self {
            path: Vec::new(),
            what,
        }
    }

    fn of(field: &str, what: What) -> Self {
        Self {
            path: vec![field.to_owned()],
            what,
        }
    }

    fn within(mut self, key: &str) -> Self {
        self.path.push(key.to_owned());
        self
    }

    /// Names the type that was asked for, where serde told us no more than that it was another.
    fn wanting(mut self, wanted: &'static str) -> Self {
        if self.path.is_empty() && matches!(self.what, What::Type(OTHER_TYPE)) {
            self.what = What::Type(wanted);
        }
        self
    }

    fn into_field_error(self) -> FieldError {
        let (code, message) = match self.what {
            What::Missing => ("required", "This field is required.".to_owned()),
            What::Unknown => (
                "unknown_field",
                "There is no such field to write.".to_owned(),
            ),
            What::Duplicate => ("duplicate", "This key stands more than once.".to_owned()),
            What::Type(wanted) => ("invalid_type", format!("Send {wanted}.")),
            What::Choice(choices) => (
                "invalid_value",
                format!("Send one of: {}.", choices.join(", ")),
            ),
            What::Value => ("invalid_value", "This value is not accepted.".to_owned()),
        };
        let path: Vec<String> = self.path.into_iter().rev().collect();
        FieldError::new(path.join("."), code, message)
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field does not fit")
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(What::Value)
    }

    fn invalid_type(found: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(match found {
            // Null stands for no value, as it does in records.
            Unexpected::Unit => What::Missing,
            _ => What::Type(OTHER_TYPE),
        })
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(What::Value)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new(What::Value)
    }

    fn unknown_variant(_: &str, choices: &'static [&'static str]) -> Self {
        Self::new(What::Choice(choices))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::of(field, What::Unknown)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(field, What::Missing)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::of(field, What::Duplicate)
    }
}

/// The body itself.
struct Root(Vec<(String, Value)>);

impl<'de> Deserializer<'de> for Root {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_map(Members::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A value inside of it.
struct Node(Value);

impl Node {
    fn read<'de, V: Visitor<'de>>(
        self,
        wanted: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let answer = match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(boolean) => visitor.visit_bool(boolean),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                _ => Err(Misfit::new(What::Value)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items {
                items: items.into_iter(),
                index: 0,
            }),
            Value::Object(members) => visitor.visit_map(Members::new(members)),
        };
        answer.map_err(|misfit| misfit.wanting(wanted))
    }
}

/// Methods of a deserializer that differ only in what the type is called.
macro_rules! read_as {
    ($wanted:literal: $($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
                self.read($wanted, visitor)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Node {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.read(OTHER_TYPE, visitor)
    }

    read_as!("true or false": deserialize_bool);
    read_as!("an integer": deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128);
    read_as!("an integer": deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    read_as!("a number": deserialize_f32 deserialize_f64);
    read_as!("text": deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf);
    read_as!("an array": deserialize_seq);
    read_as!("an object": deserialize_map);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            // serde would take an array for the fields in their order.
            Value::Array(_) => Err(Misfit::new(What::Type("an object"))),
            _ => self.read("an object", visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.read("an array", visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.read("an array", visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(variant) => {
                let variant: StringDeserializer<Misfit> = variant.into_deserializer();
                visitor.visit_enum(variant)
            }
            Value::Object(members) => {
                visitor.visit_enum(MapAccessDeserializer::new(Members::new(members)))
            }
            Value::Null => Err(Misfit::new(What::Missing)),
            _ => Err(Misfit::new(What::Type("text"))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { unit unit_struct identifier }
}

/// An object's members, on their way to a visitor.
struct Members<I> {
    members: I,
    /// The key that was read last, and its value unless that was read too.
    key: String,
    value: Option<Value>,
}

impl<I: Iterator<Item = (String, Value)>> Members<I> {
    fn new(members: impl IntoIterator<IntoIter = I>) -> Self {
        Self {
            members: members.into_iter(),
            key: String::new(),
            value: None,
        }
    }
}

impl<'de, I: Iterator<Item = (String, Value)>> MapAccess<'de> for Members<I> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        self.key.clone_from(&key);
        let key: StringDeserializer<Misfit> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let value = self
            .value
            .take()
            .ok_or_else(|| Misfit::custom("a value without its key"))?;
        seed.deserialize(Node(value))
            .map_err(|misfit| misfit.within(&self.key))
    }
}

/// An array's items, on their way to a visitor.
struct Items {
    items: std::vec::IntoIter<Value>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        seed.deserialize(Node(item))
            .map(Some)
            .map_err(|misfit| misfit.within(&index.to_string()))
    }
}
