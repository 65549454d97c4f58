//! Records for the demonstration, made up from the fields' types and bounds.

mod pattern;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::DemoUser;
use crate::audit::Actor;
use crate::clock;
use crate::error::Result;
use crate::model::{FieldDef, FieldType, Model, ResourceDef};
use crate::runtime::Runtime;
use crate::store::{Caller, Mode, Patterns, Unit, Value, check_value, create_record};

/// Records of each resource.
const RECORDS: usize = 6;

/// What was made so far.
#[derive(Default)]
struct Made {
    /// Ids by resource.
    ids: HashMap<&'static str, Vec<Uuid>>,
    /// Values of unique fields, by resource and field.
    taken: Vec<(&'static str, &'static str, Value)>,
}

/// Fills a tenant. Those who may make records of a resource take turns, so that everybody has some.
pub(super) async fn seed(
    runtime: &Arc<Runtime>,
    tenant_id: Uuid,
    members: &[(&DemoUser, Uuid)],
) -> Result<()> {
    let mut made = Made::default();
    for &def in runtime.model.resources {
        let makers = makers(runtime.model, def, members);
        for (n, maker) in makers.iter().cycle().take(RECORDS).enumerate() {
            let Some(values) = made.values(&runtime.patterns, def, n) else {
                continue;
            };
            let caller = Caller {
                tenant_id,
                actor: Actor::User(*maker),
                request_id: None,
                address: None,
            };
            let unit = Unit::new(Arc::clone(runtime), caller, Mode::Write);
            let record = create_record(&unit, def, values).await?;
            unit.commit().await?;
            made.ids.entry(def.name).or_default().push(record.id);
        }
    }
    Ok(())
}

/// The members in good standing who may make records of a resource.
fn makers(model: &Model, def: &ResourceDef, members: &[(&DemoUser, Uuid)]) -> Vec<Uuid> {
    let create = format!("{}:create", def.name);
    let holds = |role: &&str| {
        let role = model.role(role);
        role.is_some_and(|role| role.permissions.contains(&create.as_str()))
    };
    members
        .iter()
        .filter(|(user, _)| user.user_status == "active" && user.membership_status == "active")
        .filter(|(user, _)| user.roles.iter().any(holds))
        .map(|(_, id)| *id)
        .collect()
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
            let value = self.value(patterns, def, field, n)?;
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

    /// The first of the offers that the field takes.
    fn value(
        &self,
        patterns: &Patterns,
        def: &ResourceDef,
        field: &FieldDef,
        n: usize,
    ) -> Option<Value> {
        let offers = offers(def, field, n, &self.ids).into_iter();
        let mut taken = offers.filter_map(|value| check_value(field, value).ok());
        taken.find(|value| patterns.check(field, value).is_ok())
    }
}

/// Values for the `n`th record, what reads best first. The field's rules decide between them.
fn offers(
    def: &ResourceDef,
    field: &FieldDef,
    n: usize,
    ids: &HashMap<&str, Vec<Uuid>>,
) -> Vec<Value> {
    let number = i64::try_from(n).unwrap_or(0) + 1;
    let one = match field.ty {
        FieldType::String { min, max, pattern } => {
            let words = words::of(def, field, n, (min, max));
            let matching = pattern.and_then(|pattern| pattern::value(pattern, n));
            return words.into_iter().chain(matching).map(Value::Text).collect();
        }
        FieldType::Text { min, max } => {
            let words = words::of(def, field, n, (min, max));
            return words.into_iter().map(Value::Text).collect();
        }
        FieldType::Integer { min, max } => {
            let value = min.unwrap_or(0).saturating_add(number);
            Value::Integer(max.map_or(value, |max| value.min(max)))
        }
        FieldType::Decimal {
            scale, min, max, ..
        } => {
            let bound =
                |text: Option<&str>| text.and_then(|text| Decimal::from_str_exact(text).ok());
            let within = |step: Decimal| {
                let value = bound(min).unwrap_or_default() + step;
                Value::Decimal(bound(max).map_or(value, |max| value.min(max)))
            };
            let price = Decimal::new(number * 995, 2).round_dp(scale);
            return vec![within(price), within(Decimal::new(number, scale))];
        }
        FieldType::Email => Value::Text(format!("{}-{number}@example.com", field.name)),
        FieldType::Url => Value::Text(format!("https://example.com/{}/{number}", field.name)),
        FieldType::Uuid => Value::Uuid(Uuid::now_v7()),
        FieldType::Date => Value::Date(TimeZone::UTC.to_datetime(days_ago(n)).date()),
        FieldType::Json { .. } => Value::Json(serde_json::json!({ "number": number })),
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
    };
    vec![one]
}

fn days_ago(n: usize) -> Timestamp {
    let now = clock::now();
    now.checked_sub(SignedDuration::from_hours(
        24 * i64::try_from(n).unwrap_or(0),
    ))
    .unwrap_or(now)
}
