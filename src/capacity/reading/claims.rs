//! Reads open cases into claims, and payments on them.
//!
//! A preservation is no claim of its own: its money is asked for in the case that follows it.

use super::super::{Claim, Estate, Paid};
use super::rows::SampleRows;
use crate::error::Result;
use crate::schema::{CASE_ID, EVENT_ON};
use crate::snapshot::{PARTY_ID, Snapshot};

/// The open cases; preservation measures are no claims.
pub(super) fn cases(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = [CASE_ID, EVENT_ON, "kind", "claim_fen", "interest_fen", "fee_fen", "due_on"];
    let rows = SampleRows::open_cases(snapshot, &columns)?;
    let (cases, filed, kinds) = (rows.numbers(CASE_ID)?, rows.days(EVENT_ON)?, rows.texts("kind")?);
    let (principal, interest) = (rows.money("claim_fen")?, rows.money("interest_fen")?);
    let (costs, due) = (rows.money("fee_fen")?, rows.days("due_on")?);
    let columns = cases.zip(filed).zip(kinds).zip(principal).zip(interest).zip(costs).zip(due);
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let ((((((case, filed), kind), principal), interest), costs), due) = row;
        let (Some(case), Some(filed)) = (case, filed) else { continue };
        let Some(estate) = estates.get_mut(*sample).filter(|_| kind != "preservation") else { continue };
        estate.claims.push(Claim {
            record: *record,
            interest: interest.unwrap_or_default(),
            costs: costs.unwrap_or_default(),
            delayed_from: due.map(|day| day.plus_days(1)),
            ..Claim::new(case, principal.unwrap_or_default(), filed)
        });
    }
    Ok(())
}

/// What was paid on open cases, whoever paid it.
pub(super) fn payments(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let rows = SampleRows::all(snapshot, "payments", &[CASE_ID, EVENT_ON, "amount_fen", PARTY_ID, "manner"])?;
    let (cases, days, amounts) = (rows.numbers(CASE_ID)?, rows.days(EVENT_ON)?, rows.money("amount_fen")?);
    let whose = rows.numbers(PARTY_ID)?.zip(rows.texts("manner")?);
    let columns = cases.zip(days).zip(amounts).zip(whose);
    for ((sample, record), (((case, on), amount), (payer, manner))) in
        rows.samples().iter().zip(&rows.records).zip(columns)
    {
        let (Some(on), Some(amount)) = (on, amount) else { continue };
        let Some(estate) = estates.get_mut(*sample) else { continue };
        let own = payer.is_none_or(|payer| payer == estate.entity_id);
        let from_ready_money = own && !matches!(manner, "auction" | "wage" | "in_kind");
        if let Some(claim) = estate.claims.iter_mut().find(|claim| Some(claim.case_id) == case) {
            claim.payments.push(Paid { record: *record, on, amount, from_ready_money });
        }
    }
    for claim in estates.iter_mut().flat_map(|estate| &mut estate.claims) {
        claim.payments.sort_by_key(|paid| (paid.on, paid.record, paid.amount));
    }
    Ok(())
}
