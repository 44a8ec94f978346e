//! Rows refused at intake: a delivery that loses rows is named, and what is as it was raises no alarm.

use std::fs;

use wherewithal::domain::{Day, PseudonymKey};
use wherewithal::indicators::Call;
use wherewithal::ingest::Sources;
use wherewithal::monitoring::{AlertKind, Delivery, IntakeLimits, IntakeLine, intake};
use wherewithal::pipeline::{MonitorParams, monitor};
use wherewithal::progress::Silent;
use wherewithal::store::{Store, StoreParams};

use crate::monitoring::Draw;

const KINDS: [&str; 4] = ["bank/deposits_#.csv", "payments.csv", "real_estate.csv", "vehicles.csv"];
/// The delivery to which something happens.
const HIT: usize = 12;

/// Eighteen nights of four kinds of file, of 300 to 700 rows each; so many more of a hundred rows of the bank's in one
/// night are refused for their amounts.
fn nights(more: f64, seed: u64) -> Vec<Delivery> {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let mut all = Vec::new();
    for night in 1..=18 {
        for kind in KINDS {
            let rows = 300 + (draw.unit() * 400.0) as u64;
            let more = if kind == KINDS[0] && night == HIT { more } else { 0.0 };
            let (mut money, mut missing) = (0, 0);
            for _ in 0..rows {
                match draw.unit() {
                    luck if luck < 0.004 => missing += 1,
                    luck if luck < 0.010 + more => money += 1,
                    _ => {}
                }
            }
            let reasons = [("missing".to_owned(), missing), ("money".to_owned(), money)];
            all.push(Delivery::new(&format!("part-{night:04}"), kind).rows(rows, reasons.into()));
        }
    }
    all
}

fn is_hit(line: &IntakeLine) -> bool {
    line.source == KINDS[0] && line.part == format!("part-{HIT:04}")
}

/// Sixty nights with a fault and sixty without, and sixty with one below the limit.
#[test]
fn a_delivery_that_loses_rows_is_named_and_the_others_are_not() {
    let limits = IntakeLimits::standard().unwrap();
    println!("{:<24} scenarios found elsewhere alerts", "planted");
    for (nth, (name, more, n)) in
        (0u64..).zip([("none", 0.0, 60), ("small (+½ point)", 0.005, 60), ("large (+15 points)", 0.15, 60)])
    {
        let (mut found, mut elsewhere, mut alerts) = (0, 0, 0);
        for seed in 0..n {
            let (lines, raised) = intake(&nights(more, nth * 1000 + seed), &limits);
            assert_eq!(lines.len(), KINDS.len() * 12 * 3, "a line for each kind, night behind the base, and reason");
            let called = || lines.iter().filter(|line| matches!(line.call, Call::Above | Call::Below));
            found += u64::from(called().any(|line| is_hit(line) && line.reason.is_none()));
            elsewhere += called().filter(|line| !is_hit(line)).count();
            // Rows missing a value are as many as ever.
            assert!(called().all(|line| line.reason.as_deref() != Some("missing")));
            alerts += raised.len() as u64;
            assert!(raised.iter().all(|alert| alert.kind == AlertKind::Intake && alert.rows >= limits.least_rows));
        }
        println!("{name:<24} {n:>9} {found:>5} {elsewhere:>9} {alerts:>6}");
        assert!(elsewhere == 0, "{name}: {elsewhere} calls where nothing was planted");
        // One alert for a night and a kind of file, not one for each reason besides.
        assert_eq!(alerts, found, "{name}");
        match name {
            name if name.contains("large") => assert_eq!(found, n, "{name}"),
            _ => assert_eq!(found, 0, "{name}"),
        }
    }
}

/// Eight nights of one kind of file: rows read and refused.
fn of_one_kind(nights: [(u64, u64); 8]) -> (Vec<IntakeLine>, usize) {
    let delivery = |(nth, (rows, refused)): (usize, (u64, u64))| {
        Delivery::new(&format!("part-{nth:04}"), "payments.csv").rows(rows, [("money".to_owned(), refused)].into())
    };
    let all: Vec<Delivery> = (1..).zip(nights).map(delivery).collect();
    let (lines, alerts) = intake(&all, &IntakeLimits::standard().unwrap());
    (lines.into_iter().filter(|line| line.reason.is_none()).collect(), alerts.len())
}

#[test]
fn few_rows_spread_and_fewer_refusals_raise_nothing() {
    let calls = |nights| {
        let (lines, alerts) = of_one_kind(nights);
        (lines.iter().map(|line| line.call).collect::<Vec<_>>(), alerts)
    };
    let still = (1_000, 5);
    let base = |last| [still, still, still, still, still, still, still, last];
    assert_eq!(calls(base((1_000, 120))), (vec![Call::Within, Call::Above], 1));
    assert_eq!(calls(base((49, 40))), (vec![Call::Within, Call::TooFew], 0));
    assert_eq!(calls(base((0, 0))), (vec![Call::Within, Call::TooFew], 0));
    // Where every other night of the base is like it, it is nothing new.
    let (calm, wild) = ((1_000, 5), (1_000, 150));
    assert_eq!(calls([calm, wild, calm, wild, calm, wild, calm, wild]).1, 0);
    // Fewer refusals are shown and raise nothing.
    let many = (1_000, 200);
    let (called, alerts) = calls([many, many, many, many, many, many, many, (1_000, 0)]);
    assert_eq!((called, alerts), (vec![Call::Within, Call::Below], 0));
    // Six nights are a base and nothing to hold against it.
    let six = (1..=6).map(|nth| Delivery::new(&format!("part-{nth:04}"), "a.csv").rows(100, [].into()));
    let (lines, alerts) = intake(&six.collect::<Vec<_>>(), &IntakeLimits::standard().unwrap());
    assert!(lines.is_empty() && alerts.is_empty());
}

/// A file that could not be read is the worst loss, and has no share: it is told with a base and without one.
#[test]
fn a_file_that_could_not_be_read_is_an_alert() {
    let limits = IntakeLimits::standard().unwrap();
    let night = |nth: usize| Delivery::new(&format!("part-{nth:04}"), "payments.csv");
    for n in [1, 6, 8, 40] {
        let whole = (1..n).map(|nth| night(nth).rows(1_000, [].into()));
        let (_, alerts) = intake(&whole.chain([night(n).unread(2)]).collect::<Vec<_>>(), &limits);
        assert_eq!(alerts.len(), 1, "{n}");
        let alert = &alerts[0];
        assert_eq!((alert.kind, alert.part.as_deref()), (AlertKind::Intake, Some(&*format!("part-{n:04}"))));
        assert!((alert.value, alert.rows) == (2.0, 0) && alert.reason.en.contains("could not be read"), "{alert:?}");
    }
    // What was not read long ago is no news.
    let later = (2..=40).map(|nth| night(nth).rows(1_000, [].into()));
    assert!(intake(&[night(1).unread(1)].into_iter().chain(later).collect::<Vec<_>>(), &limits).1.is_empty());
}

/// The base does not move: after thirty nights a fault that began after the tenth is told still.
#[test]
fn a_fault_that_lasts_is_told_as_long_as_it_lasts() {
    let night = |nth: u64| {
        let refused = if nth > 10 { 200 } else { 4 };
        Delivery::new(&format!("part-{nth:04}"), "payments.csv").rows(1_000, [("money".to_owned(), refused)].into())
    };
    let limits = IntakeLimits::standard().unwrap();
    let (_, alerts) = intake(&(1..=40).map(night).collect::<Vec<_>>(), &limits);
    assert_eq!(alerts.len(), limits.watched_parts);
}

/// A reason that grows while another shrinks leaves the sum as it was, and is told all the same.
#[test]
fn a_reason_that_grows_is_an_alert_where_the_sum_is_none() {
    let night = |nth: u64| {
        let (money, day) = if nth == 8 { (50, 4) } else { (4, 50) };
        let reasons = [("money".to_owned(), money), ("day".to_owned(), day)];
        Delivery::new(&format!("part-{nth:04}"), "payments.csv").rows(1_000, reasons.into())
    };
    let (lines, alerts) = intake(&(1..=8).map(night).collect::<Vec<_>>(), &IntakeLimits::standard().unwrap());
    assert!(lines.iter().all(|line| line.reason.is_some() || line.call == Call::Within), "{lines:?}");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].reason.en.contains("money") && alerts[0].part.as_deref() == Some("part-0008"), "{alerts:?}");
}

/// The reports that a store keeps are what is watched: of every night, also once the parts are folded.
#[test]
fn the_reports_of_a_store_tell_its_deliveries() {
    let folder = tempfile::tempdir().unwrap();
    let (at, filling) = (folder.path().join("store"), StoreParams::default().buckets(1).most_parts(64));
    for night in 1..=8 {
        let sources = folder.path().join(format!("night-{night}"));
        fs::create_dir(&sources).unwrap();
        let row = |row: u32| {
            let amount = if row % 60 < if night == 8 { 30 } else { 1 } { "some" } else { "500" };
            format!("A-{night}-{row},2018-06-{night:02},2018-06-{night:02},{amount}\n")
        };
        let rows: String = (0..60).map(row).collect();
        fs::write(sources.join("payments.csv"), format!("case_id,event_on,known_at,amount_fen\n{rows}")).unwrap();
        let key = PseudonymKey::from_secret(b"test");
        Sources::new(&sources, key).ingest_into(&at, &filling, &Silent).unwrap();
    }
    let params = MonitorParams::of_store(&at, Day::parse("2018-06-30").unwrap());
    let found = monitor(&params, &Silent).unwrap();
    let told: Vec<_> = found.intake.iter().map(|line| (line.part.as_str(), line.read, line.refused)).collect();
    // In all, and by the one reason.
    assert_eq!(told, [("part-0007", 60, 1), ("part-0008", 60, 30)].repeat(2));
    assert!(found.intake.iter().all(|line| line.source == "payments.csv" && line.tables == ["payments"]));
    let alerts: Vec<_> = found.alerts.iter().filter(|alert| alert.kind == AlertKind::Intake).collect();
    assert!(alerts.len() == 1 && alerts[0].part.as_deref() == Some("part-0008"), "{alerts:?}");
    assert_eq!((found.unreported, found.too_new), (0, 0));
    Store::fold(&at, &filling, &Silent).unwrap();
    assert_eq!(monitor(&params, &Silent).unwrap().intake, found.intake);
}

/// Limits that nothing could be called by are refused, each by its name.
#[test]
fn limits_of_refusals_that_mean_nothing_are_refused() {
    let standard = include_str!("../../data/monitoring/intake.toml");
    let lines: Vec<&str> = standard.lines().filter(|line| !line.starts_with('#')).collect();
    for (name, value) in [
        ("base_parts", "1"),
        ("watched_parts", "0"),
        ("chance", "0.0"),
        ("chance", "1.5"),
        ("least", "-0.1"),
        ("least", "nan"),
    ] {
        let line = lines.iter().find(|line| line.split('=').next().is_some_and(|key| key.trim() == name)).unwrap();
        let wrong = IntakeLimits::from_toml(&standard.replacen(line, &format!("{name} = {value}"), 1));
        assert!(wrong.unwrap_err().to_string().starts_with(name), "{name} = {value}");
    }
    assert!(IntakeLimits::from_toml("base_parts = 6").unwrap_err().to_string().starts_with("intake limits"));
}
