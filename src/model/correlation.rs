//! Weighted correlations of many columns.
//!
//! Of two features that say the same one may stand on a card; which pairs these are is asked of all pairs
//! at once, block by block, in an order that no number of threads changes.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::symmetric::Symmetric;

/// Rows per block: a few hundred columns of so many stay in a processor's own memory, and the sums of a block's lanes
/// are added up only once in so many rows.
const BLOCK: usize = 1_024;

/// Sums that a product keeps side by side.
const LANES: usize = 8;

/// Weighted correlations of columns; a column of one value has none with any other.
///
/// Sums go block by block in a fixed order, so that they do not depend on the number of threads.
pub(super) fn correlations(columns: &[Vec<f32>], weights: &[f64]) -> Symmetric {
    let total: f64 = weights.iter().sum();
    let standard: Vec<Vec<f32>> = columns.par_iter().map(|column| standardised(column, (weights, total))).collect();
    let starts: Vec<usize> = (0..weights.len()).step_by(BLOCK).collect();
    // A few blocks share their sums, so that these do not outgrow the rows.
    let parts: Vec<Vec<f64>> = starts.par_chunks(2).map(|starts| products(&standard, starts)).collect();
    let mut sums = vec![0.0; columns.len() * (columns.len() + 1) / 2];
    for part in parts {
        sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
    }
    let mut found = Symmetric::zeros(columns.len());
    let mut sums = sums.into_iter();
    for a in 0..columns.len() {
        for b in 0..=a {
            let sum = sums.next().unwrap_or(0.0);
            found.set(a, b, if a == b { 1.0 } else { sum.clamp(-1.0, 1.0) });
        }
    }
    found
}

/// The column with mean 0 and squares that add up to 1, its rows by the roots of their weights.
#[expect(clippy::cast_possible_truncation, reason = "a correlation needs no more than 24 bits")]
fn standardised(column: &[f32], (weights, total): (&[f64], f64)) -> Vec<f32> {
    let rows = || column.iter().map(|x| f64::from(*x)).zip(weights);
    let mean = rows().map(|(x, weight)| weight * x).sum::<f64>() / total;
    let squares: f64 = rows().map(|(x, weight)| weight * (x - mean) * (x - mean)).sum();
    let size = if squares > 1e-12 * total { squares.sqrt() } else { f64::INFINITY };
    rows().map(|(x, weight)| (weight.sqrt() * (x - mean) / size) as f32).collect()
}

/// The products of every two columns over some blocks, by the later column and then the earlier one.
fn products(columns: &[Vec<f32>], starts: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; columns.len() * (columns.len() + 1) / 2];
    for start in starts {
        let rows = |column: &'_ Vec<f32>| {
            let end = (start + BLOCK).min(column.len());
            column.get(*start..end).unwrap_or_default().to_vec()
        };
        let block: Vec<Vec<f32>> = columns.iter().map(rows).collect();
        Arch::new().dispatch(Products { block: &block, sums: &mut sums });
    }
    sums
}

struct Products<'a> {
    block: &'a [Vec<f32>],
    sums: &'a mut [f64],
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut sums = self.sums.iter_mut();
        for (at, with) in self.block.iter().enumerate() {
            let others = self.block.get(..=at).unwrap_or_default();
            // Eight at a time keep a processor's adders busy; each has lanes of its own.
            let (eights, rest) = others.as_chunks::<8>();
            let (fours, rest) = rest.as_chunks::<4>();
            for eight in eights {
                let products = dot(eight.each_ref().map(Vec::as_slice), with);
                products.iter().zip(&mut sums).for_each(|(product, sum)| *sum += f64::from(*product));
            }
            for four in fours {
                let products = dot(four.each_ref().map(Vec::as_slice), with);
                products.iter().zip(&mut sums).for_each(|(product, sum)| *sum += f64::from(*product));
            }
            for one in rest {
                let [product] = dot([one.as_slice()], with);
                sums.next().into_iter().for_each(|sum| *sum += f64::from(product));
            }
        }
    }
}

/// Products of a few columns with one, each in eight lanes whatever the processor, so that bits are
/// the same everywhere.
#[inline(always)]
fn dot<const N: usize>(columns: [&[f32]; N], with: &[f32]) -> [f32; N] {
    let (heads, tail) = with.as_chunks::<LANES>();
    let columns = columns.map(|column| column.as_chunks::<LANES>());
    let mut lanes = [[0.0_f32; LANES]; N];
    for (index, y) in heads.iter().enumerate() {
        for (lanes, (heads, _)) in lanes.iter_mut().zip(&columns) {
            let Some(x) = heads.get(index) else { continue };
            lanes.iter_mut().zip(x.iter().zip(y)).for_each(|(lane, (x, y))| *lane += x * y);
        }
    }
    let mut products = lanes.map(|lanes| lanes.iter().sum::<f32>());
    for (product, (_, column)) in products.iter_mut().zip(&columns) {
        *product += column.iter().zip(tail).map(|(x, y)| x * y).sum::<f32>();
    }
    products
}

#[cfg(test)]
mod tests {
    use super::super::folds::scatter;
    use super::*;

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "columns are that narrow")]
    fn are_those_of_the_definition() {
        let n = 3_001;
        let uniform = |row: usize, salt: u64| (scatter(row as u64 ^ scatter(salt)) >> 11) as f64 / (1_u64 << 53) as f64;
        let column = |at: u64| (0..n).map(|row| (uniform(row, 0) * at as f64 + uniform(row, at)) as f32).collect();
        let mut columns: Vec<Vec<f32>> = (1..8).map(column).collect();
        columns.push(vec![3.0; n]);
        let weights: Vec<f64> = (0..n).map(|row| 1.0 + (row % 3) as f64).collect();
        let found = correlations(&columns, &weights);
        let total: f64 = weights.iter().sum();
        let mean = |f: &dyn Fn(usize) -> f64| (0..n).map(|row| weights[row] * f(row)).sum::<f64>() / total;
        let x = |at: usize, row: usize| f64::from(columns[at][row]);
        for a in 0..7 {
            for b in 0..a {
                let (ma, mb) = (mean(&|row| x(a, row)), mean(&|row| x(b, row)));
                let covariance = mean(&|row| (x(a, row) - ma) * (x(b, row) - mb));
                let spread = mean(&|row| (x(a, row) - ma).powi(2)) * mean(&|row| (x(b, row) - mb).powi(2));
                assert!((found.at(a, b) - covariance / spread.sqrt()).abs() < 1e-5, "{a} {b}");
            }
            assert!(found.at(7, a).abs() < 1e-9);
        }
    }
}
