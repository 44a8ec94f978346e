use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::portray::FileNames;
use super::score::Scores;
use super::{Event, PerformanceModel};
use crate::capacity::{self, CapacityParams, CapacityRules};
use crate::conduct::{self, ConductParams};
use crate::domain::{Day, Label, Money};
use crate::error::Result;
use crate::explain::{self, CounterfactualParams};
use crate::features::FeatureTable;
use crate::profile::{
    DebtorProfile, Docket, MeasureTaken, Means, Moment, SignalLine, Standing, Way, WayStep, Worth,
};
use crate::schema::{self, ENTITY_ID, EVENT_ON, KNOWN_AT};
use crate::score::Scorer;
use crate::snapshot::Snapshot;

/// Moments kept in one portrait, the latest.
const MOST_MOMENTS: usize = 200;
/// Tables that the timeline leaves out: the ledger is shown as coverage.
const NOT_IN_TIMELINE: [&str; 2] = ["queries", "case_parties"];

/// Adds to the portraits of one day what the court could recover, which acts look like evasion, what it did, what became
/// known when, and what would change the result.
pub(super) fn enrich(
    profiles: &mut [DebtorProfile],
    snapshot: &Snapshot,
    (scores, model, files): (&Scores, &PerformanceModel, &FileNames),
) -> Result<()> {
    let mut at: HashMap<i64, usize> = HashMap::new();
    for (place, profile) in profiles.iter().enumerate() {
        at.extend(i64::from_str_radix(&profile.entity, 16).ok().map(|id| (id, place)));
    }
    let mut of = |id: i64, with: &mut dyn FnMut(&mut DebtorProfile)| {
        if let Some(profile) = at.get(&id).and_then(|place| profiles.get_mut(*place)) {
            with(profile);
        }
    };
    let rules = CapacityRules::standard()?;
    for statement in capacity::assess(snapshot, &rules, &CapacityParams::default())?.statements() {
        let means = Means::of(statement, |table, record| files.row(table, record));
        of(statement.entity_id, &mut |profile| profile.means = Some(means.clone()));
    }
    let params = ConductParams::default();
    for signal in conduct::examine(snapshot, &params)? {
        let Some(pattern) = params.pattern(&signal.pattern) else { continue };
        let line = SignalLine::of(&signal, pattern, |table, record| files.row(table, record))?;
        of(signal.entity_id, &mut |profile| profile.signals.get_or_insert_default().push(line.clone()));
    }
    for (id, docket) in dockets(snapshot)? {
        of(id, &mut |profile| profile.docket = Some(docket.clone()));
    }
    for (id, moments) in moments(snapshot)? {
        of(id, &mut |profile| profile.timeline = moments.clone());
    }
    for profile in profiles.iter_mut() {
        profile.signals.get_or_insert_default();
        profile.docket.get_or_insert_default();
    }
    outlook(profiles, &at, (scores, model))
}

type Rows = (Vec<i64>, DataFrame);

fn rows(plan: LazyFrame, columns: &[&str]) -> Result<Rows> {
    let frame = plan.select([ENTITY_ID].into_iter().chain(columns.iter().copied()).map(col).collect::<Vec<_>>()).collect()?;
    let ids = frame.column(ENTITY_ID)?.i64()?.iter().map(Option::unwrap_or_default).collect();
    Ok((ids, frame))
}

fn days(frame: &DataFrame, name: &str) -> Result<Vec<Option<Day>>> {
    Ok(frame.column(name)?.date()?.phys.iter().map(|day| day.and_then(Day::from_number)).collect())
}

fn texts(frame: &DataFrame, name: &str) -> Result<Vec<Option<String>>> {
    Ok(frame.column(name)?.str()?.iter().map(|text| text.map(str::to_owned)).collect())
}

fn dockets(snapshot: &Snapshot) -> Result<HashMap<i64, Docket>> {
    let mut of: HashMap<i64, Docket> = HashMap::new();
    let order = SortMultipleOptions::default();
    let sanctions = snapshot.scan("sanctions")?.sort([ENTITY_ID, EVENT_ON, "kind"], order.clone());
    let (ids, frame) = rows(sanctions, &["kind", EVENT_ON, "until_on", "lifted_on", schema::AS_OF])?;
    let (on, as_of) = (days(&frame, EVENT_ON)?, days(&frame, schema::AS_OF)?);
    let ends = days(&frame, "until_on")?.into_iter().zip(days(&frame, "lifted_on")?);
    for ((id, kind), ((on, as_of), (until, lifted))) in
        ids.into_iter().zip(texts(&frame, "kind")?).zip(on.into_iter().zip(as_of).zip(ends))
    {
        let (Some(kind), Some(on), Some(as_of)) = (kind, on, as_of) else { continue };
        let in_force = until.is_none_or(|until| until >= as_of) && lifted.is_none_or(|lifted| lifted > as_of);
        of.entry(id).or_default().measures.push(MeasureTaken { kind, on, in_force });
    }
    let reports = snapshot.scan("property_reports")?.sort([EVENT_ON, KNOWN_AT, "state"], order.clone());
    let (ids, frame) = rows(reports, &["state", EVENT_ON])?;
    for ((id, state), on) in ids.into_iter().zip(texts(&frame, "state")?).zip(days(&frame, EVENT_ON)?) {
        let docket = of.entry(id).or_default();
        (docket.report, docket.reported_on) = (state, on);
    }
    let closed = snapshot.scan("closings")?.filter(col("manner").eq(lit("no_result"))).sort([EVENT_ON], order);
    let (ids, frame) = rows(closed, &[EVENT_ON])?;
    for (id, on) in ids.into_iter().zip(days(&frame, EVENT_ON)?) {
        of.entry(id).or_default().no_result_on = on;
    }
    let (ids, frame) = rows(snapshot.open_cases()?, &["is_livelihood"])?;
    for (id, is_livelihood) in ids.into_iter().zip(frame.column("is_livelihood")?.bool()?.iter()) {
        of.entry(id).or_default().is_livelihood |= is_livelihood.unwrap_or(false);
    }
    let (ids, frame) = rows(snapshot.scan("payments")?, &["amount_fen"])?;
    for (id, fen) in ids.into_iter().zip(frame.column("amount_fen")?.i64()?.iter()) {
        of.entry(id).or_default().paid += Money::from_fen(fen.unwrap_or_default());
    }
    Ok(of)
}

fn moments(snapshot: &Snapshot) -> Result<HashMap<i64, Vec<Moment>>> {
    let mut of: HashMap<i64, Vec<Moment>> = HashMap::new();
    for table in schema::TABLES.iter().filter(|table| !NOT_IN_TIMELINE.contains(&table.name)) {
        let known = snapshot
            .scan(table.name)?
            .group_by([col(ENTITY_ID), col(KNOWN_AT)])
            .agg([col(EVENT_ON).min().alias("first_on"), col(EVENT_ON).max().alias("last_on"), len().alias("records")]);
        let (ids, frame) = rows(known, &[KNOWN_AT, "first_on", "last_on", "records"])?;
        let records = frame.column("records")?.cast(&DataType::Int64)?;
        let spans = days(&frame, "first_on")?.into_iter().zip(days(&frame, "last_on")?);
        for ((id, known_at), ((first_on, last_on), records)) in
            ids.into_iter().zip(days(&frame, KNOWN_AT)?).zip(spans.zip(records.i64()?.iter()))
        {
            let (Some(known_at), Some(first_on), Some(last_on)) = (known_at, first_on, last_on) else { continue };
            let records = usize::try_from(records.unwrap_or_default()).unwrap_or_default();
            let label = Label::new(table.zh, table.en);
            let moment = Moment { known_at, table: table.name.to_owned(), label, first_on, last_on, records };
            of.entry(id).or_default().push(moment);
        }
    }
    for moments in of.values_mut() {
        moments.sort_by(|a, b| (a.known_at, &a.table).cmp(&(b.known_at, &b.table)));
        let early = moments.len().saturating_sub(MOST_MOMENTS);
        moments.drain(..early);
    }
    Ok(of)
}

fn outlook(
    profiles: &mut [DebtorProfile],
    at: &HashMap<i64, usize>,
    (scores, model): (&Scores, &PerformanceModel),
) -> Result<()> {
    let card = model.card(Event::Any);
    let narrow = scores.table.select(card.features().iter().map(crate::model::ScorecardFeature::name))?;
    let scorer = Scorer::with(card, model.scorer().clone())?;
    let mut row_of: Vec<Option<usize>> = vec![None; profiles.len()];
    for (row, id) in narrow.entity_ids().unwrap_or_default().into_iter().enumerate() {
        if let Some(slot) = at.get(&id).and_then(|place| row_of.get_mut(*place)) {
            *slot = Some(row);
        }
    }
    profiles.par_iter_mut().zip(row_of).try_for_each(|(profile, row)| {
        let Some(row) = row else { return Ok(()) };
        let one = narrow.rows(&[row])?;
        profile.worth = worth(&scorer, model, &one)?;
        if matches!(profile.standing, Standing::Scored { .. }) {
            profile.ways = ways(&scorer, model, &one)?;
        }
        Ok(())
    })
}

fn ways(scorer: &Scorer, model: &PerformanceModel, one: &FeatureTable) -> Result<Vec<Way>> {
    let catalog = model.catalog();
    let found = explain::counterfactuals((scorer, catalog), (one, 0), &CounterfactualParams::default())?;
    let step = |change: explain::Change| {
        let spec = catalog.feature(&change.feature)?;
        let (label, unit) = (spec.label.clone(), spec.unit.name().to_owned());
        let (from, to, points) = (change.from, change.to, change.points);
        Some(WayStep { feature: change.feature, label, unit, from, to, points })
    };
    let way = |found: explain::Counterfactual| Way {
        to: found.to,
        points: found.score,
        probability: found.probability,
        steps: found.changes.into_iter().filter_map(step).collect(),
    };
    Ok(found.into_iter().map(way).collect())
}

fn worth(scorer: &Scorer, model: &PerformanceModel, one: &FeatureTable) -> Result<Vec<Worth>> {
    let found = explain::worth_asking((scorer, model.catalog()), (one, 0))?;
    let worth = |found: explain::AnswerWorth| Worth {
        source: found.source,
        features: found.features,
        share: found.share,
        most_up: found.most_up,
        most_down: found.most_down,
        suffices: found.suffices,
    };
    Ok(found.into_iter().map(worth).collect())
}
