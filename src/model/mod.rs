//! How do outcomes become points?
//!
//! Each feature's values are cut into bins; a bin's *weight of evidence* says how much it speaks for the event; a
//! logistic regression weighs the features against each other; the result is written as whole points that add up to a
//! score. The modelled event is **performed**: more points mean greater capacity, and every sign follows from that.
//!
//! - Bins are optimal: [`bin_numbers`] and [`bin_levels`] maximise the information value (or another [`Divergence`]) by
//!   an exact dynamic program under bounds on size, number, trend and difference of bins. Bounds that cannot be met are
//!   an error that names them, never one big bin.
//! - Columns larger than memory are counted part by part: [`NumberSketch`] and [`LevelSketch`] merge to exactly what
//!   one pass counts, in any order, and are binned by the same optimiser.
//! - Missing values and special codes have bins of their own. What a value counts as that the fit never met is a
//!   setting ([`Unseen`]), not an accident.
//! - Coefficients come from linfa's logistic regression, finished by Newton's steps on the same objective, which know
//!   row weights and give standard errors. Around them the points of each bin are refined, all features together.
//! - A second learner, [`AdditiveParams`], boosts shapes of single features and grids of pairs and casts them into the
//!   same
//!   [`Scorecard`]: trends hold by construction, pairs are pure and stay only if rows held out need them, bags give
//!   standard errors.
//! - How much, not whether: an [`AmountCard`] is boosted alike from an [`AmountTarget`], its points are amounts.
//! - Both are linfa classifiers: a [`Learner`] is a set of parameters with linfa's `ParamGuard` and `Fit` (with a
//!   dataset's weights), and what it fits on a matrix, [`MatrixScorecard`], predicts probabilities. [`fit`] and
//!   [`cross_validate`] call the same traits.
//! - Probabilities are calibrated on folds held out with everything refitted ([`Calibrator`]), by the family of curves
//!   that [`CalibrationMethod`] names.
//! - [`cross_validate`] fits anew for every split of [`Splits`], which never has rows of one party on both sides;
//!   [`ValidationReport`] gives each metric its error, [`Periods`] follows scores and bins from month to month.
//! - A card leaves as JSON ([`Scorecard::to_json`]), SQL ([`Scorecard::to_sql`]) or PMML ([`Scorecard::to_pmml`]), and
//!   scores alike in all three.
//!
//! # Rows without an outcome
//!
//! A [`Target`] knows two outcomes and no third. Rows whose outcome is *indeterminate* (not yet over, in dispute) or
//! was never observed (applicants refused, cases never enforced) do not belong into the table that is learnt from: no
//! outcome is inferred for them, neither by the score itself nor by neighbours, because such guesses confirm whatever
//! was believed before (Hand and Henley 1993). They can be scored, and what a score says of them rests on the
//! assumption that they are like the rows that were learnt from. Where some of them could be observed after all,
//! [`Target::weights`] lets these stand for the rest.
//!
//! ```
//! use polars::prelude::*;
//! use wherewithal::features::{FeatureTable, TableRoles};
//! use wherewithal::model::{self, Scorecard, ScorecardParams, Target};
//!
//! let deposits: Vec<f64> = (0..600).map(|i| f64::from(i % 60)).collect();
//! let performed: Vec<bool> = (0..600).map(|i| i % 60 > (i * 11) % 90).collect();
//! let frame = DataFrame::new(600, vec![Column::new("deposits".into(), deposits)])?;
//! let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
//!
//! let card = model::fit(&table, &Target::new(performed)?, &ScorecardParams::default())?;
//! let again = Scorecard::from_json(&card.to_json()?)?;
//! assert_eq!(card, again);
//! # Ok::<(), wherewithal::Error>(())
//! ```
//!
//! # Invariants
//!
//! The room sees a matrix and a label, never a person. It alone knows linfa and ndarray, which see of it the traits of
//! its classifiers. Absent here: the clock, randomness without a seed, files, the court's tables.
//!
//! # References
//!
//! Siddiqi, *Credit Risk Scorecards* (2006); Navas-Palencia, *Optimal binning: mathematical programming formulation*
//! (2020) for the problem that the dynamic program solves; Hand and Henley, *Can reject inference ever work?* (1993)
//! and *Statistical classification methods in consumer credit scoring* (1997).

mod column;
mod normal;
mod symmetric;

mod target;

mod binning;

mod correlation;
mod design;
mod likelihood;
mod logistic;

mod params;
mod scale;

mod cross_fit;
mod evidence;
mod folds;
mod refinement;
mod selection;
mod subset;

mod calibration;

mod metrics;

mod pair;

mod additive;

mod fit;
mod learner;
mod scorecard;

mod beyond_evidence;
mod classifier;
mod path;
mod stability;
mod validation;

mod coded_fit;
mod coded_table;
mod part;

mod amount;

mod deploy;

pub use additive::AdditiveParams;
pub use amount::{
    AmountCard, AmountDecile, AmountFeature, AmountFold, AmountHeldOut, AmountPair, AmountReport, AmountTarget,
    AmountUnit, ahead_in_top_tenth, cross_validate_amount, fit_amount, fit_amount_coded, found_in_top_tenth,
};
pub use beyond_evidence::BeyondEvidence;
pub(crate) use binning::StepFunction;
pub use binning::{
    Beyond, Bin, BinMap, BinRange, BinningParams, Counts, Divergence, LevelSketch, MetRange, NumberSketch, Placement,
    SpecialCode, Trend, Unseen, bin_levels, bin_numbers, optimal_bins,
};
pub use calibration::{CalibrationMethod, Calibrator};
pub use classifier::{MatrixScorecard, Outcome};
pub use coded_fit::{CodedFit, fit_coded};
pub use coded_table::{CodedTable, Coder};
pub use deploy::{AmountOutputNames, DeployedTable, OutputNames, UnknownTexts};
pub use fit::fit;
pub use learner::{CheckedLearner, Learner};
pub use logistic::Coefficient;
pub use metrics::{
    BrierScore, CalibrationBin, Estimate, auc, auc_difference, brier_score, calibration_bins,
    expected_calibration_error, h_measure, kolmogorov_smirnov, lift, log_loss,
};
pub(crate) use normal::two_sided;
pub use pair::ScorecardPair;
pub use params::ScorecardParams;
pub use part::CodedPart;
pub use path::{FeaturePath, PathPoint};
pub use scale::PointsScale;
pub use scorecard::{FORMAT_VERSION, RoundingReport, Scorecard, ScorecardFeature};
pub use selection::{Exclusion, ExclusionReason};
pub use stability::{FeatureStability, Stability};
pub use target::Target;
pub use validation::{
    Drift, FeatureDrift, FoldReport, HeldOut, PeriodBin, PeriodReport, Periods, Split, Splits, ValidationReport,
    cross_validate, held_out, validate,
};
