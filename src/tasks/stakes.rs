//! What could be recovered behind each matter.
//!
//! Means of a debtor stand once: they are shared among this court's claims as the law shares them, so that
//! the stakes of several matters do not add up to more than there is.

use std::collections::HashMap;

use super::candidate::{Candidate, PartitionContext};
use crate::capacity::{self, CapacityParams, CapacityRules, Waterfall};
use crate::domain::Money;
use crate::error::Result;
use crate::indicators::code;
use crate::snapshot;
use crate::watch;

/// What is available to claims of a debtor, and what each of this court's claims gets of it.
#[derive(Debug, Clone)]
pub(super) struct Means {
    pub(super) available: Money,
    shares: HashMap<i64, Money>,
}

impl Means {
    /// What can be recovered in a case: its share, so that means stand once; where the case has no
    /// claim that shares, because it is closed, what is available up to what is owed. Unknown where
    /// the claim is.
    pub(super) fn stake(&self, context: &PartitionContext<'_>, at: usize) -> Option<Money> {
        let case_id = context.docket.assignments.get(at)?.case_id;
        let share = self.shares.get(&case_id).copied();
        share.or_else(|| Some(self.available.min(context.owed(at)?)))
    }
}

/// The means of the debtors of some matters, as expected.
pub(super) fn means(
    context: &PartitionContext<'_>,
    found: &[Candidate],
    rules: &CapacityRules,
) -> Result<HashMap<i64, Means>> {
    let mut parties: Vec<i64> = found.iter().filter_map(|task| task.entity_id).collect();
    parties.sort_unstable();
    parties.dedup();
    if parties.is_empty() {
        return Ok(HashMap::new());
    }
    let known = snapshot::as_of_parties(context.partition.tables(), &parties, context.today)?;
    let params = CapacityParams::default().turning_points(false).articles(false);
    let table = capacity::assess(&known, rules, &params)?;
    let sum = |assets: &[Waterfall]| assets.iter().map(|asset| asset.available().expected).sum();
    let of = table.statements().iter().map(|row| {
        let shares = row.claims.iter().map(|claim| (claim.case_id, claim.recovered.expected)).collect();
        (row.entity_id, Means { available: sum(&row.assets), shares })
    });
    Ok(of.collect())
}

/// Cases closed without result whose check is due and was not made, and those whose means came back.
///
/// At stake is what is available, or what was gained since the closing, up to what is owed in the debtor's cases closed
/// without result.
pub(super) fn watched(context: &PartitionContext<'_>, rules: &CapacityRules) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for one in watch::watch(context.partition, rules, context.today)?.watched() {
        let Some(assignment) = context.docket.by_case.get(&one.case_id).copied() else { continue };
        let task = |code, due_on, stake| Candidate {
            code,
            assignment,
            entity_id: Some(one.entity_id),
            due_on,
            stake: owed_without_result(context, one.entity_id).map(|owed| owed.min(stake)),
            records: 1,
        };
        if one.is_back {
            found.push(task("means_back", None, one.now - one.then));
        } else if let Some(due) = one.due_on.filter(|_| !one.is_asked) {
            found.push(task("recheck", Some(due), one.now));
        }
    }
    Ok(found)
}

/// What is owed in a debtor's cases closed without result; unknown where no claim among them is known.
fn owed_without_result(context: &PartitionContext<'_>, party: i64) -> Option<Money> {
    let no_result = code("closings", "manner", "no_result");
    let cases = context.docket.by_debtor.get(&party)?.iter().map(|(_, at)| *at);
    let owed = cases.filter(|at| context.field("manner", *at) == Some(no_result)).filter_map(|at| context.owed(at));
    owed.reduce(|sum, owed| sum + owed)
}
