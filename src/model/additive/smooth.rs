//! Smooths a shape by penalising its steps.
//!
//! Neighbouring fine bins of few rows jump by chance; points that jump cannot be explained to anybody.

/// The shape nearest to `values` whose steps are small.
///
/// # Formula
///
/// Minimises `Σ wₖ (gₖ − fₖ)² + s Σ (gₖ₊₁ − gₖ)²`: one tridiagonal system. The weighted mean stays, and a shape that
/// rises (or falls) goes on doing so, since such smoothing adds no change of sign.
///
/// # References
///
/// Whittaker, *On a new method of graduation* (1923); Karlin, *Total positivity* (1968).
pub(super) fn smoothed(values: &[f64], weights: &[f64], strength: f64) -> Vec<f64> {
    let size = values.len();
    if size < 3 || strength <= 0.0 {
        return values.to_vec();
    }
    let mut ratios: Vec<f64> = Vec::with_capacity(size);
    let mut found: Vec<f64> = Vec::with_capacity(size);
    for (at, (value, weight)) in values.iter().zip(weights).enumerate() {
        let neighbours = if at == 0 || at + 1 == size { 1.0 } else { 2.0 };
        let (ratio, before) = (ratios.last().copied().unwrap_or(0.0), found.last().copied().unwrap_or(0.0));
        let below = if at == 0 { 0.0 } else { -strength };
        let pivot = weight + neighbours * strength - below * ratio;
        ratios.push(-strength / pivot);
        found.push((weight * value - below * before) / pivot);
    }
    for at in (0..size.saturating_sub(1)).rev() {
        let (ratio, next) = (ratios.get(at).copied().unwrap_or(0.0), found.get(at + 1).copied().unwrap_or(0.0));
        if let Some(value) = found.get_mut(at) {
            *value -= ratio * next;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_mean_and_the_order_and_flattens_spikes() {
        let values = [-2.0, -1.0, -1.0, 3.0, 3.5, 9.0];
        let weights = [5.0, 0.0, 2.0, 8.0, 1.0, 3.0];
        let mean = |values: &[f64]| values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>();
        for strength in [0.1, 1.0, 10.0, 1e6] {
            let smooth = smoothed(&values, &weights, strength);
            assert!((mean(&smooth) - mean(&values)).abs() < 1e-6, "{smooth:?}");
            assert!(smooth.is_sorted_by(|a, b| *a <= b + 1e-9), "{smooth:?}");
        }
        let flat = smoothed(&values, &weights, 1e9);
        assert!((flat[0] - flat[5]).abs() < 1e-6);
    }
}
