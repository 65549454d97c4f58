//! Records for the demonstration, made up from the fields' types and bounds.

mod pattern;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::clock;
use crate::error::Result;
use crate::model::{FieldDef, FieldType, ResourceDef};
use crate::runtime::Runtime;
use crate::store::{Caller, Mode, Patterns, Unit, Value, check_value, create_record};

/// Records of each resource.
const RECORDS: usize = 3;

/// What was made so far.
#[derive(Default)]
struct Made {
    /// Ids by resource.
    ids: HashMap<&'static str, Vec<Uuid>>,
    /// Values of unique fields, by resource and field.
    taken: Vec<(&'static str, &'static str, Value)>,
}

/// Fills a tenant, as its owner would.
pub(super) async fn seed(runtime: &Arc<Runtime>, tenant_id: Uuid, owner: Uuid) -> Result<()> {
    let caller = Caller {
        tenant_id,
        actor: Some(owner),
        request_id: None,
        address: None,
    };
    let unit = Unit::new(Arc::clone(runtime), caller, Mode::Write);
    let mut made = Made::default();
    for &def in runtime.model.resources {
        for n in 0..RECORDS {
            let Some(values) = made.values(&runtime.patterns, def, n) else {
                continue;
            };
            let record = create_record(&unit, def, values).await?;
            made.ids.entry(def.name).or_default().push(record.id);
        }
    }
    unit.commit().await?;
    Ok(())
}

impl Made {
    /// The values of the `n`th record, or nothing where a field has no value to offer: a required
    /// reference to nothing, or a unique field of few values.
    fn values(
        &mut self,
        patterns: &Patterns,
        def: &'static ResourceDef,
        n: usize,
    ) -> Option<Vec<Value>> {
        let mut values = Vec::with_capacity(def.fields.len());
        let mut unique = Vec::new();
        for field in def.fields {
            let value = check_value(field, value(def, field, n, &self.ids)).ok()?;
            patterns.check(field, &value).ok()?;
            let key = (def.name, field.name, value.clone());
            if field.unique && value != Value::Null {
                if self.taken.contains(&key) {
                    return None;
                }
                unique.push(key);
            }
            values.push(value);
        }
        self.taken.extend(unique);
        Some(values)
    }
}

fn value(def: &ResourceDef, field: &FieldDef, n: usize, ids: &HashMap<&str, Vec<Uuid>>) -> Value {
    match field.ty {
        FieldType::String {
            pattern: Some(pattern),
            ..
        } => pattern::value(pattern, n).map_or(Value::Null, Value::Text),
        FieldType::String { min, max, .. } | FieldType::Text { min, max } => {
            text(def, field, n, min, max)
        }
        FieldType::Integer { min, max } => {
            let n = min
                .unwrap_or(0)
                .saturating_add(i64::try_from(n).unwrap_or(0) + 1);
            Value::Integer(max.map_or(n, |max| n.min(max)))
        }
        FieldType::Decimal {
            scale, min, max, ..
        } => {
            let bound =
                |text: Option<&str>| text.and_then(|text| Decimal::from_str_exact(text).ok());
            let step = Decimal::new(i64::try_from(n).unwrap_or(0) + 1, scale);
            let value = bound(min).unwrap_or_default() + step;
            Value::Decimal(bound(max).map_or(value, |max| value.min(max)))
        }
        FieldType::Email => Value::Text(format!("{}-{}@example.com", field.name, n + 1)),
        FieldType::Url => Value::Text(format!("https://example.com/{}/{}", field.name, n + 1)),
        FieldType::Uuid => Value::Uuid(Uuid::now_v7()),
        FieldType::Date => Value::Date(TimeZone::UTC.to_datetime(days_ago(n)).date()),
        FieldType::Json { .. } => Value::Json(serde_json::json!({ "number": n + 1 })),
        FieldType::Boolean => Value::Boolean(n.is_multiple_of(2)),
        FieldType::Timestamp => Value::Timestamp(days_ago(n)),
        FieldType::Enum { values } => values
            .get(n % values.len().max(1))
            .map_or(Value::Null, |value| Value::Text((*value).to_owned())),
        FieldType::Reference { to, .. } => {
            let targets = ids.get(to).map_or(&[][..], Vec::as_slice);
            let target = targets.get(n.min(targets.len().saturating_sub(1)));
            target.map_or(Value::Null, |id| Value::Uuid(*id))
        }
    }
}

/// `2 products name`, or less of it where the field is short, and more where it is long.
fn text(def: &ResourceDef, field: &FieldDef, n: usize, min: u32, max: u32) -> Value {
    let mut words = format!("{} {} {}", n + 1, def.name, field.name).replace('_', " ");
    while words.len() < min as usize {
        words.push_str(" and more");
    }
    Value::Text(words.chars().take(max as usize).collect())
}

fn days_ago(n: usize) -> Timestamp {
    let now = clock::now();
    now.checked_sub(SignedDuration::from_hours(
        24 * i64::try_from(n).unwrap_or(0),
    ))
    .unwrap_or(now)
}
