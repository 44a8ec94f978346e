//! The entry point: fits a scorecard on a feature table.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;

use super::binning::{BinMap, bin_category, bin_cells, bin_effective, count_codes};
use super::column::Column;
use super::design::Design;
use super::folds::{assign, scatter};
use super::path::{FeaturePath, FoldHeldOut, SizeHeldOut};
use super::scorecard::{CardBody, Scorecard};
use super::selection::{Exclusion, ExclusionReason, select};
use super::{Learner, ScorecardParams, Target};
use crate::error::{Error, Result};
use crate::features::{FeatureColumn, FeatureTable};
use crate::sentence::{Sentence, says};

/// A feature table and its target as the learner reads them.
pub(super) struct Table<'a> {
    pub(super) columns: Vec<(&'a str, Column<'a>)>,
    pub(super) target: Target,
    /// Where evidence that no row had a part in comes from, if not from the columns.
    pub(super) cross_fitted: Option<&'a CrossFitted<'a>>,
}

/// Weight of evidence of features by name, each row read with bins found without its fold.
pub(super) type CrossFitted<'a> = dyn Fn(&[&str]) -> Design + Sync + 'a;

impl<'a> Table<'a> {
    /// Reads every feature; rows of one party become one group, and the table's weights count, unless the target
    /// has its own.
    pub(super) fn new(table: &'a FeatureTable, target: &Target) -> Result<Self> {
        if table.height() != target.height() {
            let found = format!("{} rows", table.height());
            return Err(Error::table("features", found, says!("{} rows, as the target has", [target.height()])));
        }
        let column = |name: &'a str| match table.column(name) {
            Some(FeatureColumn::Numeric(values)) => Ok((name, Column::Number(values))),
            Some(FeatureColumn::Text(values)) => Ok((name, Column::from_text(&values))),
            None => Err(Error::table("features", "no such column", Sentence::name(name))),
        };
        let columns = table.names().map(column).collect::<Result<_>>()?;
        let mut target = target.clone();
        if let (None, Some(ids)) = (target.row_groups(), table.ids()) {
            target = target.groups(&ids.iter().map(|id| number(id)).collect::<Vec<_>>())?;
        }
        if let (None, Some(weights)) = (target.row_weights(), table.weights()) {
            target = target.weights(&weights)?;
        }
        Ok(Self { columns, target, cross_fitted: None })
    }

    /// The rows that count, with weights that add up to the effective rows; `None` when every row counts for one.
    pub(super) fn effective(&self) -> Result<Option<Self>> {
        if self.target.row_weights().is_none() {
            return Ok(None);
        }
        let mut table = match self.target.counting() {
            Some(rows) => self.rows(&rows)?,
            None => Self { columns: self.columns.clone(), target: self.target.clone(), cross_fitted: None },
        };
        table.target = table.target.effective().into_owned();
        Ok(Some(table))
    }

    pub(super) fn rows(&self, rows: &[usize]) -> Result<Self> {
        Ok(Self { columns: self.columns_of(rows), target: self.target.rows(rows)?, cross_fitted: None })
    }

    pub(super) fn columns_of(&self, rows: &[usize]) -> Vec<(&'a str, Column<'a>)> {
        self.columns.par_iter().map(|(name, column)| (*name, column.rows(rows))).collect()
    }
}

/// Text as a number to tell groups apart.
fn number(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Learns a scorecard: which values speak for the event, and how many points each is worth.
///
/// By [`ScorecardParams`] every feature is binned on its own, features are selected, a logistic regression on weight of
/// evidence gives coefficients, coefficients become whole points, and folds held out in turn (with everything refitted)
/// say how points become a probability. By [`AdditiveParams`](super::AdditiveParams) shapes and pairs are boosted. The
/// learner is called through linfa's [`Fit`].
///
/// # Errors
///
/// [`Error::Setting`] for settings outside their range, [`Error::Table`] when table and target differ in height,
/// [`Error::TooLittle`] when no feature is informative.
///
/// # Examples
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::features::{FeatureTable, TableRoles};
/// use wherewithal::model::{self, ScorecardParams, Target};
///
/// let income: Vec<f64> = (0..400).map(|i| f64::from(i % 40)).collect();
/// let paid: Vec<bool> = (0..400).map(|i| i % 40 > (i * 7) % 57).collect();
/// let frame = DataFrame::new(400, vec![Column::new("income".into(), income)])?;
/// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = model::fit(&table, &Target::new(paid)?, &ScorecardParams::default())?;
/// assert_eq!(card.features()[0].name(), "income");
/// assert!(card.held_out().is_some_and(|report| report.auc.value > 0.7));
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn fit(table: &FeatureTable, target: &Target, learner: impl Into<Learner>) -> Result<Scorecard> {
    learner.into().fit(&DatasetBase::new(table, target))
}

pub(super) fn fit_table(table: &Table<'_>, params: &ScorecardParams) -> Result<Scorecard> {
    match table.effective()? {
        Some(table) => fit_effective(&table, params),
        None => fit_effective(table, params),
    }
}

fn fit_effective(table: &Table<'_>, params: &ScorecardParams) -> Result<Scorecard> {
    let held_out = if params.calibration_folds < 2 { Vec::new() } else { held_out(table, params)? };
    let chooses = !params.sizes.is_empty();
    let path = chooses.then(|| FeaturePath::new(&held_out, &table.target));
    let size = path.as_ref().map_or(params.max_features, |path| path.chosen);
    let body = fit_uncalibrated(table, (params, &[size]))?.pop();
    let mut body = body.ok_or_else(|| Error::setting("sizes", "none", "numbers of features from 1"))?;
    if let Some(held_out) = held_out.iter().find(|held_out| held_out.size == size) {
        body.calibrate((params, &held_out.log_odds), &table.target, true)?;
    }
    body.path = path;
    Scorecard::seal(body)
}

/// Bins, selection, coefficients and points for each number of features at most, without calibration.
fn fit_uncalibrated(table: &Table<'_>, sizes: (&ScorecardParams, &[usize])) -> Result<Vec<CardBody>> {
    let body = |selection| CardBody::new(selection, &table.target, sizes.0);
    Ok(select(bin_all(table, sizes.0)?, table, sizes)?.into_iter().map(body).collect())
}

/// One feature's bins.
pub(super) fn bin((name, column): (&str, &Column<'_>), target: &Target, params: &ScorecardParams) -> Result<BinMap> {
    let binning = params.binning_of(name);
    match column {
        Column::Number(values) => bin_effective(name, values, target, &binning),
        Column::Category { .. } => bin_category(name, column, target, &binning),
        Column::Coded { codes, cells } => bin_cells(name, (cells, &count_codes(codes, target)), &binning),
    }
}

type Binned = (Vec<(BinMap, Vec<u16>)>, Vec<Exclusion>);

pub(super) fn bin_all(table: &Table<'_>, params: &ScorecardParams) -> Result<Binned> {
    let bin = |(name, column): &(&str, Column<'_>)| match bin((name, column), &table.target, params) {
        Ok(map) => {
            let codes = map.codes(column);
            Ok(Ok((map, codes)))
        }
        Err(Error::TooLittle { found, expected, .. }) => {
            let reason = ExclusionReason::NoBins(format!("found {found}, expected {expected}"));
            Ok(Err(Exclusion { feature: (*name).to_owned(), reason }))
        }
        Err(error) => Err(error),
    };
    let results: Vec<_> = table.columns.par_iter().map(bin).collect::<Result<_>>()?;
    let mut binned = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(map) => binned.0.push(map),
            Err(exclusion) => binned.1.push(exclusion),
        }
    }
    Ok(binned)
}

/// The log-odds of each row's whole-point score on cards that were fitted without the row's fold, for each number of
/// features.
///
/// A fold whose other rows bear no card gets their overall log-odds.
fn held_out(table: &Table<'_>, params: &ScorecardParams) -> Result<Vec<SizeHeldOut>> {
    let folds = assign(&table.target, params.calibration_folds, scatter(params.seed));
    let sizes = params.choices();
    let fold = |label: u32| -> Result<FoldHeldOut> {
        let (rows, learnt): (Vec<usize>, Vec<usize>) =
            (0..folds.len()).partition(|row| folds.get(*row) == Some(&label));
        let rest = table.rows(&learnt)?;
        let cards = match fit_uncalibrated(&rest, (params, &sizes)) {
            Ok(cards) => {
                let columns = table.columns_of(&rows);
                cards.iter().map(|card| (card.features().len(), card.log_odds(&columns))).collect()
            }
            Err(Error::TooLittle { .. }) => vec![(0, vec![rest.target.log_odds(); rows.len()]); sizes.len()],
            Err(error) => return Err(error),
        };
        Ok(FoldHeldOut { rows, cards })
    };
    let parts: Vec<_> = (0..params.calibration_folds).into_par_iter().map(fold).collect::<Result<_>>()?;
    Ok(SizeHeldOut::joined(&sizes, &parts, folds.len()))
}
