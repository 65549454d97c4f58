//! Rounds, told as a median with the lowest and the highest.

use std::fmt;

/// One number for each round.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Adds a round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The middle value; the mean of the two in the middle for an even number of rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            count if count % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    /// Combines two series round by round: what belongs to one round met the same machine.
    #[must_use]
    pub fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Self(
            pairs
                .map(|(mine, theirs)| combine(*mine, *theirs))
                .collect(),
        )
    }

    /// How far each round lies above the other's.
    #[must_use]
    pub fn above(&self, other: &Self) -> Self {
        self.with(other, |mine, theirs| mine - theirs)
    }

    /// Each round as a part of the other's.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        self.with(other, |mine, theirs| mine / theirs)
    }
}

impl FromIterator<f64> for Rounds {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// `median (lowest..highest)`, with the formatter's precision.
impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(1);
        let low = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let median = self.median();
        write!(f, "{median:.digits$} ({low:.digits$}..{high:.digits$})")
    }
}

/// Prints a table in Markdown.
pub fn print_table(columns: &[&str], rows: &[Vec<String>]) {
    println!("\n| {} |", columns.join(" | "));
    println!("|{}", " --- |".repeat(columns.len()));
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_told_by_median_and_spread() {
        let rounds: Rounds = [3.0, 1.0, 2.0].into_iter().collect();
        assert_eq!(format!("{rounds:.0}"), "2 (1..3)");
        let even: Rounds = [4.0, 1.0].into_iter().collect();
        assert_eq!(even.median().to_string(), "2.5");
    }

    #[test]
    fn series_are_compared_round_by_round() {
        let mine: Rounds = [11.0, 22.0].into_iter().collect();
        let base: Rounds = [1.0, 2.0].into_iter().collect();
        assert_eq!(mine.over(&base), [11.0, 11.0].into_iter().collect());
        assert_eq!(mine.above(&base), [10.0, 20.0].into_iter().collect());
    }
}
