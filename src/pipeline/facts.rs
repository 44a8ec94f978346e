use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use crate::domain::{Day, Label, Money, PartyKind};
use crate::error::Result;
use crate::profile::{CaseLine, Docket, MeasureTaken, Moment, SourceCoverage};
use crate::schema::{self, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT};
use crate::snapshot::Snapshot;

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

fn days<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Iterator<Item = Option<Day>> + use<'a>> {
    Ok(frame.column(name)?.date()?.phys.iter().map(|day| day.and_then(Day::from_number)))
}

fn parties(snapshot: &Snapshot) -> Result<HashMap<i64, Party>> {
    let frame = snapshot.latest("parties")?.collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let text = |name: &str| -> Result<Vec<Option<String>>> {
        Ok(frame.column(name)?.str()?.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let kinds = text("kind")?.into_iter().map(|code| code.and_then(|code| PartyKind::from_code(&code)));
    let shown = kinds.zip(text("masked_name")?).zip(text("masked_number")?);
    let parties = shown.map(|((kind, masked_name), masked_number)| Party { kind, masked_name, masked_number });
    Ok(ids.iter().flatten().zip(parties).collect())
}

type Cases = HashMap<i64, Vec<CaseLine>>;

/// The debtors' cases, oldest first, and the debtors one of whose open claims concerns somebody's livelihood.
fn cases(snapshot: &Snapshot) -> Result<(Cases, Vec<i64>)> {
    let order = [ENTITY_ID, EVENT_ON, CASE_ID];
    let frame = snapshot.open_cases()?.sort(order, SortMultipleOptions::default()).collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let claims = frame.column("claim_fen")?.i64()?;
    let (numbers, courts) = (frame.column("case_no")?.str()?, frame.column("court")?.str()?);
    let livelihood = frame.column("is_livelihood")?.bool()?;
    let mut of = Cases::new();
    for ((id, filed), (claim, (number, court))) in
        ids.iter().zip(days(&frame, EVENT_ON)?).zip(claims.iter().zip(numbers.iter().zip(courts.iter())))
    {
        if let (Some(id), Some(filed_on)) = (id, filed) {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let claim = claim.map(Money::from_fen);
            of.entry(id).or_default().push(CaseLine { case_no: text(number), court: text(court), filed_on, claim });
        }
    }
    let livelihood = ids.iter().zip(livelihood.iter()).filter_map(|(id, flag)| id.filter(|_| flag == Some(true)));
    Ok((of, livelihood.collect()))
}

fn coverage(snapshot: &Snapshot) -> Result<HashMap<i64, BTreeMap<String, SourceCoverage>>> {
    let frame = snapshot.scan("queries")?.select([ENTITY_ID, "source", "answer", KNOWN_AT].map(col)).collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?;
    let (sources, answers) = (frame.column("source")?.str()?, frame.column("answer")?.str()?);
    let mut of: HashMap<i64, BTreeMap<String, SourceCoverage>> = HashMap::new();
    for ((id, source), (answer, known)) in
        ids.iter().zip(sources.iter()).zip(answers.iter().zip(days(&frame, KNOWN_AT)?))
    {
        let (Some(id), Some(source)) = (id, source) else { continue };
        let line = of.entry(id).or_default().entry(source.to_owned()).or_insert_with(|| SourceCoverage {
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
    let order = [ENTITY_ID, KNOWN_AT, EVENT_ON, "state"];
    let reports = snapshot.scan("property_reports")?.sort(order, SortMultipleOptions::default()).collect()?;
    let rows = reports.column(ENTITY_ID)?.i64()?.iter().zip(reports.column("state")?.str()?.iter());
    for ((id, state), on) in rows.zip(days(&reports, EVENT_ON)?) {
        if let (Some(id), Some(state)) = (id, state) {
            let docket = of.entry(id).or_default();
            docket.report = Some(state.to_owned());
            docket.reported_on = on;
        }
    }
    let closings = snapshot.scan("closings")?.filter(col("manner").eq(lit("no_result"))).collect()?;
    for (id, on) in closings.column(ENTITY_ID)?.i64()?.iter().zip(days(&closings, EVENT_ON)?) {
        if let Some(id) = id {
            let docket = of.entry(id).or_default();
            docket.no_result_on = docket.no_result_on.max(on);
        }
    }
    let payments = snapshot.scan("payments")?.collect()?;
    for (id, fen) in payments.column(ENTITY_ID)?.i64()?.iter().zip(payments.column("amount_fen")?.i64()?.iter()) {
        if let (Some(id), Some(fen)) = (id, fen) {
            of.entry(id).or_default().paid += Money::from_fen(fen);
        }
    }
    Ok(of)
}

fn measures(snapshot: &Snapshot, of: &mut HashMap<i64, Docket>) -> Result<()> {
    let order = [ENTITY_ID, EVENT_ON, "kind", KNOWN_AT];
    let frame = snapshot.scan("sanctions")?.sort(order, SortMultipleOptions::default()).collect()?;
    let rows = frame.column(ENTITY_ID)?.i64()?.iter().zip(frame.column("kind")?.str()?.iter());
    let spans = days(&frame, EVENT_ON)?.zip(days(&frame, "until_on")?.zip(days(&frame, "lifted_on")?));
    for (((id, kind), (on, (until, lifted))), as_of) in rows.zip(spans).zip(days(&frame, schema::AS_OF)?) {
        let (Some(id), Some(kind), Some(on), Some(as_of)) = (id, kind, on, as_of) else { continue };
        let in_force = until.is_none_or(|day| day >= as_of) && lifted.is_none_or(|day| day > as_of);
        let measures = &mut of.entry(id).or_default().measures;
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
        let rows = snapshot.scan(table.name)?.group_by([ENTITY_ID, KNOWN_AT].map(col)).agg([
            col(EVENT_ON).min().alias("first"),
            col(EVENT_ON).max().alias("last"),
            len().cast(DataType::Int64).alias("rows"),
        ]);
        let frame = rows.collect()?;
        let counts = frame.column("rows")?.i64()?;
        let spans = days(&frame, "first")?.zip(days(&frame, "last")?);
        let keys = frame.column(ENTITY_ID)?.i64()?.iter().zip(days(&frame, KNOWN_AT)?);
        for ((id, known_at), ((first, last), records)) in keys.zip(spans.zip(counts.iter())) {
            if let (Some(id), Some(known_at), Some(first_on), Some(last_on)) = (id, known_at, first, last) {
                let records = records.and_then(|records| usize::try_from(records).ok()).unwrap_or_default();
                let (name, label) = (table.name.to_owned(), Label::new(table.zh, table.name.replace('_', " ")));
                let moment = Moment { known_at, known_until: None, table: name, label, first_on, last_on, records };
                of.entry(id).or_default().push(moment);
            }
        }
    }
    Ok(of)
}
