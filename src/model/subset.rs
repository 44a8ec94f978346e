//! Searches the best set of features of a given size by swaps.
//!
//! All sets cannot be tried: of 300 features there are some 10²⁵ sets of 15. The likelihood is replaced by
//! its quadratic approximation around one fit, in which a set costs a small inverse. Features leave one by
//! one until so many are left, and swaps stop where no exchange of one for another says more.

#![allow(clippy::indexing_slicing, reason = "features are addressed below the order of the matrix")]

use super::design::Sums;
use super::symmetric::Symmetric;

/// Rounds of swaps at most; each of them gains, and so few are ever needed.
const ROUNDS: usize = 50;

/// The features that explain most among all sets of a size: a quadratic model of the likelihood,
/// the intercept always in.
#[derive(Debug)]
pub(super) struct Subsets {
    /// Features, the intercept left out by elimination.
    information: Symmetric,
    /// What each feature would gain per unit from zero.
    pull: Vec<f64>,
}

impl Subsets {
    /// The model around some coefficients (the intercept last): `c = H β + g`, less what the intercept takes.
    pub(super) fn new(sums: &Sums, coefficients: &[f64]) -> Self {
        let width = coefficients.len() - 1;
        let h = &sums.information;
        let right: Vec<f64> = (0..=width)
            .map(|row| sums.gradient[row] + (0..=width).map(|at| h.at(row, at) * coefficients[at]).sum::<f64>())
            .collect();
        let pivot = h.at(width, width);
        let mut information = Symmetric::zeros(width);
        for row in 0..width {
            for column in 0..=row {
                information.set(row, column, h.at(row, column) - h.at(row, width) * h.at(width, column) / pivot);
            }
        }
        let pull = (0..width).map(|row| right[row] - h.at(row, width) * right[width] / pivot).collect();
        Self { information, pull }
    }

    /// The best set of `size` features, by rising place: features leave one by one, the cheapest
    /// first; then any one inside is exchanged for any one outside while that gains.
    ///
    /// Only features that would speak in the direction of their own evidence come in.
    ///
    /// # References
    ///
    /// Hazimeh and Mazumder, *Fast best subset selection: coordinate descent and local
    /// combinatorial optimization* (2020).
    pub(super) fn best(&self, size: usize) -> Vec<usize> {
        let mut set = self.backward(size);
        for _ in 0..ROUNDS {
            let Some((out, into)) = self.swap(&set) else { break };
            set.retain(|at| *at != out);
            set.push(into);
            set.sort_unstable();
        }
        set
    }

    /// Features left when the cheapest leave one by one.
    fn backward(&self, size: usize) -> Vec<usize> {
        let width = self.pull.len();
        let mut set: Vec<usize> = (0..width).collect();
        let Some(mut inverse) = self.information.inverse() else { return set.into_iter().take(size).collect() };
        while set.len() > size {
            let coefficient =
                |at: usize| set.iter().map(|other| inverse.at(at, *other) * self.pull[*other]).sum::<f64>();
            // A coefficient that goes against the evidence leaves before all others.
            let cost = |at: usize| coefficient(at).max(0.0).powi(2) / inverse.at(at, at);
            let Some(gone) = set.iter().copied().min_by(|a, b| cost(*a).total_cmp(&cost(*b))) else { break };
            inverse = inverse.inverse_without(gone);
            set.retain(|at| *at != gone);
        }
        set
    }

    /// The exchange that gains most, if any does.
    fn swap(&self, set: &[usize]) -> Option<(usize, usize)> {
        let now = self.gain(set)?;
        let mut best: Option<(f64, (usize, usize))> = None;
        for out in set {
            let rest: Vec<usize> = set.iter().copied().filter(|at| at != out).collect();
            let without = self.gain(&rest)?;
            let inverse = self.part(&rest).inverse()?;
            for into in (0..self.pull.len()).filter(|at| !set.contains(at)) {
                let (pull, left) = self.beside((&rest, &inverse), into);
                // What is nearly a combination of the others adds nothing but noise.
                if pull <= 0.0 || left <= 1e-6 * self.information.at(into, into) {
                    continue;
                }
                let gain = without + 0.5 * pull * pull / left;
                if gain > best.map_or(now * (1.0 + 1e-9), |(gain, _)| gain) {
                    best = Some((gain, (*out, into)));
                }
            }
        }
        best.map(|(_, exchange)| exchange)
    }

    /// The pull on a feature, and its information, once a set has taken its own.
    fn beside(&self, (set, inverse): (&[usize], &Symmetric), feature: usize) -> (f64, f64) {
        let shared: Vec<f64> = set.iter().map(|at| self.information.at(*at, feature)).collect();
        let taken: Vec<f64> =
            (0..set.len()).map(|row| (0..set.len()).map(|at| inverse.at(row, at) * shared[at]).sum()).collect();
        let pulled: f64 = taken.iter().zip(set).map(|(taken, at)| taken * self.pull[*at]).sum();
        let informed: f64 = taken.iter().zip(&shared).map(|(taken, shared)| taken * shared).sum();
        (self.pull[feature] - pulled, self.information.at(feature, feature) - informed)
    }

    /// What a set gains in log-likelihood: `½ cᵀ H⁻¹ c` over it.
    fn gain(&self, set: &[usize]) -> Option<f64> {
        let pull: Vec<f64> = set.iter().map(|at| self.pull[*at]).collect();
        let coefficients = self.part(set).solve(&pull)?;
        Some(0.5 * coefficients.iter().zip(&pull).map(|(a, b)| a * b).sum::<f64>())
    }

    fn part(&self, set: &[usize]) -> Symmetric {
        let mut part = Symmetric::zeros(set.len());
        for (row, a) in set.iter().enumerate() {
            for (column, b) in set.iter().enumerate().take(row + 1) {
                part.set(row, column, self.information.at(*a, *b));
            }
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::super::folds::scatter;
    use super::*;

    /// The information of noisy, correlated features.
    fn subsets(salt: u64, width: usize) -> Subsets {
        let draw = |row: usize, at: usize| {
            (scatter((row as u64 * 131 + at as u64) ^ scatter(salt)) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let rows: Vec<Vec<f64>> = (0..60)
            .map(|row| (0..width).map(|at| draw(row, at) + if at % 3 == 0 { draw(row, 77) } else { 0.0 }).collect())
            .collect();
        let mut information = Symmetric::zeros(width);
        for a in 0..width {
            for b in 0..=a {
                information.set(
                    a,
                    b,
                    rows.iter().map(|row| row[a] * row[b]).sum::<f64>() + f64::from(u8::from(a == b)),
                );
            }
        }
        let pull = (0..width).map(|at| 3.0 + 4.0 * draw(at, 991)).collect();
        Subsets { information, pull }
    }

    #[test]
    fn is_as_good_as_trying_every_set() {
        let (mut equal, mut all) = (0, 0);
        for salt in 0..30 {
            let subsets = subsets(salt, 9);
            for size in 1..5 {
                let found = subsets.gain(&subsets.best(size)).unwrap();
                let sets = (0_u32..1 << 9).filter(|set| set.count_ones() as usize == size);
                let indices = |set: u32| (0..9).filter(|at| set >> at & 1 == 1).collect::<Vec<usize>>();
                let best = sets.map(|set| subsets.gain(&indices(set)).unwrap()).fold(0.0, f64::max);
                assert!(found <= best + 1e-9 && found >= 0.97 * best, "{salt} {size}: {found} {best}");
                equal += usize::from(found >= best - 1e-9);
                all += 1;
            }
        }
        assert!(equal * 10 >= all * 9, "{equal} of {all}");
    }
}
