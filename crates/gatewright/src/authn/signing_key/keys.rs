//! Which key signs now, and which ones verify.

use std::time::Duration;

use jiff::Timestamp;

use super::SigningKey;
use crate::authn::verified_tokens::VerifiedTokens;
use crate::clock;

/// A key and since when it signs, or from when on it will.
#[derive(Debug, Clone)]
pub(in crate::authn) struct Scheduled {
    pub(in crate::authn) key: SigningKey,
    pub(in crate::authn) signs_from: Timestamp,
}

/// The keys as they were read, and what was verified by them: that is forgotten with them.
pub(in crate::authn) struct Keys {
    /// In the order in which they sign.
    keys: Vec<Scheduled>,
    /// How long a key still verifies after the next one began to sign.
    grace: Duration,
    verified: VerifiedTokens,
}

impl Keys {
    /// Those of the keys that sign or verify at `now`, or will.
    pub(in crate::authn) fn new(mut keys: Vec<Scheduled>, grace: Duration, now: Timestamp) -> Self {
        keys.sort_by(|one, two| {
            let order = one.signs_from.cmp(&two.signs_from);
            order.then_with(|| one.key.id.cmp(&two.key.id))
        });
        let starts: Vec<Timestamp> = keys.iter().map(|key| key.signs_from).collect();
        let mut places = 0..;
        keys.retain(|_| {
            let end = places
                .next()
                .and_then(|place| end_of(&starts, place, grace));
            end.is_none_or(|end| now <= end)
        });
        Self {
            keys,
            grace,
            verified: VerifiedTokens::default(),
        }
    }

    /// The key that signs: the latest of those that have begun to. Where this node's clock says that
    /// none has, another node's said otherwise, and it is the first.
    pub(in crate::authn) fn signer(&self, now: Timestamp) -> Option<&SigningKey> {
        let begun = |scheduled: &&Scheduled| scheduled.signs_from <= now;
        let latest = self.keys.iter().rev().find(begun);
        latest.or(self.keys.first()).map(|it| &it.key)
    }

    /// The key of this name, if tokens that it signed are good at `now`.
    pub(in crate::authn) fn verifier(&self, id: &str, now: Timestamp) -> Option<&SigningKey> {
        let place = self.keys.iter().position(|it| it.key.id == id)?;
        let next = self.keys.get(place + 1);
        let end = next.map(|next| clock::after(next.signs_from, self.grace));
        let key = &self.keys.get(place)?.key;
        end.is_none_or(|end| now <= end).then_some(key)
    }

    /// All of them, those to come included: whoever verifies our tokens elsewhere learns them in time.
    pub(in crate::authn) fn all(&self) -> impl Iterator<Item = &SigningKey> {
        self.keys.iter().map(|it| &it.key)
    }

    pub(in crate::authn) fn verified(&self) -> &VerifiedTokens {
        &self.verified
    }

    /// Whether these are the same keys, so that what was verified by the one is verified by the other.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let names = |keys: &Self| -> Vec<(String, Timestamp)> {
            let name = |it: &Scheduled| (it.key.id.clone(), it.signs_from);
            keys.keys.iter().map(name).collect()
        };
        names(self) == names(other)
    }

    /// The key of this name, whatever the time.
    pub(super) fn known(&self, id: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.id == id)
    }
}

/// Until when the key at `place` verifies; the last one's end is not known yet.
pub(super) fn end_of(starts: &[Timestamp], place: usize, grace: Duration) -> Option<Timestamp> {
    let next = starts.get(place + 1)?;
    Some(clock::after(*next, grace))
}
