//! Six debtors made by hand: what every report must be able to tell.

use wherewithal::capacity::{
    Ability, Asset, AssetClass, CapacityParams, CapacityRules, Claim, Estate, Income, assess_estate,
};
use wherewithal::conduct::{ConductParams, ConductSignal, Evidence, Strength};
use wherewithal::domain::{Day, Label, Money, PartyKind, Points, Probability, Share};
use wherewithal::profile::{
    CaseLine, DebtorProfile, Dimension, Docket, EventScore, Expected, Means, MeasureTaken, ModelStamp, Moment, Reason,
    RecordRef, SignalLine, SourceCoverage, Standing, Way, WayStep, Worth,
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

/// A score whose points are the base and those of the dimensions.
fn scored(mut profile: DebtorProfile, (grade, any, full): (Grade, f64, f64), parts: &[Part]) -> DebtorProfile {
    let score = |base: i32, points: i32, probability: f64| EventScore {
        base: Points(base),
        points: Points(base + points),
        probability: Probability::new(probability).unwrap(),
    };
    let points: i32 = parts.iter().map(|part| part.points).sum();
    let known = Share::new(0.72).unwrap();
    profile.standing =
        Standing::Scored { grade, any: score(520, points, any), full: score(455, points - 20, full), known };
    let (open, share) = (profile.claim(), 0.6);
    let amount = Money::from_fen((any * share * open.fen() as f64) as i64);
    profile.expected = Some(Expected { amount, open, share: Share::new(share).unwrap() });
    profile.dimensions = parts.iter().map(Part::dimension).collect();
    profile.reasons = parts.iter().map(Part::reason).collect();
    profile.reasons.sort_by_key(|reason| std::cmp::Reverse((f64::from(reason.points.0) - reason.typical).abs() as i64));
    profile
}

/// A dimension with the one indicator that makes it up.
struct Part {
    family: (&'static str, &'static str, &'static str),
    label: (&'static str, &'static str),
    unit: &'static str,
    value: f64,
    points: i32,
    typical: f64,
}

impl Part {
    fn dimension(&self) -> Dimension {
        Dimension {
            family: self.family.0.to_owned(),
            label: Label::new(self.family.1, self.family.2),
            points: Points(self.points),
            typical: self.typical,
            known: 3,
            features: 4,
        }
    }

    fn reason(&self) -> Reason {
        let table = self.family.0;
        let (records, records_total) = match (self.unit, self.value > 0.0) {
            (_, false) => (Vec::new(), 0),
            ("count", true) => (vec![row(table, 14)], 1),
            _ => (vec![row(table, 14), row(table, 15)], 7),
        };
        Reason {
            feature: format!("{table}_{}", self.unit),
            label: Label::new(self.label.0, self.label.1),
            unit: self.unit.to_owned(),
            value: Some(self.value),
            category: None,
            points: Points(self.points),
            typical: self.typical,
            records_total,
            records,
        }
    }
}

const DEPOSITS: Part = Part {
    family: ("deposits", "存款与流动性", "deposits and liquidity"),
    label: ("存款余额", "balance of deposits"),
    unit: "fen",
    value: 0.0,
    points: 0,
    typical: 4.0,
};
const INCOME: Part = Part {
    family: ("income", "收入", "income"),
    label: ("近十二个月有收入的月数", "months with income in the last twelve"),
    unit: "months",
    value: 0.0,
    points: 0,
    typical: 6.0,
};
const PROPERTY: Part = Part {
    family: ("real_estate", "不动产", "real estate"),
    label: ("不动产估值", "value of real estate"),
    unit: "fen",
    value: 0.0,
    points: 0,
    typical: 8.0,
};
const VEHICLES: Part = Part {
    family: ("vehicles", "车辆", "vehicles"),
    label: ("车辆估值", "value of vehicles"),
    unit: "fen",
    value: 0.0,
    points: 0,
    typical: 3.0,
};
const PAPERS: Part = Part {
    family: ("financial_assets", "金融资产", "financial assets"),
    label: ("证券、理财市值", "value of securities and wealth products"),
    unit: "fen",
    value: 0.0,
    points: 0,
    typical: 2.0,
};
const CASES: Part = Part {
    family: ("cases", "债务与案件", "debts and cases"),
    label: ("在办执行案件数", "open enforcement cases"),
    unit: "count",
    value: 1.0,
    points: 0,
    typical: -5.0,
};

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
    Means::from_statement(&statement, |table, line| row(table, line.unsigned_abs()))
}

fn signal((pattern, strength): (&str, Strength), (table, on): (&str, &str), fen: i64) -> SignalLine {
    let params = ConductParams::default();
    let on = day(on);
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
    SignalLine::from_signal(&signal, params.pattern(pattern).unwrap(), |table, line| row(table, line.unsigned_abs()))
        .unwrap()
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
        known_until: None,
        table: table.to_owned(),
        label: Label::new(schema.zh, table.replace('_', " ")),
        first_on: day(first_on),
        last_on: day(known_at),
        records,
    }
}

fn person(entity: &str, claim: i64) -> DebtorProfile {
    DebtorProfile {
        entity: entity.to_owned(),
        masked_name: Some("王**".to_owned()),
        masked_number: Some("3202**********0025".to_owned()),
        kind: Some(PartyKind::Person),
        as_of: Some(day("2017-09-28")),
        model: ModelStamp { any: "0f3a9c".to_owned(), full: "77b1e2".to_owned(), window_days: 365 },
        cases: vec![CaseLine {
            case_no: Some("（2017）苏0211执1234号".to_owned()),
            court: Some("无锡市滨湖区人民法院".to_owned()),
            filed_on: day("2017-06-12"),
            claim: Some(yuan(claim)),
        }],
        coverage: vec![coverage("bank", 2, 30, 1), coverage("real_estate", 0, 1, 0), coverage("vehicles", 0, 1, 0)],
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
            moment("property_reports", "2017-07-01", "2017-07-01", 3),
        ],
        ..DebtorProfile::default()
    }
}

/// The six: able and willing, able and hiding, able only in part, unable, a company with related parties, insufficient
/// data.
pub(crate) fn archetypes() -> Vec<(&'static str, DebtorProfile)> {
    use AssetClass::{Commercial, Deposit, Equity, FinancialAsset, Home, Vehicle};
    let able = DebtorProfile {
        means: Some(means(PartyKind::Person, 80_000, &[(Deposit, 120_000), (FinancialAsset, 40_000)], 0)),
        ..person("a1", 80_000)
    };
    let mut able = scored(
        able,
        (Grade::A, 0.93, 0.81),
        &[
            Part { value: 12_000_000.0, points: 58, ..DEPOSITS },
            Part { value: 4_000_000.0, points: 44, ..PAPERS },
            Part { value: 12.0, points: 21, ..INCOME },
            Part { points: 12, ..CASES },
        ],
    );
    able.coverage.push(coverage("securities", 1, 4, 0));
    able.timeline.push(moment("financial_assets", "2017-06-28", "2017-06-28", 1));
    let hiding = DebtorProfile {
        means: Some(means(PartyKind::Person, 900_000, &[(Home, 1_500_000), (Deposit, 3_000), (Vehicle, 90_000)], 0)),
        signals: Some(vec![
            signal(("cheap_disposal", Strength::Strong), ("real_estate", "2017-03-02"), 52_000_000),
            signal(("transfer_to_related", Strength::Medium), ("bank_transactions", "2017-04-11"), 8_400_000),
            signal(("undeclared", Strength::Weak), ("vehicles", "2017-07-01"), 9_000_000),
        ]),
        ways: vec![Way {
            to: Grade::A,
            points: Points(643),
            probability: Probability::new(0.89).unwrap(),
            steps: vec![WayStep {
                feature: "deposits_fen".to_owned(),
                label: Label::new(DEPOSITS.label.0, DEPOSITS.label.1),
                unit: "fen".to_owned(),
                from: 300_000.0,
                to: 2_000_001.0,
                points: Points(45),
            }],
        }],
        coverage: vec![coverage("bank", 1, 31, 1), coverage("real_estate", 1, 0, 0), coverage("vehicles", 1, 0, 0)],
        ..person("a2", 900_000)
    };
    let mut hiding = scored(
        hiding,
        (Grade::B, 0.71, 0.34),
        &[
            Part { value: 150_000_000.0, points: 64, ..PROPERTY },
            Part { value: 300_000.0, points: -22, ..DEPOSITS },
            Part { value: 9_000_000.0, points: 36, ..VEHICLES },
        ],
    );
    hiding.timeline.push(moment("real_estate", "2017-07-04", "2017-03-02", 3));
    hiding.timeline.push(moment("vehicles", "2017-07-06", "2017-07-06", 2));
    let partly = DebtorProfile {
        means: Some(means(PartyKind::Person, 300_000, &[(Deposit, 18_000), (Vehicle, 60_000)], 7_000)),
        coverage: vec![
            coverage("bank", 1, 32, 0),
            coverage("vehicles", 1, 0, 0),
            coverage("tax", 1, 0, 0),
            coverage("real_estate", 0, 1, 0),
        ],
        ..person("a3", 300_000)
    };
    let mut partly = scored(
        partly,
        (Grade::C, 0.52, 0.08),
        &[
            Part { value: 12.0, points: 31, ..INCOME },
            Part { value: 1_800_000.0, points: -3, ..DEPOSITS },
            Part { value: 6_000_000.0, points: 12, ..VEHICLES },
        ],
    );
    partly.timeline.push(moment("income", "2017-07-03", "2016-07-31", 12));
    let ordinary =
        ["network_funds", "securities", "real_estate", "vehicles", "registry", "tax", "debtor_report"].into_iter();
    let unable = DebtorProfile {
        means: Some(means(PartyKind::Person, 150_000, &[], 0)),
        coverage: [coverage("bank", 0, 33, 0)]
            .into_iter()
            .chain(ordinary.map(|source| coverage(source, 0, 1, 0)))
            .collect(),
        timeline: vec![
            moment("cases", "2016-03-08", "2016-03-08", 1),
            moment("closings", "2016-12-20", "2016-12-20", 1),
            moment("cases", "2017-06-12", "2017-06-12", 1),
            moment("queries", "2017-06-20", "2017-06-14", 40),
            moment("property_reports", "2017-07-01", "2017-07-01", 1),
        ],
        ..person("a4", 150_000)
    };
    let mut unable = scored(
        unable,
        (Grade::E, 0.06, 0.01),
        &[Part { points: -38, ..DEPOSITS }, Part { points: -36, ..INCOME }, Part { points: -15, ..CASES }],
    );
    let earlier = CaseLine {
        case_no: Some("（2016）苏0211执567号".to_owned()),
        filed_on: day("2016-03-08"),
        claim: Some(yuan(12_000)),
        ..unable.cases[0].clone()
    };
    unable.cases.insert(0, earlier);
    if let Some(docket) = &mut unable.docket {
        let order = MeasureTaken { kind: "consumption_order".to_owned(), on: day("2017-07-03"), in_force: true };
        docket.measures.push(order);
        docket.no_result_on = Some(day("2016-12-20"));
        docket.is_livelihood = true;
    }
    let company = DebtorProfile {
        masked_name: Some("无******".to_owned()),
        masked_number: Some("9132**********5K8L".to_owned()),
        kind: Some(PartyKind::Company),
        means: Some(means(PartyKind::Company, 4_000_000, &[(Commercial, 2_600_000), (Equity, 500_000)], 0)),
        signals: Some(vec![signal(
            ("transfer_to_related", Strength::Strong),
            ("bank_transactions", "2017-03-02"),
            160_000_000,
        )]),
        coverage: vec![coverage("bank", 1, 31, 1), coverage("real_estate", 1, 0, 0), coverage("registry", 1, 0, 0)],
        ..person("a5", 4_000_000)
    };
    let mut company = scored(
        company,
        (Grade::D, 0.31, 0.04),
        &[
            Part { value: 260_000_000.0, points: 40, ..PROPERTY },
            Part { value: 64_000.0, points: -28, ..DEPOSITS },
            Part { points: -12, ..CASES },
        ],
    );
    company.timeline.push(moment("real_estate", "2017-07-04", "2017-07-04", 1));
    company.timeline.push(moment("equity", "2017-07-05", "2012-05-18", 1));
    let unknown = DebtorProfile {
        standing: Standing::Insufficient { known: Share::new(0.11).unwrap(), needed: Share::new(0.4).unwrap() },
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
