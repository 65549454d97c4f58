//! What bodies say of a field.

use serde_json::Value as Json;

use crate::error::{Error, FieldError, Result};
use crate::http::JsonObject;
use crate::model::{FieldDef, Model, ResourceDef};
use crate::store::custom::{Definition, Kind};

/// The longest name, in bytes, and the longest label, in characters.
const LONGEST_NAME: usize = 40;
const LONGEST_LABEL: usize = 100;

/// Columns that every record has, and what stands beside the fields in its JSON.
const RECORD: [&str; 7] = [
    "created_at",
    "created_by",
    "custom_fields",
    "id",
    "tenant_id",
    "updated_at",
    "version",
];

/// A new field.
#[derive(Debug)]
pub(super) struct NewField {
    pub(super) def: &'static ResourceDef,
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) definition: Definition,
}

/// What is changed of a field: what is not given stays.
#[derive(Debug, Default)]
pub(super) struct FieldPatch {
    pub(super) label: Option<Option<String>>,
    pub(super) optional: Option<bool>,
    pub(super) default: Option<Option<Json>>,
    pub(super) min: Option<Option<Json>>,
    pub(super) max: Option<Option<Json>>,
    pub(super) values: Option<Vec<String>>,
}

/// Reads the members of an object one by one, and collects what is wrong.
struct Reader {
    object: JsonObject,
    errors: Vec<FieldError>,
}

impl Reader {
    fn new(object: JsonObject) -> Self {
        Self {
            object,
            errors: Vec::new(),
        }
    }

    fn wrong(&mut self, key: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(key, code, message));
    }

    /// A member in a form; null is as good as none.
    fn take<T>(
        &mut self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(Json) -> Option<T>,
    ) -> Option<T> {
        let json = self.object.take(key).filter(|json| !json.is_null())?;
        let value = read(json);
        if value.is_none() {
            self.wrong(key, "invalid_type", format!("Send {wanted}."));
        }
        value
    }

    /// The same, told from null: `Some(None)`.
    fn take_patch<T>(
        &mut self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(Json) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.object.take(key)? {
            Json::Null => Some(None),
            json => {
                let value = read(json);
                if value.is_none() {
                    self.wrong(key, "invalid_type", format!("Send {wanted}."));
                }
                value.map(Some)
            }
        }
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, "text", text)
    }

    fn required(&mut self, key: &str) -> String {
        let before = self.errors.len();
        let value = self.text(key);
        if value.is_none() && self.errors.len() == before {
            self.wrong(key, "required", "This field is required.");
        }
        value.unwrap_or_default()
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        self.take(key, "true or false", |json| json.as_bool())
    }

    fn label(&mut self) -> Option<Option<String>> {
        let label = self.take_patch("label", "text", text)?;
        if let Some(label) = &label
            && !is_label(label)
        {
            let message = format!("Send one line of 1 to {LONGEST_LABEL} characters.");
            self.wrong("label", "invalid", message);
        }
        Some(label)
    }

    /// Refuses what is left.
    fn end(mut self) -> Result<()> {
        for (key, _) in std::mem::take(&mut self.object.members) {
            self.wrong(&key, "unknown_field", "There is no such field to write.");
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid_input(self.errors))
        }
    }
}

fn text(json: Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text),
        _ => None,
    }
}

fn digits(json: Json) -> Option<u32> {
    json.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn texts(json: Json) -> Option<Vec<String>> {
    match json {
        Json::Array(items) => items.into_iter().map(text).collect(),
        _ => None,
    }
}

/// Whether people can be shown this in place of a name.
pub(super) fn is_label(label: &str) -> bool {
    let length = label.chars().count();
    (1..=LONGEST_LABEL).contains(&length)
        && label.trim() == label
        && !label.chars().any(char::is_control)
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.len() <= LONGEST_NAME
}

impl NewField {
    /// Reads a body.
    ///
    /// # Errors
    /// 422 with every key that is wrong.
    pub(super) fn read(
        model: &'static Model,
        sees: impl Fn(&FieldDef) -> bool,
        object: JsonObject,
    ) -> Result<Self> {
        // A field that they do not see is not there: its name is as good as any. Values stand apart anyway.
        let has = |def: &ResourceDef, name: &str| {
            let mut fields = def.fields.iter();
            fields.any(|field| field.name == name && sees(field))
        };
        let mut body = Reader::new(object);
        let resource = body.required("resource");
        let def = model.resource(&resource);
        if def.is_none() && !resource.is_empty() {
            body.wrong("resource", "unknown", "There is no such resource.");
        }
        let name = body.required("name");
        if !name.is_empty() {
            if !is_name(&name) {
                let message = format!(
                    "Send a letter and up to {} lower-case letters, digits and underscores.",
                    LONGEST_NAME - 1
                );
                body.wrong("name", "invalid", message);
            } else if RECORD.contains(&name.as_str()) || def.is_some_and(|def| has(def, &name)) {
                body.wrong("name", "reserved", "Every record has this field already.");
            }
        }
        let label = body.label().flatten();
        let word = body.required("type");
        let kind = serde_json::from_value::<Kind>(Json::String(word.clone())).ok();
        if kind.is_none() && !word.is_empty() {
            let message = "Send string, text, email, url, integer, decimal, boolean, date, timestamp or enum.";
            body.wrong("type", "unknown", message);
        }
        let definition = Definition {
            kind: kind.unwrap_or(Kind::Boolean),
            optional: body.flag("optional").unwrap_or_default(),
            unique: body.flag("unique").unwrap_or_default(),
            default: body.take("default", "a value", Some),
            min: body.take("min", "a number", Some),
            max: body.take("max", "a number", Some),
            pattern: body.text("pattern"),
            precision: body.take("precision", "a whole number", digits),
            scale: body.take("scale", "a whole number", digits),
            values: body.take("values", "a list of texts", texts),
        };
        body.errors.extend(definition.check_pattern().err());
        body.end()?;
        let def = def.ok_or_else(|| Error::internal("a resource that was found is gone"))?;
        Ok(Self {
            def,
            name,
            label,
            definition: definition.with_lengths(),
        })
    }
}

impl FieldPatch {
    /// Reads a body.
    ///
    /// # Errors
    /// 422 with every key that is wrong. What a field is stays what it is.
    pub(super) fn read(object: JsonObject) -> Result<Self> {
        let mut body = Reader::new(object);
        let patch = Self {
            label: body.label(),
            optional: body.flag("optional"),
            default: body.take_patch("default", "a value", Some),
            min: body.take_patch("min", "a number", Some),
            max: body.take_patch("max", "a number", Some),
            values: body.take("values", "a list of texts", texts),
        };
        for key in [
            "resource",
            "name",
            "type",
            "unique",
            "pattern",
            "precision",
            "scale",
        ] {
            if body.object.take(key).is_some() {
                let message = "This stays as it is: add another field instead.";
                body.wrong(key, "fixed", message);
            }
        }
        body.end()?;
        Ok(patch)
    }
}
