//! Assesses one unit: the debtors of a bucket, or of a list. A folder is assessed by the same code.
//!
//! ```text
//! Partition ─► Snapshot of the day ─┬─► features ─► scores, reasons
//!                                   ├─► capacity
//!                                   ├─► conduct ─► signals
//!                                   └─► watch  (closed cases)
//! ```
//!
//! A unit is a pure function of its partition, the model, the rules and the day. That is why its result may
//! be computed on another machine, or twice.

use polars::prelude::*;

use super::score::{Scores, joined};
use super::{AssessParams, PerformanceModel};
use crate::capacity::{self, CapacityParams};
use crate::conduct::{self, ConductParams, ConductSignal, Strength};
use crate::domain::Day;
use crate::error::Result;
use crate::progress::Progress;
use crate::schema::{AS_OF, ENTITY_ID};
use crate::snapshot::{self, Snapshot};
use crate::store::hash_key;
use crate::tables::Partition;
use crate::watch::{self, WatchList};

/// Reasons per debtor.
const MOST_REASONS: usize = 8;

/// The tables that a unit gives, and their names.
pub(super) const RESULTS: [&str; 6] = ["scores", "reasons", "capacity", "signals", "watch", "features"];

/// What is known on a day of the debtors with an open case whom the unit holds whole.
pub(super) fn snapshot_of(unit: &Partition, as_of: Day) -> Result<Snapshot> {
    snapshot::as_of_parties(unit.tables(), &debtors_of(unit, as_of)?, as_of)
}

/// The debtors with an open case on a day whom the unit holds whole.
pub(super) fn debtors_of(unit: &Partition, as_of: Day) -> Result<Vec<i64>> {
    let debtors = snapshot::debtors(unit.tables(), as_of)?;
    Ok(debtors.into_iter().filter(|debtor| unit.contains(*debtor)).collect())
}

/// Scores, reasons, statements of means and signals of debtors, each in the order of the store,
/// from a unit that holds them whole; `watched` holds those besides whose cases were closed.
pub(super) fn assess_unit(
    (unit, debtors, watched): (&Partition, &[i64], &Partition),
    (model, params): (&PerformanceModel, &AssessParams),
    progress: &dyn Progress,
) -> Result<[DataFrame; RESULTS.len()]> {
    progress.turn_to("snapshot");
    let as_of = params.as_of;
    let snapshot = snapshot::as_of_parties(unit.tables(), debtors, as_of)?;
    progress.turn_to("capacity");
    // What a finding turns on, and the words of the law, are for a portrait and change no figure.
    let untold = CapacityParams::default().turning_points(false).articles(false);
    let means = capacity::assess(&snapshot, model.rules(), &untold)?;
    progress.turn_to("features");
    let table = match &params.features {
        Some(catalog) => joined(&snapshot, catalog, &means)?,
        None => joined(&snapshot, model.catalog(), &means)?,
    };
    progress.turn_to("score");
    let scores = Scores::from_features(&snapshot, (table, means), model)?;
    let scored: Vec<usize> = (0..scores.table.height()).filter(|row| scores.is_scored(*row)).collect();
    progress.turn_to("explain");
    let reasons = scores.any.reasons(&scores.table, &scored, MOST_REASONS)?;
    progress.turn_to("conduct");
    let signals = conduct::examine(&snapshot, &ConductParams::default())?;
    progress.turn_to("watch");
    let list = if params.watch { watch::watch(watched, model.rules(), as_of)? } else { WatchList::default() };
    progress.turn_to("arrange");
    let features = match &params.features {
        Some(_) => scores.table.frame().clone(),
        None => scores.table.frame().select([ENTITY_ID, AS_OF])?.clear(),
    };
    let (capacity, signals) = (scores.capacity.summary()?, signals_frame(&signals)?);
    let frames = [scores.frame()?, reasons, capacity, signals, list.frame()?, features];
    let [scores, reasons, capacity, signals, watch, features] = frames.map(|frame| in_order(&frame));
    Ok([scores?, reasons?, capacity?, signals?, watch?, features?])
}

/// Rows in the order of the store, those of one party as they stood.
fn in_order(frame: &DataFrame) -> Result<DataFrame> {
    let parties = frame.column(ENTITY_ID)?.i64()?;
    let mut order: Vec<(u64, IdxSize)> =
        (0..).zip(parties.iter().flatten()).map(|(row, id)| (hash_key(id), row)).collect();
    order.sort_unstable();
    let rows = IdxCa::from_vec("".into(), order.into_iter().map(|(_, row)| row).collect());
    Ok(frame.take(&rows)?)
}

fn signals_frame(signals: &[ConductSignal]) -> Result<DataFrame> {
    let days = |name: &str, day: fn(&ConductSignal) -> Day| {
        let numbers: Vec<i32> = signals.iter().map(|signal| day(signal).number()).collect();
        Column::new(name.into(), numbers).cast(&DataType::Date)
    };
    let strength = |signal: &ConductSignal| match signal.strength {
        Strength::Weak => "weak",
        Strength::Medium => "medium",
        Strength::Strong => "strong",
    };
    let columns = vec![
        Column::new(ENTITY_ID.into(), signals.iter().map(|signal| signal.entity_id).collect::<Vec<_>>()),
        days(AS_OF, |signal| signal.as_of)?,
        Column::new("pattern".into(), signals.iter().map(|signal| signal.pattern.as_str()).collect::<Vec<_>>()),
        Column::new("strength".into(), signals.iter().map(strength).collect::<Vec<_>>()),
        Column::new("n_acts".into(), signals.iter().map(|signal| signal.acts as u64).collect::<Vec<_>>()),
        Column::new("amount_fen".into(), signals.iter().map(|signal| signal.amount.fen()).collect::<Vec<_>>()),
        days("first_on", |signal| signal.first_on)?,
        days("last_on", |signal| signal.last_on)?,
    ];
    Ok(DataFrame::new(signals.len(), columns)?)
}
