//! A record's JSON without the fields that the tenant hides.
//!
//! Which fields these are is known to each record, so whatever a handler answers with, a list, a bulk
//! answer or a struct of its own, is written without them.

use serde::ser::{Impossible, SerializeStruct};
use serde::{Serialize, Serializer};

use super::CustomFields;

/// Writes a record by its derived `write`, without the fields that its tenant hides.
///
/// # Errors
/// Those of `serializer`.
pub fn serialize_shown<'a, R, S: Serializer>(
    record: &'a R,
    custom_fields: &'a CustomFields,
    write: impl FnOnce(&'a R, Shown<'a, S>) -> Result<S::Ok, S::Error>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let hidden = custom_fields.hidden();
    write(record, Shown { serializer, hidden })
}

/// Writes a struct, and nothing else, without some of its fields.
#[derive(Debug)]
pub struct Shown<'a, S> {
    serializer: S,
    hidden: &'a [&'static str],
}

/// The struct while it is written.
#[derive(Debug)]
pub struct ShownStruct<'a, S> {
    inner: S,
    hidden: &'a [&'static str],
}

impl<S: SerializeStruct> SerializeStruct for ShownStruct<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        if self.hidden.contains(&key) {
            return self.inner.skip_field(key);
        }
        self.inner.serialize_field(key, value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), S::Error> {
        self.inner.skip_field(key)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

fn no_record<T, E: serde::ser::Error>() -> Result<T, E> {
    Err(E::custom("a record is written as a struct"))
}

/// What a record is not written as.
macro_rules! never {
    ($($name:ident($($argument:ty),*) -> $answer:ty;)+) => {
        $(fn $name(self, $(_: $argument),*) -> Result<$answer, S::Error> {
            no_record()
        })+
    };
}

impl<'a, S: Serializer> Serializer for Shown<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = ShownStruct<'a, S::SerializeStruct>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        name: &'static str,
        fields: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        let hidden = self.hidden;
        // Every hidden field is one of the struct's.
        let fields = fields.saturating_sub(hidden.len());
        let inner = self.serializer.serialize_struct(name, fields)?;
        Ok(ShownStruct { inner, hidden })
    }

    never! {
        serialize_bool(bool) -> S::Ok;
        serialize_i8(i8) -> S::Ok;
        serialize_i16(i16) -> S::Ok;
        serialize_i32(i32) -> S::Ok;
        serialize_i64(i64) -> S::Ok;
        serialize_u8(u8) -> S::Ok;
        serialize_u16(u16) -> S::Ok;
        serialize_u32(u32) -> S::Ok;
        serialize_u64(u64) -> S::Ok;
        serialize_f32(f32) -> S::Ok;
        serialize_f64(f64) -> S::Ok;
        serialize_char(char) -> S::Ok;
        serialize_str(&str) -> S::Ok;
        serialize_bytes(&[u8]) -> S::Ok;
        serialize_none() -> S::Ok;
        serialize_unit() -> S::Ok;
        serialize_unit_struct(&'static str) -> S::Ok;
        serialize_unit_variant(&'static str, u32, &'static str) -> S::Ok;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        no_record()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        no_record()
    }
}
