//! Splits a total exactly among groups, in proportion to their weights.
//!
//! With weights w₁ … wₙ and a total T, the share of group i is ⌊T·Wᵢ/W⌋ − ⌊T·Wᵢ₋₁/W⌋, where Wᵢ is the
//! running sum. Shares telescope, so they add up to T whatever the weights are, and a share follows from
//! the running sum before it alone: parts of a district can be made in any order, on any machine.

use serde::{Deserialize, Serialize};

/// How many queries, by the four kinds of holder that a province counts.
///
/// As a total in [`SimulateParams::queries`](super::SimulateParams::queries) it is kept exactly: the ledger has so many
/// rows, whatever they found.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::QueryCounts;
///
/// assert_eq!(QueryCounts::JIANGSU_2017.scaled(0.1).police, 32_340);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryCounts {
    /// Banks, asked for deposits.
    pub bank: u64,
    /// The business registry.
    pub registry: u64,
    /// The police: household, exit and entry, vehicles, hotels.
    pub police: u64,
    /// The centres that keep the land register.
    pub real_estate: u64,
}

impl QueryCounts {
    /// What the courts of Jiangsu asked in 2017 (中国江苏网, 25 January 2018).
    ///
    /// The four figures are those of the press report, rounded by it to hundreds.
    pub const JIANGSU_2017: Self = Self { bank: 42_711_300, registry: 500_900, police: 323_400, real_estate: 873_000 };

    /// So many times as many, each rounded to a whole number.
    ///
    /// ```
    /// use wherewithal::simulate::QueryCounts;
    ///
    /// let counts = QueryCounts { bank: 15, registry: 3, police: 0, real_estate: 1 };
    /// let half = counts.scaled(0.5);
    /// assert_eq!((half.bank, half.registry, half.police), (8, 2, 0)); // halves away from zero
    /// ```
    #[must_use]
    pub fn scaled(self, times: f64) -> Self {
        self.each(|count| scaled(count, times))
    }

    fn each(self, mut of: impl FnMut(u64) -> u64) -> Self {
        Self {
            bank: of(self.bank),
            registry: of(self.registry),
            police: of(self.police),
            real_estate: of(self.real_estate),
        }
    }

    fn with(self, other: Self, mut of: impl FnMut(u64, u64) -> u64) -> Self {
        Self {
            bank: of(self.bank, other.bank),
            registry: of(self.registry, other.registry),
            police: of(self.police, other.police),
            real_estate: of(self.real_estate, other.real_estate),
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        self.with(other, u64::saturating_add)
    }

    /// What falls on the second debtor of a group with so many cases, who stands in the first of them.
    pub(super) fn of_second(self, index: u64, n_cases: u64) -> Self {
        self.each(|count| (count + index % (n_cases + 1)) / (n_cases + 1))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        self.with(other, u64::saturating_sub)
    }

    /// How many rounds it takes when a round asks each kind at most so often.
    pub(super) fn rounds(self, most: Self) -> u64 {
        let needed = self.with(most, |count, most| count.div_ceil(most.max(1)));
        needed.bank.max(needed.registry).max(needed.police).max(needed.real_estate)
    }

    /// The part that the round `nth` of `rounds` asks; the rounds add up.
    pub(super) fn of_round(self, nth: u64, rounds: u64) -> Self {
        let rounds = rounds.max(1);
        self.each(|count| count / rounds + u64::from(nth < count % rounds))
    }
}

/// A whole number so many times as large, rounded.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a u64 holds exactly")]
pub(super) fn scaled(count: u64, times: f64) -> u64 {
    libm::round((count as f64 * times).clamp(0.0, 9e15)) as u64
}

/// A total dealt out to groups by weight, so that the shares add up to it exactly.
///
/// A group's share is what the running total grows by, so it follows from the weights before it and not from what any
/// other group did: a chunk of groups can be made anywhere.
#[derive(Debug)]
pub(super) struct Deal {
    total: QueryCounts,
    weight: QueryCounts,
    /// The weight before every group whose index is a multiple of [`MARK`].
    marks: Vec<QueryCounts>,
}

const MARK: u64 = 256;

impl Deal {
    pub(super) fn new(total: QueryCounts, weights: impl Iterator<Item = QueryCounts>) -> Self {
        let (mut marks, mut weight) = (Vec::new(), QueryCounts::default());
        for (index, next) in (0..).zip(weights) {
            if index % MARK == 0 {
                marks.push(weight);
            }
            weight = weight.plus(next);
        }
        Self { total, weight, marks }
    }

    /// The weight before a group.
    pub(super) fn before(&self, group: u64, weight: impl Fn(u64) -> QueryCounts) -> QueryCounts {
        let mark = group / MARK;
        let marked = usize::try_from(mark).ok().and_then(|mark| self.marks.get(mark)).copied().unwrap_or_default();
        (mark * MARK..group).map(weight).fold(marked, QueryCounts::plus)
    }

    /// What falls on a group between two running weights.
    pub(super) fn share(&self, before: QueryCounts, after: QueryCounts) -> QueryCounts {
        self.reached(after).minus(self.reached(before))
    }

    fn reached(&self, weight: QueryCounts) -> QueryCounts {
        let (total, all) = (self.total, self.weight);
        let of = |total: u64, weight: u64, all: u64| {
            u64::try_from(u128::from(total) * u128::from(weight) / u128::from(all.max(1))).unwrap_or(u64::MAX)
        };
        QueryCounts {
            bank: of(total.bank, weight.bank, all.bank),
            registry: of(total.registry, weight.registry, all.registry),
            police: of(total.police, weight.police, all.police),
            real_estate: of(total.real_estate, weight.real_estate, all.real_estate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_total_from_any_start() {
        let weight = |group: u64| QueryCounts { bank: group % 7 + 1, registry: group % 2, police: 3, real_estate: 1 };
        let total = QueryCounts { bank: 1_000_003, registry: 17, police: 0, real_estate: 5_000 };
        let deal = Deal::new(total, (0..1_000).map(weight));
        let shares = |groups: std::ops::Range<u64>| {
            let mut before = deal.before(groups.start, weight);
            let dealt = groups.map(|group| {
                let after = before.plus(weight(group));
                let share = deal.share(before, after);
                before = after;
                share
            });
            dealt.collect::<Vec<_>>()
        };
        let all = shares(0..1_000);
        assert_eq!(all.iter().copied().fold(QueryCounts::default(), QueryCounts::plus), total);
        assert_eq!(all[300..], shares(300..1_000));
        assert!(all.iter().all(|share| share.real_estate == 5 && share.bank.abs_diff(1_000) < 900));
    }

    #[test]
    fn rounds_and_debtors_add_up() {
        let portion = QueryCounts { bank: 95, registry: 1, police: 0, real_estate: 3 };
        let most = QueryCounts { bank: 40, registry: 1, police: 2, real_estate: 8 };
        assert_eq!(portion.rounds(most), 3);
        let rounds = (0..3).map(|nth| portion.of_round(nth, 3));
        assert_eq!(rounds.clone().map(|round| round.bank).collect::<Vec<_>>(), [32, 32, 31]);
        assert_eq!(rounds.fold(QueryCounts::default(), QueryCounts::plus), portion);
        let second = portion.of_second(5, 2);
        assert_eq!((second.bank, second.minus(portion).bank), (32, 0));
        assert_eq!(portion.minus(second).plus(second), portion);
    }
}
