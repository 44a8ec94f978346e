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
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench that fails may fail loudly, and says how long things took"
)]

use std::hint::black_box;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use wherewithal::model::{self, Scorecard, ScorecardParams};
use wherewithal::score::{Scorer, ScorerParams};

mod synthetic;

const WIDTH: usize = 36;

/// A card that every feature stays on, so that the work is that of 36 features.
fn card() -> Scorecard {
    let learnt = synthetic::sample(20_000, WIDTH);
    let params = ScorecardParams::default()
        .calibration_folds(0)
        .min_information_value(0.0)
        .min_information_noise(0.0)
        .max_correlation(1.0)
        .expected_sign(false);
    let card = model::fit(&learnt.table(), &learnt.target, &params).unwrap();
    assert_eq!(card.features().len(), WIDTH);
    card
}

fn score(c: &mut Criterion) {
    let card = card();
    let mut group = c.benchmark_group("score_36");
    group.sample_size(10);
    for rows in synthetic::sizes() {
        let table = synthetic::sample(rows, WIDTH).table();
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

/// Rows a second beside what memory allows: reading every value once, on one thread and on two.
fn against_memory(_: &mut Criterion) {
    let rows = synthetic::sizes().last().copied().unwrap();
    let table = synthetic::sample(rows, WIDTH).table();
    let scorer = Scorer::new(&card()).unwrap();
    let values = vec![1.5_f64; rows * WIDTH];
    let mut alone = None;
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let scoring = pool.install(|| fastest(|| assert_eq!(scorer.score(&table).unwrap().height(), rows)));
        let reading = pool.install(|| fastest(|| assert_ne!(black_box(read(&values)), 0)));
        let bytes = (rows * WIDTH * size_of::<f64>()) as f64;
        println!(
            "{threads} thread(s): {:.2} million rows a second and core; {:.1} of {:.1} GB/s, {:.0} % of what memory allows; {:.2} times one thread",
            rows as f64 / scoring / 1e6 / threads as f64,
            bytes / scoring / 1e9,
            bytes / reading / 1e9,
            100.0 * reading / scoring,
            *alone.get_or_insert(scoring) / scoring
        );
    }
}

fn fastest(work: impl Fn()) -> f64 {
    let one = |_| {
        let started = Instant::now();
        work();
        started.elapsed().as_secs_f64()
    };
    (0..9).map(one).fold(f64::INFINITY, f64::min)
}

/// Reads every value once, in eight sums that do not wait for each other.
fn read(values: &[f64]) -> u64 {
    let chunk = |chunk: &[f64]| {
        let mut sums = [0_u64; 8];
        for eight in chunk.chunks_exact(8) {
            sums.iter_mut().zip(eight).for_each(|(sum, value)| *sum = sum.wrapping_add(value.to_bits()));
        }
        sums.into_iter().fold(1, u64::wrapping_add)
    };
    values.par_chunks(1 << 16).map(chunk).reduce(|| 0, u64::wrapping_add)
}

criterion_group!(benches, score, against_memory);
criterion_main!(benches);
