//! How the values of one type become values of another.
//!
//! Only conversions whose result nobody would argue about are here. Values that might not fit are
//! looked for before anything changes, so that none is cut or rounded in silence.

use gatewright_schema::{FieldType, OnDelete};

use crate::lower::literal::sql_quoted;

/// Stands for the column in the SQL of this module.
const VALUE: &str = "{value}";

/// A conversion of stored values. `None` where both types store a value alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cast {
    /// An expression over `{value}`.
    pub sqlite: Option<String>,
    pub postgres: Option<String>,
    /// What must not be among the values.
    pub unfit: Vec<Unfit>,
    /// What is lost, in words, where something is.
    pub loss: Option<String>,
}

/// Values that have no place in the new type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfit {
    /// `values that are longer than 40 characters`
    pub what: String,
    /// Conditions over `{value}` that hold for such values.
    pub sqlite: String,
    pub postgres: String,
}

impl Unfit {
    fn both(what: impl Into<String>, condition: String) -> Self {
        Self {
            what: what.into(),
            sqlite: condition.clone(),
            postgres: condition,
        }
    }
}

/// Puts a column into an expression or condition of a [`Cast`].
pub(super) fn over(sql: &str, column: &str) -> String {
    sql.replace(VALUE, column)
}

/// The way from one type to another; `None` where there is none.
pub(super) fn cast(old: &FieldType, new: &FieldType) -> Option<Cast> {
    use FieldType as T;
    Some(match (old, new) {
        (T::Enum { values: before }, T::Enum { values: after }) => fewer_values(before, after),
        (
            T::Decimal {
                precision, scale, ..
            },
            T::Decimal {
                precision: wider,
                scale: finer,
                ..
            },
        ) => rescale((*precision, *scale), (*wider, *finer)),
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) => Cast::default(),
        (
            T::String { .. } | T::Text { .. } | T::Email | T::Url | T::Enum { .. },
            T::Text { max, .. },
        ) => Cast {
            unfit: too_long(VALUE, VALUE, longest(old), *max),
            ..Cast::default()
        },
        (T::Email | T::Url | T::Enum { .. }, T::String { max, .. }) => Cast {
            unfit: too_long(VALUE, VALUE, longest(old), *max),
            ..Cast::default()
        },
        (T::Text { .. }, T::String { max, .. }) => Cast {
            unfit: too_long(VALUE, VALUE, longest(old), *max)
                .into_iter()
                .chain([control_characters()])
                .collect(),
            ..Cast::default()
        },
        (T::String { .. } | T::Text { .. }, T::Email) => Cast {
            unfit: vec![Unfit::both(
                "values that are no addresses",
                format!(
                    "({VALUE} NOT LIKE '_%@_%' OR {VALUE} LIKE '% %' OR length({VALUE}) > 254)"
                ),
            )],
            ..Cast::default()
        },
        (T::String { .. } | T::Text { .. }, T::Url) => Cast {
            unfit: vec![Unfit::both(
                "values that are no URLs",
                format!(
                    "(lower({VALUE}) NOT LIKE 'http://_%' AND lower({VALUE}) NOT LIKE 'https://_%' \
                     OR length({VALUE}) > 2048)"
                ),
            )],
            ..Cast::default()
        },
        (T::String { .. } | T::Text { .. } | T::Email | T::Url, T::Enum { values }) => {
            one_of(values)
        }
        // One database keeps the text that was written, the other the value: the texts would differ.
        (T::Json { .. }, T::String { .. } | T::Text { .. }) => return None,
        (old, T::String { max, .. } | T::Text { max, .. }) => {
            let (sqlite, postgres) = as_text(old)?;
            Cast {
                unfit: too_long(&sqlite, &postgres, longest(old), *max),
                sqlite: Some(sqlite),
                postgres: Some(postgres),
                loss: None,
            }
        }
        (
            T::Integer { .. },
            T::Decimal {
                precision, scale, ..
            },
        ) => Cast {
            sqlite: (*scale > 0).then(|| format!("{VALUE} * {}", power(*scale))),
            postgres: Some(VALUE.to_owned()),
            unfit: vec![Unfit::both(
                format!("numbers of more than {} digits", precision - scale),
                // No `abs`: the least number has none.
                format!(
                    "({VALUE} >= {limit} OR {VALUE} <= -{limit})",
                    limit = power(precision - scale)
                ),
            )],
            loss: None,
        },
        (T::Decimal { scale, .. }, T::Integer { .. }) => Cast {
            sqlite: (*scale > 0).then(|| format!("{VALUE} / {}", power(*scale))),
            postgres: Some(format!("{VALUE}::bigint")),
            unfit: vec![fractions(*scale, 0)],
            loss: Some("digits after the point".to_owned()),
        },
        (T::Date, T::Timestamp) => Cast {
            sqlite: Some(format!("{VALUE} || 'T00:00:00.000000Z'")),
            postgres: Some(format!("{VALUE}::timestamp AT TIME ZONE 'UTC'")),
            ..Cast::default()
        },
        (T::Timestamp, T::Date) => Cast {
            sqlite: Some(format!("substr({VALUE}, 1, 10)")),
            postgres: Some(format!("({VALUE} AT TIME ZONE 'UTC')::date")),
            loss: Some("the time of day".to_owned()),
            ..Cast::default()
        },
        (T::Reference { .. }, T::Uuid) | (T::Uuid, T::Reference { .. }) => Cast::default(),
        _ => return None,
    })
}

fn fewer_values(before: &[String], after: &[String]) -> Cast {
    let gone: Vec<&str> = before
        .iter()
        .filter(|value| !after.contains(value))
        .map(String::as_str)
        .collect();
    if gone.is_empty() {
        return Cast::default();
    }
    Cast {
        loss: Some(format!("the value {}", gone.join(", "))),
        ..one_of(after)
    }
}

fn one_of(values: &[String]) -> Cast {
    let list: Vec<String> = values.iter().map(|value| sql_quoted(value)).collect();
    Cast {
        unfit: vec![Unfit::both(
            "values that are not in the list",
            format!("{VALUE} NOT IN ({})", list.join(", ")),
        )],
        ..Cast::default()
    }
}

/// Between decimals. SQLite stores them as integers, in units of the last digit.
fn rescale((precision, scale): (u32, u32), (wider, finer): (u32, u32)) -> Cast {
    if (precision, scale) == (wider, finer) {
        return Cast::default();
    }
    let mut cast = Cast {
        postgres: Some(VALUE.to_owned()),
        ..Cast::default()
    };
    let mut losses = Vec::new();
    if finer > scale {
        cast.sqlite = Some(format!("{VALUE} * {}", power(finer - scale)));
    } else if finer < scale {
        cast.sqlite = Some(format!("{VALUE} / {}", power(scale - finer)));
        cast.unfit.push(fractions(scale, finer));
        losses.push(format!("digits after the point beyond {finer}"));
    }
    let (before, after) = (precision - scale, wider - finer);
    if after < before {
        cast.unfit.push(Unfit {
            what: format!("numbers of more than {after} digits before the point"),
            sqlite: format!("abs({VALUE}) >= {}", power(after + scale)),
            postgres: format!("abs({VALUE}) >= {}", power(after)),
        });
        losses.push(format!("digits before the point beyond {after}"));
    }
    cast.loss = (!losses.is_empty()).then(|| losses.join(", "));
    cast
}

/// Decimals that need more digits after the point than there will be.
fn fractions(scale: u32, kept: u32) -> Unfit {
    Unfit {
        what: match kept {
            0 => "numbers with a fraction".to_owned(),
            kept => format!("numbers of more than {kept} digits after the point"),
        },
        sqlite: format!("{VALUE} % {} <> 0", power(scale.saturating_sub(kept))),
        postgres: format!("{VALUE} <> round({VALUE}, {kept})"),
    }
}

/// A value as JSON has it, in both dialects; `None` for a type that has no such text.
fn as_text(ty: &FieldType) -> Option<(String, String)> {
    let same = |sql: String| (sql.clone(), sql);
    Some(match ty {
        FieldType::Integer { .. } => same(format!("CAST({VALUE} AS text)")),
        FieldType::Decimal { scale: 0, .. } => same(format!("CAST({VALUE} AS text)")),
        FieldType::Decimal { scale, .. } => {
            let units = power(*scale);
            let digits = format!(
                "printf('%s%d.%0{scale}d', CASE WHEN {VALUE} < 0 THEN '-' ELSE '' END, \
                 abs({VALUE}) / {units}, abs({VALUE}) % {units})"
            );
            (
                format!("CASE WHEN {VALUE} IS NOT NULL THEN {digits} END"),
                format!("CAST({VALUE} AS text)"),
            )
        }
        FieldType::Boolean => (
            format!("CASE {VALUE} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"),
            format!("CAST({VALUE} AS text)"),
        ),
        FieldType::Date => (VALUE.to_owned(), format!("to_char({VALUE}, 'YYYY-MM-DD')")),
        FieldType::Timestamp => (
            VALUE.to_owned(),
            format!("to_char({VALUE} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        ),
        FieldType::Uuid | FieldType::Reference { .. } | FieldType::Json { .. } => {
            (VALUE.to_owned(), format!("CAST({VALUE} AS text)"))
        }
        _ => return None,
    })
}

/// A value for people to read, in both dialects.
pub(super) fn shown(ty: &FieldType) -> (String, String) {
    as_text(ty).unwrap_or_else(|| (VALUE.to_owned(), VALUE.to_owned()))
}

/// The most characters that a value has as text.
fn longest(ty: &FieldType) -> u32 {
    match ty {
        FieldType::String { max, .. } | FieldType::Text { max, .. } | FieldType::Json { max } => {
            *max
        }
        FieldType::Email => 254,
        FieldType::Url => 2_048,
        FieldType::Uuid | FieldType::Reference { .. } => 36,
        FieldType::Date => 10,
        FieldType::Timestamp => 27,
        FieldType::Integer { .. } | FieldType::Decimal { .. } => 20,
        FieldType::Boolean => 5,
        FieldType::Enum { values } => values
            .iter()
            .map(|value| u32::try_from(value.chars().count()).unwrap_or(u32::MAX))
            .max()
            .unwrap_or(0),
    }
}

fn too_long(sqlite: &str, postgres: &str, longest: u32, max: u32) -> Vec<Unfit> {
    if longest <= max {
        return Vec::new();
    }
    vec![Unfit {
        what: format!("values of more than {max} characters"),
        sqlite: format!("length({sqlite}) > {max}"),
        postgres: format!("length({postgres}) > {max}"),
    }]
}

fn control_characters() -> Unfit {
    Unfit {
        what: "values of more than one line, or with other control characters".to_owned(),
        sqlite: format!("{VALUE} GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'"),
        postgres: format!("{VALUE} ~ '[\\x01-\\x1f\\x7f]'"),
    }
}

fn power(exponent: u32) -> u64 {
    10_u64.saturating_pow(exponent)
}

/// Whether a reference means something else than before, once renames are accounted for.
pub(super) fn refers_elsewhere(
    old: &FieldType,
    new: &FieldType,
    old_target_now: Option<&str>,
) -> bool {
    match (old, new) {
        (FieldType::Reference { .. }, FieldType::Reference { to, .. }) => {
            old_target_now != Some(to.as_str())
        }
        (_, FieldType::Reference { .. }) => true,
        _ => false,
    }
}

/// What a type is called in messages.
pub(super) fn word(ty: &FieldType) -> String {
    match ty {
        FieldType::String { .. } => "string".to_owned(),
        FieldType::Text { .. } => "text".to_owned(),
        FieldType::Email => "email".to_owned(),
        FieldType::Url => "url".to_owned(),
        FieldType::Uuid => "uuid".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::Json { .. } => "json".to_owned(),
        FieldType::Integer { .. } => "integer".to_owned(),
        FieldType::Decimal {
            precision, scale, ..
        } => format!("decimal of {precision} digits, {scale} after the point"),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Timestamp => "timestamp".to_owned(),
        FieldType::Enum { .. } => "enum".to_owned(),
        FieldType::Reference { to, .. } => format!("reference to {to}"),
    }
}

/// What happens on deletion, in words.
pub(super) fn on_delete(ty: &FieldType) -> Option<&'static str> {
    match ty {
        FieldType::Reference { on_delete, .. } => Some(match on_delete {
            OnDelete::Restrict => "restrict",
            OnDelete::Cascade => "cascade",
            OnDelete::SetNull => "set_null",
        }),
        _ => None,
    }
}
