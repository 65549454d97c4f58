//! What one hash of a password costs: `PASSWORD_HASH_MEMORY` and `PASSWORD_HASH_ITERATIONS`.

use std::ops::RangeInclusive;

use super::{SettingError, wrong};

/// The parameters of Argon2id that an operator may raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HashCost {
    /// In KiB.
    pub(crate) memory: u32,
    pub(crate) iterations: u32,
}

impl HashCost {
    /// OWASP's first recommendation for Argon2id; less is refused.
    pub(crate) const LEAST: Self = Self {
        memory: 19_456,
        iterations: 2,
    };

    /// A hash that takes longer than a request may would let nobody in.
    const MOST: Self = Self {
        memory: 1_048_576,
        iterations: 100,
    };

    pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let number = |name: &str, unit: &str, range: RangeInclusive<u32>| match get(name) {
            None => Ok(*range.start()),
            Some(text) => text
                .parse()
                .ok()
                .filter(|number| range.contains(number))
                .ok_or_else(|| {
                    let (least, most) = range.into_inner();
                    wrong(
                        name,
                        format_args!("is `{text}`; use a number{unit} from {least} to {most}"),
                    )
                }),
        };
        let (least, most) = (Self::LEAST, Self::MOST);
        Ok(Self {
            memory: number(
                "PASSWORD_HASH_MEMORY",
                " of KiB",
                least.memory..=most.memory,
            )?,
            iterations: number(
                "PASSWORD_HASH_ITERATIONS",
                "",
                least.iterations..=most.iterations,
            )?,
        })
    }
}
