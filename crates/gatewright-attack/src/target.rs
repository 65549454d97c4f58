//! The running application, and the valid requests to each of its routes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use crate::body;
use crate::client::{Client, Request, Response};
use crate::forge::Signer;
use crate::principal::{Cast, Principal, Tokens};
use crate::process::Application;
use crate::surface::{Access, Resource, Route, Surface};

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
    pub(crate) fresh: AtomicU64,
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

    /// A member of `tenant` with these permissions.
    pub(crate) fn allowed_member<'a>(
        &'a self,
        tenant: &'a str,
        permissions: &[String],
    ) -> Result<Principal<'a>, String> {
        self.cast
            .members(tenant)
            .find(|member| self.surface.allows(&member.user.roles, permissions))
            .ok_or_else(|| format!("no member of {tenant} holds {}", permissions.join(", ")))
    }

    /// Whoever may do what the route does; for a tenant's route, members of `tenant`.
    pub(crate) fn allowed<'a>(&'a self, route: &'a Route, tenant: &'a str) -> Vec<Principal<'a>> {
        match route.access {
            Access::Public => Vec::new(),
            Access::SignedIn => self.cast.everybody().collect(),
            Access::Member => self.cast.members(tenant).collect(),
            Access::Protect => self
                .cast
                .members(tenant)
                .filter(|member| self.surface.allows(&member.user.roles, &route.permissions))
                .collect(),
            Access::Platform => self.cast.super_admin().into_iter().collect(),
        }
    }

    /// A request to `route` that succeeds in `tenant` when somebody allowed sends it, once.
    ///
    /// Records that it needs are made for it, so that nothing but the attack decides its fate.
    pub(crate) fn prepare(&self, route: &Route, tenant: &str) -> Result<Prepared, String> {
        let label = route.label();
        let host = match route.access {
            Access::Protect | Access::Member => self.host(tenant),
            Access::Public | Access::SignedIn | Access::Platform => self.base_host(),
        };
        let resource = route
            .resource
            .as_deref()
            .and_then(|name| self.surface.resource(name));
        let (path, record) = match (self.examples.paths.get(&label), resource) {
            (Some(path), _) => (self.fill(path, tenant)?, None),
            (None, _) if !route.has_parameter() => (route.path.clone(), None),
            (None, Some(resource)) if route.path.matches('{').count() == 1 => {
                let id = self.create(tenant, resource)?;
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
        let request = Request::new(&route.method, &path, &host);
        let request = match self.valid_body(route, resource, tenant)? {
            Some(body) => request.json(&body),
            None => request,
        };
        Ok(Prepared { request, record })
    }

    fn valid_body(
        &self,
        route: &Route,
        resource: Option<&Resource>,
        tenant: &str,
    ) -> Result<Option<Value>, String> {
        let label = route.label();
        if let Some(example) = self.examples.bodies.get(&label) {
            return self.fill_json(example, tenant).map(Some);
        }
        let collection =
            resource.is_some_and(|resource| route.path == format!("/api/{}", resource.name));
        match (route.method.as_str(), resource) {
            ("POST", Some(resource)) if collection => self.new_record(tenant, resource).map(Some),
            ("PATCH", Some(resource)) => Ok(Some(self.small_patch(tenant, resource)?)),
            ("POST" | "PUT", Some(_)) if route.has_parameter() => Ok(Some(json!({}))),
            ("POST" | "PUT" | "PATCH", _)
                if !route.path.ends_with("/logout") && !route.path.ends_with("/logout-all") =>
            {
                Err(format!(
                    "its body cannot be derived; add `.example(\"{label}\", json!({{…}}))` to the suite"
                ))
            }
            _ => Ok(None),
        }
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
        body::new_record(resource, self.fresh(), &mut |to| {
            // A reference to itself, or a long chain, is left out: it must be optional then.
            let parent = self
                .surface
                .resource(to)
                .filter(|parent| parent.name != resource.name && depth < 4);
            parent
                .map(|parent| self.create_at(tenant, parent, depth + 1))
                .transpose()
        })
    }

    fn small_patch(&self, tenant: &str, resource: &Resource) -> Result<Value, String> {
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

    fn create_at(&self, tenant: &str, resource: &Resource, depth: usize) -> Result<String, String> {
        let body = Value::Object(self.new_record_at(tenant, resource, depth)?);
        let route = self.surface.resource_route("POST", &resource.name, false);
        let route = route.ok_or_else(|| format!("no route makes a record of {}", resource.name))?;
        let author = self.allowed_member(tenant, &route.permissions)?;
        let request = Request::new("POST", &route.path, &self.host(tenant))
            .bearer(author.access())
            .json(&body);
        self.must(&request)?
            .text_of("id")
            .ok_or_else(|| format!("{request} was answered without an id"))
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
