//! What a tenant's roles hold: templates of the schema as the tenant changed them, and its own.
//!
//! Nobody gives what they do not hold. Who makes a role holds all of it; who changes one holds all
//! that it holds before and after. The tenant's lock is taken first, and the caller is judged under it.
//!
//! | | |
//! | --- | --- |
//! | `routes` | the endpoints |
//! | `slugs` | names of permissions, as bodies have them |
//! | `rules` | names of roles; what a template may gain and lose |
//! | `statements` | all SQL of these |
//! | `view` | a role as answers show it |

mod routes;
mod rules;
mod slugs;
mod statements;
mod view;

pub(crate) use routes::register;

#[cfg(test)]
mod tests;
