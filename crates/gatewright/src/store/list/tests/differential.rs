//! Random lists over random records: SQLite, PostgreSQL and a model in memory must agree on which
//! records there are and in which order, walked page by page.
//!
//! A failure prints its seed; `GATEWRIGHT_SEED=… cargo test …` runs it again.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::page::page;
use super::super::query::read;
use super::reference::{self, Cell, Row, Wanted};
use super::*;
use crate::store::Value;
use crate::store::record::encode;

const RECORDS: usize = 600;
const LISTS: usize = 120;

/// What a column holds, and so what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Line,
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
    Id,
    Day,
    Choice(&'static [&'static str]),
    Json,
}

/// Every column: its name, its kind, and whether it may be null. The id comes first.
const COLUMNS: [(&str, Kind, bool); 27] = [
    ("id", Kind::Id, false),
    ("version", Kind::Integer, false),
    ("created_at", Kind::Instant, false),
    ("updated_at", Kind::Instant, false),
    ("created_by", Kind::Id, true),
    ("name", Kind::Line, false),
    ("nickname", Kind::Line, true),
    ("notes", Kind::Text, true),
    ("wide", Kind::Text, true),
    ("count", Kind::Integer, false),
    ("stock", Kind::Integer, true),
    ("price", Kind::Decimal, false),
    ("discount", Kind::Decimal, true),
    ("open", Kind::Boolean, false),
    ("rated", Kind::Boolean, true),
    ("at", Kind::Instant, false),
    ("until", Kind::Instant, true),
    (
        "status",
        Kind::Choice(&["draft", "active", "archived"]),
        false,
    ),
    ("colour", Kind::Choice(&["red", "green"]), true),
    ("parent_id", Kind::Id, true),
    ("contact", Kind::Line, true),
    ("site", Kind::Line, true),
    ("token", Kind::Id, false),
    ("day", Kind::Day, false),
    ("due", Kind::Day, true),
    ("data", Kind::Json, true),
    ("cost", Kind::Line, true),
];
const CREATED_BY: usize = 4;
/// `name`, `notes` and `cost`.
const SEARCHED: [usize; 3] = [5, 7, 26];

/// Texts that differ by case, by script, by what SQL and LIKE read into them.
const TEXTS: [&str; 41] = [
    "=1+1",
    "-1",
    "@a",
    "+a,b",
    "b,=a",
    "",
    " ",
    "a",
    "A",
    "ab",
    "AB",
    "Ab",
    "aB",
    "abc",
    "b",
    "Z",
    "z",
    "zz",
    "ä",
    "Ä",
    "äb",
    "ß",
    "SS",
    "é",
    "e\u{301}",
    "İ",
    "ı",
    "\u{212A}",
    "K",
    "k",
    "日本",
    "😀",
    "\u{FFFD}",
    "%",
    "_",
    "a%b",
    "a_b",
    "a,b",
    "\\",
    "'; DROP TABLE things; --",
    "\" OR 1=1",
];

/// A small generator of random numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from((self.next() >> 33) % limit as u64).unwrap()
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A value of few, so that they meet again.
    fn cell(&mut self, kind: Kind) -> Cell {
        let few = i64::try_from(self.below(6)).unwrap();
        match kind {
            Kind::Line => Cell::Text((*self.pick(&TEXTS)).to_owned()),
            Kind::Text => {
                let parts = [
                    *self.pick(&TEXTS),
                    *self.pick(&["", "\n", "\t", " "]),
                    *self.pick(&TEXTS),
                ];
                Cell::Text(parts.concat())
            }
            Kind::Integer => {
                Cell::Integer(*self.pick(&[0, 1, 2, -1, i64::MAX, i64::MIN, 10 + few]))
            }
            Kind::Decimal => {
                Cell::Decimal(*self.pick(&[0, 1, 100, 1_250, -1_250, 999_999_999_999, few]))
            }
            Kind::Boolean => Cell::Boolean(few % 2 == 0),
            Kind::Instant => Cell::Instant(*self.pick(&[
                -62_135_596_800_000_000,
                -1,
                0,
                1_764_000_000_000_000,
                1_764_000_000_000_001,
                253_402_207_199_999_999,
                1_764_000_000_000_000 + few * 1_000_000,
            ])),
            Kind::Id => Cell::Id(Uuid::from_u128(
                0xffff_ffff_ffff_ffff_0000 * u128::try_from(few).unwrap() + 5,
            )),
            Kind::Day => match *self.pick(&[
                (1, 1, 1),
                (9_999, 12, 31),
                (2026, 11, 24),
                (2026, 2, 28),
                (0, 0, 0),
            ]) {
                (0, ..) => Cell::Day(2026, 12, 1 + i8::try_from(few).unwrap()),
                (year, month, day) => Cell::Day(year, month, day),
            },
            Kind::Choice(values) => Cell::Text((*self.pick(values)).to_owned()),
            Kind::Json => Cell::Text(
                (*self.pick(&["{}", "-1", "\"=a\"", "[1, {\"b\": 2, \"a\": null}]"])).to_owned(),
            ),
        }
    }

    fn row(&mut self, tenant: Uuid, id: Uuid) -> Row {
        let cells = COLUMNS.iter().map(|(name, kind, nullable)| match name {
            &"id" => Cell::Id(id),
            _ if *nullable && self.one_in(4) => Cell::Null,
            _ => self.cell(*kind),
        });
        Row {
            tenant,
            cells: cells.collect(),
        }
    }

    fn filter(&mut self, rows: &[Row]) -> (usize, &'static str, Vec<Cell>) {
        let column = self.below(COLUMNS.len());
        let (_, kind, _) = COLUMNS[column];
        let choice: &[&'static str] = &["eq", "ne", "in", "nin", "null"];
        let ordered: &[&'static str] = &["eq", "ne", "in", "nin", "null", "gt", "gte", "lt", "lte"];
        let text: &[&'static str] = &[
            "eq", "ne", "in", "nin", "null", "gt", "gte", "lt", "lte", "like", "like",
        ];
        let ops = match kind {
            Kind::Json => &["null"],
            Kind::Boolean | Kind::Choice(_) => choice,
            Kind::Line | Kind::Text => text,
            _ => ordered,
        };
        let op = *self.pick(ops);
        let value = |random: &mut Self| {
            // Of a record half of the time.
            let known = random.pick(rows).cells[column].clone();
            if known == Cell::Null || random.one_in(2) {
                random.cell(kind)
            } else {
                known
            }
        };
        let values = match op {
            "null" => vec![Cell::Boolean(self.one_in(2))],
            "in" | "nin" => (0..1 + self.below(9)).map(|_| value(self)).collect(),
            "like" => vec![Cell::Text(self.needle())],
            _ => vec![value(self)],
        };
        // The last value alone may end in a backslash: before a comma it would escape it.
        let ends = |cell: &Cell| matches!(cell, Cell::Text(text) if text.ends_with('\\'));
        let last = values.len() - 1;
        let mut kept = values.into_iter().enumerate();
        let values = kept.by_ref().filter(|(n, cell)| *n == last || !ends(cell));
        // `wide` is a line whose text happens to be long: it takes no control characters.
        let line = |cell: Cell| match cell {
            Cell::Text(text) if COLUMNS[column].0 == "wide" => {
                Cell::Text(text.replace(['\n', '\t'], " "))
            }
            cell => cell,
        };
        (column, op, values.map(|(_, cell)| line(cell)).collect())
    }

    fn needle(&mut self) -> String {
        loop {
            let text = *self.pick(&TEXTS);
            if !text.is_empty() {
                return text.to_owned();
            }
        }
    }

    fn wanted(&mut self, rows: &[Row]) -> Wanted {
        let mut wanted = Wanted::default();
        for _ in 0..[0, 0, 1, 1, 1, 2, 3][self.below(7)] {
            let filter = self.filter(rows);
            let same = |(column, op, _): &(usize, &str, _)| (*column, *op) == (filter.0, filter.1);
            if !wanted.filters.iter().any(same) {
                wanted.filters.push(filter);
            }
        }
        for _ in 0..self.below(4) {
            let column = self.below(COLUMNS.len());
            let sortable = !["notes", "wide", "data"].contains(&COLUMNS[column].0);
            if sortable && !wanted.sort.iter().any(|(known, _)| *known == column) {
                wanted.sort.push((column, self.one_in(2)));
            }
        }
        wanted.q = self.one_in(4).then(|| self.needle());
        if self.one_in(5)
            && let Cell::Id(user) = self.pick(rows).cells[CREATED_BY]
        {
            wanted.own = Some(user);
        }
        wanted
    }
}

/// A cell as a client writes it.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => panic!("null is no value of a filter"),
        Cell::Text(text) => text.clone(),
        Cell::Integer(integer) => integer.to_string(),
        Cell::Decimal(hundredths) => Decimal::new(*hundredths, 2).to_string(),
        Cell::Boolean(boolean) => boolean.to_string(),
        Cell::Instant(micros) => Timestamp::from_microsecond(*micros).unwrap().to_string(),
        Cell::Id(id) => id.to_string(),
        Cell::Day(year, month, day) => Date::constant(*year, *month, *day).to_string(),
    }
}

/// A cell as the store takes it.
fn value(cell: &Cell, kind: Kind) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) if kind == Kind::Json => Value::Json(serde_json::from_str(text).unwrap()),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Integer(integer) => Value::Integer(*integer),
        Cell::Decimal(hundredths) => Value::Decimal(Decimal::new(*hundredths, 2)),
        Cell::Boolean(boolean) => Value::Boolean(*boolean),
        Cell::Instant(micros) => Value::Timestamp(Timestamp::from_microsecond(*micros).unwrap()),
        Cell::Id(id) => Value::Uuid(*id),
        Cell::Day(year, month, day) => Value::Date(Date::constant(*year, *month, *day)),
    }
}

/// The query string that asks for it, without the window.
fn query_string(wanted: &Wanted) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (column, op, values) in &wanted.filters {
        let name = format!("filter[{}][{op}]", COLUMNS[*column].0);
        let texts: Vec<String> = match *op {
            "in" | "nin" => values
                .iter()
                .map(|cell| text(cell).replace(',', r"\,"))
                .collect(),
            _ => values.iter().map(text).collect(),
        };
        query.append_pair(&name, &texts.join(","));
    }
    if !wanted.sort.is_empty() {
        let key = |(column, descending): &(usize, bool)| {
            format!(
                "{}{}",
                if *descending { "-" } else { "" },
                COLUMNS[*column].0
            )
        };
        let keys: Vec<String> = wanted.sort.iter().map(key).collect();
        query.append_pair("sort", &keys.join(","));
    }
    if let Some(q) = &wanted.q {
        query.append_pair("q", q);
    }
    query.finish()
}

async fn insert(app: &App, rows: &[Row]) {
    let prepared = app.runtime.statements.of(&THINGS).unwrap();
    for tenant in rows
        .iter()
        .map(|row| row.tenant)
        .collect::<std::collections::BTreeSet<_>>()
    {
        let unit = unit(app, tenant, Mode::Write);
        for row in rows.iter().filter(|row| row.tenant == tenant) {
            let mut args = vec![Value::Uuid(tenant)];
            for (cell, (_, kind, _)) in row.cells.iter().zip(COLUMNS) {
                args.push(encode(app.runtime.statements.dialect(), &value(cell, kind)));
            }
            unit.run(&prepared.insert, &args).await.unwrap();
        }
        unit.commit().await.unwrap();
    }
}

/// All pages of a list, one after another.
async fn walk(app: &App, tenant: Uuid, wanted: &Wanted, limit: usize) -> Vec<Uuid> {
    let holder = nobody();
    let text = query_string(wanted);
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut text = format!("{text}&limit={limit}")
            .trim_start_matches('&')
            .to_owned();
        if let Some(cursor) = &cursor {
            text = format!("{text}&cursor={cursor}");
        }
        let (query, window) = read(&THINGS, |_| true, &text)
            .unwrap_or_else(|error| panic!("{text}: {:?}", error.extra().errors));
        let unit = unit(app, tenant, Mode::Read);
        let access = seeing(&unit, &holder, wanted.own);
        let (records, next) = page(access, &query, &window).await.unwrap();
        found.extend(records.iter().map(|record| record.id));
        match next {
            None => return found,
            Some(_) if records.len() != limit => panic!("a page that is not full has a next one"),
            Some(_) if found.len() > RECORDS => panic!("the list does not end"),
            next => cursor = next,
        }
    }
}

/// An export holds the records of all pages, in both formats, with the same values.
async fn assert_exported(app: &App, tenant: Uuid, wanted: &Wanted, expected: &[Uuid]) {
    let asked = query_string(wanted);
    let export = |format: &str| {
        let query = format!("{asked}&format={format}")
            .trim_start_matches('&')
            .to_owned();
        async move {
            let export = exporting::begin(app, tenant, wanted.own, &query)
                .await
                .unwrap();
            exporting::text(export).await
        }
    };
    let lines = export("jsonl").await;
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let id = |line: &serde_json::Value| line["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    assert_eq!(
        lines.iter().map(id).collect::<Vec<_>>(),
        expected,
        "{asked}"
    );

    let behind = regex::Regex::new("([;\t\r\n][\\s\"]*)([-=+@])").unwrap();
    let file = export("csv").await;
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), expected.len());
    for (row, line) in rows.iter().zip(&lines) {
        for (name, cell) in head.iter().zip(row) {
            let (shown, is_text) = match &line[name] {
                serde_json::Value::Null => (String::new(), false),
                json if name == "data" => (json.to_string(), false),
                serde_json::Value::String(text) => {
                    (text.clone(), !["price", "discount"].contains(&name))
                }
                other => (other.to_string(), false),
            };
            // An apostrophe makes text of what looks like a formula: in front, or behind a separator.
            let formula = is_text && shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            let shown = if formula { format!("'{shown}") } else { shown };
            let inner = behind.replace_all(&shown, "$1'$2").into_owned();
            let shown = if is_text { inner } else { shown };
            assert_eq!(cell, shown, "{name}");
        }
    }
}

#[tokio::test]
async fn both_databases_list_what_the_model_lists() {
    let seed = std::env::var("GATEWRIGHT_SEED").map_or_else(
        |_| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            u64::try_from(now.as_nanos() & u128::from(u64::MAX)).unwrap() | 1
        },
        |seed| seed.parse().unwrap(),
    );
    println!("GATEWRIGHT_SEED={seed}");
    let mut random = Random(seed);

    let [tenant, other] = [1, 2].map(Uuid::from_u128);
    let rows: Vec<Row> = (0..RECORDS)
        .map(|n| {
            let id =
                Uuid::from_u128((u128::from(random.next()) << 64) + u128::try_from(n).unwrap());
            let tenant = if random.one_in(6) { other } else { tenant };
            random.row(tenant, id)
        })
        .collect();
    let (sqlite, postgres) = tokio::join!(on_sqlite(), on_postgres());
    tokio::join!(insert(&sqlite, &rows), insert(&postgres, &rows));

    let mut lengths = Vec::new();
    for n in 0..LISTS {
        let wanted = random.wanted(&rows);
        let expected = reference::list(&rows, tenant, &wanted, &SEARCHED, CREATED_BY);
        let limit = [1 + random.below(20), 200][random.below(2)].max(expected.len() / 5 + 1);
        let asked = query_string(&wanted);
        for (name, app) in [("SQLite", &sqlite), ("PostgreSQL", &postgres)] {
            let found = walk(app, tenant, &wanted, limit).await;
            assert_eq!(
                found, expected,
                "{name}, GATEWRIGHT_SEED={seed}, limit {limit}, own {:?}: {asked}",
                wanted.own
            );
        }
        if n % 4 == 0 {
            for app in [&sqlite, &postgres] {
                assert_exported(app, tenant, &wanted, &expected).await;
            }
        }
        lengths.push(expected.len());
    }
    // Random lists that are all empty, or all full, would show nothing.
    let telling = lengths
        .iter()
        .filter(|length| (1..400).contains(*length))
        .count();
    assert!(telling > LISTS / 4, "{telling} of {LISTS}");
}
