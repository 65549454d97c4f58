//! JSON Lines: each record as a list shows it, on a line of its own.

use std::io::Write as _;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::super::custom::{BAG, CustomFields};
use super::super::super::record::{Record, wire};
use super::super::column::Column;
use crate::error::{Error, Result};

struct Line<'a> {
    columns: &'a [Column],
    record: &'a Record,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut bag = Vec::new();
        for column in self.columns {
            let value = wire(&column.value(self.record));
            match column.of_tenant() {
                Some(field) => bag.push((field.name.clone(), value)),
                None => map.serialize_entry(column.name(), &value)?,
            }
        }
        if !bag.is_empty() {
            map.serialize_entry(BAG, &CustomFields::of_record(bag, Vec::new()))?;
        }
        map.end()
    }
}

pub(super) fn encode(columns: &[Column], records: &[Record]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, &Line { columns, record }).map_err(Error::internal)?;
        bytes.write_all(b"\n").map_err(Error::internal)?;
    }
    Ok(bytes)
}
