//! Binning and fitting, 36 features, by rows; fitting and validating from codes, 349 features.
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
use wherewithal::model::{self, BinningParams, CodedTable, ScorecardParams, bin_numbers};

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

/// A card, its calibration and five folds with theirs, from 349 features as codes.
fn fit_coded(c: &mut Criterion) {
    let mut group = c.benchmark_group("fit_coded_349");
    group.sample_size(10);
    let sizes = if synthetic::sizes().len() == 1 { vec![2_000] } else { vec![20_000, 200_000] };
    for rows in sizes {
        let sample = synthetic::sample(rows, 349);
        let params = ScorecardParams::default().stiffness(None);
        let table = CodedTable::new(&sample.table(), &params).unwrap();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::from_parameter(rows), |b| {
            b.iter(|| assert!(model::fit_coded(&table, &sample.target, 5, &params).unwrap().card.rows() == rows));
        });
    }
    group.finish();
}

criterion_group!(benches, bin, fit, fit_coded);
criterion_main!(benches);
