//! The source rows behind the value of a feature.
//!
//! A value that nobody can trace is a value that nobody can dispute: a portrait lists the rows behind each
//! number, and a debtor can say which of them is wrong.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::catalog::unknown;
use super::mask::Block;
use super::reduce::Reduced;
use super::rows::SourceRows;
use super::{Aggregate, FeatureCatalog, FeatureSpec};
use crate::domain::Day;
use crate::error::Result;
use crate::schema::{EVENT_ON, RECORD_ID};
use crate::snapshot::Snapshot;

/// A row of a source table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The table.
    pub table: String,
    /// The row's number in it.
    pub record_id: i64,
    /// The day it happened.
    pub event_on: Day,
}

/// The rows behind one value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The latest of them, latest first.
    pub records: Vec<Record>,
    /// How many there are in all.
    pub n: u64,
}

/// The rows behind the values of some features, for every sample of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EvidenceTable {
    of: BTreeMap<String, HashMap<(i64, i32), Evidence>>,
}

/// Which evidence to collect.
///
/// ```
/// use wherewithal::features::EvidenceParams;
///
/// let params = EvidenceParams::default().features(["deposits_balance_fen"]);
/// assert_eq!(params.features, ["deposits_balance_fen"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct EvidenceParams {
    /// The features; all of the catalogue when empty.
    pub features: Vec<String>,
    /// How many records are kept for one value; the count is always whole.
    pub most: usize,
}

impl Default for EvidenceParams {
    fn default() -> Self {
        Self { features: Vec::new(), most: 20 }
    }
}

impl EvidenceParams {
    /// Sets [`EvidenceParams::features`].
    #[must_use]
    pub fn features<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.features = names.into_iter().map(Into::into).collect();
        self
    }

    setters! {
        most: usize,
    }
}

impl EvidenceTable {
    /// The rows behind the value of `feature` for one sample; empty when no row counted or it was not collected.
    pub fn rows_behind(&self, feature: &str, entity_id: i64, as_of: Day) -> Evidence {
        let found = self.of.get(feature).and_then(|samples| samples.get(&(entity_id, as_of.number())));
        found.cloned().unwrap_or_default()
    }
}

/// Collects the rows that counted for the values of features, for every sample of the snapshot.
///
/// A derived feature stands on the rows of both its parts. For few debtors out of many, narrow the snapshot first
/// ([`Snapshot::for_parties`]).
///
/// # Errors
///
/// [`Error::Setting`](crate::Error::Setting) when the catalogue has no feature of one of the names;
/// [`Error::Frame`](crate::Error::Frame) when a source cannot be read.
pub fn evidence(snapshot: &Snapshot, catalog: &FeatureCatalog, params: &EvidenceParams) -> Result<EvidenceTable> {
    let names: Vec<&str> = match params.features.as_slice() {
        [] => catalog.features().iter().map(|spec| spec.name.as_str()).collect(),
        names => names.iter().map(String::as_str).collect(),
    };
    let needed = catalog.only(names.iter().copied())?;
    let mut sources: BTreeMap<&str, Vec<(&FeatureSpec, &Aggregate)>> = BTreeMap::new();
    for spec in needed.features() {
        if let Some(aggregate) = spec.aggregate() {
            sources.entry(aggregate.source.as_str()).or_default().push((spec, aggregate));
        }
    }
    let mut whole = EvidenceTable::default();
    for (source, features) in &sources {
        let columns = features.iter().flat_map(|(_, aggregate)| Reduced::columns(aggregate)).collect();
        let rows = SourceRows::read(snapshot, (source, &columns), &[RECORD_ID])?;
        let mut block = Block::new(&rows, 0..rows.len())?;
        for (spec, aggregate) in features {
            let flags = block.counting(aggregate)?;
            whole.of.insert(spec.name.clone(), counted((&rows, snapshot.keys()), &flags, source)?);
        }
    }
    let mut table = EvidenceTable::default();
    for name in names {
        let spec = needed.feature(name).ok_or_else(|| unknown(name))?;
        let parts = if spec.aggregate().is_some() { vec![name] } else { spec.parts() };
        let mut joined: HashMap<(i64, i32), Evidence> = HashMap::new();
        for (sample, evidence) in parts.iter().filter_map(|part| whole.of.get(*part)).flatten() {
            joined.entry(*sample).or_default().records.extend(evidence.records.iter().cloned());
        }
        joined.values_mut().for_each(|evidence| sort_and_cap(evidence, params.most));
        table.of.insert(name.to_owned(), joined);
    }
    Ok(table)
}

/// The rows that are flagged, by sample.
fn counted(
    (rows, keys): (&SourceRows, &[(i64, i32)]),
    flags: &[bool],
    table: &str,
) -> Result<HashMap<(i64, i32), Evidence>> {
    let mut of: HashMap<(i64, i32), Evidence> = HashMap::new();
    let events = rows.read_rows().days(EVENT_ON)?;
    let records = rows.read_rows().numbers(RECORD_ID)?;
    for ((flag, sample), (record, event)) in flags.iter().zip(rows.samples()).zip(records.zip(events)) {
        if let (true, Some(key), Some(record_id)) = (flag, keys.get(*sample), record)
            && let Some(event_on) = event
        {
            let record = Record { table: table.to_owned(), record_id, event_on };
            of.entry(*key).or_default().records.push(record);
        }
    }
    Ok(of)
}

/// Sorts, counts and caps.
fn sort_and_cap(evidence: &mut Evidence, most: usize) {
    let latest_first = |record: &Record| (std::cmp::Reverse(record.event_on), record.table.clone(), record.record_id);
    evidence.records.sort_by_cached_key(latest_first);
    evidence.records.dedup();
    evidence.n = evidence.records.len() as u64;
    evidence.records.truncate(most);
}
