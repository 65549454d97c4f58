//! What the application says it serves: the answer of `routes --format json`.

use serde::Deserialize;
use serde_json::Value;

/// The list that the router was built from, with the schema's resources and roles.
#[derive(Debug, Deserialize)]
pub(crate) struct Surface {
    pub(crate) app: String,
    pub(crate) routes: Vec<Route>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) roles: Vec<Role>,
}

/// One registered route.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Route {
    pub(crate) method: String,
    /// `/api/products/{id}`
    pub(crate) path: String,
    pub(crate) access: Access,
    pub(crate) permissions: Vec<String>,
    pub(crate) resource: Option<String>,
}

impl Route {
    /// `GET /api/products/{id}`
    pub(crate) fn label(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether the path has a `{parameter}`.
    pub(crate) fn has_parameter(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether the method may change something.
    pub(crate) fn is_unsafe(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// Who a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Access {
    /// Anybody; no access credential is looked at.
    Public,
    /// An account, whatever its tenants.
    SignedIn,
    /// An active member of the request's tenant, whatever their roles.
    Member,
    /// A member whose roles hold the route's permissions.
    Protect,
    /// An account whose platform role holds the route's permission.
    Platform,
}

/// A tenant-owned table.
#[derive(Debug, Deserialize)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// A field of a resource.
#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: FieldType,
}

/// A type with its parameters; numbers may come as strings where they are decimals.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum FieldType {
    String {
        max: usize,
    },
    Text {
        max: usize,
    },
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    Decimal {
        precision: u32,
        scale: u32,
        min: Option<Value>,
        max: Option<Value>,
    },
    Boolean,
    Timestamp,
    Date,
    Uuid,
    Email,
    Url,
    Json,
    Enum {
        values: Vec<String>,
    },
    Reference {
        to: String,
    },
    /// A type that this version of the suite does not know.
    #[serde(other)]
    Unknown,
}

/// A role template.
#[derive(Debug, Deserialize)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) permissions: Vec<String>,
}

impl Surface {
    pub(crate) fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == name)
    }

    /// The route of this method and path, if it is registered.
    pub(crate) fn route(&self, method: &str, path: &str) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.method == method && route.path == path)
    }

    /// The resource's list, read, create, update or delete route, if it is registered.
    pub(crate) fn resource_route(&self, method: &str, resource: &str, one: bool) -> Option<&Route> {
        let path = if one {
            format!("/api/{resource}/{{id}}")
        } else {
            format!("/api/{resource}")
        };
        self.route(method, &path)
    }

    pub(crate) fn routes_with(&self, accesses: &[Access]) -> impl Iterator<Item = &Route> {
        self.routes
            .iter()
            .filter(move |route| accesses.contains(&route.access))
    }

    /// Whether somebody with these roles holds every one of `permissions`.
    pub(crate) fn allows(&self, roles: &[String], permissions: &[String]) -> bool {
        permissions
            .iter()
            .all(|permission| self.holds(roles, permission))
    }

    /// Those of `permissions` that nobody with these roles holds.
    pub(crate) fn missing(&self, roles: &[String], permissions: &[String]) -> Vec<String> {
        permissions
            .iter()
            .filter(|permission| !self.holds(roles, permission))
            .cloned()
            .collect()
    }

    fn holds(&self, roles: &[String], permission: &str) -> bool {
        self.roles.iter().any(|role| {
            roles.contains(&role.name) && role.permissions.iter().any(|held| held == permission)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURFACE: &str = r#"{"app":"Storefront","routes":[
        {"method":"POST","path":"/api/products","access":"protect","permissions":["products:create"],"resource":"products"},
        {"method":"GET","path":"/auth/me","access":"signed_in","permissions":[],"resource":null}],
        "resources":[{"name":"products","fields":[
            {"name":"name","ty":{"type":"string","max":200},"optional":false,"unique":false,"default":null},
            {"name":"price","ty":{"type":"decimal","precision":12,"scale":2,"min":"0","max":null},"optional":false,"unique":false,"default":null},
            {"name":"shade","ty":{"type":"colour","depth":3},"optional":true,"unique":false,"default":null},
            {"name":"category_id","ty":{"type":"reference","to":"categories","on_delete":"set_null"},"optional":true,"unique":false,"default":null}]}],
        "roles":[{"name":"owner","permissions":["products:read","products:create"],"assigns":["owner"]},{"name":"viewer","permissions":["products:read"],"assigns":[]}]}"#;

    #[test]
    fn reads_the_contract_and_outlives_a_new_type() {
        let surface: Surface = serde_json::from_str(SURFACE).unwrap();
        assert_eq!(surface.routes[0].label(), "POST /api/products");
        assert_eq!(surface.routes[1].access, Access::SignedIn);
        assert!(matches!(
            surface.resources[0].fields[2].ty,
            FieldType::Unknown
        ));
        assert!(surface.resource_route("POST", "products", false).is_some());
    }

    #[test]
    fn permissions_come_from_all_roles_together() {
        let surface: Surface = serde_json::from_str(SURFACE).unwrap();
        let both = ["products:read".to_owned(), "products:create".to_owned()];
        assert!(surface.allows(&["viewer".into(), "owner".into()], &both));
        assert_eq!(
            surface.missing(&["viewer".into()], &both),
            ["products:create"]
        );
        assert!(!surface.allows(&[], &both));
    }
}
