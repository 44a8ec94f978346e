//! Samples with their features, read partition by partition.

use super::TrainParams;
use super::score::features_of;
use crate::cohort::{self, Cohort, CohortParams};
use crate::domain::mixed;
use crate::error::Result;
use crate::features::FeatureTable;
use crate::progress::Progress;
use crate::snapshot;
use crate::tables::Partitions;

/// What a model is learnt from: samples, and row by row their features, by party and day.
pub(super) struct Samples {
    pub(super) cohort: Cohort,
    pub(super) table: FeatureTable,
    /// Samples that were not drawn.
    pub(super) left_out: usize,
}

impl Samples {
    pub(super) fn read(
        source: &impl Partitions,
        (params, cohort_params): (&TrainParams, &CohortParams),
        progress: &dyn Progress,
    ) -> Result<Self> {
        let partitions = source.partitions();
        progress.begin("sample", Some(u64::from(partitions)), "partitions");
        let mut cohorts = Vec::new();
        for number in 0..partitions {
            cohorts.push(cohort::sample_of(&source.partition(number)?, cohort_params)?);
            progress.advance(1);
        }
        progress.end();
        let most = largest_hash(&cohorts, params.samples);
        let samples: usize = cohorts.iter().map(Cohort::height).sum();
        let mut tables = Vec::new();
        progress.begin("features", Some(u64::from(partitions)), "partitions");
        for (number, cohort) in (0..partitions).zip(&mut cohorts) {
            *cohort = cohort.of_parties(|party| hash(party) <= most)?;
            // One table at least, which has the columns.
            if cohort.height() > 0 || number + 1 == partitions && tables.is_empty() {
                let snapshot = snapshot::as_of_each(source.partition(number)?.tables(), cohort.samples())?;
                tables.push(features_of(&snapshot, &params.catalog, &params.rules)?.0);
            }
            progress.advance(1);
        }
        progress.end();
        let table = FeatureTable::stacked(tables)?;
        let (parties, days) = (table.entity_ids().unwrap_or_default(), table.as_of().unwrap_or_default());
        let mut order: Vec<usize> = (0..table.height()).collect();
        order.sort_by_key(|row| (parties.get(*row), days.get(*row)));
        let cohort = Cohort::merged(cohorts)?;
        let left_out = samples - cohort.height();
        Ok(Self { cohort, table: table.rows(&order)?, left_out })
    }
}

/// The hash up to which parties are drawn, so that about so many samples are.
fn largest_hash(cohorts: &[Cohort], samples: Option<usize>) -> u64 {
    let mut hashes: Vec<u64> = cohorts.iter().flat_map(Cohort::entity_ids).map(hash).collect();
    hashes.sort_unstable();
    match samples {
        Some(samples) if samples < hashes.len() => {
            samples.checked_sub(1).and_then(|last| hashes.get(last)).copied().unwrap_or(0)
        }
        _ => u64::MAX,
    }
}

/// Another order than that of the partitions.
fn hash(party: i64) -> u64 {
    mixed(party.cast_unsigned() ^ 0x5EED)
}
