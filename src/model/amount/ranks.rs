//! Weighted ranks and Spearman's correlation.
//!
//! Ranks tell whether the order is right where the amounts are not.

use crate::model::Estimate;

/// The rank of each value from 0 to 1, rows counting as weighted; equal values share theirs.
pub(super) fn ranks(values: &[f64], weight: impl Fn(usize) -> f64) -> Vec<f64> {
    let value = |row: usize| values.get(row).copied().unwrap_or_default() + 0.0;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0.0;
    for run in order.chunk_by(|a, b| value(*a).total_cmp(&value(*b)).is_eq()) {
        let here: f64 = run.iter().map(|row| weight(*row)).sum();
        for row in run {
            ranks.get_mut(*row).into_iter().for_each(|rank| *rank = below + here / 2.0);
        }
        below += here;
    }
    ranks
}

/// Spearman's correlation of two columns.
///
/// # References
///
/// Bonett and Wright, *Sample size requirements for estimating Pearson, Kendall and Spearman
/// correlations* (2000), for the standard error.
#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
pub(super) fn spearman(columns: (&[f64], &[f64]), weight: impl Fn(usize) -> f64 + Copy) -> Estimate {
    let (a, b) = (ranks(columns.0, weight), ranks(columns.1, weight));
    let total: f64 = (0..a.len()).map(weight).sum();
    let mean = |of: &[f64]| of.iter().enumerate().map(|(row, rank)| weight(row) * rank).sum::<f64>() / total;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (row, (a, b)) in a.iter().zip(&b).enumerate() {
        let (x, y) = (a - mean_a, b - mean_b);
        ab += weight(row) * x * y;
        aa += weight(row) * x * x;
        bb += weight(row) * y * y;
    }
    let value = if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 };
    let n = (a.len() as f64 - 3.0).max(1.0);
    Estimate { value, standard_error: (1.0 - value * value) * ((1.0 + value * value / 2.0) / n).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_ties_and_weights_act_as_repeated_rows() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0], |_| 1.0), [2.0, 0.5, 2.0]);
        let rising: Vec<f64> = (0..50).map(f64::from).collect();
        let cubes: Vec<f64> = rising.iter().map(|x| x * x * x).collect();
        assert!((spearman((&rising, &cubes), |_| 1.0).value - 1.0).abs() < 1e-12);
        // By hand: ranks 1 2 3 4 against 1 3 2 4, 1 − 6·2 / (4·15).
        assert!((spearman((&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]), |_| 1.0).value - 0.8).abs() < 1e-12);
        let weighted = spearman((&[1.0, 2.0, 3.0], &[2.0, 1.0, 3.0]), |row| [1.0, 2.0, 1.0][row]).value;
        let repeated = spearman((&[1.0, 2.0, 2.0, 3.0], &[2.0, 1.0, 1.0, 3.0]), |_| 1.0).value;
        assert!((weighted - repeated).abs() < 1e-12);
        assert_eq!(spearman((&[1.0, 1.0], &[1.0, 2.0]), |_| 1.0).value, 0.0);
    }
}
