//! A multi-tenant application, sound unless the environment names a defect.

use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::token::{KEY, Keys};
use crate::world::{ROUTES, Route, World, routes_json, seed_json};

/// The application's command line.
pub fn command(arguments: &[String]) -> ExitCode {
    let defect = Defect::of_environment();
    let setting = |name: &str| std::env::var(name).unwrap_or_default();
    let production = setting("APP_ENV") != "development";
    match arguments[0].as_str() {
        "routes" => println!("{}", routes_json()),
        "seed-demo" if production => return ExitCode::FAILURE,
        "seed-demo" => println!("{}", seed_json()),
        "rotate-keys" => match arguments.last().map(|file| std::fs::copy(file, KEY)) {
            Some(Ok(_)) => {}
            _ => return ExitCode::FAILURE,
        },
        "serve" => {
            let (secret, base, origins) = (
                setting("SECRET_KEY"),
                setting("BASE_URL"),
                setting("CORS_ORIGINS"),
            );
            let placeholder = secret.starts_with("change")
                || secret.bytes().all(|byte| byte == secret.as_bytes()[0]);
            let wrong = [
                (
                    "SECRET_KEY",
                    secret.len() < 32 || placeholder && defect != Defect::PlaceholderSecret,
                ),
                ("BASE_URL", production && !base.starts_with("https://")),
                ("MAIL_URL", production && setting("MAIL_URL").is_empty()),
                (
                    "CORS_ORIGINS",
                    (origins.contains('*') || origins == "null")
                        && defect != Defect::WildcardOrigin,
                ),
                (
                    "ACCESS_TOKEN_TTL",
                    production && !setting("ACCESS_TOKEN_TTL").is_empty(),
                ),
            ];
            if let Some((name, _)) = wrong.iter().find(|(_, wrong)| *wrong) {
                eprintln!("{name} is wrong");
                return ExitCode::FAILURE;
            }
            let lifetime = if setting("ACCESS_TOKEN_TTL") == "1s" {
                1
            } else {
                14_400
            };
            serve(
                &setting("BIND"),
                Application {
                    defect,
                    keys: Keys::new(&secret, &base, lifetime, defect),
                    world: Mutex::new(World::new()),
                    base,
                },
            );
        }
        _ => {}
    }
    ExitCode::SUCCESS
}

fn serve(bind: &str, application: Application) {
    let listener = TcpListener::bind(bind).unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    let application = Arc::new(application);
    for stream in listener.incoming().flatten() {
        let application = Arc::clone(&application);
        thread::spawn(move || application.connection(&stream));
    }
}

pub struct Application {
    pub defect: Defect,
    pub keys: Keys,
    pub world: Mutex<World>,
    pub base: String,
}

/// Who sends a request, as far as the route needs to know.
pub struct Actor {
    pub user: String,
    pub tenant: String,
    pub roles: Vec<String>,
    /// Whether the route's permission reaches their own records alone.
    pub narrowed: bool,
}

impl Application {
    pub fn has(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn connection(&self, stream: &TcpStream) {
        let Some(request) = Request::read(stream, self.has(Defect::ReadsWholeBody)) else {
            return;
        };
        if self.has(Defect::Hangs)
            && request.path == "/api/members"
            && request.header("authorization").is_none()
        {
            return;
        }
        let mut response = self.answer(&request).unwrap_or_else(Problem::response);
        if !self.has(Defect::NoNoStore) {
            response = response.header("Cache-Control", "no-store");
        }
        if let (true, Some(origin)) = (self.has(Defect::OriginEcho), request.header("origin")) {
            response = response.header("Access-Control-Allow-Origin", origin);
        }
        if self.has(Defect::NoChallenge) {
            response
                .headers
                .retain(|(name, _)| name != "WWW-Authenticate");
        }
        if self.has(Defect::ErrorsNameTheServer) && response.status >= 400 {
            response = response.header("Server", "toy/1.2.3");
        }
        response.write(stream);
    }

    fn answer(&self, request: &Request) -> Result<Response, Problem> {
        let (route, id) = self.route(request)?;
        if request.too_large {
            return Err(Problem::new(413, "too_large"));
        }
        let host = (request.count("host") == 1)
            .then(|| request.header("host"))
            .flatten()
            .ok_or_else(|| Problem::new(400, "bad_host"))?;
        let subdomain = self.subdomain(host)?;
        self.same_origin(request, host, route)?;
        if route.2 == "public" {
            if self.has(Defect::PublicRouteAuthenticates)
                && request.header("authorization").is_some()
            {
                self.credential(request)?;
            }
            if route.1 == "/auth/handoff" {
                return self.hand_off(request, host);
            }
            return self.public(request, route.1, subdomain.as_deref());
        }
        let mut actor = self.actor(request, route, subdomain.as_deref());
        if self.has(Defect::BelievesOriginalUrl)
            && request.header("x-original-url") == Some("/healthz")
        {
            actor = Ok(Actor {
                user: String::new(),
                tenant: "acme".to_owned(),
                roles: vec!["owner".to_owned()],
                narrowed: false,
            });
        }
        if self.has(Defect::ChangesBeforeItRefuses) && request.method == "PATCH" {
            let mut world = self.world.lock().unwrap();
            world
                .records
                .iter_mut()
                .filter(|record| record.id == id)
                .for_each(|record| record.version += 1);
        }
        self.guarded(request, route, &id, &actor?)
    }

    fn route(&self, request: &Request) -> Result<(&'static Route, String), Problem> {
        let mut path = request.path.as_str();
        if self.has(Defect::TrailingSlash) {
            path = path.strip_suffix('/').unwrap_or(path);
        }
        if self.has(Defect::HiddenRoute) && path == "/debug" {
            return Ok((&ROUTES[0], String::new()));
        }
        let matches = |pattern: &str| {
            let mut id = "";
            let (wanted, given) = (pattern.split('/'), path.split('/'));
            let same = wanted.clone().count() == given.clone().count()
                && wanted.zip(given).all(|(wanted, given)| match wanted {
                    "{id}" if !given.is_empty() => {
                        id = given;
                        true
                    }
                    wanted => wanted == given,
                });
            same.then_some(id)
        };
        let mut method = request.method.as_str();
        if let (true, Some(other)) = (
            self.has(Defect::MethodOverride),
            request.header("x-http-method-override"),
        ) {
            method = other;
        }
        let mut found: Vec<_> = ROUTES
            .iter()
            .filter_map(|route| Some((route, matches(route.1)?.to_owned())))
            .collect();
        // A path without a parameter wins, whatever the methods.
        let plain = found.iter().any(|(_, id)| id.is_empty());
        found.retain(|(_, id)| id.is_empty() || !plain);
        if found.is_empty() {
            return Err(Problem::new(404, "not_found"));
        }
        found
            .into_iter()
            .find(|(route, _)| route.0 == method)
            .ok_or_else(|| Problem::new(405, "method_not_allowed"))
    }
}
