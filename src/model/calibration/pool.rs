//! Pool adjacent violators.
//!
//! Where a height falls below the one before, the two become one at their mean, and so on back: one pass.

/// The nearest heights, in weighted least squares, that never fall; each `(height, weight)` keeps its index.
///
/// # References
///
/// Ayer, Brunk, Ewing, Reid, Silverman, *An empirical distribution function for sampling with incomplete information*
/// (1955): pooling adjacent violators.
pub(super) fn pooled(heights: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (height, weight) in heights {
        let mut pool = (height, weight, 1);
        while let Some(last) = pools.pop_if(|last| last.0 > pool.0) {
            let weight = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(height, _, times)| std::iter::repeat_n(height, times)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falling_neighbours_share_their_weighted_mean() {
        let heights = pooled([(1.0, 1.0), (3.0, 1.0), (0.0, 2.0), (5.0, 1.0)].into_iter());
        assert_eq!(heights, [1.0, 1.0, 1.0, 5.0]);
        assert_eq!(pooled([(2.0, 1.0), (1.0, 3.0)].into_iter()), [1.25, 1.25]);
    }
}
