//! Scoring, 36 binned features, by rows.
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
use wherewithal::model::{self, ScorecardParams};
use wherewithal::score::{Scorer, ScorerParams};

mod synthetic;

fn score(c: &mut Criterion) {
    let learnt = synthetic::sample(20_000, 36);
    // Every feature stays on the card, so that the work is that of 36 features.
    let params = ScorecardParams::default()
        .calibration_folds(0)
        .min_information_value(0.0)
        .min_information_noise(0.0)
        .max_correlation(1.0)
        .expected_sign(false);
    let card = model::fit(&learnt.table(), &learnt.target, &params).unwrap();
    assert_eq!(card.features().len(), 36);
    let mut group = c.benchmark_group("score_36");
    group.sample_size(10);
    for rows in [10_000, 100_000, 1_000_000] {
        let table = synthetic::sample(rows, 36).table();
        group.throughput(Throughput::Elements(rows as u64));
        for (name, keep) in [("total", false), ("points", true)] {
            let scorer = Scorer::with(&card, ScorerParams::default().keep_points(keep)).unwrap();
            group.bench_function(BenchmarkId::new(name, rows), |b| {
                b.iter(|| assert_eq!(scorer.score(&table).unwrap().height(), rows));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, score);
criterion_main!(benches);
