//! Fits and cross-validates a card on codes of one byte, for many rows.
//!
//! A million samples of three hundred features as numbers take 2.4 GB, as codes 300 MB. Counts by code and
//! fold are taken once; bins without any set of folds follow from their sums.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::binning::{BinMap, CODES, bin_cells};
use super::column::{Cells, Column};
use super::design::Design;
use super::fit::Table;
use super::folds::{assign, scatter};
use super::metrics::auc;
use super::path::{FeaturePath, FoldHeldOut, SizeHeldOut};
use super::scorecard::{CardBody, Scorecard};
use super::selection::{Exclusion, ExclusionReason, select};
use super::{CodedTable, Counts, FoldReport, HeldOut, ScorecardParams, Target, ValidationReport};
use crate::error::{Error, Result};
use crate::sentence::says;

/// The fewest folds that leave rows to be cross-fitted on when two of them are held out.
const LEAST_FOLDS: u32 = 5;

/// The most: there are bins for every three of them.
const MOST_FOLDS: u32 = 20;

/// Rows times features up to which a card is fitted on each thread; above it one after the other,
/// each on all threads, so that what a card takes (four bytes of each) is held once.
const SIDE_BY_SIDE: usize = 1 << 25;

/// A card learnt from codes, and how cards like it do on rows that they were not learnt from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CodedFit {
    /// The card of all rows.
    pub card: Scorecard,
    /// Everything refitted with each fold held out; `None` when no validation was asked for.
    pub cross_validated: Option<ValidationReport>,
}

/// Learns a scorecard from codes, as [`fit`](super::fit) does from numbers, and validates it.
///
/// Rows are dealt to folds once: the same folds hold rows out for cross-fitted evidence, for
/// calibration and, where `folds` is 2 or more, for validation. A card without folds *i* and *k* is
/// the same whichever of the two is judged and whichever calibrates, so a fit and its validation
/// need 16 fits without calibration where apart they need 36, and bins of 26 sets of folds where
/// apart they need 216, which are found from sums of counts. There are five folds at least.
///
/// # Properties
///
/// Where each code is one value, the card's bins, features, coefficients and points are those that
/// [`fit`](super::fit) finds in the numbers, to the last bit, when it cross-fits in as many folds.
/// The calibrator differs: it comes from other folds, and so may the number of features, where
/// [`ScorecardParams::sizes`] leaves it to them.
///
/// # Errors
///
/// As [`fit`](super::fit); [`Error::Setting`] besides for weights, which codes do not know, and for
/// more than twenty folds.
pub fn fit_coded(table: &CodedTable, target: &Target, folds: u32, params: &ScorecardParams) -> Result<CodedFit> {
    params.check()?;
    if table.height() != target.height() {
        let found = format!("{} rows", table.height());
        return Err(Error::table("features", found, says!("{} rows, as the target has", [target.height()])));
    }
    if target.row_weights().is_some() {
        return Err(Error::setting("weights", "given", "none: a coded table is fitted with rows of weight one"));
    }
    if folds > MOST_FOLDS {
        return Err(Error::setting("folds", folds, says!("at most {MOST_FOLDS}", MOST_FOLDS)));
    }
    let validates = folds >= 2;
    // One fold is left out to be judged, another to calibrate, and a third to cross-fit.
    let left_out = u32::from(validates) + u32::from(params.calibration_folds >= 2);
    let lesson = Lesson::new(table, target, (folds.max(LEAST_FOLDS), left_out + 1, params))?;
    let fits = lesson.fits(left_out)?;
    let card = lesson.calibrated(0, &fits, true)?;
    let cross_validated = if validates { Some(lesson.validated(&fits)?) } else { None };
    Ok(CodedFit { card, cross_validated })
}

/// A set of folds that are left out, a bit each.
type Left = u32;

/// The bins of one feature without some folds, and the bin of each code.
struct Binned {
    map: BinMap,
    by_code: Vec<u16>,
}

/// One feature: what it is called, its codes and their meaning, and its bins without each set of
/// folds, or why there are none.
struct Feature<'a> {
    name: &'a str,
    codes: &'a [u8],
    cells: &'a Cells,
    bins: BTreeMap<Left, std::result::Result<Binned, String>>,
}

/// Fits without calibration, by the folds left out, one for each number of features; the folds
/// whose rest is too little to fit on have none.
type Fits = BTreeMap<Left, Vec<CardBody>>;

struct Lesson<'a> {
    features: Vec<Feature<'a>>,
    by_name: HashMap<&'a str, usize>,
    target: &'a Target,
    params: &'a ScorecardParams,
    /// The fold of each row.
    labels: Vec<u8>,
    folds: u32,
    /// Numbers of features to choose among.
    sizes: Vec<usize>,
}

impl<'a> Lesson<'a> {
    /// Bins of every feature without every set of up to `most` folds.
    fn new(
        table: &'a CodedTable,
        target: &'a Target,
        (folds, most, params): (u32, u32, &'a ScorecardParams),
    ) -> Result<Self> {
        // Dealt as a fit on numbers deals rows to be cross-fitted.
        let labels = assign(target, folds, scatter(scatter(params.seed)));
        let labels: Vec<u8> = labels.into_iter().map(|label| u8::try_from(label).unwrap_or(u8::MAX)).collect();
        let sets = sets(folds, most);
        let columns: Vec<_> = table.columns().collect();
        let feature = |(name, codes, cells): &(&'a str, &'a [u8], &'a Cells)| {
            let counts = Histogram::new((codes, &labels, target.events()), folds);
            let binning = params.binning_of(name);
            let bin = |left: &Left| match bin_cells(name, (cells, &counts.without(*left)), &binning) {
                Ok(map) => Ok((*left, Ok(Binned { by_code: map.codes_of(cells), map }))),
                Err(Error::TooLittle { found, expected, .. }) => {
                    Ok((*left, Err(format!("found {found}, expected {expected}"))))
                }
                Err(error) => Err(error),
            };
            Ok(Feature { name, codes, cells, bins: sets.iter().map(bin).collect::<Result<_>>()? })
        };
        let features: Vec<Feature<'_>> = columns.par_iter().map(feature).collect::<Result<_>>()?;
        let by_name = features.iter().enumerate().map(|(at, feature)| (feature.name, at)).collect();
        Ok(Self { features, by_name, target, params, labels, folds, sizes: params.choices() })
    }

    /// The fits without every set of up to `most` folds.
    fn fits(&self, most: u32) -> Result<Fits> {
        let sets = sets(self.folds, most);
        let fit = |left: &Left| match self.uncalibrated(*left) {
            Ok(cards) => Ok((*left, cards)),
            Err(Error::TooLittle { .. }) if *left != 0 => Ok((*left, Vec::new())),
            Err(error) => Err(error),
        };
        let is_small = self.features.len() * self.labels.len() <= SIDE_BY_SIDE;
        let abreast = if is_small { rayon::current_num_threads().max(1) } else { 1 };
        let mut fits = Fits::new();
        // A thread that waits within one card may not begin another: memory would grow.
        for some in sets.chunks(abreast) {
            fits.extend(some.par_iter().map(fit).collect::<Result<Vec<_>>>()?);
        }
        Ok(fits)
    }

    /// The rows of the folds that are not left out.
    fn rows(&self, left: Left) -> Vec<usize> {
        self.rows_where(|label| left >> label & 1 == 0)
    }

    fn rows_where(&self, is_meant: impl Fn(u8) -> bool) -> Vec<usize> {
        self.labels.iter().enumerate().filter(|(_, label)| is_meant(**label)).map(|(row, _)| row).collect()
    }

    /// Bins, selection, coefficients and points without some folds, for each number of features.
    fn uncalibrated(&self, left: Left) -> Result<Vec<CardBody>> {
        let rows = self.rows(left);
        let target = self.target.rows(&rows)?;
        let coded = |feature: &Feature<'a>| match feature.bins.get(&left) {
            Some(Ok(binned)) => {
                let bin = |row: &usize| binned.by_code.get(usize::from(*feature.codes.get(*row)?)).copied();
                Ok((binned.map.clone(), rows.iter().filter_map(bin).collect::<Vec<u16>>()))
            }
            Some(Err(why)) => Err((feature.name, why.clone())),
            None => Err((feature.name, "not looked for".to_owned())),
        };
        let coded: Vec<_> = self.features.par_iter().map(coded).collect();
        let mut binned = (Vec::new(), Vec::new());
        for feature in coded {
            match feature {
                Ok(feature) => binned.0.push(feature),
                Err((name, why)) => {
                    binned.1.push(Exclusion { feature: name.to_owned(), reason: ExclusionReason::NoBins(why) });
                }
            }
        }
        let read = |names: &[&str]| self.cross_fitted(names, (left, &rows));
        let table = Table { columns: Vec::new(), target, cross_fitted: Some(&read) };
        let selections = select(binned, &table, (self.params, &self.sizes))?;
        Ok(selections.into_iter().map(|selection| CardBody::new(selection, &table.target, self.params)).collect())
    }

    /// Weight of evidence of the rows, each read with bins found without its fold besides those left out.
    fn cross_fitted(&self, names: &[&str], (left, rows): (Left, &[usize])) -> Design {
        let feature = |name: &&str| {
            let Some(feature) = self.by_name.get(name).and_then(|at| self.features.get(*at)) else {
                return (vec![0; rows.len()], vec![0.0]);
            };
            let mut woe = vec![0.0];
            let mut by_fold: Vec<u16> = Vec::with_capacity(self.folds as usize * CODES);
            for fold in 0..self.folds {
                match feature.bins.get(&(left | 1 << fold)) {
                    Some(Ok(binned)) if left >> fold & 1 == 0 => {
                        let first = u16::try_from(woe.len()).unwrap_or(u16::MAX);
                        woe.extend(binned.map.woe_by_code());
                        by_fold.extend(binned.by_code.iter().map(|code| code.saturating_add(first)));
                    }
                    _ => by_fold.extend([0; CODES]),
                }
            }
            let code = |row: &usize| {
                let (label, code) = (self.labels.get(*row)?, feature.codes.get(*row)?);
                by_fold.get(usize::from(*label) * CODES + usize::from(*code)).copied()
            };
            (rows.iter().map(|row| code(row).unwrap_or(0)).collect(), woe)
        };
        let columns: Vec<(Vec<u16>, Vec<f64>)> = names.par_iter().map(feature).collect();
        Design::coded(rows.len(), columns)
    }

    /// The log-odds that a fit gives some rows.
    fn log_odds(&self, body: &CardBody, rows: &[usize]) -> Vec<f64> {
        let column = |name: &'a str| {
            let feature = self.features.get(*self.by_name.get(name)?)?;
            let codes = rows.iter().filter_map(|row| feature.codes.get(*row).copied()).collect();
            Some((feature.name, Column::Coded { codes: Cow::Owned(codes), cells: feature.cells }))
        };
        let used = self
            .features
            .iter()
            .map(|feature| feature.name)
            .filter(|name| body.features().iter().any(|used| used.name() == *name));
        let columns: Vec<(&str, Column<'_>)> = used.filter_map(column).collect();
        body.log_odds(&columns)
    }

    /// A fit with its number of features and its calibrator, from the fits without one fold more.
    fn calibrated(&self, left: Left, fits: &Fits, reports: bool) -> Result<Scorecard> {
        let rows = self.rows(left);
        let target = self.target.rows(&rows)?;
        let held_out = if self.params.calibration_folds < 2 { Vec::new() } else { self.held_out((left, &rows), fits) };
        let chooses = !self.params.sizes.is_empty();
        let path = chooses.then(|| FeaturePath::new(&held_out, &target));
        let size = path.as_ref().map_or(self.params.max_features, |path| path.chosen);
        let at = self.sizes.iter().position(|other| *other == size).unwrap_or_default();
        let mut body = fits.get(&left).and_then(|cards| cards.get(at)).cloned().ok_or_else(|| {
            Error::too_little(
                "fit a scorecard",
                "a fold without which nothing is informative",
                "fewer folds, or more rows",
            )
        })?;
        if let Some(held_out) = held_out.get(at) {
            body.calibrate((self.params, &held_out.log_odds), &target, reports)?;
        }
        body.path = path;
        Scorecard::seal(body)
    }

    /// What cards without one fold more give that fold, for each number of features; by place among the rows.
    fn held_out(&self, (left, rows): (Left, &[usize]), fits: &Fits) -> Vec<SizeHeldOut> {
        let fold = |fold: u32| {
            let without = left | 1 << fold;
            let is_judged = |row: &usize| self.labels.get(*row).is_some_and(|label| u32::from(*label) == fold);
            let judged = rows.iter().enumerate().filter(|(_, row)| is_judged(row));
            let (indices, judged): (Vec<usize>, Vec<usize>) = judged.map(|(index, row)| (index, *row)).unzip();
            let cards: Vec<(usize, Vec<f64>)> = match fits.get(&without) {
                Some(cards) if !cards.is_empty() => {
                    cards.iter().map(|card| (card.features().len(), self.log_odds(card, &judged))).collect()
                }
                // Without a card there is the overall rate, as far as it is known.
                _ => {
                    let rest = self.target.rows(&self.rows(without)).map_or(0.0, |rest| rest.log_odds());
                    vec![(0, vec![rest; judged.len()]); self.sizes.len()]
                }
            };
            FoldHeldOut { rows: indices, cards }
        };
        let folds: Vec<FoldHeldOut> = (0..self.folds).filter(|fold| left >> fold & 1 == 0).map(fold).collect();
        SizeHeldOut::joined(&self.sizes, &folds, rows.len())
    }

    /// Every fold judged by the card that was fitted, and calibrated, without it.
    fn validated(&self, fits: &Fits) -> Result<ValidationReport> {
        let fold = |fold: u32| -> Result<(Vec<(usize, f64)>, FoldReport)> {
            let card = self.calibrated(1 << fold, fits, false)?;
            let judged = self.rows_where(|label| u32::from(label) == fold);
            let log_odds = self.log_odds(card.body(), &judged);
            let probabilities: Vec<f64> = log_odds.iter().map(|x| card.calibrator().probability(*x).value()).collect();
            let happened = self.target.rows(&judged).ok();
            let is_event = |row: &&usize| self.target.events().get(**row) == Some(&true);
            let report = FoldReport {
                fold,
                rows: judged.len(),
                events: judged.iter().filter(is_event).count(),
                auc: happened.map(|target| auc(&probabilities, &target)),
                features: card.features().len(),
            };
            Ok((judged.into_iter().zip(probabilities).collect(), report))
        };
        let parts: Vec<_> = (0..self.folds).into_par_iter().map(fold).collect::<Result<_>>()?;
        let (judged, folds): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let mut judged: Vec<(usize, f64)> = judged.into_iter().flatten().collect();
        judged.sort_unstable_by_key(|(row, _)| *row);
        let (rows, probabilities) = judged.into_iter().unzip();
        HeldOut { rows, probabilities, folds }.report(self.target)
    }
}

/// Rows and events of one feature by fold and code.
struct Histogram(Vec<[u32; 2]>);

impl Histogram {
    fn new((codes, labels, events): (&[u8], &[u8], &[bool]), folds: u32) -> Self {
        let mut counts = vec![[0; 2]; folds as usize * CODES];
        for ((code, label), event) in codes.iter().zip(labels).zip(events) {
            if let Some([rows, happened]) = counts.get_mut(usize::from(*label) * CODES + usize::from(*code)) {
                *rows += 1;
                *happened += u32::from(*event);
            }
        }
        Self(counts)
    }

    /// The counts of all folds but some, by code.
    fn without(&self, left: Left) -> Vec<Counts> {
        let mut sums = [[0_u32; 2]; CODES];
        for (_, fold) in self.0.chunks_exact(CODES).enumerate().filter(|(fold, _)| left >> fold & 1 == 0) {
            for (sum, part) in sums.iter_mut().zip(fold) {
                sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            }
        }
        sums.iter().map(|[rows, events]| Counts::new(u64::from(*rows), u64::from(*events))).collect()
    }
}

/// Every set of up to `most` of the folds, smaller ones first.
fn sets(folds: u32, most: u32) -> Vec<Left> {
    let mut sets = vec![0];
    let mut last: Vec<Left> = vec![0];
    for _ in 0..most {
        let larger = |set: &Left| {
            let set = *set;
            let next = Left::BITS - set.leading_zeros();
            (next..folds).map(move |fold| set | 1 << fold)
        };
        last = last.iter().flat_map(larger).collect();
        sets.extend(&last);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_folds_stands_once() {
        let all = sets(5, 3);
        assert_eq!(all.len(), 1 + 5 + 10 + 10);
        assert!(all.iter().all(|set| set.count_ones() <= 3 && *set < 32));
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn counts_without_folds_are_those_of_the_other_rows() {
        let codes: Vec<u8> = (0..=255).cycle().step_by(7).take(900).collect();
        let labels: Vec<u8> = (0..5).cycle().take(900).collect();
        let events: Vec<bool> = (0..900).map(|row| row % 3 == 0).collect();
        let counts = Histogram::new((&codes, &labels, &events), 5).without(0b1_0010);
        for code in 0..CODES {
            let rows = (0..900).filter(|row| usize::from(codes[*row]) == code && ![1, 4].contains(&labels[*row]));
            let (rows, happened): (Vec<_>, Vec<_>) = rows.map(|row| ((), events[row])).unzip();
            let expected = Counts::new(rows.len() as u64, happened.iter().filter(|event| **event).count() as u64);
            assert_eq!(counts[code], expected);
        }
    }
}
