//! Champion and challenger: two models on the same samples, after what they foretold came or did not.
//!
//! The samples are the same, so their luck is, too: differences are taken sample by sample, and their errors
//! are those of paired differences. Nothing switches by itself.

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Error, Result};
use crate::model::{
    AmountTarget, CalibrationBin, Estimate, Target, ahead_in_top_tenth, auc, auc_difference, calibration_bins,
    found_in_top_tenth, log_loss,
};
use crate::sentence::says;

/// The least number of samples with an event, without it, and with money, from which two models are compared.
///
/// An assumption of this crate: from fewer the standard errors themselves are luck, down to zero from a handful.
pub const LEAST_OF_EACH: usize = 10;

/// One thing of the model in use, and of the one that may follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides<T> {
    /// Of the model in use.
    pub champion: T,
    /// Of the model that may follow it.
    pub challenger: T,
}

impl<T> Sides<T> {
    /// The same of each.
    pub fn map<U>(&self, of: impl Fn(&T) -> U) -> Sides<U> {
        Sides { champion: of(&self.champion), challenger: of(&self.challenger) }
    }
}

/// What two models foretold of the same samples, and what came: an entry per sample in each.
///
/// ```
/// use wherewithal::monitoring::{Paired, Sides};
///
/// // Forty samples: the champion tells nothing of them, the challenger errs in one of five.
/// let happened: Vec<bool> = (0..40).map(|row| row % 2 == 0).collect();
/// let told = (0..40).map(|row| if (row % 2 == 0) == (row % 5 != 0) { 0.7 } else { 0.3 }).collect();
/// let chances = Sides { champion: vec![0.5; 40], challenger: told };
/// let figures = Paired::new(chances, happened)?.figures()?.ok_or("too few")?;
/// assert!((figures.auc_ahead.value - 0.3).abs() < 1e-9 && figures.auc_ahead.standard_error > 0.05);
/// assert!(figures.auc_ahead.interval(0.95).0 > 0.0); // ahead beyond chance
///
/// let four = Sides { champion: vec![0.5; 4], challenger: vec![0.9, 0.1, 0.8, 0.2] };
/// assert!(Paired::new(four, vec![true, false, true, false])?.figures()?.is_none()); // four samples tell nothing
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paired {
    chances: Sides<Vec<f64>>,
    happened: Vec<bool>,
}

/// How well two models foretold one event of the same samples.
///
/// What is ahead is the challenger where a number is positive, the champion where it is negative. Errors count
/// samples as independent, several of one debtor, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PairedFigures {
    /// Area under the curve.
    pub auc: Sides<Estimate>,
    /// The challenger's area less the champion's, with the error of the paired difference (DeLong's test).
    pub auc_ahead: Estimate,
    /// Mean negative log-likelihood; lower is better.
    pub log_loss: Sides<Estimate>,
    /// The champion's loss less the challenger's, with the error of the paired difference.
    pub log_loss_ahead: Estimate,
    /// Predicted and observed shares by tenth of each model's own order.
    pub deciles: Sides<Vec<CalibrationBin>>,
}

impl Paired {
    /// Probabilities of the event by each model, and whether it came.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for lists of different lengths, and for a probability outside 0 to 1.
    pub fn new(chances: Sides<Vec<f64>>, happened: Vec<bool>) -> Result<Self> {
        are_as_many(&chances, happened.len())?;
        let all = chances.champion.iter().chain(&chances.challenger);
        if let Some(chance) = all.copied().find(|chance| !(0.0..=1.0).contains(chance)) {
            return Err(Error::setting("chances", chance, "probabilities from 0 to 1"));
        }
        Ok(Self { chances, happened })
    }

    /// The figures; none where fewer than [`LEAST_OF_EACH`] samples have the event, or fewer are without it.
    ///
    /// # Errors
    ///
    /// As [`Target::new`], but for a missing class.
    pub fn figures(&self) -> Result<Option<PairedFigures>> {
        const TENTHS: usize = 10;
        let events = self.happened.iter().filter(|event| **event).count();
        if events.min(self.happened.len() - events) < LEAST_OF_EACH {
            return Ok(None);
        }
        let target = Target::new(self.happened.iter().copied())?;
        let Sides { champion, challenger } = &self.chances;
        Ok(Some(PairedFigures {
            auc: self.chances.map(|chances| auc(chances, &target)),
            auc_ahead: auc_difference(challenger, champion, &target),
            log_loss: self.chances.map(|chances| log_loss(chances, &target)),
            log_loss_ahead: self.less_loss(),
            deciles: self.chances.map(|chances| calibration_bins(chances, &target, TENTHS)),
        }))
    }

    /// The mean over samples of the champion's loss less the challenger's.
    fn less_loss(&self) -> Estimate {
        let loss = |chance: f64, event: bool| -(if event { chance } else { 1.0 - chance }).clamp(1e-15, 1.0).ln();
        let chances = self.chances.champion.iter().zip(&self.chances.challenger);
        let gain = |((champion, challenger), event): ((&f64, &f64), &bool)| {
            (loss(*champion, *event) - loss(*challenger, *event), 1.0)
        };
        Estimate::mean(chances.zip(&self.happened).map(gain))
    }
}

/// An entry per sample of each model.
fn are_as_many(sides: &Sides<Vec<f64>>, samples: usize) -> Result<()> {
    let Sides { champion, challenger } = sides.map(Vec::len);
    if champion == samples && challenger == samples {
        return Ok(());
    }
    let found = says!(
        "{champion} numbers of the champion, {challenger} of the challenger, {samples} outcomes",
        champion,
        challenger,
        samples
    );
    Err(Error::setting("samples", found, "as many of each"))
}

/// How well two models foretold one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EventChallenge {
    /// The event: `any` or `full` performance.
    pub event: String,
    /// Samples with the event, out of those judged.
    pub events: u64,
    /// None where fewer than [`LEAST_OF_EACH`] samples have the event, or fewer are without it.
    pub figures: Option<PairedFigures>,
}

impl EventChallenge {
    /// One event by its name.
    ///
    /// # Errors
    ///
    /// As [`Paired::figures`].
    pub fn new(event: &str, paired: &Paired) -> Result<Self> {
        let events = paired.happened.iter().filter(|event| **event).count() as u64;
        Ok(Self { event: event.to_owned(), events, figures: paired.figures()? })
    }
}

/// Of all money that came in, the share in the tenth of the samples that each model puts first: the same work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MoneyChallenge {
    /// Samples whose money is known.
    pub samples: u64,
    /// Samples left out because what stood open, what came in of it, or the amount that a model expects is unknown.
    pub unknown: u64,
    /// Whether samples are ordered by the amount expected; else, where a model foretells no amount, both orders are
    /// those of the probability of any performance times what stands open.
    pub by_amount: bool,
    /// The share, from 0 to 1.
    pub found: Sides<Estimate>,
    /// The challenger's share less the champion's, on the same samples.
    pub ahead: Estimate,
}

impl MoneyChallenge {
    /// From what each model orders the samples by and what came in, in fen; none where money came in of fewer than
    /// [`LEAST_OF_EACH`]. All money is known and ordered by amounts until the fields say otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for lists of different lengths, and for orders that are no numbers; as [`AmountTarget::new`].
    pub fn new(orders: &Sides<Vec<f64>>, received: Vec<f64>) -> Result<Option<Self>> {
        are_as_many(orders, received.len())?;
        if let Some(order) = orders.champion.iter().chain(&orders.challenger).find(|order| !order.is_finite()) {
            return Err(Error::setting("orders", *order, "finite numbers"));
        }
        if received.iter().filter(|money| **money > 0.0).count() < LEAST_OF_EACH {
            return Ok(None);
        }
        let samples = received.len() as u64;
        let target = AmountTarget::new(received)?;
        let Sides { champion, challenger } = orders.map(|order| found_in_top_tenth(order, &target));
        let ahead = ahead_in_top_tenth(&orders.challenger, &orders.champion, &target);
        let found = champion.zip(challenger).map(|(champion, challenger)| Sides { champion, challenger });
        Ok(found.zip(ahead).map(|(found, ahead)| Self { samples, unknown: 0, by_amount: true, found, ahead }))
    }
}

/// Debtors whom the two models answer alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AnswerMove {
    /// The grade that each gives, or `insufficient` where it gives none.
    pub answers: Sides<String>,
    /// How many.
    pub debtors: u64,
}

impl AnswerMove {
    /// So many debtors with these answers.
    pub fn new(answers: Sides<String>, debtors: u64) -> Self {
        Self { answers, debtors }
    }

    /// Whether the two differ.
    ///
    /// ```
    /// use wherewithal::monitoring::{AnswerMove, Sides};
    ///
    /// let answers = Sides { champion: "B".to_owned(), challenger: "C".to_owned() };
    /// assert!(AnswerMove::new(answers, 12).is_change());
    /// ```
    pub fn is_change(&self) -> bool {
        self.answers.champion != self.answers.challenger
    }
}

/// A debtor whose answer would change.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AnswerChange {
    /// The debtor's pseudonym.
    pub entity_id: i64,
    /// The grade that each model gives, or `insufficient`.
    pub answers: Sides<String>,
    /// The probability of any performance; none without an answer.
    pub any: Sides<Option<f64>>,
}

impl AnswerChange {
    /// A debtor's two answers.
    pub fn new(entity_id: i64, answers: Sides<String>, any: Sides<Option<f64>>) -> Self {
        Self { entity_id, answers, any }
    }
}

/// Two models on one cohort, and whose answers would change with the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Challenge {
    /// The digest of each model's card of any performance.
    pub models: Sides<String>,
    /// The last day of outcomes that each may have learnt from.
    pub learnt_until: Sides<Option<Day>>,
    /// The name and the digest of the rules of means under which both answer, living costs included.
    #[serde(default)]
    pub rules: Option<(String, String)>,
    /// The file of living costs and its digest, BLAKE3; none when none was supplied.
    #[serde(default)]
    pub living_costs: Option<(String, String)>,
    /// Samples that both are judged on.
    pub samples: u64,
    /// Samples left out because one of the models may have learnt from them.
    pub learnt: u64,
    /// Samples left out because their outcome cannot be known yet.
    pub immature: u64,
    /// Samples left out because one of the models gives no answer, by model.
    pub insufficient: Sides<u64>,
    /// By event.
    pub events: Vec<EventChallenge>,
    /// None where money came in of fewer than [`LEAST_OF_EACH`] samples.
    pub money: Option<MoneyChallenge>,
    /// Debtors with an open case on the last day.
    pub debtors: u64,
    /// Debtors among them whose answer would change.
    pub changed: u64,
    /// How many have which answers.
    pub answers: Vec<AnswerMove>,
    /// Who they are whose answer would change; a file of its own has them.
    #[serde(skip)]
    pub changes: Vec<AnswerChange>,
}

impl Challenge {
    /// Two models of which nothing is compared yet.
    pub fn new(models: Sides<String>, learnt_until: Sides<Option<Day>>) -> Self {
        Self {
            models,
            learnt_until,
            rules: None,
            living_costs: None,
            samples: 0,
            learnt: 0,
            immature: 0,
            insufficient: Sides::default(),
            events: Vec::new(),
            money: None,
            debtors: 0,
            changed: 0,
            answers: Vec::new(),
            changes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::draws::uniform;

    /// Samples whose chances the challenger knows and the champion only in part.
    fn drawn(n: usize, told: f64) -> Paired {
        let mut unit = uniform(0x9E37_79B9_7F4A_7C15);
        let mut paired = Paired::default();
        for _ in 0..n {
            let chance = 0.1 + 0.8 * unit();
            paired.chances.challenger.push(chance);
            paired.chances.champion.push(told * chance + (1.0 - told) * (0.1 + 0.8 * unit()));
            paired.happened.push(unit() < chance);
        }
        paired
    }

    #[test]
    fn who_knows_more_is_ahead_and_a_model_against_itself_is_not() {
        let figures = drawn(2000, 0.3).figures().unwrap().unwrap();
        assert!(figures.auc_ahead.interval(0.95).0 > 0.05, "{figures:?}");
        assert!(figures.log_loss_ahead.interval(0.95).0 > 0.0, "{figures:?}");
        let worse = figures.log_loss.champion.value - figures.log_loss.challenger.value;
        assert!((figures.log_loss_ahead.value - worse).abs() < 1e-12);
        let difference = figures.auc.challenger.value - figures.auc.champion.value;
        assert!((figures.auc_ahead.value - difference).abs() < 1e-12);
        let same = drawn(2000, 1.0).figures().unwrap().unwrap();
        assert!(same.auc_ahead.value.abs() < 1e-12 && same.auc_ahead.standard_error < 1e-12, "{same:?}");
        assert!(same.log_loss_ahead.value.abs() < 1e-12, "{same:?}");
    }

    /// Errors are those of the pair: smaller than of two models on samples of their own.
    #[test]
    fn errors_are_those_of_paired_differences() {
        let figures = drawn(2000, 0.9).figures().unwrap().unwrap();
        let apart = |sides: &Sides<Estimate>| sides.champion.standard_error.hypot(sides.challenger.standard_error);
        assert!(figures.auc_ahead.standard_error < 0.8 * apart(&figures.auc), "{figures:?}");
        assert!(figures.log_loss_ahead.standard_error < 0.8 * apart(&figures.log_loss), "{figures:?}");
    }

    /// From a handful the challenger would be ahead by half with an error of zero.
    #[test]
    fn few_of_a_class_and_little_money_give_no_figures() {
        let chances = |events: u32, others: u32| {
            let told = (0..events + others).map(|row| if row < events { 0.9 } else { 0.1 }).collect();
            Sides { champion: vec![0.5; (events + others) as usize], challenger: told }
        };
        let figures = |events: u32, others: u32| {
            let happened = (0..events + others).map(|row| row < events).collect();
            Paired::new(chances(events, others), happened).unwrap().figures().unwrap()
        };
        for (events, others) in [(0, 0), (0, 40), (40, 0), (2, 2), (9, 40), (40, 9)] {
            assert_eq!(figures(events, others), None, "{events} {others}");
        }
        assert!(figures(10, 10).is_some());
        let money = |paid: usize| {
            let received = (0..20).map(|row| f64::from(u8::from(row < paid))).collect();
            MoneyChallenge::new(&chances(10, 10), received).unwrap()
        };
        assert!(money(0).is_none() && money(9).is_none() && money(10).is_some());
    }

    #[test]
    fn lists_of_different_lengths_and_chances_that_are_none_are_refused() {
        let sides = |champion: &[f64], challenger: &[f64]| Sides {
            champion: champion.to_vec(),
            challenger: challenger.to_vec(),
        };
        for (chances, happened) in [
            (sides(&[0.5], &[0.5, 0.5]), vec![true, false]),
            (sides(&[0.5, 0.5], &[0.5]), vec![true, false]),
            (sides(&[0.5, 0.5], &[0.5, 0.5]), vec![true]),
            (sides(&[0.5, 1.1], &[0.5, 0.5]), vec![true, false]),
            (sides(&[0.5, 0.5], &[-0.1, 0.5]), vec![true, false]),
            (sides(&[0.5, 0.5], &[f64::NAN, 0.5]), vec![true, false]),
        ] {
            assert!(matches!(Paired::new(chances, happened), Err(Error::Setting { .. })));
        }
        for (orders, received) in [
            (sides(&[1.0], &[1.0, 2.0]), vec![1.0, 2.0]),
            (sides(&[1.0, 2.0], &[1.0, 2.0]), vec![1.0]),
            (sides(&[1.0, f64::NAN], &[1.0, 2.0]), vec![1.0, 2.0]),
        ] {
            assert!(matches!(MoneyChallenge::new(&orders, received), Err(Error::Setting { .. })));
        }
    }

    #[test]
    fn money_is_compared_at_equal_work() {
        // Twenty samples: the tenth is two of them.
        let order = |first: [usize; 2]| (0..20).map(|row| f64::from(u8::from(first.contains(&row)))).collect();
        let orders = Sides { champion: order([0, 1]), challenger: order([0, 2]) };
        let mut received = vec![0.0; 20];
        (received[0], received[1], received[2]) = (40.0, 10.0, 40.0);
        received[10..].fill(1.0);
        let money = MoneyChallenge::new(&orders, received).unwrap().unwrap();
        assert!((money.found.champion.value - 0.5).abs() < 1e-12 && (money.ahead.value - 0.3).abs() < 1e-12);
        assert_eq!(money.samples, 20);
    }
}
