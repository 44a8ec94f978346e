//! Names of the columns that hold the same fact in different tables of property, so that a detector is
//! written once for accounts, papers, policies, homes, vehicles and shares.

/// How the tables of things name the same facts.
#[derive(Debug, Clone, Copy)]
pub(in crate::conduct) struct Thing {
    pub(in crate::conduct) table: &'static str,
    /// The item.
    pub(in crate::conduct) item: &'static str,
    /// What it is worth.
    pub(in crate::conduct) value: &'static str,
    /// The debtor's share in it, where it can be shared and the value is of the whole.
    pub(in crate::conduct) share: Option<&'static str>,
    /// The day it came, where there is one.
    pub(in crate::conduct) since: Option<&'static str>,
    /// The day it went, where there is one.
    pub(in crate::conduct) gone: Option<&'static str>,
    /// The price it went for, where it is told.
    pub(in crate::conduct) price: Option<&'static str>,
    /// What a property report calls it.
    pub(in crate::conduct) declared_as: &'static str,
}

const THINGS: [Thing; 6] = [
    Thing {
        table: "deposits",
        item: "account",
        value: "balance_fen",
        share: None,
        since: Some("opened_on"),
        gone: Some("closed_on"),
        price: None,
        declared_as: "deposit",
    },
    Thing {
        table: "financial_assets",
        item: "asset",
        value: "value_fen",
        share: None,
        since: Some("acquired_on"),
        gone: Some("disposed_on"),
        price: None,
        declared_as: "financial_asset",
    },
    Thing {
        table: "insurance_policies",
        item: "policy",
        value: "cash_value_fen",
        share: None,
        since: Some("started_on"),
        gone: Some("surrendered_on"),
        price: None,
        declared_as: "insurance",
    },
    Thing {
        table: "real_estate",
        item: "unit",
        value: "value_fen",
        share: Some("share"),
        since: Some("acquired_on"),
        gone: Some("disposed_on"),
        price: Some("price_fen"),
        declared_as: "real_estate",
    },
    Thing {
        table: "vehicles",
        item: "plate",
        value: "value_fen",
        share: None,
        since: Some("registered_on"),
        gone: Some("disposed_on"),
        price: Some("price_fen"),
        declared_as: "vehicle",
    },
    Thing {
        table: "equity",
        item: "company_id",
        value: "value_fen",
        share: None,
        since: Some("started_on"),
        gone: Some("ended_on"),
        price: Some("price_fen"),
        declared_as: "equity",
    },
];

impl Thing {
    /// Those whose absence from a property report is read: what a person knows to be his.
    pub(super) fn declarable() -> impl Iterator<Item = Self> {
        THINGS.into_iter().filter(|thing| thing.table != "equity")
    }

    /// The columns that the detectors read.
    pub(super) fn columns(self) -> Vec<&'static str> {
        [Some(self.item), Some(self.value), self.share, self.since, self.gone, self.price]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The things in a table.
pub(in crate::conduct) fn thing(table: &str) -> Option<Thing> {
    THINGS.into_iter().find(|thing| thing.table == table)
}
