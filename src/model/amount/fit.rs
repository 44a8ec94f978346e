//! Fits a card of amounts.
//!
//! Amounts of any size are brought to a moderate one before they are boosted, since boosting counts in
//! fixed point, and back to the target's unit on the card.

use super::card::{AmountCard, Facts, THOUSAND};
use super::{AmountReport, AmountTarget, AmountUnit};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::additive::{Boosting, Squares, boosting};
use crate::model::column::Column;
use crate::model::fit::Table;
use crate::model::scorecard::{CardBody, Fitted};
use crate::model::{AdditiveParams, CodedTable, Coefficient, PointsScale, Scorecard};

/// Learns how much to expect: which amount each bin of each feature adds.
///
/// Boosted as an additive card is, with half the squared error as the loss: every trend, special
/// code, weight and bound of the settings means the same. [`AdditiveParams::max_loss`] is the share
/// of half the variance that a feature may lose by having fewer bins. Scale and calibration of the
/// settings do not apply.
///
/// # Errors
///
/// [`Error::Setting`](crate::Error::Setting) for settings outside their range,
/// [`Error::Table`](crate::Error::Table) when table and target differ in height,
/// [`Error::TooLittle`](crate::Error::TooLittle) when no feature is informative.
///
/// # Examples
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::features::{FeatureTable, TableRoles};
/// use wherewithal::model::{AdditiveParams, AmountTarget, fit_amount};
///
/// let income: Vec<f64> = (0..600).map(|i| f64::from(i % 40)).collect();
/// let paid: Vec<f64> = (0..600).map(|i| 25.0 * f64::from(i % 40) + f64::from((i * 7) % 11)).collect();
/// let frame = DataFrame::new(600, vec![Column::new("income".into(), income)])?;
/// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = fit_amount(&table, &AmountTarget::new(paid)?, &AdditiveParams::default())?;
/// assert!(card.held_out().is_some_and(|report| report.r2.value > 0.99));
/// assert_eq!(card.features().next().map(|feature| feature.feature().name()), Some("income"));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn fit_amount(table: &FeatureTable, target: &AmountTarget, params: &AdditiveParams) -> Result<AmountCard> {
    params.check()?;
    Rows::new(table, target)?.fit(params)
}

/// Learns from codes as [`fit_amount`] does from numbers.
///
/// # Errors
///
/// As [`fit_amount`].
pub fn fit_amount_coded(table: &CodedTable, target: &AmountTarget, params: &AdditiveParams) -> Result<AmountCard> {
    params.check()?;
    Rows { columns: table.read().collect(), target: target.clone() }.fit(params)
}

/// Features and amounts as they are learnt from.
pub(super) struct Rows<'a> {
    pub(super) columns: Vec<(&'a str, Column<'a>)>,
    pub(super) target: AmountTarget,
}

impl<'a> Rows<'a> {
    /// Reads every feature; rows of one party become one group, and the table's weights count,
    /// unless the target has its own.
    pub(super) fn new(table: &'a FeatureTable, target: &AmountTarget) -> Result<Self> {
        let read = Table::new(table, target.upper())?;
        let mut target = target.clone();
        if let Some(groups) = read.target.row_groups() {
            target = target.groups(groups)?;
        }
        if let Some(weights) = read.target.row_weights() {
            target = target.weights(weights)?;
        }
        Ok(Self { columns: read.columns, target })
    }

    pub(super) fn rows(&self, rows: &[usize]) -> Result<Self> {
        Ok(Self { columns: self.columns_of(rows), target: self.target.rows(rows)? })
    }

    pub(super) fn columns_of(&self, rows: &[usize]) -> Vec<(&'a str, Column<'a>)> {
        self.columns.iter().map(|(name, column)| (*name, column.rows(rows))).collect()
    }

    pub(super) fn fit(&self, params: &AdditiveParams) -> Result<AmountCard> {
        let (target, counting) = self.target.effective()?;
        let mut rows = Self { columns: self.columns.clone(), target };
        if let Some(counting) = counting {
            rows.columns = self.columns_of(&counting);
        }
        // Sums of amounts depend on the order of rows: it is that of the parties, where they are said.
        if let Some(groups) = rows.target.upper().row_groups() {
            let mut order: Vec<usize> = (0..groups.len()).collect();
            order.sort_by_key(|row| groups.get(*row));
            rows = rows.rows(&order)?;
        }
        rows.boosted(params)
    }

    fn boosted(&self, params: &AdditiveParams) -> Result<AmountCard> {
        let spread = Spread::new(&self.target);
        let scaled = self.target.amounts().iter().map(|amount| spread.scaled(*amount)).collect();
        let judge = Squares::new(self.target.upper().clone(), scaled);
        let Boosting { fitted, held_out } = boosting(&self.columns, &judge, params)?;
        let reach = spread.size * reach(&fitted) + (spread.most - spread.least);
        let unit = AmountUnit::new(spread.centre, spread.deviation, reach);
        let card = params.card.clone().scale(PointsScale {
            base_points: 0.0,
            base_odds: 1.0,
            points_to_double: THOUSAND * std::f64::consts::LN_2,
        });
        let mut body = CardBody::new(spread.in_thousands(fitted, unit), self.target.upper(), &card);
        body.additive = Some(AdditiveParams { card, ..params.clone() });
        let table = Scorecard::seal(body)?;
        let predicted: Vec<f64> =
            held_out.iter().map(|sum| spread.amount(*sum).clamp(spread.least, spread.most)).collect();
        let facts = Facts {
            mean: spread.mean,
            least: spread.least,
            most: spread.most,
            unit,
            means: self.means(&table, spread.mean),
            held_out: Some(AmountReport::new(&predicted, &self.target)?),
        };
        AmountCard::seal(facts, table)
    }

    /// The mean amount of each bin of each feature; that of all where a bin has no row.
    fn means(&self, table: &Scorecard, mean: f64) -> Vec<Vec<f64>> {
        let of_feature = |feature: &crate::model::ScorecardFeature| {
            let mut sums = vec![(0.0, 0.0); feature.map().bins.len()];
            let column = self.columns.iter().find(|(name, _)| *name == feature.name());
            let codes = column.map(|(_, column)| feature.map().codes(column)).unwrap_or_default();
            for (row, (code, amount)) in codes.iter().zip(self.target.amounts()).enumerate() {
                if let Some(sum) = sums.get_mut(usize::from(*code)) {
                    let weight = self.target.upper().weight(row);
                    *sum = (sum.0 + weight * amount, sum.1 + weight);
                }
            }
            sums.iter().map(|(sum, weight)| if *weight > 0.0 { sum / weight } else { mean }).collect()
        };
        table.features().iter().map(of_feature).collect()
    }
}

/// Where amounts lie, and the numbers of moderate size that are boosted in their place.
struct Spread {
    centre: f64,
    /// A power of two.
    size: f64,
    mean: f64,
    deviation: f64,
    least: f64,
    most: f64,
}

/// No amount is further from the middle than so many sizes: what boosting's fixed point holds with room.
const FARTHEST: f64 = 32.0;

impl Spread {
    fn new(target: &AmountTarget) -> Self {
        let mut sorted = target.amounts().to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
        let (least, most, centre) = (at(0), at(sorted.len().saturating_sub(1)), at(sorted.len() / 2));
        let weighed = || target.amounts().iter().enumerate().map(|(row, amount)| (target.upper().weight(row), *amount));
        let total: f64 = weighed().map(|(weight, _)| weight).sum();
        let mean = weighed().map(|(weight, amount)| weight / total * amount).sum::<f64>();
        let variance: f64 = weighed().map(|(weight, amount)| weight / total * (amount - mean).powi(2)).sum();
        let farthest = (most - centre).max(centre - least);
        let size = variance.sqrt().max(farthest / FARTHEST).log2().ceil().exp2();
        Self { centre, size, mean, deviation: variance.sqrt(), least, most }
    }

    fn scaled(&self, amount: f64) -> f64 {
        (amount - self.centre) / self.size
    }

    fn amount(&self, scaled: f64) -> f64 {
        self.centre + self.size * scaled
    }

    /// The fit in thousands of points, which a card keeps as log-odds.
    fn in_thousands(&self, mut fitted: Fitted, unit: AmountUnit) -> Fitted {
        let factor = unit.points(self.size) / THOUSAND;
        let scale = |values: &mut Vec<f64>| values.iter_mut().for_each(|value| *value *= factor);
        let coefficient = |c: Coefficient| Coefficient::new(factor * c.value, (factor * c.standard_error).powi(2));
        // What the rounding of the offset leaves.
        let left = (unit.points(self.centre) - unit.points(unit.whole(0))) / THOUSAND;
        let Coefficient { value, standard_error, .. } = coefficient(fitted.intercept);
        fitted.intercept = Coefficient::new(value + left, standard_error.powi(2));
        for feature in &mut fitted.features {
            feature.coefficient = coefficient(feature.coefficient);
            scale(&mut feature.log_odds);
            scale(&mut feature.standard_errors);
        }
        for pair in &mut fitted.pairs {
            scale(&mut pair.log_odds);
            scale(&mut pair.standard_errors);
        }
        fitted
    }
}

/// How far any sum can be from nothing.
fn reach(fitted: &Fitted) -> f64 {
    let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let features: f64 = fitted.features.iter().map(|feature| largest(&feature.log_odds)).sum();
    let pairs: f64 = fitted.pairs.iter().map(|pair| largest(&pair.log_odds)).sum();
    fitted.intercept.value.abs() + features + pairs
}
