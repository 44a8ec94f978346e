//! Counterfactuals: the smallest changes of a row that raise its grade.
//!
//! "What would have to change?" is a fair question of somebody with a low grade. History cannot change and
//! is left out; so is everything that would be better the less one has.

use serde::{Deserialize, Serialize};

use super::{Contribution, Explanation, WhatIf, explain};
use crate::domain::{Points, Probability};
use crate::error::{Error, Result};
use crate::features::{Direction, FeatureCatalog, FeatureColumn, FeatureTable};
use crate::model::{BinRange, Scorecard, ScorecardFeature, ScorecardPair};
use crate::score::{Grade, Scorer};

/// What may change, and how much of it at once.
///
/// ```
/// use wherewithal::explain::CounterfactualParams;
///
/// let params = CounterfactualParams::default().most_changes(1).most_ways(5);
/// assert_eq!((params.most_changes, params.most_ways), (1, 5));
/// assert!(!params.changeable.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CounterfactualParams {
    /// Families of features that a debtor can change by paying, earning, or putting means in reach. History (cases,
    /// listings, spending) and what the court asked are not among them.
    pub changeable: Vec<String>,
    /// At most this many features at once.
    pub most_changes: usize,
    /// At most this many ways.
    pub most_ways: usize,
}

impl Default for CounterfactualParams {
    /// Money, papers, property, business and income; up to two at once, three ways.
    fn default() -> Self {
        let families = ["deposits", "finance", "income", "property", "vehicles", "business", "payments"];
        Self { changeable: families.map(str::to_owned).to_vec(), most_changes: 2, most_ways: 3 }
    }
}

impl CounterfactualParams {
    setters! {
        changeable: Vec<String>,
        most_changes: usize,
        most_ways: usize,
    }
}

/// A small change of a row that moves its grade up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Counterfactual {
    /// The grade it leads to.
    pub to: Grade,
    /// The score then.
    pub score: Points,
    /// The probability then.
    pub probability: Probability,
    /// What changes, all of it.
    pub changes: Vec<Change>,
}

/// One feature that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Change {
    /// The feature's name.
    pub feature: String,
    /// Its value now.
    pub from: f64,
    /// The nearest value in the bin that would do.
    pub to: f64,
    /// The points gained by this change alone.
    pub points: Points,
    /// How many bins it crosses: the measure of how small a change is.
    pub bins: usize,
}

impl WhatIf<'_> {
    /// The smallest changes of one row that would move its grade up; none for the best grade or
    /// where nothing would do.
    ///
    /// A change takes a known number to the nearest value of another bin, only in the direction in
    /// which the catalogue expects more capacity, and only for features of the families that may
    /// change. Ways with fewer features come first, then those that cross fewer bins. Scoring the
    /// changed row gives exactly the score told.
    ///
    /// # Errors
    ///
    /// What [`explain`] returns; [`Error::Setting`] when no change is allowed at once.
    pub fn counterfactuals(
        &self,
        table: &FeatureTable,
        row: usize,
        params: &CounterfactualParams,
    ) -> Result<Vec<Counterfactual>> {
        let Self { scorer, catalog } = *self;
        if params.most_changes == 0 {
            return Err(Error::setting("most_changes", 0, "at least 1"));
        }
        let card = scorer.card();
        let explanation = explain(card, table, row)?;
        let Some((score, to)) = next_grade(scorer, explanation.score) else { return Ok(Vec::new()) };
        let needed = score.0 - explanation.score.0;
        let moves = moves((card, catalog), (table, row), (&explanation, params));
        let together = |set: &[&Move]| together(card, &explanation, set);
        let found = ways(&moves, needed, (params, &together));
        Ok(found
            .into_iter()
            .map(|set| {
                let gained = set.iter().map(|step| step.change.points.0).sum::<i32>() + together(&set);
                let score = Points(explanation.score.0 + gained);
                let changes: Vec<Change> = set.into_iter().map(|step| step.change.clone()).collect();
                let probability = card.probability(score);
                // More may be gained than was needed.
                let to = scorer.params().grades.grade(probability).min(to);
                Counterfactual { to, score, probability, changes }
            })
            .collect())
    }
}

/// The lowest score of a better grade, and that grade.
fn next_grade(scorer: &Scorer, score: Points) -> Option<(Points, Grade)> {
    let grades = scorer.params().grades;
    let grade = |score: Points| grades.grade(scorer.card().probability(score));
    let now = grade(score);
    let of_pairs: u32 = scorer.card().pairs().iter().map(ScorecardPair::range).sum();
    let most = scorer.card().features().iter().map(ScorecardFeature::range).sum::<u32>() + of_pairs;
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    (1..=most)
        .map(|more| Points(score.0.saturating_add(more)))
        .find(|score| grade(*score) < now)
        .map(|score| (score, grade(score)))
}

/// A change, and the bin that it leads to.
#[derive(Debug)]
struct Move {
    change: Change,
    bin: usize,
}

/// What changes gain together beyond what each gains alone: pairs of which both features change.
fn together(card: &Scorecard, explanation: &Explanation, set: &[&Move]) -> i32 {
    let now = |name: &str| explanation.contributions.iter().find(|part| part.feature == name).and_then(|part| part.bin);
    let beyond = |pair: &ScorecardPair| {
        let changed = pair.features().map(|name| set.iter().find(|step| step.change.feature == name));
        let [Some(first), Some(second)] = changed else { return 0 };
        let [before, other] = pair.features().map(now);
        let points = |bins: [Option<usize>; 2]| pair.points_of(bins).0;
        let (first, second) = (Some(first.bin), Some(second.bin));
        points([first, second]) - points([first, other]) - points([before, second]) + points([before, other])
    };
    card.pairs().iter().map(beyond).sum()
}

/// Every allowed change of one feature that gains points; those of one feature by rising number of bins.
fn moves(
    (card, catalog): (&Scorecard, &FeatureCatalog),
    (table, row): (&FeatureTable, usize),
    (explanation, params): (&Explanation, &CounterfactualParams),
) -> Vec<Vec<Move>> {
    let of_feature = |(feature, now): (&ScorecardFeature, &Contribution)| -> Option<Vec<Move>> {
        let spec = catalog.feature(feature.name())?;
        if !params.changeable.contains(&spec.family) || spec.direction == Direction::Either {
            return None;
        }
        let FeatureColumn::Numeric(values) = table.column(feature.name())? else { return None };
        let from = values.get(row).copied().filter(|value| value.is_finite())?;
        let place = now.bin?;
        let changes = feature.map().bins.iter().enumerate().filter_map(|(bin, target)| {
            let gained = feature.points_of(Some(bin)).0 - now.points.0 + in_pairs(card, explanation, (now, bin));
            let to = nearest(&target.range, from)?;
            let wanted = if spec.direction == Direction::More { to > from } else { to < from };
            let bins = bin.abs_diff(place);
            let change = || Change { feature: feature.name().to_owned(), from, to, points: Points(gained), bins };
            (gained > 0 && wanted).then(|| Move { change: change(), bin })
        });
        let mut changes: Vec<Move> = changes.collect();
        changes.sort_by_key(|step| step.change.bins);
        (!changes.is_empty()).then_some(changes)
    };
    card.features().iter().zip(&explanation.contributions).filter_map(of_feature).collect()
}

/// What another bin of one feature gains in the pairs that it is part of.
fn in_pairs(card: &Scorecard, explanation: &Explanation, (now, bin): (&Contribution, usize)) -> i32 {
    let of_pair = |(pair, part): (&ScorecardPair, &Contribution)| {
        let other = |name: &str| explanation.contributions.iter().find(|part| part.feature == name)?.bin;
        let after = pair.features().map(|name| if name == now.feature { Some(bin) } else { other(name) });
        if pair.features().contains(&now.feature.as_str()) { pair.points_of(after).0 - part.points.0 } else { 0 }
    };
    let parts = explanation.contributions.iter().skip(card.features().len());
    card.pairs().iter().zip(parts).map(of_pair).sum()
}

/// The value of an interval nearest to `from`; none when `from` is in it or it is none.
fn nearest(range: &BinRange, from: f64) -> Option<f64> {
    let BinRange::Interval { above, up_to } = range else { return None };
    match (above, up_to) {
        (Some(above), up_to) if from <= *above => {
            let next = above.floor() + 1.0;
            let fits = up_to.is_none_or(|up_to| next <= up_to);
            Some(if fits && above.abs() >= 1.0 {
                next
            } else {
                up_to.map_or(above + 1.0, |up_to| (above + up_to) / 2.0)
            })
        }
        (_, Some(up_to)) if from > *up_to => Some(*up_to),
        _ => None,
    }
}

/// The smallest sets of changes that gain enough: single ones, then pairs and so on, each feature at most once.
fn ways<'m>(
    moves: &'m [Vec<Move>],
    needed: i32,
    (params, together): (&CounterfactualParams, &dyn Fn(&[&Move]) -> i32),
) -> Vec<Vec<&'m Move>> {
    let mut found: Vec<Vec<&Move>> = Vec::new();
    let mut partial: Vec<(usize, Vec<&Move>)> = vec![(0, Vec::new())];
    let with = |set: &[&'m Move], step: &'m Move| -> Vec<&'m Move> { set.iter().copied().chain([step]).collect() };
    let gained = |set: &[&Move]| set.iter().map(|step| step.change.points.0).sum::<i32>() + together(set);
    for _ in 0..params.most_changes {
        let mut longer = Vec::new();
        let mut done: Vec<Vec<&Move>> = Vec::new();
        for (start, set) in &partial {
            for (place, changes) in moves.iter().enumerate().skip(*start) {
                let sets = changes.iter().map(|step| with(set, step));
                let order =
                    |set: &Vec<&Move>| (gained(set), std::cmp::Reverse(set.last().map_or(0, |step| step.change.bins)));
                if let Some(enough) = sets.clone().find(|set| gained(set) >= needed) {
                    done.push(enough);
                } else if let Some(best) = sets.max_by_key(order) {
                    longer.push((place + 1, best));
                }
            }
        }
        let crossed = |set: &Vec<&Move>| set.iter().map(|step| step.change.bins).sum::<usize>();
        done.sort_by(|a, b| crossed(a).cmp(&crossed(b)).then_with(|| names(a).cmp(&names(b))));
        found.extend(done);
        if found.len() >= params.most_ways {
            break;
        }
        partial = longer;
    }
    found.truncate(params.most_ways);
    found
}

fn names<'m>(set: &[&'m Move]) -> Vec<&'m str> {
    set.iter().map(|step| step.change.feature.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(feature: &str, points: i32, bins: usize) -> Move {
        let change = Change { feature: feature.to_owned(), from: 0.0, to: 1.0, points: Points(points), bins };
        Move { change, bin: 0 }
    }

    #[test]
    fn fewest_features_then_fewest_bins() {
        let moves =
            vec![vec![change("a", 10, 1), change("a", 30, 3)], vec![change("b", 25, 2)], vec![change("c", 5, 1)]];
        let found = |needed| -> Vec<Vec<String>> {
            let sets = ways(&moves, needed, (&CounterfactualParams::default(), &|_| 0));
            sets.iter()
                .map(|set| set.iter().map(|step| format!("{}{}", step.change.feature, step.change.bins)).collect())
                .collect()
        };
        assert_eq!(found(20)[..2], [vec!["b2".to_owned()], vec!["a3".to_owned()]]);
        assert_eq!(found(33)[0].len(), 2);
        assert!(found(100).is_empty());
    }

    #[test]
    fn the_nearest_value_lies_in_the_bin() {
        let range = |above, up_to| BinRange::Interval { above, up_to };
        assert_eq!(nearest(&range(Some(10.0), None), 3.0), Some(11.0));
        assert_eq!(nearest(&range(Some(0.25), Some(0.75)), 0.1), Some(0.5));
        assert_eq!(nearest(&range(None, Some(5.0)), 8.0), Some(5.0));
        assert_eq!(nearest(&range(None, Some(5.0)), 4.0), None);
        assert_eq!(nearest(&BinRange::Missing, 4.0), None);
    }
}
