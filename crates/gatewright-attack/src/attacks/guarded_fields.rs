//! FP01: fields that need a permission of their own, for members without it.
//!
//! For them the field does not exist: it is in no answer, it is as unknown as a made-up name in
//! every parameter and body, and no search finds a record by it.

use serde_json::{Value, json};

use crate::attacks::own_records::one_of_each;
use crate::body;
use crate::client::{Request, Response};
use crate::expect::{Expected, same_bytes};
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::snapshot::percent_encoded;
use crate::surface::{Class, Extent, Field, FieldType, Resource, Route};
use crate::target::Target;

/// FP01 for each guarded field and each set of roles that lacks its permission.
pub(super) fn fp01_guarded_fields(target: &Target, report: &mut Report) -> Result<(), String> {
    let mut fields = 0;
    for resource in &target.surface.resources {
        for (field, permission) in resource.guarded() {
            for member in one_of_each(target) {
                let roles = &member.user.roles;
                let reads = target
                    .surface
                    .route_of(resource, Class::List)
                    .or_else(|| target.surface.route_of(resource, Class::Read))
                    .is_some_and(|route| target.surface.allows(roles, &route.permissions));
                if target.surface.sees(roles, field) || !reads {
                    continue;
                }
                fields += 1;
                let who = format!("{}, without {permission}", member.email());
                let aim = Aim {
                    target,
                    resource,
                    field,
                    member,
                    who: &who,
                };
                aim.attack(report)?;
            }
        }
    }
    if fields == 0 {
        report.skip("FP01", "no field needs a permission that some reader lacks");
    }
    Ok(())
}

struct Aim<'a> {
    target: &'a Target,
    resource: &'a Resource,
    field: &'a Field,
    member: Principal<'a>,
    who: &'a str,
}

impl Aim<'_> {
    fn attack(&self, report: &mut Report) -> Result<(), String> {
        let Some((id, secret)) = self.plant(report)? else {
            return Ok(());
        };
        self.reads(report, &id, &secret);
        self.queries(report, &secret)?;
        self.search(report, &secret)?;
        self.writes(report, &id, &secret)?;
        self.audit(report, &secret);
        Ok(())
    }

    /// The route of a class, when the member may use it.
    fn route(&self, class: Class) -> Option<&Route> {
        let surface = &self.target.surface;
        surface
            .route_of(self.resource, class)
            .filter(|route| surface.allows(&self.member.user.roles, &route.permissions))
    }

    fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, path, &self.target.victim_host()).bearer(self.member.access())
    }

    /// A value that is seen again wherever it leaks.
    fn secret(&self) -> Result<Value, String> {
        let number = self.target.fresh();
        if self.field.holds_markers() {
            return Ok(json!(format!("hush-{number:08}")));
        }
        if let FieldType::Reference { to } = &self.field.ty {
            let parent = self.target.surface.resource(to);
            let parent = parent.ok_or_else(|| format!("there is no resource {to}"))?;
            let id = self.target.create(&self.target.cast.victim, parent)?;
            return Ok(json!(id));
        }
        body::value_for(self.field, 70_000 + number)
            .ok_or_else(|| format!("no value of {} can be derived", self.field.name))
    }

    /// A record whose guarded field has a value, which somebody with the permission reads.
    fn plant(&self, report: &mut Report) -> Result<Option<(String, Value)>, String> {
        let victim = &self.target.cast.victim;
        let surface = &self.target.surface;
        let needed = |class| -> Result<Vec<String>, String> {
            let route = surface.route_of(self.resource, class);
            let route = route.ok_or_else(|| format!("{} has no such route", self.resource.name))?;
            let mut permissions = route.permissions.clone();
            permissions.extend(self.field.permission.clone());
            Ok(permissions)
        };
        let narrowed = self.route(Class::Read).is_some_and(|route| {
            surface.reach(&self.member.user.roles, &route.permissions) == Some(Extent::Own)
        });
        let id = match narrowed {
            true => match self.target.create_by(victim, self.resource, self.member) {
                Ok(id) => id,
                Err(_) => return Ok(None), // they see no record, and so no field of one
            },
            false => self.target.create(victim, self.resource)?,
        };
        let path = format!("/api/{}/{id}", self.resource.name);
        let secret = self.secret()?;
        let name = self.field.name.as_str();
        let author = self
            .target
            .allowed_member(victim, &needed(Class::Update)?)?;
        let request = Request::new("PATCH", &path, &self.target.victim_host())
            .bearer(author.access())
            .json(&json!({ name: secret }));
        self.target.must(&request)?;
        // Whoever holds the permission reads it: its absence elsewhere means something.
        let reader = self.target.allowed_member(victim, &needed(Class::Read)?)?;
        let request =
            Request::new("GET", &path, &self.target.victim_host()).bearer(reader.access());
        let attempt = Attempt::new("FP01", &path, reader.email());
        if let Some(answer) = report.probe(&attempt, self.target, &request, &Expected::Success) {
            let shown = answer.json().get(name) == Some(&secret);
            let verdict = shown
                .then_some(())
                .ok_or_else(|| format!("{name} is not {secret}"));
            report.judge(&attempt, &request, &answer, verdict, "the guarded field");
        }
        Ok(Some((id, secret)))
    }

    /// Sends a request that must succeed and show nothing of the field.
    fn shows_nothing(&self, report: &mut Report, request: &Request, secret: &Value) {
        self.shows_nothing_in(report, request, secret, Response::clone);
    }

    /// The same of a part of the answer.
    fn shows_nothing_in(
        &self,
        report: &mut Report,
        request: &Request,
        secret: &Value,
        part: impl Fn(&Response) -> Response,
    ) {
        let path = request.target.split('?').next().unwrap_or_default();
        let label = format!("{} {path}", request.method);
        let attempt = Attempt::new("FP01", &label, self.who);
        if let Some(answer) = report.probe(&attempt, self.target, request, &Expected::Success) {
            let verdict = self.absent_from(&part(&answer), secret);
            report.judge(&attempt, request, &answer, verdict, "nothing of the field");
        }
    }

    fn absent_from(&self, answer: &Response, secret: &Value) -> Result<(), String> {
        let name = &self.field.name;
        let text = answer.body_text();
        if self.field.holds_markers() && secret.as_str().is_some_and(|secret| text.contains(secret))
        {
            return Err(format!("it holds {secret}"));
        }
        let in_head = text.lines().next().unwrap_or_default();
        let column = answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/csv"))
            && in_head
                .split(',')
                .any(|cell| cell.trim_matches('"') == name);
        match column || text.contains(&format!("\"{name}\":")) {
            true => Err(format!("it names {name}")),
            false => Ok(()),
        }
    }

    fn reads(&self, report: &mut Report, id: &str, secret: &Value) {
        if let Some(route) = self.route(Class::Read) {
            let path = route.path.replace("{id}", id);
            self.shows_nothing(report, &self.request("GET", &path), secret);
        }
        if let Some(route) = self.route(Class::List) {
            for query in [format!("filter[id]={id}"), "limit=200&sort=-id".to_owned()] {
                let request = self.request("GET", &format!("{}?{query}", route.path));
                self.shows_nothing(report, &request, secret);
            }
        }
        if let Some(route) = self.route(Class::Export) {
            for format in ["csv", "jsonl"] {
                let request = self.request("GET", &format!("{}?format={format}", route.path));
                self.shows_nothing(report, &request, secret);
            }
        }
    }

    /// In each parameter the field is refused as a made-up name is.
    fn queries(&self, report: &mut Report, secret: &Value) -> Result<(), String> {
        let text = secret
            .as_str()
            .map_or_else(|| secret.to_string(), str::to_owned);
        let value = percent_encoded(&text);
        let prefixes = [(Class::List, "?"), (Class::Export, "?format=csv&")];
        for (class, prefix) in prefixes {
            let Some(route) = self.route(class) else {
                continue;
            };
            for query in [
                "fields={}".to_owned(),
                "fields=id,{}".to_owned(),
                "sort={}".to_owned(),
                "sort=-{}".to_owned(),
                format!("filter[{{}}]={value}"),
                format!("filter[{{}}][ne]={value}"),
                format!("filter[{{}}][in]={value}"),
                "filter[{}][null]=false".to_owned(),
            ] {
                let about = |name: &str| {
                    let query = query.replace("{}", name);
                    self.request("GET", &format!("{}{prefix}{query}", route.path))
                };
                self.as_unknown(
                    report,
                    &route.label(),
                    &about,
                    &Expected::Problem(400, "invalid_query"),
                )?;
            }
        }
        Ok(())
    }

    /// A name of no field, as long as the field's, so that lengths tell nothing either.
    fn made_up(&self) -> Result<String, String> {
        let taken = |name: &String| self.resource.fields.iter().any(|field| field.name == *name);
        ["z", "q", "x", "j"]
            .iter()
            .map(|letter| letter.repeat(self.field.name.len()))
            .find(|name| !taken(name))
            .ok_or_else(|| "every name that could be made up is a field".to_owned())
    }

    /// The field is refused in the bytes in which a made-up name is refused.
    fn as_unknown(
        &self,
        report: &mut Report,
        label: &str,
        about: &dyn Fn(&str) -> Request,
        expected: &Expected<'_>,
    ) -> Result<(), String> {
        let name = self.made_up()?;
        let attempt = Attempt::new("FP01", label, self.who);
        let (request, made_up) = (about(&self.field.name), about(&name));
        let known = report.probe(&attempt, self.target, &request, expected);
        let unknown = report.probe(&attempt, self.target, &made_up, expected);
        if let (Some(known), Some(unknown)) = (known, unknown) {
            let verdict = same_bytes(&known, &unknown, &[&name, &self.field.name]);
            report.judge(
                &attempt,
                &request,
                &known,
                verdict,
                Expected::Same(&unknown),
            );
        }
        Ok(())
    }

    /// Nothing is found by what the field holds; whoever sees it does find it.
    fn search(&self, report: &mut Report, secret: &Value) -> Result<(), String> {
        let (Some(list), Some(secret)) = (self.route(Class::List), secret.as_str()) else {
            return Ok(());
        };
        if !self.field.search || !self.field.holds_markers() {
            return Ok(());
        }
        let mut permissions = list.permissions.clone();
        permissions.extend(self.field.permission.clone());
        let reader = self
            .target
            .allowed_member(&self.target.cast.victim, &permissions)?;
        let query = format!("q={}", percent_encoded(secret));
        let paths = [
            Some(format!("{}?{query}", list.path)),
            self.route(Class::Export)
                .map(|route| format!("{}?format=jsonl&{query}", route.path)),
        ];
        for path in paths.iter().flatten() {
            let asked = Request::new("GET", path, &self.target.victim_host());
            for (token, found) in [(reader.access(), true), (self.member.access(), false)] {
                let request = asked.clone().bearer(token);
                let label = list.label();
                let attempt = Attempt::new("FP01", &label, self.who);
                let Some(answer) =
                    report.probe(&attempt, self.target, &request, &Expected::Success)
                else {
                    continue;
                };
                let verdict = match answer.body_text().contains("\"id\":") == found {
                    true => Ok(()),
                    false => Err(format!("a record is found: {}", !found)),
                };
                report.judge(
                    &attempt,
                    &request,
                    &answer,
                    verdict,
                    format_args!("found: {found}"),
                );
            }
        }
        Ok(())
    }

    /// A body that names the field is refused as one that names a made-up field; one that does not
    /// succeeds, and its answer shows nothing of the field.
    fn writes(&self, report: &mut Report, id: &str, secret: &Value) -> Result<(), String> {
        let victim = &self.target.cast.victim;
        for class in [
            Class::Create,
            Class::Update,
            Class::BulkCreate,
            Class::BulkUpdate,
            Class::Action,
        ] {
            let Some(route) = self.route(class) else {
                continue;
            };
            let maker = self.maker_for(route);
            let prepared = match self.target.prepare_for(route, victim, maker) {
                Ok(prepared) => prepared,
                // A role may reach its own records alone and make none.
                Err(why) if maker.is_some() => {
                    let (label, member) = (route.label(), self.member.email());
                    report.skip("FP01", &format!("{label} as {member}: {why}"));
                    continue;
                }
                Err(why) => return Err(why),
            };
            let record = prepared.record.as_deref().unwrap_or_default();
            // The record that holds the secret, where the request is about one.
            let mine = match class {
                Class::Update | Class::BulkUpdate => prepared.request.clone().about(record, id),
                _ => prepared.request.clone(),
            };
            if let (Some(body), true) = (&mine.body, class != Class::Action) {
                let body: Value =
                    serde_json::from_slice(body).map_err(|error| error.to_string())?;
                let about = |name: &str| {
                    let mut body = body.clone();
                    match body.pointer_mut("/records/0") {
                        Some(record) => record[name] = secret.clone(),
                        None => body[name] = secret.clone(),
                    }
                    mine.clone().bearer(self.member.access()).json(&body)
                };
                let expected = Expected::Problem(422, "invalid_input");
                self.as_unknown(report, &route.label(), &about, &expected)?;
            }
            let request = prepared.request.bearer(self.member.access());
            self.shows_nothing(report, &request, secret);
        }
        Ok(())
    }

    /// Who makes the record of a request: the member, where it must be their own.
    fn maker_for(&self, route: &Route) -> Option<Principal<'_>> {
        let reach = self
            .target
            .surface
            .reach(&self.member.user.roles, &route.permissions);
        (reach == Some(Extent::Own)).then_some(self.member)
    }

    /// The audit log's entries of the resource hold nothing of the field.
    fn audit(&self, report: &mut Report, secret: &Value) {
        let log = self.target.surface.route("GET", "/api/audit-log");
        let roles = &self.member.user.roles;
        if let Some(log) = log.filter(|log| self.target.surface.allows(roles, &log.permissions)) {
            let request = self.request("GET", &format!("{}?limit=200", log.path));
            // Another resource may have a field of this name for everybody.
            self.shows_nothing_in(report, &request, secret, |answer| {
                let mut log = answer.json();
                if let Some(entries) = log["data"].as_array_mut() {
                    entries.retain(|entry| entry["resource"] == self.resource.name.as_str());
                }
                Response {
                    body: log.to_string().into_bytes(),
                    ..answer.clone()
                }
            });
        }
    }
}
