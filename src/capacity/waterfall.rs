//! Where the gross value of one asset goes, layer by layer, until what is available.
//!
//! A page draws it as bars, and a judge reads it as a sum: gross value less each layer is what is
//! available.

use serde::{Deserialize, Serialize};

use super::rules::ArticleId;
use super::{AssetClass, Scenarios, Valuation};
use crate::domain::{Day, Money};

/// Where a part of an asset's gross value goes, in the order in which it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Lost between value and price, or because the title is doubtful or the asset is not found (折扣).
    Haircut,
    /// Paid out of ready money after its balance was seen (其后已付); the line's record is the payment.
    PaidSince,
    /// Costs and taxes of the sale (变价费用和税费).
    Costs,
    /// Claims with a right in the asset (优先受偿权).
    Secured,
    /// A right in the asset that secures one of this court's own claims; it counts as available.
    OwnSecurity,
    /// The shares of co-owners and spouses (共有份额).
    CoOwners,
    /// What the debtor must be left (豁免).
    Exempt,
    /// Ordinary claims that come before this court's by earlier seizure (在先查封).
    Priority,
    /// Available to this court's claims and to those who share with them (可供执行).
    Available,
}

/// One asset from gross value to what is available, under each scenario.
///
/// `gross` may lie above the recorded value: a tax base is usually lower than the price that a home
/// fetches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waterfall {
    /// The record that shows the asset.
    pub record: i64,
    /// The asset's own pseudonym.
    pub item: i64,
    /// What kind of property it is.
    pub class: AssetClass,
    /// The value on record.
    pub value: Option<Money>,
    /// How it was valued.
    pub valued_by: Valuation,
    /// When it was valued.
    pub valued_on: Option<Day>,
    /// The article of the range around the recorded value.
    pub valuation_article: Option<ArticleId>,
    /// The gross value.
    pub gross: Scenarios<Money>,
    /// The round in which it is sold, where it is put up for sale and sold.
    pub round: Scenarios<Option<u32>>,
    /// Where the gross value goes; lines that are empty under every scenario are left out.
    pub lines: Vec<WaterfallLine>,
}

/// One step of a waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaterfallLine {
    /// Where it goes.
    pub layer: Layer,
    /// How much; never negative.
    pub amount: Scenarios<Money>,
    /// The record that shows it, where one does.
    pub record: Option<i64>,
    /// The article that orders it.
    pub article: Option<ArticleId>,
}

impl Waterfall {
    /// All lines of one layer together.
    pub fn layer(&self, layer: Layer) -> Scenarios<Money> {
        self.lines.iter().filter(|line| line.layer == layer).map(|line| line.amount).sum()
    }

    /// What is available to this court's claims and those who share with them, own securities included.
    pub fn available(&self) -> Scenarios<Money> {
        self.layer(Layer::Available) + self.layer(Layer::OwnSecurity)
    }

    /// Whether the layers add up to the gross value to the fen, none negative (law 3 of the house).
    pub fn is_conserved(&self) -> bool {
        let sum: Scenarios<Money> = self.lines.iter().map(|line| line.amount).sum();
        sum == self.gross && self.lines.iter().all(|line| line.amount.iter().all(|money| *money >= Money::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waterfall(gross: i64, lines: &[(Layer, i64)]) -> Waterfall {
        let all = |fen| Scenarios::from_fn(|_| Money::from_fen(fen));
        let line =
            |&(layer, fen): &(Layer, i64)| WaterfallLine { layer, amount: all(fen), record: None, article: None };
        Waterfall {
            record: 1,
            item: 1,
            class: AssetClass::Cash,
            value: None,
            valued_by: Valuation::Balance,
            valued_on: None,
            valuation_article: None,
            gross: all(gross),
            round: Scenarios::from_fn(|_| None),
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn layers_add_up_to_the_gross_value_and_none_is_negative() {
        use Layer::{Available, Costs, OwnSecurity};
        let sound = waterfall(100, &[(Costs, 5), (Costs, 10), (OwnSecurity, 25), (Available, 60)]);
        assert!(sound.is_conserved());
        assert_eq!((sound.layer(Costs).low.fen(), sound.available().high.fen()), (15, 85));
        assert!(!waterfall(100, &[(Costs, 5), (Available, 96)]).is_conserved());
        assert!(!waterfall(100, &[(Costs, -5), (Available, 105)]).is_conserved());
        assert!(waterfall(100, &[(Costs, 0), (Available, 100)]).is_conserved());
    }
}
