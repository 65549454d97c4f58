//! The route builder: every route has an access kind, and all of them are in one list.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use futures_util::FutureExt;
use http::request::Parts;

use super::Context;
use super::deadline::Deadline;
use super::reader::Reader;
use crate::authn;
use crate::authz::{Access, Decided, Endpoint, Gate, RouteSpec};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::store::CloseOnDrop;

/// Collects the application's routes.
///
/// A later registration of the same method and path takes the earlier one over.
#[derive(Default)]
pub struct Api {
    routes: Vec<(RouteSpec, Endpoint)>,
}

impl Api {
    /// Registers `GET path`, which serves `HEAD` too.
    pub fn get(&mut self, path: &str, endpoint: impl Decided) {
        self.register("GET", path, endpoint.endpoint());
    }

    /// Registers `POST path`.
    pub fn post(&mut self, path: &str, endpoint: impl Decided) {
        self.register("POST", path, endpoint.endpoint());
    }

    /// Registers `PUT path`.
    pub fn put(&mut self, path: &str, endpoint: impl Decided) {
        self.register("PUT", path, endpoint.endpoint());
    }

    /// Registers `PATCH path`.
    pub fn patch(&mut self, path: &str, endpoint: impl Decided) {
        self.register("PATCH", path, endpoint.endpoint());
    }

    /// Registers `DELETE path`.
    pub fn delete(&mut self, path: &str, endpoint: impl Decided) {
        self.register("DELETE", path, endpoint.endpoint());
    }

    fn register(&mut self, method: &'static str, path: &str, endpoint: Endpoint) {
        let need = &endpoint.need;
        let spec = RouteSpec {
            method,
            path: path.to_owned(),
            access: need.access,
            permissions: need
                .permissions
                .iter()
                .map(|permission| permission.slug)
                .chain(need.platform)
                .collect(),
            resource: need
                .permissions
                .first()
                .map(|permission| permission.resource),
        };
        self.routes
            .retain(|(known, _)| (known.method, &known.path) != (method, &spec.path));
        self.routes.push((spec, endpoint));
    }

    /// The routes so far.
    pub fn routes(&self) -> impl Iterator<Item = &RouteSpec> {
        self.routes.iter().map(|(spec, _)| spec)
    }

    /// Checks every route against the model and the reviewed list of public routes.
    pub(crate) fn build(self, model: &Model, reviewed: &str) -> Result<Routes, Vec<String>> {
        let mut wrong = unreviewed(self.routes(), reviewed);
        let mut paths: BTreeMap<String, MethodRouter> = BTreeMap::new();
        let mut specs = Vec::new();
        let mut known = matchit::Router::new();
        for (spec, endpoint) in self.routes {
            if !paths.contains_key(&spec.path)
                && let Err(why) = admit_path(&mut known, &spec.path)
            {
                wrong.push(format!("{} {}: {why}", spec.method, spec.path));
                continue;
            }
            match Gate::new(model, &endpoint.need) {
                Ok(gate) => {
                    let route = Arc::new(Route { gate, endpoint });
                    let serve = move |request: Request| {
                        let route = Arc::clone(&route);
                        async move { route.serve(request).await }
                    };
                    let methods = paths.remove(&spec.path).unwrap_or_default();
                    paths.insert(spec.path.clone(), methods.on(filter(spec.method), serve));
                    specs.push(spec);
                }
                Err(why) => wrong.push(format!("{} {}: {why}", spec.method, spec.path)),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let router = paths
            .into_iter()
            .fold(Router::new(), |router, (path, methods)| {
                router.route(&path, methods)
            });
        Ok(Routes { specs, router })
    }
}

/// Routes that passed the start-up checks.
pub(crate) struct Routes {
    pub(crate) specs: Vec<RouteSpec>,
    pub(crate) router: Router,
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

/// Adds a path to those that are known, by the rules that axum would panic over.
fn admit_path(known: &mut matchit::Router<()>, path: &str) -> Result<(), String> {
    use matchit::InsertError;
    if !path.starts_with('/') {
        return Err("a path begins with `/`".to_owned());
    }
    if path
        .split('/')
        .any(|segment| segment.starts_with([':', '*']))
    {
        return Err("a parameter is written `{id}`, and the rest of a path `{*rest}`".to_owned());
    }
    known.insert(path, ()).map_err(|error| match error {
        InsertError::Conflict { with } => format!(
            "its requests could as well be meant for `{with}`; give the parameters of both the same names, or another path \
             to one of them"
        ),
        error => format!("the path cannot be used: {error}"),
    })
}

/// What differs between the public routes and the file that lists them.
fn unreviewed<'a>(routes: impl Iterator<Item = &'a RouteSpec>, reviewed: &str) -> Vec<String> {
    let lines = reviewed
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let reviewed: BTreeSet<String> = lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect();
    let public: BTreeSet<String> = routes
        .filter(|spec| spec.access == Access::Public)
        .map(|spec| format!("{} {}", spec.method, spec.path))
        .collect();
    let unlisted = public.difference(&reviewed).map(|route| {
        format!("{route} is public but not listed in public_routes.txt; review it, then add the line `{route}`")
    });
    let stale = reviewed.difference(&public).map(|route| {
        format!("public_routes.txt lists `{route}`, which is no public route; remove the line")
    });
    unlisted.chain(stale).collect()
}

/// An answer, with the unit of work that it waits for.
type Answered = (Response, Option<CloseOnDrop>);

struct Route {
    gate: Gate,
    endpoint: Endpoint,
}

impl Route {
    async fn serve(&self, request: Request) -> Response {
        let reader = Some(&request)
            .filter(|_| self.endpoint.pages)
            .and_then(Reader::of);
        let answer = self.try_serve(request, reader.is_some()).await;
        let answer = answer.unwrap_or_else(IntoResponse::into_response);
        match reader {
            Some(reader) => reader.answer(answer),
            None => answer,
        }
    }

    /// The gate and the handler, within the deadline; then the commit, and only then the answer.
    async fn try_serve(&self, mut request: Request, read: bool) -> Result<Response> {
        let deadline = Deadline::new();
        request.extensions_mut().insert(deadline.clone());
        let run = AssertUnwindSafe(self.run(request, read)).catch_unwind();
        let answer = tokio::select! {
            biased;
            answer = run => answer.map_err(|_| Error::internal("the handler panicked"))?,
            () = deadline.passed() => {
                let cause = "the request ran past its deadline";
                return Err(Error::unavailable().caused_by(cause));
            }
        };
        let (response, unit) = answer?;
        if let Some(CloseOnDrop(unit)) = &unit
            && response.status().as_u16() < 400
        {
            unit.commit().await?;
        }
        Ok(response)
    }

    /// A person's expired access token is renewed on the way, since nobody asks a page to ask again.
    async fn run(&self, request: Request, read: bool) -> Result<Answered> {
        let (mut parts, body) = request.into_parts();
        let context = parts.extensions.get::<Context>().cloned();
        let context =
            context.ok_or_else(|| Error::internal("a request that passed no pipeline"))?;
        if !read || self.gate.is_public() {
            return self.admit(&context, parts, body).await;
        }
        let Some(renewed) = authn::renew_in_place(&context, &mut parts.headers).await? else {
            return self.admit(&context, parts, body).await;
        };
        // Refused or not, the browser needs the new pair: the old one is spent.
        let (mut response, unit) = self
            .admit(&context, parts, body)
            .await
            .unwrap_or_else(|error| (error.into_response(), None));
        renewed.put_into(response.headers_mut())?;
        Ok((response, unit))
    }

    /// Only what the gate lets through has its body read and its handler called.
    async fn admit(&self, context: &Context, mut parts: Parts, body: Body) -> Result<Answered> {
        let admission = self.gate.admit(context, &parts.headers).await?;
        let unit = admission.unit().map(CloseOnDrop);
        if let Some(holder) = admission.holder() {
            parts.extensions.insert(holder);
        }
        let handler = (self.endpoint.call)(&admission, Request::from_parts(parts, body));
        drop(admission);
        Ok((handler.await, unit))
    }
}

#[cfg(test)]
mod tests;
