//! What could be recovered behind each matter.

use std::collections::HashMap;

use super::candidate::{Candidate, Scene};
use crate::capacity::{self, CapacityParams, CapacityRules, Waterfall};
use crate::domain::Money;
use crate::error::Result;
use crate::snapshot;
use crate::watch;

/// What is available to claims of a debtor, and what this court's claims get of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    pub(super) available: Money,
    pub(super) recovered: Money,
}

/// The means of the debtors of some matters, as expected.
pub(super) fn means(scene: &Scene<'_>, found: &[Candidate], rules: &CapacityRules) -> Result<HashMap<i64, Means>> {
    let mut parties: Vec<i64> = found.iter().filter_map(|task| task.entity_id).collect();
    parties.sort_unstable();
    parties.dedup();
    if parties.is_empty() {
        return Ok(HashMap::new());
    }
    let known = snapshot::as_of_parties(scene.partition.tables(), &parties, scene.today)?;
    let params = CapacityParams::default().turning_points(false).articles(false);
    let table = capacity::assess(&known, rules, &params)?;
    let sum = |assets: &[Waterfall]| assets.iter().map(|asset| asset.available().expected).sum();
    let of = table
        .statements()
        .iter()
        .map(|row| (row.entity_id, Means { available: sum(&row.assets), recovered: row.recovered.expected }));
    Ok(of.collect())
}

/// Cases closed without result whose check is due and was not made, and those whose means came back.
pub(super) fn watched(scene: &Scene<'_>, rules: &CapacityRules) -> Result<Vec<Candidate>> {
    let of = (scene.partition.tables(), |party| scene.partition.contains(party));
    let mut found = Vec::new();
    for one in watch::watch(of, (rules, scene.today))?.watched() {
        let Some(desk) = scene.docket.by_case.get(&one.case_id).copied() else { continue };
        let task = |code, due_on, stake| Candidate {
            code,
            desk,
            entity_id: Some(one.entity_id),
            due_on,
            stake: Some(stake),
            records: 1,
        };
        if one.is_back {
            found.push(task("means_back", None, one.now));
        } else if let Some(due) = one.due_on.filter(|_| !one.is_asked) {
            found.push(task("recheck", Some(due), one.now));
        }
    }
    Ok(found)
}
