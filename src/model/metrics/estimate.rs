//! A number with its standard error.

use serde::{Deserialize, Serialize};

use crate::model::normal::normal_quantile;

/// A measured number with its standard error; `{:.4}` writes it as `0.8504 ± 0.0019`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)?;
        f.write_str(" ± ")?;
        self.standard_error.fmt(f)
    }
}

impl Estimate {
    /// The normal interval that covers the true number with probability `confidence`, for instance .95.
    pub fn interval(&self, confidence: f64) -> (f64, f64) {
        let reach = normal_quantile(0.5 + confidence / 2.0) * self.standard_error;
        (self.value - reach, self.value + reach)
    }

    /// Mean and its standard error of weighted values.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    pub(crate) fn mean(values: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let (n, total, sum) = values
            .clone()
            .fold((0usize, 0.0, 0.0), |(n, total, sum), (value, weight)| (n + 1, total + weight, sum + value * weight));
        let mean = sum / total;
        let spread: f64 = values.map(|(value, weight)| (weight * (value - mean)).powi(2)).sum();
        let n = n as f64;
        Self { value: mean, standard_error: (spread * n / (n - 1.0).max(1.0)).sqrt() / total }
    }
}
