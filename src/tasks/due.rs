//! Matters with a term of their own: money in hand, entrusted matters, petitions, rounds of auctions,
//! seizures and preservations.
//!
//! The last day of a term comes from dated rules. A matter is listed from
//! [`TaskRule::lead_days`](super::TaskRule::lead_days) before that day, and stays listed when it is past.

use std::collections::{HashMap, HashSet};

use super::candidate::{Candidate, PartitionContext};
use crate::domain::Money;
use crate::error::Result;
use crate::indicators::{Known, NONE, code, told};
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON};

/// Money, entrusted matters, petitions, rounds of auctions and seizures that are due; and how many lapsed preservations
/// are none, since a seizure of their case holds.
pub(super) fn due(context: &PartitionContext<'_>) -> Result<(Vec<Candidate>, u64)> {
    let mut found = money(context)?;
    found.extend(pending(context, ("entrusted", "entrustments", "done_on"))?);
    found.extend(pending(context, ("petition", "petitions", "closed_on"))?);
    found.extend(auctions(context)?);
    found.extend(seizures(context)?);
    let (preserved, succeeded) = preservations(context)?;
    found.extend(preserved);
    Ok((found, succeeded))
}

fn money(context: &PartitionContext<'_>) -> Result<Vec<Candidate>> {
    let Some(funds) = context.known("case_funds")? else { return Ok(Vec::new()) };
    let rows = funds.numbers(CASE_ID)?.into_iter().zip(funds.numbers(EVENT_ON)?).zip(funds.numbers("paid_on")?);
    let sums = funds.numbers("amount_fen")?.into_iter().zip(funds.numbers("paid_fen")?);
    let mut found = Vec::new();
    for (((case, received), paid_on), (amount, paid)) in rows.zip(sums) {
        let Some(at) = context.own(case).filter(|_| paid_on == NONE) else { continue };
        let end = context.day(received).and_then(|day| context.rules.end("money_held", day));
        if let Some(task) = end.and_then(|end| context.due("money_held", at, end)) {
            let held = told(amount).map(|amount| Money::from_fen(amount - told(paid).unwrap_or(0)));
            found.push(Candidate { stake: held, ..task });
        }
    }
    Ok(found)
}

/// Matters that are not finished and whose term is told with them.
fn pending(context: &PartitionContext<'_>, (code, table, end): (&'static str, &str, &str)) -> Result<Vec<Candidate>> {
    let Some(matters) = context.known(table)? else { return Ok(Vec::new()) };
    let rows = matters.numbers(CASE_ID)?.into_iter().zip(matters.numbers("due_on")?).zip(matters.numbers(end)?);
    let open = rows.filter(|(_, done)| *done == NONE);
    let task = |((case, due), _)| context.due(code, context.own(case)?, context.day(due)?);
    Ok(open.filter_map(task).collect())
}

/// Lots whose last round failed, unless the case is closed.
fn auctions(context: &PartitionContext<'_>) -> Result<Vec<Candidate>> {
    let Some(auctions) = context.known("auctions")? else { return Ok(Vec::new()) };
    let failed = code("auctions", "outcome", "failed");
    let lots = auctions.numbers(CASE_ID)?.into_iter().zip(auctions.numbers("lot")?);
    let rounds = auctions.numbers("round")?.into_iter().zip(auctions.numbers("outcome")?);
    let more = auctions.numbers("ended_on")?.into_iter().zip(auctions.numbers("opening_fen")?);
    let mut last: HashMap<(i64, i64), (i64, i64, i64, i64)> = HashMap::new();
    for ((lot, (round, outcome)), (ended, opening)) in lots.zip(rounds).zip(more) {
        let held = last.entry(lot).or_insert((round, outcome, ended, opening));
        *held = (round, outcome, ended, opening).max(*held);
    }
    let mut found = Vec::new();
    for ((case, _), (round, outcome, ended, opening)) in last {
        // Two rounds and a sale: after that nothing more is due.
        let Some(at) = context.own(case).filter(|at| outcome == failed && round < 3 && context.is_open(*at)) else {
            continue;
        };
        let end = context.day(ended).and_then(|day| context.rules.end("auction_due", day));
        if let Some(task) = end.and_then(|end| context.due("auction_due", at, end)) {
            found.push(Candidate { stake: told(opening).map(Money::from_fen), ..task });
        }
    }
    Ok(found)
}

/// This court's own seizures in open cases that end soon or have lapsed.
fn seizures(context: &PartitionContext<'_>) -> Result<Vec<Candidate>> {
    let Some(burdens) = context.known("encumbrances")? else { return Ok(Vec::new()) };
    let rows = burdens.numbers(ENTITY_ID)?.into_iter().zip(burdens.numbers(CASE_ID)?);
    let ends = burdens.numbers("until_on")?.into_iter().zip(own_seizures(&burdens)?);
    let mut found: HashMap<(i64, usize), Candidate> = HashMap::new();
    for ((party, case), (until, is_own)) in rows.zip(ends) {
        let is_ours = is_own && context.partition.contains(party);
        let (Some(at), true) = (context.docket.by_case.get(&case).copied(), is_ours) else { continue };
        let Some(end) = context.day(until).filter(|_| context.is_open(at)) else { continue };
        let Some(task) = context.due("renew_seizure", at, end) else { continue };
        // One entry for all that lapses of one debtor in one case, with the first day.
        let held = found.entry((party, at)).or_insert(Candidate { entity_id: Some(party), records: 0, ..task });
        held.records += 1;
        held.due_on = held.due_on.min(Some(end));
    }
    Ok(found.into_values().collect())
}

/// Preservations with something held in open cases that end soon or have lapsed: one entry for all of one case; and how
/// many have lapsed while a seizure of the first debtor in the same case still holds.
///
/// A preservation becomes the seizure of the enforcement, so that its own last day matters no more once that is made.
/// Seizures of other debtors may lie in other partitions, so that they cannot decide.
fn preservations(context: &PartitionContext<'_>) -> Result<(Vec<Candidate>, u64)> {
    let (mut found, mut succeeded): (HashMap<usize, Candidate>, u64) = (HashMap::new(), 0);
    let seized = seized(context)?;
    for (case, held, until) in context.held()? {
        let (Some(at), Some(end)) = (context.own(case).filter(|at| context.is_open(*at)), context.day(until)) else {
            continue;
        };
        let Some(task) = context.due("renew_seizure", at, end) else { continue };
        if end < context.today && task.entity_id.is_some_and(|party| seized.contains(&(party, case))) {
            succeeded += 1;
            continue;
        }
        let all = found.entry(at).or_insert(Candidate { records: 0, stake: Some(Money::ZERO), ..task });
        all.records += 1;
        all.due_on = all.due_on.min(Some(end));
        let held = all.stake.unwrap_or_default() + held;
        all.stake = Some(context.owed(at).map_or(held, |owed| held.min(owed)));
    }
    Ok((found.into_values().collect(), succeeded))
}

/// Debtors and the cases in which a seizure of theirs by this court holds today, of whatever is theirs. One whose last
/// day nobody told decides nothing.
fn seized(context: &PartitionContext<'_>) -> Result<HashSet<(i64, i64)>> {
    let Some(burdens) = context.known("encumbrances")? else { return Ok(HashSet::new()) };
    let today = i64::from(context.today.number());
    let keys = burdens.numbers(ENTITY_ID)?.into_iter().zip(burdens.numbers(CASE_ID)?);
    let rows = keys.zip(own_seizures(&burdens)?.into_iter().zip(burdens.numbers("until_on")?));
    let holds = |(is_own, until): (bool, i64)| is_own && told(until).is_some_and(|until| until >= today);
    Ok(rows.filter(|(_, row)| holds(*row)).map(|(keys, _)| keys).collect())
}

/// Which burdens are seizures by this court that nobody released.
fn own_seizures(burdens: &Known<'_>) -> Result<Vec<bool>> {
    let wanted = ["seizure", "advance_seizure"].map(|kind| code("encumbrances", "kind", kind));
    let about = burdens.numbers("kind")?.into_iter().zip(burdens.numbers("is_ours")?);
    let rows = about.zip(burdens.numbers("released_on")?);
    Ok(rows.map(|((kind, ours), released)| ours == 1 && released == NONE && wanted.contains(&kind)).collect())
}
