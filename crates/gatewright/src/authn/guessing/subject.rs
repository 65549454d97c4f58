//! Whom counters are kept for, as the database names them.

use std::net::{IpAddr, Ipv6Addr};

use super::policy::Kind;
use crate::authn::email::Email;
use crate::digest::sha256_hex;

/// How many leading bits of an IPv6 address tell clients apart: whoever has one address has the rest of its /64.
const IPV6_PREFIX: u32 = 64;

/// An account by its address, whether there is one or not. Hashed: what a client typed is not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::authn) struct AccountKey(String);

impl AccountKey {
    pub(in crate::authn) fn of(email: &Email) -> Self {
        Self::of_text(email.normalized())
    }

    /// Of what somebody typed, which need not be an address.
    pub(in crate::authn) fn of_text(text: &str) -> Self {
        let normalized = text.trim().to_ascii_lowercase();
        Self(format!("account:{}", sha256_hex(normalized.as_bytes())))
    }

    pub(super) fn subject(&self) -> &str {
        &self.0
    }
}

/// The two subjects of one attempt. They are always counted in this order, so two attempts cannot each
/// hold the row that the other waits for.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    account: String,
    address: String,
}

impl Subjects {
    pub(super) fn new(account: &AccountKey, address: IpAddr) -> Self {
        Self {
            account: account.0.clone(),
            address: format!("address:{}", of_client(address)),
        }
    }

    pub(super) fn each(&self) -> [(Kind, &str); 2] {
        [
            (Kind::Account, &self.account),
            (Kind::Address, &self.address),
        ]
    }
}

fn of_client(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & !(u128::MAX >> IPV6_PREFIX);
            format!("{}/{IPV6_PREFIX}", Ipv6Addr::from_bits(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> String {
        of_client(text.parse().unwrap())
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:203.0.113.9"), "203.0.113.9");
        assert_ne!(client("203.0.113.9"), client("203.0.113.8"));
    }

    #[test]
    fn an_account_is_one_however_its_address_is_typed_and_the_address_is_not_stored() {
        let email = Email::parse("Ada@Example.com").unwrap();
        assert_eq!(
            AccountKey::of(&email),
            AccountKey::of_text(" aDA@example.com\n")
        );
        assert!(!format!("{:?}", AccountKey::of(&email)).contains("example"));
    }
}
