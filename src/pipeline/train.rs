//! Trains the cards of both events and validates them.
//!
//! ```text
//! Partitions ─► samples (party, day) ─► features known on that day ─┬─► card of "any"  ─┐
//!               └─► outcome within the window after it ─────────────┼─► card of "full" ─┼─► PerformanceModel
//!                                                                   └─► card of shares ─┘
//! ```
//!
//! A sample whose window has not passed by the day of training is not ripe and teaches nothing: to count it
//! as "did not perform" would teach that recent debtors never pay. Cards are judged on parties that they
//! did not see, and on later samples by cards of earlier ones.

use serde::{Deserialize, Serialize};

use super::money::{Later, MoneyLesson, MoneyTraining};
use super::rows::SampleFeatures;
use super::samples::{Reading, Samples};
use super::{Event, PerformanceModel};
use crate::capacity::CapacityRules;
use crate::cohort::{Cohort, CohortParams};
use crate::domain::{Day, Share};
use crate::error::{Error, Result};
use crate::features::{Direction, FeatureCatalog, FeatureTable};
use crate::model::{self, BinningParams, FeaturePath, ScorecardParams, Target, Trend, ValidationReport};
use crate::progress::Progress;
use crate::score::{Scorer, ScorerParams};
use crate::tables::Partitions;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrainParams {
    /// Whom to learn from and what counts as performed.
    pub cohort: CohortParams,
    /// The features to choose among.
    pub catalog: FeatureCatalog,
    /// The law behind the statement of means, whose ratios join the features.
    pub rules: CapacityRules,
    /// How cards are fitted; the catalogue's expected directions are added to its trends.
    pub scorecard: ScorecardParams,
    /// How scores become grades.
    pub scorer: ScorerParams,
    /// Folds of the cross-validation that is reported; below 2 none is made. Where features are
    /// codes there are five folds at least and twenty at most.
    pub folds: u32,
    /// The share of the samples, the latest ones, that the out-of-time check is made on.
    pub out_of_time_share: f64,
    /// Learn from about so many samples, those of parties drawn by hash; from all when `None`.
    pub samples: Option<usize>,
    /// Samples up to which features are learnt from as numbers; of more they are kept, and learnt
    /// from, as codes of one byte ([`CodedTable`](crate::model::CodedTable)).
    pub exact_samples: usize,
    /// Partitions in flight.
    pub threads: usize,
}

impl TrainParams {
    /// The standard catalogue and settings.
    ///
    /// # Errors
    ///
    /// None: the standard catalogue is tested.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::pipeline::TrainParams;
    /// let params = TrainParams::standard()?.folds(3).samples(2_000);
    /// assert_eq!((params.folds, params.samples), (3, Some(2_000)));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn standard() -> Result<Self> {
        Ok(Self {
            cohort: CohortParams::default(),
            catalog: FeatureCatalog::standard()?,
            rules: CapacityRules::standard()?,
            scorecard: few_rows(),
            scorer: ScorerParams::default(),
            folds: 5,
            out_of_time_share: 0.25,
            samples: None,
            exact_samples: 8_192,
            threads: 2,
        })
    }

    setters! {
        cohort: CohortParams,
        scorecard: ScorecardParams,
    }

    /// Sets [`TrainParams::samples`].
    #[must_use]
    pub fn samples(mut self, samples: impl Into<Option<usize>>) -> Self {
        self.samples = samples.into();
        self
    }

    setters! {
        exact_samples: usize,
        threads: usize,
        folds: u32,
        catalog: FeatureCatalog,
        scorer: ScorerParams,
        out_of_time_share: f64,
        rules: CapacityRules,
    }
}

/// Features of a card at most: a judge must defend every one of them before the debtor.
const MOST_FEATURES: usize = 15;

/// Hundreds of features are offered and some courts have only hundreds of closed cases: a bin must
/// bring twice what noise would, bins stay on the regression's line, and the ridge is weak enough
/// to let a hundred rows speak. Features that say much the same do not stand side by side.
fn few_rows() -> ScorecardParams {
    ScorecardParams::default()
        .binning(BinningParams::default().noise_penalty(2.0))
        .max_features(MOST_FEATURES)
        .max_correlation(0.6)
        .l2(1.0)
        .stiffness(None)
}

/// What training saw and how well it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrainingReport {
    /// Samples learnt from.
    pub samples: usize,
    /// Samples left out by [`TrainParams::samples`].
    #[serde(default)]
    pub left_out: usize,
    /// Samples left out because their window had not passed by the day of training.
    pub immature: usize,
    /// Debtors' cases that are history by [`CohortParams::when`](crate::cohort::CohortParams::when): no samples.
    #[serde(default)]
    pub history: usize,
    /// Features offered.
    pub features: usize,
    /// Whether features were learnt from as codes of one byte: there were more samples than
    /// [`TrainParams::exact_samples`].
    #[serde(default)]
    pub coded: bool,
    /// "Any performance".
    pub any: EventTraining,
    /// "Full performance".
    pub full: EventTraining,
    /// How much comes in; none in reports that were written before it was learnt.
    #[serde(default)]
    pub money: Option<MoneyTraining>,
}

/// What training saw of one event.
///
/// A figure that could not be had is `None`: folds below two, or a side without events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EventTraining {
    /// Samples with the event.
    pub events: usize,
    /// Features of the card.
    pub features: usize,
    /// What cards of fewer features would lose, where the settings name several numbers of them.
    #[serde(default)]
    pub path: Option<FeaturePath>,
    /// Everything refitted with each fold held out; folds are dealt by party.
    pub cross_validated: Option<ValidationReport>,
    /// Fitted on the earlier samples, judged on the later ones; none when either side lacks a class.
    pub out_of_time: Option<ValidationReport>,
}

impl TrainParams {
    /// Learns from what was known and performed by a day, partition by partition: a store and the
    /// same tables in memory give the same model.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when there are no samples with and without performance; otherwise as
    /// the rooms report.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::pipeline::TrainParams;
    /// use wherewithal::progress::Silent;
    /// use wherewithal::tables::SourceTables;
    ///
    /// // Without a single case there is nothing to learn from, and the error says what was left out.
    /// let nothing = TrainParams::standard()?.train(&SourceTables::new(), Day::parse("2018-06-30")?, &Silent);
    /// assert!(matches!(nothing, Err(wherewithal::Error::TooLittle { .. })));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn train(
        &self,
        source: &impl Partitions,
        as_of: Day,
        progress: &dyn Progress,
    ) -> Result<(PerformanceModel, TrainingReport)> {
        let params = self;
        let until = params.cohort.observed_until.map_or(as_of, |day| day.min(as_of));
        let cohort_params = params.cohort.clone().observed_until(until);
        let scorecard = with_trends(params);
        let reading = Reading { params, cohort: &cohort_params, scorecard: &scorecard };
        let Samples { cohort, rows, left_out } = Samples::read(source, &reading, progress)?;
        let Some(rows) = rows else {
            let without = cohort.exclusions();
            let found = format!(
                "no sample: of {} debtors on the days of filings {} are not ripe and {} have no open case; {} cases \
                 are history",
                without.candidates, without.immature, without.no_open_case, without.history
            );
            return Err(Error::too_little(
                "learn",
                found,
                "samples: look at the cohort settings, the day and the files of cases",
            ));
        };
        let lesson = Lesson { rows: &rows, cohort: &cohort, params, scorecard };
        progress.begin("train", Some(3), "cards");
        let any = lesson.learn(Event::Any)?;
        progress.advance(1);
        let full = lesson.learn(Event::Full)?;
        progress.advance(1);
        let (share, money) = lesson.money(&any, &full)?;
        progress.end();
        let report = TrainingReport {
            samples: rows.height(),
            left_out,
            immature: cohort.immature(),
            history: cohort.exclusions().history,
            features: rows.width(),
            coded: matches!(rows, SampleFeatures::Codes(_)),
            any: any.report,
            full: full.report,
            money: Some(money),
        };
        let model = PerformanceModel::new(
            (any.card, full.card, share),
            (&params.catalog, params.rules.clone()),
            (cohort_params, params.scorer),
        )?;
        Ok((model, report))
    }
}

/// Ratios of the statement of means of which more means more, or less, capacity; the others have no expected trend.
const MORE: [&str; 5] = [
    "capacity_coverage_low_ratio",
    "capacity_coverage_expected_ratio",
    "capacity_coverage_high_ratio",
    "capacity_available_share",
    "capacity_ready_share",
];
const LESS: [&str; 3] = ["capacity_secured_share", "capacity_priority_share", "capacity_elsewhere_share"];

/// Direction in the catalogue is what a higher value means for capacity; the modelled event is performance.
fn with_trends(params: &TrainParams) -> ScorecardParams {
    let of_catalog = params.catalog.features().iter().filter_map(|spec| match spec.direction {
        Direction::More => Some((spec.name.as_str(), Trend::Ascending)),
        Direction::Less => Some((spec.name.as_str(), Trend::Descending)),
        Direction::Either => None,
    });
    let of_means =
        MORE.map(|name| (name, Trend::Ascending)).into_iter().chain(LESS.map(|name| (name, Trend::Descending)));
    of_catalog.chain(of_means).fold(params.scorecard.clone(), |card, (name, trend)| {
        if card.trends.contains_key(name) { card } else { card.expect_trend(name, trend) }
    })
}

struct Lesson<'a> {
    rows: &'a SampleFeatures,
    cohort: &'a Cohort,
    params: &'a TrainParams,
    scorecard: ScorecardParams,
}

/// One event as it was learnt.
struct Learnt {
    card: model::Scorecard,
    report: EventTraining,
    later: Option<Judged>,
}

/// Later samples, judged by a card of the earlier ones.
struct Judged {
    card: model::Scorecard,
    earlier: Vec<usize>,
    later: Vec<usize>,
    probabilities: Vec<f64>,
}

impl Lesson<'_> {
    fn learn(&self, event: Event) -> Result<Learnt> {
        let target = self.target(event)?;
        let (card, cross_validated) = match self.rows {
            SampleFeatures::Numbers(table) => self.of_numbers(table, &target)?,
            SampleFeatures::Codes(table) => {
                let fit = model::fit_coded(table, &target, self.params.folds, &self.scorecard)?;
                (fit.card, fit.cross_validated)
            }
        };
        let later = self.later(&target)?;
        let judged =
            later.as_ref().map(|judged| ValidationReport::new(&judged.probabilities, &target.rows(&judged.later)?));
        let report = EventTraining {
            events: target.events().iter().filter(|event| **event).count(),
            features: card.features().len(),
            path: card.path().cloned(),
            cross_validated,
            out_of_time: judged.transpose()?,
        };
        Ok(Learnt { card, report, later })
    }

    /// The card of shares; reasons come from the features of the two events.
    fn money(&self, any: &Learnt, full: &Learnt) -> Result<(Option<model::AmountCard>, MoneyTraining)> {
        let lesson = MoneyLesson::new((self.rows, self.cohort), &self.scorecard);
        let later = any.later.as_ref().map(|judged| Later {
            earlier: &judged.earlier,
            later: &judged.later,
            cards: [&judged.card, full.later.as_ref().map_or(&judged.card, |full| &full.card)],
            any: &judged.probabilities,
        });
        lesson.learn([&any.card, &full.card], later)
    }

    fn target(&self, event: Event) -> Result<Target> {
        let groups: Vec<u64> = self.cohort.entity_ids().iter().map(|id| id.unsigned_abs()).collect();
        Target::new(self.cohort.outcomes().iter().map(|outcome| event.has(*outcome)))?.groups(&groups)
    }

    fn of_numbers(
        &self,
        table: &FeatureTable,
        target: &Target,
    ) -> Result<(model::Scorecard, Option<ValidationReport>)> {
        let card = model::fit(table, target, &self.scorecard)?;
        let cross_validated = match self.params.folds {
            0 | 1 => None,
            folds => Some(model::validate(table, target, &self.cohort.folds(folds), &self.scorecard)?),
        };
        Ok((card, cross_validated))
    }

    fn later(&self, target: &Target) -> Result<Option<Judged>> {
        let Some((earlier, later)) = self.cohort.split_by_share(self.params.out_of_time_share) else { return Ok(None) };
        let (Ok(learnt), Ok(_)) = (target.rows(&earlier), target.rows(&later)) else { return Ok(None) };
        let judged =
            match self.rows {
                SampleFeatures::Numbers(table) => model::fit(&table.rows(&earlier)?, &learnt, &self.scorecard)
                    .and_then(|card| {
                        let params = self.params.scorer.min_known_share(Share::new(0.0)?);
                        let scores = Scorer::with(&card, params)?.score(&table.rows(&later)?)?;
                        let probabilities: Option<Vec<f64>> =
                            (0..scores.height()).map(|row| scores.probability(row).map(|p| p.value())).collect();
                        Ok(probabilities.map(|probabilities| (card, probabilities)))
                    }),
                SampleFeatures::Codes(table) => model::fit_coded(&table.rows(&earlier), &learnt, 0, &self.scorecard)
                    .map(|fit| {
                        let probabilities = table.rows(&later).probabilities(&fit.card);
                        Some((fit.card, probabilities))
                    }),
            };
        Ok(match judged {
            Err(Error::TooLittle { .. }) => None,
            judged => judged?.map(|(card, probabilities)| Judged { card, earlier, later, probabilities }),
        })
    }
}
