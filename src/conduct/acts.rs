//! The acts that detectors found, and how the acts of one debtor become a graded signal.
//!
//! Grades are tried from the strongest down. The acts that meet a grade's own conditions (since service,
//! extreme enough) are counted and added up; where number, amount and share of the claim reach it, the
//! signal has that grade and those acts.

use std::collections::BTreeMap;

use polars::prelude::PlHashMap;

use super::debtor_context::{Key, SuitStart};
use super::signal::{ConductSignal, Evidence};
use super::{GradeRule, Pattern};
use crate::domain::{Day, Money};

/// One act: a row, its day, what it moved, how extreme it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    pub(super) key: Key,
    pub(super) shown: Evidence,
    pub(super) extent: Option<f64>,
    /// Rows that show how the other side is related.
    pub(super) ties: Vec<Evidence>,
}

/// Grades each debtor's acts; those who reach no grade give no signal.
pub(super) fn graded(pattern: &Pattern, acts: Vec<Act>, suit_starts: &PlHashMap<Key, SuitStart>) -> Vec<ConductSignal> {
    let mut by_debtor: BTreeMap<Key, Vec<Act>> = BTreeMap::new();
    for act in acts {
        by_debtor.entry(act.key).or_default().push(act);
    }
    by_debtor
        .into_iter()
        .filter_map(|(key, mut acts)| {
            acts.sort_by(|a, b| a.shown.cmp(&b.shown));
            acts.dedup_by(|a, b| a.shown == b.shown);
            let suit_start = suit_starts.get(&key)?;
            pattern.grade.iter().find_map(|rule| reached(rule, &acts, suit_start)).map(|(rule, counted)| {
                let days = || counted.iter().map(|act| act.shown.on);
                let day = Day::from_number(key.1).unwrap_or(suit_start.filed);
                let ties = counted.iter().flat_map(|act| act.ties.iter().cloned());
                let mut ties: Vec<Evidence> = ties.collect();
                ties.sort();
                ties.dedup();
                ConductSignal {
                    entity_id: key.0,
                    as_of: day,
                    pattern: pattern.code.clone(),
                    strength: rule.strength,
                    acts: counted.len(),
                    amount: total(&counted),
                    first_on: days().min().unwrap_or(day),
                    last_on: days().max().unwrap_or(day),
                    evidence: counted.iter().map(|act| act.shown.clone()).chain(ties).collect(),
                }
            })
        })
        .collect()
}

fn reached<'a, 'b>(
    rule: &'a GradeRule,
    acts: &'b [Act],
    suit_start: &SuitStart,
) -> Option<(&'a GradeRule, Vec<&'b Act>)> {
    let extreme = |act: &Act| rule.least_extent.is_none_or(|least| act.extent.is_some_and(|extent| extent >= least));
    let late = |act: &Act| !rule.since_service || act.shown.on >= suit_start.served;
    let counted: Vec<&Act> = acts.iter().filter(|act| extreme(act) && late(act)).collect();
    let sum = total(&counted);
    let of_claim = sum.fen() as f64 >= rule.least_of_claim * suit_start.claim.fen() as f64;
    (counted.len() >= rule.least_acts && sum >= rule.least_fen && of_claim).then_some((rule, counted))
}

fn total(acts: &[&Act]) -> Money {
    acts.iter().filter_map(|act| act.shown.amount).sum()
}

#[cfg(test)]
mod tests {
    use super::super::Strength;
    use super::*;

    fn act(day: i32, fen: i64, extent: f64) -> Act {
        let on = Day::from_number(day).unwrap();
        let shown =
            Evidence { on, table: "vehicles".into(), record_id: i64::from(day), amount: Some(Money::from_fen(fen)) };
        Act { key: (1, 100), shown, extent: Some(extent), ties: Vec::new() }
    }

    fn signal(acts: Vec<Act>) -> Option<ConductSignal> {
        let params = super::super::ConductParams::default();
        let pattern = params.pattern("cheap_disposal").unwrap();
        let day = |number| Day::from_number(number).unwrap();
        let suit_start = SuitStart { served: day(50), filed: day(80), claim: Money::from_fen(1_000_000) };
        graded(pattern, acts, &PlHashMap::from_iter([((1, 100), suit_start)])).pop()
    }

    #[test]
    fn the_strongest_grade_met_is_given_and_counts_only_its_own_acts() {
        let strong = signal(vec![act(60, 2_000_000, 0.9), act(20, 5_000_000, 0.9), act(60, 2_000_000, 0.9)]).unwrap();
        assert_eq!((strong.strength, strong.acts, strong.amount.fen()), (Strength::Strong, 1, 2_000_000));
        let medium = signal(vec![act(20, 2_000_000, 0.9)]).unwrap();
        assert_eq!((medium.strength, medium.evidence.len()), (Strength::Medium, 1));
        assert_eq!(signal(vec![act(60, 2_000_000, 0.1)]), None);
    }
}
