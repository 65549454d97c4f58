//! A browser: cookies by host, and no more of them than a host set.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};

use super::world::{PASSWORD, World};

pub(crate) struct Browser<'a> {
    world: &'a World,
    /// By host, then by name.
    pub(crate) jar: BTreeMap<String, BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or("", |location| location.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }

    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all(header::SET_COOKIE);
        lines.iter().map(|line| line.to_str().unwrap()).collect()
    }
}

/// Where a tenant, or nobody for ``, is.
pub(crate) fn origin(slug: &str) -> String {
    match slug {
        "" => "http://localhost:8080".to_owned(),
        slug => format!("http://{slug}.localhost:8080"),
    }
}

impl<'a> Browser<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let jar = BTreeMap::new();
        Self { world, jar }
    }

    /// Signs in at a tenant's host, or at the base host for ``.
    pub(crate) async fn sign_in(&mut self, slug: &str, email: &str) {
        let body = json!({ "email": email, "password": PASSWORD });
        let seen = self.post(slug, "/auth/login", body).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
    }

    pub(crate) async fn post(&mut self, slug: &str, path: &str, body: Json) -> Seen {
        let url = origin(slug) + path;
        self.send("POST", &url, Some(body)).await
    }

    pub(crate) async fn get(&mut self, slug: &str, path: &str) -> Seen {
        let url = origin(slug) + path;
        self.visit(&url).await
    }

    /// Goes to an address, without following where that sends it.
    pub(crate) async fn visit(&mut self, url: &str) -> Seen {
        self.send("GET", url, None).await
    }

    /// Goes to an address and on from there, to what sends it nowhere or to a page's own host.
    pub(crate) async fn follow(&mut self, url: &str) -> Seen {
        let mut seen = self.visit(url).await;
        for _ in 0..5 {
            if !seen.location().starts_with("http") {
                break;
            }
            let next = seen.location().to_owned();
            seen = self.visit(&next).await;
        }
        seen
    }

    pub(crate) async fn send(&mut self, method: &str, url: &str, body: Option<Json>) -> Seen {
        let body = body.map(|body| ("application/json", body.to_string()));
        self.ask(method, url, body, "same-origin").await
    }

    /// Sends a page's form.
    pub(crate) async fn submit(&mut self, slug: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.submit_from("same-origin", slug, path, fields).await
    }

    /// Sends a form of a page that stands to this host as `Sec-Fetch-Site` says.
    pub(crate) async fn submit_from(
        &mut self,
        site: &str,
        slug: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Seen {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let body = ("application/x-www-form-urlencoded", form.finish());
        let url = origin(slug) + path;
        self.ask("POST", &url, Some(body), site).await
    }

    async fn ask(
        &mut self,
        method: &str,
        url: &str,
        body: Option<(&str, String)>,
        site: &str,
    ) -> Seen {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_at(rest.find('/').unwrap());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header("sec-fetch-site", site);
        let cookies = self.jar.get(host).into_iter().flatten();
        let cookies: Vec<String> = cookies.map(|(name, it)| format!("{name}={it}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = match body {
            Some((content_type, body)) => {
                request = request.header(header::CONTENT_TYPE, content_type);
                Body::from(body)
            }
            None => {
                request = request.header(header::ACCEPT, "text/html,*/*;q=0.8");
                Body::empty()
            }
        };
        let answer = self.world.raw(request.body(body).unwrap()).await;
        self.take(host, answer).await
    }

    async fn take(&mut self, host: &str, answer: Response) -> Seen {
        let (head, body) = answer.into_parts();
        for line in head.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (cookie, attributes) = line.split_once("; ").unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            let cookies = self.jar.entry(host.to_owned()).or_default();
            if attributes.contains("Max-Age=0;") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Seen {
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}
