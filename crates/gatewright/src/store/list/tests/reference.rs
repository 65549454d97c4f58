//! The same lists, worked out in memory by the words of the documentation alone: nothing here is
//! shared with the code under test.

use std::cmp::Ordering;

use uuid::Uuid;

/// A value, or its absence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Text(String),
    Integer(i64),
    /// In hundredths.
    Decimal(i64),
    Boolean(bool),
    /// Microseconds since 1970.
    Instant(i64),
    Id(Uuid),
    /// Year, month and day.
    Day(i16, i8, i8),
}

/// A record: its tenant, and a cell for each column, the id first.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) tenant: Uuid,
    pub(super) cells: Vec<Cell>,
}

impl Row {
    pub(super) fn id(&self) -> Uuid {
        match self.cells[0] {
            Cell::Id(id) => id,
            _ => panic!("the first column is the id"),
        }
    }
}

/// A list to be asked for. Columns are named by position.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) filters: Vec<(usize, &'static str, Vec<Cell>)>,
    pub(super) sort: Vec<(usize, bool)>,
    pub(super) q: Option<String>,
    pub(super) own: Option<Uuid>,
}

/// Compares two cells that are not null.
fn compare(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Cell::Integer(a), Cell::Integer(b))
        | (Cell::Decimal(a), Cell::Decimal(b))
        | (Cell::Instant(a), Cell::Instant(b)) => a.cmp(b),
        (Cell::Boolean(a), Cell::Boolean(b)) => a.cmp(b),
        (Cell::Day(a, b, c), Cell::Day(d, e, f)) => (a, b, c).cmp(&(d, e, f)),
        (Cell::Id(a), Cell::Id(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => panic!("a column has one type: {a:?} {b:?}"),
    }
}

fn contains(cell: &Cell, needle: &str) -> bool {
    let fold = |text: &str| -> Vec<char> {
        text.chars()
            .map(|c| match c {
                'A'..='Z' => char::from(c as u8 + 32),
                other => other,
            })
            .collect()
    };
    let (Cell::Text(text), needle) = (cell, fold(needle)) else {
        return false;
    };
    fold(text).windows(needle.len()).any(|part| part == needle)
}

fn holds(cell: &Cell, op: &str, values: &[Cell]) -> bool {
    let equal = values.contains(cell);
    let order = || match cell {
        Cell::Null => None,
        cell => Some(compare(cell, &values[0])),
    };
    match op {
        "eq" | "in" => equal,
        "ne" | "nin" => !equal,
        "gt" => order() == Some(Ordering::Greater),
        "gte" => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        "lt" => order() == Some(Ordering::Less),
        "lte" => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        "null" => (*cell == Cell::Null) == (values[0] == Cell::Boolean(true)),
        "like" => match &values[0] {
            Cell::Text(needle) => contains(cell, needle),
            other => panic!("{other:?} is no text"),
        },
        other => panic!("no operator {other}"),
    }
}

/// The ids of the records that the list must hold, in its order. `searched` are the columns of `q`,
/// `creator` that of the author.
pub(super) fn list(
    rows: &[Row],
    tenant: Uuid,
    wanted: &Wanted,
    searched: &[usize],
    creator: usize,
) -> Vec<Uuid> {
    let mut found: Vec<&Row> = rows
        .iter()
        .filter(|row| row.tenant == tenant)
        .filter(|row| {
            wanted
                .own
                .is_none_or(|user| row.cells[creator] == Cell::Id(user))
        })
        .filter(|row| {
            let mut filters = wanted.filters.iter();
            filters.all(|(column, op, values)| holds(&row.cells[*column], op, values))
        })
        .filter(|row| {
            wanted.q.as_ref().is_none_or(|needle| {
                let mut searched = searched.iter();
                searched.any(|column| contains(&row.cells[*column], needle))
            })
        })
        .collect();
    found.sort_by(|a, b| {
        let by_key = wanted.sort.iter().map(|(column, descending)| {
            match (&a.cells[*column], &b.cells[*column]) {
                (Cell::Null, Cell::Null) => Ordering::Equal,
                (Cell::Null, _) => Ordering::Greater,
                (_, Cell::Null) => Ordering::Less,
                (a, b) if *descending => compare(b, a),
                (a, b) => compare(a, b),
            }
        });
        by_key
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| compare(&a.cells[0], &b.cells[0]))
    });
    found.iter().map(|row| row.id()).collect()
}
