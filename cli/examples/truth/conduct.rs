//! Signals of conduct held against the simulator's hidden truth.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use polars::prelude::*;
use wherewithal::conduct::{ConductParams, ConductSignal, Strength, examine};
use wherewithal::domain::PseudonymKey;
use wherewithal::schema::{self, ColumnKind};
use wherewithal::simulate::District;
use wherewithal::snapshot;
use wherewithal::tables::SourceTables;

/// Which planted acts each pattern is meant to see.
pub(crate) const MEANT: [(&str, &[&str]); 12] = [
    ("transfer_to_related", &["transfer_to_relative"]),
    ("cash_withdrawal", &["cash_withdrawal"]),
    ("large_outflow", &["transfer_to_relative"]),
    ("cheap_disposal", &["cheap_disposal"]),
    ("liquidated_savings", &["redeemed_and_withdrawn"]),
    ("order_breach", &["restricted_consumption"]),
    ("undeclared", &["undeclared_property"]),
    ("report_refused", &["report_refused"]),
    ("sudden_divorce", &["sudden_divorce"]),
    ("long_cheap_lease", &["long_lease"]),
    ("purchase_while_owing", &["bought_while_owing"]),
    ("account_hopping", &["new_account"]),
];

/// One pattern, or all, against the truth. Shares are of debtors.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) pattern: String,
    /// Debtors with a signal, and those of them who hide.
    pub(crate) signalled: usize,
    pub(crate) hiding: usize,
    /// Debtors with a planted act that a row known by then shows, and those of them with a signal.
    pub(crate) shown: usize,
    pub(crate) seen: usize,
    /// The strongest grade: debtors, and those of them who hide nothing.
    pub(crate) strong: usize,
    pub(crate) accused: usize,
}

/// What the examination of one district gave.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) debtors: usize,
    pub(crate) innocent: usize,
    pub(crate) lines: Vec<Line>,
    /// Debtors who hide nothing and bear any strongest signal.
    pub(crate) accused: usize,
}

/// Source tables with keyed pseudonyms, as a reader would make them.
pub(crate) fn tables(district: &District) -> Result<SourceTables, Box<dyn Error>> {
    let key = PseudonymKey::from_secret(b"a simulated district");
    let mut tables = SourceTables::new();
    for table in schema::TABLES {
        let frame = district.frame(table.name)?;
        let kept: Vec<Column> = table
            .columns()
            .filter_map(|column| Some((column, frame.column(column.name).ok()?)))
            .map(|(column, values)| pseudonymous(values, realm(column.kind), &key))
            .collect::<PolarsResult<_>>()?;
        tables = tables.with_frame(table.name, DataFrame::new(frame.height(), kept)?)?;
    }
    Ok(tables)
}

fn realm(kind: ColumnKind) -> Option<&'static str> {
    match kind {
        ColumnKind::Party => Some("party"),
        ColumnKind::Case => Some("case"),
        ColumnKind::Item => Some("item"),
        _ => None,
    }
}

fn pseudonymous(values: &Column, realm: Option<&str>, key: &PseudonymKey) -> PolarsResult<Column> {
    let Some(realm) = realm else { return Ok(values.clone()) };
    let hidden: Vec<Option<i64>> =
        values.str()?.iter().map(|text| text.map(|text| key.pseudonym(realm, text))).collect();
    Ok(Column::new(values.name().clone(), hidden))
}

/// Every debtor, each on the day so long after his first filing.
pub(crate) fn samples(tables: &SourceTables, days: i32) -> Result<DataFrame, Box<dyn Error>> {
    let cases = tables.columns("cases", &["case_id", "event_on"])?;
    let filed: BTreeMap<Option<i64>, Option<i32>> =
        cases.column("case_id")?.i64()?.iter().zip(cases.column("event_on")?.date()?.phys.iter()).collect();
    let parties = tables.columns("case_parties", &["entity_id", "case_id", "role"])?;
    let links = parties.column("entity_id")?.i64()?.iter().zip(parties.column("case_id")?.i64()?.iter());
    let mut first: BTreeMap<i64, i32> = BTreeMap::new();
    for ((entity, case), role) in links.zip(parties.column("role")?.str()?.iter()) {
        if let (Some(entity), Some(Some(on)), Some("debtor")) = (entity, filed.get(&case), role) {
            first.entry(entity).and_modify(|first| *first = *on.min(first)).or_insert(*on);
        }
    }
    let (entities, on): (Vec<i64>, Vec<i32>) = first.into_iter().map(|(entity, on)| (entity, on + days)).unzip();
    let as_of = Column::new("as_of".into(), on).cast(&DataType::Date)?;
    Ok(DataFrame::new(entities.len(), vec![Column::new("entity_id".into(), entities), as_of])?)
}

/// Examines every debtor of a district with a case still open half a year after his first filing, and compares with the
/// truth.
pub(crate) fn findings(district: &District, params: &ConductParams) -> Result<Findings, Box<dyn Error>> {
    let tables = tables(district)?;
    let samples = samples(&tables, 180)?;
    let snapshot = snapshot::as_of_each(&tables, &samples)?;
    let open = snapshot.open_case_rows(&["case_id"])?;
    let open: BTreeSet<i64> =
        open.samples().iter().filter_map(|sample| Some(snapshot.keys().get(*sample)?.0)).collect();
    let signals: Vec<ConductSignal> =
        examine(&snapshot, params)?.into_iter().filter(|signal| open.contains(&signal.entity_id)).collect();
    let key = PseudonymKey::from_secret(b"a simulated district");
    let truth = district.frame("truth")?;
    let party = |text: Option<&str>| key.pseudonym("party", text.unwrap_or_default());
    let names = truth.column("entity_id")?.str()?.iter().map(party);
    let wills = truth.column("will")?.str()?.iter().map(|will| will == Some("hiding"));
    let hiding: BTreeMap<i64, bool> = names.zip(wills).collect();
    let days: BTreeMap<i64, i32> = samples
        .column("entity_id")?
        .i64()?
        .iter()
        .flatten()
        .zip(samples.column("as_of")?.date()?.phys.iter().flatten())
        .filter(|(entity, _)| hiding.contains_key(entity) && open.contains(entity))
        .collect();
    let shown = shown(district, &days)?;
    let lines = MEANT.iter().map(|(pattern, kinds)| line(pattern, kinds, (&signals, &hiding, &shown))).collect();
    let innocent = |entity: &i64| days.contains_key(entity) && !hiding.get(entity).copied().unwrap_or(true);
    let strong = signals.iter().filter(|signal| signal.strength == Strength::Strong);
    let accused: BTreeSet<i64> = strong.map(|signal| signal.entity_id).filter(|entity| innocent(entity)).collect();
    Ok(Findings {
        debtors: days.len(),
        innocent: days.keys().filter(|entity| innocent(entity)).count(),
        lines,
        accused: accused.len(),
    })
}

/// The debtors of each kind of planted act that some row, known by their day, shows.
fn shown(district: &District, days: &BTreeMap<i64, i32>) -> Result<BTreeMap<String, BTreeSet<i64>>, Box<dyn Error>> {
    let key = PseudonymKey::from_secret(b"a simulated district");
    let acts = district.frame("truth_acts")?;
    let text = |name: &str| -> PolarsResult<Vec<Option<String>>> {
        Ok(acts.column(name)?.str()?.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let (entities, kinds, tables) = (text("entity_id")?, text("kind")?, text("table")?);
    let rows: Vec<Option<i64>> = acts.column("row")?.i64()?.iter().collect();
    let done: Vec<Option<i32>> = acts.column("event_on")?.date()?.phys.iter().collect();
    let orders = orders(district)?;
    let mut known: BTreeMap<String, Vec<Option<i32>>> = BTreeMap::new();
    let mut shown: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for ((((entity, kind), table), row), done) in entities.iter().zip(&kinds).zip(&tables).zip(&rows).zip(&done) {
        let (Some(entity), Some(kind)) = (entity, kind) else { continue };
        // Spending before there is an order, or after its end, breaks none.
        let in_force = |(from, end): &(i32, Option<i32>)| {
            done.is_some_and(|done| *from < done && end.is_none_or(|end| done <= end))
        };
        if kind == "restricted_consumption" && !orders.get(entity).is_some_and(|spans| spans.iter().any(in_force)) {
            continue;
        }
        let entity = key.pseudonym("party", entity);
        let by_then = match (table, row) {
            (Some(table), Some(row)) => {
                if !known.contains_key(table) {
                    let days = district.frame(table)?.column("known_at")?.date()?.phys.iter().collect();
                    known.insert(table.clone(), days);
                }
                let at = usize::try_from(row - 1)?;
                let known_at = known.get(table).and_then(|days| days.get(at).copied().flatten());
                known_at.is_some_and(|known_at| days.get(&entity).is_some_and(|day| known_at <= *day))
            }
            // An omission has no row of its own.
            _ => kind == "undeclared_property" && days.contains_key(&entity),
        };
        if by_then {
            shown.entry(kind.clone()).or_default().insert(entity);
        }
    }
    Ok(shown)
}

/// The first day of each of a debtor's orders and the day it ended, if it did.
type Spans = BTreeMap<String, Vec<(i32, Option<i32>)>>;

/// From when to when consumption orders bind each debtor.
fn orders(district: &District) -> Result<Spans, Box<dyn Error>> {
    let orders = district.frame("sanctions")?;
    let is_order: BooleanChunked =
        orders.column("kind")?.str()?.iter().map(|kind| Some(kind == Some("consumption_order"))).collect();
    let orders = orders.filter(&is_order)?;
    let day = |name: &str| -> PolarsResult<Vec<Option<i32>>> { Ok(orders.column(name)?.date()?.phys.iter().collect()) };
    let (from, until, lifted) = (day("event_on")?, day("until_on")?, day("lifted_on")?);
    let mut spans = Spans::new();
    for (((entity, from), until), lifted) in orders.column("entity_id")?.str()?.iter().zip(from).zip(until).zip(lifted)
    {
        if let (Some(entity), Some(from)) = (entity, from) {
            let end = [until, lifted].into_iter().flatten().min();
            spans.entry(entity.to_owned()).or_default().push((from, end));
        }
    }
    Ok(spans)
}

type Known<'a> = (&'a [ConductSignal], &'a BTreeMap<i64, bool>, &'a BTreeMap<String, BTreeSet<i64>>);

fn line(pattern: &str, kinds: &[&str], known: Known<'_>) -> Line {
    let (signals, hiding, shown) = known;
    let of_pattern = || signals.iter().filter(|signal| signal.pattern == pattern);
    let debtors: BTreeSet<i64> = of_pattern().map(|signal| signal.entity_id).collect();
    let hides = |entity: &&i64| hiding.get(*entity).copied().unwrap_or(false);
    let shown: BTreeSet<i64> = kinds.iter().filter_map(|kind| shown.get(*kind)).flatten().copied().collect();
    let strong: BTreeSet<i64> =
        of_pattern().filter(|signal| signal.strength == Strength::Strong).map(|signal| signal.entity_id).collect();
    Line {
        pattern: pattern.to_owned(),
        signalled: debtors.len(),
        hiding: debtors.iter().filter(hides).count(),
        shown: shown.len(),
        seen: shown.intersection(&debtors).count(),
        strong: strong.len(),
        accused: strong.iter().filter(|entity| hiding.get(entity).is_some_and(|hides| !hides)).count(),
    }
}

/// The comparison as a table.
pub(crate) fn table(findings: &Findings) -> String {
    let share = |part: usize, whole: usize| match whole {
        0 => "     –".to_owned(),
        _ => format!("{:6.3}", part as f64 / whole as f64),
    };
    let mut text = format!(
        "{:<22}{:>9}{:>11}{:>8}{:>8}{:>8}{:>11}{:>9}\n",
        "pattern", "debtors", "precision", "shown", "recall", "strong", "precision", "accused"
    );
    for line in &findings.lines {
        text.push_str(&format!(
            "{:<22}{:>9}{:>11}{:>8}{:>8}{:>8}{:>11}{:>9}\n",
            line.pattern,
            line.signalled,
            share(line.hiding, line.signalled),
            line.shown,
            share(line.seen, line.shown),
            line.strong,
            share(line.strong - line.accused, line.strong),
            share(line.accused, findings.innocent),
        ));
    }
    text.push_str(&format!(
        "{} debtors, {} of whom hide nothing; {} of those bear a strongest signal ({})\n",
        findings.debtors,
        findings.innocent,
        findings.accused,
        share(findings.accused, findings.innocent).trim(),
    ));
    text
}
