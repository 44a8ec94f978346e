//! Predicted against received amounts by tenths of the prediction.
//!
//! An analyst asks: if we look at a tenth of the debtors first, how much of all the money do we find? The
//! top tenth answers that, and the tenths together show whether predicted sums come in.

use serde::{Deserialize, Serialize};

use super::AmountTarget;
use crate::model::Estimate;

/// Predicted against received in one tenth of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountDecile {
    /// Rows.
    pub rows: usize,
    /// The sum of the predictions, weighted.
    pub predicted: f64,
    /// The sum of the amounts, weighted, with its standard error.
    pub received: Estimate,
}

impl AmountDecile {
    /// Received for each one predicted; none where nothing was predicted.
    ///
    /// ```
    /// use wherewithal::model::{AmountReport, AmountTarget};
    ///
    /// let amounts: Vec<f64> = (0..20).map(f64::from).collect();
    /// let report = AmountReport::new(&amounts, &AmountTarget::new(amounts.clone())?)?;
    /// assert_eq!((report.deciles.len(), report.deciles[0].rows), (10, 2));
    /// assert_eq!(report.deciles[0].ratio(), Some(1.0)); // predicted 19 + 18, received as much
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn ratio(&self) -> Option<f64> {
        (self.predicted > 0.0).then(|| self.received.value / self.predicted)
    }
}

/// Rows by falling prediction in tenths of as nearly as can be equally many rows.
#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
pub(super) fn deciles(predicted: &[f64], target: &AmountTarget) -> Vec<AmountDecile> {
    let order = by_falling(predicted);
    let tenths = 10.min(order.len()).max(1);
    let tenth = |index: usize| {
        let (from, to) = (index * order.len() / tenths, (index + 1) * order.len() / tenths);
        let rows = order.get(from..to).unwrap_or_default();
        let of = |values: &[f64], row: usize| target.upper().weight(row) * values.get(row).copied().unwrap_or_default();
        let received: Vec<f64> = rows.iter().map(|row| of(target.amounts(), *row)).collect();
        let (n, sum) = (received.len() as f64, received.iter().sum::<f64>());
        let spread: f64 = received.iter().map(|amount| (amount - sum / n.max(1.0)).powi(2)).sum();
        AmountDecile {
            rows: rows.len(),
            predicted: rows.iter().map(|row| of(predicted, *row)).sum(),
            received: Estimate { value: sum, standard_error: (spread * n / (n - 1.0).max(1.0)).sqrt() },
        }
    };
    (0..tenths).map(tenth).collect()
}

/// Rows by falling value, equal ones in their own order.
fn by_falling(values: &[f64]) -> Vec<usize> {
    let value = |row: usize| values.get(row).copied().unwrap_or_default() + 0.0;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
    order
}

/// Of all amounts the share that the tenth of the rows with the largest `values` has; none where an amount is negative
/// or all are nothing. Rows with the value at the border count in part.
///
/// ```
/// # use wherewithal::model::{AmountTarget, found_in_top_tenth};
/// let target = AmountTarget::new((0..20).map(|row| f64::from(row / 18)).collect())?;
/// let by_row: Vec<f64> = (0..20).map(f64::from).collect();
/// assert_eq!(found_in_top_tenth(&by_row, &target).map(|share| share.value), Some(1.0));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn found_in_top_tenth(values: &[f64], target: &AmountTarget) -> Option<Estimate> {
    found(&taken(values, target), target)
}

/// The share that the top tenth by one order has less that by another, of the same rows; none as
/// [`found_in_top_tenth`].
///
/// ```
/// # use wherewithal::model::{AmountTarget, ahead_in_top_tenth};
/// let target = AmountTarget::new((0..20).map(|row| f64::from(row / 18)).collect())?;
/// let by_row: Vec<f64> = (0..20).map(f64::from).collect();
/// let from_the_end: Vec<f64> = by_row.iter().map(|row| -row).collect();
/// assert_eq!(ahead_in_top_tenth(&by_row, &from_the_end, &target).map(|ahead| ahead.value), Some(1.0));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn ahead_in_top_tenth(one: &[f64], other: &[f64], target: &AmountTarget) -> Option<Estimate> {
    let parts: Vec<f64> = taken(one, target).iter().zip(taken(other, target)).map(|(one, other)| one - other).collect();
    found(&parts, target)
}

/// The part of each row that lies in the top tenth.
fn taken(values: &[f64], target: &AmountTarget) -> Vec<f64> {
    let weight = |row: usize| target.upper().weight(row);
    let value = |row: usize| values.get(row).copied().unwrap_or_default() + 0.0;
    let room = 0.1 * (0..target.height()).map(weight).sum::<f64>();
    let mut parts = vec![0.0; target.height()];
    let mut taken = 0.0;
    for run in by_falling(values).chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()) {
        let here: f64 = run.iter().map(|row| weight(*row)).sum();
        let part = if here > 0.0 { ((room - taken) / here).clamp(0.0, 1.0) } else { 0.0 };
        run.iter().for_each(|row| parts.get_mut(*row).into_iter().for_each(|of_row| *of_row = part));
        taken += here;
    }
    parts
}

/// Of all amounts the share that lies in these parts of the rows, with the error of a ratio of sums.
fn found(parts: &[f64], target: &AmountTarget) -> Option<Estimate> {
    let amount = |row: usize| target.amounts().get(row).copied().unwrap_or_default();
    let weight = |row: usize| target.upper().weight(row);
    let total: f64 = (0..target.height()).map(|row| weight(row) * amount(row)).sum();
    if total <= 0.0 || target.amounts().iter().any(|amount| *amount < 0.0) {
        return None;
    }
    let found = parts.iter().enumerate().map(|(row, part)| weight(row) * amount(row) * part).sum::<f64>() / total;
    let squares: f64 =
        parts.iter().enumerate().map(|(row, part)| (weight(row) * amount(row) * (part - found)).powi(2)).sum();
    Some(Estimate { value: found, standard_error: squares.sqrt() / total })
}

/// The area between the curve of amounts found and the diagonal, of that which the true order would have; rows by
/// falling `values`, equal ones spread evenly.
pub(super) fn gini(values: &[f64], target: &AmountTarget) -> Option<f64> {
    if target.amounts().iter().any(|amount| *amount < 0.0) {
        return None;
    }
    let (found, best) = (area(values, target), area(target.amounts(), target));
    (best > 0.0).then(|| found / best)
}

fn area(values: &[f64], target: &AmountTarget) -> f64 {
    let value = |row: usize| values.get(row).copied().unwrap_or_default() + 0.0;
    let of = |run: &[usize]| {
        run.iter().fold((0.0, 0.0), |(rows, sum), row| {
            let weight = target.upper().weight(*row);
            (rows + weight, sum + weight * target.amounts().get(*row).copied().unwrap_or_default())
        })
    };
    let order = by_falling(values);
    let all = of(&order);
    let (mut area, mut height) = (0.0, 0.0);
    for run in order.chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()) {
        let (rows, sum) = of(run);
        area += rows / all.0 * (height + sum / all.1 / 2.0);
        height += sum / all.1;
    }
    area - 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_order_finds_most_and_none_finds_a_tenth() {
        let amounts: Vec<f64> = (0..100).map(|row| if row < 10 { 90.0 } else { 1.0 }).collect();
        let target = AmountTarget::new(amounts.clone()).unwrap();
        let found = |values: &[f64]| found_in_top_tenth(values, &target).unwrap().value;
        assert!((found(&amounts) - 900.0 / 990.0).abs() < 1e-12);
        assert!((found(&[1.0; 100]) - 0.1).abs() < 1e-12);
        assert!((gini(&amounts, &target).unwrap() - 1.0).abs() < 1e-12);
        assert!(gini(&[1.0; 100], &target).unwrap().abs() < 1e-12);
        let negative = AmountTarget::new(vec![-1.0, 2.0]).unwrap();
        assert!(found_in_top_tenth(&[1.0, 2.0], &negative).is_none() && gini(&[1.0, 2.0], &negative).is_none());
    }

    #[test]
    fn tenths_fall_and_hold_every_row_once() {
        let amounts: Vec<f64> = (0..103).map(f64::from).collect();
        let target = AmountTarget::new(amounts.clone()).unwrap();
        let tenths = deciles(&amounts, &target);
        assert_eq!(tenths.iter().map(|tenth| tenth.rows).sum::<usize>(), 103);
        assert!(tenths.is_sorted_by(|a, b| a.predicted > b.predicted));
        let (predicted, received) =
            tenths.iter().fold((0.0, 0.0), |sums, tenth| (sums.0 + tenth.predicted, sums.1 + tenth.received.value));
        assert_eq!((predicted, received), (5253.0, 5253.0));
        assert!(tenths.iter().all(|tenth| tenth.ratio().is_none_or(|ratio| (ratio - 1.0).abs() < 1e-12)));
    }
}
