//! Cases in which something should have been done, or should not have been: closed without result although
//! a condition was not met, open for longer than the term without any measure, or near the end of the term in which
//! they are to be closed.

use std::collections::{BTreeMap, HashSet};

use super::candidate::{Candidate, PartitionContext};
use crate::error::Result;
use crate::indicators::{NONE, code, told};
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON};

/// Days back within which a closing without result is looked at.
const LOOKED_BACK: i32 = 365;

/// Cases closed without result in the last year of which the register says that a condition was not met.
pub(super) fn unmet(context: &PartitionContext<'_>) -> Vec<Candidate> {
    let no_result = code("closings", "manner", "no_result");
    let mut found = Vec::new();
    for (at, assignment) in context.docket.assignments.iter().enumerate() {
        if !assignment.is_own || context.field("manner", at) != Some(no_result) {
            continue;
        }
        let day = |name: &str| context.field(name, at).and_then(|number| context.day(number));
        let (Some(filed), Some(closed)) = (day("filed_on"), day("closed_on")) else { continue };
        if context.today.days_since(closed) > LOOKED_BACK {
            continue;
        }
        let early = context.rules.end("unmet", filed).is_some_and(|least| closed <= least);
        let lacks =
            ["is_searched", "is_restricted", "is_heard"].iter().filter(|name| context.field(name, at) == Some(0));
        let lacks = lacks.count() as u64 + u64::from(early);
        if lacks > 0 {
            let entity_id = context.debtors.get(&at).and_then(|debtors| debtors.first()).copied();
            found.push(Candidate {
                code: "unmet",
                assignment: at,
                entity_id,
                due_on: None,
                stake: None,
                records: lacks,
            });
        }
    }
    found
}

/// Debtors of open cases, a term after something was found (after filing, where no answer tells of it), against whom
/// this court neither seized nor auctioned nor received anything, nor issued an order, and in which no preservation is
/// in force: whether they have property shows when their means are stated.
pub(super) fn untouched(context: &PartitionContext<'_>, finds: &BTreeMap<i64, Vec<i64>>) -> Result<Vec<Candidate>> {
    let touched = touched(context)?;
    let mut found = Vec::new();
    for (at, assignment) in context.docket.assignments.iter().enumerate() {
        if !context.is_open(at) || touched.1.contains(&assignment.case_id) {
            continue;
        }
        let Some(filed) = context.field("filed_on", at) else { continue };
        for party in context.debtors.get(&at).into_iter().flatten().filter(|party| context.partition.contains(**party))
        {
            let first_find = finds.get(party).and_then(|known| known.iter().min()).copied();
            let begun = context.day(first_find.map_or(filed, |day| day.max(filed)));
            let Some(due) = begun.and_then(|begun| context.rules.end("idle", begun)) else { continue };
            if let Some(task) = context.due("idle", at, due).filter(|_| !touched.0.contains(party)) {
                found.push(Candidate { entity_id: Some(*party), ..task });
            }
        }
    }
    Ok(found)
}

/// Debtors of open first cases about whom something was found, when the case nears the end of its term or is past it.
///
/// The term is that of cases with property: where nothing was found, other conditions of closing count. Days that do
/// not count are taken off as far as the register tells them, which it does of a closing.
pub(super) fn unclosed(context: &PartitionContext<'_>, finds: &BTreeMap<i64, Vec<i64>>) -> Vec<Candidate> {
    let first = code("cases", "kind", "first");
    let mut found = Vec::new();
    for (at, assignment) in context.docket.assignments.iter().enumerate() {
        if assignment.kind != first || !context.is_open(at) {
            continue;
        }
        let end = context.field("term_on", at).and_then(|end| context.day(end));
        let Some(task) = end.and_then(|end| context.due("closing_due", at, end)) else { continue };
        let of_case = context.debtors.get(&at).into_iter().flatten();
        let own = of_case.filter(|party| context.partition.contains(**party) && finds.contains_key(party));
        found.extend(own.map(|party| Candidate { entity_id: Some(*party), ..task.clone() }));
    }
    found
}

/// Parties whose property this court holds, and cases in which something is preserved, was ordered,
/// auctioned or came in.
fn touched(context: &PartitionContext<'_>) -> Result<(HashSet<i64>, HashSet<i64>)> {
    let (mut parties, mut cases) = (HashSet::new(), HashSet::new());
    let today = i64::from(context.today.number());
    if let Some(burdens) = context.known("encumbrances")? {
        let rows = burdens.numbers(ENTITY_ID)?.into_iter().zip(burdens.numbers("is_ours")?);
        let ends = burdens.numbers("until_on")?.into_iter().zip(burdens.numbers("released_on")?);
        let holds = |(until, released): (i64, i64)| released == NONE && told(until).is_none_or(|until| until >= today);
        parties
            .extend(rows.zip(ends).filter(|((_, ours), ends)| *ours == 1 && holds(*ends)).map(|((party, _), _)| party));
    }
    let in_force = context.held()?.into_iter().filter(|(_, _, until)| told(*until).is_none_or(|until| until >= today));
    cases.extend(in_force.map(|(case, ..)| case));
    for table in ["auctions", "payments", "orders"] {
        if let Some(rows) = context.known(table)? {
            cases.extend(rows.numbers(CASE_ID)?);
        }
    }
    if let Some(sanctions) = context.known("sanctions")? {
        // A fine or detention is a measure too.
        let kinds = ["fine", "detention"].map(|kind| code("sanctions", "kind", kind));
        let rows =
            sanctions.numbers(CASE_ID)?.into_iter().zip(sanctions.numbers("kind")?).zip(sanctions.numbers(EVENT_ON)?);
        cases.extend(rows.filter(|((case, kind), _)| *case != NONE && kinds.contains(kind)).map(|((case, _), _)| case));
    }
    Ok((parties, cases))
}
