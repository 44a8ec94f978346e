//! Reads what a portrait shows beside the score: party, cases, measures of the court, timeline.
//!
//! All of it comes from the snapshot of the day, so a portrait shows nothing that a score could not have
//! known. Names and numbers are masked where they were read; nothing is unmasked here, and nothing could
//! be.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{Day, Label, PartyKind};
use crate::error::Result;
use crate::profile::{CaseLine, Docket, MeasureTaken, Moment, SourceCoverage};
use crate::schema::{self, CASE_ID, EVENT_ON, KNOWN_AT};
use crate::snapshot::{Rows, Snapshot};

/// Who a debtor is, as far as it may be shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Party {
    pub(super) kind: Option<PartyKind>,
    pub(super) masked_name: Option<String>,
    pub(super) masked_number: Option<String>,
}

/// What is said of each debtor beside the score.
pub(super) struct Facts {
    pub(super) parties: HashMap<i64, Party>,
    pub(super) cases: HashMap<i64, Vec<CaseLine>>,
    pub(super) coverage: HashMap<i64, BTreeMap<String, SourceCoverage>>,
    pub(super) dockets: HashMap<i64, Docket>,
    pub(super) timelines: HashMap<i64, Vec<Moment>>,
}

impl Facts {
    pub(super) fn read(snapshot: &Snapshot) -> Result<Self> {
        let (cases, livelihood) = cases(snapshot)?;
        let mut dockets = dockets(snapshot)?;
        for entity_id in livelihood {
            dockets.entry(entity_id).or_default().is_livelihood = true;
        }
        Ok(Self {
            parties: parties(snapshot)?,
            cases,
            coverage: coverage(snapshot)?,
            dockets,
            timelines: timelines(snapshot)?,
        })
    }
}

/// Values of rows by the debtor that each is about.
fn by_debtor<'a, T: 'a>(
    snapshot: &'a Snapshot,
    rows: &'a Rows,
    values: impl Iterator<Item = T> + 'a,
) -> impl Iterator<Item = (i64, T)> + 'a {
    let parties = rows.samples().iter().map(|sample| snapshot.keys().get(*sample).map(|(party, _)| *party));
    parties.zip(values).filter_map(|(party, value)| Some((party?, value)))
}

fn parties(snapshot: &Snapshot) -> Result<HashMap<i64, Party>> {
    let rows = snapshot.last_rows("parties", &["kind", "masked_name", "masked_number"])?;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let shown = rows.texts("kind")?.zip(rows.texts("masked_name")?.zip(rows.texts("masked_number")?));
    let shown = shown.map(|(kind, (name, number))| Party {
        kind: kind.and_then(PartyKind::from_code),
        masked_name: owned(name),
        masked_number: owned(number),
    });
    Ok(by_debtor(snapshot, &rows, shown).collect())
}

type Cases = HashMap<i64, Vec<CaseLine>>;

/// The debtors' cases, oldest first, and the debtors one of whose open claims concerns somebody's livelihood.
fn cases(snapshot: &Snapshot) -> Result<(Cases, Vec<i64>)> {
    let rows = snapshot.open_case_rows(&[CASE_ID, EVENT_ON, "claim_fen", "case_no", "court", "is_livelihood"])?;
    let livelihood = by_debtor(snapshot, &rows, rows.flags("is_livelihood")?);
    let livelihood = livelihood.filter(|(_, flag)| *flag == Some(true)).map(|(party, _)| party).collect();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let texts = rows.texts("case_no")?.zip(rows.texts("court")?);
    let values = rows.numbers(CASE_ID)?.zip(rows.days(EVENT_ON)?).zip(rows.money("claim_fen")?.zip(texts));
    let mut sorted: BTreeMap<(i64, Day, Option<i64>), CaseLine> = BTreeMap::new();
    for (party, ((case, filed), (claim, (number, court)))) in by_debtor(snapshot, &rows, values) {
        let Some(filed_on) = filed else { continue };
        let line = CaseLine { case_no: owned(number), court: owned(court), filed_on, claim };
        sorted.insert((party, filed_on, case), line);
    }
    let mut of = Cases::new();
    for ((party, ..), line) in sorted {
        of.entry(party).or_default().push(line);
    }
    Ok((of, livelihood))
}

fn coverage(snapshot: &Snapshot) -> Result<HashMap<i64, BTreeMap<String, SourceCoverage>>> {
    let rows = snapshot.rows("queries", &["source", "answer", KNOWN_AT])?;
    let values = rows.texts("source")?.zip(rows.texts("answer")?).zip(rows.days(KNOWN_AT)?);
    let mut of: HashMap<i64, BTreeMap<String, SourceCoverage>> = HashMap::new();
    for (party, ((source, answer), known)) in by_debtor(snapshot, &rows, values) {
        let Some(source) = source else { continue };
        let line = of.entry(party).or_default().entry(source.to_owned()).or_insert_with(|| SourceCoverage {
            source: source.to_owned(),
            asked: 0,
            found: 0,
            nothing: 0,
            unanswered: 0,
            answered_on: None,
        });
        line.asked += 1;
        match answer {
            Some("found") => line.found += 1,
            Some("nothing_found") => line.nothing += 1,
            _ => {
                line.unanswered += 1;
                continue;
            }
        }
        line.answered_on = line.answered_on.max(known);
    }
    Ok(of)
}

fn dockets(snapshot: &Snapshot) -> Result<HashMap<i64, Docket>> {
    let mut of: HashMap<i64, Docket> = HashMap::new();
    measures(snapshot, &mut of)?;
    let reports = snapshot.rows("property_reports", &[KNOWN_AT, EVENT_ON, "state"])?;
    let values = reports.days(KNOWN_AT)?.zip(reports.days(EVENT_ON)?).zip(reports.texts("state")?);
    let mut last = HashMap::new();
    for (party, report) in by_debtor(snapshot, &reports, values).filter(|(_, (_, state))| state.is_some()) {
        let held = last.entry(party).or_insert(report);
        *held = report.max(*held);
    }
    for (party, ((_, on), state)) in last {
        let docket = of.entry(party).or_default();
        docket.report = state.map(str::to_owned);
        docket.reported_on = on;
    }
    let closings = snapshot.rows("closings", &["manner", EVENT_ON])?;
    let values = closings.texts("manner")?.zip(closings.days(EVENT_ON)?);
    for (party, (_, on)) in by_debtor(snapshot, &closings, values).filter(|(_, (how, _))| *how == Some("no_result")) {
        let docket = of.entry(party).or_default();
        docket.no_result_on = docket.no_result_on.max(on);
    }
    let payments = snapshot.rows("payments", &["amount_fen"])?;
    for (party, amount) in by_debtor(snapshot, &payments, payments.money("amount_fen")?) {
        of.entry(party).or_default().paid += amount.unwrap_or_default();
    }
    Ok(of)
}

/// What a row of `sanctions` says, as far as measures are told apart by it: since when, which, known when.
type Told<'a> = (Option<Day>, Option<&'a str>, Option<Day>);

fn measures(snapshot: &Snapshot, of: &mut HashMap<i64, Docket>) -> Result<()> {
    let rows = snapshot.rows("sanctions", &[EVENT_ON, "kind", KNOWN_AT, "until_on", "lifted_on"])?;
    let told = rows.days(EVENT_ON)?.zip(rows.texts("kind")?).zip(rows.days(KNOWN_AT)?);
    let ends = rows.days("until_on")?.zip(rows.days("lifted_on")?);
    let days = rows.samples().iter().map(|sample| snapshot.keys().get(*sample).and_then(|key| Day::from_number(key.1)));
    let values = told.map(|((on, kind), known)| -> Told<'_> { (on, kind, known) }).zip(ends.zip(days));
    let mut sorted: Vec<_> = by_debtor(snapshot, &rows, values).collect();
    sorted.sort_by_key(|(party, (told, _))| (*party, *told));
    for (party, ((on, kind, _), ((until, lifted), as_of))) in sorted {
        let (Some(kind), Some(on), Some(as_of)) = (kind, on, as_of) else { continue };
        let in_force = until.is_none_or(|day| day >= as_of) && lifted.is_none_or(|day| day > as_of);
        let measures = &mut of.entry(party).or_default().measures;
        // A lifting comes as a later row of the same measure.
        match measures.iter_mut().find(|measure| measure.kind == kind && measure.on == on) {
            Some(measure) => measure.in_force &= in_force,
            None => measures.push(MeasureTaken { kind: kind.to_owned(), on, in_force }),
        }
    }
    Ok(())
}

/// What became known on which day, table by table.
fn timelines(snapshot: &Snapshot) -> Result<HashMap<i64, Vec<Moment>>> {
    let mut of: HashMap<i64, Vec<Moment>> = HashMap::new();
    for table in schema::TABLES {
        let rows = snapshot.rows(table.name, &[KNOWN_AT, EVENT_ON])?;
        let values = rows.days(KNOWN_AT)?.zip(rows.days(EVENT_ON)?);
        let mut spans: BTreeMap<(i64, Day), (Day, Day, usize)> = BTreeMap::new();
        for (party, clocks) in by_debtor(snapshot, &rows, values) {
            let (Some(known), Some(on)) = clocks else { continue };
            let (first, last, records) = spans.entry((party, known)).or_insert((on, on, 0));
            (*first, *last, *records) = (on.min(*first), on.max(*last), *records + 1);
        }
        for ((party, known_at), (first_on, last_on, records)) in spans {
            let (name, label) = (table.name.to_owned(), Label::new(table.zh, table.name.replace('_', " ")));
            let moment = Moment { known_at, known_until: None, table: name, label, first_on, last_on, records };
            of.entry(party).or_default().push(moment);
        }
    }
    Ok(of)
}
