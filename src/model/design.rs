//! The design matrix of the regression, with sums in a fixed order.
//!
//! A row has one weight of evidence per feature, and a feature has few: so a column is a code per row and a
//! short table of values. Sums over rows are taken in blocks of a fixed size and added in the order of
//! blocks, which gives the same bits for any number of threads (law 6).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::Target;
use super::binning::BinMap;
use super::correlation::correlations;
use super::folds::scatter;
use super::symmetric::Symmetric;

/// Rows per block; sums go block by block in a fixed order, so that they do not depend on the number of threads.
const BLOCK: usize = 512;

/// Blocks that share their sums, so that these do not outgrow the rows.
const SHARING: usize = 16;

/// Rows that correlations are taken from at most: enough to know one of .95 to ± .001.
const CORRELATED: usize = 8192;

/// Rows up to which a column's values are written out when they are first summed: a fit passes over them dozens of
/// times. Of more rows they would outgrow the codes eightfold, and are looked up block by block.
const DENSE: usize = 16_384;

/// Sums that a dot product keeps side by side.
const LANES: usize = 8;

/// Weight of evidence of every row, held as bin codes.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    height: usize,
    columns: Vec<Coded>,
}

/// One feature: a code per row, and what each code stands for.
#[derive(Debug, Clone)]
struct Coded {
    codes: Arc<Vec<u16>>,
    woe: Arc<Vec<f64>>,
    /// The value of each row, where they are few.
    dense: Arc<OnceLock<Vec<f64>>>,
}

/// Sums of a logistic likelihood at some coefficients (the intercept last).
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) log_likelihood: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) information: Symmetric,
}

/// Up to so many rows a sample is of rows in even distance, as it was for cards that are in use.
const EVEN: usize = 16_384;

/// The numbers of one row in `height / most`, rounded up; all where there are no more than `most`.
/// Of many rows they are drawn by a hash of their number: rows in even distance are rows of one
/// kind where a table repeats itself.
pub(crate) fn drawn(height: usize, most: usize) -> Vec<usize> {
    let step = height.div_ceil(most).max(1);
    if height <= EVEN || step == 1 {
        return (0..height).step_by(step).collect();
    }
    (0..height).filter(|row| scatter(scatter(*row as u64)).is_multiple_of(step as u64)).collect()
}

impl Design {
    pub(crate) fn new<'a>(height: usize, features: impl IntoIterator<Item = (&'a BinMap, Vec<u16>)>) -> Self {
        Self::coded(height, features.into_iter().map(|(map, codes)| (codes, map.woe_by_code())))
    }

    /// The design of codes and what each stands for.
    pub(crate) fn coded(height: usize, columns: impl IntoIterator<Item = (Vec<u16>, Vec<f64>)>) -> Self {
        let columns = columns.into_iter().map(|(codes, woe)| Coded::new(codes, Arc::new(woe)));
        Self { height, columns: columns.collect() }
    }

    /// How many features there are.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// How many rows there are.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// The code of each row, by feature.
    pub(crate) fn codes(&self) -> Vec<&[u16]> {
        self.columns.iter().map(|column| column.codes.as_slice()).collect()
    }

    /// Keeps some of the features, given by rising index.
    pub(crate) fn retain(&mut self, keep: &[usize]) {
        let mut at = 0..;
        self.columns.retain(|_| at.next().is_some_and(|at| keep.binary_search(&at).is_ok()));
    }

    /// Puts the features in another order, or leaves some out.
    pub(crate) fn arranged(self, order: &[usize]) -> Self {
        let mut columns: Vec<Option<Coded>> = self.columns.into_iter().map(Some).collect();
        let columns = order.iter().filter_map(|at| columns.get_mut(*at).and_then(Option::take)).collect();
        Self { height: self.height, columns }
    }

    /// Some of the features, in the order given; their codes are shared.
    pub(crate) fn picked(&self, indices: &[usize]) -> Self {
        let columns = indices.iter().filter_map(|at| self.columns.get(*at).cloned()).collect();
        Self { height: self.height, columns }
    }

    /// Some rows, by their numbers.
    pub(crate) fn rows(&self, rows: &[usize]) -> Self {
        let code = |column: &Coded, row: &usize| column.codes.get(*row).copied().unwrap_or_default();
        let pick =
            |column: &Coded| Coded::new(rows.iter().map(|row| code(column, row)).collect(), Arc::clone(&column.woe));
        Self { height: rows.len(), columns: self.columns.par_iter().map(pick).collect() }
    }

    /// What each row's outcome leaves unexplained, times its weight.
    pub(crate) fn residuals(&self, coefficients: &[f64], target: &Target) -> Vec<f64> {
        let mut residuals = vec![coefficients.last().copied().unwrap_or(0.0); self.height];
        residuals.par_chunks_mut(BLOCK).enumerate().for_each(|(block, sums)| {
            let rows = block * BLOCK..block * BLOCK + sums.len();
            for (column, coefficient) in self.columns.iter().zip(coefficients) {
                let values = column.values(rows.clone());
                sums.iter_mut().zip(values.iter()).for_each(|(sum, x)| *sum += coefficient * x);
            }
            let events = target.events().get(rows.clone()).unwrap_or_default();
            for ((sum, row), event) in sums.iter_mut().zip(rows).zip(events) {
                *sum = target.weight(row) * (f64::from(u8::from(*event)) - 1.0 / (1.0 + (-*sum).exp()));
            }
        });
        residuals
    }

    /// The derivative of the likelihood in each feature's slope.
    pub(crate) fn pulls(&self, residuals: &[f64]) -> Vec<f64> {
        let pull = |column: &Coded| {
            let blocks = residuals.chunks(BLOCK).enumerate();
            let block = |(block, residuals): (usize, &[f64])| {
                let values = column.values(block * BLOCK..block * BLOCK + residuals.len());
                dots(std::slice::from_ref(&values), residuals).first().copied().unwrap_or(0.0)
            };
            blocks.map(block).sum()
        };
        self.columns.par_iter().map(pull).collect()
    }

    /// Weight of evidence of one row, by feature.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().map(move |column| column.at(row))
    }

    /// The likelihood and its derivatives.
    pub(crate) fn sums(&self, coefficients: &[f64], target: &Target) -> Sums {
        self.summed((coefficients, target), true)
    }

    /// The likelihood and its gradient, without the information, which takes nearly all the time of [`Design::sums`].
    pub(crate) fn gradient(&self, coefficients: &[f64], target: &Target) -> Sums {
        self.summed((coefficients, target), false)
    }

    fn summed(&self, at: (&[f64], &Target), is_curved: bool) -> Sums {
        let starts: Vec<usize> = (0..self.height).step_by(BLOCK).collect();
        let order = self.width() + 1;
        let zero = || Sums {
            log_likelihood: 0.0,
            gradient: vec![0.0; order],
            information: Symmetric::zeros(if is_curved { order } else { 0 }),
        };
        let sum = |starts: &[usize]| {
            starts.iter().fold(zero(), |sum, start| sum.plus(&self.block_sums(*start, at, is_curved)))
        };
        let parts: Vec<Sums> = starts.par_chunks(SHARING).map(sum).collect();
        parts.into_iter().reduce(|sum, part| sum.plus(&part)).unwrap_or_else(zero)
    }

    /// What each feature says alone: the gradient at zero slopes in standard deviations, and one such deviation.
    ///
    /// # Formula
    ///
    /// `z = Σ wᵢ (yᵢ − p) xᵢ / √v`, `v = p (1 − p) Σ wᵢ (xᵢ − x̄)²`: the score test of one feature.
    pub(crate) fn alone(&self, target: &Target) -> Vec<(f64, f64)> {
        let prior = 1.0 / (1.0 + (-target.log_odds()).exp());
        let score = |column: &Coded| {
            let mut by_code = vec![(0.0, 0.0); column.woe.len()];
            for ((row, code), event) in column.codes.iter().enumerate().zip(target.events()) {
                if let Some((weight, residual)) = by_code.get_mut(usize::from(*code)) {
                    *weight += target.weight(row);
                    *residual += target.weight(row) * (f64::from(u8::from(*event)) - prior);
                }
            }
            let mut sums = [0.0; 4];
            for ((weight, residual), x) in by_code.iter().zip(column.woe.iter()) {
                let parts = [*weight, weight * x, weight * x * x, residual * x];
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
            let [weight, first, second, gradient] = sums;
            let deviation = (prior * (1.0 - prior) * (second - first * first / weight)).max(0.0).sqrt();
            (if deviation > 0.0 { gradient / deviation } else { 0.0 }, deviation)
        };
        self.columns.par_iter().map(score).collect()
    }

    /// Weighted correlations of the features, from all rows or, of more than [`CORRELATED`] rows,
    /// from about so many of them.
    pub(crate) fn correlations(&self, target: &Target) -> Symmetric {
        if self.height > CORRELATED {
            let rows = drawn(self.height, CORRELATED);
            let weights: Vec<f64> = rows.iter().map(|row| target.weight(*row)).collect();
            return correlations(&self.rows(&rows).columns.iter().map(Coded::narrow).collect::<Vec<_>>(), &weights);
        }
        let d = self.width();
        // At zero coefficients every row's information is a quarter of its weight: the matrix of moments, times four.
        let moments = self.sums(&vec![0.0; d + 1], target).information;
        let total = moments.at(d, d);
        let mean = |a: usize| moments.at(a, d) / total;
        let covariance = |a: usize, b: usize| moments.at(a, b) / total - mean(a) * mean(b);
        let mut correlations = Symmetric::zeros(d);
        for a in 0..d {
            correlations.set(a, a, 1.0);
            for b in 0..a {
                let spread = (covariance(a, a) * covariance(b, b)).sqrt();
                correlations.set(a, b, if spread > 0.0 { covariance(a, b) / spread } else { 0.0 });
            }
        }
        correlations
    }

    fn block_sums(&self, start: usize, (coefficients, target): (&[f64], &Target), is_curved: bool) -> Sums {
        let rows = start..(start + BLOCK).min(self.height);
        let values: Vec<Cow<'_, [f64]>> = self.columns.iter().map(|column| column.values(rows.clone())).collect();
        let mut log_odds = vec![coefficients.last().copied().unwrap_or(0.0); rows.len()];
        for (column, coefficient) in values.iter().zip(coefficients) {
            log_odds.iter_mut().zip(column.iter()).for_each(|(sum, x)| *sum += coefficient * x);
        }
        let mut log_likelihood = 0.0;
        let mut residuals = Vec::with_capacity(rows.len());
        let mut curvatures = Vec::with_capacity(rows.len());
        for ((row, x), event) in rows.clone().zip(&log_odds).zip(target.events().get(rows).unwrap_or_default()) {
            let weight = target.weight(row);
            let small = (-x.abs()).exp();
            let p = if *x < 0.0 { small } else { 1.0 } / (1.0 + small);
            let y = f64::from(u8::from(*event));
            log_likelihood -= weight * ((if *event { -x } else { *x }).max(0.0) + small.ln_1p());
            residuals.push(weight * (y - p));
            curvatures.push(weight * p * (1.0 - p));
        }
        let d = self.width();
        let mut gradient = dots(&values, &residuals);
        gradient.push(residuals.iter().sum());
        if !is_curved {
            return Sums { log_likelihood, gradient, information: Symmetric::zeros(0) };
        }
        let mut information = Symmetric::zeros(d + 1);
        for (a, column) in values.iter().enumerate() {
            let scaled: Vec<f64> = column.iter().zip(&curvatures).map(|(x, w)| x * w).collect();
            let products = dots(values.get(..=a).unwrap_or_default(), &scaled);
            products.iter().enumerate().for_each(|(b, product)| information.set(a, b, *product));
            information.set(d, a, scaled.iter().sum());
        }
        information.set(d, d, curvatures.iter().sum());
        Sums { log_likelihood, gradient, information }
    }
}

impl Coded {
    fn new(codes: Vec<u16>, woe: Arc<Vec<f64>>) -> Self {
        Self { codes: Arc::new(codes), woe, dense: Arc::default() }
    }

    /// The value of each row, to 24 bits.
    #[expect(clippy::cast_possible_truncation, reason = "a correlation needs no more")]
    fn narrow(&self) -> Vec<f32> {
        let narrow: Vec<f32> = self.woe.iter().map(|x| *x as f32).collect();
        self.codes.iter().map(|code| narrow.get(usize::from(*code)).copied().unwrap_or(0.0)).collect()
    }

    fn at(&self, row: usize) -> f64 {
        let code = self.codes.get(row).copied().map_or(usize::MAX, usize::from);
        self.woe.get(code).copied().unwrap_or(0.0)
    }

    fn values(&self, rows: Range<usize>) -> Cow<'_, [f64]> {
        if self.codes.len() > DENSE {
            return Cow::Owned(self.looked_up(rows));
        }
        let dense = self.dense.get_or_init(|| self.looked_up(0..self.codes.len()));
        Cow::Borrowed(dense.get(rows).unwrap_or_default())
    }

    fn looked_up(&self, rows: Range<usize>) -> Vec<f64> {
        let codes = self.codes.get(rows).unwrap_or_default();
        let woe = self.woe.as_slice();
        codes.iter().map(|code| woe.get(usize::from(*code)).copied().unwrap_or(0.0)).collect()
    }
}

impl Sums {
    fn plus(mut self, other: &Self) -> Self {
        self.log_likelihood += other.log_likelihood;
        self.gradient.iter_mut().zip(&other.gradient).for_each(|(sum, part)| *sum += part);
        for row in 0..self.information.order() {
            for column in 0..=row {
                self.information.set(row, column, self.information.at(row, column) + other.information.at(row, column));
            }
        }
        self
    }
}

/// The dot products of some columns with one.
fn dots(columns: &[Cow<'_, [f64]>], with: &[f64]) -> Vec<f64> {
    Arch::new().dispatch(Dots { columns, with })
}

/// Columns to be multiplied by one.
struct Dots<'a> {
    columns: &'a [Cow<'a, [f64]>],
    with: &'a [f64],
}

impl WithSimd for Dots<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<f64> {
        let mut products = Vec::with_capacity(self.columns.len());
        // Eight at a time keep a processor's adders busy; each has lanes of its own, so none changes another's bits.
        let (eights, rest) = self.columns.as_chunks::<8>();
        let (fours, rest) = rest.as_chunks::<4>();
        eights.iter().for_each(|eight| products.extend(dot(eight.each_ref().map(AsRef::as_ref), self.with)));
        fours.iter().for_each(|four| products.extend(dot(four.each_ref().map(AsRef::as_ref), self.with)));
        rest.iter().for_each(|one| products.extend(dot([one.as_ref()], self.with)));
        products
    }
}

/// Dot products of a few columns with one, each in eight lanes whatever the processor: the order of
/// the sums, and so their last bits, are the same everywhere.
#[inline(always)]
fn dot<const N: usize>(columns: [&[f64]; N], with: &[f64]) -> [f64; N] {
    let (heads, tail) = with.as_chunks::<LANES>();
    let columns = columns.map(|column| column.as_chunks::<LANES>());
    let mut lanes = [[0.0; LANES]; N];
    for (index, y) in heads.iter().enumerate() {
        for (lanes, (heads, _)) in lanes.iter_mut().zip(&columns) {
            let Some(x) = heads.get(index) else { continue };
            lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
        }
    }
    let mut products = lanes.map(|lanes| lanes.iter().sum::<f64>());
    for (product, (_, column)) in products.iter_mut().zip(&columns) {
        *product += column.iter().zip(tail).map(|(x, y)| x * y).sum::<f64>();
    }
    products
}

#[cfg(test)]
impl Design {
    /// The design with the opposite of one feature as a further one.
    pub(crate) fn with_mirror(self, feature: usize) -> Self {
        let column = &self.columns[feature];
        let mirror = Coded::new(column.codes.to_vec(), Arc::new(column.woe.iter().map(|woe| -woe).collect()));
        Self { height: self.height, columns: self.columns.into_iter().chain([mirror]).collect() }
    }

    /// The design with its first feature once more.
    pub(crate) fn with_twin(self) -> Self {
        let twin = self.columns[0].clone();
        Self { height: self.height, columns: self.columns.into_iter().chain([twin]).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_many_rows_knows_no_period_and_of_few_stays_what_it_was() {
        for (height, most) in [(100usize, 8_192), (8_193, 8_192), (16_384, 8_192), (16_384, 1_024)] {
            let step = height.div_ceil(most).max(1);
            assert!(drawn(height, most).into_iter().eq((0..height).step_by(step)), "{height}");
        }
        let (height, most) = (120_000usize, 8_192);
        let step = height.div_ceil(most);
        let rows = drawn(height, most);
        assert!(rows.is_sorted() && (7_600..8_400).contains(&rows.len()), "{}", rows.len());
        for rest in 0..step {
            let share = rows.iter().filter(|row| **row % step == rest).count() as f64 / rows.len() as f64;
            assert!((share * step as f64 - 1.0).abs() < 0.2, "{rest}: {share}");
        }
    }

    /// A feature that every 15th row has is seen beside one that it repeats.
    #[test]
    fn features_of_a_period_are_correlated_as_they_are() {
        let n = 120_000usize;
        let step = n.div_ceil(CORRELATED);
        let periodic = |rest: usize| (0..n).map(move |row| u16::from(row % step == rest)).collect::<Vec<_>>();
        let design = Design::coded(n, [periodic(0), periodic(0), periodic(1)].map(|codes| (codes, vec![0.0, 1.0])));
        let target = Target::new((0..n).map(|row| row % 7 == 0)).unwrap();
        let found = design.correlations(&target);
        assert!((found.at(1, 0) - 1.0).abs() < 1e-6, "{}", found.at(1, 0));
        let expected = -1.0 / (step as f64 - 1.0);
        assert!((found.at(2, 0) - expected).abs() < 0.02, "{} {expected}", found.at(2, 0));
    }
}
