//! What agencies found about debtors, and what of it is news.

use std::collections::BTreeMap;

use super::candidate::{Candidate, PartitionContext};
use crate::error::Result;
use crate::indicators::code;
use crate::schema::{ENTITY_ID, KNOWN_AT};

/// Agencies whose answer can show property or an income.
const PROPERTY: [&str; 10] = [
    "bank",
    "network_funds",
    "securities",
    "insurance",
    "real_estate",
    "vehicles",
    "registry",
    "tax",
    "social_insurance",
    "housing_fund",
];

/// The days on which each of the partition's own parties was known to have some property or income, answer by answer.
pub(super) fn finds(context: &PartitionContext<'_>) -> Result<BTreeMap<i64, Vec<i64>>> {
    let mut finds: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let Some(queries) = context.known("queries")? else { return Ok(finds) };
    let hit = code("queries", "answer", "found");
    let sources = PROPERTY.map(|source| code("queries", "source", source));
    let answers = queries.numbers("answer")?.into_iter().zip(queries.numbers("source")?);
    let rows = queries.numbers(ENTITY_ID)?.into_iter().zip(queries.numbers(KNOWN_AT)?).zip(answers);
    for ((party, known), (answer, source)) in rows {
        if answer == hit && sources.contains(&source) && context.partition.contains(party) {
            finds.entry(party).or_default().push(known);
        }
    }
    Ok(finds)
}

/// Debtors about whom something was found on the day or the day before: a night asks about two days. One entry for all
/// answers about a debtor, in his open case that was filed last.
pub(super) fn found(context: &PartitionContext<'_>, finds: &BTreeMap<i64, Vec<i64>>) -> Vec<Candidate> {
    let since = i64::from(context.today.number()) - 1;
    let task = |(party, known): (&i64, &Vec<i64>)| {
        let records = known.iter().filter(|known| **known >= since).count() as u64;
        let cases = context.docket.by_debtor.get(party).filter(|_| records > 0)?;
        let (_, assignment) = cases.iter().rev().copied().find(|(_, at)| context.is_open(*at))?;
        Some(Candidate { code: "found", assignment, entity_id: Some(*party), due_on: None, stake: None, records })
    };
    finds.iter().filter_map(task).collect()
}
