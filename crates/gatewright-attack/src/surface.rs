//! What the application says it serves: the answer of `routes --format json`.

use serde::Deserialize;
use serde_json::Value;

use crate::subject::Subject;

/// The list that the router was built from, with the schema's resources and roles.
#[derive(Debug, Deserialize)]
pub(crate) struct Surface {
    pub(crate) app: String,
    #[serde(default)]
    pub(crate) signup: Signup,
    pub(crate) routes: Vec<Route>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) roles: Vec<Role>,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signup {
    /// Anybody.
    #[default]
    Open,
    /// Whoever was invited.
    InviteOnly,
    /// Nobody.
    Closed,
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

    /// Whether it is a way to sign in by a provider, of which the application that is attacked has none.
    pub(crate) fn is_of_provider(&self) -> bool {
        self.path.contains("{provider}")
    }

    /// Whether the method may change something.
    pub(crate) fn is_unsafe(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// What a route does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    List,
    Export,
    Read,
    Create,
    Update,
    Delete,
    BulkCreate,
    BulkUpdate,
    BulkDelete,
    Action,
    /// Of the runtime's own, about what is no resource.
    Of(Subject),
    /// Of the team's own, or of the runtime's own that need no attack of their own.
    Other,
}

impl Class {
    /// In the plural, for a report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "lists",
            Self::Export => "exports",
            Self::Read => "reads",
            Self::Create => "creates",
            Self::Update => "updates",
            Self::Delete => "deletes",
            Self::BulkCreate => "bulk creates",
            Self::BulkUpdate => "bulk updates",
            Self::BulkDelete => "bulk deletes",
            Self::Action => "actions",
            Self::Of(subject) => subject.name(),
            Self::Other => "others",
        }
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
    #[serde(default)]
    pub(crate) actions: Vec<Action>,
    pub(crate) fields: Vec<Field>,
}

impl Resource {
    /// The fields that need a permission of their own.
    pub(crate) fn guarded(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field, field.permission.as_deref()?)))
    }
}

/// What the team does to a record beyond the usual things.
#[derive(Debug, Deserialize)]
pub(crate) struct Action {
    pub(crate) name: String,
}

/// A field of a resource.
#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: FieldType,
    /// Whether it may be null.
    #[serde(default)]
    pub(crate) optional: bool,
    /// Whether `q` looks into it.
    #[serde(default)]
    pub(crate) search: bool,
    /// The permission without which the field is not there.
    #[serde(default)]
    pub(crate) permission: Option<String>,
}

/// A type with its parameters; numbers may come as strings where they are decimals.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum FieldType {
    String {
        #[serde(default)]
        min: usize,
        max: usize,
        #[serde(default)]
        pattern: Option<String>,
    },
    Text {
        #[serde(default)]
        min: usize,
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
    /// The slugs that it holds for the holder's own records alone.
    #[serde(default)]
    pub(crate) own: Vec<String>,
    /// The roles that its holder may give.
    #[serde(default)]
    pub(crate) assigns: Vec<String>,
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    /// To the records that the holder made.
    Own,
    /// To every record of the tenant.
    All,
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

    /// What a route does to its resource, and so which attacks are meant for it.
    pub(crate) fn class(&self, route: &Route) -> Class {
        let Some(resource) = route
            .resource
            .as_deref()
            .and_then(|name| self.resource(name))
        else {
            return Subject::of_path(&route.path).map_or(Class::Other, Class::Of);
        };
        let rest = route
            .path
            .strip_prefix(&format!("/api/{}", resource.name))
            .unwrap_or("/");
        match (route.method.as_str(), rest) {
            ("GET", "") => Class::List,
            ("POST", "") => Class::Create,
            ("GET", "/export") => Class::Export,
            ("POST", "/bulk/create") => Class::BulkCreate,
            ("POST", "/bulk/update") => Class::BulkUpdate,
            ("POST", "/bulk/delete") => Class::BulkDelete,
            ("GET", "/{id}") => Class::Read,
            ("PATCH", "/{id}") => Class::Update,
            ("DELETE", "/{id}") => Class::Delete,
            ("POST", rest) => {
                let name = rest.strip_prefix("/{id}/").unwrap_or_default();
                match resource.actions.iter().any(|action| action.name == name) {
                    true => Class::Action,
                    false => Class::Other,
                }
            }
            _ => Class::Other,
        }
    }

    /// The resource's route of this class, if it is registered.
    pub(crate) fn route_of<'a>(
        &'a self,
        resource: &'a Resource,
        class: Class,
    ) -> Option<&'a Route> {
        self.routes_of(resource, class).next()
    }

    /// The resource's routes of this class: one at most, but for actions.
    pub(crate) fn routes_of<'a>(
        &'a self,
        resource: &'a Resource,
        class: Class,
    ) -> impl Iterator<Item = &'a Route> {
        self.routes
            .iter()
            .filter(move |route| route.resource.as_deref() == Some(&resource.name))
            .filter(move |route| self.class(route) == class)
    }

    /// Whether somebody with these roles holds every one of `permissions`, to whatever extent.
    pub(crate) fn allows(&self, roles: &[String], permissions: &[String]) -> bool {
        self.reach(roles, permissions).is_some()
    }

    /// How far somebody with these roles reaches by all of `permissions`; `None` without one of them.
    pub(crate) fn reach(&self, roles: &[String], permissions: &[String]) -> Option<Extent> {
        permissions
            .iter()
            .try_fold(Extent::All, |reach, permission| {
                Some(reach.min(self.extent(roles, permission)?))
            })
    }

    /// Those of `permissions` that nobody with these roles holds.
    pub(crate) fn missing(&self, roles: &[String], permissions: &[String]) -> Vec<String> {
        permissions
            .iter()
            .filter(|permission| self.extent(roles, permission).is_none())
            .cloned()
            .collect()
    }

    /// How far somebody with these roles reaches by one permission.
    pub(crate) fn extent(&self, roles: &[String], permission: &str) -> Option<Extent> {
        let held = self.roles.iter().filter(|role| roles.contains(&role.name));
        let names = |slugs: &[String]| slugs.iter().any(|slug| slug == permission);
        held.filter_map(|role| match () {
            () if names(&role.permissions) => Some(Extent::All),
            () if names(&role.own) => Some(Extent::Own),
            () => None,
        })
        .max()
    }

    /// Whether a field is there for somebody with these roles.
    pub(crate) fn sees(&self, roles: &[String], field: &Field) -> bool {
        let permission = field.permission.as_deref();
        permission.is_none_or(|permission| self.extent(roles, permission) == Some(Extent::All))
    }

    /// How many permissions these roles hold for the whole tenant.
    pub(crate) fn weight(&self, roles: &[String]) -> usize {
        let held = self.roles.iter().filter(|role| roles.contains(&role.name));
        held.map(|role| role.permissions.len()).max().unwrap_or(0)
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

    #[test]
    fn the_wider_of_two_roles_counts() {
        let surface: Surface = serde_json::from_str(
            &SURFACE
                .replace(
                    "\"assigns\":[]",
                    "\"assigns\":[],\"own\":[\"products:update\"]",
                )
                .replace(
                    "\"products:create\"],\"assigns\"",
                    "\"products:update\"],\"assigns\"",
                ),
        )
        .unwrap();
        let (viewer, owner) = (
            ["viewer".to_owned()],
            ["viewer".to_owned(), "owner".to_owned()],
        );
        assert_eq!(
            surface.extent(&viewer, "products:update"),
            Some(Extent::Own)
        );
        assert_eq!(surface.extent(&owner, "products:update"), Some(Extent::All));
        assert_eq!(surface.extent(&viewer, "products:delete"), None);
        let both = ["products:read".to_owned(), "products:update".to_owned()];
        assert_eq!(surface.reach(&viewer, &both), Some(Extent::Own));
    }
}
