//! Lists and exports: filters, sorts, searches, pages.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::application::{Actor, Application};
use crate::defect::Defect;
use crate::http::{Problem, Request, Response};
use crate::world::{Record, World, fields_of};

const SYSTEM: [&str; 3] = ["id", "version", "created_by"];

fn invalid_query(name: &str) -> Problem {
    Problem::with(400, "invalid_query", json!({ "parameter": name }))
}

/// What a query string asks for.
#[derive(Default)]
struct Query {
    filters: Vec<(String, String, String)>,
    sort: Vec<(String, bool)>,
    q: Option<String>,
    fields: Option<Vec<String>>,
    limit: Option<usize>,
    cursor: Option<String>,
    format: Option<String>,
}

impl Application {
    pub fn list(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let query = self.query(world, request, resource, actor)?;
        if query.format.is_some() {
            return Err(invalid_query("format"));
        }
        let mut tenant = actor.tenant.clone();
        // A cursor is of a tenant, and of a member where the list is narrowed to them.
        let owner = match actor.narrowed {
            true => format!("{tenant}~{}", actor.user),
            false => tenant.clone(),
        };
        let mut after = 0;
        if let Some(cursor) = &query.cursor {
            let bad = || invalid_query("cursor");
            let (of, position) = cursor.rsplit_once('.').ok_or_else(bad)?;
            match of == owner {
                true => {}
                false if self.has(Defect::CursorReachesOtherTenants) => of.clone_into(&mut tenant),
                false => return Err(bad()),
            }
            after = position.parse().map_err(|_| bad())?;
        }
        let limit = query.limit.unwrap_or(50);
        let narrowed = actor.narrowed && !self.has(Defect::NarrowedLists);
        let matching = self.matching(world, resource, &tenant, actor, narrowed, &query);
        let mut hidden = self.hidden_from(actor);
        if self.has(Defect::HiddenFieldInList) {
            hidden.clear();
        }
        let mut rows: Vec<Value> = matching
            .into_iter()
            .skip(after)
            .take(limit.saturating_add(1))
            .map(|record| project(record.json(&hidden), &query))
            .collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let cursor = more.then(|| format!("{owner}.{}", after + limit));
        Ok(Response::json(
            200,
            &json!({ "data": rows, "next_cursor": cursor }),
        ))
    }

    pub fn export(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        actor: &Actor,
    ) -> Result<Response, Problem> {
        let query = self.query(world, request, resource, actor)?;
        if query.limit.is_some() || query.cursor.is_some() {
            return Err(invalid_query("limit"));
        }
        let narrowed = actor.narrowed && !self.has(Defect::NarrowedExports);
        let mut records = self.matching(world, resource, &actor.tenant, actor, narrowed, &query);
        if self.has(Defect::ExportsEverything) {
            records = world.records.iter().collect();
            records.retain(|record| record.resource == resource);
        }
        let mut hidden = self.hidden_from(actor);
        if self.has(Defect::HiddenFieldExport) {
            hidden.clear();
        }
        let rows = records
            .into_iter()
            .map(|record| project(record.json(&hidden), &query));
        match query.format.as_deref() {
            Some("jsonl") => {
                let lines: String = rows.map(|row| format!("{row}\n")).collect();
                Ok(Response::text("application/jsonl", lines))
            }
            Some("csv") => {
                let all = SYSTEM.iter().chain(fields_of(resource));
                let chosen = query.fields.as_deref();
                let columns: Vec<&str> = all
                    .copied()
                    .filter(|name| !hidden.contains(name))
                    .filter(|name| {
                        *name == "id"
                            || chosen.is_none_or(|chosen| chosen.iter().any(|c| c == name))
                    })
                    .collect();
                let mut text = format!("{}\r\n", columns.join(","));
                for row in rows {
                    let cells: Vec<String> = columns
                        .iter()
                        .map(|name| row[name].as_str().unwrap_or_default().replace(',', " "))
                        .collect();
                    text.push_str(&format!("{}\r\n", cells.join(",")));
                }
                Ok(Response::text("text/csv; charset=utf-8", text))
            }
            _ => Err(invalid_query("format")),
        }
    }

    fn query(
        &self,
        world: &World,
        request: &Request,
        resource: &str,
        actor: &Actor,
    ) -> Result<Query, Problem> {
        let own = self.own_names(world, resource, actor);
        let hidden = self.hidden_from(actor);
        let knows = |name: &str, defect: Defect| {
            SYSTEM.contains(&name)
                || own.iter().any(|own| own == name)
                || fields_of(resource).contains(&name)
                    && (!hidden.contains(&name) || self.has(defect))
        };
        let mut query = Query::default();
        for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            let bad = || invalid_query(&name);
            match name.as_str() {
                "limit" => {
                    let limit: usize = value.parse().map_err(|_| bad())?;
                    let most = match self.has(Defect::NoLimit) {
                        true => usize::MAX,
                        false => 200,
                    };
                    query.limit = Some(limit);
                    if !(1..=most).contains(&limit) {
                        return Err(bad());
                    }
                }
                "cursor" => query.cursor = Some(value),
                "format" => query.format = Some(value),
                "q" if (1..=200).contains(&value.chars().count()) => query.q = Some(value),
                "fields" => {
                    let names: Vec<String> = value.split(',').map(str::to_owned).collect();
                    if !names
                        .iter()
                        .all(|name| knows(name, Defect::HiddenFieldChosen))
                    {
                        return Err(bad());
                    }
                    query.fields = Some(names);
                }
                "sort" => {
                    for key in value.split(',') {
                        let field = key.strip_prefix('-').unwrap_or(key);
                        let most = if self.has(Defect::ManyKeys) {
                            20_000
                        } else {
                            3
                        };
                        let failing = self.has(Defect::InjectionInSort) && key.contains('\'');
                        if failing {
                            return Err(Problem::new(500, "internal"));
                        }
                        if !knows(field, Defect::HiddenFieldSort) || query.sort.len() >= most {
                            return Err(bad());
                        }
                        query.sort.push((field.to_owned(), key.starts_with('-')));
                    }
                }
                _ => {
                    let inside = name
                        .strip_prefix("filter[")
                        .and_then(|n| n.strip_suffix(']'));
                    let inside = inside.ok_or_else(bad)?;
                    let (field, op) = inside.split_once("][").unwrap_or((inside, "eq"));
                    let known = [
                        "eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "like", "null",
                    ];
                    let fits = known.contains(&op)
                        && knows(field, Defect::HiddenFieldFilter)
                        && (!op.ends_with("in") || value.split(',').count() <= 100)
                        && (op != "null" || matches!(value.as_str(), "true" | "false"));
                    let most = if self.has(Defect::ManyKeys) {
                        20_000
                    } else {
                        20
                    };
                    let compared = field == "id" && matches!(op, "eq" | "ne");
                    let fits = fits && (!compared || uuid::Uuid::parse_str(&value).is_ok());
                    let twice = query.filters.iter().any(|(f, o, _)| f == field && o == op);
                    let fits = fits && (!twice || self.has(Defect::ManyKeys));
                    if !fits || query.filters.len() >= most {
                        return Err(bad());
                    }
                    query.filters.push((field.to_owned(), op.to_owned(), value));
                }
            }
        }
        Ok(query)
    }

    fn matching<'a>(
        &self,
        world: &'a World,
        resource: &str,
        tenant: &str,
        actor: &Actor,
        narrowed: bool,
        query: &Query,
    ) -> Vec<&'a Record> {
        let asked = |op: &str| query.filters.iter().any(|(_, o, _)| o == op);
        let everything = self.has(Defect::ListsEverything)
            || self.has(Defect::FilterReachesOtherTenants) && asked("eq")
            || self.has(Defect::ComplementReachesOtherTenants) && asked("ne")
            || self.has(Defect::SearchReachesOtherTenants) && query.q.is_some();
        let mut records: Vec<&Record> = world
            .records
            .iter()
            .filter(|record| record.resource == resource && (everything || record.tenant == tenant))
            .filter(|record| !narrowed || record.created_by == actor.user)
            .filter(|record| {
                let row = record.json(&[]);
                query.filters.iter().all(|filter| self.passes(&row, filter))
            })
            .filter(|record| {
                let looks = |name: &str| {
                    let hidden = self.hidden_from(actor).contains(&name);
                    !hidden || self.has(Defect::HiddenFieldSearch)
                };
                query.q.as_ref().is_none_or(|q| {
                    ["name", "memo"]
                        .iter()
                        .filter(|name| looks(name))
                        .any(|name| {
                            let held = record.fields.get(*name).and_then(Value::as_str);
                            held.is_some_and(|held| held.contains(q.as_str()))
                        })
                })
            })
            .collect();
        for (field, descending) in query.sort.iter().rev() {
            let key = |record: &Record| held_in(&record.json(&[]), field).to_string();
            records.sort_by(
                |one, other| match (key(one).cmp(&key(other)), *descending) {
                    (Ordering::Less, true) => Ordering::Greater,
                    (Ordering::Greater, true) => Ordering::Less,
                    (order, _) => order,
                },
            );
        }
        records
    }

    fn passes(&self, row: &Value, (field, op, value): &(String, String, String)) -> bool {
        let held = match held_in(row, field) {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        };
        if self.has(Defect::InjectionInFilter) && value.contains("' OR '") {
            return true;
        }
        let by = |wanted: fn(Ordering) -> bool| {
            held.as_ref()
                .is_some_and(|held| wanted(held.as_str().cmp(value)))
        };
        let among = || value.split(',').any(|one| held.as_deref() == Some(one));
        match op.as_str() {
            "eq" => by(Ordering::is_eq),
            "ne" => !by(Ordering::is_eq),
            "gt" => by(Ordering::is_gt),
            "gte" => by(Ordering::is_ge),
            "lt" => by(Ordering::is_lt),
            "lte" => by(Ordering::is_le),
            "in" => among(),
            "nin" => !among(),
            "like" => held.is_some_and(|held| held.contains(value.as_str())),
            _ => held.is_none() == (value == "true"),
        }
    }
}

/// The value of a field, of a tenant's own too.
fn held_in<'a>(row: &'a Value, field: &str) -> &'a Value {
    match field.strip_prefix("custom_fields.") {
        Some(name) => &row["custom_fields"][name],
        None => &row[field],
    }
}

/// The chosen fields, and the id.
fn project(mut row: Value, query: &Query) -> Value {
    if let (Some(fields), Some(members)) = (&query.fields, row.as_object_mut()) {
        members.retain(|name, _| name == "id" || fields.contains(name));
    }
    row
}

/// Percent-decoded text without a NUL.
fn decode(text: &str) -> Result<String, Problem> {
    let bad = || invalid_query("");
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit().ok_or_else(bad)?, digit().ok_or_else(bad)?);
                u8::try_from(high * 16 + low).map_err(|_| bad())?
            }
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    match text.contains('\0') {
        true => Err(bad()),
        false => Ok(text),
    }
}
