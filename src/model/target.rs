use crate::error::{Error, Result};

/// Weights are kept as multiples of this, so that their sums are exact.
const GRAIN: f64 = 1.0 / 1_048_576.0;

/// What happened, per row of a feature table.
///
/// The modelled event is *performed* (or whatever event is of interest where a table is brought along): a higher score
/// always means more of it.
///
/// ```
/// # use wherewithal::model::Target;
/// let target = Target::new([true, false, false])?.weights(&[1.0, 2.0, 0.5])?;
/// assert_eq!(target.events(), [true, false, false]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    events: Vec<bool>,
    weights: Option<Vec<f64>>,
    groups: Option<Vec<u64>>,
}

impl Target {
    /// Whether each row has the event.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when all rows have it or none does.
    pub fn new(events: impl IntoIterator<Item = bool>) -> Result<Self> {
        let events: Vec<bool> = events.into_iter().collect();
        let n = events.iter().filter(|event| **event).count();
        if n == 0 || n == events.len() {
            let found = format!("{n} events in {} rows", events.len());
            return Err(Error::too_little("learn", found, "rows with and without the event"));
        }
        Ok(Self { events, weights: None, groups: None })
    }

    /// Sets what each row counts for; a weight is rounded to the nearest multiple of 2⁻²⁰.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many weights as rows, or one is negative, not finite or above 2²⁰, or
    /// when a class has no weight.
    pub fn weights(mut self, weights: &[f64]) -> Result<Self> {
        self.weights = Some(whole_grains(weights, self.events.len())?);
        if self.log_odds().is_finite() {
            Ok(self)
        } else {
            Err(Error::setting("weights", 0, "weight above zero on rows with and without the event"))
        }
    }

    /// Part of a table, which may be of one class.
    pub(crate) fn part(events: &[bool], weights: Option<&[f64]>) -> Result<Self> {
        let weights = weights.map(|weights| whole_grains(weights, events.len())).transpose()?;
        Ok(Self { events: events.to_vec(), weights, groups: None })
    }

    /// Sets whose row each row is: rows of one group never stand on both sides of a split.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many groups as rows.
    pub fn groups(mut self, groups: &[u64]) -> Result<Self> {
        if groups.len() != self.events.len() {
            return Err(Error::setting("groups", groups.len(), format!("{} of them", self.events.len())));
        }
        self.groups = Some(groups.to_vec());
        Ok(self)
    }

    /// Whether each row has the event.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// What each row counts for, if not one.
    pub fn row_weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// Whose row each row is, if said.
    pub fn row_groups(&self) -> Option<&[u64]> {
        self.groups.as_deref()
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.events.len()
    }

    /// What row `row` counts for.
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights.get(row).copied().unwrap_or(0.0))
    }

    /// The weight of rows with the event, and of those without.
    pub(crate) fn class_weights(&self) -> (f64, f64) {
        let sum = |class: bool| -> f64 {
            let of_class = self.events.iter().enumerate().filter(|(_, event)| **event == class);
            of_class.map(|(row, _)| self.weight(row)).sum()
        };
        (sum(true), sum(false))
    }

    /// The log-odds of the event over all rows.
    pub(crate) fn log_odds(&self) -> f64 {
        let (events, others) = self.class_weights();
        (events / others).ln()
    }

    /// The target of some rows.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when these rows all have the event or none does.
    pub fn rows(&self, rows: &[usize]) -> Result<Self> {
        let picked = Self::new(rows.iter().filter_map(|row| self.events.get(*row).copied()))?;
        Ok(Self {
            events: picked.events,
            weights: self.weights.as_ref().map(|all| rows.iter().filter_map(|row| all.get(*row).copied()).collect()),
            groups: self.groups.as_ref().map(|all| rows.iter().filter_map(|row| all.get(*row).copied()).collect()),
        })
    }
}

/// Checks weights and rounds them, so that their sums are exact.
fn whole_grains(weights: &[f64], rows: usize) -> Result<Vec<f64>> {
    if weights.len() != rows {
        return Err(Error::setting("weights", weights.len(), format!("{rows} of them")));
    }
    if let Some(weight) = weights.iter().find(|weight| !(0.0..=1_048_576.0).contains(*weight)) {
        return Err(Error::setting("weights", weight, "0 to 1048576"));
    }
    Ok(weights.iter().map(|weight| (weight / GRAIN).round() * GRAIN).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_one_class_and_bad_weights() {
        assert!(Target::new([true, true]).is_err());
        let target = Target::new([true, false]).unwrap();
        for weights in [&[1.0][..], &[1.0, -1.0], &[1.0, f64::NAN], &[0.0, 1.0]] {
            assert!(target.clone().weights(weights).is_err(), "{weights:?}");
        }
        assert!(target.rows(&[0]).is_err());
    }
}
