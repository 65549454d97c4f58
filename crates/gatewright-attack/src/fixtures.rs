//! Valid requests to the routes that gatewright itself brings, which no schema describes: what they
//! are about is made for each request, by the application's own routes.

use serde_json::{Value, json};

use crate::client::Request;
use crate::surface::{Access, Route};
use crate::target::{Prepared, Target};

/// Routes that would take away those who attack: suspend their tenant, remove or move them. The
/// suite sends them as everybody who must be refused, and never as somebody who is allowed.
const REFUSALS_ONLY: &[&str] = &[
    "DELETE /api/me/membership",
    "DELETE /api/members/{id}",
    "POST /api/members/{id}/transfer-ownership",
    "POST /api/tenant/suspend",
    // At most once a minute for each invitation, and those are a moment old.
    "POST /api/invitations/{id}/resend",
    // A browser's alone, on its way between hosts.
    "GET /auth/switch-tenant",
];

/// Whether the suite leaves out the proof that a route answers whoever is allowed.
pub(crate) fn is_refused_only(route: &Route) -> bool {
    REFUSALS_ONLY.contains(&route.label().as_str())
}

impl Target {
    /// The request to a route of the runtime's own, in `tenant`; `None` for all other routes.
    pub(crate) fn prepare_own(
        &self,
        route: &Route,
        tenant: &str,
    ) -> Option<Result<Prepared, String>> {
        let label = route.label();
        let whole = |body: Value| Ok((route.path.clone(), None, Some(body)));
        let about = |id: Result<String, String>, body: Option<Value>| {
            let id = id?;
            let path = route.path.replace("{id}", &id);
            Ok((path, Some(id), body))
        };
        let none = Some(json!({}));
        let parts = match label.as_str() {
            "POST /api/roles" => whole(self.new_role()),
            "GET /api/roles/{id}" | "DELETE /api/roles/{id}" => about(self.role(tenant), None),
            "PATCH /api/roles/{id}" => about(self.role(tenant), Some(json!({ "permissions": [] }))),
            "GET /api/members/{id}" | "DELETE /api/members/{id}" => {
                about(self.member(tenant), None)
            }
            "PATCH /api/members/{id}" => {
                about(self.member(tenant), Some(json!({ "status": "active" })))
            }
            "POST /api/members/{id}/transfer-ownership" => about(self.member(tenant), none),
            "GET /api/members/{id}/permissions/{slug}" => self.member(tenant).map(|id| {
                let path = route
                    .path
                    .replace("{id}", &id)
                    .replace("{slug}", "members:read");
                (path, Some(id), None)
            }),
            "DELETE /api/me/membership" => Ok((route.path.clone(), None, None)),
            "POST /api/tenant/suspend" => whole(json!({})),
            "POST /api/invitations" => self.new_invitation(tenant).and_then(whole),
            "DELETE /api/invitations/{id}" => about(self.invitation(tenant), None),
            "POST /api/invitations/{id}/resend" => about(self.invitation(tenant), none),
            "POST /api/custom-fields" => self.new_field().and_then(whole),
            "DELETE /api/custom-fields/{id}" => about(self.field(tenant), None),
            "PATCH /api/custom-fields/{id}" => {
                about(self.field(tenant), Some(json!({ "label": "Attacked" })))
            }
            "PUT /api/custom-fields/overrides/{resource}/{field}" => {
                self.override_path(route).map(|path| {
                    (
                        path,
                        None,
                        Some(json!({ "label": "Attacked", "hidden": false })),
                    )
                })
            }
            "DELETE /api/custom-fields/overrides/{resource}/{field}" => self
                .overridden(route, tenant)
                .map(|path| (path, None, None)),
            "POST /auth/switch-tenant" => whole(json!({ "tenant": null })),
            "GET /auth/switch-tenant" => Ok((route.path.clone(), None, None)),
            "PATCH /platform/tenants/{id}" => {
                let body = json!({ "status": "active", "reason": "The suite attacks." });
                about(self.tenant_id(&self.cast.victim), Some(body))
            }
            "POST /platform/tenants/{id}/enter" => {
                let body = json!({ "reason": "The suite attacks.", "minutes": 1 });
                about(self.closed_tenant(), Some(body))
            }
            "DELETE /platform/tenants/{id}/enter" => about(self.entered(), None),
            "PATCH /platform/users/{id}" => {
                let body = json!({ "status": "active", "reason": "The suite attacks." });
                about(self.outsider_id(), Some(body))
            }
            _ => return None,
        };
        Some(parts.map(|(path, record, body)| {
            let host = match route.access {
                Access::Protect | Access::Member => self.host(tenant),
                Access::Public | Access::SignedIn | Access::Platform => self.base_host(),
            };
            let request = Request::new(&route.method, &path, &host);
            Prepared {
                request: body
                    .iter()
                    .fold(request, |request, body| request.json(body)),
                record,
            }
        }))
    }

    /// Sends a request as the tenant's owner, and gives the id of what it made.
    fn made_by_owner(
        &self,
        tenant: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<String, String> {
        let owner = self.cast.owner(tenant)?;
        let request = Request::new(method, path, &self.host(tenant))
            .bearer(owner.access())
            .json(body);
        self.must(&request)?
            .text_of("id")
            .ok_or_else(|| format!("{request} was answered without an id"))
    }

    /// A role that holds nothing, so that everybody who makes or gives roles may make and give it.
    fn new_role(&self) -> Value {
        json!({ "name": format!("role {}", self.fresh()), "permissions": [] })
    }

    fn role(&self, tenant: &str) -> Result<String, String> {
        self.made_by_owner(tenant, "POST", "/api/roles", &self.new_role())
    }

    fn new_invitation(&self, tenant: &str) -> Result<Value, String> {
        let role = self.new_role();
        self.made_by_owner(tenant, "POST", "/api/roles", &role)?;
        let email = format!("invited-{}@example.com", self.fresh());
        Ok(json!({ "email": email, "roles": [role["name"]] }))
    }

    fn invitation(&self, tenant: &str) -> Result<String, String> {
        let body = self.new_invitation(tenant)?;
        self.made_by_owner(tenant, "POST", "/api/invitations", &body)
    }

    /// A field of the first resource, for yes or no.
    fn new_field(&self) -> Result<Value, String> {
        let resource = self
            .surface
            .resources
            .first()
            .ok_or("there is no resource")?;
        Ok(json!({
            "resource": resource.name,
            "name": format!("attacked_{}", self.fresh()),
            "type": "boolean",
            "optional": true,
        }))
    }

    fn field(&self, tenant: &str) -> Result<String, String> {
        self.made_by_owner(tenant, "POST", "/api/custom-fields", &self.new_field()?)
    }

    fn override_path(&self, route: &Route) -> Result<String, String> {
        let mut resources = self.surface.resources.iter();
        let of = resources.find_map(|resource| Some((resource, resource.fields.first()?)));
        let (resource, field) = of.ok_or("there is no field")?;
        let path = route.path.replace("{resource}", &resource.name);
        Ok(path.replace("{field}", &field.name))
    }

    fn overridden(&self, route: &Route, tenant: &str) -> Result<String, String> {
        let path = self.override_path(route)?;
        let owner = self.cast.owner(tenant)?;
        let request = Request::new("PUT", &path, &self.host(tenant))
            .bearer(owner.access())
            .json(&json!({ "label": "Attacked", "hidden": false }));
        self.must(&request).map(|_| path)
    }

    /// The membership of whoever holds least in a tenant.
    fn member(&self, tenant: &str) -> Result<String, String> {
        let least = self
            .cast
            .members(tenant)
            .min_by_key(|member| self.surface.weight(&member.user.roles))
            .ok_or("the tenant has no member")?;
        let owner = self.cast.owner(tenant)?;
        let request = Request::new("GET", "/api/members?limit=200", &self.host(tenant))
            .bearer(owner.access());
        let members = self.must(&request)?.json();
        let id = entry(&members, "email", least.email()).and_then(|member| member["id"].as_str());
        id.map(str::to_owned)
            .ok_or_else(|| format!("{} is not listed", least.email()))
    }

    fn on_the_platform(&self, path: &str, key: &str, value: &str) -> Result<String, String> {
        let root = self.cast.super_admin()?;
        let request = Request::new("GET", path, &self.base_host()).bearer(root.access());
        let list = self.must(&request)?.json();
        let id = entry(&list, key, value).and_then(|entry| entry["id"].as_str());
        id.map(str::to_owned)
            .ok_or_else(|| format!("{path} lists no {value}"))
    }

    fn tenant_id(&self, slug: &str) -> Result<String, String> {
        self.on_the_platform("/platform/tenants?limit=200", "slug", slug)
    }

    /// A tenant that nobody attacks in: whoever enters it is no stranger there.
    fn closed_tenant(&self) -> Result<String, String> {
        let (_, slug) = self.cast.of_suspended_tenant()?;
        self.tenant_id(slug)
    }

    fn entered(&self) -> Result<String, String> {
        let id = self.closed_tenant()?;
        let root = self.cast.super_admin()?;
        let path = format!("/platform/tenants/{id}/enter");
        let request = Request::new("POST", &path, &self.base_host())
            .bearer(root.access())
            .json(&json!({ "reason": "The suite attacks.", "minutes": 1 }));
        self.must(&request).map(|_| id)
    }

    fn outsider_id(&self) -> Result<String, String> {
        let email = self.cast.outsider()?.email().to_owned();
        self.on_the_platform("/platform/users?limit=200", "email", &email)
    }
}

/// The entry of a list whose `key` is `value`.
fn entry<'a>(list: &'a Value, key: &str, value: &str) -> Option<&'a Value> {
    let mut entries = list["data"].as_array()?.iter();
    entries.find(|entry| entry[key] == value)
}
