//! How soon one may be mailed again: whoever knows an address can ask for mails to it, and its inbox must not be filled.
//!
//! The first pause is half a minute; each mail doubles it, up to a quarter of an hour, and a day without one forgets
//! them. Nobody is told of the pause: the answer is the same, and the link of the mail before is good.
//!
//! The counters are rows of `password_attempts`, which counts what is done to an address whether or not it has an
//! account, and is cleared by the same rule. They are kept for unknown addresses too.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::email::Email;
use super::guessing::FORGOTTEN_AFTER;
use crate::clock;
use crate::digest::sha256_hex;
use crate::error::{Error, Result};
use crate::store::{FieldValue, Transaction};

const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What mails are counted together. The address is hashed: what a client typed is not stored.
#[derive(Debug, Clone)]
pub(super) struct Mailing(String);

impl Mailing {
    pub(super) fn verification(email: &Email) -> Self {
        Self::new("verify", email)
    }

    pub(super) fn reset(email: &Email) -> Self {
        Self::new("reset", email)
    }

    /// Of one account to one address: else one account could keep another from getting its own.
    pub(super) fn confirmation(user_id: Uuid, email: &Email) -> Self {
        Self::new(&format!("confirm:{user_id}"), email)
    }

    fn new(what: &str, email: &Email) -> Self {
        let address = sha256_hex(email.normalized().as_bytes());
        Self(format!("mail:{what}:{address}"))
    }
}

/// Takes the counter, making it where there is none.
const TAKE: &str = "
    INSERT INTO password_attempts (subject, failures, last_at) VALUES ($1, 0, $2)
    ON CONFLICT (subject) DO UPDATE SET failures = password_attempts.failures
    RETURNING failures, last_at";

const COUNT: &str = "UPDATE password_attempts SET failures = $2, last_at = $3 WHERE subject = $1";

/// Whether a mail may be written now; if so it is counted. Of two who ask at once one is told so.
pub(super) async fn may_mail(transaction: &mut Transaction, mailing: &Mailing) -> Result<bool> {
    let subject = mailing.0.clone().into_value();
    let args = [subject.clone(), clock::now().into_value()];
    let taken = transaction.run(TAKE, &args).await?;
    let mut row = taken
        .into_iter()
        .next()
        .ok_or_else(|| Error::internal("no counter came back"))?;
    let mails: i64 = row.next().map_err(Error::internal)?;
    let last_at: Timestamp = row.next().map_err(Error::internal)?;
    // After the wait for the row, in which another may have mailed.
    let now = clock::now();
    let Some(mails) = counted(mails, last_at, now) else {
        return Ok(false);
    };
    let args = [subject, mails.into_value(), now.into_value()];
    transaction.run(COUNT, &args).await?;
    Ok(true)
}

/// How many mails it is with the next one; `None` while that has to wait.
fn counted(mails: i64, last_at: Timestamp, now: Timestamp) -> Option<i64> {
    if mails == 0 || last_at < clock::before(now, FORGOTTEN_AFTER) {
        return Some(1);
    }
    let doublings = u32::try_from(mails.clamp(1, 16) - 1).unwrap_or_default();
    let pause = FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE);
    (clock::after(last_at, pause) <= now).then(|| mails.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten_in_a_day() {
        let now = clock::now();
        let ago = |seconds| clock::before(now, Duration::from_secs(seconds));
        assert_eq!(counted(0, now, now), Some(1));
        for (mails, pause) in [(1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (90, 900)] {
            assert_eq!(counted(mails, ago(pause - 1), now), None, "{mails}");
            assert_eq!(counted(mails, ago(pause), now), Some(mails + 1));
        }
        assert_eq!(counted(90, ago(24 * 60 * 60 + 1), now), Some(1));
    }

    #[test]
    fn mails_of_two_kinds_and_to_two_addresses_are_counted_apart() {
        let [ada, eve] =
            ["Ada@Example.com", "eve@example.com"].map(|address| Email::parse(address).unwrap());
        let same = Email::parse("ada@example.COM").unwrap();
        assert_eq!(Mailing::reset(&ada).0, Mailing::reset(&same).0);
        assert_ne!(Mailing::reset(&ada).0, Mailing::reset(&eve).0);
        assert_ne!(Mailing::reset(&ada).0, Mailing::verification(&ada).0);
        let [one, two] = [Uuid::now_v7(), Uuid::now_v7()];
        assert_ne!(
            Mailing::confirmation(one, &ada).0,
            Mailing::confirmation(two, &ada).0
        );
        assert!(!Mailing::reset(&ada).0.contains("example"));
    }
}
