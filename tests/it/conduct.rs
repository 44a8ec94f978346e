//! Conduct: laws 1 and 6, and the truth of the simulator.

use polars::prelude::*;
use proptest::prelude::*;
use wherewithal::conduct::{ConductParams, examine};
use wherewithal::schema;
use wherewithal::simulate::{SimulateParams, generate};
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

#[path = "../../cli/examples/truth/conduct.rs"]
mod truth;

#[test]
fn the_strongest_grade_hardly_accuses_the_innocent_and_signals_mean_something() {
    let district = generate(&SimulateParams::default().cases(3_000).seed(11)).unwrap();
    let findings = truth::findings(&district, &ConductParams::default()).unwrap();
    let table = truth::table(&findings);
    assert!(findings.accused * 100 <= findings.innocent, "{table}");
    for line in findings.lines.iter().filter(|line| line.strong > 10) {
        assert!((line.strong - line.accused) * 10 >= line.strong * 8, "{table}");
    }
    let recall = |pattern: &str| {
        let line = findings.lines.iter().find(|line| line.pattern == pattern).unwrap();
        assert!(line.shown > 0, "{pattern}\n{table}");
        line.seen as f64 / line.shown as f64
    };
    let sure =
        ["cheap_disposal", "order_breach", "report_refused", "long_cheap_lease", "sudden_divorce", "account_hopping"];
    for pattern in sure {
        assert!(recall(pattern) > 0.8, "{table}");
    }
    // Half is seen of 50,000 cases, for small premiums are bought too and are below what the pattern counts; here a
    // dozen debtors are shown, so two standard errors are granted.
    let bought = findings.lines.iter().find(|line| line.pattern == "purchase_while_owing").unwrap();
    assert!(recall(&bought.pattern) > 0.5 - 2.0 * (0.25 / bought.shown as f64).sqrt(), "{table}");
}

/// A small district with later rows, turned and with a changed future.
fn turned(tables: &SourceTables, day: i32, seed: u64) -> SourceTables {
    let mut other = SourceTables::new();
    for table in schema::TABLES {
        let rows = tables.frame(table.name).unwrap();
        let known = rows.column("known_at").unwrap().date().unwrap().phys.iter().flatten();
        // Later rows come twice: whatever is known after the day may change at will.
        let later: Vec<bool> = known.map(|known| known > day).collect();
        let later = rows.filter(&BooleanChunked::from_slice("later".into(), &later)).unwrap();
        let more = rows.vstack(&later).unwrap();
        let n = more.height() as u64;
        let order: Vec<u32> = (0..n).map(|at| ((at * 7919 + seed) % n.max(1)) as u32).collect();
        let mut seen = vec![false; n as usize];
        order.iter().for_each(|at| seen[*at as usize] = true);
        let order = if seen.iter().all(|seen| *seen) { order } else { (0..n as u32).rev().collect() };
        let more = more.take(&UInt32Chunked::from_vec("order".into(), order)).unwrap();
        other = other.with_frame(table.name, more).unwrap();
    }
    other
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn later_rows_the_order_of_rows_and_who_else_is_examined_change_nothing(seed in 0u64..1_000, back in 100i32..600) {
        let district = generate(&SimulateParams::district().cases(60).seed(seed).evasion_share(0.9)).unwrap();
        let tables = truth::tables(&district).unwrap();
        let last = wherewithal::domain::Day::parse("2018-12-31").unwrap().plus_days(-back);
        let params = ConductParams::default();
        let view = |tables: &SourceTables| snapshot::as_of(tables, last).unwrap();
        let all = examine(&view(&tables), &params).unwrap();
        prop_assert_eq!(&examine(&view(&turned(&tables, last.number(), seed)), &params).unwrap(), &all);
        if let Some(one) = all.first() {
            let alone = examine(&view(&tables).for_parties(&[one.entity_id]).unwrap(), &params).unwrap();
            let among: Vec<_> = all.iter().filter(|signal| signal.entity_id == one.entity_id).cloned().collect();
            prop_assert_eq!(alone, among);
        }
        prop_assert!(all.iter().all(|signal| !signal.evidence.is_empty() && signal.last_on <= last));
    }
}
