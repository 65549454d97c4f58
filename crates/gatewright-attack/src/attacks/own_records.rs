//! OW01: members whose role reaches their own records alone, against those of a colleague.

use crate::attacks::Watch;
use crate::attacks::bulk::bulk_body;
use crate::attacks::selectors::alike;
use crate::client::Request;
use crate::expect::Expected;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::surface::{Class, Extent, Resource, Route};
use crate::target::Target;

/// OW01 for each role with a permission narrowed to own records, on each route that it narrows.
pub(super) fn ow01_records_of_others(target: &Target, report: &mut Report) -> Result<(), String> {
    let victim = &target.cast.victim;
    let mut pairs = 0;
    for member in one_of_each(target) {
        for resource in &target.surface.resources {
            let narrowed: Vec<&Route> = target
                .surface
                .routes
                .iter()
                .filter(|route| route.resource.as_deref() == Some(&resource.name))
                .filter(|route| {
                    let reach = target.surface.reach(&member.user.roles, &route.permissions);
                    reach == Some(Extent::Own)
                })
                .collect();
            if narrowed.is_empty() {
                continue;
            }
            let colleague = target.create(victim, resource)?;
            for route in narrowed {
                pairs += 1;
                let label = route.label();
                let aim = Aim {
                    target,
                    resource,
                    route,
                    member,
                    attempt: Attempt::new("OW01", &label, member.email()),
                    others: &colleague,
                };
                // Whoever may make no record has none of their own; the others' are refused all the same.
                let own = target.create_by(victim, resource, member).ok();
                match target.surface.class(route) {
                    Class::List | Class::Export => aim.collection(report, own.as_deref())?,
                    Class::Read | Class::Update | Class::Delete | Class::Action => {
                        aim.one_record(report, own.as_deref())?;
                    }
                    Class::BulkUpdate | Class::BulkDelete => aim.bulk(report, own.as_deref())?,
                    // Nothing is narrowed in making; the team's own routes are counted apart.
                    Class::Create | Class::BulkCreate => {}
                    Class::Of(_) | Class::Other => {
                        report.skip("OW01", &format!("{label} is the team's own"))
                    }
                }
            }
        }
    }
    if pairs == 0 {
        report.skip("OW01", "no role is narrowed to own records");
    }
    Ok(())
}

/// A member of the victim for each set of roles.
pub(super) fn one_of_each(target: &Target) -> Vec<Principal<'_>> {
    let mut seen = Vec::new();
    target
        .cast
        .members(&target.cast.victim)
        .filter(|member| {
            let new = !seen.contains(&member.user.roles);
            seen.push(member.user.roles.clone());
            new
        })
        .collect()
}

/// One narrowed route, who uses it, and a record of somebody else.
struct Aim<'a> {
    target: &'a Target,
    resource: &'a Resource,
    route: &'a Route,
    member: Principal<'a>,
    attempt: Attempt<'a>,
    others: &'a str,
}

impl Aim<'_> {
    fn request(&self, path: &str) -> Request {
        Request::new(&self.route.method, path, &self.target.victim_host())
            .bearer(self.member.access())
    }

    /// The others' record is not there; one's own is.
    fn collection(&self, report: &mut Report, own: Option<&str>) -> Result<(), String> {
        let formats: &[&str] = match self.target.surface.class(self.route) {
            Class::Export => &["format=csv&", "format=jsonl&"],
            _ => &["limit=200&"],
        };
        let path = &self.route.path;
        let (others, own) = (self.others, own.unwrap_or_default());
        for format in formats {
            for (query, shows_own) in [
                (format!("filter[id]={others}"), false),
                (format!("filter[id][in]={others},{own}"), !own.is_empty()),
                (format!("filter[id][gte]={others}"), false),
                ("sort=-id".to_owned(), !own.is_empty()),
                (
                    "filter[created_by][null]=false&sort=-id".to_owned(),
                    !own.is_empty(),
                ),
            ] {
                let request = self.request(&format!("{path}?{format}{query}"));
                let Some(answer) =
                    report.probe(&self.attempt, self.target, &request, &Expected::Success)
                else {
                    continue;
                };
                let text = answer.body_text();
                let verdict = match () {
                    () if text.contains(others) => Err(format!("it shows {others}, of another")),
                    () if shows_own && !text.contains(own) => Err(format!("it lacks {own}")),
                    () => Ok(()),
                };
                report.judge(
                    &self.attempt,
                    &request,
                    &answer,
                    verdict,
                    "own records alone",
                );
            }
        }
        if let Class::List = self.target.surface.class(self.route) {
            self.cursor_of_the_whole(report)?;
        }
        Ok(())
    }

    /// The cursor of somebody who sees everything.
    fn cursor_of_the_whole(&self, report: &mut Report) -> Result<(), String> {
        let reader = self
            .target
            .allowed_member(&self.target.cast.victim, &self.route.permissions)?;
        let first = format!("{}?limit=1&sort=-id", self.route.path);
        let page = Request::new("GET", &first, &self.target.victim_host()).bearer(reader.access());
        if let Some(cursor) = self.target.must(&page)?.text_of("next_cursor") {
            let cursor = crate::snapshot::percent_encoded(&cursor);
            let stolen = self.request(&format!("{first}&cursor={cursor}"));
            report.probe(
                &self.attempt,
                self.target,
                &stolen,
                &Expected::Status(&[400]),
            );
        }
        Ok(())
    }

    /// The others' record is an unknown id; one's own works.
    fn one_record(&self, report: &mut Report, own: Option<&str>) -> Result<(), String> {
        let victim = &self.target.cast.victim;
        let prepared = self.target.prepare(self.route, victim)?;
        let placeholder = prepared.record.ok_or("a route of one record names none")?;
        let request = prepared.request.bearer(self.member.access());
        let never_issued = uuid::Uuid::now_v7().to_string();
        let watch = Watch::begin(self.target)?;
        let known = request.clone().about(&placeholder, self.others);
        let unknown = request.clone().about(&placeholder, &never_issued);
        self.refuse(report, &known, &unknown, &never_issued);
        if matches!(self.route.method.as_str(), "PATCH" | "DELETE") {
            let conditional = |request: &Request| request.clone().header("If-Match", "\"0\"");
            self.refuse(
                report,
                &conditional(&known),
                &conditional(&unknown),
                &never_issued,
            );
        }
        watch.end(self.target, report, &self.attempt)?;
        if let Some(own) = own {
            let request = request.about(&placeholder, own);
            report.probe(&self.attempt, self.target, &request, &Expected::Success);
        }
        Ok(())
    }

    /// The others' record among one's own refuses the whole.
    fn bulk(&self, report: &mut Report, own: Option<&str>) -> Result<(), String> {
        let victim = &self.target.cast.victim;
        let never_issued = uuid::Uuid::now_v7().to_string();
        let about = |id: Option<&str>| -> Result<Request, String> {
            let ids: Vec<&str> = own.into_iter().chain(id).collect();
            let body = bulk_body(self.target, victim, self.resource, self.route, &ids)?;
            Ok(self.request(&self.route.path).json(&body))
        };
        let watch = Watch::begin(self.target)?;
        let (known, unknown) = (about(Some(self.others))?, about(Some(&never_issued))?);
        self.refuse(report, &known, &unknown, &never_issued);
        watch.end(self.target, report, &self.attempt)?;
        if own.is_some() {
            report.probe(
                &self.attempt,
                self.target,
                &about(None)?,
                &Expected::Success,
            );
        }
        Ok(())
    }

    fn refuse(&self, report: &mut Report, known: &Request, unknown: &Request, never: &str) {
        let not_found = Expected::Problem(404, "not_found");
        let answers = (
            report.probe(&self.attempt, self.target, known, &not_found),
            report.probe(&self.attempt, self.target, unknown, &not_found),
        );
        alike(report, &self.attempt, known, answers, &[self.others, never]);
    }
}
