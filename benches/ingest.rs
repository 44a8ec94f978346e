//! How fast a bank's transactions come in, by rows.
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

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wherewithal::domain::PseudonymKey;
use wherewithal::ingest::{self, Mapping, ReadParams, Sources};
use wherewithal::progress::Silent;

const MAPPING: &str = r#"
name = "bench"
[[source]]
file = "transactions.csv"
[[source.table]]
name = "bank_transactions"
[source.table.columns]
entity_id = { from = "number" }
event_on = { from = "date", date = "%Y/%m/%d" }
known_at = { from = "date", date = "%Y/%m/%d" }
account = { from = "account" }
direction = { from = "type", codes = { "贷" = "in", "借" = "out" } }
amount_fen = { from = "amount", unit = "yuan" }
balance_fen = { from = "balance", unit = "yuan" }
"#;

fn transactions(rows: usize) -> String {
    let mut text = String::from("number,account,date,type,amount,balance\n");
    for n in 0..rows {
        let (party, day) = (n % 5_000, n % 28 + 1);
        let way = if n % 3 == 0 { "贷" } else { "借" };
        let _ = writeln!(text, "P{party:06},62220210{party:08},2017/7/{day},{way},{}.{:02},{n}.5", n % 9_999, n % 100);
    }
    text
}

fn csv(c: &mut Criterion) {
    let mut group = c.benchmark_group("ingest_csv");
    group.sample_size(10);
    for rows in [10_000usize, 200_000] {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("in"), folder.path().join("out"));
        std::fs::create_dir(&from).unwrap();
        let text = transactions(rows);
        std::fs::write(from.join("transactions.csv"), &text).unwrap();
        let sources =
            Sources::new(&from, PseudonymKey::from_secret(b"bench")).with_mapping(Mapping::parse(MAPPING).unwrap());
        let params = ReadParams::new(&to);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("to_store", format!("{rows}_rows")), |b| {
            b.iter(|| {
                let (_, report) = ingest::read(black_box(&sources), &params, &Silent).unwrap();
                assert_eq!(report.files[0].rows_accepted, rows as u64);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, csv);
criterion_main!(benches);
