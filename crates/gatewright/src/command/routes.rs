//! `routes`: the authorization matrix.

use std::process::ExitCode;

use serde::Serialize;

use super::Failure;
use crate::Application;
use crate::authz::{Access, RouteSpec};
use crate::model::{Model, ResourceDef, RoleDef, Signup};

#[derive(Serialize)]
struct Surface<'a> {
    app: &'a str,
    signup: Signup,
    routes: &'a [RouteSpec],
    resources: &'a [&'a ResourceDef],
    roles: &'a [RoleDef],
}

pub(super) fn print(application: &Application, json: bool) -> Result<ExitCode, Failure> {
    let routes = application
        .build_routes()
        .map_err(|wrong| wrong.join("\n       "))?;
    let model = application.model();
    if json {
        let surface = Surface {
            app: model.app,
            signup: model.auth.signup,
            routes: &routes.specs,
            resources: model.resources,
            roles: model.roles,
        };
        println!("{}", serde_json::to_string_pretty(&surface)?);
    } else {
        print!("{}", matrix(model, &routes.specs));
    }
    Ok(ExitCode::SUCCESS)
}

/// Each route, what it asks for, and a mark for each role that may call it.
fn matrix(model: &Model, specs: &[RouteSpec]) -> String {
    let path_width = specs
        .iter()
        .map(|spec| spec.path.len())
        .max()
        .unwrap_or_default();
    let asks: Vec<String> = specs.iter().map(asks).collect();
    let asks_width = asks.iter().map(String::len).max().unwrap_or_default();
    let mut text = format!("{:6} {:path_width$}  {:asks_width$}", "", "", "");
    for role in model.roles {
        text.push_str(&format!("  {}", role.name));
    }
    text.push('\n');
    for (spec, asks) in specs.iter().zip(&asks) {
        text.push_str(&format!(
            "{:6} {:path_width$}  {asks:asks_width$}",
            spec.method, spec.path
        ));
        for role in model.roles {
            let mark = if may_call(role, spec) { '✓' } else { '·' };
            text.push_str(&format!("  {mark:^width$}", width = role.name.len()));
        }
        text.push('\n');
    }
    text
}

fn asks(spec: &RouteSpec) -> String {
    match spec.access {
        Access::Public => "public".to_owned(),
        Access::SignedIn => "signed in".to_owned(),
        Access::Member => "member".to_owned(),
        Access::Protect | Access::Platform => spec.permissions.join(" + "),
    }
}

fn may_call(role: &RoleDef, spec: &RouteSpec) -> bool {
    match spec.access {
        Access::Public | Access::SignedIn | Access::Member => true,
        Access::Protect => spec
            .permissions
            .iter()
            .all(|slug| role.permissions.contains(slug)),
        Access::Platform => false,
    }
}
