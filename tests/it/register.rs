//! The court's own register, what is counted of it, and what it says needs doing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use wherewithal::capacity::CapacityRules;
use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::indicators::{
    Behind, Better, Call, IndicatorCatalog, Measure, Measured, Missing, Period, Ranking, Scope, Selection, Side,
    measure,
};
use wherewithal::ingest::{self, ReadParams, Sources};
use wherewithal::progress::Silent;
use wherewithal::simulate::{Format, SimulateParams, World};
use wherewithal::store::{Store, StoreParams};
use wherewithal::tables::SourceTables;
use wherewithal::tasks::{Task, TaskRules};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries.filter(|path| path.is_file()).map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

/// The bundled register is what this build makes of the bundled district (`UPDATE=1` writes it).
#[test]
fn the_committed_register_comes_out_again_byte_for_byte() {
    let kept = data().join("register");
    if std::env::var_os("UPDATE").is_some() {
        SimulateParams::district().write_register(&kept, Format::Csv, &Silent).unwrap();
    }
    let made = tempfile::tempdir().unwrap();
    SimulateParams::district().write_register(made.path(), Format::Csv, &Silent).unwrap();
    let (made, kept) = (files(made.path()), files(&kept));
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (name, bytes) in &made {
        assert!(kept.get(name) == Some(bytes), "data/register/{name} differs from what this build makes: UPDATE=1");
    }
    assert!(made.values().map(Vec::len).sum::<usize>() < 3_000_000);
}

#[test]
fn parts_and_threads_do_not_change_a_byte_of_the_register() {
    let params = SimulateParams::district().cases(900).seed(3);
    let world = World::new(&params).unwrap();
    let whole = world.register(0..world.groups());
    for step in [7u64, 400] {
        let starts = (0..world.groups()).step_by(usize::try_from(step).unwrap());
        let parts: Vec<_> = starts.map(|start| world.register(start..start + step)).collect();
        for (at, sheet) in whole.tables().iter().enumerate() {
            let pieces: Vec<u8> = parts.iter().flat_map(|part| part.tables()[at].csv(false).unwrap()).collect();
            assert!(pieces == sheet.csv(false).unwrap(), "{} in parts of {step}", sheet.name());
            assert!(sheet.height() > 0, "{} is empty", sheet.name());
        }
    }
}

/// Reads folders, one after the other, as parts of one store.
fn store(folder: &Path, sources: &[PathBuf], buckets: u32) -> Store {
    let mut store = None;
    for source in sources {
        let refused = tempfile::tempdir().unwrap();
        let sources = Sources::new(source, PseudonymKey::from_secret(b"test"));
        let (tables, report) = ingest::read(&sources, &ReadParams::new(refused.path()), &Silent).unwrap();
        assert!(report.files.iter().all(|file| file.rows_refused == 0), "{:?}", report.files);
        let params = StoreParams::default().buckets(buckets);
        store = Some(Store::keep(folder, &tables, &report, &params, &Silent).unwrap());
    }
    store.unwrap()
}

fn district() -> [PathBuf; 2] {
    ["district", "register"].map(|name| data().join(name))
}

pub(crate) fn tables() -> SourceTables {
    let mut all = SourceTables::new();
    for source in district() {
        let refused = tempfile::tempdir().unwrap();
        let sources = Sources::new(&source, PseudonymKey::from_secret(b"test"));
        let (tables, _) = ingest::read(&sources, &ReadParams::new(refused.path()), &Silent).unwrap();
        for name in tables.names().collect::<Vec<_>>() {
            all = all.with_frame(name, tables.frame(name).unwrap()).unwrap();
        }
    }
    all
}

pub(crate) fn year() -> Period {
    Period::new(Day::parse("2017-01-01").unwrap(), Day::parse("2017-12-31").unwrap()).unwrap()
}

fn figures(measured: &Measured, of: &Selection) -> BTreeMap<String, (i64, i64)> {
    let codes = measured.catalog().definitions().iter().filter(|one| one.measure != Measure::Survival);
    codes
        .map(|one| {
            let figure = measured.figure(&one.code, of).unwrap();
            (one.code.clone(), (figure.top, figure.bottom))
        })
        .collect()
}

/// Tables in memory, and a store of two parts in 1 and in 8 buckets, give the same counts for every court, team and
/// month.
#[test]
fn counts_do_not_depend_on_where_the_rows_lie() {
    let catalog = IndicatorCatalog::standard().unwrap();
    let whole = measure(&tables(), &catalog, year()).unwrap();
    let mut counted = 0;
    for buckets in [1, 8] {
        let folder = tempfile::tempdir().unwrap();
        let cut = measure(&store(folder.path(), &district(), buckets), &catalog, year()).unwrap();
        assert_eq!(whole.courts(), cut.courts());
        assert_eq!(figures(&whole, &Selection::all()), figures(&cut, &Selection::all()));
        for court in whole.courts() {
            for month in 0..12 {
                let of = Selection::all().court(&court.name).months(month, month);
                assert_eq!(figures(&whole, &of), figures(&cut, &of), "{} in month {month}", court.name);
            }
            for team in whole.teams(&court.name) {
                let of = Selection::all().court(&court.name).team(&team);
                let of_team = figures(&cut, &of);
                assert_eq!(figures(&whole, &of), of_team, "{} {team}", court.name);
                counted += of_team["cases_received"].0;
            }
            let (a, b) = (whole.ranking("completed_rate").unwrap(), cut.ranking("completed_rate").unwrap());
            assert_eq!(a, b);
        }
    }
    // Every case stands in one team of one court.
    assert_eq!(counted, 2 * whole.figure("cases_received", &Selection::all()).unwrap().top);
}

/// Figures against a count by hand from the files.
#[test]
fn figures_are_those_of_the_files() {
    let read = |name: &str| -> Vec<BTreeMap<String, String>> {
        let folder = if data().join("district").join(name).is_file() { "district" } else { "register" };
        let mut reader = csv::Reader::from_path(data().join(folder).join(name)).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    let is_known = |row: &&BTreeMap<String, String>| row["known_at"].as_str() <= "2017-12-31";
    let in_year = |day: &str| day.starts_with("2017");
    let measured = measure(&tables(), &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    let top = |code: &str| measured.figure(code, &Selection::all()).unwrap().top;
    let cases = read("cases.csv");
    let filed = cases.iter().filter(is_known).filter(|row| in_year(&row["event_on"])).count();
    assert_eq!(top("cases_received"), i64::try_from(filed).unwrap());
    let closings = read("closings.csv");
    let closed: Vec<_> = closings.iter().filter(is_known).filter(|row| in_year(&row["event_on"])).collect();
    assert_eq!(top("cases_closed"), i64::try_from(closed.len()).unwrap());
    let recovered: i64 = closed.iter().map(|row| row["recovered_fen"].parse::<i64>().unwrap()).sum();
    assert_eq!(top("amount_recovered"), recovered);
    let first: BTreeSet<&String> =
        cases.iter().filter(|row| row["kind"] == "first").map(|row| &row["case_id"]).collect();
    let completed = closed.iter().filter(|row| row["manner"] == "completed" && first.contains(&row["case_id"])).count();
    assert_eq!(top("completed_rate"), i64::try_from(completed).unwrap());
    let queries = read("queries.csv");
    let banks = queries.iter().filter(is_known).filter(|row| in_year(&row["event_on"]) && row["source"] == "bank");
    assert_eq!(top("queries_bank"), i64::try_from(banks.count()).unwrap());
    // Of a round the last row known holds.
    let auctions = read("auctions.csv");
    let mut rounds = BTreeMap::new();
    for row in auctions.iter().filter(is_known) {
        let held = rounds.entry((&row["case_id"], &row["lot"], &row["round"])).or_insert(row);
        if row["known_at"] >= held["known_at"] {
            *held = row;
        }
    }
    let ended = rounds.values().filter(|row| in_year(&row["ended_on"]) && row["outcome"] != "withdrawn");
    let ended: Vec<_> = ended.collect();
    let sold = ended.iter().filter(|row| row["outcome"] == "sold").count();
    let rate = measured.figure("auction_sale_rate", &Selection::all()).unwrap();
    assert_eq!((rate.top, rate.bottom), (i64::try_from(sold).unwrap(), i64::try_from(ended.len()).unwrap()));
    assert!(rate.interval.unwrap().0 < rate.value.unwrap() && rate.value.unwrap() < rate.interval.unwrap().1);
}

/// Every count opens to rows that add up to it.
#[test]
fn every_figure_opens_to_its_rows() {
    let (catalog, tables) = (IndicatorCatalog::standard().unwrap(), tables());
    let measured = measure(&tables, &catalog, year()).unwrap();
    let court = measured.courts()[1].name.clone();
    let mut means = 0;
    for of in [Selection::all(), Selection::all().court(court).months(3, 8)] {
        for definition in catalog.definitions() {
            if matches!(definition.measure, Measure::Survival | Measure::Parts) {
                continue;
            }
            let figure = measured.figure(&definition.code, &of).unwrap();
            let rows = catalog.behind(&tables, &definition.code, year(), &of).unwrap();
            let sum = |side: Side| rows.iter().filter(|row| row.side == side).map(|row: &Behind| row.adds).sum::<i64>();
            assert_eq!((sum(Side::Top), sum(Side::Bottom)), (figure.top, figure.bottom), "{}", definition.code);
            if let (Measure::Mean, Some((low, high))) = (definition.measure, figure.interval) {
                means += 1;
                let squares: i64 = rows.iter().filter(|row| row.side == Side::Top).map(|row| row.adds * row.adds).sum();
                let (n, mean) = (figure.bottom as f64, figure.top as f64 / figure.bottom as f64);
                let half = 1.959_963_984_540_054 * ((squares as f64 - n * mean * mean) / (n - 1.0) / n).sqrt();
                let name = &definition.code;
                assert!(
                    (low - (mean - half)).abs() < 1e-9 && (high - (mean + half)).abs() < 1e-9,
                    "{name}: {low} {high}"
                );
            }
        }
    }
    assert!(means > 4, "{means} means");
}

/// What became known after the last day changes nothing.
#[test]
fn a_later_row_changes_no_count() {
    let catalog = IndicatorCatalog::standard().unwrap();
    let early = measure(&tables(), &catalog, year()).unwrap();
    let day = early.period().until().number();
    let mut cut = SourceTables::new();
    let whole = tables();
    for name in whole.names().collect::<Vec<_>>() {
        let frame = whole.frame(name).unwrap();
        let known: Vec<bool> =
            frame.column("known_at").unwrap().date().unwrap().physical().iter().map(|on| on.unwrap() <= day).collect();
        let mask: polars::prelude::BooleanChunked = known.into_iter().map(Some).collect();
        cut = cut.with_frame(name, frame.filter(&mask).unwrap()).unwrap();
    }
    let later = measure(&cut, &catalog, year()).unwrap();
    assert_eq!(figures(&early, &Selection::all()), figures(&later, &Selection::all()));
}

#[test]
fn what_the_data_cannot_give_says_why_and_scopes_do_not_mix() {
    let mut tables_without = SourceTables::new();
    let whole = tables();
    for name in whole.names().filter(|name| *name != "auctions" && *name != "closing_reviews").collect::<Vec<_>>() {
        tables_without = tables_without.with_frame(name, whole.frame(name).unwrap()).unwrap();
    }
    let catalog = IndicatorCatalog::standard().unwrap();
    let measured = measure(&tables_without, &catalog, year()).unwrap();
    let missing = |code: &str| measured.figure(code, &Selection::all()).unwrap().missing;
    assert_eq!(missing("auction_sale_rate"), Some(Missing::Table("auctions".to_owned())));
    assert_eq!(missing("in_time_rate"), Some(Missing::Table("closing_reviews".to_owned())));
    assert_eq!(missing("three_years_overall"), Some(Missing::Table("closing_reviews".to_owned())));
    assert_eq!(missing("completed_rate"), None);
    let refused = measured.figure("completed_rate", &Selection::all().scope(Scope::Resumed)).unwrap_err().to_string();
    assert!(refused.contains("resumed cases asked of it") && refused.contains("do not reconcile"), "{refused}");
    let refused = catalog.one_scope(&["closing_rate", "closing_rate_stock"]).unwrap_err().to_string();
    assert!(refused.contains("closing_rate counts all cases, closing_rate_stock counts first cases"), "{refused}");
    assert!(measured.ranking("mean_days").unwrap_err().to_string().contains("a share of things counted"));
}

#[test]
fn days_that_run_backwards_are_left_out_and_sums_beyond_64_bits_are_no_figure() {
    use polars::prelude::*;
    let whole = tables();
    let case = whole.frame("cases").unwrap().column("case_id").unwrap().i64().unwrap().get(0).unwrap();
    let (first, funds) = (year().until().number() - 60, 100_000);
    let day = |name: &str, days: Vec<i32>| Column::new(name.into(), days).cast(&DataType::Date).unwrap();
    let of_case = |n: usize, columns: Vec<Column>| {
        let clocks = [day("event_on", vec![first; n]), day("known_at", vec![first; n])];
        let ids = [Column::new("case_id".into(), vec![case; n])];
        DataFrame::new(n, ids.into_iter().chain(clocks).chain(columns).collect()).unwrap()
    };
    let auctions = of_case(
        2,
        vec![
            Column::new("lot".into(), [1i64, 2]),
            Column::new("round".into(), [1i64, 1]),
            Column::new("outcome".into(), ["sold", "sold"]),
            day("ended_on", vec![first + 20, first - 5]),
        ],
    );
    let amounts = vec![99_999_999_999_999i64; funds];
    let receipts: Vec<i64> = (0..).take(funds).collect();
    let case_funds =
        of_case(funds, vec![Column::new("receipt".into(), receipts), Column::new("amount_fen".into(), amounts)]);
    let mut all = SourceTables::new();
    for name in whole.names().filter(|name| *name != "auctions" && *name != "case_funds").collect::<Vec<_>>() {
        all = all.with_frame(name, whole.frame(name).unwrap()).unwrap();
    }
    let all = all.with_frame("auctions", auctions).unwrap().with_frame("case_funds", case_funds).unwrap();
    let measured = measure(&all, &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    let figure = |code: &str| measured.figure(code, &Selection::all()).unwrap();
    let days = figure("auction_days");
    assert_eq!((days.top, days.bottom, days.left_out.0), (20, 1, 1), "{days:?}");
    let held = figure("money_in_hand");
    assert_eq!((held.value, held.missing), (None, Some(Missing::Beyond)));
}

/// Courts whose true rate is the same are called better or worse no more often than stated.
#[test]
fn a_ranking_of_equal_courts_calls_hardly_any() {
    let (mut called, mut courts, mut state) = (0, 0, 20_171_231u64);
    let mut unit = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for rate in [0.05, 0.44, 0.788, 0.93] {
        for _ in 0..40 {
            let counts: Vec<(String, (u64, u64), f64)> = (0..122)
                .map(|court| {
                    let n = 20 + (unit() * 400.0) as u64;
                    let met = (0..n).filter(|_| unit() < rate).count() as u64;
                    (format!("court {court}"), (met, n), 0.0)
                })
                .collect();
            let sums = counts.iter().fold((0, 0), |all, (_, (met, n), _)| (all.0 + met, all.1 + n));
            let expected = sums.0 as f64 / sums.1 as f64;
            let counts: Vec<_> = counts.into_iter().map(|(court, counts, _)| (court, counts, expected)).collect();
            let ranking = Ranking::new("equal", Better::High, &counts).unwrap();
            courts += ranking.courts.len();
            called += ranking.courts.iter().filter(|court| matches!(court.call, Call::Above | Call::Below)).count();
            // The best of equals may stand elsewhere.
            assert!(ranking.courts[0].ranks.1 > 1, "{:?}", ranking.courts[0]);
            assert!((ranking.outside - 0.002).abs() < 1e-12);
        }
    }
    println!("{called} of {courts} courts called");
    // Stated: two of a thousand; three standard errors above that is beyond.
    let most = 0.002 * courts as f64 + 3.0 * (0.002 * courts as f64).sqrt();
    assert!((called as f64) < most, "{called} of {courts}");
    // And a court that is truly worse is found.
    let mut counts: Vec<_> = (0..121).map(|court| (format!("{court}"), (400u64, 500u64), 0.798)).collect();
    counts.push(("worse".to_owned(), (330, 500), 0.798));
    let ranking = Ranking::new("unequal", Better::High, &counts).unwrap();
    assert_eq!(ranking.courts.last().map(|court| (court.court.as_str(), court.call)), Some(("worse", Call::Below)));
}

/// The morning's list is the same however the store is cut, and begins with what an hour brings most.
#[test]
fn a_mornings_list_is_one_list() {
    let (rules, capacity) = (TaskRules::standard().unwrap(), CapacityRules::standard().unwrap());
    let day = Day::parse("2018-06-30").unwrap();
    let whole = rules.list(&tables(), &capacity, day).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cut = rules.list(&store(folder.path(), &district(), 4), &capacity, day).unwrap();
    assert_eq!(whole, cut);
    let key = |task: &Task| (!task.is_lapsed(), std::cmp::Reverse(task.hourly_fen));
    assert!(whole.tasks.is_sorted_by_key(key));
    let tables = tables();
    let assignments = tables.frame("assignments").unwrap();
    let known = assignments.column("known_at").unwrap().date().unwrap().phys.iter();
    let cases = assignments.column("case_id").unwrap().i64().unwrap().iter();
    let assigned: BTreeSet<i64> =
        cases.zip(known).filter(|(_, known)| known.unwrap() <= day.number()).map(|(case, _)| case.unwrap()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for task in &whole.tasks {
        *counts.entry(task.code.as_str()).or_default() += 1;
        // A case that was filed some days ago may have no team yet.
        assert!(!task.court.is_empty() && task.team.is_empty() != assigned.contains(&task.case_id), "{task:?}");
        let rule = rules.rule(&task.code).unwrap();
        if let Some(left) = task.days_left {
            assert!(left <= rule.lead_days, "{task:?}");
        }
    }
    println!("{counts:?}");
    for code in ["found", "renew_seizure", "auction_due", "recheck", "money_held", "idle", "unmet"] {
        assert!(counts.contains_key(code), "{code} in {counts:?}");
    }
}

/// With or without the register, the files of a district are the same.
#[test]
fn the_register_moves_nothing_else() {
    let (alone, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let params = SimulateParams::district().cases(300).seed(8);
    params.write(alone.path(), Format::Csv, &Silent).unwrap();
    params.write_register(beside.path(), Format::Csv, &Silent).unwrap();
    params.write(beside.path(), Format::Csv, &Silent).unwrap();
    let beside = files(beside.path());
    for (name, bytes) in files(alone.path()) {
        assert!(beside.get(&name) == Some(&bytes), "{name}");
    }
}
