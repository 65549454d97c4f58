//! Which table and which column of the new schema is which of the old one.

use gatewright_schema::{Field, Resource};

use super::Refusal;

/// What is paired by name and by `renamed_from`.
pub(super) trait Named {
    fn name(&self) -> &str;
    fn renamed_from(&self) -> Option<&str>;
}

impl Named for Resource {
    fn name(&self) -> &str {
        &self.name
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }

    fn renamed_from(&self) -> Option<&str> {
        self.renamed_from.as_deref()
    }
}

/// Finds each new thing among the old ones; `None` for what is new.
///
/// A `renamed_from` counts once: as soon as the old schema knows the new name, it was applied and is
/// passed over. `place` turns a name into what messages say.
pub(super) fn pair<'a, T: Named>(
    old: &[&'a T],
    new: &[&'a T],
    place: impl Fn(&str) -> String,
    refusals: &mut Vec<Refusal>,
) -> Vec<Option<&'a T>> {
    let find = |name: &str| old.iter().find(|it| it.name() == name).copied();
    let pairs: Vec<Option<&T>> = new
        .iter()
        .map(|it| find(it.name()).or_else(|| it.renamed_from().and_then(find)))
        .collect();
    for (position, (pair, thing)) in pairs.iter().zip(new).enumerate() {
        let Some(pair) = pair else { continue };
        let earlier = pairs
            .iter()
            .take(position)
            .position(|it| it.is_some_and(|it| it.name() == pair.name()));
        if let Some(earlier) = earlier.and_then(|it| new.get(it)) {
            refusals.push(Refusal {
                message: format!(
                    "{} and {} both come from {}",
                    place(earlier.name()),
                    place(thing.name()),
                    place(pair.name())
                ),
                fix: "rename in one change and add what takes the old name in the next, or remove `renamed_from`"
                    .to_owned(),
            });
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use gatewright_schema::FieldType;

    use super::*;

    fn field(name: &str, from: Option<&str>) -> Field {
        Field {
            renamed_from: from.map(str::to_owned),
            ..Field::new(name, FieldType::Boolean)
        }
    }

    fn paired(old: &[Field], new: &[Field]) -> (Vec<Option<String>>, Vec<String>) {
        let mut refusals = Vec::new();
        let old: Vec<&Field> = old.iter().collect();
        let new: Vec<&Field> = new.iter().collect();
        let pairs = pair(&old, &new, |name| format!("t.{name}"), &mut refusals);
        let names = pairs.iter().map(|it| it.map(|it| it.name.clone()));
        (
            names.collect(),
            refusals.into_iter().map(|it| it.message).collect(),
        )
    }

    #[test]
    fn a_rename_is_followed_once() {
        let [a, b] = [field("a", None), field("b", Some("a"))];
        let found = |name: &str| Some(name.to_owned());
        assert_eq!(
            paired(std::slice::from_ref(&a), std::slice::from_ref(&b)),
            (vec![found("a")], vec![])
        );
        assert_eq!(
            paired(std::slice::from_ref(&b), std::slice::from_ref(&b)),
            (vec![found("b")], vec![])
        );
        // Applied before, and the old name is taken by another field since.
        assert_eq!(
            paired(std::slice::from_ref(&b), &[b.clone(), a.clone()]),
            (vec![found("b"), None], vec![])
        );
        // The name is not there: a new field.
        assert_eq!(paired(&[], std::slice::from_ref(&b)), (vec![None], vec![]));
    }

    #[test]
    fn one_column_does_not_become_two() {
        let [a, b] = [field("a", None), field("b", Some("a"))];
        assert_eq!(
            paired(std::slice::from_ref(&a), &[b, a.clone()]).1,
            ["t.b and t.a both come from t.a"]
        );
    }
}
