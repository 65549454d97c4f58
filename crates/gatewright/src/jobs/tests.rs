//! Jobs on both databases.

mod ending;
mod mailing;
mod racing;
mod registering;
mod rights;
mod stage;
