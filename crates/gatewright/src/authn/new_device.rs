//! Tells the owner of an account of a sign-in from where there was none before.
//!
//! A place is what the client says of itself and the network it comes from. Whoever took a password and comes from
//! somewhere else is noticed; whoever sits beside its owner, with the same browser, is not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::device::Device;
use super::email::Email;
use super::mails;
use super::session::User;
use crate::clock;
use crate::error::{Error, Result};
use crate::http::Context;
use crate::store::{FieldValue, Transaction};

/// How long a place is known. Ended sessions are kept for so long.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Leading bits that the addresses of one network share.
const IPV4_PREFIX: u32 = 24;
const IPV6_PREFIX: u32 = 48;

/// Where the client in `$2` was used since `$3`. What was handed over from another host is no sign-in.
const ADDRESSES: &str = "
    SELECT DISTINCT address FROM sessions
    WHERE user_id = $1 AND origin_id IS NULL AND address IS NOT NULL
        AND COALESCE(user_agent, '') = $2 AND COALESCE(last_used_at, created_at) > $3";

/// An account that is signed in to for the first time. One that is older than what is known of sessions counts as
/// signed in to before: else nobody would hear of a sign-in after a long time.
const FIRST: &str = "
    SELECT 1 FROM users u
    WHERE u.id = $1 AND u.created_at > $2 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id)";

/// Queues a mail, in the transaction of the sign-in and before its session is there. Answers whether it did.
pub(super) async fn announce(
    transaction: &mut Transaction,
    context: &Context,
    user: &User,
    device: &Device,
) -> Result<bool> {
    let now = clock::now();
    let since = clock::before(now, KNOWN_FOR).into_value();
    let client = device.user_agent().unwrap_or_default();
    let args = [
        user.id.into_value(),
        client.to_owned().into_value(),
        since.clone(),
    ];
    let here = network(context.address);
    for mut row in transaction.run(ADDRESSES, &args).await? {
        let address: String = row.next().map_err(Error::internal)?;
        if address
            .parse()
            .is_ok_and(|address| network(address) == here)
        {
            return Ok(false);
        }
    }
    let args = [user.id.into_value(), since];
    if !transaction.run(FIRST, &args).await?.is_empty() {
        return Ok(false);
    }
    let email = Email::parse(&user.email).map_err(|wrong| Error::internal(wrong.message))?;
    let client = device
        .user_agent()
        .unwrap_or("a client that did not say its name");
    let runtime = &context.runtime;
    let message = mails::new_device(runtime, &email, client, context.address, now)?;
    runtime.outbox.queue(transaction, message).await?;
    Ok(true)
}

/// The network of an address: its first address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let mask = u32::MAX << (u32::BITS - IPV4_PREFIX);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX << (u128::BITS - IPV6_PREFIX);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_a_24_or_a_48() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("203.0.113.9"), network("203.0.113.200"));
        assert_eq!(network("203.0.113.9"), network("::ffff:203.0.113.1"));
        assert_ne!(network("203.0.113.9"), network("203.0.114.9"));
        assert_eq!(network("2001:db8:1::1"), network("2001:db8:1:ffff::2"));
        assert_ne!(network("2001:db8:1::1"), network("2001:db8:2::1"));
        assert_ne!(network("2001:db8::1"), network("::1"));
    }
}
