//! Who belongs to a tenant.
//!
//! | | |
//! | --- | --- |
//! | `list` | the members, one by one |
//! | `change` | their roles and status; removing them |
//! | `departure` | leaving all tenants at once, with an account that ends |
//! | `ownership` | leaving, and handing the tenant over; a tenant always keeps an owner |
//! | `me` | what the caller may do |
//! | `explain` | why a member may do something, or may not |
//! | `statements` | all SQL of these |

mod change;
mod departure;
mod explain;
mod list;
mod me;
mod ownership;
mod statements;

pub(crate) use departure::Departure;

use crate::http::Api;

pub(crate) fn register(api: &mut Api) {
    list::register(api);
    change::register(api);
    ownership::register(api);
    me::register(api);
    explain::register(api);
}

#[cfg(test)]
mod tests;
