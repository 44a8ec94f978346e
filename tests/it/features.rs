//! Laws 1, 6 and 7 on the whole standard catalogue, over tables filled at random from the schema.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]
#![allow(clippy::float_cmp, reason = "the same bits are asked for")]

use std::process::Command;

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::cohort::{self, CohortParams};
use wherewithal::domain::Day;
use wherewithal::features::{self, EvidenceParams, FeatureCatalog, FeatureColumn, FeatureTable, Unit};
use wherewithal::schema::{self, ColumnKind, TABLES, Table};
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

const TODAY: i32 = 1500;

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn number(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap())).unwrap()
    }

    fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, usize::try_from(self.below(i as u64 + 1)).unwrap());
        }
        order
    }
}

/// Rows of one table with random values; `known` says when they became known.
fn rows(table: &Table, n: usize, draw: &mut Draw, known: std::ops::Range<i64>) -> DataFrame {
    let columns = table.columns().map(|column| {
        let cells = |draw: &mut Draw, cell: &dyn Fn(&mut Draw) -> i64| -> Vec<Option<i64>> {
            (0..n).map(|_| (!column.nullable || draw.below(5) > 0).then(|| cell(draw))).collect()
        };
        match column.kind {
            ColumnKind::Record => Column::new(column.name.into(), (1i64..).take(n).collect::<Vec<_>>()),
            ColumnKind::Code(codes) => {
                let codes = |i: i64| codes[usize::try_from(i).unwrap() % codes.len()];
                let cells = cells(draw, &|draw| draw.number(0, 1000));
                Column::new(column.name.into(), cells.into_iter().map(|i| i.map(codes)).collect::<Vec<_>>())
            }
            ColumnKind::Text => {
                let cells = cells(draw, &|draw| draw.number(0, 4));
                Column::new(column.name.into(), cells.into_iter().map(|i| i.map(|i| i.to_string())).collect::<Vec<_>>())
            }
            ColumnKind::Number | ColumnKind::Share => {
                let cells = cells(draw, &|draw| draw.number(0, 1_000_000));
                let cells: Vec<_> = cells.into_iter().map(|i| i.map(|i| i as f64 / 999_999.0)).collect();
                Column::new(column.name.into(), cells)
            }
            ColumnKind::Flag => {
                let cells = cells(draw, &|draw| draw.number(0, 2));
                Column::new(column.name.into(), cells.into_iter().map(|i| i.map(|i| i == 1)).collect::<Vec<_>>())
            }
            ColumnKind::Day => {
                let (from, to) = if column.name == schema::KNOWN_AT { (known.start, known.end) } else { (0, 2000) };
                let cells = cells(draw, &|draw| draw.number(from, to));
                let cells: Vec<_> = cells.into_iter().map(|i| i.map(|i| i32::try_from(i).unwrap())).collect();
                Column::new(column.name.into(), cells).cast(&DataType::Date).unwrap()
            }
            ColumnKind::Money => {
                let least = column.range.least.max(-50_000);
                Column::new(column.name.into(), cells(draw, &|draw| draw.number(least, 1_000_000)))
            }
            ColumnKind::Case => Column::new(column.name.into(), cells(draw, &|draw| draw.number(1, 40))),
            ColumnKind::Integer | ColumnKind::Party | ColumnKind::Item => {
                Column::new(column.name.into(), cells(draw, &|draw| draw.number(1, 6)))
            }
        }
    });
    DataFrame::new(n, columns.collect()).unwrap()
}

fn world(seed: u64, n: usize) -> Vec<(&'static Table, DataFrame)> {
    let mut draw = Draw(seed);
    // Few closings, or no case would be open.
    let n = |table: &Table| if table.name == "closings" { n / 8 } else { n };
    TABLES.iter().map(|table| (*table, rows(table, n(table), &mut draw, 0..2000))).collect()
}

fn tables<'a>(frames: impl IntoIterator<Item = &'a (&'static Table, DataFrame)>) -> SourceTables {
    frames
        .into_iter()
        .fold(SourceTables::new(), |tables, (table, frame)| tables.with_frame(table.name, frame.clone()).unwrap())
}

fn computed(tables: &SourceTables) -> FeatureTable {
    let samples = DataFrame::new(
        10,
        vec![
            Column::new("entity_id".into(), (1i64..6).chain(1..6).collect::<Vec<_>>()),
            Column::new("as_of".into(), [[1000; 5], [TODAY; 5]].concat()).cast(&DataType::Date).unwrap(),
        ],
    );
    let snapshot = snapshot::as_of_each(tables, &samples.unwrap()).unwrap();
    features::compute(&snapshot, &FeatureCatalog::standard().unwrap()).unwrap()
}

/// A digest of every bit of every value.
fn digest(table: &FeatureTable) -> String {
    let mut hasher = blake3::Hasher::new();
    for name in table.names() {
        let values: Vec<String> = match table.column(name).unwrap() {
            FeatureColumn::Numeric(values) => values.iter().map(|value| format!("{:x}", value.to_bits())).collect(),
            FeatureColumn::Text(values) => values.iter().map(|value| format!("{value:?}")).collect(),
        };
        hasher.update(values.join(" ").as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[test]
fn the_standard_catalogue_keeps_the_rules_of_names() {
    let catalog = FeatureCatalog::standard().unwrap();
    assert!(catalog.features().len() >= 120);
    assert_eq!(catalog.families().len(), 11);
    for spec in catalog.features() {
        let rest = spec.name.strip_prefix(&format!("{}_", spec.family)).unwrap_or_else(|| panic!("{}", spec.name));
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| rest.ends_with(suffix));
        let fits = match spec.unit {
            Unit::Fen => ends(&["_fen"]),
            Unit::Count => rest.starts_with("n_"),
            Unit::Days => ends(&["_days"]) || rest == "days",
            Unit::Months => ends(&["_months"]),
            Unit::Share => ends(&["_share"]),
            Unit::Ratio => ends(&["_ratio"]),
            Unit::Flag => rest.starts_with("is_"),
            Unit::Number => ends(&["_m2"]),
            Unit::Code => ends(&["_code"]),
        };
        assert!(fits, "{}: {}", spec.name, spec.unit.name());
        let Some(aggregate) = spec.aggregate() else { continue };
        let window = aggregate.window.map(|window| match window.days {
            30 => "1m",
            90 => "3m",
            180 => "6m",
            360 | 365 => "12m",
            1080 | 1095 => "36m",
            days => panic!("{}: {days} days", spec.name),
        });
        assert!(window.is_none_or(|window| rest.split('_').any(|word| word == window)), "{}", spec.name);
    }
    for family in catalog.families() {
        assert!(catalog.features().iter().filter(|spec| spec.family == family.name).count() >= 10, "{}", family.name);
    }
}

#[test]
fn random_tables_reach_nearly_every_feature() {
    let table = computed(&tables(&world(1, 400)));
    let empty: Vec<&str> =
        table.names().filter(|name| table.frame().column(name).unwrap().null_count() == table.height()).collect();
    assert!(empty.len() < 10, "{empty:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Law 1: a row known after the day changes nothing, in whatever table and whatever it says.
    #[test]
    fn law_1_no_look_ahead(seed in any::<u64>(), n in 1usize..60) {
        let world = world(seed, n);
        let mut draw = Draw(seed ^ 1);
        let planted: Vec<_> = TABLES
            .iter()
            .map(|table| (*table, rows(table, 20, &mut draw, i64::from(TODAY) + 1..2500)))
            .collect();
        let with = computed(&tables(world.iter().chain(&planted)));
        prop_assert_eq!(digest(&computed(&tables(&world))), digest(&with));
    }

    /// Law 6: rows in any order, numbered in any way, give the same bits.
    #[test]
    fn law_6_any_row_order(seed in any::<u64>(), n in 1usize..60) {
        let world = world(seed, n);
        let mut draw = Draw(seed ^ 2);
        let shuffled: Vec<_> = world
            .iter()
            .map(|(table, frame)| {
                let order = draw.order(frame.height());
                let order: IdxCa = order.into_iter().map(|i| Some(i as IdxSize)).collect();
                (*table, frame.take(&order).unwrap().drop(schema::RECORD_ID).unwrap())
            })
            .collect();
        prop_assert_eq!(digest(&computed(&tables(&world))), digest(&computed(&tables(&shuffled))));
    }

    /// Law 7: without rows, a source's counts are zero if and only if it ever answered, and the ledger tells why.
    #[test]
    fn law_7_three_states(answers in prop::collection::vec(0usize..4, 0..4)) {
        let codes = ["found", "nothing_found", "no_answer", "rolled_back"];
        let n = answers.len();
        let days = |name: &str| {
            Column::new(name.into(), (0..n).map(|i| i32::try_from(i).unwrap()).collect::<Vec<_>>()).cast(&DataType::Date).unwrap()
        };
        let ledger = DataFrame::new(n, vec![
            Column::new("entity_id".into(), vec![1i64; n]),
            days("event_on"),
            days("known_at"),
            Column::new("source".into(), vec!["bank"; n]),
            Column::new("answer".into(), answers.iter().map(|i| codes[*i]).collect::<Vec<_>>()),
        ]).unwrap();
        let table = computed(&SourceTables::new().with_frame("queries", ledger).unwrap());
        let value = |name: &str| table.frame().column(name).unwrap().f64().unwrap().get(0);
        let answered = answers.iter().any(|answer| *answer < 2);
        for name in ["deposits_n_accounts", "deposits_balance_fen", "flows_n_in_12m", "flows_in_12m_fen"] {
            prop_assert_eq!(value(name), answered.then_some(0.0), "{}", name);
        }
        prop_assert_eq!(value("deposits_largest_balance_fen"), None);
        prop_assert_eq!(value("property_n_units"), None);
        prop_assert_eq!(value("obligations_n_listings"), Some(0.0));
        prop_assert_eq!(value("coverage_n_queries"), Some(n as f64));
        prop_assert_eq!(value("coverage_n_sources_answered"), Some(f64::from(u8::from(answered))));
        let Some(FeatureColumn::Text(last)) = table.column("coverage_bank_code") else { unreachable!() };
        prop_assert_eq!(last[0], answers.last().map(|answer| codes[*answer]));
    }

    /// Outcomes are the past's future: rows that became known after the end of observation change no cohort.
    #[test]
    fn cohorts_end_with_observation(seed in any::<u64>()) {
        let world = world(seed, 40);
        let mut draw = Draw(seed ^ 3);
        let planted: Vec<_> = ["payments", "closings"]
            .iter()
            .map(|name| schema::table(name).unwrap())
            .map(|table| (table, rows(table, 20, &mut draw, i64::from(TODAY) + 1..2500)))
            .collect();
        let params = CohortParams::default().window_days(200).observed_until(Day::from_number(TODAY).unwrap());
        let sampled = |tables: &SourceTables| cohort::sample(tables, &params).unwrap();
        prop_assert_eq!(sampled(&tables(&world)), sampled(&tables(world.iter().chain(&planted))));
    }
}

/// Law 6: any number of threads. Polars fixes its number when it starts, so each number takes a program of its own:
/// this one, which then prints what it found.
#[test]
#[allow(clippy::print_stdout, reason = "the other program reads it")]
fn law_6_any_number_of_threads() {
    const THREADS: &str = "POLARS_MAX_THREADS";
    if std::env::var_os("PRINT_DIGEST").is_some() {
        println!("digest {}", digest(&computed(&tables(&world(6, 3000)))));
        return;
    }
    let of = |threads: &str| {
        let program = std::env::current_exe().unwrap();
        let arguments = ["--exact", "features::law_6_any_number_of_threads", "--nocapture"];
        let output =
            Command::new(program).args(arguments).env(THREADS, threads).env("PRINT_DIGEST", "").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.split("digest ").nth(1)).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{text}"))
    };
    assert_eq!(of("1"), of("4"));
}

#[test]
fn evidence_names_the_rows_that_counted() {
    let world = world(9, 200);
    let tables = tables(&world);
    let today = Day::from_number(TODAY).unwrap();
    let snapshot = snapshot::as_of(&tables, today).unwrap();
    let catalog = FeatureCatalog::standard().unwrap();
    let table = features::compute(&snapshot, &catalog).unwrap();
    let evidence = features::evidence(&snapshot, &catalog, &EvidenceParams::default().most(3)).unwrap();
    let ids = table.entity_ids().unwrap();
    for name in ["flows_n_in_12m", "obligations_n_listings", "deposits_n_accounts", "obligations_n_open_cases"] {
        let Some(FeatureColumn::Numeric(values)) = table.column(name) else { unreachable!() };
        for (id, value) in ids.iter().zip(values.iter()) {
            let found = evidence.rows_behind(name, *id, today);
            assert_eq!(found.n as f64, if value.is_nan() { 0.0 } else { *value }, "{name}");
            assert_eq!(found.records.len() as u64, found.n.min(3));
            assert!(found.records.is_sorted_by_key(|record| std::cmp::Reverse(record.event_on)));
        }
    }
    let both = evidence.rows_behind("deposits_available_to_claim_ratio", ids[0], today);
    let parts =
        ["deposits_available_fen", "obligations_claim_fen"].map(|part| evidence.rows_behind(part, ids[0], today).n);
    assert_eq!(both.n, parts.iter().sum::<u64>());
    let narrow = snapshot.for_parties(&ids[..1]).unwrap();
    let params = EvidenceParams::default().most(3);
    assert_eq!(
        features::evidence(&narrow, &catalog, &params).unwrap().rows_behind("flows_n_in_12m", ids[0], today),
        evidence.rows_behind("flows_n_in_12m", ids[0], today)
    );
}

/// Rows of one case of debtor 7, in which the register tells of a lot, a sale, a preservation and an order.
fn enforced() -> SourceTables {
    let day = |name: &str, on: &[i32]| Column::new(name.into(), on).cast(&DataType::Date).unwrap();
    let frame = |n: usize, columns: Vec<Column>| {
        let mut all = vec![Column::new("case_id".into(), vec![1i64; n]), day("event_on", &vec![10; n])];
        if !columns.iter().any(|column| column.name() == "known_at") {
            all.push(day("known_at", &vec![10; n]));
        }
        all.extend(columns);
        DataFrame::new(n, all).unwrap()
    };
    let parties =
        frame(2, vec![Column::new("entity_id".into(), [7i64, 8]), Column::new("role".into(), ["debtor", "creditor"])]);
    let cases = DataFrame::new(
        2,
        vec![
            Column::new("case_id".into(), [1i64, 2]),
            day("event_on", &[10, 10]),
            day("known_at", &[10, 10]),
            Column::new("claim_fen".into(), [1_000i64, 1_000]),
        ],
    );
    let others = parties.vstack(
        &DataFrame::new(
            1,
            vec![
                Column::new("case_id".into(), [2i64]),
                day("event_on", &[10]),
                day("known_at", &[10]),
                Column::new("entity_id".into(), [9i64]),
                Column::new("role".into(), ["debtor"]),
            ],
        )
        .unwrap(),
    );
    let auctions = frame(
        4,
        vec![
            // The price of the last lot became known after the day of the sample.
            day("known_at", &[10, 10, 10, 40]),
            Column::new("lot".into(), [1i64, 1, 2, 3]),
            Column::new("round".into(), [1i64, 2, 1, 1]),
            Column::new("appraisal_fen".into(), [500i64, 500, 800, 900]),
            Column::new("outcome".into(), ["failed", "sold", "open", "sold"]),
            Column::new("price_fen".into(), [None, Some(300i64), None, Some(900)]),
            day("ended_on", &[12, 20, 45, 20]),
        ],
    );
    let preservations = frame(
        2,
        vec![
            Column::new("item".into(), [1i64, 2]),
            Column::new("held_fen".into(), [250i64, 700]),
            // The larger one has lapsed.
            Column::new("until_on".into(), [None, Some(15)]).cast(&DataType::Date).unwrap(),
        ],
    );
    let orders = frame(
        3,
        vec![
            Column::new("number".into(), [1i64, 2, 3]),
            Column::new("is_found".into(), [Some(true), Some(false), None]),
        ],
    );
    [("cases", cases.unwrap()), ("case_parties", others.unwrap())]
        .into_iter()
        .chain([("auctions", auctions), ("preservations", preservations), ("orders", orders)])
        .fold(SourceTables::new(), |tables, (name, frame)| tables.with_frame(name, frame).unwrap())
}

#[test]
fn what_the_register_does_not_tell_is_unknown() {
    let table = features::compute(
        &snapshot::as_of(&enforced(), Day::from_number(30).unwrap()).unwrap(),
        &FeatureCatalog::standard().unwrap(),
    )
    .unwrap();
    let entities: Vec<_> = table.frame().column("entity_id").unwrap().i64().unwrap().iter().flatten().collect();
    assert_eq!(entities, [7, 9]);
    let values = |name: &str| -> Vec<Option<f64>> {
        table.frame().column(&format!("enforcement_{name}")).unwrap().f64().unwrap().iter().collect()
    };
    for (name, value) in [
        ("preserved_fen", Some(250.0)),
        ("preserved_to_claim_ratio", Some(0.25)),
        ("lot_appraisal_fen", Some(800.0)),
        ("auction_failed_share", Some(0.5)),
        ("auction_price_fen", Some(300.0)),
        ("n_failed_rounds", Some(1.0)),
        ("last_sale_days", Some(10.0)),
        ("orders_found_share", Some(0.5)),
        // No such table was delivered.
        ("entrusted_nothing_share", None),
        ("reward_recovered_fen", None),
    ] {
        assert_eq!(values(name), [value, None], "{name}");
    }
}
