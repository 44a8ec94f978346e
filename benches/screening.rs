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
use polars::polars_utils::mmap::MMapSemaphore;
use wherewithal::domain::{Day, Identifier, IdentifierKind};
use wherewithal::screening::{
    Activities, Application, DefaulterList, ExactIndex, ListEntry, ListKey, NameIndex, Outcome, Posting, PublicRecord,
    Role, Screener, ScreeningParams, Tag, screen,
};

mod parties;

/// So many that what they touch in a large list does not stay in the processor's caches from one round to the next.
const ASKED: usize = 1_000_000;

fn number(i: u64) -> String {
    let born = Day::new(1940, 1, 1).unwrap().plus_days((i % 24_000) as i32).to_string().replace('-', "");
    let body = format!("{:06}{born}{:03}", 110_000 + i / 24_000, i % 996);
    let check = Identifier::check_character(IdentifierKind::Resident, &body).unwrap();
    format!("{body}{check}")
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
        let drawn: Vec<u64> = (0..ASKED).map(|_| draws.below(2 * n)).collect();
        let listed = drawn.iter().filter(|i| **i < n).count();
        let asked: Vec<String> = drawn.iter().map(|i| number(*i)).collect();
        let tags: Vec<Tag> = asked.iter().map(|number| key.resident_tag(number)).collect();
        let count = |found: Vec<bool>| assert_eq!(found.into_iter().filter(|found| *found).count(), listed);
        let mut group = c.benchmark_group("exact_index");
        group.sample_size(10).throughput(Throughput::Elements(ASKED as u64));
        // What no index can beat: for each question two reads of the same memory at places nobody foresees.
        group.bench_function(BenchmarkId::new("memory_floor", n), |b| {
            let bytes = index.as_bytes();
            let place = |i: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % bytes.len();
            b.iter(|| {
                let read = |sum: u8, i: &u64| sum ^ bytes[place(*i)] ^ bytes[place(*i + n)];
                black_box(drawn.iter().fold(0, read))
            });
        });
        group.bench_function(BenchmarkId::new("tagged_one_by_one", n), |b| {
            b.iter(|| count(tags.iter().map(|tag| index.contains(*tag)).collect()));
        });
        group.bench_function(BenchmarkId::new("tagged", n), |b| b.iter(|| count(index.contains_each(&tags))));
        group.bench_function(BenchmarkId::new("hashed", n), |b| {
            b.iter(|| {
                let tags: Vec<Tag> = asked.iter().map(|number| key.resident_tag(number)).collect();
                count(index.contains_each(&tags));
            });
        });
        group.bench_function(BenchmarkId::new("checked_and_hashed", n), |b| {
            b.iter(|| {
                let tag = |text: &String| key.tag(&Identifier::parse(text).unwrap());
                let tags: Vec<Tag> = asked.iter().map(tag).collect();
                count(index.contains_each(&tags));
            });
        });
        group.finish();
        opening(c, &index);
    }
}

/// From a file to the first answer: read whole, and mapped.
fn opening(c: &mut Criterion, index: &ExactIndex<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.index");
    std::fs::write(&path, index.as_bytes()).unwrap();
    let tag = index.postings().next().unwrap().tag;
    let mut group = c.benchmark_group("open_index");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("read", index.len()), |b| {
        b.iter(|| assert!(ExactIndex::open(std::fs::read(&path).unwrap()).unwrap().contains(tag)));
    });
    group.bench_function(BenchmarkId::new("mapped", index.len()), |b| {
        b.iter(|| {
            let mapped = MMapSemaphore::new_from_file(&std::fs::File::open(&path).unwrap()).unwrap();
            assert!(ExactIndex::open(mapped).unwrap().contains(tag));
        });
    });
    group.finish();
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

/// Whole answers with hits, restrictions and receipt; every second applicant is listed.
fn answers(c: &mut Criterion) {
    let entries: Vec<ListEntry> = (0..100_000).map(|i| entry(2 * i)).collect();
    let list = DefaulterList::build(&entries, ListKey::from_secret(b"bench"), Day::new(2026, 1, 5).unwrap()).unwrap();
    let screener = Screener::new(list, Activities::standard().unwrap(), ScreeningParams::default()).unwrap();
    let asked: Vec<Application> = (0..1_000).map(|i| application(i * 199)).collect();
    let mut group = c.benchmark_group("screen");
    group.sample_size(10).throughput(Throughput::Elements(asked.len() as u64));
    group.bench_function(BenchmarkId::from_parameter(entries.len()), |b| {
        b.iter(|| {
            let matches = |application| screen(&screener, application).unwrap().outcome == Outcome::Match;
            assert_eq!(asked.iter().filter(|application| matches(application)).count(), 500);
        });
    });
    group.finish();
}

fn entry(i: u64) -> ListEntry {
    let record = PublicRecord {
        id: i.to_string(),
        iname: parties::party(5, i).name,
        card_num: number(i),
        case_code: "（2024）苏0213执123号".into(),
        publish_date: "2025-01-10".into(),
        party_type_name: "自然人".into(),
        ..PublicRecord::default()
    };
    record.into_entry().unwrap()
}

fn application(i: u64) -> Application {
    Application {
        application_id: i.to_string(),
        name: parties::party(5, i).name,
        identifiers: vec![number(i)],
        born_on: None,
        activity: Some("loan".into()),
        on: Day::new(2026, 1, 6).unwrap(),
    }
}

criterion_group!(benches, exact, names, answers);
criterion_main!(benches);
