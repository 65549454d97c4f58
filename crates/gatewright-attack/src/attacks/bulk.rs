//! TI01 in bulk: another tenant's id among one's own.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::attacks::selectors::alike;
use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::surface::{Class, Resource, Route};
use crate::target::Target;

/// TI01: bulk updates and deletions with own ids and a foreign one are refused as a whole, in the
/// same bytes as with an id that was never issued.
pub(super) fn ti01_mixed_ids(target: &Target, report: &mut Report) -> Result<(), String> {
    let mut routes = 0;
    for resource in &target.surface.resources {
        for class in [Class::BulkUpdate, Class::BulkDelete] {
            if let Some(route) = target.surface.route_of(resource, class) {
                routes += 1;
                mixed_ids(target, report, resource, route)?;
            }
        }
    }
    if routes == 0 {
        report.skip("TI01", "there are no bulk routes");
    }
    Ok(())
}

fn mixed_ids(
    target: &Target,
    report: &mut Report,
    resource: &Resource,
    route: &Route,
) -> Result<(), String> {
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let label = route.label();
    let sender = target.allowed_member(rival, &route.permissions)?;
    let attempt = Attempt::new("TI01", &label, sender.email());
    let foreign = target.create(victim, resource)?;
    let own = [
        target.create(rival, resource)?,
        target.create(rival, resource)?,
    ];
    let never_issued = uuid::Uuid::now_v7().to_string();
    let [first, last] = &own;
    let about = |ids: &[&str]| -> Result<Request, String> {
        let body = bulk_body(target, rival, resource, route, ids)?;
        Ok(Request::new("POST", &route.path, &target.host(rival))
            .bearer(sender.access())
            .json(&body))
    };
    let watch = Watch::begin(target)?;
    let not_found = Expected::Problem(404, "not_found");
    for (known, unknown) in [
        ([first, last, &foreign], [first, last, &never_issued]),
        ([first, &foreign, last], [first, &never_issued, last]),
        ([&foreign, first, last], [&never_issued, first, last]),
    ] {
        let request = about(&known.map(String::as_str))?;
        let known = report.probe(&attempt, target, &request, &not_found);
        let other = about(&unknown.map(String::as_str))?;
        let unknown = report.probe(&attempt, target, &other, &not_found);
        alike(
            report,
            &attempt,
            &request,
            (known, unknown),
            &[&foreign, &never_issued],
        );
    }
    watch.end(target, report, &attempt)?;
    // One's own ids alone work: it was the foreign one that was refused.
    report.probe(
        &attempt,
        target,
        &about(&[first, last])?,
        &Expected::Success,
    );
    Ok(())
}

/// The body of a bulk update or deletion of these records.
pub(super) fn bulk_body(
    target: &Target,
    tenant: &str,
    resource: &Resource,
    route: &Route,
    ids: &[&str],
) -> Result<Value, String> {
    if target.surface.class(route) == Class::BulkDelete {
        return Ok(json!({ "ids": ids }));
    }
    let records = ids.iter().map(|id| {
        let mut patch = target.small_patch(tenant, resource)?;
        patch["id"] = json!(id);
        Ok(patch)
    });
    Ok(json!({ "records": records.collect::<Result<Vec<_>, String>>()? }))
}
