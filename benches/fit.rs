//! Binning and fitting, 36 features, by rows.
#![allow(
    missing_docs,
    clippy::print_stdout,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that fails may fail loudly"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wherewithal::model::{self, BinningParams, ScorecardParams, bin_numbers};

mod synthetic;

fn bin(c: &mut Criterion) {
    let mut group = c.benchmark_group("bin_36");
    group.sample_size(10);
    for rows in synthetic::sizes() {
        let sample = synthetic::sample(rows, 36);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::from_parameter(rows), |b| {
            b.iter(|| {
                use rayon::prelude::*;
                let params = BinningParams::default();
                let maps: Vec<_> = sample
                    .features
                    .par_iter()
                    .map(|values| bin_numbers("x", values, &sample.target, &params).unwrap())
                    .collect();
                assert!(maps.iter().all(|map| map.bins.len() >= 2));
            });
        });
    }
    group.finish();
}

fn fit(c: &mut Criterion) {
    let mut group = c.benchmark_group("fit_36");
    group.sample_size(10);
    for rows in synthetic::sizes() {
        let sample = synthetic::sample(rows, 36);
        let table = sample.table();
        let params = ScorecardParams::default().calibration_folds(0);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::from_parameter(rows), |b| {
            b.iter(|| assert!(model::fit(&table, &sample.target, &params).unwrap().features().len() > 10));
        });
    }
    group.finish();
}

criterion_group!(benches, bin, fit);
criterion_main!(benches);
