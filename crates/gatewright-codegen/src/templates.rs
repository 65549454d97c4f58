//! Each template and the file it becomes.

use crate::Ownership::{self, Generated, Yours};

/// What a template is rendered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    /// Once.
    Application,
    /// Once a resource.
    Resource,
    /// Once, if there is a resource at all.
    ApplicationWithResources,
}

/// A template of `templates/`, which mirrors the application's directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    /// Its name, and where its file goes. The last part of a resource's template, `resource`,
    /// stands for the resource's own file name.
    pub path: &'static str,
    pub source: &'static str,
    pub per: Per,
    pub ownership: Ownership,
}

macro_rules! template {
    ($path:literal, $per:expr, $ownership:expr) => {
        Template {
            path: $path,
            source: include_str!(concat!("../templates/", $path, ".jinja")),
            per: $per,
            ownership: $ownership,
        }
    };
}

/// The handler of an action, a part of its resource's handlers: its name and its source.
pub(crate) const ACTION: (&str, &str) = (
    "src/handlers/action.rs",
    include_str!("../templates/src/handlers/action.rs.jinja"),
);

use self::Per::{Application, ApplicationWithResources, Resource};

/// All of them.
pub(crate) const TEMPLATES: [Template; 30] = [
    template!(".dockerignore", Application, Yours),
    template!(".env.example", Application, Yours),
    template!(".gitattributes", Application, Yours),
    template!(".gitignore", Application, Yours),
    template!("Cargo.toml", Application, Yours),
    template!("Dockerfile", Application, Yours),
    template!("README.md", Application, Yours),
    template!("build.rs", Application, Yours),
    template!("compose.yaml", Application, Yours),
    template!("deploy/roles.sql", Application, Yours),
    template!("migrations/postgres/0001_init.sql", Application, Yours),
    template!("migrations/sqlite/0001_init.sql", Application, Yours),
    template!("public_routes.txt", Application, Yours),
    template!(
        "src/generated/columns/mod.rs",
        ApplicationWithResources,
        Generated
    ),
    template!("src/generated/columns/resource.rs", Resource, Generated),
    template!("src/generated/handlers.rs", Application, Generated),
    template!("src/generated/migrations.rs", Application, Generated),
    template!("src/generated/mod.rs", Application, Generated),
    template!("src/generated/model.rs", Application, Generated),
    template!(
        "src/generated/models/mod.rs",
        ApplicationWithResources,
        Generated
    ),
    template!("src/generated/models/resource.rs", Resource, Generated),
    template!(
        "src/generated/permissions.rs",
        ApplicationWithResources,
        Generated
    ),
    template!("src/generated/routes.rs", Application, Generated),
    template!(
        "src/generated/store/mod.rs",
        ApplicationWithResources,
        Generated
    ),
    template!("src/generated/store/resource.rs", Resource, Generated),
    template!("src/handlers/resource.rs", Resource, Yours),
    template!("src/main.rs", Application, Yours),
    template!("src/routes.rs", Application, Yours),
    template!("templates/README.md", Application, Yours),
    template!("tests/isolation.rs", Application, Yours),
];

macro_rules! part {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../templates/migrations/", $name, ".jinja")),
        )
    };
}

/// What the first migration and later ones share, by the name that they include it by.
pub(crate) const PARTS: [(&str, &str); 16] = [
    part!("postgres/add_authn_tables.sql"),
    part!("postgres/add_tenancy_tables.sql"),
    part!("postgres/authn_tables.sql"),
    part!("postgres/custom_values_table.sql"),
    part!("postgres/membership_policies.sql"),
    part!("postgres/platform_policies.sql"),
    part!("postgres/resource_table.sql"),
    part!("postgres/row_level_security.sql"),
    part!("postgres/tenancy_tables.sql"),
    part!("sqlite/add_authn_tables.sql"),
    part!("sqlite/add_tenancy_tables.sql"),
    part!("sqlite/authn_tables.sql"),
    part!("sqlite/custom_values_table.sql"),
    part!("sqlite/resource_table.sql"),
    part!("sqlite/set_null_trigger.sql"),
    part!("sqlite/tenancy_tables.sql"),
];

impl Template {
    /// Where the file of the resource `file` goes.
    pub fn destination(&self, file: &str) -> String {
        self.path.replace("resource.rs", &format!("{file}.rs"))
    }
}
