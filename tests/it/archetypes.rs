//! Six debtors made by hand: what every report must be able to tell.

use wherewithal::capacity::{
    Ability, Asset, AssetClass, CapacityParams, CapacityRules, Claim, Estate, Income, assess_estate,
};
use wherewithal::conduct::{ConductParams, ConductSignal, Evidence, Strength};
use wherewithal::domain::{Day, Label, Money, PartyKind, Points, Probability, Share};
use wherewithal::profile::{
    CaseLine, DebtorProfile, Dimension, Docket, EventScore, Means, MeasureTaken, ModelStamp, Moment, Reason, RecordRef,
    SignalLine, SourceCoverage, Standing, Way, WayStep, Worth,
};
use wherewithal::score::Grade;

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn yuan(n: i64) -> Money {
    Money::from_fen(n * 100)
}

fn row(table: &str, line: u64) -> RecordRef {
    RecordRef { table: table.to_owned(), file: format!("{table}.csv"), line }
}

fn standing(grade: Grade, any: f64, full: f64) -> Standing {
    let score = |base: i32, points: i32, probability: f64| EventScore {
        base: Points(base),
        points: Points(points),
        probability: Probability::new(probability).unwrap(),
    };
    Standing::Scored { grade, any: score(520, 610, any), full: score(455, 401, full), known: Share::new(0.72).unwrap() }
}

fn means(kind: PartyKind, claim: i64, assets: &[(AssetClass, i64)], wage: i64) -> Means {
    let as_of = day("2017-09-28");
    let mut estate = Estate::new(1, as_of, kind);
    for (nth, (class, value)) in (1..).zip(assets) {
        estate.assets.push(Asset::new(nth, *class, yuan(*value)));
    }
    if wage > 0 {
        estate.incomes.push(Income {
            record: 90,
            kind: "wage".to_owned(),
            monthly: yuan(wage),
            earlier_attachments: 0,
        });
    }
    estate.claims.push(Claim::new(1, yuan(claim), day("2017-06-12")));
    let statement = assess_estate(&estate, &CapacityRules::standard().unwrap(), &CapacityParams::default()).unwrap();
    Means::of(&statement, |table, line| row(table, line.unsigned_abs()))
}

fn signal(pattern: &str, strength: Strength, table: &str, fen: i64) -> SignalLine {
    let params = ConductParams::default();
    let on = day("2017-03-02");
    let shown = |n| Evidence { on, table: table.to_owned(), record_id: n, amount: Some(Money::from_fen(fen / 2)) };
    let signal = ConductSignal {
        entity_id: 1,
        as_of: day("2017-09-28"),
        pattern: pattern.to_owned(),
        strength,
        acts: 2,
        amount: Money::from_fen(fen),
        first_on: on,
        last_on: on.plus_days(20),
        evidence: vec![shown(31), shown(32)],
    };
    SignalLine::of(&signal, params.pattern(pattern).unwrap(), |table, line| row(table, line.unsigned_abs())).unwrap()
}

fn coverage(source: &str, found: u32, nothing: u32, unanswered: u32) -> SourceCoverage {
    let answered_on = (found + nothing > 0).then(|| day("2017-06-20"));
    let asked = found + nothing + unanswered;
    SourceCoverage { source: source.to_owned(), asked, found, nothing, unanswered, answered_on }
}

fn moment(table: &str, known_at: &str, first_on: &str, records: usize) -> Moment {
    let schema = wherewithal::schema::table(table).unwrap();
    Moment {
        known_at: day(known_at),
        table: table.to_owned(),
        label: Label::new(schema.zh, schema.en),
        first_on: day(first_on),
        last_on: day(known_at),
        records,
    }
}

fn person(entity: &str, claim: i64) -> DebtorProfile {
    let dimension = |family: &str, zh: &str, en: &str, points: i32| Dimension {
        family: family.to_owned(),
        label: Label::new(zh, en),
        points: Points(points),
        typical: 6.0,
        known: 3,
        features: 4,
    };
    let reason = |feature: &str, label: Label, unit: &str, value: f64, points: i32| Reason {
        feature: feature.to_owned(),
        label,
        unit: unit.to_owned(),
        value: Some(value),
        points: Points(points),
        typical: 5.0,
        records: vec![row("deposits", 14), row("deposits", 15)],
        records_total: 7,
    };
    DebtorProfile {
        entity: entity.to_owned(),
        masked_name: Some("王**".to_owned()),
        masked_number: Some("3202**********0025".to_owned()),
        kind: Some(PartyKind::Person),
        as_of: Some(day("2017-09-28")),
        model: ModelStamp { any: "0f3a9c".to_owned(), full: "77b1e2".to_owned(), window_days: 365 },
        standing: standing(Grade::B, 0.71, 0.34),
        cases: vec![CaseLine {
            case_no: Some("（2017）苏0211执1234号".to_owned()),
            court: Some("无锡市滨湖区人民法院".to_owned()),
            filed_on: day("2017-06-12"),
            claim: Some(yuan(claim)),
        }],
        dimensions: vec![
            dimension("deposits", "存款与流动性", "deposits and liquidity", 34),
            dimension("income", "收入", "income", -12),
        ],
        reasons: vec![
            reason("deposits_balance_fen", Label::new("存款余额", "deposit balance"), "fen", 4_512_345.0, 28),
            reason("income_n_months", Label::new("有收入的月数", "months with income"), "months", 3.0, -12),
        ],
        coverage: vec![coverage("bank", 2, 30, 1), coverage("real_estate", 1, 0, 0), coverage("vehicles", 0, 1, 0)],
        signals: Some(Vec::new()),
        docket: Some(Docket {
            measures: vec![MeasureTaken { kind: "report_order".to_owned(), on: day("2017-06-18"), in_force: true }],
            report: Some("filed".to_owned()),
            reported_on: Some(day("2017-07-01")),
            ..Docket::default()
        }),
        timeline: vec![
            moment("cases", "2017-06-12", "2017-06-12", 1),
            moment("deposits", "2017-06-15", "2017-06-15", 2),
            moment("bank_transactions", "2017-06-20", "2016-09-03", 148),
            moment("real_estate", "2017-06-22", "2017-06-22", 1),
        ],
        ..DebtorProfile::default()
    }
}

/// The six: able and willing, able and hiding, able only in part, unable, a company with related parties, insufficient
/// data.
pub(crate) fn archetypes() -> Vec<(&'static str, DebtorProfile)> {
    use AssetClass::{Commercial, Deposit, Equity, FinancialAsset, Home, Vehicle};
    let able = DebtorProfile {
        standing: standing(Grade::A, 0.93, 0.81),
        means: Some(means(PartyKind::Person, 80_000, &[(Deposit, 120_000), (FinancialAsset, 40_000)], 0)),
        ..person("a1", 80_000)
    };
    let hiding = DebtorProfile {
        means: Some(means(PartyKind::Person, 900_000, &[(Home, 1_500_000), (Deposit, 3_000), (Vehicle, 90_000)], 0)),
        signals: Some(vec![
            signal("cheap_disposal", Strength::Strong, "real_estate", 52_000_000),
            signal("transfer_to_related", Strength::Medium, "bank_transactions", 8_400_000),
            signal("undeclared", Strength::Weak, "vehicles", 9_000_000),
        ]),
        ways: vec![Way {
            to: Grade::A,
            points: Points(655),
            probability: Probability::new(0.82).unwrap(),
            steps: vec![WayStep {
                feature: "deposits_balance_fen".to_owned(),
                label: Label::new("存款余额", "deposit balance"),
                unit: "fen".to_owned(),
                from: 300_000.0,
                to: 2_000_001.0,
                points: Points(45),
            }],
        }],
        ..person("a2", 900_000)
    };
    let partly = DebtorProfile {
        standing: standing(Grade::C, 0.52, 0.08),
        means: Some(means(PartyKind::Person, 300_000, &[(Deposit, 18_000), (Vehicle, 60_000)], 7_000)),
        ..person("a3", 300_000)
    };
    let mut unable = DebtorProfile {
        standing: standing(Grade::E, 0.06, 0.01),
        means: Some(means(PartyKind::Person, 150_000, &[], 0)),
        ..person("a4", 150_000)
    };
    if let Some(docket) = &mut unable.docket {
        let order = MeasureTaken { kind: "consumption_order".to_owned(), on: day("2017-07-03"), in_force: true };
        docket.measures.push(order);
        docket.no_result_on = Some(day("2016-12-20"));
        docket.is_livelihood = true;
    }
    let company = DebtorProfile {
        masked_name: Some("无******".to_owned()),
        kind: Some(PartyKind::Company),
        standing: standing(Grade::D, 0.31, 0.04),
        means: Some(means(PartyKind::Company, 4_000_000, &[(Commercial, 2_600_000), (Equity, 500_000)], 0)),
        signals: Some(vec![signal("transfer_to_related", Strength::Strong, "bank_transactions", 160_000_000)]),
        ..person("a5", 4_000_000)
    };
    let unknown = DebtorProfile {
        standing: Standing::Insufficient { known: Share::new(0.11).unwrap(), needed: Share::new(0.4).unwrap() },
        dimensions: Vec::new(),
        reasons: Vec::new(),
        coverage: vec![coverage("bank", 0, 0, 30)],
        signals: None,
        docket: None,
        timeline: Vec::new(),
        worth: vec![Worth {
            source: "bank".to_owned(),
            features: 9,
            share: Share::new(0.38).unwrap(),
            most_up: Points(120),
            most_down: Points(-64),
            suffices: true,
        }],
        ..person("a6", 620_000)
    };
    assert_eq!(able.means.as_ref().unwrap().ability.expected, Ability::All);
    vec![
        ("able_and_willing", able),
        ("able_and_hiding", hiding),
        ("able_in_part", partly),
        ("unable", unable),
        ("company_with_related_parties", company),
        ("insufficient_data", unknown),
    ]
}
