//! The open cases of each sample, with the principal that is not yet paid.
//!
//! An outcome is asked of what stood open on the sample's day, not of the claim as filed: a debtor who had
//! paid half before must pay the other half to have performed all.

use std::collections::BTreeMap;

use polars::prelude::{InitHashMaps, PlHashMap};

use crate::error::Result;
use crate::schema::CASE_ID;
use crate::snapshot::Snapshot;

/// How much of a case was performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    None,
    Part,
    All,
}

/// Party, day and case.
pub(super) type Key = (i64, i32, i64);

/// What one open case of a sample came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Claim {
    /// The principal less what had been paid by the sample's day.
    pub(super) open_fen: Option<i64>,
    pub(super) recovered_fen: i64,
    pub(super) closing: Option<Closing>,
}

/// The days on which a case was closed and that became known, the performance that was told, and
/// the manner: the largest is the last.
pub(super) type Closing = (i32, i32, Option<String>, Option<String>);

/// The open cases of each sample, by party, day and case.
pub(super) fn open_claims(snapshot: &Snapshot) -> Result<BTreeMap<Key, Claim>> {
    let key = |sample: usize, case: Option<i64>| {
        let (party, day) = snapshot.keys().get(sample)?;
        Some((*party, *day, case?))
    };
    let mut paid: PlHashMap<Key, i64> = PlHashMap::new();
    let payments = snapshot.rows("payments", &[CASE_ID, "amount_fen"])?;
    let amounts = payments.numbers(CASE_ID)?.zip(payments.numbers("amount_fen")?);
    for (sample, (case, fen)) in payments.samples().iter().zip(amounts) {
        if let Some(key) = key(*sample, case) {
            *paid.entry(key).or_default() += fen.unwrap_or_default();
        }
    }
    let cases = snapshot.open_case_rows(&[CASE_ID, "claim_fen"])?;
    let claims = cases.samples().iter().zip(cases.numbers(CASE_ID)?.zip(cases.numbers("claim_fen")?));
    let open = claims.filter_map(|(sample, (case, claim))| {
        let key = key(*sample, case)?;
        let open_fen = claim.map(|fen| fen - paid.get(&key).copied().unwrap_or_default());
        Some((key, Claim { open_fen, ..Claim::default() }))
    });
    Ok(open.collect())
}
