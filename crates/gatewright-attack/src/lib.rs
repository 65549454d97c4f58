//! The hostile client that proves, over HTTP, that an application keeps its tenants apart.
//!
//! A generated application runs it as one test:
//!
//! ```ignore
//! #[test]
//! fn no_tenant_reaches_another() {
//!     gatewright_attack::Suite::new(env!("CARGO_BIN_EXE_storefront")).run().assert_clean();
//! }
//! ```
//!
//! # What is proved, and how
//!
//! The suite starts the application's own binary on an empty database, seeds it, reads the list of
//! routes that its router was built from (`routes --format json`), and attacks each route. It knows
//! nothing but what an attacker may: bytes go in over a socket and bytes come out. The one thing
//! more that it has is the `SECRET_KEY`, so that it can forge tokens that are *nearly* right.
//!
//! A refusal by itself proves little: a request may be refused because its body is wrong. So for
//! each guarded route:
//!
//! 1. **Control.** Everybody whom the matrix of roles allows sends a valid request, and gets 2xx.
//!    Bodies are derived from the resource's fields; records they refer to are made first.
//! 2. **Attack.** One more valid request is prepared. Every stranger sends it, *byte for byte the
//!    same* but for the credential, the host or the id, and must get the one answer of the status
//!    contract.
//! 3. **Nothing happened.** All rows of both tenants, every page of every resource, are read by
//!    somebody privileged and compared with what they were before.
//! 4. **Control.** Somebody allowed sends those very bytes, and gets 2xx: they would have worked.
//!
//! A route without a control, or with a request that had no answer, is *uncovered*, which fails the
//! test as a finding does. Coverage is counted from answers received, not from requests sent.
//!
//! Some things are attacked once for each kind of route, or in a way of their own: fields of the
//! server's own in bodies (MA01, MA02), statements and broken text (DB02), too much of everything
//! (DS01, DS06), errors that tell of the inside (EN03, on every error of the run). The report lists
//! each kind of route with the attacks that reached it. A kind that an attack is meant for and that it
//! never reached is a finding. So is a single route of the runtime's own (roles, members, invitations,
//! custom fields, tenants, hosts, the platform): `kinds.rs` says for each which attacks must have tried it.
//!
//! Requests to those routes are prepared in `fixtures/`, by the API itself: a role, an invitation whose
//! mail is read from `MAIL_URL=file:`, a member whom nobody else needs. What takes the stage away, such
//! as suspending the tenant or giving it away, is undone after it succeeded.
//!
//! # Who attacks
//!
//! | stranger | must be answered |
//! | --- | --- |
//! | anonymous; a malformed, tampered or revoked credential | 401 `unauthenticated` |
//! | a forged token: algorithm, key or claims (JW01, JW02, JW03) | 401 |
//! | an expired token, made by a second process with a lifetime of 1 s | 401 `token_expired` |
//! | two credentials at once | 400 `ambiguous_credential` |
//! | a member whose roles lack the permission, or without any role | 403 `permission_denied`, naming it |
//! | no membership, a suspended one, the other tenant's owner, an unknown tenant | 403 `tenant_forbidden`, the same bytes for all |
//! | a member of a suspended tenant | 403 `tenant_suspended` |
//! | the other tenant's members with the victim's id at their own host, in a path, with a precondition, among own ids in bulk | 404, the same bytes as for an id that was never issued |
//! | a member narrowed to own records, with a colleague's | the same 404; absent from lists and exports |
//! | a member without a field's permission | the field is nowhere; to name it is as wrong as to name none |
//! | a reference in a body to the victim's record | 422, the same bytes as for an id that was never issued |
//!
//! "The same bytes" leaves aside the request's id, the date, and ids that the client itself sent.
//!
//! # Terms
//!
//! - **Victim** and **rival**: the first two active tenants of `seed-demo`. The rival's members attack.
//! - **Probe**: one request whose answer is judged. **Finding**: an answer that was wrong.
//! - **Attack id**: `TI01`, `FN05` and so on. [`Report`] prints what each stands for.
//!
//! # What is not proved
//!
//! There are no nested routes, so TI04 attacks parents as references. Nobody lists or revokes sessions by
//! id yet, so nothing is tried there. A hand-over between hosts is attacked from outside (UI03): codes of
//! nobody's, and hosts that are not ours; how a genuine one is bound to its browser is tested in the
//! runtime. Timing is not measured.
//!
//! # Your own routes
//!
//! A route of your own is in the list, so it is attacked as well. What cannot be derived is given by
//! [`Suite::example`] and [`Suite::path`]; until then the route is uncovered, by name, and says so. A
//! route that succeeds without a body, or with an empty object, needs no example.
//!
//! With `ATTACK_DATABASE_URL` (and `ATTACK_MIGRATE_DATABASE_URL`) in the environment the same suite
//! runs on an empty PostgreSQL database.

mod attacks;
mod body;
mod client;
mod expect;
mod fixtures;
mod flood;
mod forge;
mod kinds;
mod leaks;
mod memory;
mod pattern;
mod principal;
mod process;
mod report;
mod snapshot;
mod subject;
mod suite;
mod surface;
mod target;

pub use report::{Finding, Report};
pub use suite::Suite;
