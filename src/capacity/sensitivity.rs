//! Sensitivity analysis: varies one uncertain factor at a time and reports those that alone change
//! the finding.
//!
//! Where a debtor could be able to perform all or only a part depends on what a home fetches, the judge
//! should ask about the home first. What changes nothing is not told.

use super::burdens::round_prices;
use super::estate_context::EstateContext;
use super::evaluate::{ability, evaluate};
use super::realise::Step;
use super::rules::Parameter;
use super::scenario_choice::{Change, ScenarioChoice};
use super::{Ability, Factor, Outturn, Rate, Scenario, TurningPoint};

/// What, alone, would change the expected finding: each uncertain thing is put to either end of its range, and each
/// sale to each of its rounds, while all else stays as expected.
pub(super) fn turning_points(context: &EstateContext<'_>, expected: Ability) -> Vec<TurningPoint> {
    let found =
        |change| ability(context, evaluate(context, &ScenarioChoice::but(Scenario::Expected, change)).recovered());
    let mut points = Vec::new();
    for factor in factors(context) {
        for scenario in [Scenario::Low, Scenario::High] {
            let ability = found(Change::To(factor, scenario));
            if ability != expected {
                points.push(TurningPoint { factor, outcome: Outturn::As(scenario), ability });
            }
        }
    }
    let view = ScenarioChoice::all(Scenario::Expected);
    for (position, asset) in context.estate.assets.iter().enumerate().filter(|(_, asset)| asset.class.is_auctioned()) {
        let factor = Factor::Price(position);
        let step = Step { position, asset, context, view: &view };
        let mut prices: Vec<_> =
            round_prices(&step).into_iter().map(|(n, price)| (Outturn::SoldInRound(n), price)).collect();
        prices.push((Outturn::Unsold, Rate::ZERO));
        for (outcome, price) in prices {
            let ability = found(Change::PriceOf(position, price));
            if ability != expected {
                points.push(TurningPoint { factor, outcome, ability });
            }
        }
    }
    points
}

/// What is uncertain about an estate.
fn factors(context: &EstateContext<'_>) -> Vec<Factor> {
    let n = context.estate.assets.len();
    let mut factors: Vec<Factor> = vec![Factor::Living, Factor::Others];
    if !context.estate.incomes.is_empty() {
        factors.push(Factor::Price(n));
    }
    for (position, asset) in context.estate.assets.iter().enumerate() {
        factors.extend([Factor::Value(position), Factor::Title(position)]);
        if !asset.burdens.is_empty() {
            factors.push(Factor::Burdens(position));
        }
        if !asset.class.is_auctioned() {
            let row = context.law.row(Parameter::PriceShare, asset.class.code());
            factors.extend(row.filter(|row| row.is_range()).map(|_| Factor::Price(position)));
        }
        if asset.class == super::AssetClass::Home {
            factors.push(Factor::Home(position));
        }
    }
    factors
}
