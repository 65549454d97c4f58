//! TI05 in the query: every operator, sort, search and choice of fields, in lists and exports.

use serde_json::json;

use crate::attacks::selectors::holds_none_of;
use crate::body;
use crate::client::Request;
use crate::expect::Expected;
use crate::report::{Attempt, Report};
use crate::snapshot::{Snapshot, percent_encoded};
use crate::surface::{Class, Field, FieldType, Resource, Route};
use crate::target::Target;

/// TI05: the victim asks for the rival's record in each way that a query knows.
pub(super) fn ti05_queries_and_exports(target: &Target, report: &mut Report) -> Result<(), String> {
    for resource in &target.surface.resources {
        let Some(list) = target.surface.route_of(resource, Class::List) else {
            report.skip("TI05", &format!("{} has no list", resource.name));
            continue;
        };
        if target.surface.route_of(resource, Class::Create).is_none() {
            report.skip(
                "TI05",
                &format!("no route makes a record of {}", resource.name),
            );
            continue;
        }
        let secret = Secret::plant(target, resource)?;
        let secrets = Snapshot::take_one(target, &target.cast.rival, list)?;
        let export = target.surface.route_of(resource, Class::Export);
        for query in secret.queries(resource) {
            ask(
                target,
                report,
                list,
                &format!("?limit=200&{query}"),
                &secret,
                &secrets,
            )?;
            if let Some(export) = export {
                for format in ["csv", "jsonl"] {
                    let query = format!("?format={format}&{query}");
                    ask(target, report, export, &query, &secret, &secrets)?;
                }
            }
        }
        stolen_cursors(target, report, list, &secrets)?;
    }
    Ok(())
}

/// The rival's record, and a text in it that occurs nowhere else.
struct Secret<'a> {
    id: String,
    marker: Option<(&'a Field, String)>,
}

impl<'a> Secret<'a> {
    fn plant(target: &Target, resource: &'a Resource) -> Result<Self, String> {
        let rival = &target.cast.rival;
        let mut body = target.new_record(rival, resource)?;
        let marker =
            body::text_field(resource).map(|field| (field, format!("trace-{:08}", target.fresh())));
        if let Some((field, marker)) = &marker {
            body[field.name.as_str()] = json!(marker);
        }
        let create = target.surface.route_of(resource, Class::Create);
        let permissions = create.map(|route| route.permissions.clone());
        let author = target.allowed_member(rival, &permissions.unwrap_or_default())?;
        let id = target.create_from(rival, resource, author, &body)?;
        Ok(Self { id, marker })
    }

    fn queries(&self, resource: &Resource) -> Vec<String> {
        let id = &self.id;
        let mut all = vec![
            String::new(),
            format!("filter[id]={id}"),
            format!("filter[id][in]={id}"),
            format!("filter[id][gte]={id}"),
            format!("filter[id][ne]={}", uuid::Uuid::now_v7()),
            format!("filter[id][nin]={}", uuid::Uuid::now_v7()),
            "filter[version][gte]=0".to_owned(),
            "filter[created_by][null]=false".to_owned(),
            "sort=-id".to_owned(),
            "sort=-version,id".to_owned(),
        ];
        for field in resource
            .fields
            .iter()
            .filter(|field| field.permission.is_none())
        {
            let name = &field.name;
            all.push(format!("filter[{name}][null]=false"));
            all.push(format!("fields=id,{name}"));
            if sortable(field) {
                all.push(format!("sort={name}"));
                all.push(format!("sort=-{name},id"));
            }
        }
        if let Some((field, marker)) = &self.marker {
            let (name, part) = (&field.name, percent_encoded(marker));
            for op in ["eq", "in", "like", "gte", "lte"] {
                all.push(format!("filter[{name}][{op}]={part}"));
            }
            for op in ["ne", "nin", "gt", "lt"] {
                all.push(format!("filter[{name}][{op}]=zz"));
                all.push(format!("filter[{name}][{op}]=a&sort=-id"));
            }
            if field.search {
                all.push(format!("q={part}"));
                all.push("q=trace&sort=-id".to_owned());
            }
        }
        all
    }
}

fn sortable(field: &Field) -> bool {
    match &field.ty {
        FieldType::String { max, .. } => *max <= 1_000,
        FieldType::Text { .. } | FieldType::Json | FieldType::Unknown => false,
        _ => true,
    }
}

fn ask(
    target: &Target,
    report: &mut Report,
    route: &Route,
    query: &str,
    secret: &Secret<'_>,
    secrets: &Snapshot,
) -> Result<(), String> {
    let victim = &target.cast.victim;
    let reader = target.allowed_member(victim, &route.permissions)?;
    let label = route.label();
    let attempt = Attempt::new("TI05", &label, reader.email());
    let path = format!("{}{query}", route.path);
    let request = Request::new("GET", &path, &target.host(victim)).bearer(reader.access());
    let Some(answer) = report.probe(&attempt, target, &request, &Expected::Success) else {
        return Ok(());
    };
    let text = answer.body_text();
    let marked = secret
        .marker
        .as_ref()
        .is_some_and(|(_, marker)| text.contains(marker));
    let verdict = match marked || text.contains(&secret.id) {
        true => Err("it holds the other tenant's record".to_owned()),
        // A list names its rows; an export is searched for every id.
        false if target.surface.class(route) == Class::List => {
            holds_none_of(&answer, secrets, &route.path)
        }
        false => match secrets.id_in(&text) {
            Some(id) => Err(format!("it holds {id}, of the other tenant")),
            None => Ok(()),
        },
    };
    report.judge(
        &attempt,
        &request,
        &answer,
        verdict,
        "no row of the other tenant",
    );
    Ok(())
}

/// Cursors of the rival's pages under each order, at the victim's list.
fn stolen_cursors(
    target: &Target,
    report: &mut Report,
    list: &Route,
    secrets: &Snapshot,
) -> Result<(), String> {
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    let label = list.label();
    for order in ["", "&sort=-id", "&sort=-created_at", "&fields=id"] {
        let path = format!("{}?limit=1{order}", list.path);
        let owner = target.allowed_member(rival, &list.permissions)?;
        let page = Request::new("GET", &path, &target.host(rival)).bearer(owner.access());
        // Where an order is unknown, or there is one row, there is nothing to steal.
        let Some(cursor) = target
            .client
            .send(&page)
            .ok()
            .and_then(|page| page.text_of("next_cursor"))
        else {
            continue;
        };
        let reader = target.allowed_member(victim, &list.permissions)?;
        let stolen = format!("{path}&cursor={}", percent_encoded(&cursor));
        let request = Request::new("GET", &stolen, &target.host(victim)).bearer(reader.access());
        let attempt = Attempt::new("TI05", &label, reader.email());
        if let Some(answer) = report.probe(&attempt, target, &request, &Expected::Status(&[400])) {
            let verdict = holds_none_of(&answer, secrets, &list.path);
            report.judge(
                &attempt,
                &request,
                &answer,
                verdict,
                "no row of the other tenant",
            );
        }
    }
    Ok(())
}
