//! The platform's own endpoints, for its staff: `super_admin` and `support`.
//!
//! | | |
//! | --- | --- |
//! | `tenants` | all tenants; suspending one |
//! | `entering` | entering a tenant for a time, and what that gives there |
//! | `users` | all accounts; suspending one |
//! | `audit_log` | the platform's log, and the tenants' |
//! | `log` | what is written to the platform's log |
//!
//! A platform role opens no tenant by itself: the way in is an entry, which has a reason and an end.

mod audit_log;
mod entering;
mod list;
pub(crate) mod log;
mod tenants;
#[cfg(test)]
mod tests;
mod users;

use serde::Deserialize;

pub(crate) use entering::{entered_as, entry, reaches};
pub(crate) use users::take_turn;

use crate::error::{Error, FieldError, Result};
use crate::http::Api;

pub(crate) fn register(api: &mut Api) {
    tenants::register(api);
    entering::register(api);
    users::register(api);
    audit_log::register(api);
}

/// Why the staff does something; it stands in the logs.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Reason(String);

const SHORTEST_REASON: usize = 10;
const LONGEST_REASON: usize = 500;

impl Reason {
    /// The reason without white space around it.
    ///
    /// # Errors
    /// `too_short`, `too_long` or `invalid` on `reason`.
    fn check(&self) -> Result<&str, FieldError> {
        let reason = self.0.trim();
        let wrong = |code, message: &str| Err(FieldError::new("reason", code, message));
        match reason.chars().count() {
            length if length < SHORTEST_REASON => {
                wrong("too_short", "Say why, in 10 characters at least.")
            }
            length if length > LONGEST_REASON => wrong("too_long", "Use 500 characters at most."),
            _ if reason.chars().any(char::is_control) => wrong("invalid", "Use one line of text."),
            _ => Ok(reason),
        }
    }
}

/// `active` or `suspended`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Suspended,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// What the staff asks for in a `PATCH`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspension {
    status: Status,
    reason: Reason,
}

impl Suspension {
    fn reason(&self) -> Result<&str> {
        self.reason
            .check()
            .map_err(|error| Error::invalid_input(vec![error]))
    }
}
