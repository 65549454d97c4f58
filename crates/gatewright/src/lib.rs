//! The runtime of applications that gatewright generates.
//!
//! An application describes itself by a [`Model`](codegen::Model) and registers routes through
//! [`Api`]. Each route has an access kind; a protected one hands its handler a [`Grant`], the proof
//! that the request may do what the handler is about to do, in one tenant. Data access takes a
//! grant and reads the tenant from it. There is no other way to the database: this crate owns all
//! SQL and every connection.
//!
//! Handlers need what this page exports. Generated code uses [`codegen`] besides.

#[cfg(all(
    any(gatewright_wall_off = "scope", gatewright_wall_off = "rls"),
    not(debug_assertions)
))]
compile_error!(
    "gatewright_wall_off takes a wall of isolation away for tests; a release build refuses it"
);

mod application;
mod audit;
mod authn;
mod authz;
mod clock;
mod command;
mod config;
mod demo;
mod digest;
mod error;
mod http;
mod jobs;
mod mail;
mod maintenance;
mod model;
mod platform;
mod runtime;
mod sealed;
mod store;
mod templates;
mod tenancy;
mod unseen;
mod worker;

pub use application::Application;
pub use authz::{
    Access, Account, Covers, Decided, Endpoint, EnterTenants, Grant, Handles, HandlesPublic,
    Member, Needs, Permission, PlatformGrant, PlatformPermission, ReadAudit, ReadTenants,
    ReadUsers, RouteSpec, SuspendTenants, SuspendUsers, member, permissions, platform, protect,
    public, signed_in,
};
pub use error::{Error, FieldError, Result};
pub use http::{
    Api, Bulk, BulkCreated, Created, FromJson, IfMatch, Json, JsonBody, JsonObject, NoContent,
    Path, Versioned,
};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use jobs::{HandlesJob, Job, Jobs, Payload, TenantContext, job};
pub use rust_decimal::Decimal;
pub use serde_json::Value as JsonValue;
pub use store::select as query;
pub use store::{
    BulkIds, BulkNew, BulkPatch, CustomFields, Export, ExportQuery, Guarded, List, ListQuery,
    Patch, RecordPatch,
};
pub use uuid::Uuid;

/// The templates of the application that calls it: every file of its `templates/`, as its `build.rs` found
/// them, by path.
#[macro_export]
macro_rules! templates {
    () => {
        include!(concat!(
            env!(
                "OUT_DIR",
                "gatewright::templates!() needs the build.rs that `gatewright new` writes"
            ),
            "/templates.rs"
        ))
    };
}

/// What generated code is written against: the one seam between the generator and the runtime.
pub mod codegen {
    pub use crate::authz::{Covers, Permission};
    pub use crate::http::{FromJson, JsonBody};
    pub use crate::model::{
        ActionDef, AuditMode, AuthPolicy, FieldDef, FieldType, Kind, Limits, Literal, Model,
        OnDelete, PermissionDef, ProviderDef, ProviderKind, Rate, ResourceDef, RoleDef, Signup,
    };
    pub use crate::store::custom::serialize_shown;
    pub use crate::store::migrate::{Migration, Migrations};
    pub use crate::store::{
        FieldValue, Fields, Input, RecordReader, Resource, UnexpectedValue, Value, new_from_json,
        patch_from_json,
    };

    /// Data access, generic over the resource. Generated functions wrap it with their names.
    pub mod store {
        pub use crate::store::{
            bulk_create, bulk_delete, bulk_update, create, delete, export, list, read, update,
        };
    }
}
