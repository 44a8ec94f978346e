//! Reads the tables of assets into estates, each item as last observed.
//!
//! What was sold, closed or surrendered by the day is left out; a policy of a thing has no cash value and
//! is no asset; an office in a company without a value is none either.

use super::super::{Asset, AssetClass, Estate, Ownership, Rate, Valuation};
use super::rows::SampleRows;
use crate::domain::{Money, Share};
use crate::error::Result;
use crate::schema::EVENT_ON;
use crate::snapshot::Snapshot;

/// Adds what every table of assets shows, as last observed; what was disposed of by then is gone.
pub(super) fn all(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    accounts(snapshot, estates)?;
    wallets(snapshot, estates)?;
    papers(snapshot, estates)?;
    policies(snapshot, estates)?;
    homes(snapshot, estates)?;
    vehicles(snapshot, estates)?;
    holdings(snapshot, estates)
}

/// An asset without a value yet.
fn bare(record: i64, item: Option<i64>, class: AssetClass) -> Asset {
    Asset { item: item.unwrap_or_default(), value: None, ..Asset::new(record, class, Money::ZERO) }
}

fn add(estates: &mut [Estate], sample: usize, gone: Option<crate::domain::Day>, asset: Asset) {
    if let Some(estate) = estates.get_mut(sample)
        && gone.is_none_or(|day| day > estate.as_of)
    {
        estate.assets.push(asset);
    }
}

fn accounts(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["account", "kind", "state", "closed_on", "balance_fen", "available_fen", EVENT_ON];
    let rows = SampleRows::last(snapshot, "deposits", &columns)?;
    let (items, kinds, states) = (rows.numbers("account")?, rows.texts("kind")?, rows.texts("state")?);
    let (closed, balances, available) =
        (rows.days("closed_on")?, rows.money("balance_fen")?, rows.money("available_fen")?);
    let columns = items.zip(kinds).zip(states).zip(closed).zip(balances.zip(available)).zip(rows.days(EVENT_ON)?);
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let (((((item, kind), state), closed), (balance, available)), day) = row;
        if state != "closed" {
            let (value, is_protected) = (balance.or(available), kind == "special");
            let asset = Asset { value, is_protected, valued_on: day, ..bare(*record, item, AssetClass::Deposit) };
            add(estates, *sample, closed, asset);
        }
    }
    Ok(())
}

fn wallets(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["account", "balance_fen", "available_fen", EVENT_ON];
    let rows = SampleRows::last(snapshot, "network_funds", &columns)?;
    let (items, balances) = (rows.numbers("account")?, rows.money("balance_fen")?);
    let columns = items.zip(balances).zip(rows.money("available_fen")?).zip(rows.days(EVENT_ON)?);
    for ((sample, record), (((item, balance), available), day)) in rows.samples().iter().zip(&rows.records).zip(columns)
    {
        let asset = bare(*record, item, AssetClass::NetworkFunds);
        add(estates, *sample, None, Asset { value: balance.or(available), valued_on: day, ..asset });
    }
    Ok(())
}

fn papers(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["asset", "value_fen", "controllable_fen", "acquired_on", "disposed_on", EVENT_ON];
    let rows = SampleRows::last(snapshot, "financial_assets", &columns)?;
    let (items, values, controllable) =
        (rows.numbers("asset")?, rows.money("value_fen")?, rows.money("controllable_fen")?);
    let (acquired, disposed) = (rows.days("acquired_on")?, rows.days("disposed_on")?);
    let columns = items.zip(values).zip(controllable).zip(acquired).zip(disposed).zip(rows.days(EVENT_ON)?);
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let (((((item, value), controllable), acquired_on), disposed), valued_on) = row;
        let asset = bare(*record, item, AssetClass::FinancialAsset);
        add(estates, *sample, disposed, Asset { value: value.or(controllable), acquired_on, valued_on, ..asset });
    }
    Ok(())
}

fn policies(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["policy", "kind", "cash_value_fen", "started_on", "surrendered_on", EVENT_ON];
    let rows = SampleRows::last(snapshot, "insurance_policies", &columns)?;
    let (items, kinds, values) = (rows.numbers("policy")?, rows.texts("kind")?, rows.money("cash_value_fen")?);
    let (started, ended) = (rows.days("started_on")?, rows.days("surrendered_on")?);
    let columns = items.zip(kinds).zip(values).zip(started).zip(ended).zip(rows.days(EVENT_ON)?);
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let (((((item, kind), value), acquired_on), ended), valued_on) = row;
        // Cover of things and vehicles has no cash value to be surrendered.
        if !matches!(kind, "property" | "vehicle") {
            let asset = bare(*record, item, AssetClass::Insurance);
            add(estates, *sample, ended, Asset { value, acquired_on, valued_on, ..asset });
        }
    }
    Ok(())
}

fn homes(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = [
        "unit",
        "kind",
        "share",
        "co_ownership",
        "value_fen",
        "valued_by",
        "valued_on",
        "monthly_rent_fen",
        "acquired_on",
        "disposed_on",
        "is_only_home",
        "is_notice",
    ];
    let rows = SampleRows::last(snapshot, "real_estate", &columns)?;
    let (items, kinds, shares) = (rows.numbers("unit")?, rows.texts("kind")?, rows.shares("share")?);
    let (ownership, values, methods) =
        (rows.texts("co_ownership")?, rows.money("value_fen")?, rows.texts("valued_by")?);
    let (valued, rents, acquired) =
        (rows.days("valued_on")?, rows.money("monthly_rent_fen")?, rows.days("acquired_on")?);
    let (disposed, only, notice) = (rows.days("disposed_on")?, rows.flags("is_only_home")?, rows.flags("is_notice")?);
    let what = items.zip(kinds).zip(shares).zip(ownership);
    let worth = values.zip(methods).zip(valued).zip(rents);
    let state = acquired.zip(disposed).zip(only).zip(notice);
    for (((sample, record), what), (worth, state)) in
        rows.samples().iter().zip(&rows.records).zip(what).zip(worth.zip(state))
    {
        let (((item, kind), share), co_ownership) = what;
        let (((value, method), valued_on), monthly_rent) = worth;
        let (((acquired_on, disposed), is_only_home), is_notice) = state;
        let class = match kind {
            "home" => AssetClass::Home,
            "parking" => AssetClass::Parking,
            "land" => AssetClass::Land,
            _ => AssetClass::Commercial,
        };
        let asset = Asset {
            value,
            valued_by: Valuation::from_code(method),
            valued_on,
            acquired_on,
            share: share.and_then(|share| Share::new(share).ok()).map(Rate::from),
            ownership: match co_ownership {
                "joint" => Ownership::Joint,
                "by_share" => Ownership::ByShare,
                _ => Ownership::Sole,
            },
            is_only_home,
            monthly_rent,
            is_notice: is_notice.unwrap_or_default(),
            ..bare(*record, item, class)
        };
        add(estates, *sample, disposed, asset);
    }
    Ok(())
}

fn vehicles(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns = ["plate", "registered_on", "value_fen", "disposed_on", "is_found", EVENT_ON];
    let rows = SampleRows::last(snapshot, "vehicles", &columns)?;
    let (items, registered, values) = (rows.numbers("plate")?, rows.days("registered_on")?, rows.money("value_fen")?);
    let (disposed, found) = (rows.days("disposed_on")?, rows.flags("is_found")?);
    let columns = items.zip(registered).zip(values).zip(disposed).zip(found).zip(rows.days(EVENT_ON)?);
    for ((sample, record), row) in rows.samples().iter().zip(&rows.records).zip(columns) {
        let (((((item, acquired_on), value), disposed), is_in_hand), valued_on) = row;
        let valued_by = Valuation::Other;
        let asset = bare(*record, item, AssetClass::Vehicle);
        add(estates, *sample, disposed, Asset { value, valued_by, valued_on, acquired_on, is_in_hand, ..asset });
    }
    Ok(())
}

/// Shares in companies; an office without a value is no property, and a company struck off leaves none.
fn holdings(snapshot: &Snapshot, estates: &mut [Estate]) -> Result<()> {
    let columns =
        ["company_id", "office", "paid_in_fen", "value_fen", "company_state", "started_on", "ended_on", EVENT_ON];
    let rows = SampleRows::last(snapshot, "equity", &columns)?;
    let (items, offices, paid_in) = (rows.numbers("company_id")?, rows.texts("office")?, rows.money("paid_in_fen")?);
    let (values, states) = (rows.money("value_fen")?, rows.texts("company_state")?);
    let (started, ended) = (rows.days("started_on")?, rows.days("ended_on")?);
    let what = items.zip(offices).zip(paid_in).zip(values).zip(states);
    let when = started.zip(ended).zip(rows.days(EVENT_ON)?);
    for (((sample, record), what), when) in rows.samples().iter().zip(&rows.records).zip(what).zip(when) {
        let ((((item, office), paid_in), value), state) = what;
        let ((acquired_on, ended), valued_on) = when;
        let owns = matches!(office, "shareholder" | "partner" | "sole_proprietor");
        if state == "cancelled" || (value.is_none() && !owns) {
            continue;
        }
        let valued_by = if value.is_some() { Valuation::Other } else { Valuation::PaidIn };
        let asset = bare(*record, item, AssetClass::Equity);
        let value = value.or(paid_in);
        add(estates, *sample, ended, Asset { value, valued_by, valued_on, acquired_on, ..asset });
    }
    Ok(())
}
