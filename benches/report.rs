//! A thousand full HTML portraits, advice included.
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

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::Language;
use wherewithal::report::{Links, Pages};

#[path = "../tests/it/archetypes.rs"]
mod archetypes;

fn portraits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    let profiles: Vec<_> = archetypes::archetypes().into_iter().map(|(_, profile)| profile).collect();
    let rules = AdviceRules::standard().expect("bundled rules");
    let pages = Pages::new(Language::Zh).expect("bundled templates");
    let n = 1_000;
    group.throughput(Throughput::Elements(n)).sample_size(10);
    group.bench_function(BenchmarkId::new("portraits", n), |bencher| {
        bencher.iter(|| {
            let mut bytes = 0;
            for profile in profiles.iter().cycle().take(1_000) {
                let advice = advise(profile, &rules).expect("advice");
                bytes += pages.portrait(black_box(profile), &advice, &Links::default()).expect("page").len();
            }
            assert!(bytes > 10_000_000);
            bytes
        });
    });
    group.finish();
}

criterion_group!(benches, portraits);
criterion_main!(benches);
