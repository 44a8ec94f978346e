use super::burdens::round_prices;
use super::evaluate::{ability, evaluate};
use super::ground::Ground;
use super::realise::Step;
use super::rules::Parameter;
use super::view::{Change, View};
use super::{Ability, Factor, Outturn, Rate, Scenario, TurningPoint};

/// What, alone, would change the expected finding: each uncertain thing is put to either end of its range, and each
/// sale to each of its rounds, while all else stays as expected.
pub(super) fn turning_points(ground: &Ground<'_>, expected: Ability) -> Vec<TurningPoint> {
    let found = |change| ability(ground, evaluate(ground, &View::but(Scenario::Expected, change)).recovered());
    let mut points = Vec::new();
    for factor in factors(ground) {
        for scenario in [Scenario::Low, Scenario::High] {
            let ability = found(Change::To(factor, scenario));
            if ability != expected {
                points.push(TurningPoint { factor, outcome: Outturn::As(scenario), ability });
            }
        }
    }
    let view = View::all(Scenario::Expected);
    for (position, asset) in ground.estate.assets.iter().enumerate().filter(|(_, asset)| asset.class.is_auctioned()) {
        let factor = Factor::Price(position);
        let step = Step { position, asset, ground, view: &view };
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
fn factors(ground: &Ground<'_>) -> Vec<Factor> {
    let n = ground.estate.assets.len();
    let mut factors: Vec<Factor> = vec![Factor::Living, Factor::Others];
    if !ground.estate.incomes.is_empty() {
        factors.push(Factor::Price(n));
    }
    for (position, asset) in ground.estate.assets.iter().enumerate() {
        factors.extend([Factor::Value(position), Factor::Title(position)]);
        if !asset.burdens.is_empty() {
            factors.push(Factor::Burdens(position));
        }
        if !asset.class.is_auctioned() {
            let row = ground.law.row(Parameter::PriceShare, asset.class.code());
            factors.extend(row.filter(|row| row.is_range()).map(|_| Factor::Price(position)));
        }
        if asset.class == super::AssetClass::Home {
            factors.push(Factor::Home(position));
        }
    }
    factors
}
