//! Asking a list: by tag, by number, by name; by entries in the list.
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
use wherewithal::domain::Day;
use wherewithal::screening::{ExactIndex, ListKey, NameIndex, Posting, Role, Tag};

mod parties;

const ASKED: usize = 100_000;

fn number(i: u64) -> String {
    let born = Day::new(1940, 1, 1).unwrap().plus_days((i % 24_000) as i32).to_string().replace('-', "");
    format!("{:06}{born}{:03}X", 110_000 + i / 24_000, i % 996)
}

fn exact(c: &mut Criterion) {
    let key = ListKey::from_secret(b"bench");
    let from = Day::new(2025, 1, 10).unwrap();
    // `WHEREWITHAL_LARGE` adds a list of eight million.
    let sizes = if std::env::var_os("WHEREWITHAL_LARGE").is_some() { vec![100_000, 8_000_000] } else { vec![100_000] };
    for n in sizes {
        let posting = |i: u64| Posting {
            tag: key.resident_tag(&number(i)),
            name_mark: 1,
            entry: i as u32,
            role: Role::Listed,
            from,
            until: None,
        };
        let index = ExactIndex::build((0..n).map(posting).collect()).unwrap();
        println!("exact_index/{n}: {:.2} bytes an entry", index.as_bytes().len() as f64 / n as f64);
        // Half of the numbers asked are listed; their order has nothing to do with the index.
        let mut draws = parties::Draws::new(3);
        let asked: Vec<String> = (0..ASKED).map(|_| number(draws.below(2 * n))).collect();
        let tags: Vec<Tag> = asked.iter().map(|number| key.resident_tag(number)).collect();
        let mut group = c.benchmark_group("exact_index");
        group.sample_size(20).throughput(Throughput::Elements(ASKED as u64));
        group.bench_function(BenchmarkId::new("tagged", n), |b| {
            b.iter(|| {
                let found = tags.iter().filter(|tag| index.contains(**tag)).count();
                assert!(found > ASKED / 3, "{found}");
            });
        });
        group.bench_function(BenchmarkId::new("tagged_together", n), |b| {
            b.iter(|| {
                let found = index.contains_each(&tags).into_iter().filter(|found| *found).count();
                assert!(found > ASKED / 3, "{found}");
            });
        });
        group.bench_function(BenchmarkId::new("hashed", n), |b| {
            b.iter(|| {
                let tags: Vec<Tag> = asked.iter().map(|number| key.resident_tag(number)).collect();
                let found = index.contains_each(&tags).into_iter().filter(|found| *found).count();
                assert!(found > ASKED / 3, "{found}");
            });
        });
        group.finish();
    }
}

fn names(c: &mut Criterion) {
    let names: Vec<String> = (0..20_000).map(|i| parties::party(5, i).name).collect();
    let index = NameIndex::new(names.iter().enumerate().map(|(i, name)| (i as u32, name.as_str())));
    let mut group = c.benchmark_group("name_index");
    group.throughput(Throughput::Elements(1));
    let mut asked = names.iter().cycle();
    group.bench_function(BenchmarkId::new("alike", names.len()), |b| {
        b.iter(|| {
            let name = asked.next().map_or("", String::as_str);
            assert!(!black_box(index.alike(name, 0.88)).is_empty());
        });
    });
    group.finish();
}

criterion_group!(benches, exact, names);
criterion_main!(benches);
