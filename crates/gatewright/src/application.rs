//! An application: a model, its migrations and its routes, run by a command line.

use std::process::ExitCode;

use crate::audit;
use crate::authn;
use crate::command;
use crate::http::{Api, Routes};
use crate::jobs::{Jobs, Registry};
use crate::model::Model;
use crate::platform;
use crate::store::migrate::Migrations;
use crate::templates::{Source, Templates, WrongTemplates};
use crate::{http, tenancy};

/// A generated application, before it runs.
///
/// ```ignore
/// gatewright::Application::new(&generated::model::MODEL)
///     .migrations(&generated::migrations::MIGRATIONS)
///     .public_routes(include_str!("../public_routes.txt"))
///     .routes(routes::register)
///     .templates(gatewright::templates!())
///     .run()
/// ```
pub struct Application {
    model: &'static Model,
    migrations: &'static Migrations,
    public_routes: &'static str,
    register: fn(&mut Api),
    register_jobs: fn(&mut Jobs),
    templates: &'static [Source],
}

static NO_MIGRATIONS: Migrations = Migrations {
    sqlite: &[],
    postgres: &[],
};

impl Application {
    /// An application of this model, without routes of its own.
    pub fn new(model: &'static Model) -> Self {
        Self {
            model,
            migrations: &NO_MIGRATIONS,
            public_routes: "",
            register: |_| {},
            register_jobs: |_| {},
            templates: &[],
        }
    }

    /// The history of its tables.
    #[must_use]
    pub fn migrations(self, migrations: &'static Migrations) -> Self {
        Self { migrations, ..self }
    }

    /// The reviewed list of public routes, one `METHOD /path` a line.
    #[must_use]
    pub fn public_routes(self, public_routes: &'static str) -> Self {
        Self {
            public_routes,
            ..self
        }
    }

    /// What registers its routes, after gatewright's own.
    #[must_use]
    pub fn routes(self, register: fn(&mut Api)) -> Self {
        Self { register, ..self }
    }

    /// What registers its jobs: what runs after the commit of what causes it.
    #[must_use]
    pub fn jobs(self, register_jobs: fn(&mut Jobs)) -> Self {
        Self {
            register_jobs,
            ..self
        }
    }

    /// The templates of its own, which [`templates!`](crate::templates) names.
    #[must_use]
    pub fn templates(self, templates: &'static [(&'static str, &'static str)]) -> Self {
        Self { templates, ..self }
    }

    /// Does what the command line says; `serve` when it says nothing.
    pub fn run(self) -> ExitCode {
        command::run(&self)
    }

    pub(crate) fn model(&self) -> &'static Model {
        self.model
    }

    pub(crate) fn history(&self) -> &'static Migrations {
        self.migrations
    }

    /// All routes, or every reason why they cannot be served.
    pub(crate) fn build_routes(&self) -> Result<Routes, Vec<String>> {
        let mut api = Api::default();
        authn::register(&mut api);
        tenancy::register(&mut api);
        tenancy::custom_fields::register(&mut api);
        audit::register(&mut api);
        platform::register(&mut api);
        http::register_health(&mut api);
        (self.register)(&mut api);
        api.build(self.model, self.public_routes)
    }

    /// All templates, or every reason why they cannot be used.
    pub(crate) fn build_templates(&self) -> Result<Templates, WrongTemplates> {
        Templates::new(self.templates)
    }

    /// All jobs, or every reason why they cannot be run.
    pub(crate) fn build_jobs(&self) -> Result<Registry, Vec<String>> {
        let mut jobs = Jobs::default();
        (self.register_jobs)(&mut jobs);
        jobs.build(self.model)
    }
}
