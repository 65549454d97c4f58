//! CSV (RFC 4180): a header row, lines that end in CR LF, UTF-8 without a byte order mark. Null is an
//! empty cell, as is empty text.
//!
//! Spreadsheets run a cell that looks like a formula, whoever wrote the record. A text that begins
//! like one gets an apostrophe in front, which makes it text to them. So does what looks like one
//! behind a semicolon, a tab or the end of a line: one that takes these for the ends of cells, as
//! many do for a semicolon, begins a cell there. In json the sign is written as its escape.

use csv::{Terminator, WriterBuilder};

use super::super::super::Value;
use super::super::super::record::{Record, wire};
use super::super::column::Column;
use crate::error::{Error, Result};

/// What a formula begins with, for one spreadsheet or another.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What some take for the end of a cell.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// The header row.
pub(super) fn head(columns: &[Column]) -> Result<Vec<u8>> {
    let names = columns.iter().map(|column| column.name().to_owned());
    rows([names.collect()].into_iter())
}

/// A row for each record.
pub(super) fn encode(columns: &[Column], records: &[Record]) -> Result<Vec<u8>> {
    rows(records.iter().map(|record| {
        let cells = columns.iter().map(|column| cell(&column.value(record)));
        cells.collect()
    }))
}

fn rows(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Error::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => {
            let is_formula = text.starts_with(FORMULA) || text.starts_with(['\t', '\r', '\n']);
            let first = if is_formula { "'" } else { "" };
            first.to_owned() + &harmless(text, |sign| format!("'{sign}"))
        }
        // With its quotes, where it is a string. A semicolon is in strings alone.
        Value::Json(json) => harmless(&json.to_string(), |sign| {
            format!("\\u{:04x}", u32::from(sign))
        }),
        // Numbers are numbers, a negative one too.
        value => match wire(value) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
    }
}

/// A text whose formulas behind a separator are written otherwise.
fn harmless(text: &str, otherwise: impl Fn(char) -> String) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut begins = false;
    for character in text.chars() {
        if begins && FORMULA.contains(&character) {
            harmless.push_str(&otherwise(character));
        } else {
            harmless.push(character);
        }
        let stays = begins && (character.is_whitespace() || character == '"');
        begins = stays || SEPARATORS.contains(&character);
    }
    harmless
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_text_that_looks_like_a_formula_is_made_text() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\ta",
            "\ra",
            "\na",
            "＝1",
            "＋1",
            "－1",
            "＠A",
            "=cmd|' /C calc'!A0",
        ] {
            assert_eq!(cell(&Value::Text(text.to_owned())), format!("'{text}"));
        }
        for text in ["", "a=1", " =1", "'=1", "1-1", "a; b-c", "a,=1", "a\n"] {
            assert_eq!(cell(&Value::Text(text.to_owned())), text);
        }
        for (text, made) in [
            ("a;=1", "a;'=1"),
            ("a;b;  @A1;+1", "a;b;  '@A1;'+1"),
            ("a;\"-1\"", "a;\"'-1\""),
            ("a\t=1", "a\t'=1"),
            ("a\r\n＝1", "a\r\n'＝1"),
            ("a\n\n=1", "a\n\n'=1"),
            ("\t=1", "'\t'=1"),
            (";=1", ";'=1"),
        ] {
            assert_eq!(cell(&Value::Text(text.to_owned())), made);
        }
        let json = serde_json::json!({ "a": "x; =1;－", "b": -1 });
        let made = cell(&Value::Json(json.clone()));
        assert_eq!(made, r#"{"a":"x; \u003d1;\uff0d","b":-1}"#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&made).unwrap(),
            json
        );
        assert_eq!(cell(&Value::Json("=1".into())), "\"=1\"");
        assert_eq!(cell(&Value::Integer(-1)), "-1");
        assert_eq!(cell(&Value::Decimal(Decimal::new(-150, 2))), "-1.50");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let row = ["a", "b,c", "d\"e", "f\r\ng", ""]
            .map(str::to_owned)
            .to_vec();
        let bytes = rows([row].into_iter()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\r\n");
    }
}
