//! Drift that was planted is found, and what is no drift raises no alarm.

use polars::prelude::*;
use wherewithal::domain::Day;
use wherewithal::indicators::{Call, Period, answers};
use wherewithal::model::Drift;
use wherewithal::monitoring::{
    Alert, AlertKind, Followed, SourceLimits, SourceMeasure, Stability, Thresholds, maturing, sources,
};
use wherewithal::tables::SourceTables;

/// A stream of even numbers from a seed.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Close to standard normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// The index as a program of forty digits has it (Python's `decimal`).
#[test]
fn the_textbook_index_is_that_of_a_reference() {
    let cases: [(&[f64], &[f64], f64); 4] = [
        (&[120.0, 80.0, 300.0, 500.0], &[100.0, 100.0, 350.0, 450.0], REFERENCE[0]),
        (&[1.0; 10], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], REFERENCE[1]),
        (&[7.0, 1999.0, 12345.0], &[31.0, 2500.0, 9000.0], REFERENCE[2]),
        (&[500.0, 300.0, 150.0, 40.0, 10.0], &[420.0, 310.0, 180.0, 70.0, 20.0], REFERENCE[3]),
    ];
    for (base, now, expected) in cases {
        let found = Drift::textbook(base, now).unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
}

const REFERENCE: [f64; 4] =
    [0.021_084_861_936_417_518, 0.345_610_207_273_083_09, 0.045_801_867_273_128_148, 0.043_465_761_347_292_901];

#[derive(Clone, Copy)]
enum Plant {
    None,
    /// A feature moves by so many standard deviations.
    Covariate(f64),
    /// The event comes so much more often than predicted.
    Label(f64),
    /// So large a share of a feature is lost.
    Missing(f64),
}

/// Whether any alarm is raised: by the score, by one of three features, or by calibration.
fn alarm(plant: Plant, seed: u64) -> bool {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let limits = Thresholds::default();
    let scored = Day::parse("2017-01-15").unwrap();
    let mut frame = |rows: usize, plant: Plant| {
        let (mut columns, mut followed) = (vec![Vec::new(); 4], Vec::new());
        for _ in 0..rows {
            let mut values = [draw.normal(), draw.normal(), draw.normal()];
            if let Plant::Covariate(by) = plant {
                values[0] += by;
            }
            let chance = 1.0 / (1.0 + (-(0.9 * values[0] + 0.6 * values[1] - 0.2)).exp());
            let more = if let Plant::Label(by) = plant { by } else { 0.0 };
            let happened = draw.unit() < (chance + more).min(1.0);
            let lost = if let Plant::Missing(share) = plant { draw.unit() < share } else { false };
            for (nth, value) in values.into_iter().enumerate() {
                columns[nth].push((nth > 0 || !lost).then_some(value));
            }
            columns[3].push(Some(chance));
            let happened_on = happened.then(|| scored.plus_days(30));
            followed.push(Followed { scored_on: scored, probability: chance, happened_on });
        }
        (columns, followed)
    };
    let ((base, _), (now, followed)) = (frame(2000, Plant::None), frame(1000, plant));
    let mut moved: Vec<_> = base.iter().zip(&now).map(|(base, now)| Stability::of_numbers(base, now)).collect();
    Stability::together(&mut moved);
    // Any movement that chance does not explain: the threshold of size is a matter of what one wants to hear of.
    let moved = moved.iter().any(Stability::is_beyond_chance);
    let (_, alerts) = maturing(&followed, 90, Day::parse("2017-12-31").unwrap(), &limits);
    moved || !alerts.is_empty()
}

/// Two hundred seeded scenarios: what is found, and how often nothing is taken for something.
#[test]
fn planted_drift_is_found_and_none_is_not() {
    let scenarios: [(&str, Plant, u64); 7] = [
        ("none", Plant::None, 80),
        ("covariate, small (.2 sd)", Plant::Covariate(0.2), 20),
        ("covariate, large (.6 sd)", Plant::Covariate(0.6), 20),
        ("label, small (+3 points)", Plant::Label(0.03), 20),
        ("label, large (+15 points)", Plant::Label(0.15), 20),
        ("missing, small (3 %)", Plant::Missing(0.03), 20),
        ("missing, large (20 %)", Plant::Missing(0.20), 20),
    ];
    println!("{:<28} scenarios alarms", "planted");
    for (nth, (name, plant, n)) in (0u64..).zip(scenarios) {
        let alarms = (0..n).filter(|seed| alarm(plant, nth * 1000 + seed)).count() as u64;
        println!("{name:<28} {n:>9} {alarms:>6}");
        match name {
            "none" => assert!(alarms <= 3, "{alarms} of {n} without drift"),
            name if name.contains("large") => assert!(alarms == n, "{name}: {alarms} of {n}"),
            // What a column shows of itself is seen when it is small; three points of calibration are below the
            // threshold.
            name if !name.contains("label") => assert!(alarms >= 18, "{name}: {alarms} of {n}"),
            _ => {}
        }
    }
}

/// What befalls one source, the bank, in October.
#[derive(Clone, Copy)]
enum Fault {
    None,
    /// So many more of a hundred queries stay without an answer.
    Silent(f64),
    /// So many more are rolled back.
    RolledBack(f64),
    /// Answers take so many days longer.
    Late(f64),
}

const ASKED: [&str; 4] = ["bank", "real_estate", "vehicles", "tax"];

/// A year's ledger: 300 queries to each source in each month, answered in 2 to 8 days.
fn ledger(fault: Fault, seed: u64) -> SourceTables {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
    let (mut asked, mut known, mut source, mut answer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for month in 1..=12 {
        let first = Day::new(2017, month, 1).unwrap().number();
        for name in ASKED {
            let fault = if name == "bank" && month == 10 { fault } else { Fault::None };
            let more = |of: fn(Fault) -> Option<f64>| of(fault).unwrap_or(0.0);
            let silent = 0.05 + more(|fault| if let Fault::Silent(by) = fault { Some(by) } else { None });
            let back = 0.02 + more(|fault| if let Fault::RolledBack(by) = fault { Some(by) } else { None });
            let late = more(|fault| if let Fault::Late(by) = fault { Some(by) } else { None });
            for _ in 0..300 {
                let on = first + (draw.unit() * 28.0) as i32;
                let luck = draw.unit();
                asked.push(on);
                known.push(on + (2.0 + draw.unit() * 6.0 + late) as i32);
                source.push(name);
                answer.push(match luck {
                    luck if luck < silent => "no_answer",
                    luck if luck < silent + back => "rolled_back",
                    luck if luck < 0.5 => "found",
                    _ => "nothing_found",
                });
            }
        }
    }
    queries([asked, known], source, answer)
}

/// A ledger of queries by their days of asking and of knowing, each about a party of its own.
fn queries([asked, known]: [Vec<i32>; 2], source: Vec<&str>, answer: Vec<&str>) -> SourceTables {
    let day = |name: &str, days: Vec<i32>| Column::new(name.into(), days).cast(&DataType::Date).unwrap();
    let parties: Vec<i64> = (0..).take(asked.len()).collect();
    let columns = vec![
        Column::new("entity_id".into(), parties),
        day("event_on", asked),
        day("known_at", known),
        Column::new("source".into(), source),
        Column::new("answer".into(), answer),
    ];
    let rows = columns[0].len();
    SourceTables::new().with_frame("queries", DataFrame::new(rows, columns).unwrap()).unwrap()
}

/// Faults of one source in one month are found there and nowhere else, small ones are below the limits, and sources
/// that are as they were raise no alarm.
#[test]
fn a_source_that_fails_is_named_and_the_others_are_not() {
    let year = Period::new(Day::parse("2017-01-01").unwrap(), Day::parse("2018-01-31").unwrap()).unwrap();
    let limits = SourceLimits::standard().unwrap();
    let scenarios: [(&str, Fault, SourceMeasure, u64); 7] = [
        ("none", Fault::None, SourceMeasure::Answered, 60),
        ("silent, small (+2 points)", Fault::Silent(0.02), SourceMeasure::Answered, 20),
        ("silent, large (+25 points)", Fault::Silent(0.25), SourceMeasure::Answered, 20),
        ("rolled back, small (+1 point)", Fault::RolledBack(0.01), SourceMeasure::Refused, 20),
        ("rolled back, large (+15 points)", Fault::RolledBack(0.15), SourceMeasure::Refused, 20),
        ("late, small (+1 day)", Fault::Late(1.0), SourceMeasure::AnswerDays, 20),
        ("late, large (+6 days)", Fault::Late(6.0), SourceMeasure::AnswerDays, 20),
    ];
    println!("{:<32} scenarios found elsewhere", "planted");
    for (nth, (name, fault, measure, n)) in (0u64..).zip(scenarios) {
        let (mut found, mut elsewhere) = (0, 0);
        for seed in 0..n {
            let (lines, alerts) = sources(&answers(&ledger(fault, nth * 1000 + seed), year).unwrap(), &limits);
            assert_eq!(lines.len(), ASKED.len() * 3 * 7, "a line for each source, measure and month behind the base");
            let is_here = |source: &str, month: &str| source == "bank" && month == "2017-10";
            let called = lines.iter().filter(|line| matches!(line.call, Call::Above | Call::Below));
            found +=
                u64::from(called.clone().any(|line| is_here(&line.source, &line.month) && line.measure == measure));
            elsewhere += called.filter(|line| !is_here(&line.source, &line.month)).count();
            assert!(alerts.iter().all(|alert| alert.kind == AlertKind::Source && alert.rows >= limits.least_rows));
            // January of the next year is not ripe, and nobody was asked in it.
            assert!(lines.iter().all(|line| line.month != "2018-01" || line.call == Call::TooFew));
        }
        println!("{name:<32} {n:>9} {found:>5} {elsewhere:>9}");
        assert!(elsewhere <= 1, "{name}: {elsewhere} calls where nothing was planted");
        match name {
            name if name.contains("large") => assert_eq!(found, n, "{name}"),
            // Below the limits, though one month in a hundred may lie above them with the luck of its rows.
            name if name.contains("small") => assert!(found * 10 <= n, "{name}: {found} of {n}"),
            _ => assert_eq!(found, 0, "{name}"),
        }
    }
}

/// What spreads from month to month beyond its rows is not called where it does so again.
#[test]
fn months_that_always_spread_are_not_called() {
    let year = Period::new(Day::parse("2017-01-01").unwrap(), Day::parse("2018-01-31").unwrap()).unwrap();
    let limits = SourceLimits::standard().unwrap();
    let ledger = ledger(Fault::Silent(0.12), 5);
    let october = sources(&answers(&ledger, year).unwrap(), &limits);
    assert!(october.1.iter().any(|alert| alert.subject == "bank" && alert.month.as_deref() == Some("2017-10")));
    // The same October, where the base itself has months like it.
    let unsteady = unsteady(&ledger.frame("queries").unwrap());
    let (lines, alerts) = sources(&answers(&unsteady, year).unwrap(), &limits);
    let line = lines
        .iter()
        .find(|line| line.source == "bank" && line.month == "2017-10" && line.measure == SourceMeasure::Answered);
    assert_eq!(line.unwrap().call, Call::Within, "{line:?}");
    assert!(alerts.iter().all(|alert| alert.subject != "bank"), "{alerts:?}");
}

/// The ledger in which, in February, April and June, every eighth answer of banks is silence instead.
fn unsteady(frame: &DataFrame) -> SourceTables {
    let days = frame.column("event_on").unwrap().date().unwrap().phys.iter();
    let texts = |name: &str| frame.column(name).unwrap().str().unwrap().iter().map(Option::unwrap).collect::<Vec<_>>();
    let rows = days.zip(texts("source")).zip(texts("answer")).enumerate();
    let answers: Vec<&str> = rows
        .map(|(row, ((day, source), answer))| {
            let month = Day::from_number(day.unwrap()).unwrap().month();
            let is_lost = source == "bank" && [2, 4, 6].contains(&month) && row % 8 == 0;
            if is_lost { "no_answer" } else { answer }
        })
        .collect();
    let mut frame = frame.clone();
    frame.with_column(Column::new("answer".into(), answers)).unwrap();
    SourceTables::new().with_frame("queries", frame).unwrap()
}

/// Limits that nothing could be called by are refused, each by its name.
#[test]
fn limits_of_sources_that_mean_nothing_are_refused() {
    let standard = include_str!("../../data/monitoring/sources.toml");
    SourceLimits::from_toml(standard).unwrap();
    let lines: Vec<&str> = standard.lines().filter(|line| !line.starts_with('#')).collect();
    for (name, value) in
        [("base_months", "1"), ("chance", "0.0"), ("chance", "1.5"), ("least", "-0.1"), ("least", "nan")]
    {
        let line = lines.iter().find(|line| line.split('=').next().is_some_and(|key| key.trim() == name)).unwrap();
        let wrong = SourceLimits::from_toml(&standard.replacen(line, &format!("{name} = {value}"), 1));
        assert!(wrong.unwrap_err().to_string().starts_with(name), "{name} = {value}");
    }
    let codes: Vec<&str> = lines.iter().filter(|line| line.starts_with("code")).copied().collect();
    let twice = SourceLimits::from_toml(&standard.replacen(codes[1], codes[0], 1)).unwrap_err().to_string();
    assert!(twice.starts_with("measure: found the same code twice"), "{twice}");
}

/// A year of one source: how many queries in each month, how many of them answered, and after how many days.
fn bank(months: [(usize, usize, i32); 12]) -> SourceTables {
    let (mut asked, mut known, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    for (month, (queries, answered, days)) in (1..).zip(months) {
        let first = Day::new(2017, month, 1).unwrap().number();
        for query in 0..queries {
            asked.push(first);
            // They spread by a day, so that a mean has a variance.
            known.push(first + days + (query % 2) as i32);
            answer.push(if query < answered { "found" } else { "no_answer" });
        }
    }
    queries([asked, known], vec!["bank"; answer.len()], answer)
}

/// The lines of one measure and the alerts of a year in which July differs from a base of six equal months.
fn july(base: (usize, usize, i32), july: (usize, usize, i32), measure: SourceMeasure) -> (Call, Vec<Alert>) {
    let mut months = [base; 12];
    months[6] = july;
    let year = Period::new(Day::parse("2017-01-01").unwrap(), Day::parse("2017-12-31").unwrap()).unwrap();
    let (lines, alerts) = sources(&answers(&bank(months), year).unwrap(), &SourceLimits::standard().unwrap());
    let line = lines.iter().find(|line| line.month == "2017-07" && line.measure == measure).unwrap();
    (line.call, alerts)
}

/// A mean of days rests on answers, not on queries: on a single one, of the month or of its base, nothing is called.
#[test]
fn days_are_called_by_answers_and_not_by_queries() {
    let days = SourceMeasure::AnswerDays;
    let (call, alerts) = july((100, 95, 5), (100, 95, 12), days);
    assert!(call == Call::Above && alerts.len() == 1, "{alerts:?}");
    assert_eq!(july((100, 95, 5), (100, 1, 12), days).0, Call::TooFew);
    assert_eq!(july((100, 1, 5), (100, 95, 12), days).0, Call::TooFew);
}

/// A month of which no query is known, of a source that was asked before, is told once.
#[test]
fn a_source_that_falls_silent_is_an_alert() {
    let (call, alerts) = july((100, 95, 5), (0, 0, 0), SourceMeasure::Answered);
    assert_eq!(call, Call::TooFew);
    let told: Vec<_> = alerts.iter().map(|alert| (alert.month.as_deref(), alert.rows, alert.threshold)).collect();
    assert_eq!(told, [(Some("2017-07"), 0, 100.0)]);
    // One that was hardly ever asked may be asked no more.
    assert!(july((10, 9, 5), (0, 0, 0), SourceMeasure::Answered).1.is_empty());
}
