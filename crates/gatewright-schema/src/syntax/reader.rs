//! Reads one TOML table against its [`Table`] of keys and reports what does not fit.
//!
//! Serde would stop at the first mistake and lose places inside enums and flattened maps, so the
//! tree is walked by hand.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::diagnostics::{
    duplicate_entry::duplicate_entry, missing_key::missing_key, unknown_key::unknown_key,
    unknown_word::unknown_word, wrong_type::wrong_type,
};
use crate::keys::{Choice, Key, Table};
use crate::report::Diagnostic;
use crate::syntax::tree::{Located, Scalar, Texts};
use crate::wording::closest;

pub(crate) struct Reader<'a, 'o> {
    entries: &'a DeTable<'a>,
    shape: &'static Table,
    /// Keys that the table has under a name near enough to be meant.
    mistyped: Vec<&'static str>,
    pub out: &'o mut Vec<Diagnostic>,
}

/// An entry of a table whose keys the team names.
pub(crate) struct Entry<'a> {
    pub name: Located<String>,
    /// Absent if it is no table.
    pub table: Option<&'a DeTable<'a>>,
}

impl<'a, 'o> Reader<'a, 'o> {
    /// Opens a table; reports keys that it should not have and required ones that it lacks.
    ///
    /// `place` is where to point when a key is missing.
    pub fn open(
        entries: &'a DeTable<'a>,
        shape: &'static Table,
        place: Range<usize>,
        out: &'o mut Vec<Diagnostic>,
    ) -> Self {
        let mut mistyped = Vec::new();
        for (key, _) in entries {
            let name: &str = key.get_ref();
            if shape.key(name).is_some() {
                continue;
            }
            let meant = closest(name, shape.keys.iter().map(|key| key.name));
            out.push(unknown_key(&located(key), shape, meant));
            mistyped.extend(meant);
        }
        let mut reader = Self {
            entries,
            shape,
            mistyped,
            out,
        };
        // A key of some field types only is checked once the type is known.
        for key in shape.keys.iter().filter(|key| key.types.is_empty()) {
            reader.require(key, shape.title, &place);
        }
        reader
    }

    /// Reports a required key that is absent, unless a mistyped one stands for it.
    pub fn require(&mut self, key: &Key, of: &str, place: &Range<usize>) {
        let absent = !self.entries.contains_key(key.name) && !self.mistyped.contains(&key.name);
        if key.required && absent {
            let missing = missing_key(of, key.name, place.clone(), key.description);
            self.out.push(missing);
        }
    }

    /// Where the key itself stands.
    pub fn place_of(&self, key: &str) -> Option<Range<usize>> {
        self.entries.get_key_value(key).map(|(key, _)| key.span())
    }

    /// Whether the key was meant to be there and could not be read: it is mistyped, or `read` came
    /// to nothing though it stands there.
    pub fn lost<T>(&self, key: &str, read: &Option<T>) -> bool {
        self.mistyped.contains(&key) || read.is_none() && self.entries.contains_key(key)
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        debug_assert!(
            self.shape.key(key).is_some(),
            "`{key}` is read from {} but not in its table of keys",
            self.shape.title
        );
        self.entries.get(key)
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        convert: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Located<T>> {
        let value = self.value(key)?;
        let span = value.span();
        match convert(value.get_ref()) {
            Some(value) => Some(Located { value, span }),
            None => {
                self.out
                    .push(wrong_type(key, expected, value.get_ref(), span));
                None
            }
        }
    }

    pub fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        self.read(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub fn flag(&mut self, key: &'static str) -> Option<Located<bool>> {
        self.read(key, "`true` or `false`", DeValue::as_bool)
    }

    pub fn whole(&mut self, key: &'static str) -> Option<Located<i64>> {
        self.read(key, "a whole number", |value| {
            value.as_integer().and_then(integer)
        })
    }

    pub fn scalar(&mut self, key: &'static str) -> Option<Located<Scalar>> {
        let expected = "a string, a number or a boolean";
        self.read(key, expected, |value| match value {
            DeValue::String(text) => Some(Scalar::Text(text.to_string())),
            DeValue::Integer(number) => integer(number).map(Scalar::Integer),
            DeValue::Float(number) => Some(Scalar::Float(number.as_str().to_owned())),
            DeValue::Boolean(flag) => Some(Scalar::Boolean(*flag)),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        })
    }

    /// A day or an instant, as text or as a value of TOML's own.
    pub fn moment(&mut self, key: &'static str) -> Option<Located<Scalar>> {
        let expected = "a string, or a date";
        self.read(key, expected, |value| match value {
            DeValue::String(text) => Some(Scalar::Text(text.to_string())),
            DeValue::Datetime(moment) => Some(Scalar::Text(moment.to_string())),
            _ => None,
        })
    }

    /// A word of a closed list. Any other is reported.
    pub fn word(&mut self, key: &'static str, choice: &Choice) -> Option<Located<String>> {
        let word = self.text(key)?;
        self.accept(key, &word, choice).then_some(word)
    }

    fn accept(&mut self, key: &str, word: &Located<String>, choice: &Choice) -> bool {
        let accepted = choice.of.contains(&word.value.as_str());
        if !accepted {
            self.out.push(unknown_word(key, word, choice));
        }
        accepted
    }

    /// An array of strings, without repetitions.
    pub fn texts(&mut self, key: &'static str) -> Option<Texts> {
        let items = self.read(key, "an array of strings", DeValue::as_array)?;
        let mut texts: Vec<Located<String>> = Vec::with_capacity(items.value.len());
        let mut seen = std::collections::HashSet::new();
        for item in items.value.iter() {
            let Some(text) = item.get_ref().as_str() else {
                let wrong = wrong_type(key, "strings only", item.get_ref(), item.span());
                self.out.push(wrong);
                continue;
            };
            let text_at = Located {
                value: text.to_owned(),
                span: item.span(),
            };
            if seen.insert(text) {
                texts.push(text_at);
            } else {
                self.out.push(duplicate_entry(key, &text_at));
            }
        }
        Some(Located {
            value: texts,
            span: items.span,
        })
    }

    /// A table inside this one, with the place of its key.
    pub fn table(&mut self, key: &'static str) -> Option<Located<&'a DeTable<'a>>> {
        let table = self.read(key, "a table", DeValue::as_table)?;
        let span = self.place_of(key).unwrap_or(table.span);
        Some(Located {
            value: table.value,
            span,
        })
    }

    /// The entries of a table whose keys the team names, in the order of the file.
    ///
    /// An entry that is no table is reported and keeps its name, so that whoever refers to it is
    /// not reported as well. `example` shows what an entry looks like.
    pub fn named(&mut self, key: &'static str, example: &str) -> Option<Vec<Entry<'a>>> {
        let tables = self.table(key)?;
        let mut named = Vec::with_capacity(tables.value.len());
        for (name, value) in tables.value {
            let table = value.get_ref().as_table();
            if table.is_none() {
                self.out.push(wrong_type(
                    name.get_ref(),
                    &format!("a table such as `{example}`"),
                    value.get_ref(),
                    value.span(),
                ));
            }
            let name = located(name);
            named.push(Entry { name, table });
        }
        // The parser keeps keys in alphabetical order.
        named.sort_by_key(|entry| entry.name.span.start);
        Some(named)
    }

    /// An array of tables, each with its place.
    pub fn tables(&mut self, key: &'static str) -> Vec<Located<&'a DeTable<'a>>> {
        let Some(items) = self.read(key, "an array of tables", DeValue::as_array) else {
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.value.len());
        for item in items.value.iter() {
            match item.get_ref().as_table() {
                Some(value) => tables.push(Located {
                    value,
                    span: item.span(),
                }),
                None => {
                    let wrong = wrong_type(key, "tables only", item.get_ref(), item.span());
                    self.out.push(wrong);
                }
            }
        }
        tables
    }
}

fn located(key: &Spanned<std::borrow::Cow<'_, str>>) -> Located<String> {
    Located {
        value: key.get_ref().to_string(),
        span: key.span(),
    }
}

fn integer(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}
