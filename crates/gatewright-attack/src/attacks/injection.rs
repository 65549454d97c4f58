//! DB02: statements, NULs and broken text wherever the application takes text.

use serde_json::{Value, json};

use crate::attacks::Watch;
use crate::attacks::selectors::holds_none_of;
use crate::body;
use crate::client::Request;
use crate::expect::Expected;
use crate::principal::Principal;
use crate::report::{Attempt, Report};
use crate::snapshot::{Snapshot, percent_encoded};
use crate::surface::{Class, Field, FieldType, Resource, Route};
use crate::target::Target;

/// What ends a literal, a list or a statement, or is a placeholder or a wildcard.
const STATEMENTS: &[&str] = &[
    "' OR '1'='1",
    "'; DROP TABLE products; --",
    "\" OR \"\"=\"",
    "1) OR (1=1",
    "' UNION SELECT * FROM users --",
    "\\' OR 1=1 --",
    "id\" DESC, (SELECT 1) --",
    "$1",
    "?1",
    "%",
    "_",
    "{0}",
    "\u{202e}\u{feff}",
];

/// A NUL, which no database keeps in a text, percent-encoded.
const NULS: &[&str] = &["%00", "a%00b"];

/// What is no UTF-8, percent-encoded: refused, or read with U+FFFD in its place.
const BROKEN: &[&str] = &["%ff", "%c3%28", "%ed%a0%80"];

const OPERATORS: &[&str] = &[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "like", "null",
];

/// DB02 on each list, export, record, action and body.
pub(super) fn db02_injection(target: &Target, report: &mut Report) -> Result<(), String> {
    let (victim, rival) = (&target.cast.victim, &target.cast.rival);
    for resource in &target.surface.resources {
        let watch = Watch::begin(target)?;
        for (class, prefix) in [(Class::List, "?"), (Class::Export, "?format=jsonl&")] {
            let Some(route) = target.surface.route_of(resource, class) else {
                continue;
            };
            let list = target
                .surface
                .route_of(resource, Class::List)
                .unwrap_or(route);
            let aim = Aim {
                target,
                route,
                label: &route.label(),
                sender: target.allowed_member(rival, &route.permissions)?,
                prefix,
                secrets: Snapshot::take_one(target, victim, list)?,
            };
            aim.values(report, resource);
            aim.names(report, resource);
        }
        let label = format!("every query of {}", resource.name);
        watch.end(target, report, &Attempt::new("DB02", &label, "the rival"))?;
        for class in [Class::Read, Class::Update, Class::Delete, Class::Action] {
            for route in target.surface.routes_of(resource, class) {
                records(target, report, route)?;
            }
        }
        for class in [
            Class::Create,
            Class::Update,
            Class::BulkCreate,
            Class::BulkUpdate,
            Class::BulkDelete,
        ] {
            if let Some(route) = target.surface.route_of(resource, class) {
                bodies(target, report, resource, route)?;
            }
        }
        still_there(target, report, resource)?;
    }
    Ok(())
}

/// A list or an export, and what it must not show.
struct Aim<'a> {
    target: &'a Target,
    route: &'a Route,
    label: &'a str,
    sender: Principal<'a>,
    prefix: &'a str,
    secrets: Snapshot,
}

impl Aim<'_> {
    /// Sends a query: it is refused or finds what it says, and nothing of the other tenant.
    fn ask(&self, report: &mut Report, query: &str, expected: &Asked) {
        let attempt = Attempt::new("DB02", self.label, self.sender.email());
        let path = format!("{}{}{query}", self.route.path, self.prefix);
        let request = Request::new("GET", &path, &self.target.host(&self.target.cast.rival))
            .bearer(self.sender.access());
        let allowed: &[u16] = match expected {
            Asked::Refused => &[400],
            Asked::Nothing | Asked::Anything => &[200, 400],
        };
        let status = Expected::Status(allowed);
        let Some(answer) = report.probe(&attempt, self.target, &request, &status) else {
            return;
        };
        let text = answer.body_text();
        let found = text.contains("\"id\":") && answer.is_success();
        let verdict = match (expected, self.secrets.id_in(&text)) {
            (_, Some(id)) => Err(format!("it shows {id}, of the other tenant")),
            (Asked::Nothing, None) if found => Err("it finds records".to_owned()),
            _ => holds_none_of(&answer, &self.secrets, &self.route.path),
        };
        report.judge(
            &attempt,
            &request,
            &answer,
            verdict,
            "no more than was asked for",
        );
    }

    /// In the values of filters, searches, cursors and page sizes.
    fn values(&self, report: &mut Report, resource: &Resource) {
        let system = ["id", "version", "created_at", "created_by"];
        let named = resource
            .fields
            .iter()
            .filter(|field| field.permission.is_none())
            .map(|field| field.name.as_str());
        let mut turn = 0;
        for field in named.chain(system) {
            for op in OPERATORS {
                // A statement and a broken text for each pair, in turn: all of them in the end.
                turn += 1;
                let next = |of: &'static [&'static str]| of.get(turn % of.len());
                let statement = next(STATEMENTS).copied().unwrap_or_default();
                let expected = match matches!(*op, "eq" | "in" | "like") && statement.len() > 4 {
                    true => Asked::Nothing,
                    false => Asked::Anything,
                };
                let query = |value: &str| format!("filter[{field}][{op}]={value}");
                // What may find anything is asked of lists alone: an export would hold it all.
                if self.prefix == "?" || matches!(expected, Asked::Nothing) {
                    self.ask(report, &query(&percent_encoded(statement)), &expected);
                }
                let nul = next(NULS).copied().unwrap_or_default();
                self.ask(report, &query(nul), &Asked::Refused);
                if self.prefix == "?" {
                    let broken = next(BROKEN).copied().unwrap_or_default();
                    self.ask(report, &query(broken), &Asked::Anything);
                }
            }
        }
        // Each statement in a filter of one text, for it is there that it would be a literal.
        if let Some(field) = body::text_field(resource) {
            for statement in STATEMENTS.iter().filter(|statement| statement.len() > 4) {
                let value = percent_encoded(statement);
                let query = format!("filter[{}]={value}", field.name);
                self.ask(report, &query, &Asked::Nothing);
            }
        }
        for statement in STATEMENTS {
            let expected = match statement.len() > 4 {
                true => Asked::Nothing,
                false => Asked::Anything,
            };
            self.ask(
                report,
                &format!("q={}", percent_encoded(statement)),
                &expected,
            );
        }
        for nul in NULS {
            self.ask(report, &format!("q={nul}"), &Asked::Refused);
        }
        for broken in BROKEN {
            self.ask(report, &format!("q={broken}"), &Asked::Anything);
        }
    }

    /// Where names, operators, keys and cursors stand.
    fn names(&self, report: &mut Report, resource: &Resource) {
        let field = resource.fields.first().map_or("id", |field| &field.name);
        let statements = STATEMENTS
            .iter()
            .map(|statement| percent_encoded(statement));
        let broken = NULS.iter().chain(BROKEN).map(|broken| (*broken).to_owned());
        // A list and its export read one language: of the export every fourth text will do.
        let step = if self.prefix == "?" { 1 } else { 4 };
        for text in statements.chain(broken).step_by(step) {
            for query in [
                format!("filter[{text}]=1"),
                format!("filter[{field}{text}]=1"),
                format!("filter[{field}][{text}]=1"),
                format!("filter[{field}][eq{text}]=1"),
                format!("sort={text}"),
                format!("sort={field},{text}"),
                format!("sort=-id{text}"),
                format!("fields={text}"),
                format!("fields=id,{text}"),
                format!("cursor={text}"),
                format!("limit={text}"),
                format!("{text}=1"),
            ] {
                self.ask(report, &query, &Asked::Refused);
            }
        }
    }
}

/// What a query may find.
enum Asked {
    /// It is refused.
    Refused,
    /// It finds nothing, or is refused.
    Nothing,
    /// Whatever the attacker's own tenant holds.
    Anything,
}

/// In the path, and in a precondition.
fn records(target: &Target, report: &mut Report, route: &Route) -> Result<(), String> {
    let rival = &target.cast.rival;
    let prepared = target.prepare(route, rival)?;
    let sender = target.allowed_member(rival, &route.permissions)?;
    let label = route.label();
    let attempt = Attempt::new("DB02", &label, sender.email());
    let request = prepared.request.bearer(sender.access());
    let id = prepared.record.unwrap_or_default();
    let statements = STATEMENTS
        .iter()
        .map(|statement| percent_encoded(statement));
    let broken = NULS.iter().chain(BROKEN).map(|broken| (*broken).to_owned());
    for text in statements.chain(broken) {
        for path in [text.clone(), format!("{id}{text}")] {
            let mut request = request.clone();
            request.target = request.target.replace(&id, &path);
            report.probe(
                &attempt,
                target,
                &request,
                &Expected::Status(&[400, 404, 422]),
            );
        }
    }
    if matches!(target.surface.class(route), Class::Update | Class::Delete) {
        for statement in STATEMENTS {
            for tag in [(*statement).to_owned(), format!("\"{statement}\"")] {
                let request = request.clone().header("If-Match", &tag);
                report.probe(&attempt, target, &request, &Expected::Status(&[400, 412]));
            }
        }
    }
    Ok(())
}

/// In the keys and values of bodies. A text that is taken comes back as it was.
fn bodies(
    target: &Target,
    report: &mut Report,
    resource: &Resource,
    route: &Route,
) -> Result<(), String> {
    let rival = &target.cast.rival;
    let sender = target.allowed_member(rival, &route.permissions)?;
    let label = route.label();
    let attempt = Attempt::new("DB02", &label, sender.email());
    let texts = || STATEMENTS.iter().copied().chain(["\0", "a\0b"]);
    let fields = resource
        .fields
        .iter()
        .filter(|field| field.permission.is_none());
    let whole = target.surface.class(route) == Class::Create;
    let mut turn = 0;
    // All texts for the texts of a new record; elsewhere every fourth, in turn.
    let mut wanted = |of: Option<&Field>| {
        turn += 1;
        let text =
            of.is_some_and(|of| matches!(of.ty, FieldType::String { .. } | FieldType::Text { .. }));
        whole && text || turn % 4 == 0
    };
    let values =
        fields.flat_map(|field| texts().map(move |text| (field.name.as_str(), Some(field), text)));
    let keys = texts().map(|text| (text, None, "1"));
    let ids = texts().map(|text| ("id", None, text));
    for (name, field, text) in values.chain(keys).chain(ids) {
        if !wanted(field) {
            continue;
        }
        let prepared = target.prepare(route, rival)?.request;
        let body = prepared.body.as_deref().unwrap_or_default();
        let mut body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        match (body.get_mut("ids"), name) {
            (Some(ids), "id") => *ids = json!([text]),
            (Some(_), _) => body[name] = json!(text),
            (None, _) => match body.pointer_mut("/records/0") {
                Some(record) => record[name] = json!(text),
                None => body[name] = json!(text),
            },
        }
        let request = prepared.bearer(sender.access()).json(&body);
        let allowed: &[u16] = match field {
            // A value that is unique is taken once.
            Some(_) => &[200, 201, 400, 409, 422],
            None => &[400, 404, 422],
        };
        let status = Expected::Status(allowed);
        let Some(answer) = report.probe(&attempt, target, &request, &status) else {
            continue;
        };
        if let (Some(field), true) = (field, answer.is_success()) {
            let answered = answer.json();
            let record = answered.pointer("/data/0").unwrap_or(&answered);
            let verdict = kept(field, text, &record[name]);
            report.judge(
                &attempt,
                &request,
                &answer,
                verdict,
                "the text as it was sent",
            );
        }
    }
    Ok(())
}

/// A text is kept to the last character; a NUL never is.
fn kept(field: &Field, text: &str, held: &Value) -> Result<(), String> {
    match &field.ty {
        FieldType::Json => Ok(()),
        _ if text.contains('\0') => Err("a NUL was taken".to_owned()),
        FieldType::String { .. } | FieldType::Text { .. } if held != text => {
            Err(format!("it became {held}"))
        }
        _ => Ok(()),
    }
}

/// The table is there, and so are the victim's rows.
fn still_there(target: &Target, report: &mut Report, resource: &Resource) -> Result<(), String> {
    let Some(route) = target.surface.route_of(resource, Class::List) else {
        return Ok(());
    };
    let tenant = &target.cast.victim;
    let reader = target.allowed_member(tenant, &route.permissions)?;
    let label = route.label();
    let attempt = Attempt::new("DB02", &label, reader.email());
    let request = Request::new("GET", &route.path, &target.host(tenant)).bearer(reader.access());
    report.probe(&attempt, target, &request, &Expected::Success);
    Ok(())
}
