use super::super::Estate;
use super::rows::Samples;
use super::{assets, burdens, claims, people};
use crate::domain::PartyKind;
use crate::error::Result;
use crate::snapshot::Snapshot;

/// The estate of every sample of a snapshot, in the order of the samples.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when a table operation fails.
pub fn estates(snapshot: &Snapshot) -> Result<Vec<Estate>> {
    let samples = Samples::of(snapshot)?;
    let empty = |(entity, day): &(i64, _)| Estate::new(*entity, *day, PartyKind::Person);
    let mut estates: Vec<Estate> = samples.keys.iter().map(empty).collect();
    claims::cases(snapshot, &samples, &mut estates)?;
    claims::payments(snapshot, &samples, &mut estates)?;
    people::parties(snapshot, &samples, &mut estates)?;
    people::marriages(snapshot, &samples, &mut estates)?;
    people::incomes(snapshot, &samples, &mut estates)?;
    assets::all(snapshot, &samples, &mut estates)?;
    people::declared(snapshot, &samples, &mut estates)?;
    for estate in &mut estates {
        estate.assets.sort_by_key(|asset| (asset.class, asset.item, asset.record));
        estate.claims.sort_by_key(|claim| (claim.filed_on, claim.case_id));
    }
    burdens::all(snapshot, &samples, &mut estates)?;
    people::answers(snapshot, &samples, &mut estates)?;
    Ok(estates)
}
