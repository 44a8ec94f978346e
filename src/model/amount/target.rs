//! The target of amounts.
//!
//! Amounts may be of any unit and sign, shares of a claim as well as fen. Unknown amounts are not part of a
//! target: their rows are left out before.

use crate::error::{Error, Result};
use crate::model::Target;
use crate::sentence::says;

/// How much there was, per row of a feature table, in any unit.
///
/// ```
/// # use wherewithal::model::AmountTarget;
/// let target = AmountTarget::new(vec![0.0, 120.5, 80.0])?.weights(&[1.0, 2.0, 0.5])?;
/// assert_eq!(target.amounts(), [0.0, 120.5, 80.0]);
/// assert_eq!(target.upper().events(), [false, true, false]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AmountTarget {
    amounts: Vec<f64>,
    upper: Target,
}

impl AmountTarget {
    /// The amount of each row.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when an amount is not finite or beyond [`AmountTarget::MOST`]; [`Error::TooLittle`] when all
    /// are one and the same or nearly so, or there is none.
    ///
    /// ```
    /// use wherewithal::model::AmountTarget;
    ///
    /// assert!(matches!(AmountTarget::new(vec![5.0, 5.0]), Err(wherewithal::Error::TooLittle { .. })));
    /// assert!(matches!(AmountTarget::new(vec![5.0, f64::NAN]), Err(wherewithal::Error::Setting { .. })));
    /// ```
    pub fn new(amounts: Vec<f64>) -> Result<Self> {
        if let Some((row, amount)) = (1..).zip(&amounts).find(|(_, amount)| !Self::holds(**amount)) {
            let (found, most) = (says!("{amount} in row {row}", amount, row), Self::MOST);
            return Err(Error::setting("amounts", found, says!("finite numbers, at most {most} either way", most)));
        }
        let upper = Target::new(upper(&amounts, |_| true)?)?;
        Ok(Self { amounts, upper })
    }

    /// No amount is larger, nor any difference that counts smaller than one over it: squares of amounts are added up.
    pub const MOST: f64 = 1e100;

    /// Whether an amount can be learnt from.
    pub fn holds(amount: f64) -> bool {
        amount.abs() <= Self::MOST
    }

    /// Sets what each row counts for, as [`Target::weights`] does.
    ///
    /// # Errors
    ///
    /// As [`Target::weights`]; [`Error::TooLittle`] when the rows with weight all have one amount.
    pub fn weights(self, weights: &[f64]) -> Result<Self> {
        let counts = |row: usize| weights.get(row).is_none_or(|weight| *weight > 0.0);
        let mut upper = Target::new(upper(&self.amounts, counts)?)?;
        if let Some(groups) = self.upper.row_groups() {
            upper = upper.groups(groups)?;
        }
        Ok(Self { upper: upper.weighted(weights, "weight above zero on rows of different amounts")?, ..self })
    }

    /// Sets whose row each row is, as [`Target::groups`] does.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many groups as rows.
    pub fn groups(self, groups: &[u64]) -> Result<Self> {
        Ok(Self { upper: self.upper.groups(groups)?, ..self })
    }

    /// The amount of each row.
    pub fn amounts(&self) -> &[f64] {
        &self.amounts
    }

    /// Which rows are in the upper half: above the median, or at it where it is the most there is. By these two classes
    /// rows are dealt to folds; weights and groups stand with them.
    pub fn upper(&self) -> &Target {
        &self.upper
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.amounts.len()
    }

    /// The target of some rows.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when these rows all have one amount.
    pub fn rows(&self, rows: &[usize]) -> Result<Self> {
        let pick = |all: &[f64]| rows.iter().filter_map(|row| all.get(*row).copied()).collect::<Vec<_>>();
        let mut target = Self::new(pick(&self.amounts))?;
        if let Some(weights) = self.upper.row_weights() {
            target = target.weights(&pick(weights))?;
        }
        match self.upper.row_groups() {
            Some(groups) => target.groups(&rows.iter().filter_map(|row| groups.get(*row).copied()).collect::<Vec<_>>()),
            None => Ok(target),
        }
    }

    /// The rows that count, with weights that add up to the effective rows; their numbers where some count for nothing.
    pub(super) fn effective(&self) -> Result<(Self, Option<Vec<usize>>)> {
        let rows = self.upper.counting();
        let counting = rows.as_ref().map_or_else(|| Ok(self.clone()), |rows| self.rows(rows))?;
        let upper = counting.upper.effective().into_owned();
        Ok((Self { upper, ..counting }, rows))
    }
}

/// Whether each amount is in the upper half of those that count.
fn upper(amounts: &[f64], counts: impl Fn(usize) -> bool) -> Result<Vec<bool>> {
    let mut sorted: Vec<f64> =
        amounts.iter().enumerate().filter(|(row, _)| counts(*row)).map(|(_, amount)| *amount + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (Some(least), Some(most)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Err(Error::too_little("learn an amount", "no row", "rows with different amounts"));
    };
    if least >= most {
        let found = says!("{least} in each of {} rows", [sorted.len()], least);
        return Err(Error::too_little("learn an amount", found, "rows with different amounts"));
    }
    let (apart, enough) = (most - least, AmountTarget::MOST.recip());
    if apart < enough {
        let found = says!("amounts that are at most {apart} apart", apart);
        return Err(Error::too_little("learn an amount", found, says!("{enough} or more: in a smaller unit", enough)));
    }
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(most);
    let is_upper = |amount: &f64| if median < most { *amount > median } else { *amount >= median };
    Ok(amounts.iter().map(is_upper).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_target_and_says_why() {
        let told = |amounts: Vec<f64>| AmountTarget::new(amounts).unwrap_err().to_string();
        assert!(told(vec![1.0, f64::NAN]).contains("NaN in row 2"));
        assert!(told(vec![1.0, -1e300]).contains("found -1e300 in row 2, expected finite numbers, at most 1e100"));
        assert!(told(vec![0.0, 1e-200]).contains("at most 1e-200 apart"));
        assert!(AmountTarget::new(vec![-1e100, 1e100]).is_ok());
        assert!(told(vec![3.0; 7]).contains("3 in each of 7 rows"));
        assert!(told(Vec::new()).contains("no row"));
        let target = AmountTarget::new(vec![1.0, 2.0, 2.0]).unwrap();
        assert!(target.clone().weights(&[0.0, 1.0, 1.0]).unwrap_err().to_string().contains("2 in each of 2 rows"));
        assert!(target.rows(&[1, 2]).is_err());
    }

    #[test]
    fn halves_hold_both_classes_wherever_the_median_lies() {
        for amounts in [vec![0.0, 0.0, 0.0, 1.0], vec![1.0, 1.0, 1.0, 0.0], vec![-1.0, 5.0]] {
            let target = AmountTarget::new(amounts).unwrap();
            assert!(target.upper().events().contains(&true) && target.upper().events().contains(&false));
        }
        let weighed = AmountTarget::new(vec![9.0, 1.0, 2.0]).unwrap().weights(&[0.0, 1.0, 1.0]).unwrap();
        assert_eq!(weighed.upper().events(), [true, false, true]);
        let (effective, rows) = weighed.effective().unwrap();
        assert_eq!((effective.amounts(), rows), (&[1.0, 2.0][..], Some(vec![1, 2])));
    }
}
