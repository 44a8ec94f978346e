//! The entry point of reading: builds one estate per sample and fills it from every table.

use super::super::Estate;
use super::{assets, burdens, claims, people};
use crate::domain::{Day, PartyKind};
use crate::error::Result;
use crate::snapshot::Snapshot;

/// The estate of every sample of a snapshot, in the order of the samples.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a table operation fails.
pub fn estates(snapshot: &Snapshot) -> Result<Vec<Estate>> {
    let empty = |(entity, day): &(i64, i32)| {
        let day = Day::from_number(*day).unwrap_or(Day::EPOCH);
        Estate::new(*entity, day, PartyKind::Person)
    };
    let mut estates: Vec<Estate> = snapshot.keys().iter().map(empty).collect();
    claims::cases(snapshot, &mut estates)?;
    claims::payments(snapshot, &mut estates)?;
    people::parties(snapshot, &mut estates)?;
    people::marriages(snapshot, &mut estates)?;
    people::incomes(snapshot, &mut estates)?;
    assets::all(snapshot, &mut estates)?;
    people::declared(snapshot, &mut estates)?;
    for estate in &mut estates {
        estate.assets.sort_by_key(|asset| (asset.class, asset.item, asset.record));
        estate.claims.sort_by_key(|claim| (claim.filed_on, claim.case_id));
    }
    burdens::all(snapshot, &mut estates)?;
    people::answers(snapshot, &mut estates)?;
    Ok(estates)
}
