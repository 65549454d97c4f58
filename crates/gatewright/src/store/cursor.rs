//! Cursors of lists: where the next page begins, sealed so that it fits one tenant and one query.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::config::SecretKey;
use crate::error::Result;

/// Seals cursors.
#[derive(Debug)]
pub(crate) struct CursorKey(hmac::Key);

const ID: usize = 16;
/// Half of the code is kept: it guards a position in a list, not a secret.
const SEAL: usize = 16;

impl CursorKey {
    /// # Errors
    /// 500 when the key cannot be derived: no cursor is sealed with less.
    pub(crate) fn new(secret: &SecretKey) -> Result<Self> {
        let key = secret.derive("gatewright cursors v1")?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// The cursor after record `last` of `list`, a text that names the resource and its filters.
    pub(crate) fn seal(&self, tenant: Uuid, list: &str, last: Uuid) -> String {
        let mut bytes = [0; ID + SEAL];
        let (id, seal) = bytes.split_at_mut(ID);
        id.copy_from_slice(last.as_bytes());
        let tag = self.tag(tenant, list, last);
        for (to, from) in seal.iter_mut().zip(tag.as_ref()) {
            *to = *from;
        }
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The record that a cursor stands after, if the cursor was sealed for this tenant and list.
    pub(crate) fn open(&self, tenant: Uuid, list: &str, cursor: &str) -> Option<Uuid> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (id, seal) = bytes
            .split_at_checked(ID)
            .filter(|(_, seal)| seal.len() == SEAL)?;
        let last = Uuid::from_slice(id).ok()?;
        let tag = self.tag(tenant, list, last);
        let expected = tag.as_ref().get(..SEAL)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(expected, seal).ok()?;
        Some(last)
    }

    fn tag(&self, tenant: Uuid, list: &str, last: Uuid) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(tenant.as_bytes());
        context.update(last.as_bytes());
        context.update(list.as_bytes());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_tenant_and_list_alone() {
        let secret = SecretKey::parse("c3RyaWN0bHkgZm9yIHRoaXMgdGVzdCwgMDEyMzQ1Njc4OQ").unwrap();
        let key = CursorKey::new(&secret).unwrap();
        let [tenant, other, last] = [1, 2, 3].map(Uuid::from_u128);
        let cursor = key.seal(tenant, "products", last);
        assert_eq!(key.open(tenant, "products", &cursor), Some(last));
        assert_eq!(key.open(other, "products", &cursor), None);
        assert_eq!(key.open(tenant, "products\n0=1", &cursor), None);
        for altered in [&cursor[1..], "", "=", &format!("_{}", &cursor[1..])] {
            assert_eq!(key.open(tenant, "products", altered), None, "{altered}");
        }
    }
}
