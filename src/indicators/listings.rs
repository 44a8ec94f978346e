//! Listings as defaulter (失信), each with what came of it: when it was removed, when the debtor performed.
//!
//! A listing that names no case, or one in which the party is no debtor, cannot be followed. Such listings
//! are counted apart ([`Measured::listings_elsewhere`](super::Measured::listings_elsewhere)).

use std::collections::{BTreeMap, HashMap};

use super::columns::{Known, NONE, code, told};
use super::docket::Docket;
use crate::domain::Day;
use crate::error::Result;
use crate::schema::{self, CASE_ID, ENTITY_ID, EVENT_ON};
use crate::tables::Partition;

/// Listings of a partition's own parties.
#[derive(Default)]
pub(crate) struct Listings {
    /// The party and the case of each.
    pub(crate) parties: Vec<(i64, i64)>,
    pub(crate) fields: HashMap<&'static str, Vec<i64>>,
    /// Listings of which nobody can tell what came: they name no case, or one in which the party is
    /// no debtor, so that the case may lie in another partition.
    pub(crate) elsewhere: u64,
}

impl Listings {
    pub(crate) fn read(partition: &Partition, docket: &Docket, day: Day) -> Result<Self> {
        let mut listings = Self::default();
        let Some(table) = schema::table("sanctions") else { return Ok(listings) };
        let sanctions = Known::on(partition.tables(), table, day)?;
        let wanted = code("sanctions", "kind", "defaulter_list");
        let keys = sanctions.numbers(ENTITY_ID)?.into_iter().zip(sanctions.numbers(CASE_ID)?);
        let about = sanctions.numbers("kind")?.into_iter().zip(sanctions.numbers(EVENT_ON)?);
        let mut of: BTreeMap<(i64, i64, i64), i64> = BTreeMap::new();
        for (((party, case), (kind, on)), lifted) in keys.zip(about).zip(sanctions.numbers("lifted_on")?) {
            if kind != wanted || !partition.contains(party) {
                continue;
            }
            if !docket.owes(party, case) {
                listings.elsewhere += 1;
                continue;
            }
            let removed = of.entry((party, case, on)).or_insert(NONE);
            *removed = lifted.max(*removed);
        }
        let paid = first_payments(partition, &of, day)?;
        let completed = code("closings", "manner", "completed");
        let mut columns: [Vec<i64>; 4] = Default::default();
        for ((party, case, on), removed) in &of {
            let at = docket.by_case.get(case).copied();
            let field = |name: &str| at.and_then(|at| docket.fields.get(name)?.get(at).copied()).unwrap_or(NONE);
            let closed = told(field("closed_on")).filter(|closed| field("manner") == completed && closed >= on);
            let paid = paid.get(&(*case, *on)).copied().unwrap_or(NONE);
            let row = [*on, *removed, closed.unwrap_or(NONE), paid];
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            listings.parties.push((*party, *case));
        }
        let names = ["listed_on", "removed_on", "performed_on", "paid_on"];
        listings.fields = names.into_iter().zip(columns).collect();
        Ok(listings)
    }
}

/// The first payment in each case on or after the day of a listing.
fn first_payments(
    partition: &Partition,
    listings: &BTreeMap<(i64, i64, i64), i64>,
    day: Day,
) -> Result<HashMap<(i64, i64), i64>> {
    let Some(table) = schema::table("payments") else { return Ok(HashMap::new()) };
    let payments = Known::on(partition.tables(), table, day)?;
    let mut of: HashMap<i64, Vec<i64>> = HashMap::new();
    for (case, on) in payments.numbers(CASE_ID)?.into_iter().zip(payments.numbers(EVENT_ON)?) {
        of.entry(case).or_default().push(on);
    }
    let first = |(_, case, on): &(i64, i64, i64)| {
        let paid = of.get(case)?.iter().filter(|paid| *paid >= on).min()?;
        Some(((*case, *on), *paid))
    };
    Ok(listings.keys().filter_map(first).collect())
}
