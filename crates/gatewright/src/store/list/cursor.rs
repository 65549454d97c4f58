//! Cursors of lists: where the next page begins, sealed so that it fits one tenant and one query.
//!
//! A cursor holds the values of the sort keys, which may be of a field that whoever finds the
//! cursor must not see. So it is encrypted, not only signed.
//!
//! One place in one list has one cursor: the same question gets the same answer, byte for byte. So
//! the nonce is not drawn but derived from all that is sealed, by a key of its own, and the cipher
//! is one that gives away no more than that two messages are equal, should a nonce come twice.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::Value;
use crate::config::SecretKey;
use crate::error::{Error, Result};

/// Seals cursors with AES-256-GCM-SIV (RFC 8452).
#[derive(Debug)]
pub(crate) struct CursorKey {
    seal: LessSafeKey,
    nonces: hmac::Key,
}

impl CursorKey {
    /// # Errors
    /// 500 when the keys cannot be derived: no cursor is sealed with less.
    pub(crate) fn new(secret: &SecretKey) -> Result<Self> {
        let seal = secret.derive("gatewright cursors v2")?;
        let seal = UnboundKey::new(&AES_256_GCM_SIV, &seal).map_err(Error::internal)?;
        let nonces = secret.derive("gatewright cursor nonces v2")?;
        Ok(Self {
            seal: LessSafeKey::new(seal),
            nonces: hmac::Key::new(hmac::HMAC_SHA256, &nonces),
        })
    }

    /// The cursor after a position in `list`, a text that names the resource and its query.
    ///
    /// # Errors
    /// 500 when the cryptography library refuses, which it has no reason to.
    pub(crate) fn seal(&self, tenant: Uuid, list: &str, position: &[Value]) -> Result<String> {
        let mut sealed = encode(position)?;
        let context = context(tenant, list);
        let nonce = self.nonce(context.as_ref(), &sealed)?;
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), context, &mut sealed)
            .map_err(Error::internal)?;
        sealed.extend_from_slice(&nonce);
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The position of a cursor, if the cursor was sealed for this tenant and list.
    pub(crate) fn open(&self, tenant: Uuid, list: &str, cursor: &str) -> Option<Vec<Value>> {
        let mut sealed = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let at = sealed.len().checked_sub(NONCE_LEN)?;
        let (sealed, nonce) = sealed.split_at_mut_checked(at)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let open = self
            .seal
            .open_in_place(nonce, context(tenant, list), sealed)
            .ok()?;
        decode(open)
    }

    fn nonce(&self, context: &[u8], position: &[u8]) -> Result<[u8; NONCE_LEN]> {
        let mut tag = hmac::Context::with_key(&self.nonces);
        // The length keeps the two apart.
        tag.update(&context.len().to_be_bytes());
        tag.update(context);
        tag.update(position);
        let tag = tag.sign();
        let nonce = tag.as_ref().first_chunk::<NONCE_LEN>();
        nonce
            .copied()
            .ok_or_else(|| Error::internal("an HMAC shorter than a nonce"))
    }
}

/// What a cursor is bound to.
fn context(tenant: Uuid, list: &str) -> Aad<Vec<u8>> {
    let mut context = tenant.as_bytes().to_vec();
    context.extend_from_slice(list.as_bytes());
    Aad::from(context)
}

/// Values one after another, each behind a byte that tells its type.
fn encode(position: &[Value]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for value in position {
        match value {
            Value::Null => bytes.push(0),
            Value::Boolean(boolean) => bytes.extend([1, u8::from(*boolean)]),
            Value::Integer(integer) => {
                bytes.push(2);
                bytes.extend(integer.to_be_bytes());
            }
            Value::Decimal(decimal) => {
                bytes.push(3);
                bytes.extend(decimal.serialize());
            }
            Value::Text(text) => {
                let length = u32::try_from(text.len()).map_err(Error::internal)?;
                bytes.push(4);
                bytes.extend(length.to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            Value::Uuid(id) => {
                bytes.push(5);
                bytes.extend(id.as_bytes());
            }
            Value::Timestamp(timestamp) => {
                bytes.push(6);
                bytes.extend(timestamp.as_microsecond().to_be_bytes());
            }
            Value::Date(date) => {
                bytes.push(7);
                bytes.extend(date.year().to_be_bytes());
                bytes.extend(date.month().to_be_bytes());
                bytes.extend(date.day().to_be_bytes());
            }
            Value::Json(_) => return Err(Error::internal("a list that is sorted by JSON")),
        }
    }
    Ok(bytes)
}

fn decode(mut bytes: &[u8]) -> Option<Vec<Value>> {
    let mut position = Vec::new();
    while let Some((tag, rest)) = bytes.split_first() {
        bytes = rest;
        position.push(match tag {
            0 => Value::Null,
            1 => Value::Boolean(take::<1>(&mut bytes)? == [1]),
            2 => Value::Integer(i64::from_be_bytes(take(&mut bytes)?)),
            3 => Value::Decimal(Decimal::deserialize(take(&mut bytes)?)),
            4 => {
                let length = usize::try_from(u32::from_be_bytes(take(&mut bytes)?)).ok()?;
                let (text, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Value::Text(std::str::from_utf8(text).ok()?.to_owned())
            }
            5 => Value::Uuid(Uuid::from_bytes(take(&mut bytes)?)),
            6 => {
                let microseconds = i64::from_be_bytes(take(&mut bytes)?);
                Value::Timestamp(Timestamp::from_microsecond(microseconds).ok()?)
            }
            7 => {
                let year = i16::from_be_bytes(take(&mut bytes)?);
                let [month, day] = take(&mut bytes)?.map(u8::cast_signed);
                Value::Date(Date::new(year, month, day).ok()?)
            }
            _ => return None,
        });
    }
    Some(position)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CursorKey {
        let secret = SecretKey::parse("c3RyaWN0bHkgZm9yIHRoaXMgdGVzdCwgMDEyMzQ1Njc4OQ").unwrap();
        CursorKey::new(&secret).unwrap()
    }

    #[test]
    fn a_cursor_opens_for_its_tenant_and_list_alone() {
        let key = key();
        let [tenant, other, last] = [1, 2, 3].map(Uuid::from_u128);
        let position = vec![Value::Uuid(last)];
        let cursor = key.seal(tenant, "products", &position).unwrap();
        assert_eq!(key.open(tenant, "products", &cursor), Some(position));
        assert_eq!(key.open(other, "products", &cursor), None);
        assert_eq!(key.open(tenant, "products\n0=1", &cursor), None);
        for altered in [&cursor[1..], "", "=", &format!("_{}", &cursor[1..])] {
            assert_eq!(key.open(tenant, "products", altered), None, "{altered}");
        }
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            let altered = BASE64_URL_SAFE_NO_PAD.encode(&bytes);
            assert_eq!(key.open(tenant, "products", &altered), None, "byte {index}");
            bytes[index] ^= 1;
        }
    }

    #[test]
    fn a_cursor_keeps_every_kind_of_value_and_shows_none() {
        let key = key();
        let position = vec![
            Value::Null,
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Integer(i64::MIN),
            Value::Decimal(Decimal::new(-1250, 2)),
            Value::Text("zum Glück, \"secret\"\n".to_owned()),
            Value::Text(String::new()),
            Value::Timestamp("0001-01-01T00:00:00.000001Z".parse().unwrap()),
            Value::Date(Date::constant(9_999, 12, 31)),
            Value::Uuid(Uuid::from_u128(7)),
        ];
        let cursor = key.seal(Uuid::nil(), "list", &position).unwrap();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
        // One place has one cursor, and no other has any part of it.
        assert_eq!(key.seal(Uuid::nil(), "list", &position).unwrap(), cursor);
        let other = key.seal(Uuid::nil(), "another", &position).unwrap();
        assert!(!other.starts_with(&cursor[..8]) && !other.ends_with(&cursor[cursor.len() - 8..]));
        assert_eq!(key.open(Uuid::nil(), "list", &cursor), Some(position));
    }
}
