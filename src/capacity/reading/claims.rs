use super::super::{Claim, Estate, Paid};
use super::rows::{Rows, Samples};
use crate::error::Result;
use crate::schema::{CASE_ID, EVENT_ON};
use crate::snapshot::Snapshot;

/// The open cases; preservation measures are no claims.
pub(super) fn cases(snapshot: &Snapshot, samples: &Samples, estates: &mut [Estate]) -> Result<()> {
    let columns = [CASE_ID, EVENT_ON, "kind", "claim_fen", "interest_fen", "fee_fen", "due_on"];
    let rows = Rows::collect(snapshot.open_cases()?, samples, &columns)?;
    let (cases, filed, kinds) = (rows.numbers(CASE_ID)?, rows.days(EVENT_ON)?, rows.texts("kind")?);
    let (principal, interest) = (rows.money("claim_fen")?, rows.money("interest_fen")?);
    let (costs, due) = (rows.money("fee_fen")?, rows.days("due_on")?);
    let columns = cases.into_iter().zip(filed).zip(kinds).zip(principal).zip(interest).zip(costs).zip(due);
    for ((sample, record), row) in rows.samples.iter().zip(&rows.records).zip(columns) {
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
pub(super) fn payments(snapshot: &Snapshot, samples: &Samples, estates: &mut [Estate]) -> Result<()> {
    let rows = Rows::collect(snapshot.scan("payments")?, samples, &[CASE_ID, EVENT_ON, "amount_fen"])?;
    let (cases, days, amounts) = (rows.numbers(CASE_ID)?, rows.days(EVENT_ON)?, rows.money("amount_fen")?);
    let columns = cases.into_iter().zip(days).zip(amounts);
    for ((sample, record), ((case, on), amount)) in rows.samples.iter().zip(&rows.records).zip(columns) {
        let (Some(on), Some(amount)) = (on, amount) else { continue };
        let claims = estates.get_mut(*sample).map(|estate| estate.claims.iter_mut());
        if let Some(claim) = claims.and_then(|mut claims| claims.find(|claim| Some(claim.case_id) == case)) {
            claim.payments.push(Paid { record: *record, on, amount });
        }
    }
    for claim in estates.iter_mut().flat_map(|estate| &mut estate.claims) {
        claim.payments.sort_by_key(|paid| (paid.on, paid.record, paid.amount));
    }
    Ok(())
}
