//! The logistic likelihood of rows known by bin codes, with its derivatives.

#![allow(clippy::indexing_slicing, reason = "codes stay below the size of their feature's table")]

use rayon::prelude::*;

use super::Target;

/// Rows per block; sums go block by block in a fixed order, so that they do not depend on the number of threads.
const BLOCK: usize = 4096;

/// Rows known by the codes of their bins alone.
#[derive(Debug)]
pub(crate) struct CodedRows<'a> {
    codes: Vec<&'a [u16]>,
    sizes: Vec<usize>,
    target: &'a Target,
}

/// A logistic likelihood and its derivatives in the log-odds of each bin.
#[derive(Debug)]
pub(crate) struct BinSums {
    pub(crate) log_likelihood: f64,
    /// By feature and code.
    pub(crate) gradient: Vec<Vec<f64>>,
    /// By feature, other feature up to it, and `code · size of the other + other code`.
    pub(crate) information: Vec<Vec<Vec<f64>>>,
    /// Derivatives in the intercept.
    pub(crate) residual: f64,
    pub(crate) curvature: f64,
}

/// Residual and curvature of each row.
struct RowSums {
    log_likelihood: f64,
    residuals: Vec<f64>,
    curvatures: Vec<f64>,
}

impl<'a> CodedRows<'a> {
    /// Rows by feature; `sizes` are above every code of their feature.
    pub(crate) fn new(codes: &[&'a [u16]], sizes: Vec<usize>, target: &'a Target) -> Self {
        Self { codes: codes.to_vec(), sizes, target }
    }

    /// The likelihood where each code has the log-odds `worth`, above `intercept`.
    ///
    /// # Formula
    ///
    /// With `p` a row's probability and `w` its weight: `Σ w ln p(y)`, gradient `Σ w (y − p)` over the rows of a code,
    /// information `Σ w p (1 − p)` over the rows that two codes share.
    pub(crate) fn sums(&self, worth: &[Vec<f64>], intercept: f64) -> BinSums {
        let rows = self.rows(worth, intercept);
        let feature = |at: usize| {
            let mut gradient = vec![0.0; self.sizes[at]];
            for (code, residual) in self.codes[at].iter().zip(&rows.residuals) {
                gradient[usize::from(*code)] += residual;
            }
            (gradient, self.shared(at, &rows.curvatures))
        };
        let (gradient, information) = (0..self.codes.len()).into_par_iter().map(feature).unzip();
        BinSums {
            log_likelihood: rows.log_likelihood,
            gradient,
            information,
            residual: rows.residuals.iter().sum(),
            curvature: rows.curvatures.iter().sum(),
        }
    }

    fn rows(&self, worth: &[Vec<f64>], intercept: f64) -> RowSums {
        let height = self.target.height();
        let (mut residuals, mut curvatures) = (vec![0.0; height], vec![0.0; height]);
        let blocks = residuals.par_chunks_mut(BLOCK).zip(curvatures.par_chunks_mut(BLOCK)).enumerate();
        let block = |(block, (residuals, curvatures)): (usize, (&mut [f64], &mut [f64]))| {
            let start = block * BLOCK;
            residuals.fill(intercept);
            for (codes, worth) in self.codes.iter().zip(worth) {
                let codes = &codes[start..start + residuals.len()];
                residuals.iter_mut().zip(codes).for_each(|(sum, code)| *sum += worth[usize::from(*code)]);
            }
            let mut log_likelihood = 0.0;
            for (row, (residual, curvature)) in residuals.iter_mut().zip(curvatures).enumerate() {
                let (x, weight) = (*residual, self.target.weight(start + row));
                let event = self.target.events()[start + row];
                let p = 1.0 / (1.0 + (-x).exp());
                log_likelihood -= weight * ((if event { -x } else { x }).max(0.0) + (-x.abs()).exp().ln_1p());
                *residual = weight * (f64::from(u8::from(event)) - p);
                *curvature = weight * p * (1.0 - p);
            }
            log_likelihood
        };
        let log_likelihoods: Vec<f64> = blocks.map(block).collect();
        RowSums { log_likelihood: log_likelihoods.iter().sum(), residuals, curvatures }
    }

    /// The curvature that each code of feature `at` shares with each code of the features up to it.
    fn shared(&self, at: usize, curvatures: &[f64]) -> Vec<Vec<f64>> {
        let mut tables: Vec<Vec<f64>> = self.sizes[..=at].iter().map(|size| vec![0.0; self.sizes[at] * size]).collect();
        for (block, curvatures) in curvatures.chunks(BLOCK).enumerate() {
            let rows = block * BLOCK..block * BLOCK + curvatures.len();
            for (other, table) in tables.iter_mut().enumerate() {
                let pairs = self.codes[at][rows.clone()].iter().zip(&self.codes[other][rows.clone()]);
                for ((code, met), curvature) in pairs.zip(curvatures) {
                    table[usize::from(*code) * self.sizes[other] + usize::from(*met)] += curvature;
                }
            }
        }
        tables
    }
}
