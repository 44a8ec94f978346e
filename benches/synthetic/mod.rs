//! Noisy features that decide an outcome in part, from a seeded generator.

use polars::prelude::*;
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::Target;

pub struct Sample {
    pub features: Vec<Vec<f64>>,
    pub target: Target,
}

/// `rows` rows of `width` features, one value in twenty missing.
pub fn sample(rows: usize, width: usize) -> Sample {
    let mut state = 7_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut features = vec![Vec::with_capacity(rows); width];
    let mut events = Vec::with_capacity(rows);
    for _ in 0..rows {
        let mut log_odds = -0.5;
        for (at, feature) in features.iter_mut().enumerate() {
            let value = uniform();
            log_odds += (value - 0.5) * (0.3 + at as f64 / width as f64);
            feature.push(if uniform() < 0.05 { f64::NAN } else { (value * 1e5).round() / 10.0 });
        }
        events.push(uniform() < 1.0 / (1.0 + (-log_odds).exp()));
    }
    Sample { features, target: Target::new(events).unwrap() }
}

impl Sample {
    #[allow(dead_code, reason = "each bench compiles its own copy")]
    pub fn table(&self) -> FeatureTable {
        let columns =
            self.features.iter().enumerate().map(|(at, values)| Column::new(format!("x{at}").into(), values)).collect();
        let frame = DataFrame::new(self.features[0].len(), columns).unwrap();
        FeatureTable::from_frame(frame, &TableRoles::default()).unwrap()
    }
}

/// Rows to measure at: three sizes apart by a factor of ten; a test run proves the smallest.
#[allow(dead_code, reason = "each bench compiles its own copy")]
pub fn sizes() -> Vec<usize> {
    // `cargo bench` says so; `cargo test --benches` says nothing.
    let is_measured = std::env::args().any(|word| word == "--bench") && !std::env::args().any(|word| word == "--test");
    if is_measured { vec![10_000, 100_000, 1_000_000] } else { vec![10_000] }
}
