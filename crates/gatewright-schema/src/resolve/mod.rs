//! From a [`File`] to a [`Schema`]: names, types, references, roles and tests.
//!
//! Every function here reports what is wrong and goes on with something harmless in its place, so
//! that one mistake does not hide the next. [`crate::parse`] drops the result if there was an error.

mod actions;
mod auth;
mod bounds;
mod built_in;
mod ceilings;
mod cycles;
mod decimal;
mod defaults;
mod duration;
mod email;
mod field_permissions;
mod fields;
mod labels;
pub(crate) mod limits;
pub(crate) mod names;
mod pattern;
mod permissions;
mod policy_tests;
mod providers;
mod rates;
mod references;
mod renames;
mod resources;
mod roles;
mod singular;
mod time;
mod url;
mod warnings;

use std::ops::Range;

use crate::diagnostics::invalid_app_name::invalid_app_name;
use crate::model::{App, Schema, Tenancy};
use crate::report::Diagnostic;
use crate::syntax::{File, Located};
pub use built_in::built_in_permissions;
use permissions::Catalog;
use roles::Roles;

/// Checks the file and resolves it.
pub(crate) fn schema(file: &File, out: &mut Vec<Diagnostic>) -> Schema {
    let app = App {
        name: app_name(file.app_name.as_ref(), out),
    };
    let auth = auth::resolve(&file.auth, out);
    let tenancy = Tenancy {
        row_level_security: file.row_level_security.unwrap_or(true),
    };
    let read = file.resources.as_deref();
    let resources = resources::resolve(read.unwrap_or_default(), out);
    references::check_cycles(read.unwrap_or_default(), out);
    let limits = rates::resolve(&file.limits, out);
    let catalog = Catalog::of(read, out);
    let (declared, place): (&[_], Range<usize>) = match &file.roles {
        Some(roles) => (&roles.value, roles.span.clone()),
        None => (&[], 0..0),
    };
    let roles = Roles::resolve(declared, &catalog, out);
    let mut tests = Vec::new();
    if file.roles.is_some() {
        // A file without `[roles]` has its diagnostic already.
        roles.check_owner(place, out);
        warnings::warn(&roles, read.unwrap_or_default(), out);
        tests = policy_tests::run(&file.tests, &roles, out);
    }
    let roles = roles.to_model();
    Schema {
        app,
        auth,
        tenancy,
        limits,
        roles,
        permissions: catalog.into_permissions(),
        resources,
        tests,
    }
}

fn app_name(name: Option<&Located<String>>, out: &mut Vec<Diagnostic>) -> String {
    let Some(name) = name else {
        return String::new();
    };
    if let Some(reason) = labels::unreadable(&name.value, limits::APP_NAME_LENGTH) {
        out.push(invalid_app_name(reason, name.span.clone()));
    }
    name.value.clone()
}
