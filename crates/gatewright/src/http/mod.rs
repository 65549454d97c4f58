//! HTTP: the route builder, the pipeline that every request passes, and the forms of requests and answers.

mod api;
mod context;
mod deadline;
mod health;
mod host;
pub(crate) mod html;
mod if_match;
mod json;
mod origin;
mod page;
mod path;
mod pipeline;
mod problem;
mod reader;
mod respond;
mod server;
mod style;
mod submitted;

pub use api::Api;
pub(crate) use api::Routes;
pub(crate) use context::{Context, Host, Inner, Origin};
pub(crate) use deadline::Deadline;
pub(crate) use health::register as register_health;
pub use if_match::IfMatch;
pub(crate) use json::given;
pub(crate) use json::list as json_list;
pub use json::{FromJson, Json, JsonBody, JsonObject};
pub(crate) use page::PageQuery;
pub use path::Path;
pub(crate) use pipeline::wrap;
pub(crate) use problem::log as log_error;
pub use respond::{Bulk, BulkCreated, Created, NoContent, Versioned};
pub(crate) use respond::{created, versioned};
pub(crate) use server::serve;
pub(crate) use style::register as register_style;
pub(crate) use submitted::{Form as SubmittedForm, Submitted, is_form};
