//! A province's year: as many queries as were published, however it is cut and whoever makes it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;

use polars::prelude::*;
use wherewithal::progress::Silent;
use wherewithal::simulate::{District, Format, QueryCounts, SimulateParams, World, generate};

fn kind_of(source: &str) -> &str {
    match source {
        "household" | "exit_entry" | "vehicles" | "hotel" => "police",
        other => other,
    }
}

/// Rows of the ledger by kind of holder.
fn ledger(queries: &DataFrame) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for source in queries.column("source").unwrap().str().unwrap().iter().flatten() {
        *counts.entry(kind_of(source).to_owned()).or_default() += 1;
    }
    counts
}

fn assert_counted(queries: &DataFrame, total: QueryCounts) {
    let found = ledger(queries);
    let QueryCounts { bank, registry, police, real_estate } = total;
    for (kind, expected) in [("bank", bank), ("registry", registry), ("police", police), ("real_estate", real_estate)] {
        assert_eq!(found.get(kind).copied().unwrap_or_default(), expected, "{kind}");
    }
}

#[test]
fn the_founding_figures_stand_in_the_preset() {
    let year = SimulateParams::jiangsu_2017();
    let counts = QueryCounts { bank: 42_711_300, registry: 500_900, police: 323_400, real_estate: 873_000 };
    assert_eq!((year.cases, year.queries), (707_861, Some(counts)));
    let tenfold = year.clone().scaled(10.0);
    assert_eq!((tenfold.cases, tenfold.queries.unwrap().police), (7_078_610, 3_234_000));
    assert!(tenfold.check().is_ok() && year.scaled(20.0).check().is_err());
}

/// Cases filed and closed in 2017 against the year before, and what was performed after listing, at a fiftieth of the
/// province: three standard errors of a count of so many.
#[test]
fn two_years_receive_close_and_list_as_was_published() {
    const TIMES: f64 = 0.02;
    let years = [SimulateParams::jiangsu_2016(), SimulateParams::jiangsu_2017()].map(|year| year.scaled(TIMES));
    let made = years.map(|year| generate(&year).unwrap());
    let in_year = |day: i32, year: i32| {
        let first = |year| wherewithal::domain::Day::new(year, 1, 1).unwrap().number();
        (first(year)..first(year + 1)).contains(&day)
    };
    let count = |table: &str, year: i32| -> f64 {
        let days = made.iter().flat_map(|made| {
            let frame = made.frame(table).unwrap();
            frame.column("event_on").unwrap().date().unwrap().physical().iter().flatten().collect::<Vec<i32>>()
        });
        days.filter(|day| in_year(*day, year)).count() as f64
    };
    let told = [
        ("cases", 2016, 572_610.0, 0.0),
        ("cases", 2017, 707_861.0, 0.0),
        ("closings", 2016, 421_018.0, 0.02),
        ("closings", 2017, 557_975.0, 0.02),
    ];
    for (table, year, published, off) in told {
        let (found, published): (f64, f64) = (count(table, year), published * TIMES);
        println!("{table} of {year}: {found} for {published:.0}");
        let chance = if off > 0.0 { 3.0 * published.sqrt() } else { 0.5 };
        assert!((found - published).abs() <= off * published + chance, "{table} of {year}: {found} for {published}");
    }
    // 153,700 of 1,065,600 had performed by the end of 2017.
    let (sanctions, closings) = (made[1].frame("sanctions").unwrap(), made[1].frame("closings").unwrap());
    let texts = |frame: &DataFrame, name: &str| -> Vec<Option<String>> {
        frame.column(name).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
    };
    let days = |frame: &DataFrame| -> Vec<i32> {
        frame.column("event_on").unwrap().date().unwrap().physical().iter().flatten().collect()
    };
    let completed: BTreeMap<String, i32> = texts(&closings, "case_id")
        .into_iter()
        .zip(texts(&closings, "manner"))
        .zip(days(&closings))
        .filter(|((_, manner), day)| manner.as_deref() == Some("completed") && in_year(*day, 2017))
        .map(|((case, _), day)| (case.unwrap(), day))
        .collect();
    let mut listed: BTreeMap<(String, String), i32> = BTreeMap::new();
    let cases = texts(&sanctions, "case_id").into_iter().zip(texts(&sanctions, "entity_id"));
    for (((case, party), kind), day) in cases.zip(texts(&sanctions, "kind")).zip(days(&sanctions)) {
        if let (Some(case), Some(party), Some("defaulter_list"), true) =
            (case, party, kind.as_deref(), in_year(day, 2017))
        {
            listed.insert((case, party), day);
        }
    }
    let performed = listed.iter().filter(|((case, _), day)| completed.get(case).is_some_and(|on| on >= day)).count();
    let share = performed as f64 / listed.len() as f64;
    assert!(listed.len() > 2000 && (0.124..0.164).contains(&share), "{performed} of {}", listed.len());
}

#[test]
fn every_scale_has_exactly_its_cases_and_queries() {
    for (times, cases, bank) in [(0.0005, 354, 21_356), (0.0013, 920, 55_525), (0.00001, 7, 427)] {
        for seed in [2017, 4] {
            let params = SimulateParams::jiangsu_2017().scaled(times).seed(seed);
            let province = generate(&params).unwrap();
            assert_eq!(province.frame("cases").unwrap().height(), cases);
            let total = params.queries.unwrap();
            assert_eq!(total.bank, bank);
            assert_counted(&province.frame("queries").unwrap(), total);
        }
    }
    let other = QueryCounts { bank: 9_000, registry: 0, police: 5, real_estate: 2_000 };
    let params = SimulateParams::jiangsu_2017().scaled(0.0001).queries(other);
    assert_counted(&generate(&params).unwrap().frame("queries").unwrap(), other);
}

#[test]
fn chunks_and_threads_do_not_change_a_byte() {
    let params = SimulateParams::jiangsu_2017().scaled(0.0015);
    let whole = generate(&params).unwrap();
    let world = World::new(&params).unwrap();
    for step in [97, 256, 300] {
        let starts = (0..world.groups()).step_by(step);
        let parts: Vec<District> = starts.map(|start| world.part(start..start + step as u64)).collect();
        for (at, sheet) in whole.tables().iter().enumerate() {
            let pieces: Vec<u8> = parts.iter().flat_map(|part| part.tables()[at].csv(false).unwrap()).collect();
            assert!(pieces == sheet.csv(false).unwrap(), "{} in parts of {step}", sheet.name());
        }
    }
    for format in [Format::Csv, Format::Parquet] {
        let made = [1, 3].map(|threads| {
            let folder = tempfile::tempdir().unwrap();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let manifest = pool.install(|| params.write(folder.path(), format, &Silent)).unwrap();
            let bytes = manifest.files.iter().map(|file| fs::read(folder.path().join(&file.file)).unwrap());
            bytes.collect::<Vec<_>>()
        });
        assert!(made[0] == made[1], "{format:?}");
    }
}

/// A table is written in row groups of one size whatever a chunk brings, and no chunk is the whole table.
#[test]
fn row_groups_are_full_and_carry_statistics() {
    let params = SimulateParams::jiangsu_2017().scaled(0.005);
    let folder = tempfile::tempdir().unwrap();
    let manifest = params.write(folder.path(), Format::Parquet, &Silent).unwrap();
    let written = manifest.files.iter().find(|file| file.file == "queries.parquet").unwrap();
    let file = fs::File::open(folder.path().join(&written.file)).unwrap();
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().unwrap().clone();
    let rows: Vec<usize> = metadata.row_groups.iter().map(|group| group.num_rows()).collect();
    let (last, full) = rows.split_last().unwrap();
    assert!(!full.is_empty() && full.iter().all(|rows| *rows == 131_072) && *last <= 131_072, "{rows:?}");
    assert_eq!(rows.iter().sum::<usize>() as u64, written.rows);
    for group in &metadata.row_groups {
        for column in group.parquet_columns() {
            assert!(column.statistics(&metadata.footer_buf).is_some(), "{:?}", column.descriptor().path_in_schema);
        }
    }

    let queries = reader.finish().unwrap();
    assert_counted(&queries, params.queries.unwrap());
    let banks = queries.column("source").unwrap().str().unwrap().iter();
    let answers = banks.zip(queries.column("answer").unwrap().str().unwrap().iter());
    let answers: Vec<&str> = answers.filter(|row| row.0 == Some("bank")).filter_map(|row| row.1).collect();
    let found = answers.iter().filter(|answer| **answer == "found").count() as f64 / answers.len() as f64;
    assert!((0.0195..0.0225).contains(&found), "2.1 % of bank queries find a deposit, here {found:.4}");
}

#[test]
fn the_year_is_filled_evenly_and_asked_within_it() {
    let params = SimulateParams::jiangsu_2017().scaled(0.005);
    let province = generate(&params).unwrap();
    let days = |table: &str, column: &str| -> Vec<i32> {
        let frame = province.frame(table).unwrap();
        frame.column(column).unwrap().date().unwrap().physical().iter().flatten().collect()
    };
    let (filed, asked) = (days("cases", "event_on"), days("queries", "event_on"));
    let (first, last) = (params.first_filing.number(), params.last_filing.number());
    let share = |days: &[i32], from: i32| days.iter().filter(|day| **day > from).count() as f64 / days.len() as f64;
    assert!(filed.iter().all(|day| (first..=last).contains(day)));
    let last_quarter = share(&filed, last - 91);
    assert!((0.22..0.28).contains(&last_quarter), "{last_quarter:.3} of the cases in a quarter of the year");
    let later = share(&asked, last);
    assert!(later < 0.001, "{later:.4} of the queries asked after the year");
    assert!(days("queries", "known_at").iter().all(|day| *day <= params.observed_until.number()));
}
