use serde::{Deserialize, Serialize};

use super::{Contribution, Explanation, explain};
use crate::domain::{Points, Probability};
use crate::error::{Error, Result};
use crate::features::{Direction, FeatureCatalog, FeatureColumn, FeatureTable};
use crate::model::{BinRange, Scorecard, ScorecardFeature};
use crate::score::{Grade, Scorer};

/// What may change, and how much of it at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
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
    /// Sets the families that may change.
    #[must_use]
    pub fn changeable(mut self, families: Vec<String>) -> Self {
        self.changeable = families;
        self
    }

    /// Sets how many features may change at once.
    #[must_use]
    pub fn most_changes(mut self, most: usize) -> Self {
        self.most_changes = most;
        self
    }

    /// Sets how many ways are told.
    #[must_use]
    pub fn most_ways(mut self, most: usize) -> Self {
        self.most_ways = most;
        self
    }
}

/// A small change of a row that moves its grade up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
pub struct Change {
    /// The feature's name.
    pub feature: String,
    /// Its value now.
    pub from: f64,
    /// The nearest value in the bin that would do.
    pub to: f64,
    /// The points gained.
    pub points: Points,
    /// How many bins it crosses: the measure of how small a change is.
    pub bins: usize,
}

/// The smallest changes of one row that would move its grade up; none for the best grade or where nothing would do.
///
/// A change takes a known number to the nearest value of another bin, only in the direction in which the catalogue
/// expects more capacity, and only for features of the families that may change. Ways with fewer features come first,
/// then those that cross fewer bins. Scoring the changed row gives exactly the score told.
///
/// # Errors
///
/// What [`explain`] returns; [`Error::Setting`] when no change is allowed at once.
pub fn counterfactuals(
    (scorer, catalog): (&Scorer, &FeatureCatalog),
    (table, row): (&FeatureTable, usize),
    params: &CounterfactualParams,
) -> Result<Vec<Counterfactual>> {
    if params.most_changes == 0 {
        return Err(Error::setting("most_changes", 0, "at least 1"));
    }
    let card = scorer.card();
    let explanation = explain(card, table, row)?;
    let Some((score, to)) = next_grade(scorer, explanation.score) else { return Ok(Vec::new()) };
    let needed = score.0 - explanation.score.0;
    let moves = moves((card, catalog), (table, row), (&explanation, params));
    let found = ways(&moves, needed, params);
    Ok(found
        .into_iter()
        .map(|changes| {
            let score = Points(explanation.score.0 + changes.iter().map(|change| change.points.0).sum::<i32>());
            let probability = card.probability(score);
            // More may be gained than was needed.
            let to = scorer.params().grades.grade(probability).min(to);
            Counterfactual { to, score, probability, changes }
        })
        .collect())
}

/// The lowest score of a better grade, and that grade.
fn next_grade(scorer: &Scorer, score: Points) -> Option<(Points, Grade)> {
    let grades = scorer.params().grades;
    let grade = |score: Points| grades.grade(scorer.card().probability(score));
    let now = grade(score);
    let most: u32 = scorer.card().features().iter().map(ScorecardFeature::range).sum();
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    (1..=most)
        .map(|more| Points(score.0.saturating_add(more)))
        .find(|score| grade(*score) < now)
        .map(|score| (score, grade(score)))
}

/// Every allowed change of one feature that gains points; those of one feature by rising number of bins.
fn moves(
    (card, catalog): (&Scorecard, &FeatureCatalog),
    (table, row): (&FeatureTable, usize),
    (explanation, params): (&Explanation, &CounterfactualParams),
) -> Vec<Vec<Change>> {
    let of_feature = |(feature, now): (&ScorecardFeature, &Contribution)| -> Option<Vec<Change>> {
        let spec = catalog.feature(feature.name())?;
        if !params.changeable.contains(&spec.family) || spec.direction == Direction::Either {
            return None;
        }
        let FeatureColumn::Numeric(values) = table.column(feature.name())? else { return None };
        let from = values.get(row).copied().filter(|value| value.is_finite())?;
        let place = now.bin?;
        let changes = feature.map().bins.iter().enumerate().filter_map(|(bin, target)| {
            let gained = feature.points_of(Some(bin)).0 - now.points.0;
            let to = nearest(&target.range, from)?;
            let wanted = if spec.direction == Direction::More { to > from } else { to < from };
            let bins = bin.abs_diff(place);
            (gained > 0 && wanted).then(|| Change {
                feature: feature.name().to_owned(),
                from,
                to,
                points: Points(gained),
                bins,
            })
        });
        let mut changes: Vec<Change> = changes.collect();
        changes.sort_by_key(|change| change.bins);
        (!changes.is_empty()).then_some(changes)
    };
    card.features().iter().zip(&explanation.contributions).filter_map(of_feature).collect()
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
fn ways(moves: &[Vec<Change>], needed: i32, params: &CounterfactualParams) -> Vec<Vec<Change>> {
    let mut found: Vec<Vec<Change>> = Vec::new();
    let mut partial: Vec<(usize, Vec<Change>)> = vec![(0, Vec::new())];
    for _ in 0..params.most_changes {
        let mut longer = Vec::new();
        let mut done: Vec<Vec<Change>> = Vec::new();
        for (start, set) in &partial {
            for (place, changes) in moves.iter().enumerate().skip(*start) {
                let have: i32 = set.iter().map(|change: &Change| change.points.0).sum();
                if let Some(enough) = changes.iter().find(|change| have + change.points.0 >= needed) {
                    done.push(set.iter().chain([enough]).cloned().collect());
                } else if let Some(best) =
                    changes.iter().max_by_key(|change| (change.points, std::cmp::Reverse(change.bins)))
                {
                    longer.push((place + 1, set.iter().chain([best]).cloned().collect()));
                }
            }
        }
        let crossed = |set: &Vec<Change>| set.iter().map(|change| change.bins).sum::<usize>();
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

fn names(set: &[Change]) -> Vec<&str> {
    set.iter().map(|change| change.feature.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(feature: &str, points: i32, bins: usize) -> Change {
        Change { feature: feature.to_owned(), from: 0.0, to: 1.0, points: Points(points), bins }
    }

    #[test]
    fn fewest_features_then_fewest_bins() {
        let moves =
            vec![vec![change("a", 10, 1), change("a", 30, 3)], vec![change("b", 25, 2)], vec![change("c", 5, 1)]];
        let found = |needed| -> Vec<Vec<String>> {
            let sets = ways(&moves, needed, &CounterfactualParams::default());
            sets.iter()
                .map(|set| set.iter().map(|change| format!("{}{}", change.feature, change.bins)).collect())
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
