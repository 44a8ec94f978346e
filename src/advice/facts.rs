//! The numbers about a debtor that conditions of rules may name, computed from the profile. A
//! number that the profile does not answer is unknown, never zero.

use std::collections::BTreeMap;

use crate::domain::{Money, PartyKind};
use crate::profile::{Ability, AssetClass, AssetGroup, DebtorProfile, Scenarios, SourceCoverage, Standing, Strength};

/// What rules may ask of a profile: numbers by name, none where unknown.
///
/// Amounts are in fen, shares from 0 to 1, yes is 1 and no is 0.
pub type Facts = BTreeMap<String, Option<f64>>;

const PLAIN: [&str; 20] = [
    "gross_fen.income",
    "person",
    "company",
    "claim_fen",
    "paid_fen",
    "days_since_filing",
    "livelihood",
    "scored",
    "probability_any",
    "probability_full",
    "report_filed",
    "report_refused",
    "no_result",
    "no_result_days",
    "settlement_open",
    "open_sources",
    "signal_amount_fen",
    "needed_share.real_estate",
    "signal.strongest",
    "signal.evasion",
];

const ORDERS: [&str; 6] = ["consumption_order", "defaulter_list", "exit_ban", "referral", "report_order", "punished"];
/// The class of property that each source tells of: where the source never answered, finding none means nothing.
const TOLD_BY: [(AssetClass, &str); 14] = [
    (AssetClass::Deposit, "bank"),
    (AssetClass::NetworkFunds, "network_funds"),
    (AssetClass::FinancialAsset, "securities"),
    (AssetClass::Insurance, "insurance"),
    (AssetClass::HousingFund, "housing_fund"),
    (AssetClass::Income, "tax"),
    (AssetClass::TaxRefund, "tax"),
    (AssetClass::Vehicle, "vehicles"),
    (AssetClass::Home, "real_estate"),
    (AssetClass::Commercial, "real_estate"),
    (AssetClass::Parking, "real_estate"),
    (AssetClass::Land, "real_estate"),
    (AssetClass::Equity, "registry"),
    (AssetClass::Other, "debtor_report"),
];

/// Sources whose silence keeps a search from being exhausted.
const ORDINARY: [&str; 8] =
    ["bank", "network_funds", "securities", "real_estate", "vehicles", "registry", "tax", "debtor_report"];

/// Whether rules may name this fact.
pub(super) fn is_fact(name: &str) -> bool {
    let class = |code: &str| {
        AssetGroup::ALL.iter().any(|group| group.code() == code)
            || TOLD_BY.iter().any(|(class, _)| class.code() == code)
    };
    let bound = |code: &str| ["low", "expected", "high"].contains(&code);
    match name.split_once('.') {
        Some(("available_fen", code)) => class(code),
        Some(("recovered_fen" | "coverage" | "ability", code)) => bound(code),
        Some(("in_force", code)) => ORDERS.contains(&code),
        Some(("signal", code)) => ["order_breach", "report", "strongest", "evasion"].contains(&code),
        _ => PLAIN.contains(&name),
    }
}

/// The facts of a profile.
///
/// - `available_fen.CLASS` (or a group: `funds`, `papers`, `real_estate`, `movables`),
///   `recovered_fen.BOUND`, `coverage.BOUND`, `ability.BOUND` (0 none, 1 part, 2 all): unknown when
///   means were not assessed; a class of which nothing was found is zero only when its source
///   answered, and unknown where only the high estimate finds something.
/// - `gross_fen.income`: income found, before living costs; unknown when none was.
/// - `signal.strongest`, `signal.evasion`, `signal.report`, `signal.order_breach`: 0 none, 1 weak,
///   2 medium, 3 strong; unknown when conduct was not examined. `signal_amount_fen` is the largest
///   amount of one signal.
/// - `in_force.ORDER`, `report_filed`, `report_refused`, `no_result`, `no_result_days`,
///   `livelihood`, `paid_fen`: unknown when the docket was not looked up.
/// - `open_sources`: ordinary sources without any answer; the ledger is the court's own, so it is
///   always known.
///
/// # Examples
///
/// ```
/// use wherewithal::advice::facts;
/// use wherewithal::profile::DebtorProfile;
///
/// let known = facts(&DebtorProfile::default());
/// assert_eq!(known["coverage.expected"], None); // means were not assessed: unknown, and not zero
/// assert!(known["open_sources"].is_some());
/// ```
pub fn facts(profile: &DebtorProfile) -> Facts {
    let mut facts = Facts::new();
    let mut put = |name: &str, value: Option<f64>| {
        facts.insert(name.to_owned(), value);
    };
    let flag = |value: bool| f64::from(u8::from(value));
    put("person", profile.kind.map(|kind| flag(kind == PartyKind::Person)));
    put("company", profile.kind.map(|kind| flag(kind == PartyKind::Company)));
    put("claim_fen", Some(fen(profile.claim())));
    let filed = profile.cases.iter().map(|case| case.filed_on).min();
    let age = profile.as_of.zip(filed).map(|(as_of, filed)| f64::from(as_of.days_since(filed)));
    put("days_since_filing", age);
    match &profile.standing {
        Standing::Scored { any, full, .. } => {
            put("scored", Some(1.0));
            put("probability_any", Some(any.probability.value()));
            put("probability_full", Some(full.probability.value()));
        }
        Standing::Insufficient { .. } => put("scored", Some(0.0)),
    }
    put("open_sources", Some(open_sources(&profile.coverage).len() as f64));
    docket(profile, &mut put);
    means(profile, &mut put);
    signals(profile, &mut put);
    facts
}

/// The ordinary sources without any answer, in a fixed order.
pub(super) fn open_sources(coverage: &[SourceCoverage]) -> Vec<&'static str> {
    let answered = |source: &str| coverage.iter().any(|line| line.source == source && line.found + line.nothing > 0);
    ORDINARY.into_iter().filter(|source| !answered(source)).collect()
}

fn fen(money: Money) -> f64 {
    money.fen() as f64
}

fn docket(profile: &DebtorProfile, put: &mut impl FnMut(&str, Option<f64>)) {
    let docket = profile.docket.as_ref();
    let flag = |value: bool| f64::from(u8::from(value));
    put("paid_fen", docket.map(|docket| fen(docket.paid)));
    put("livelihood", docket.map(|docket| flag(docket.is_livelihood)));
    let report = |wanted: &[&str]| {
        docket.map(|docket| flag(docket.report.as_deref().is_some_and(|state| wanted.contains(&state))))
    };
    put("report_filed", report(&["filed", "late", "incomplete"]));
    put("report_refused", report(&["refused"]));
    put("no_result", docket.map(|docket| flag(docket.no_result_on.is_some())));
    let since = docket.and_then(|docket| docket.no_result_on).zip(profile.as_of);
    put("no_result_days", since.map(|(closed, as_of)| f64::from(as_of.days_since(closed))));
    // No source tells whether a settlement is kept.
    put("settlement_open", None);
    for order in ORDERS {
        let kinds: &[&str] = if order == "punished" { &["fine", "detention"] } else { &[order] };
        let holds = |docket: &crate::profile::Docket| {
            let of_kind = |taken: &&crate::profile::MeasureTaken| kinds.contains(&taken.kind.as_str());
            docket.measures.iter().filter(of_kind).any(|taken| taken.in_force || order == "punished")
        };
        put(&format!("in_force.{order}"), docket.map(|docket| flag(holds(docket))));
    }
}

fn means(profile: &DebtorProfile, put: &mut impl FnMut(&str, Option<f64>)) {
    let means = profile.means.as_ref();
    for (class, source) in TOLD_BY {
        put(&format!("available_fen.{}", class.code()), available(profile, class, source));
    }
    let income = means.and_then(|means| means.line(AssetClass::Income));
    put("gross_fen.income", income.map(|line| fen(line.layers.gross.expected)));
    for group in AssetGroup::ALL {
        let mut told = TOLD_BY.iter().filter(|(class, _)| group.classes().contains(class));
        let all_known = told.all(|(class, source)| available(profile, *class, source).is_some());
        let found = means.and_then(|means| means.group(group)).map_or(0.0, |found| fen(found.expected));
        put(&format!("available_fen.{}", group.code()), (all_known || found > 0.0).then_some(found));
    }
    for (at, name) in ["low", "expected", "high"].into_iter().enumerate() {
        let money = means.and_then(|means| nth(&means.recovered, at));
        put(&format!("recovered_fen.{name}"), money.map(fen));
        let coverage = means.and_then(|means| nth(&means.coverage, at)).flatten();
        put(&format!("coverage.{name}"), coverage);
        put(&format!("ability.{name}"), means.and_then(|means| nth(&means.ability, at)).map(rank));
    }
    let real = means.map(|means| {
        let classes = [AssetClass::Home, AssetClass::Commercial, AssetClass::Parking, AssetClass::Land];
        let lines = means.lines.iter().filter(|line| classes.contains(&line.class));
        let gross: f64 = lines.map(|line| fen(line.layers.gross.expected)).sum();
        (gross, fen(means.owed))
    });
    put("needed_share.real_estate", real.and_then(|(gross, owed)| (owed > 0.0).then(|| gross / owed)));
}

fn nth<T: Copy>(figures: &Scenarios<T>, at: usize) -> Option<T> {
    figures.iter().nth(at).copied()
}

fn rank(ability: Ability) -> f64 {
    match ability {
        Ability::None => 0.0,
        Ability::Part => 1.0,
        Ability::All => 2.0,
    }
}

fn available(profile: &DebtorProfile, class: AssetClass, source: &str) -> Option<f64> {
    let means = profile.means.as_ref()?;
    let told = profile.coverage.iter().any(|line| line.source == source && line.found + line.nothing > 0);
    let Some(line) = means.line(class) else { return told.then_some(0.0) };
    let within_reach = line.layers.available;
    // Nothing expected where there may be something is not known to be nothing.
    let is_known = within_reach.expected > Money::ZERO || within_reach.high <= Money::ZERO;
    is_known.then(|| fen(within_reach.expected))
}

fn signals(profile: &DebtorProfile, put: &mut impl FnMut(&str, Option<f64>)) {
    let strongest = |wanted: &dyn Fn(&str) -> bool| {
        profile.signals.as_ref().map(|signals| {
            let of_kind = signals.iter().filter(|signal| wanted(&signal.pattern));
            of_kind.map(|signal| weight(signal.strength)).fold(0.0, f64::max)
        })
    };
    let report = |pattern: &str| matches!(pattern, "undeclared" | "report_refused");
    put("signal.strongest", strongest(&|_| true));
    put("signal.report", strongest(&report));
    put("signal.order_breach", strongest(&|pattern| pattern == "order_breach"));
    put("signal.evasion", strongest(&|pattern| !report(pattern) && pattern != "order_breach"));
    let most = profile.signals.iter().flatten().filter_map(|signal| signal.amount).max();
    put("signal_amount_fen", most.map(fen));
}

fn weight(strength: Strength) -> f64 {
    match strength {
        Strength::Weak => 1.0,
        Strength::Medium => 2.0,
        Strength::Strong => 3.0,
    }
}
