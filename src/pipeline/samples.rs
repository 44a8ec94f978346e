//! Samples with their features, read partition by partition.
//!
//! A party lies in one partition, so its samples do too, and no two partitions need be in memory for them.
//! Where more samples are there than were asked for, parties are drawn by a hash: the same parties in every
//! run, whatever the partitions.

use std::sync::{Mutex, PoisonError};

use super::TrainParams;
use super::rows::SampleFeatures;
use super::score::features_of;
use super::threads::for_each_on_threads;
use crate::capacity::CapacityTable;
use crate::cohort::{self, Cohort, CohortParams};
use crate::domain::{Day, mixed};
use crate::error::Result;
use crate::features::{FeatureCatalog, FeatureTable};
use crate::model::{CodedPart, Coder, ScorecardParams};
use crate::progress::Progress;
use crate::snapshot;
use crate::tables::Partitions;

/// What a model is learnt from: samples, and row by row their features, by party and day.
pub(super) struct Samples {
    pub(super) cohort: Cohort,
    /// `None` when there are no samples.
    pub(super) rows: Option<SampleFeatures>,
    /// Samples that were not drawn.
    pub(super) left_out: usize,
}

/// What reading needs besides the source.
pub(super) struct Reading<'a> {
    pub(super) params: &'a TrainParams,
    pub(super) cohort: &'a CohortParams,
    /// With the trends that the catalogue expects.
    pub(super) scorecard: &'a ScorecardParams,
}

impl Samples {
    /// Reads each partition once, or twice where samples are drawn: then all of them are found before one is described.
    pub(super) fn read(source: &impl Partitions, by: &Reading<'_>, progress: &dyn Progress) -> Result<Self> {
        let partitions = source.partitions();
        let each = |what: &str, work: &(dyn Fn(u32) -> Result<()> + Sync)| -> Result<()> {
            progress.begin(what, Some(u64::from(partitions)), "partitions");
            for_each_on_threads(by.params.threads.max(1), partitions as usize, |number| {
                work(u32::try_from(number).unwrap_or(u32::MAX))?;
                progress.advance(1);
                Ok(())
            })?;
            progress.end();
            Ok(())
        };
        let mut most = u64::MAX;
        if let Some(samples) = by.params.samples {
            let hashes = Mutex::new(Vec::new());
            each("sample", &|number| {
                let cohort = cohort::sample_of(&source.partition(number)?, by.cohort)?;
                let found = cohort.entity_ids().into_iter().map(hash);
                hashes.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                Ok(())
            })?;
            most = largest_hash(hashes.into_inner().unwrap_or_else(PoisonError::into_inner), samples);
        }
        let gathered = Mutex::new(Gathered::default());
        each("features", &|number| {
            let partition = source.partition(number)?;
            let all = cohort::sample_of(&partition, by.cohort)?;
            let cohort = all.of_parties(|party| hash(party) <= most)?;
            let left_out = all.height() - cohort.height();
            let mut features = None;
            if cohort.height() > 0 {
                let snapshot = snapshot::as_of_each(partition.tables(), cohort.samples())?;
                let (table, _) = features_of(&snapshot, &by.params.catalog, &by.params.rules)?;
                features = Some(table.select(table.names().filter(|name| may_be_scored(name, &by.params.catalog)))?);
            }
            drop(partition);
            Gathered::add(&gathered, (cohort, left_out, features), by)
        })?;
        gathered.into_inner().unwrap_or_else(PoisonError::into_inner).sorted()
    }
}

/// What the partitions read so far have brought, in any order.
#[derive(Default)]
struct Gathered {
    cohorts: Vec<Cohort>,
    left_out: usize,
    samples: usize,
    /// Features as numbers, while there are few samples.
    tables: Vec<FeatureTable>,
    coder: Coder,
    /// Whose sample of which day each coded row is, and where it lies.
    coded: Vec<((i64, Day), (u32, u32))>,
}

impl Gathered {
    fn add(
        shared: &Mutex<Self>,
        (cohort, left_out, features): (Cohort, usize, Option<FeatureTable>),
        by: &Reading<'_>,
    ) -> Result<()> {
        let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = {
            let mut all = lock();
            all.cohorts.push(cohort);
            all.left_out += left_out;
            all.samples += features.as_ref().map_or(0, FeatureTable::height);
            all.tables.extend(features);
            if all.samples <= by.params.exact_samples { Vec::new() } else { std::mem::take(&mut all.tables) }
        };
        // Coded by the thread that read it, while others read.
        for table in waiting {
            let part = CodedPart::new(&table, by.scorecard)?;
            let keys = keys(&table);
            drop(table);
            let mut all = lock();
            let place = u32::try_from(all.coder.push(part)?).unwrap_or(u32::MAX);
            all.coded.extend(keys.into_iter().zip(0..).map(|(key, row)| (key, (place, row))));
        }
        Ok(())
    }

    /// All of it by party and day, whatever came first.
    fn sorted(self) -> Result<Samples> {
        let mut coded = self.coded;
        let rows = if !coded.is_empty() {
            coded.sort_unstable();
            let rows: Vec<(u32, u32)> = coded.into_iter().map(|(_, place)| place).collect();
            Some(SampleFeatures::Codes(self.coder.finish(&rows)?))
        } else if self.tables.is_empty() {
            None
        } else {
            let table = FeatureTable::stacked(self.tables)?;
            let keys = keys(&table);
            let mut order: Vec<usize> = (0..table.height()).collect();
            order.sort_by_key(|row| keys.get(*row));
            Some(SampleFeatures::Numbers(table.rows(&order)?))
        };
        Ok(Samples { cohort: Cohort::merged(self.cohorts)?, rows, left_out: self.left_out })
    }
}

/// Whether a card may use a feature.
fn may_be_scored(name: &str, catalog: &FeatureCatalog) -> bool {
    catalog.feature(name).is_none_or(|spec| spec.on_card) && !CapacityTable::OFF_CARD.contains(&name)
}

/// Whose sample of which day each row is.
fn keys(table: &FeatureTable) -> Vec<(i64, Day)> {
    let (parties, days) = (table.entity_ids().unwrap_or_default(), table.as_of().unwrap_or_default());
    parties.into_iter().zip(days).collect()
}

/// The hash up to which parties are drawn, so that about so many samples are.
fn largest_hash(mut hashes: Vec<u64>, samples: usize) -> u64 {
    if samples >= hashes.len() {
        return u64::MAX;
    }
    hashes.sort_unstable();
    samples.checked_sub(1).and_then(|last| hashes.get(last)).copied().unwrap_or(0)
}

/// Another order than that of the partitions.
fn hash(party: i64) -> u64 {
    mixed(party.cast_unsigned() ^ 0x5EED)
}
