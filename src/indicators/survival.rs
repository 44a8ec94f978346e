//! Survival curves (Kaplan–Meier): how long steps take, with cases still open counted as censored.
//!
//! The mean of cases that are closed says how long the quick ones took. A case that is open for two years
//! has told something too: it took at least so long. The product-limit estimate uses both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// One step of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalStep {
    /// Days since the beginning.
    pub days: i64,
    /// How many were still waiting just before.
    pub at_risk: u64,
    /// To how many it happened on this day.
    pub events: u64,
    /// The share to whom it has not happened by then.
    pub waiting: f64,
    /// The standard error of that, by Greenwood.
    pub error: f64,
}

/// To what share something has not happened after so many days, while some were not seen long enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// How many were followed.
    pub all: u64,
    /// To how many it happened.
    pub events: u64,
    /// The curve.
    pub steps: Vec<SurvivalStep>,
    /// The longest that anybody was followed, in days: the curve says nothing of what comes after.
    pub followed: i64,
}

impl Survival {
    /// By the product-limit estimate, from how many it happened to and how many were seen no longer after so many days.
    ///
    /// ```
    /// use wherewithal::indicators::Survival;
    ///
    /// // Six are followed: to two it happens after 5 days, to one after 9; three are seen for 7 days or longer.
    /// let curve = Survival::new(&[(5, (2, 0)), (7, (0, 1)), (9, (1, 0)), (12, (0, 2))].into());
    /// assert!((curve.happened_by(5) - 1.0 / 3.0).abs() < 1e-12);
    /// assert!((curve.happened_by(30) - (1.0 - 4.0 / 6.0 * 2.0 / 3.0)).abs() < 1e-12 && curve.followed == 12);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "counts of cases")]
    pub fn new(days: &BTreeMap<i64, (u64, u64)>) -> Self {
        let all: u64 = days.values().map(|(events, censored)| events + censored).sum();
        let (mut at_risk, mut waiting, mut sum) = (all, 1.0, 0.0);
        let mut steps = Vec::new();
        for (day, (events, censored)) in days {
            if *events > 0 {
                let (happened, risk) = (*events as f64, at_risk as f64);
                waiting *= 1.0 - happened / risk;
                sum += if events < &at_risk { happened / (risk * (risk - happened)) } else { 0.0 };
                steps.push(SurvivalStep {
                    days: *day,
                    at_risk,
                    events: *events,
                    waiting,
                    error: waiting * f64::sqrt(sum),
                });
            }
            at_risk -= events + censored;
        }
        let followed = days.keys().next_back().copied().unwrap_or(0);
        Self { all, events: steps.iter().map(|step| step.events).sum(), steps, followed }
    }

    /// The share to whom it has happened within so many days; of more than [`Survival::followed`] nobody knows, and the
    /// last share known is given.
    ///
    /// From 0 to 1.
    pub fn happened_by(&self, days: i64) -> f64 {
        1.0 - self.steps.iter().take_while(|step| step.days <= days).last().map_or(1.0, |step| step.waiting)
    }
}

impl Measured {
    /// The curve of a survival indicator, of one court or of all.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the catalogue has no such curve.
    pub fn survival(&self, code: &str, court: Option<&str>) -> Result<Survival> {
        let at = self.lasting.iter().position(|known| known == code);
        let at =
            at.ok_or_else(|| Error::setting("curve", Sentence::value(code), "an indicator measured as `survival`"))?;
        let mut days: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        let of =
            self.tally.lasting.iter().filter(|((nth, name), _)| *nth == at && court.is_none_or(|court| court == name));
        for (day, (events, censored)) in of.flat_map(|(_, days)| days) {
            let held = days.entry(*day).or_default();
            *held = (held.0 + events, held.1 + censored);
        }
        Ok(Survival::new(&days))
    }
}
