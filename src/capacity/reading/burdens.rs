//! Reads burdens into estates: first rows of the table of burdens, then flags on assets that no
//! such row explains.
//!
//! A flag `is_mortgaged` with a row of the mortgage is one burden and not two. A flag alone is a burden of
//! unknown amount.

use std::collections::HashMap;

use super::super::{Amount, AssetClass, Burden, BurdenKind, Estate};
use super::rows::SampleRows;
use crate::domain::Money;
use crate::error::Result;
use crate::schema::{self, CASE_ID, EVENT_ON};
use crate::snapshot::Snapshot;

/// The position of an asset among the estates: estate, asset.
type Places = HashMap<(usize, &'static str, i64), usize>;

/// Adds burdens: those recorded as such, then those that a mark on the asset alone shows.
pub(super) fn all(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let places = places(estates);
    recorded(snapshot, (&mut *estates, &places))?;
    let marks: [(&str, &str, BurdenKind); 5] = [
        ("financial_assets", "is_pledged", BurdenKind::Pledge),
        ("vehicles", "is_mortgaged", BurdenKind::Mortgage),
        ("vehicles", "is_seized", BurdenKind::Seizure),
        ("equity", "is_pledged", BurdenKind::Pledge),
        ("equity", "is_frozen", BurdenKind::Seizure),
    ];
    for (table, mark, kind) in marks {
        marked(snapshot, (&mut *estates, &places), (table, mark, kind))?;
    }
    frozen(snapshot, (&mut *estates, &places))?;
    for asset in estates.iter_mut().flat_map(|estate| &mut estate.assets) {
        asset.burdens.sort_by_key(|burden| (burden.since, burden.rank, burden.kind, burden.record));
    }
    Ok(())
}

fn places(estates: &[Estate]) -> Places {
    let mut places = HashMap::new();
    for (sample, estate) in estates.iter().enumerate() {
        for (position, asset) in estate.assets.iter().enumerate() {
            if let Some(table) = table_of(asset.class) {
                places.insert((sample, table, asset.item), position);
            }
        }
    }
    places
}

fn table_of(class: AssetClass) -> Option<&'static str> {
    match class {
        AssetClass::Deposit => Some("deposits"),
        AssetClass::FinancialAsset => Some("financial_assets"),
        AssetClass::Insurance => Some("insurance_policies"),
        AssetClass::Home | AssetClass::Commercial | AssetClass::Parking | AssetClass::Land => Some("real_estate"),
        AssetClass::Vehicle => Some("vehicles"),
        AssetClass::Equity => Some("equity"),
        _ => None,
    }
}

/// The table's name as the schema keeps it.
fn known(table: &str) -> Option<&'static str> {
    schema::table(table).map(|table| table.name)
}

fn item_of(table: &str) -> &'static str {
    match table {
        "deposits" => "account",
        "financial_assets" => "asset",
        "vehicles" => "plate",
        _ => "company_id",
    }
}

fn recorded(snapshot: &Snapshot, to: (&mut [Estate], &Places)) -> Result<()> {
    let (estates, places) = to;
    let columns = [
        "asset_table",
        "asset",
        "kind",
        "rank",
        "amount_fen",
        "holder",
        CASE_ID,
        "until_on",
        "released_on",
        "is_ours",
        EVENT_ON,
    ];
    let rows = SampleRows::last(snapshot, "encumbrances", &columns)?;
    let (tables, items, kinds) = (rows.texts("asset_table")?, rows.numbers("asset")?, rows.texts("kind")?);
    let (ranks, amounts, holders) = (rows.numbers("rank")?, rows.money("amount_fen")?, rows.texts("holder")?);
    let (cases, until, released) = (rows.numbers(CASE_ID)?, rows.days("until_on")?, rows.days("released_on")?);
    let (ours, since) = (rows.flags("is_ours")?, rows.days(EVENT_ON)?);
    let what = tables.zip(items).zip(kinds).zip(ranks).zip(amounts);
    let whose = holders.zip(cases).zip(ours);
    let when = until.zip(released).zip(since);
    for (((sample, record), what), (whose, when)) in
        rows.samples().iter().zip(&rows.records).zip(what).zip(whose.zip(when))
    {
        let ((((table, item), kind), rank), amount) = what;
        let ((holder, case), is_ours) = whose;
        let ((until, released), since) = when;
        let Some(estate) = estates.get_mut(*sample) else { continue };
        let (Some(kind), Some(since)) = (BurdenKind::from_code(kind), since) else { continue };
        let place = item.zip(known(table)).and_then(|(item, table)| places.get(&(*sample, table, item)));
        let is_over = released.is_some_and(|day| day <= estate.as_of);
        // A measure of this court without its case serves the earliest open one.
        let first = estate.claims.first().map(|claim| claim.case_id);
        let our_case = case.filter(|_| is_ours != Some(false)).or(first.filter(|_| is_ours == Some(true)));
        let Some(asset) = place.and_then(|place| estate.assets.get_mut(*place)).filter(|_| !is_over) else { continue };
        asset.burdens.push(Burden {
            record: *record,
            kind,
            rank: rank.and_then(|rank| u32::try_from(rank).ok()).unwrap_or(1),
            amount: amount.map_or(Amount::Unknown, Amount::Known),
            since,
            until,
            holder: (!holder.is_empty()).then(|| holder.to_owned()),
            our_case,
        });
    }
    Ok(())
}

/// A mark on an asset with no row to it is a burden of unknown amount; a seizure of our own explains the mark.
fn marked(snapshot: &Snapshot, to: (&mut [Estate], &Places), what: (&str, &str, BurdenKind)) -> Result<()> {
    let ((estates, places), (table, mark, kind)) = (to, what);
    let item = item_of(table);
    let rows = SampleRows::last(snapshot, table, &[item, mark, EVENT_ON])?;
    let table = known(table).unwrap_or_default();
    let columns = rows.numbers(item)?.zip(rows.days(EVENT_ON)?).zip(rows.flags(mark)?);
    for ((sample, record), ((item, since), mark)) in rows.samples().iter().zip(&rows.records).zip(columns) {
        if mark != Some(true) {
            continue;
        }
        let place = places.get(&(*sample, table, item.unwrap_or_default()));
        let asset = estates.get_mut(*sample).zip(place).and_then(|(estate, place)| estate.assets.get_mut(*place));
        let (Some(asset), Some(since)) = (asset, since) else { continue };
        let explained =
            |burden: &Burden| if kind.is_seizure() { burden.kind.is_seizure() } else { burden.kind == kind };
        if asset.record == *record && !asset.burdens.iter().any(explained) {
            let amount = Amount::Unknown;
            let (rank, until, holder, our_case) = (1, None, None, None);
            asset.burdens.push(Burden { record: *record, kind, rank, amount, since, until, holder, our_case });
        }
    }
    Ok(())
}

/// Money under earlier freezes (在先冻结) of which no row tells is another court's seizure.
fn frozen(snapshot: &Snapshot, to: (&mut [Estate], &Places)) -> Result<()> {
    let (estates, places) = to;
    let rows = SampleRows::last(snapshot, "deposits", &["account", "frozen_fen", EVENT_ON])?;
    let columns = rows.numbers("account")?.zip(rows.money("frozen_fen")?).zip(rows.days(EVENT_ON)?);
    for ((sample, record), ((item, frozen), since)) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let place = places.get(&(*sample, "deposits", item.unwrap_or_default()));
        let asset = estates.get_mut(*sample).zip(place).and_then(|(estate, place)| estate.assets.get_mut(*place));
        let (Some(asset), Some(since)) = (asset, since) else { continue };
        let Some(frozen) = frozen.filter(|frozen| *frozen > Money::ZERO && asset.record == *record) else { continue };
        let seizures = || asset.burdens.iter().filter(|burden| burden.kind.is_seizure());
        let explained = seizures().any(|burden| burden.our_case.is_none() || burden.kind == BurdenKind::Seizure);
        if !explained {
            // It is earlier than ours by its name, whenever it was told.
            let ours = seizures().map(|burden| burden.since.plus_days(-1)).min();
            let since = ours.map_or(since, |ours| ours.min(since));
            let (kind, amount) = (BurdenKind::Seizure, Amount::Known(frozen));
            let (rank, until, holder, our_case) = (1, None, None, None);
            asset.burdens.push(Burden { record: *record, kind, rank, amount, since, until, holder, our_case });
        }
    }
    Ok(())
}
