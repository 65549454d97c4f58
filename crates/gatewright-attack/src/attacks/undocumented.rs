//! FN01, the other half: what the list of routes does not name must not answer.

use std::collections::BTreeSet;

use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::target::Target;

/// Paths that frameworks, deployments and other versions of this runtime are known to serve.
const PROBES: &[&str] = &[
    "/.env",
    "/.git/config",
    "/.git/HEAD",
    "/.well-known/security.txt",
    "/actuator",
    "/actuator/env",
    "/admin",
    "/admin/",
    "/api",
    "/api/",
    "/api/admin",
    "/api/api-keys",
    "/api/audit",
    "/api/branding",
    "/api/custom-fields",
    "/api/debug",
    "/api/graphql",
    "/api/internal",
    "/api/invitations",
    "/api/me",
    "/api/roles",
    "/api/sessions",
    "/api/tenants",
    "/api/user-tenants",
    "/api/users",
    "/api/v1/products",
    "/auth",
    "/auth/impersonate",
    "/auth/sessions",
    "/auth/switch-tenant",
    "/auth/token",
    "/backup.sql",
    "/config",
    "/console",
    "/debug",
    "/debug/pprof/",
    "/docs",
    "/graphql",
    "/health",
    "/internal",
    "/login",
    "/metrics",
    "/openapi.json",
    "/platform",
    "/platform/audit-log",
    "/platform/users",
    "/server-status",
    "/static/../.env",
    "/status",
    "/swagger",
    "/trace",
    "/users",
    "/var/app.db",
    "/app.db",
    "/Cargo.toml",
    "/gatewright.toml",
];

const METHODS: &[&str] = &[
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "QUERY",
    "GATEWRIGHT",
];

/// FN01: unlisted paths, below each listed one too, and unlisted methods, with the best credentials there are.
pub(super) fn fn01_undocumented_routes(target: &Target, report: &mut Report) -> Result<(), String> {
    let owner = target.cast.owner(&target.cast.victim)?;
    let root = target.cast.super_admin()?;
    let (home, base) = (target.victim_host(), target.base_host());
    let listed: BTreeSet<&str> = target
        .surface
        .routes
        .iter()
        .map(|route| route.path.as_str())
        .collect();

    let mut paths: BTreeSet<String> = PROBES.iter().map(|path| (*path).to_owned()).collect();
    for resource in &target.surface.resources {
        let name = &resource.name;
        paths.extend([
            format!("/{name}"),
            format!("/api/{name}/export"),
            format!("/api/{name}/count"),
            format!("/api/{name}/bulk"),
            format!("/api/{name}/bulk/delete"),
            format!("/api/{name}/bulk/upsert"),
            format!("/api/{name}/import"),
            format!("/api/{name}/search"),
        ]);
    }
    for path in paths.iter().filter(|path| !listed.contains(path.as_str())) {
        // Under /api/{resource}/ an unlisted name is an id that cannot be one, in a tenant that is not root's.
        let unknown = Expected::Status(&[400, 404, 405, 422]);
        for (principal, host, expected) in
            [(&owner, &home, unknown), (&root, &base, Expected::Refusal)]
        {
            let request = Request::new("GET", path, host).bearer(principal.access());
            report.probe(
                &Attempt::new("FN01", path, principal.email()),
                target,
                &request,
                &expected,
            );
        }
    }

    for path in listed {
        let known: Vec<&str> = target
            .surface
            .routes
            .iter()
            .filter(|route| route.path == path)
            .map(|route| route.method.as_str())
            .collect();
        // A path of the list has an id that was never issued in the place of its parameter.
        let concrete = path.split('/').map(|part| {
            if part.starts_with('{') {
                "018f0000-0000-7000-8000-000000000000"
            } else {
                part
            }
        });
        let concrete = concrete.collect::<Vec<_>>().join("/");
        let (principal, host) = if path.starts_with("/platform") {
            (&root, &base)
        } else {
            (&owner, &home)
        };
        for method in METHODS.iter().filter(|method| !known.contains(method)) {
            let request = Request::new(method, &concrete, host).bearer(principal.access());
            let label = format!("{method} {path}");
            report.probe(
                &Attempt::new("FN01", &label, principal.email()),
                target,
                &request,
                &Expected::Status(&[404, 405]),
            );
        }
    }
    Ok(())
}
