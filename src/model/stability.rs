use std::collections::{BTreeMap, BTreeSet};

use linfa::ParamGuard;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fit::Table;
use super::folds::scatter;
use super::{Learner, Scorecard, Target};
use crate::error::{Error, Result};
use crate::features::FeatureTable;

/// How often each feature is chosen when the rows are drawn anew: a choice that rests on few rows changes with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Stability {
    /// Draws from which a card could be learnt.
    pub draws: u32,
    /// Draws from which none could be: of one outcome, or without an informative feature.
    pub failed: u32,
    /// Features of the card in its order, then those that are chosen without being on it, the most frequent first.
    pub features: Vec<FeatureStability>,
}

/// How often one feature is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureStability {
    /// The feature's name.
    pub feature: String,
    /// Whether it is on the card that is judged.
    pub on_card: bool,
    /// Draws whose card has it.
    pub chosen: u32,
}

/// Draws at most.
const MOST: u32 = 1_000;

impl Scorecard {
    /// Learns from `draws` bootstrap samples of a table as `learner` says, and counts how often each feature of this
    /// card is chosen again, and which others are.
    ///
    /// Parties are drawn with replacement, as many as there are, each with all its rows; the same party drawn twice
    /// stands on one side of every fold. What is drawn depends on the learner's seed alone. A card of weights of
    /// evidence is not calibrated, which chooses nothing, unless folds choose its size.
    ///
    /// # Errors
    ///
    /// As [`fit`](super::fit); [`Error::Setting`] for no draw or more than 1,000; [`Error::TooLittle`] when no draw
    /// bears a card.
    ///
    /// # Examples
    ///
    /// ```
    /// use polars::prelude::*;
    /// use wherewithal::features::{FeatureTable, TableRoles};
    /// use wherewithal::model::{self, ScorecardParams, Target};
    ///
    /// let income: Vec<f64> = (0..400).map(|i| f64::from(i % 40)).collect();
    /// let paid: Vec<bool> = (0..400).map(|i| i % 40 > (i * 7) % 57).collect();
    /// let frame = DataFrame::new(400, vec![Column::new("income".into(), income)])?;
    /// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// let (target, params) = (Target::new(paid)?, ScorecardParams::default());
    /// let card = model::fit(&table, &target, &params)?;
    /// let found = card.stability(&table, &target, &params, 20)?;
    /// assert_eq!((found.draws, found.features[0].chosen), (20, 20));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// Sauerbrei and Schumacher, *A bootstrap resampling procedure for model building* (1992); Meinshausen and
    /// Bühlmann, *Stability selection* (2010).
    pub fn stability(
        &self,
        table: &FeatureTable,
        target: &Target,
        learner: impl Into<Learner>,
        draws: u32,
    ) -> Result<Stability> {
        if !(1..=MOST).contains(&draws) {
            return Err(Error::setting("draws", draws, "1 to 1000"));
        }
        let learner = learner.into().uncalibrated();
        let checked = learner.check_ref()?;
        let mut read = Table::new(table, target)?;
        if read.target.row_groups().is_none() {
            // Each row is its own party, however often it is drawn.
            read.target = read.target.groups(&(0..table.height() as u64).collect::<Vec<_>>())?;
        }
        let parties = Parties::new(&read.target);
        let chosen = |draw: u32| {
            let rows = parties.drawn(scatter(scatter(learner.card().seed) ^ u64::from(draw)));
            match read.rows(&rows).and_then(|rows| checked.fit_table(&rows)) {
                Ok(card) => {
                    Ok(Some(card.features().iter().map(|feature| feature.name().to_owned()).collect::<Vec<_>>()))
                }
                Err(Error::TooLittle { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        let cards: Vec<Option<Vec<String>>> = (0..draws).into_par_iter().map(chosen).collect::<Result<_>>()?;
        counted(self, &cards)
    }
}

/// How often each name stands in the cards, those of the judged one first.
fn counted(card: &Scorecard, cards: &[Option<Vec<String>>]) -> Result<Stability> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for name in cards.iter().flatten().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let learnt = u32::try_from(cards.iter().flatten().count()).unwrap_or(u32::MAX);
    if learnt == 0 {
        return Err(Error::too_little(
            "draw rows anew",
            "no draw that bears a card",
            "rows of both outcomes in a draw",
        ));
    }
    let own: Vec<&str> = card.features().iter().map(|feature| feature.name()).collect();
    let on_card: BTreeSet<&str> = own.iter().copied().collect();
    let one = |feature: &str, on_card| FeatureStability {
        feature: feature.to_owned(),
        on_card,
        chosen: counts.get(feature).copied().unwrap_or_default(),
    };
    let mut others: Vec<FeatureStability> =
        counts.keys().filter(|name| !on_card.contains(*name)).map(|name| one(name, false)).collect();
    others.sort_by(|a, b| b.chosen.cmp(&a.chosen).then_with(|| a.feature.cmp(&b.feature)));
    let features = own.into_iter().map(|name| one(name, true)).chain(others).collect();
    Ok(Stability { draws: learnt, failed: u32::try_from(cards.len()).unwrap_or(u32::MAX) - learnt, features })
}

/// The rows of each party.
struct Parties(Vec<Vec<usize>>);

impl Parties {
    fn new(target: &Target) -> Self {
        let mut rows: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (row, group) in target.row_groups().unwrap_or_default().iter().enumerate() {
            rows.entry(*group).or_default().push(row);
        }
        Self(rows.into_values().collect())
    }

    /// The rows of as many parties as there are, drawn with replacement.
    fn drawn(&self, seed: u64) -> Vec<usize> {
        let count = self.0.len() as u64;
        let place = |at: u64| {
            let drawn = (u128::from(scatter(seed ^ scatter(at))) * u128::from(count)) >> 64;
            self.0.get(usize::try_from(drawn).unwrap_or_default())
        };
        (0..count).filter_map(place).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_are_drawn_whole_and_by_the_seed_alone() {
        let target = Target::new((0..60).map(|row| row % 3 == 0)).unwrap();
        let target = target.groups(&(0..60).map(|row| row / 2).collect::<Vec<_>>()).unwrap();
        let parties = Parties::new(&target);
        let (one, again, other) = (parties.drawn(7), parties.drawn(7), parties.drawn(8));
        assert!(one == again && one != other && one.len() == 60);
        assert!(one.chunks(2).all(|pair| pair[0] % 2 == 0 && pair[1] == pair[0] + 1));
        let met: BTreeSet<usize> = one.iter().copied().collect();
        assert!((30..50).contains(&met.len()), "about 63 in 100 are drawn: {}", met.len());
    }
}
