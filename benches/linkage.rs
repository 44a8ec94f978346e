//! Linking simulated party records, by records; names compared, by pairs.
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
use wherewithal::linkage::{LinkageParams, PreparedName, link};
use wherewithal::progress::Silent;

mod parties;

fn linking(c: &mut Criterion) {
    let mut group = c.benchmark_group("link_parties");
    group.sample_size(10);
    for n in [10_000, 100_000] {
        let (records, truth) = parties::records(n, 7);
        let params = LinkageParams::default();
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::from_parameter(n), |b| {
            b.iter(|| {
                let map = link(&records, &params, &Silent).unwrap();
                let (precision, _, _) = parties::agreement(map.parties(), &truth);
                assert!(precision > 0.98, "{precision}");
            });
        });
    }
    group.finish();
}

fn names(c: &mut Criterion) {
    let mut group = c.benchmark_group("name_similarity");
    let pairs = [("Olaf Scholze", "Olaf Scholz"), ("王小明", "王晓明"), ("无锡某某有限责任公司", "无锡某某有限公司")];
    for (left, right) in pairs {
        let (left, right) = (PreparedName::new(left), PreparedName::new(right));
        group.bench_function(BenchmarkId::from_parameter(left.folded().to_owned()), |b| {
            b.iter(|| assert!(left.similarity(&right).score > 0.7));
        });
    }
    group.finish();
}

criterion_group!(benches, linking, names);
criterion_main!(benches);
