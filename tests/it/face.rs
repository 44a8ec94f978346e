//! What a program that embeds the crate relies on beyond signatures.

use wherewithal::advice::AdviceRules;
use wherewithal::capacity::{CapacityRules, CapacityTable};
use wherewithal::cohort::Cohort;
use wherewithal::conduct::ConductParams;
use wherewithal::domain::{Identifier, PseudonymKey};
use wherewithal::features::{FeatureCatalog, FeatureTable};
use wherewithal::indicators::IndicatorCatalog;
use wherewithal::ingest::{Mapping, Sources};
use wherewithal::linkage::EntityMap;
use wherewithal::model::{AmountCard, Learner, Scorecard};
use wherewithal::pipeline::{
    AssessParams, Assessment, FillPlan, FillReader, PerformanceModel, Plan, PlannedFilling, TrainParams, Worker,
};
use wherewithal::profile::DebtorProfile;
use wherewithal::report::Pages;
use wherewithal::score::{ScoreTable, Scorer};
use wherewithal::screening::{DefaulterList, ExactIndex, Screener};
use wherewithal::snapshot::Snapshot;
use wherewithal::store::{Blob, Pairs, Store};
use wherewithal::tables::{Partition, SourceTables};
use wherewithal::tasks::TaskRules;

/// Types that a server or a pool of workers holds and hands to its threads. It does not compile when one of them stops
/// being `Send + Sync`.
#[test]
fn what_threads_share_is_send_and_sync() {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<wherewithal::Error>();
    is_shared::<(AdviceRules, CapacityRules, CapacityTable, Cohort, ConductParams, Identifier, PseudonymKey)>();
    is_shared::<(FeatureCatalog, FeatureTable, IndicatorCatalog, Mapping, Sources, EntityMap)>();
    is_shared::<(AmountCard, Learner, Scorecard, ScoreTable, Scorer)>();
    is_shared::<(AssessParams, Assessment, PerformanceModel, Plan, TrainParams, Worker)>();
    is_shared::<(FillPlan, FillReader, PlannedFilling, Blob, Pairs)>();
    is_shared::<(DebtorProfile, Pages, DefaulterList, ExactIndex<Vec<u8>>, Screener)>();
    is_shared::<(Snapshot, Store, Partition, SourceTables, TaskRules)>();
}

/// The listing that CI compares (`.ci/public-api`): no signature names polars' insides, so that a new version of them
/// is no new version of this crate.
#[test]
fn no_signature_names_the_insides_of_polars() {
    let path = super::architecture::root().join("public-api.txt");
    let listing = std::fs::read_to_string(path).unwrap();
    assert!(listing.lines().count() > 1_000, "{}", listing.lines().count());
    let inside = |line: &&str| {
        ["polars_arrow::", "polars_parquet::", "polars_buffer::", "polars_async::"]
            .iter()
            .any(|name| line.contains(name))
    };
    let named: Vec<&str> = listing.lines().filter(inside).collect();
    assert!(named.is_empty(), "{}", named.join("\n"));
}
