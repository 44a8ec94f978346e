//! Which scenario applies to which uncertain factor: the same for all, except for at most one
//! factor that is varied.

use serde::{Deserialize, Serialize};

use super::{Rate, Scenario};

/// Something uncertain that the finding may turn on; assets are named by their position in the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// What the asset is worth.
    Value(usize),
    /// What it fetches, and in which round.
    Price(usize),
    /// Whether, and how far, it is the debtor's and can be taken.
    Title(usize),
    /// What the burdens on it take.
    Burdens(usize),
    /// What must be left from the home's price.
    Home(usize),
    /// What must be left of income and ready money to live on.
    Living,
    /// What other creditors claim.
    Others,
}

/// The scenario of each factor: one for all, except at most one that differs.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScenarioChoice {
    base: Scenario,
    change: Option<Change>,
}

/// The one factor that differs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    To(Factor, Scenario),
    PriceOf(usize, Rate),
}

impl ScenarioChoice {
    pub(super) fn all(base: Scenario) -> Self {
        Self { base, change: None }
    }

    pub(super) fn but(base: Scenario, change: Change) -> Self {
        Self { base, change: Some(change) }
    }

    /// The scenario of one factor.
    pub(super) fn scenario_of(&self, factor: Factor) -> Scenario {
        match self.change {
            Some(Change::To(changed, scenario)) if changed == factor => scenario,
            _ => self.base,
        }
    }

    /// A price given outright for one asset.
    pub(super) fn price_of(&self, asset: usize) -> Option<Rate> {
        match self.change {
            Some(Change::PriceOf(changed, price)) if changed == asset => Some(price),
            _ => None,
        }
    }
}
