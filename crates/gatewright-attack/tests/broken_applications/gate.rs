//! Who a request is from, for which tenant, and whether they may.

use serde_json::Value;

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request};
use crate::tenancy::denied;
use crate::token::unauthenticated;
use crate::world::{Route, own_of};

impl Application {
    /// The slug that a host names; `None` for the base host.
    pub fn subdomain(&self, host: &str) -> Result<Option<String>, Problem> {
        let base = self.base.split("//").nth(1).unwrap();
        let base = base.split(':').next().unwrap();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        match host.strip_suffix(base) {
            Some("") => Ok(None),
            Some(slug) if slug.ends_with('.') && slug.matches('.').count() == 1 => {
                Ok(Some(slug.trim_end_matches('.').to_owned()))
            }
            _ => Err(Problem::new(403, "tenant_forbidden")),
        }
    }

    pub fn same_origin(&self, request: &Request, host: &str, route: &Route) -> Result<(), Problem> {
        let cookies = request.header("cookie").is_some();
        let signs_in = route.1 == "/auth/login"
            && request
                .json()
                .is_ok_and(|body| body["transport"] == "cookie");
        if request.method == "GET"
            || request.header("authorization").is_some()
            || self.has(Defect::NoOriginCheck)
        {
            return Ok(());
        }
        let origin = format!("http://{host}");
        let proven = match (request.header("sec-fetch-site"), request.header("origin")) {
            (Some("same-site"), _) if self.has(Defect::SameSiteIsTrusted) => true,
            (Some(site), _) => site == "same-origin",
            (None, Some(sent)) if self.has(Defect::OriginByPrefix) => sent.starts_with(&origin),
            (None, Some(sent)) if self.has(Defect::OriginOfAnyScheme) => {
                sent.split("://").nth(1) == Some(host)
            }
            (None, Some(sent)) => sent == origin,
            (None, None) => !(cookies || signs_in),
        };
        if proven {
            Ok(())
        } else {
            Err(Problem::new(403, "cross_origin"))
        }
    }

    /// The user and session of the request's one credential.
    pub fn credential(&self, request: &Request) -> Result<(String, String), Problem> {
        let bearers = request.count("authorization");
        let cookie = request.cookie("__Host-access");
        if bearers + usize::from(cookie.is_some()) > 1 && !self.has(Defect::TwoCredentials) {
            return Err(Problem::new(400, "ambiguous_credential"));
        }
        let bearer = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        let claims = self
            .keys
            .verify(bearer.or(cookie).ok_or_else(unauthenticated)?)?;
        let text = |name: &str| {
            claims[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(unauthenticated)
        };
        let (user, session) = (text("sub")?, text("sid")?);
        let world = self.world.lock().unwrap();
        let stored = world.sessions.get(&session).ok_or_else(unauthenticated)?;
        let revoked = stored.revoked && !self.has(Defect::SignOutKeepsAccess);
        if revoked || stored.user != user && !self.has(Defect::SubjectOfAnotherSession) {
            return Err(unauthenticated());
        }
        Ok((user, session))
    }

    pub fn actor(
        &self,
        request: &Request,
        route: &Route,
        subdomain: Option<&str>,
    ) -> Result<Actor, Problem> {
        let (user, session) = self.credential(request)?;
        let mut actor = Actor {
            user,
            tenant: String::new(),
            roles: Vec::new(),
            narrowed: false,
        };
        let world = self.world.lock().unwrap();
        match route.2 {
            "signed_in" => {
                let named = request.header("x-tenant").or(subdomain);
                let exists = |slug| world.tenants.iter().any(|tenant| tenant["slug"] == slug);
                return if self.has(Defect::AccountsLearnOfTenants) && !named.is_none_or(exists) {
                    Err(Problem::new(403, "tenant_forbidden"))
                } else {
                    Ok(actor)
                };
            }
            "platform" => {
                let platform = world.users.iter().any(|entry| {
                    entry["email"] == actor.user.as_str() && entry["platform_role"].is_string()
                });
                return if platform || self.has(Defect::PlatformForEverybody) {
                    Ok(actor)
                } else {
                    Err(denied(route.3))
                };
            }
            _ => {}
        }
        let forbidden = || Problem::new(403, "tenant_forbidden");
        let mut named: Vec<&str> = subdomain.into_iter().collect();
        if self.has(Defect::BelievesForwardedHost) {
            named = request
                .header("x-forwarded-host")
                .and_then(|host| host.split('.').next())
                .map_or(named, |slug| vec![slug]);
        }
        let header = request
            .headers
            .iter()
            .filter(|(name, _)| name == "x-tenant")
            .map(|(_, value)| value.as_str());
        if self.has(Defect::HeaderWinsOverHost) && request.header("x-tenant").is_some() {
            named = header.take(1).collect();
        } else {
            named.extend(header);
        }
        let session = &world.sessions[&session];
        let bound = session.tenant.as_deref();
        if session.cookie && bound != subdomain && !self.has(Defect::SessionOfAnyHost) {
            return Err(forbidden());
        }
        if named.is_empty() {
            named.extend(bound);
        }
        let memberships = world.memberships(&actor.user);
        named.dedup();
        let slug = match (&named[..], &memberships[..]) {
            ([slug], _) => (*slug).to_owned(),
            ([], [only]) => only["tenant"].as_str().unwrap().to_owned(),
            _ => return Err(forbidden()),
        };
        let tenant = world
            .tenants
            .iter()
            .find(|tenant| tenant["slug"] == slug.as_str());
        let tenant = match tenant {
            None if self.has(Defect::UnknownTenantIsNotFound) => {
                return Err(Problem::new(404, "not_found"));
            }
            tenant => tenant.ok_or_else(forbidden)?,
        };
        let active = |membership: &Value| {
            membership["membership_status"] == "active" || self.has(Defect::SuspendedMemberPasses)
        };
        let membership = memberships
            .iter()
            .find(|membership| membership["tenant"] == slug.as_str() && active(membership));
        if membership.is_none() && !self.has(Defect::NoMembershipCheck) {
            return Err(forbidden());
        }
        if tenant["status"] == "suspended" && !self.has(Defect::SuspendedTenantServes) {
            return Err(Problem::new(403, "tenant_suspended"));
        }
        let roles_of = |membership: &Value| {
            membership["roles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|role| role.as_str().unwrap().to_owned())
                .collect()
        };
        actor.roles =
            membership.map_or(vec!["owner".to_owned()], |membership| roles_of(membership));
        if self.has(Defect::RolesOfAnyTenant) {
            actor.roles = memberships
                .iter()
                .flat_map(|membership| -> Vec<String> { roles_of(membership) })
                .collect();
        }
        if let (true, Some(role)) = (
            self.has(Defect::BelievesRoleHeader),
            request.header("x-role"),
        ) {
            actor.roles = vec![role.to_owned()];
        }
        actor.tenant = slug;
        let whole = world.holds(&actor.tenant, &actor.roles, route.3);
        actor.narrowed = !whole
            && actor
                .roles
                .iter()
                .any(|role| own_of(role).contains(&route.3));
        let held = route.3.is_empty() || whole || actor.narrowed;
        let waved = self.has(Defect::NoPermissionCheck)
            || self.has(Defect::DeleteForEverybody) && route.0 == "DELETE";
        let slashed = self.has(Defect::TrailingSlash) && request.path.ends_with('/');
        let barred =
            self.has(Defect::OwnerRefused) && route.0 == "DELETE" && actor.roles == ["owner"];
        match (held || waved || slashed) && !barred {
            true => Ok(actor),
            false if self.has(Defect::DenialWithoutSlug) => {
                Err(Problem::new(403, "permission_denied"))
            }
            false => Err(denied(route.3)),
        }
    }
}
