//! The running application, and the valid requests to each of its routes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use crate::body;
use crate::client::{Client, Request, Response};
use crate::fixtures::{Stock, Undo, at_base_host};
use crate::forge::Signer;
use crate::principal::{Cast, Principal, Tokens};
use crate::process::Application;
use crate::surface::{Access, Class, Extent, Resource, Route, Surface};

/// How long a chain of required references is followed, in case an application has them in a circle.
const DEEPEST: usize = 12;

/// Everything that an attack needs.
pub(crate) struct Target {
    pub(crate) application: Application,
    pub(crate) client: Client,
    pub(crate) surface: Surface,
    pub(crate) cast: Cast,
    pub(crate) signer: Signer,
    /// A token whose lifetime is over; the application's own, not a forgery.
    pub(crate) expired: String,
    pub(crate) examples: Examples,
    pub(crate) port: u16,
    /// The application's process.
    pub(crate) process: u32,
    pub(crate) fresh: AtomicU64,
    /// Bodies of routes of the team's own that were found to do, by route; `None` is no body.
    pub(crate) learned: Mutex<BTreeMap<String, Option<Value>>>,
    pub(crate) stock: Mutex<Stock>,
}

/// What the caller says of routes whose requests cannot be derived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examples {
    pub(crate) bodies: BTreeMap<String, Value>,
    pub(crate) paths: BTreeMap<String, String>,
}

/// A valid request, without a credential, and the record that it is about.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) request: Request,
    pub(crate) record: Option<String>,
    /// What brings the stage back after it succeeded.
    pub(crate) undo: Undo,
}

/// A browser's session.
#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    pub(crate) login: Response,
    /// The value of a `Cookie` header.
    pub(crate) header: String,
}

impl Target {
    pub(crate) fn base_host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub(crate) fn host(&self, tenant: &str) -> String {
        format!("{tenant}.localhost:{}", self.port)
    }

    pub(crate) fn victim_host(&self) -> String {
        self.host(&self.cast.victim)
    }

    /// A number that was not used before.
    pub(crate) fn fresh(&self) -> u64 {
        self.fresh.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends a request that only prepares an attack and must succeed.
    pub(crate) fn must(&self, request: &Request) -> Result<Response, String> {
        let response = self
            .client
            .send(request)
            .map_err(|error| format!("no answer to {request}: {error}"))?;
        if response.is_success() {
            Ok(response)
        } else {
            Err(format!("{request} was answered {response}"))
        }
    }

    /// Signs in as a bearer client.
    pub(crate) fn sign_in(&self, email: &str, host: &str) -> Result<Tokens, String> {
        sign_in(&self.client, host, email, &self.cast.seed.password)
    }

    /// Signs in as a browser.
    pub(crate) fn browse(&self, email: &str, host: &str) -> Result<Cookies, String> {
        let body =
            json!({ "email": email, "password": self.cast.seed.password, "transport": "cookie" });
        let login = self.must(&same_origin(
            Request::new("POST", "/auth/login", host).json(&body),
        ))?;
        let pairs: Vec<&str> = login
            .headers_named("set-cookie")
            .filter_map(|cookie| cookie.split(';').next())
            .collect();
        if pairs.is_empty() {
            return Err(format!("a browser's sign-in as {email} set no cookie"));
        }
        let header = pairs.join("; ");
        Ok(Cookies { login, header })
    }

    /// The member of `tenant` who holds most, these permissions for every record among it.
    pub(crate) fn allowed_member<'a>(
        &'a self,
        tenant: &'a str,
        permissions: &[String],
    ) -> Result<Principal<'a>, String> {
        let surface = &self.surface;
        self.cast
            .members(tenant)
            .filter(|member| surface.reach(&member.user.roles, permissions) == Some(Extent::All))
            .min_by_key(|member| Reverse(surface.weight(&member.user.roles)))
            .ok_or_else(|| format!("no member of {tenant} holds {}", permissions.join(", ")))
    }

    /// Whoever may do what the route does, those first who may do most; for a tenant's route,
    /// members of `tenant`.
    pub(crate) fn allowed<'a>(&'a self, route: &'a Route, tenant: &'a str) -> Vec<Principal<'a>> {
        let surface = &self.surface;
        let reach = |member: &Principal<'_>| surface.reach(&member.user.roles, &route.permissions);
        let mut allowed: Vec<Principal<'a>> = match route.access {
            Access::Public => Vec::new(),
            Access::SignedIn => self.cast.everybody().collect(),
            Access::Member => self.cast.members(tenant).collect(),
            Access::Protect => self
                .cast
                .members(tenant)
                .filter(|member| self.admits(route, &member.user.roles))
                .collect(),
            Access::Platform => self.cast.super_admin().into_iter().collect(),
        };
        if route.access == Access::Protect {
            allowed
                .sort_by_key(|member| Reverse((reach(member), surface.weight(&member.user.roles))));
        }
        allowed
    }

    /// A request to `route` that succeeds in `tenant` when somebody allowed sends it, once.
    ///
    /// Records that it needs are made for it, so that nothing but the attack decides its fate.
    pub(crate) fn prepare(&self, route: &Route, tenant: &str) -> Result<Prepared, String> {
        self.prepare_for(route, tenant, None)
    }

    /// The same with a record that `maker` made, for whom it is their own.
    pub(crate) fn prepare_for(
        &self,
        route: &Route,
        tenant: &str,
        maker: Option<Principal<'_>>,
    ) -> Result<Prepared, String> {
        let label = route.label();
        let given =
            self.examples.paths.contains_key(&label) || self.examples.bodies.contains_key(&label);
        if !given && let Some(prepared) = self.prepare_fixture(route, tenant)? {
            return Ok(prepared);
        }
        let mut prepared = self.prepare_path(route, tenant, maker)?;
        let body = self.valid_body(route, tenant, prepared.record.as_deref())?;
        if let Some(body) = body {
            prepared.request = prepared.request.json(&body);
        }
        Ok(prepared)
    }

    /// A request without a body, and the record that it, or its body, is about.
    fn prepare_path(
        &self,
        route: &Route,
        tenant: &str,
        maker: Option<Principal<'_>>,
    ) -> Result<Prepared, String> {
        let label = route.label();
        let host = match at_base_host(route.access) {
            false => self.host(tenant),
            true => self.base_host(),
        };
        let resource = self.resource_of(route);
        let make = |resource: &Resource| match maker {
            Some(maker) => self.create_by(tenant, resource, maker),
            None => self.create(tenant, resource),
        };
        let (path, record) = match (self.examples.paths.get(&label), resource) {
            (Some(path), _) => (self.fill(path, tenant)?, None),
            (None, _) if !route.has_parameter() => {
                let record = match (self.surface.class(route), resource) {
                    (Class::BulkUpdate | Class::BulkDelete, Some(resource)) => {
                        Some(make(resource)?)
                    }
                    _ => None,
                };
                (route.path.clone(), record)
            }
            (None, Some(resource)) if route.path.matches('{').count() == 1 => {
                let id = make(resource)?;
                let (before, after) = (route.path.split('{').next(), route.path.split('}').nth(1));
                (
                    format!(
                        "{}{id}{}",
                        before.unwrap_or_default(),
                        after.unwrap_or_default()
                    ),
                    Some(id),
                )
            }
            _ => {
                return Err(format!(
                    "its path cannot be derived; add `.path(\"{label}\", \"…\")` to the suite"
                ));
            }
        };
        let path = match self.surface.class(route) {
            Class::Export => format!("{path}?format=jsonl"),
            _ => path,
        };
        Ok(Prepared {
            request: Request::new(&route.method, &path, &host),
            record,
            undo: Undo::Nothing,
        })
    }

    /// The resource that a route is about.
    pub(crate) fn resource_of(&self, route: &Route) -> Option<&Resource> {
        self.surface.resource(route.resource.as_deref()?)
    }

    fn valid_body(
        &self,
        route: &Route,
        tenant: &str,
        record: Option<&str>,
    ) -> Result<Option<Value>, String> {
        let label = route.label();
        if let Some(example) = self.examples.bodies.get(&label) {
            return self.fill_json(example, tenant).map(Some);
        }
        let class = self.surface.class(route);
        let resource = self.resource_of(route);
        match (class, resource, route.method.as_str()) {
            (Class::Create, Some(resource), _) => self.new_record(tenant, resource).map(Some),
            (Class::Update, Some(resource), _) => Ok(Some(self.small_patch(tenant, resource)?)),
            (Class::BulkCreate, Some(resource), _) => {
                let record = || self.new_record(tenant, resource);
                Ok(Some(json!({ "records": [record()?, record()?] })))
            }
            (Class::BulkUpdate, Some(resource), _) => {
                let mut patch = self.small_patch(tenant, resource)?;
                patch["id"] = json!(record);
                Ok(Some(json!({ "records": [patch] })))
            }
            (Class::BulkDelete, ..) => Ok(Some(json!({ "ids": [record] }))),
            (_, _, "POST" | "PUT" | "PATCH")
                if !route.path.ends_with("/logout") && !route.path.ends_with("/logout-all") =>
            {
                self.learn_body(route, tenant)
            }
            _ => Ok(None),
        }
    }

    /// What the team's own route takes when nobody gave an example: no body, or an empty object.
    fn learn_body(&self, route: &Route, tenant: &str) -> Result<Option<Value>, String> {
        let label = route.label();
        let unknown = || {
            format!(
                "its body cannot be derived; add `.example(\"{label}\", json!({{…}}))` to the suite"
            )
        };
        let known = |learned: &BTreeMap<String, Option<Value>>| learned.get(&label).cloned();
        if let Some(body) = self.learned.lock().ok().and_then(|learned| known(&learned)) {
            return Ok(body);
        }
        if matches!(route.access, Access::Public | Access::SignedIn) {
            return Err(unknown());
        }
        let sender = self.allowed(route, tenant);
        let sender = sender.first().ok_or("nobody is allowed to use it")?;
        for body in [None, Some(json!({}))] {
            let request = self.prepare_path(route, tenant, None)?.request;
            let request = request.bearer(sender.access());
            let request = body
                .iter()
                .fold(request, |request, body| request.json(body));
            if self
                .client
                .send(&request)
                .is_ok_and(|answer| answer.is_success())
            {
                if let Ok(mut learned) = self.learned.lock() {
                    learned.insert(label, body.clone());
                }
                return Ok(body);
            }
        }
        Err(unknown())
    }

    /// The body of a new record in `tenant`.
    pub(crate) fn new_record(&self, tenant: &str, resource: &Resource) -> Result<Value, String> {
        self.new_record_at(tenant, resource, 0).map(Value::Object)
    }

    fn new_record_at(
        &self,
        tenant: &str,
        resource: &Resource,
        depth: usize,
    ) -> Result<Map<String, Value>, String> {
        // Where the team made rules of its own for a new record, its example keeps them.
        let example = format!("POST /api/{}", resource.name);
        if let Some(Value::Object(members)) = self.examples.bodies.get(&example) {
            return members
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.fill_json(value, tenant)?)))
                .collect();
        }
        body::new_record(resource, self.fresh(), &mut |to, may_be_absent| {
            // What is only referred to gets what it must have. A reference to itself is left out: it
            // must be optional, and so must be one at least of those that lead around.
            let parent = self.surface.resource(to).filter(|parent| {
                parent.name != resource.name && (depth == 0 || !may_be_absent) && depth < DEEPEST
            });
            parent
                .map(|parent| self.create_at(tenant, parent, depth + 1))
                .transpose()
        })
    }

    /// A merge patch that changes one field.
    pub(crate) fn small_patch(&self, tenant: &str, resource: &Resource) -> Result<Value, String> {
        let patch = body::small_patch(resource, self.fresh());
        if !patch.is_empty() {
            return Ok(Value::Object(patch));
        }
        // Nothing but references: refer to another record.
        let whole = self.new_record_at(tenant, resource, 0)?;
        Ok(Value::Object(whole.into_iter().take(1).collect()))
    }

    /// Makes a record in `tenant` and gives its id.
    pub(crate) fn create(&self, tenant: &str, resource: &Resource) -> Result<String, String> {
        self.create_at(tenant, resource, 0)
    }

    /// Makes a record as `author`, whose own it is, and gives its id.
    pub(crate) fn create_by(
        &self,
        tenant: &str,
        resource: &Resource,
        author: Principal<'_>,
    ) -> Result<String, String> {
        let body = self.new_record(tenant, resource)?;
        self.create_from(tenant, resource, author, &body)
    }

    /// Makes a record of this body as `author`, and gives its id.
    pub(crate) fn create_from(
        &self,
        tenant: &str,
        resource: &Resource,
        author: Principal<'_>,
        body: &Value,
    ) -> Result<String, String> {
        let route = self.create_route(resource)?;
        let request = Request::new("POST", &route.path, &self.host(tenant))
            .bearer(author.access())
            .json(body);
        self.must(&request)?
            .text_of("id")
            .ok_or_else(|| format!("{request} was answered without an id"))
    }

    fn create_route<'a>(&'a self, resource: &'a Resource) -> Result<&'a Route, String> {
        let route = self.surface.route_of(resource, Class::Create);
        route.ok_or_else(|| format!("no route makes a record of {}", resource.name))
    }

    fn create_at(&self, tenant: &str, resource: &Resource, depth: usize) -> Result<String, String> {
        let body = Value::Object(self.new_record_at(tenant, resource, depth)?);
        let author = self.allowed_member(tenant, &self.create_route(resource)?.permissions)?;
        self.create_from(tenant, resource, author, &body)
    }

    fn fill_json(&self, example: &Value, tenant: &str) -> Result<Value, String> {
        Ok(match example {
            Value::String(text) => Value::String(self.fill(text, tenant)?),
            Value::Array(items) => items
                .iter()
                .map(|item| self.fill_json(item, tenant))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.fill_json(value, tenant)?)))
                .collect::<Result<Map<_, _>, String>>()?
                .into(),
            other => other.clone(),
        })
    }

    /// Replaces `{fresh}` by a value that was not used before, and `{new products}` by the id of a
    /// record of `products` made for this.
    fn fill(&self, text: &str, tenant: &str) -> Result<String, String> {
        let mut text = text.replace("{fresh}", &self.fresh().to_string());
        while let Some((before, rest)) = text.split_once("{new ") {
            let (name, after) = rest
                .split_once('}')
                .ok_or_else(|| format!("`{text}` lacks a brace"))?;
            let resource = self
                .surface
                .resource(name)
                .ok_or_else(|| format!("`{{new {name}}}`: there is no such resource"))?;
            text = format!("{before}{}{after}", self.create(tenant, resource)?);
        }
        Ok(text)
    }
}

/// Signs in as a bearer client.
pub(crate) fn sign_in(
    client: &Client,
    host: &str,
    email: &str,
    password: &str,
) -> Result<Tokens, String> {
    let body = json!({ "email": email, "password": password, "transport": "bearer" });
    let request = Request::new("POST", "/auth/login", host).json(&body);
    let response = client
        .send(&request)
        .map_err(|error| format!("no answer to {request}: {error}"))?;
    match (
        response.text_of("access_token"),
        response.text_of("refresh_token"),
    ) {
        (Some(access), Some(refresh)) => Ok(Tokens { access, refresh }),
        _ => Err(format!("{email} cannot sign in: {response}")),
    }
}

/// What a browser adds to a request that a page of the same origin makes.
pub(crate) fn same_origin(request: Request) -> Request {
    let origin = format!("http://{}", request.host);
    request
        .header("Origin", &origin)
        .header("Sec-Fetch-Site", "same-origin")
}
