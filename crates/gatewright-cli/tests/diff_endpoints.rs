//! Every route that is generated stands under its permission in `gatewright diff`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::Path;

use gatewright_schema::access_diff::compare_access;

#[test]
fn generated_routes_are_endpoints_of_their_permission() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut applications = vec![(
        repository.join("examples/storefront/gatewright.toml"),
        repository.join("examples/storefront/src/generated/routes.rs"),
    )];
    for case in std::fs::read_dir(repository.join("testdata/valid")).unwrap() {
        let case = case.unwrap().path();
        let routes = case.join("expected/src/generated/routes.rs");
        applications.push((case.join("gatewright.toml"), routes));
    }
    for (schema, routes) in applications {
        let source = std::fs::read_to_string(routes).unwrap();
        let generated = generated(&source);
        assert_eq!(generated.len(), source.matches("protect(").count());
        let told = told(&std::fs::read_to_string(&schema).unwrap());
        let missing: Vec<_> = generated.difference(&told).collect();
        assert!(missing.is_empty(), "{}: {missing:#?}", schema.display());
    }
}

/// `GET /api/products: Read`, from lines such as
/// `api.get("/api/products", protect(products::Read, handlers::products::list));`
fn generated(source: &str) -> BTreeSet<String> {
    let source: String = source.split_whitespace().collect();
    let routes = source.split(");").filter_map(|statement| {
        let (_, call) = statement.split_once("api.")?;
        let (method, rest) = call.split_once("(\"")?;
        let (path, rest) = rest.split_once("\",protect(")?;
        let permission = rest.split(',').next()?.rsplit("::").next()?;
        let method = method.to_uppercase();
        Some(format!(
            "{method} {path}: {}",
            permission.to_lowercase().replace('_', "")
        ))
    });
    routes.collect()
}

/// The same, from what the owner gains by the whole schema.
fn told(source: &str) -> BTreeSet<String> {
    let after = gatewright_schema::parse(source).schema.unwrap();
    let mut before = after.clone();
    before.roles.clear();
    let diff = compare_access(&before, &after);
    let owner = diff.roles.iter().find(|role| role.name == "owner").unwrap();
    let endpoints = owner.permissions.iter().flat_map(|change| {
        let action = change.permission.rsplit(':').next().unwrap();
        let action = action.replace('_', "");
        let endpoints = change.endpoints.iter();
        endpoints.map(move |endpoint| format!("{} {}: {action}", endpoint.method, endpoint.path))
    });
    endpoints.collect()
}
