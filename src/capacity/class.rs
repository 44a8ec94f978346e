//! Kinds of property, listed in the order in which courts usually take them.

use serde::{Deserialize, Serialize};

/// What kind of property an asset is, in the order in which courts usually take it.
///
/// No statute fixes that order in civil enforcement; it follows practice: money, papers, income, movables, real estate,
/// shares in companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetClass {
    /// Bank deposits (银行存款).
    Deposit,
    /// Wallets and money-market balances of payment platforms (网络资金).
    NetworkFunds,
    /// Cash in hand.
    Cash,
    /// Tax due back.
    TaxRefund,
    /// Securities, funds, wealth products.
    FinancialAsset,
    /// The cash value of insurance policies.
    Insurance,
    /// The balance of the housing fund (住房公积金).
    HousingFund,
    /// Income over the stated horizon.
    Income,
    /// Debts that third parties owe (到期债权).
    Receivable,
    /// Vehicles, machines, vessels.
    Vehicle,
    /// Other movables.
    Other,
    /// Homes.
    Home,
    /// Shops, offices, industrial buildings.
    Commercial,
    /// Parking places.
    Parking,
    /// Land use rights.
    Land,
    /// Shares in companies.
    Equity,
}

impl AssetClass {
    /// The code, as in the files of rules.
    ///
    /// ```
    /// use wherewithal::capacity::AssetClass;
    ///
    /// assert_eq!((AssetClass::Home.code(), AssetClass::Home.kind()), ("home", "right"));
    /// assert_eq!((AssetClass::Vehicle.kind(), AssetClass::Deposit.kind()), ("movable", "deposit"));
    /// assert!(AssetClass::Deposit < AssetClass::Home); // the order in which courts usually take them
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::NetworkFunds => "network_funds",
            Self::Cash => "cash",
            Self::TaxRefund => "tax_refund",
            Self::FinancialAsset => "financial_asset",
            Self::Insurance => "insurance",
            Self::HousingFund => "housing_fund",
            Self::Income => "income",
            Self::Receivable => "receivable",
            Self::Vehicle => "vehicle",
            Self::Other => "other",
            Self::Home => "home",
            Self::Commercial => "commercial",
            Self::Parking => "parking",
            Self::Land => "land",
            Self::Equity => "equity",
        }
    }

    /// How seizure terms and rounds of sale name this kind of property: `deposit`, `movable` or `right`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Deposit | Self::NetworkFunds | Self::Cash | Self::TaxRefund => "deposit",
            Self::Vehicle | Self::Other => "movable",
            _ => "right",
        }
    }

    /// Whether it is turned into money by auction and sale, under the reserve prices of their rounds.
    pub(crate) const fn is_auctioned(self) -> bool {
        matches!(
            self,
            Self::Vehicle | Self::Other | Self::Home | Self::Commercial | Self::Parking | Self::Land | Self::Equity
        )
    }

    /// Whether necessary living costs are left on it first.
    pub(crate) const fn is_ready_money(self) -> bool {
        matches!(self, Self::Deposit | Self::NetworkFunds | Self::Cash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sold_and_what_is_money_at_hand() {
        use AssetClass::*;
        for (class, kind, is_auctioned, is_ready) in [
            (Deposit, "deposit", false, true),
            (NetworkFunds, "deposit", false, true),
            (Cash, "deposit", false, true),
            (TaxRefund, "deposit", false, false),
            (FinancialAsset, "right", false, false),
            (Insurance, "right", false, false),
            (HousingFund, "right", false, false),
            (Income, "right", false, false),
            (Receivable, "right", false, false),
            (Vehicle, "movable", true, false),
            (Other, "movable", true, false),
            (Home, "right", true, false),
            (Commercial, "right", true, false),
            (Parking, "right", true, false),
            (Land, "right", true, false),
            (Equity, "right", true, false),
        ] {
            assert_eq!((class.kind(), class.is_auctioned(), class.is_ready_money()), (kind, is_auctioned, is_ready));
            assert_eq!(serde_json::to_value(class).unwrap(), class.code());
        }
    }
}
