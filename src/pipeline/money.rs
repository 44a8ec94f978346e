//! Learns which share of the open claims comes in, and tests the expected amounts on later samples.
//!
//! What will come in from a debtor is the probability of any performance, times the share that comes in
//! given any, times what stands open. The share is learnt from samples that performed; debtors against whom
//! nothing stood open have none. The test is out of time: cards of the earlier samples, amounts of the
//! later ones, and beside them four simpler orders (by claim, by probability, by the statement of means, by
//! a clerk's rule), each given the same work: a tenth of the debtors.

use serde::{Deserialize, Serialize};

use super::clerk::{self, ClerkReport};
use super::rows::SampleFeatures;
use crate::cohort::{Cohort, Outcome, Received};
use crate::domain::Share;
use crate::error::{Error, Result};
use crate::model::{
    self, AdditiveParams, AmountCard, AmountReport, AmountTarget, Estimate, Scorecard, ScorecardParams,
    found_in_top_tenth,
};
use crate::score::{AmountScorer, ScorerParams};
use crate::sentence::{Sentence, says};

/// What training saw of the amounts: the share of the open claims that comes in, given any performance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MoneyTraining {
    /// Samples with performance whose share is known: what the share is learnt from.
    pub samples: usize,
    /// Samples whose open claims, or what came in of them, are unknown.
    pub unknown: usize,
    /// Samples with performance against whom nothing stood open: they have no share.
    #[serde(default)]
    pub nothing_open: usize,
    /// Features of the card of shares; it may use those that the cards of the two events use.
    pub features: usize,
    /// Why there is no card of shares, where there is none.
    pub absent: Option<Sentence>,
    /// How well shares are told, by bags that were boosted without them.
    pub share: Option<AmountReport>,
    /// Expected amounts by cards of the earlier samples against what came in of the later ones.
    pub out_of_time: Option<MoneyReport>,
    /// Why there are none.
    #[serde(default)]
    pub not_judged: Option<Sentence>,
}

/// Expected amounts on samples that nothing was learnt from, in fen.
///
/// Shares are from 0 to 1 with a standard error; amounts are in fen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MoneyReport {
    /// Predicted against received.
    pub amounts: AmountReport,
    /// Later samples that are not judged, because what came in of them is unknown.
    #[serde(default)]
    pub unknown: usize,
    /// Of all that came in the share in the tenth of the samples with the largest open claims.
    pub by_claim: Option<Estimate>,
    /// The same by the probability of any performance.
    pub by_any: Option<Estimate>,
    /// The same by coverage times open principal: the share of all that is owed that the statement of means expects to
    /// be recovered, of the principal. Nothing where coverage is unknown; none where it is unknown of every sample.
    pub by_means: Option<Estimate>,
    /// What a clerk's rule of three facts finds at the same work; none in reports that were written before it was
    /// compared, and where nothing came in.
    #[serde(default)]
    pub by_clerk: Option<ClerkReport>,
}

/// Samples with performance from which on a share is learnt.
const FEWEST: usize = 50;

/// What the statement of means expects to be recovered over what is owed, which is more than the principal.
const COVERAGE: &str = "capacity_coverage_expected_ratio";

/// Samples and what came in of each.
pub(super) struct MoneyLesson<'a> {
    rows: &'a SampleFeatures,
    received: Vec<Option<Received>>,
    performed: Vec<bool>,
    groups: Vec<u64>,
    params: AdditiveParams,
}

/// The probability of any performance of later samples, by the cards of earlier ones.
pub(super) struct Later<'a> {
    pub(super) earlier: &'a [usize],
    pub(super) later: &'a [usize],
    pub(super) cards: [&'a Scorecard; 2],
    pub(super) any: &'a [f64],
}

impl<'a> MoneyLesson<'a> {
    pub(super) fn new((rows, cohort): (&'a SampleFeatures, &Cohort), scorecard: &ScorecardParams) -> Self {
        let card = scorecard.clone().sizes([]);
        Self {
            rows,
            received: cohort.received(),
            performed: cohort.outcomes().iter().map(|outcome| *outcome != Outcome::None).collect(),
            groups: cohort.entity_ids().iter().map(|id| id.unsigned_abs()).collect(),
            // Every reason must be one of the two events': no pair, and no feature besides theirs.
            params: AdditiveParams::default().card(card).max_pairs(0),
        }
    }

    /// The card of shares and what training saw of it.
    pub(super) fn learn(
        &self,
        cards: [&Scorecard; 2],
        later: Option<Later<'_>>,
    ) -> Result<(Option<AmountCard>, MoneyTraining)> {
        let all: Vec<usize> = (0..self.rows.height()).collect();
        let mut training = MoneyTraining {
            samples: self.learnt(&all).len(),
            unknown: self.unknown(&all),
            nothing_open: all.iter().filter(|row| self.has_nothing_open(**row)).count(),
            features: 0,
            absent: None,
            share: None,
            out_of_time: None,
            not_judged: None,
        };
        let card = match self.card(&all, cards) {
            Ok(card) => card,
            Err(error @ Error::TooLittle { .. }) => {
                training.absent = Some(error.sentence());
                return Ok((None, training));
            }
            Err(error) => return Err(error),
        };
        training.features = card.features().count();
        training.share = card.held_out().cloned();
        match later.map(|later| self.judged(&later)) {
            None => training.not_judged = Some(says!("no later samples to judge by")),
            Some(Err(error @ Error::TooLittle { .. })) => training.not_judged = Some(error.sentence()),
            Some(report) => training.out_of_time = Some(report?),
        }
        Ok((Some(card), training))
    }

    /// Those of some samples that the share is learnt from.
    fn learnt(&self, rows: &[usize]) -> Vec<usize> {
        let is_learnt = |row: &usize| self.performed.get(*row) == Some(&true) && self.share(*row).is_some();
        rows.iter().copied().filter(is_learnt).collect()
    }

    /// How many of some samples have no known money.
    fn unknown(&self, rows: &[usize]) -> usize {
        rows.iter().filter(|row| self.received.get(**row).is_none_or(Option::is_none)).count()
    }

    fn has_nothing_open(&self, row: usize) -> bool {
        let is_known = self.received.get(row).is_some_and(Option::is_some);
        is_known && self.performed.get(row) == Some(&true) && self.share(row).is_none()
    }

    fn share(&self, row: usize) -> Option<f64> {
        self.received.get(row)?.as_ref()?.share()
    }

    fn card(&self, rows: &[usize], cards: [&Scorecard; 2]) -> Result<AmountCard> {
        let learnt = self.learnt(rows);
        if learnt.len() < FEWEST {
            let found = says!("{} samples with performance whose share is known", [learnt.len()]);
            return Err(Error::too_little("learn how much comes in", found, says!("{FEWEST} or more", FEWEST)));
        }
        let shares = learnt.iter().filter_map(|row| self.share(*row)).collect();
        let groups: Vec<u64> = learnt.iter().filter_map(|row| self.groups.get(*row).copied()).collect();
        let target = AmountTarget::new(shares)?.groups(&groups)?;
        let mut names: Vec<&str> = cards.iter().flat_map(|card| card.features()).map(|part| part.name()).collect();
        names.sort_unstable();
        names.dedup();
        match self.rows {
            SampleFeatures::Numbers(table) => {
                model::fit_amount(&table.rows(&learnt)?.select(names.iter().copied())?, &target, &self.params)
            }
            SampleFeatures::Codes(table) => {
                model::fit_amount_coded(&table.select(&names).rows(&learnt), &target, &self.params)
            }
        }
    }

    /// Later samples whose money is known, judged by the cards of the earlier ones.
    #[expect(clippy::cast_precision_loss, reason = "amounts below 2^53 fen")]
    fn judged(&self, by: &Later<'_>) -> Result<MoneyReport> {
        let card = self.card(by.earlier, by.cards)?;
        let shares = self.shares(&card, by.later)?;
        let coverage = self.numbers(by.later, COVERAGE)?;
        let told = clerk::facts().map(|name| self.numbers(by.later, name)).collect::<Result<Vec<_>>>()?;
        let mut facts = vec![Vec::new(); told.len()];
        let mut is_covered = false;
        let (mut expected, mut received) = (Vec::new(), Vec::new());
        let (mut claims, mut any, mut means) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (((row, p), share), coverage)) in by.later.iter().zip(by.any).zip(shares).zip(coverage).enumerate() {
            let Some(money) = self.received.get(*row).copied().flatten() else { continue };
            let open = money.open.fen() as f64;
            expected.push(p * share.clamp(0.0, 1.0) * open);
            received.push(money.received.fen() as f64);
            claims.push(open);
            any.push(*p);
            facts.iter_mut().zip(&told).for_each(|(fact, told)| fact.push(told.get(at).copied().unwrap_or(f64::NAN)));
            is_covered |= !coverage.is_nan();
            means.push(if coverage.is_nan() { 0.0 } else { coverage * open });
        }
        let target = AmountTarget::new(received)?;
        Ok(MoneyReport {
            amounts: AmountReport::new(&expected, &target)?,
            unknown: self.unknown(by.later),
            by_claim: found_in_top_tenth(&claims, &target),
            by_any: found_in_top_tenth(&any, &target),
            by_means: is_covered.then(|| found_in_top_tenth(&means, &target)).flatten(),
            by_clerk: clerk::compared((&expected, &target), (&claims, &facts)),
        })
    }

    fn shares(&self, card: &AmountCard, rows: &[usize]) -> Result<Vec<f64>> {
        match self.rows {
            SampleFeatures::Codes(table) => Ok(card.coded_amounts(&table.rows(rows))),
            SampleFeatures::Numbers(table) => {
                let params = ScorerParams::default().min_known_share(Share::new(0.0)?);
                let amounts = AmountScorer::new(card, params)?.predict(&table.rows(rows)?)?;
                Ok((0..rows.len()).map(|row| amounts.amount(row).unwrap_or(card.mean())).collect())
            }
        }
    }

    /// The numbers of a feature; NaN where unknown, and where there is none of this name.
    fn numbers(&self, rows: &[usize], name: &str) -> Result<Vec<f64>> {
        let unknown = || vec![f64::NAN; rows.len()];
        match self.rows {
            SampleFeatures::Codes(table) => Ok(table.rows(rows).numbers(name).unwrap_or_else(unknown)),
            SampleFeatures::Numbers(table) => Ok(match table.rows(rows)?.column(name) {
                Some(crate::features::FeatureColumn::Numeric(values)) => values.into_owned(),
                _ => unknown(),
            }),
        }
    }
}
