//! The page of what is watched: alerts first, every section with its figures, nothing where nothing was looked at.

use std::collections::BTreeMap;

use wherewithal::domain::{Day, Label, Language};
use wherewithal::indicators::{IndicatorCatalog, answers, measure};
use wherewithal::monitoring::{
    AnswerMove, AuditRow, Challenge, Delivery, EventChallenge, Followed, IntakeLimits, MoneyChallenge, MonitorReport,
    Paired, QualityLimits, Sides, SourceLimits, Stability, Thresholds, audit, intake, maturing, quality, sources,
};
use wherewithal::report::{Links, MonitorView, Pages};

/// A report in which each section has something to say.
pub(crate) fn watched() -> MonitorReport {
    let as_of = Day::parse("2017-12-31").unwrap();
    let limits = Thresholds::default();
    let mut report = MonitorReport::new(as_of, limits);
    let moved = Stability::new(&[500.0, 300.0, 200.0], &[150.0, 150.0, 200.0]);
    let still = Stability::new(&[500.0, 300.0, 200.0], &[252.0, 149.0, 99.0]);
    for (name, one) in [("score", moved), ("deposits_mean_balance", moved), ("cases_open", still)] {
        report.alerts.extend(limits.of_stability(name, &one));
        report.moved.push(("out/2017-12-31".to_owned(), name.to_owned(), one));
    }
    // More columns than are shown at once.
    (0..30).for_each(|nth| report.moved.push(("out/2017-12-31".to_owned(), format!("column_{nth:02}"), still)));
    follow(&mut report);
    ask(&mut report);
    let night = |nth: u64| {
        let refused = if nth == 8 { 200 } else { 4 };
        let mut night = Delivery::new(&format!("part-{nth:04}"), "bank/deposits_#.csv");
        night.tables.insert("deposits".to_owned());
        night.rows(1_000, [("money".to_owned(), refused)].into())
    };
    let (lines, alerts) = intake(&(1..=8).map(night).collect::<Vec<_>>(), &IntakeLimits::standard().unwrap());
    (report.intake, report.unreported) = (lines, 1);
    report.alerts.extend(alerts);
    report.challenge = Some(challenged());
    report.unmatched = 2;
    report
}

/// Scores of eight months, half a year followed, and two groups of which one is held too able.
fn follow(report: &mut MonitorReport) {
    let begun = Day::parse("2017-01-15").unwrap();
    let row = |nth: i32| {
        let scored_on = begun.plus_days(nth % 8 * 30);
        let probability = [0.2, 0.5, 0.8][(nth % 3) as usize];
        let happened = f64::from(nth * 37 % 100) < probability * 80.0;
        Followed { scored_on, probability, happened_on: happened.then(|| scored_on.plus_days(nth % 90)) }
    };
    let rows: Vec<Followed> = (0..2400).map(row).collect();
    let (months, alerts) = maturing(&rows, 180, report.as_of, &report.thresholds);
    report.months = months;
    report.alerts.extend(alerts);
    let judged: Vec<AuditRow> =
        rows.iter().map(|row| AuditRow { probability: row.probability, happened: row.happened_on.is_some() }).collect();
    let groups: Vec<Option<&str>> = (0..2400).map(|nth| [Some("north"), Some("south"), None][nth % 3]).collect();
    let (groups, alerts) = audit(&judged, &groups, 0.5, &report.thresholds);
    report.groups = groups;
    report.alerts.extend(alerts);
}

/// Answers of the district's sources, and of all together.
fn ask(report: &mut MonitorReport) {
    let (tables, year) = (crate::register::tables(), crate::register::year());
    let measured = measure(&tables, &IndicatorCatalog::standard().unwrap(), year).unwrap();
    let (lines, alerts) = quality(&measured, &QualityLimits::standard().unwrap()).unwrap();
    report.quality = lines;
    report.alerts.extend(alerts);
    let (lines, alerts) = sources(&answers(&tables, year).unwrap(), &SourceLimits::standard().unwrap());
    report.sources = lines;
    report.alerts.extend(alerts);
}

fn challenged() -> Challenge {
    let chances = |by: u32| (0..600u32).map(|row| f64::from(row * by % 97 + 2) / 100.0).collect::<Vec<f64>>();
    let chances = Sides { champion: chances(31), challenger: chances(37) };
    let happened: Vec<bool> = (0..600u32).map(|row| f64::from(row * 37 % 97) / 100.0 > 0.45).collect();
    let digests = Sides { champion: "0f3a9c".repeat(6), challenger: "9c0f3a".repeat(6) };
    let until = Some(Day::parse("2016-12-31").unwrap());
    let mut challenge = Challenge::new(digests, Sides { champion: until, challenger: None });
    challenge.rules = Some(("capacity.toml".to_owned(), "5e2f10".repeat(6)));
    challenge.samples = 600;
    (challenge.learnt, challenge.immature) = (2_100, 400);
    challenge.insufficient = Sides { champion: 3, challenger: 1 };
    challenge.events = vec![
        EventChallenge::new("any", &Paired::new(chances.clone(), happened).unwrap()).unwrap(),
        EventChallenge::new("full", &Paired::new(chances.clone(), vec![false; 600]).unwrap()).unwrap(),
    ];
    let received = (0..600u32).map(|row| f64::from(row * 37 % 97)).collect();
    challenge.money = MoneyChallenge::new(&chances, received).unwrap();
    challenge.money.iter_mut().for_each(|money| money.unknown = 12);
    let answers = |champion: &str, challenger: &str, debtors| {
        AnswerMove::new(Sides { champion: champion.to_owned(), challenger: challenger.to_owned() }, debtors)
    };
    challenge.answers = vec![answers("A", "A", 900), answers("B", "C", 90), answers("A", "insufficient", 50)];
    (challenge.debtors, challenge.changed) = (1_040, 140);
    challenge
}

pub(crate) fn page(report: &MonitorReport, language: Language) -> String {
    let labels =
        BTreeMap::from([("deposits_mean_balance".to_owned(), Label::new("存款平均余额", "mean balance of deposits"))]);
    Pages::new(language).unwrap().monitor(MonitorView { report, labels: &labels }, &Links::default()).unwrap()
}

#[test]
fn alerts_come_first_with_threshold_reason_and_rows() {
    let report = watched();
    for (language, heads) in [
        (
            Language::En,
            ["Alerts", "Drift of scores", "by month", "Answers by source", "refused at intake", "Fairness", "Champion"],
        ),
        (Language::Zh, ["预警", "漂移", "逐月校准", "各数据源逐月反馈", "导入时拒收", "分组公平性", "挑战模型"]),
    ] {
        let page = page(&report, language);
        let main = page.split("<main").nth(1).unwrap();
        let titles: Vec<&str> = main.split("<h2").skip(1).map(|part| part.split("</h2>").next().unwrap()).collect();
        assert_eq!(titles.len(), heads.len(), "{titles:?}");
        titles.iter().zip(heads).for_each(|(title, head)| assert!(title.contains(head), "{title} {head}"));
        let alerts = main.split("</section>").next().unwrap();
        assert_eq!(alerts.matches("<tr>").count(), report.alerts.len() + 1);
        for alert in &report.alerts {
            let reason = alert.reason.text(language).replace('\'', "&#x27;");
            assert!(alerts.contains(&reason), "{reason}");
            for number in [alert.value, alert.threshold] {
                assert!(alerts.contains(&format!("{number:.4}")), "{alert:?}");
            }
            assert!(alerts.contains(&format!(">{}</td>", alert.rows)), "{alert:?}");
        }
        // What is called comes before what is not, and the rest is folded away.
        let drift = main.split("id=\"drift\"").nth(1).unwrap().split("</section>").next().unwrap();
        let shown = drift.split("<details>").next().unwrap();
        assert_eq!(shown.matches("<th scope=\"row\"").count(), 20);
        assert!(shown.find("deposits_mean_balance").unwrap() < shown.find("cases_open").unwrap());
        assert_eq!(drift.matches("<th scope=\"row\"").count(), 33);
        // Rows without a group are named as that.
        assert!(alerts.contains(if language == Language::En { "no group supplied" } else { "未提供组别" }));
        assert!(page.contains("part-0008") && page.contains("20.0 %") && page.contains("140 / 1040"));
        assert!(!page.contains("https://") && !page.contains("<script"));
    }
}

/// What is compared tells on how many samples, and what is not says why.
#[test]
fn the_page_tells_what_money_was_compared_on_and_where_it_was_not() {
    let mut report = watched();
    let told = page(&report, Language::En);
    assert!(told.contains("<dt>left out: money unknown</dt><dd>12</dd>"));
    assert!(told.contains("Too few samples have the event") && told.contains("<dt>with the event</dt><dd>0</dd>"));
    assert!(!told.contains("Money came in of too few samples"));
    report.challenge.iter_mut().for_each(|challenge| challenge.money = None);
    let told = page(&report, Language::En);
    assert!(told.contains("Money came in of too few samples") && !told.contains("money unknown"));
}

#[test]
fn what_nobody_looked_at_has_no_section() {
    let report = MonitorReport::new(Day::parse("2018-06-30").unwrap(), Thresholds::default());
    let page = page(&report, Language::En);
    assert!(page.contains("No alert: nothing crossed a threshold"));
    assert_eq!(page.matches("<section").count(), 1);
}
