//! TI03 and TI04: another tenant's records, not in the path but in the body or the query.
//!
//! There are no nested routes: a parent is a reference. A child under a foreign parent is
//! therefore a reference to another tenant's record, and the parent's children are a filter.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::attacks::selectors::alike;
use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Class, FieldType, Resource};
use crate::target::Target;

/// A reference: the resource that holds it, its field and where it leads.
struct Reference<'a> {
    of: &'a Resource,
    field: &'a str,
    to: &'a Resource,
}

fn references(target: &Target) -> Vec<Reference<'_>> {
    let fields = target
        .surface
        .resources
        .iter()
        .flat_map(|of| of.fields.iter().map(move |field| (of, field)));
    fields
        .filter_map(|(of, field)| match &field.ty {
            FieldType::Reference { to } => Some(Reference {
                of,
                field: &field.name,
                to: target.surface.resource(to)?,
            }),
            _ => None,
        })
        .collect()
}

/// TI03: create and update with a reference to the victim's record, against an id that was never issued.
pub(super) fn ti03_foreign_references(target: &Target, report: &mut Report) -> Result<(), String> {
    let references = references(target);
    if references.is_empty() {
        report.skip("TI03", "no resource refers to another");
    }
    let rival = &target.cast.rival;
    for Reference { of, field, to } in references {
        let foreign = target.create(&target.cast.victim, to)?;
        let never_issued = uuid::Uuid::now_v7().to_string();
        let mut requests = Vec::new();
        for class in [
            Class::Create,
            Class::Update,
            Class::BulkCreate,
            Class::BulkUpdate,
        ] {
            let Some(route) = target.surface.route_of(of, class) else {
                continue;
            };
            let prepared = target.prepare(route, rival)?.request;
            let body = prepared.body.as_deref().unwrap_or_default();
            let mut body: Value =
                serde_json::from_slice(body).map_err(|error| error.to_string())?;
            // In bulk the last record is wrong, after right ones.
            let place = match body.get_mut("records").and_then(Value::as_array_mut) {
                Some(records) => {
                    if class == Class::BulkUpdate {
                        let id = target.create(rival, of)?;
                        records.push(json!({ "id": id }));
                    }
                    format!("/records/{}", records.len().saturating_sub(1))
                }
                None => String::new(),
            };
            requests.push((route, prepared.target, body, place));
        }
        let watch = Watch::begin(target)?;
        for (route, path, mut body, place) in requests {
            let label = route.label();
            let author = target.allowed_member(rival, &route.permissions)?;
            let attempt = Attempt::new("TI03", &label, author.email());
            // `/records/1` is told as `records.1.category_id`.
            let told = format!("{place}/{field}")
                .trim_start_matches('/')
                .replace('/', ".");
            let mut answers = [&foreign, &never_issued].map(|id| {
                if let Some(record) = body.pointer_mut(&place) {
                    record[field] = json!(id);
                }
                let request = Request::new(&route.method, &path, &target.host(rival))
                    .bearer(author.access())
                    .json(&body);
                let response = report.probe(
                    &attempt,
                    target,
                    &request,
                    &Expected::Problem(422, "invalid_input"),
                );
                if let Some(response) = &response {
                    let error = &response.json()["errors"][0];
                    let named = error["field"] == told.as_str() && error["code"] == "not_found";
                    let verdict = named
                        .then_some(())
                        .ok_or_else(|| format!("its first error is {error}"));
                    report.judge(
                        &attempt,
                        &request,
                        response,
                        verdict,
                        format_args!("an error of the field {told}, code not_found"),
                    );
                }
                (request, response)
            });
            let (request, known) = (&answers[0].0.clone(), answers[0].1.take());
            alike(
                report,
                &attempt,
                request,
                (known, answers[1].1.take()),
                &[&foreign, &never_issued],
            );
        }
        let label = format!("{}.{field}", of.name);
        watch.end(
            target,
            report,
            &Attempt::new("TI03", &label, "every request above"),
        )?;
    }
    Ok(())
}

/// TI04: the victim's child moved under one's own parent, and the victim's parent as a filter.
pub(super) fn ti04_mismatched_parents(target: &Target, report: &mut Report) -> Result<(), String> {
    let references = references(target);
    if references.is_empty() {
        report.skip(
            "TI04",
            "no resource refers to another, and there are no nested routes",
        );
    }
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let host = target.host(rival);
    for Reference { of, field, to } in references {
        let (child, parent) = (target.create(victim, of)?, target.create(victim, to)?);
        let own_parent = target.create(rival, to)?;
        let never_issued = uuid::Uuid::now_v7().to_string();
        let watch = Watch::begin(target)?;

        if let Some(route) = target.surface.resource_route("PATCH", &of.name, true) {
            let label = route.label();
            let author = target.allowed_member(rival, &route.permissions)?;
            let attempt = Attempt::new("TI04", &label, author.email());
            let about = |id: &str| {
                Request::new("PATCH", &route.path.replace("{id}", id), &host)
                    .bearer(author.access())
                    .json(&json!({ field: own_parent }))
            };
            let not_found = Expected::Problem(404, "not_found");
            let known = report.probe(&attempt, target, &about(&child), &not_found);
            let unknown = report.probe(&attempt, target, &about(&never_issued), &not_found);
            alike(
                report,
                &attempt,
                &about(&child),
                (known, unknown),
                &[&child, &never_issued],
            );
        }

        if let Some(route) = target.surface.resource_route("GET", &of.name, false) {
            let label = route.label();
            let reader = target.allowed_member(rival, &route.permissions)?;
            let attempt = Attempt::new("TI04", &label, reader.email());
            let under = |id: &str| {
                Request::new(
                    "GET",
                    &format!("{}?filter[{field}]={id}", route.path),
                    &host,
                )
                .bearer(reader.access())
            };
            let known = report.probe(&attempt, target, &under(&parent), &Expected::Success);
            if let Some(response) = &known {
                let empty = response.json()["data"]
                    .as_array()
                    .is_some_and(Vec::is_empty);
                let verdict = empty.then_some(()).ok_or("it holds records".to_owned());
                report.judge(
                    &attempt,
                    &under(&parent),
                    response,
                    verdict,
                    "an empty list",
                );
            }
            let unknown = report.probe(&attempt, target, &under(&never_issued), &Expected::Success);
            alike(
                report,
                &attempt,
                &under(&parent),
                (known, unknown),
                &[&parent, &never_issued],
            );
        }
        let label = format!("{}.{field}", of.name);
        watch.end(
            target,
            report,
            &Attempt::new("TI04", &label, "every request above"),
        )?;
    }
    Ok(())
}
