//! TI08: the fields that one tenant adds are nothing to another.

use serde_json::json;

use crate::attacks::selectors::alike;
use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Class, Resource, Route};
use crate::target::Target;

/// TI08: the rival writes, reads, filters, sorts and exports by the victim's field; then both have
/// one of the same name, which are two.
pub(super) fn ti08_fields_of_another_tenant(
    target: &Target,
    report: &mut Report,
) -> Result<(), String> {
    if !target.has("POST", "/api/custom-fields") {
        report.skip("TI08", "tenants add no fields");
        return Ok(());
    }
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let resource = target.resource_to_extend()?;
    let (id, name) = target.custom_field(victim, "string")?;
    let marker = format!("mark-{}", target.fresh());
    let record = write(target, victim, resource, &name, &marker)?;
    let intruder = Intruder {
        target,
        resource,
        name: &name,
        marker: &marker,
        never: &name.replacen("field", "fiend", 1),
    };
    intruder.reads_definitions(report, &id)?;
    intruder.uses_the_name(report)?;

    // A field of the same name is another field.
    let body =
        json!({ "resource": resource.name, "name": name, "type": "string", "optional": true });
    let own = target.as_chief("POST", "/api/custom-fields", rival, Some(&body))?;
    let own = own.text_of("id").ok_or("a new field has no id")?;
    write(target, rival, resource, &name, "of the rival")?;
    intruder.finds_nothing(report)?;
    if target.has("DELETE", "/api/custom-fields/{id}") {
        target.as_chief("DELETE", &format!("/api/custom-fields/{own}"), rival, None)?;
    }
    intruder.value_is_there(report, &record)?;
    intruder.hides_for_itself(report)?;
    if target.has("DELETE", "/api/custom-fields/{id}") {
        target.as_chief("DELETE", &format!("/api/custom-fields/{id}"), victim, None)?;
    }
    Ok(())
}

/// Makes a record with a value of a tenant's own field; its id.
fn write(
    target: &Target,
    tenant: &str,
    resource: &Resource,
    name: &str,
    value: &str,
) -> Result<String, String> {
    let mut body = target.new_record(tenant, resource)?;
    body["custom_fields"] = json!({ name: value });
    let path = format!("/api/{}", resource.name);
    let made = target.as_chief("POST", &path, tenant, Some(&body))?;
    made.text_of("id")
        .ok_or_else(|| "a new record has no id".to_owned())
}

/// The rival's owner, and the victim's field.
struct Intruder<'a> {
    target: &'a Target,
    resource: &'a Resource,
    name: &'a str,
    marker: &'a str,
    /// A name of the same length that no field has.
    never: &'a str,
}

impl Intruder<'_> {
    fn send(
        &self,
        report: &mut Report,
        route: &Route,
        request: Request,
        expected: &Expected<'_>,
    ) -> Result<Option<crate::client::Response>, String> {
        let rival = self.target.cast.owner(&self.target.cast.rival)?;
        let label = route.label();
        let attempt = Attempt::new("TI08", &label, rival.email());
        let request = request.bearer(rival.access());
        Ok(report.probe(&attempt, self.target, &request, expected))
    }

    fn at_home(&self, method: &str, path: &str) -> Request {
        Request::new(method, path, &self.target.host(&self.target.cast.rival))
    }

    /// The definition is in no list, and not to be had by its id.
    fn reads_definitions(&self, report: &mut Report, id: &str) -> Result<(), String> {
        let label = "GET /api/custom-fields";
        let rows = self
            .target
            .rows("/api/custom-fields", &self.target.cast.rival)?;
        let shown = rows
            .iter()
            .any(|row| row["id"] == id || row["name"] == self.name);
        let attempt = Attempt::new("TI08", label, "the rival's owner");
        report.check(
            &attempt,
            !shown,
            label,
            "no field of the victim's",
            self.name,
        );
        Ok(())
    }

    /// As good as a name that no field has, in bodies and queries.
    fn uses_the_name(&self, report: &mut Report) -> Result<(), String> {
        let target = self.target;
        let rival = &target.cast.rival;
        for class in [Class::Create, Class::Update] {
            let Some(route) = target.surface.route_of(self.resource, class) else {
                continue;
            };
            let prepared = target.prepare(route, rival)?;
            let mut body: serde_json::Value =
                serde_json::from_slice(prepared.request.body.as_deref().unwrap_or(b"{}"))
                    .map_err(|error| error.to_string())?;
            let mut answers = [self.name, self.never].map(|name| {
                body["custom_fields"] = json!({ name: self.marker });
                let request = prepared.request.clone().json(&body);
                self.send(report, route, request, &Expected::Status(&[422]))
            });
            let [known, unknown] = &mut answers;
            self.compare(report, route, (known, unknown))?;
        }
        for class in [Class::List, Class::Export] {
            let Some(route) = target.surface.route_of(self.resource, class) else {
                continue;
            };
            let queries: [fn(&str) -> String; 5] = [
                |name| format!("filter[custom_fields.{name}]=x"),
                |name| format!("filter[custom_fields.{name}][ne]=x"),
                |name| format!("filter[custom_fields.{name}][null]=false"),
                |name| format!("sort=custom_fields.{name}"),
                |name| format!("fields=custom_fields.{name}"),
            ];
            for query in queries {
                let mut answers = [self.name, self.never].map(|name| {
                    let format = if class == Class::Export {
                        "format=jsonl&"
                    } else {
                        ""
                    };
                    let path = format!("{}?{format}{}", route.path, query(name));
                    let request = self.at_home("GET", &path);
                    self.send(report, route, request, &Expected::Status(&[400]))
                });
                let [known, unknown] = &mut answers;
                self.compare(report, route, (known, unknown))?;
            }
        }
        Ok(())
    }

    #[expect(
        clippy::type_complexity,
        reason = "two answers, each of which may be missing"
    )]
    fn compare(
        &self,
        report: &mut Report,
        route: &Route,
        (known, unknown): (
            &mut Result<Option<crate::client::Response>, String>,
            &mut Result<Option<crate::client::Response>, String>,
        ),
    ) -> Result<(), String> {
        let label = route.label();
        let attempt = Attempt::new("TI08", &label, "the rival's owner");
        let request = self.at_home(&route.method, &route.path);
        let pair = (known.clone()?, unknown.clone()?);
        alike(report, &attempt, &request, pair, &[self.name, self.never]);
        Ok(())
    }

    /// By the rival's own field nobody finds a value of the victim's.
    fn finds_nothing(&self, report: &mut Report) -> Result<(), String> {
        let target = self.target;
        for class in [Class::List, Class::Export] {
            let Some(route) = target.surface.route_of(self.resource, class) else {
                continue;
            };
            let (name, marker) = (self.name, self.marker);
            let format = if class == Class::Export {
                "format=jsonl&"
            } else {
                ""
            };
            for query in [
                format!("filter[custom_fields.{name}]={marker}"),
                format!("filter[custom_fields.{name}][ne]=x"),
                format!("sort=-custom_fields.{name}"),
            ] {
                let path = format!("{}?{format}{query}", route.path);
                let request = self.at_home("GET", &path);
                let answer = self.send(report, route, request.clone(), &Expected::Success)?;
                let shown = answer.is_some_and(|answer| answer.body_text().contains(marker));
                let label = route.label();
                let attempt = Attempt::new("TI08", &label, "the rival's owner");
                report.check(
                    &attempt,
                    !shown,
                    request,
                    "no value of the victim's",
                    marker,
                );
            }
        }
        Ok(())
    }

    /// What the rival removed was its own.
    fn value_is_there(&self, report: &mut Report, record: &str) -> Result<(), String> {
        let path = format!("/api/{}/{record}", self.resource.name);
        let label = format!("GET /api/{}/{{id}}", self.resource.name);
        if !self
            .target
            .has("GET", &format!("/api/{}/{{id}}", self.resource.name))
        {
            return Ok(());
        }
        let answer = self
            .target
            .as_chief("GET", &path, &self.target.cast.victim, None)?;
        let held = answer.json()["custom_fields"][self.name].clone();
        let attempt = Attempt::new("TI08", &label, "the victim's owner");
        report.check(
            &attempt,
            held == self.marker,
            path,
            "the value as it was",
            held,
        );
        Ok(())
    }

    /// What one tenant hides, another sees.
    fn hides_for_itself(&self, report: &mut Report) -> Result<(), String> {
        let pattern = "/api/custom-fields/overrides/{resource}/{field}";
        let fields = &self.resource.fields;
        let optional = fields
            .iter()
            .find(|field| field.optional && field.permission.is_none());
        let (Some(field), true) = (optional, self.target.has("PUT", pattern)) else {
            return Ok(());
        };
        let rival = &self.target.cast.rival;
        let path = format!(
            "/api/custom-fields/overrides/{}/{}",
            self.resource.name, field.name
        );
        let hidden = json!({ "hidden": true });
        self.target.as_chief("PUT", &path, rival, Some(&hidden))?;
        let list = format!("/api/{}", self.resource.name);
        let label = format!("GET {list}");
        for (tenant, expected) in [(&self.target.cast.victim, true), (rival, false)] {
            let page = format!("{list}?limit=1");
            let page = self.target.as_chief("GET", &page, tenant, None)?.json();
            let seen = page["data"][0].get(&field.name).is_some();
            let attempt = Attempt::new("TI08", &label, tenant);
            report.check(
                &attempt,
                seen == expected,
                &path,
                "hidden in its tenant alone",
                &page,
            );
        }
        self.target.as_chief("DELETE", &path, rival, None).map(drop)
    }
}
