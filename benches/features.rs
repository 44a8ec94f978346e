//! The standard catalogue over tables in memory, by debtors; every debtor has twelve accounts' answers and sixty rows
//! of flows.
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
use polars::prelude::*;
use wherewithal::domain::Day;
use wherewithal::features::{self, FeatureCatalog};
use wherewithal::schema::{self, ColumnKind};
use wherewithal::snapshot::{self, Snapshot};
use wherewithal::tables::SourceTables;

const DAYS: i64 = 3000;

/// Value `i` of a sequence that looks random.
fn mixed(i: i64) -> i64 {
    let z = i.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    i64::try_from((z ^ (z >> 27)) >> 2).unwrap()
}

/// `per` rows of one table for each debtor.
fn rows(name: &str, debtors: i64, per: i64) -> DataFrame {
    let table = schema::table(name).unwrap();
    let n = debtors * per;
    let columns = table.columns().enumerate().map(|(salt, column)| {
        let salt = i64::try_from(salt).unwrap();
        let cells = |modulus: i64| (0..n).map(move |i| mixed(i * 64 + salt) % modulus);
        let name = column.name;
        match column.kind {
            ColumnKind::Record => Column::new(name.into(), (1..=n).collect::<Vec<_>>()),
            ColumnKind::Code(_) if name == "role" => Column::new(name.into(), vec!["debtor"; n as usize]),
            ColumnKind::Code(codes) => {
                let codes = cells(codes.len() as i64).map(|i| codes[i as usize]).collect::<Vec<_>>();
                Column::new(name.into(), codes)
            }
            ColumnKind::Text => Column::new(name.into(), cells(50).map(|i| i.to_string()).collect::<Vec<_>>()),
            ColumnKind::Number | ColumnKind::Share => {
                Column::new(name.into(), cells(1_000_001).map(|i| i as f64 / 1e6).collect::<Vec<_>>())
            }
            ColumnKind::Flag => Column::new(name.into(), cells(2).map(|i| i == 1).collect::<Vec<_>>()),
            ColumnKind::Day => {
                let days = cells(DAYS).map(|i| i as i32).collect::<Vec<_>>();
                Column::new(name.into(), days).cast(&DataType::Date).unwrap()
            }
            ColumnKind::Money => Column::new(name.into(), cells(10_000_000).collect::<Vec<_>>()),
            ColumnKind::Party | ColumnKind::Case if name == "entity_id" || name == "case_id" => {
                Column::new(name.into(), (0..n).map(|i| i / per).collect::<Vec<_>>())
            }
            _ => {
                let (least, most) = (column.range.least.max(0), column.range.most);
                let span = most.saturating_sub(least).saturating_add(1).clamp(1, 1000);
                Column::new(name.into(), cells(span).map(|i| least + i).collect::<Vec<_>>())
            }
        }
    });
    DataFrame::new(n as usize, columns.collect()).unwrap()
}

fn district(debtors: i64) -> Snapshot {
    let sizes = [
        ("cases", 1),
        ("case_parties", 1),
        ("parties", 1),
        ("queries", 12),
        ("deposits", 4),
        ("network_funds", 2),
        ("real_estate", 1),
        ("vehicles", 1),
        ("equity", 1),
        ("income", 12),
        ("bank_transactions", 30),
        ("invoices", 10),
        ("consumption", 8),
        ("payments", 1),
    ];
    let tables = sizes
        .iter()
        .fold(SourceTables::new(), |tables, (name, per)| tables.with_frame(name, rows(name, debtors, *per)).unwrap());
    snapshot::as_of(&tables, Day::from_number(i32::try_from(DAYS).unwrap()).unwrap()).unwrap()
}

fn compute(c: &mut Criterion) {
    let catalog = FeatureCatalog::standard().unwrap();
    let mut group = c.benchmark_group(format!("compute_{}_features", catalog.features().len()));
    group.sample_size(10);
    for debtors in [1_000i64, 10_000] {
        let snapshot = district(debtors);
        group.throughput(Throughput::Elements(debtors.unsigned_abs()));
        group.bench_function(BenchmarkId::from_parameter(debtors), |b| {
            b.iter(|| {
                let table = features::compute(&snapshot, &catalog).unwrap();
                assert_eq!(table.height() as i64, debtors);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, compute);
criterion_main!(benches);
