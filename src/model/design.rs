use rayon::prelude::*;

use super::Target;
use super::binning::BinMap;
use super::symmetric::Symmetric;

/// Rows per block; sums go block by block in a fixed order, so that they do not depend on the number of threads.
const BLOCK: usize = 1024;

/// Weight of evidence of every row, held as bin codes.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    height: usize,
    columns: Vec<Coded>,
}

/// One feature: a code per row, and what each code stands for.
#[derive(Debug, Clone)]
struct Coded {
    codes: Vec<u16>,
    woe: Vec<f64>,
}

/// Sums of a logistic likelihood at some coefficients (the intercept last).
#[derive(Debug, Clone)]
pub(crate) struct Sums {
    pub(crate) log_likelihood: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) information: Symmetric,
}

impl Design {
    pub(crate) fn new<'a>(height: usize, features: impl IntoIterator<Item = (&'a BinMap, Vec<u16>)>) -> Self {
        let columns = features.into_iter().map(|(map, codes)| Coded { codes, woe: map.woe_by_code() }).collect();
        Self { height, columns }
    }

    /// The design of codes and what each stands for.
    pub(crate) fn coded(height: usize, columns: impl IntoIterator<Item = (Vec<u16>, Vec<f64>)>) -> Self {
        let columns = columns.into_iter().map(|(codes, woe)| Coded { codes, woe }).collect();
        Self { height, columns }
    }

    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// The code of each row, by feature.
    pub(crate) fn codes(&self) -> Vec<&[u16]> {
        self.columns.iter().map(|column| column.codes.as_slice()).collect()
    }

    /// Keeps some of the features, given by rising place.
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

    /// Weight of evidence of one row, by feature.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().map(move |column| column.at(row))
    }

    /// The likelihood and its derivatives.
    pub(crate) fn sums(&self, coefficients: &[f64], target: &Target) -> Sums {
        let starts: Vec<usize> = (0..self.height).step_by(BLOCK).collect();
        let blocks: Vec<Sums> =
            starts.into_par_iter().map(|start| self.block_sums(start, coefficients, target)).collect();
        let zero = Sums {
            log_likelihood: 0.0,
            gradient: vec![0.0; self.width() + 1],
            information: Symmetric::zeros(self.width() + 1),
        };
        blocks.iter().fold(zero, Sums::plus)
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
            for ((weight, residual), x) in by_code.iter().zip(&column.woe) {
                let parts = [*weight, weight * x, weight * x * x, residual * x];
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
            let [weight, first, second, gradient] = sums;
            let deviation = (prior * (1.0 - prior) * (second - first * first / weight)).max(0.0).sqrt();
            (if deviation > 0.0 { gradient / deviation } else { 0.0 }, deviation)
        };
        self.columns.par_iter().map(score).collect()
    }

    /// Weighted correlations of the features.
    pub(crate) fn correlations(&self, target: &Target) -> Symmetric {
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

    fn block_log_odds(&self, start: usize, coefficients: &[f64]) -> Vec<f64> {
        let end = (start + BLOCK).min(self.height);
        let mut sums = vec![coefficients.last().copied().unwrap_or(0.0); end - start];
        for (column, coefficient) in self.columns.iter().zip(coefficients) {
            let parts: Vec<f64> = column.woe.iter().map(|woe| woe * coefficient).collect();
            for (sum, code) in sums.iter_mut().zip(column.codes.get(start..end).unwrap_or_default()) {
                *sum += parts.get(usize::from(*code)).copied().unwrap_or(0.0);
            }
        }
        sums
    }

    fn block_sums(&self, start: usize, coefficients: &[f64], target: &Target) -> Sums {
        let log_odds = self.block_log_odds(start, coefficients);
        let rows = start..start + log_odds.len();
        let mut log_likelihood = 0.0;
        let mut residuals = Vec::with_capacity(log_odds.len());
        let mut curvatures = Vec::with_capacity(log_odds.len());
        for ((row, x), event) in rows.clone().zip(&log_odds).zip(target.events().get(rows.clone()).unwrap_or_default())
        {
            let weight = target.weight(row);
            let p = 1.0 / (1.0 + (-x).exp());
            let y = f64::from(u8::from(*event));
            log_likelihood -= weight * (if *event { -x } else { *x }).max(0.0) + weight * (-x.abs()).exp().ln_1p();
            residuals.push(weight * (y - p));
            curvatures.push(weight * p * (1.0 - p));
        }
        let values: Vec<Vec<f64>> = self.columns.iter().map(|column| column.values(rows.clone())).collect();
        let d = self.width();
        let mut gradient: Vec<f64> = values.iter().map(|column| dot(column, &residuals)).collect();
        gradient.push(residuals.iter().sum());
        let mut information = Symmetric::zeros(d + 1);
        for (a, column) in values.iter().enumerate() {
            let scaled: Vec<f64> = column.iter().zip(&curvatures).map(|(x, w)| x * w).collect();
            for (b, other) in values.iter().enumerate().take(a + 1) {
                information.set(a, b, dot(&scaled, other));
            }
            information.set(d, a, scaled.iter().sum());
        }
        information.set(d, d, curvatures.iter().sum());
        Sums { log_likelihood, gradient, information }
    }
}

impl Coded {
    fn at(&self, row: usize) -> f64 {
        let code = self.codes.get(row).copied().map_or(usize::MAX, usize::from);
        self.woe.get(code).copied().unwrap_or(0.0)
    }

    fn values(&self, rows: std::ops::Range<usize>) -> Vec<f64> {
        let codes = self.codes.get(rows).unwrap_or_default();
        codes.iter().map(|code| self.woe.get(usize::from(*code)).copied().unwrap_or(0.0)).collect()
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

/// A dot product in eight lanes, which compilers turn into vector instructions.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (heads, tails) = ((a.chunks_exact(8), b.chunks_exact(8)), (a.len() / 8 * 8, b.len() / 8 * 8));
    let mut lanes = [0.0; 8];
    for (x, y) in heads.0.zip(heads.1) {
        lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
    }
    let rest = a.get(tails.0..).unwrap_or_default().iter().zip(b.get(tails.1..).unwrap_or_default());
    lanes.iter().sum::<f64>() + rest.map(|(x, y)| x * y).sum::<f64>()
}

#[cfg(test)]
impl Design {
    /// The design of some rows, repeated as they are.
    pub(crate) fn rows(&self, rows: &[usize]) -> Self {
        let pick = |column: &Coded| Coded {
            codes: rows.iter().map(|row| column.codes[*row]).collect(),
            woe: column.woe.clone(),
        };
        Self { height: rows.len(), columns: self.columns.iter().map(pick).collect() }
    }

    /// The design with the opposite of one feature as a further one.
    pub(crate) fn with_mirror(self, feature: usize) -> Self {
        let column = &self.columns[feature];
        let mirror = Coded { codes: column.codes.clone(), woe: column.woe.iter().map(|woe| -woe).collect() };
        Self { height: self.height, columns: self.columns.into_iter().chain([mirror]).collect() }
    }

    /// The design with its first feature once more.
    pub(crate) fn with_twin(self) -> Self {
        let twin = Coded { codes: self.columns[0].codes.clone(), woe: self.columns[0].woe.clone() };
        Self { height: self.height, columns: self.columns.into_iter().chain([twin]).collect() }
    }
}
