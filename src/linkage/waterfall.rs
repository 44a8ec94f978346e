//! Explains the weight of one pair, comparison by comparison.
//!
//! The prior, which is far below zero because nearly all pairs are of two parties, and a step for each
//! comparison add up to the total; the total is the probability in bits.

use serde::{Deserialize, Serialize};

use super::compare::{Comparator, MISSING};
use super::entity_map::EntityMap;
use super::link::PairScorer;
use super::model::probability;
use super::prepared::Prepared;
use super::records::{NONE, Records, index_of, number};

/// One step of a pair's weight: a comparison, both values, and what they add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightStep {
    /// The column compared.
    pub column: String,
    /// The level found, or `missing`.
    pub level: String,
    /// The first record's value.
    pub left: Option<String>,
    /// The second record's value.
    pub right: Option<String>,
    /// What the level adds, in bits.
    pub bits: f64,
    /// What the rarity of the shared value adds, in bits.
    pub rarity_bits: f64,
}

/// Why two records were or were not found to be one party: the prior and the steps add up to the total.
///
/// The values are personal data in clear, for the court's own use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchWaterfall {
    /// The first record.
    pub left: String,
    /// The second record.
    pub right: String,
    /// The weight before any comparison, in bits.
    pub prior_bits: f64,
    /// The comparisons in the order of the settings.
    pub steps: Vec<WeightStep>,
    /// Prior and steps together, in bits.
    pub total_bits: f64,
    /// The same as a probability.
    pub probability: f64,
}

/// Explains pairs of one linked set of records.
///
/// # Examples
///
/// ```
/// use wherewithal::linkage::{LinkageParams, Records, Waterfalls, link};
/// use wherewithal::progress::Silent;
///
/// let mut records = Records::new(["name", "born_on", "phone"]);
/// records.push("bank-1", ["王小明", "1980-02-03", "13800000001"])?;
/// records.push("tax-9", ["王曉明", "1980-02-03", ""])?;
/// let map = link(&records, &LinkageParams::default(), &Silent)?;
/// let why = Waterfalls::new(&records, &map).explain(0, 1).ok_or("no such rows")?;
/// let sum: f64 = why.steps.iter().map(|step| step.bits + step.rarity_bits).sum();
/// assert!((why.prior_bits + sum - why.total_bits).abs() < 1e-9);
/// let phone = why.steps.iter().find(|step| step.column == "phone").ok_or("no such step")?;
/// assert_eq!((phone.level.as_str(), phone.bits), ("missing", 0.0)); // unknown speaks neither way
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Waterfalls<'a> {
    records: &'a Records,
    map: &'a EntityMap,
    prepared: Prepared,
    /// The canonical place of each row.
    places: Vec<u32>,
}

impl<'a> Waterfalls<'a> {
    /// Prepares to explain pairs of the `records` from which `map` was made.
    pub fn new(records: &'a Records, map: &'a EntityMap) -> Self {
        let prepared = Prepared::new(records, &map.params);
        let mut places = vec![NONE; prepared.table.len()];
        for (at, row) in prepared.table.rows.iter().enumerate() {
            places.get_mut(index_of(*row)).into_iter().for_each(|slot| *slot = number(at));
        }
        Self { records, map, prepared, places }
    }

    /// Why two rows were or were not joined on the evidence; `None` when there is no such row.
    pub fn explain(&self, left: usize, right: usize) -> Option<MatchWaterfall> {
        let at = |row: usize| self.places.get(row).copied().filter(|at| *at != NONE);
        let (first, second) = (at(left)?, at(right)?);
        let (low, high) = (first.min(second), first.max(second));
        let comparator = Comparator::new(&self.map.params.comparisons, &self.prepared.table, &self.prepared.forms);
        let scorer = PairScorer::new(&self.map.model, &comparator);
        let steps: Vec<WeightStep> = scorer
            .steps(low, high)
            .zip(&self.map.model.comparisons)
            .map(|((level, bits, rarity_bits), fitted)| {
                let column = fitted.comparison.column.clone();
                let value = |row| self.records.value(row, &column).map(str::to_owned);
                let name = fitted.levels.get(usize::from(level)).filter(|_| level != MISSING);
                WeightStep {
                    level: name.map_or_else(|| "missing".to_owned(), |level| level.name.clone()),
                    left: value(left),
                    right: value(right),
                    bits,
                    rarity_bits,
                    column,
                }
            })
            .collect();
        let total_bits = scorer.bits(low, high);
        let id = |row: usize| self.records.ids().get(row).cloned().unwrap_or_default();
        let prior_bits = scorer.prior_bits();
        Some(MatchWaterfall {
            left: id(left),
            right: id(right),
            prior_bits,
            steps,
            total_bits,
            probability: probability(total_bits),
        })
    }
}
