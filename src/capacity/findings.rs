use super::burdens::own_seizure_runs;
use super::evaluate::Figures;
use super::ground::Ground;
use super::realise::Step;
use super::rules::Parameter;
use super::view::View;
use super::{Amount, Asset, Finding, Layer, Scenario};
use crate::domain::Money;

/// What a reader of the statement must know, in the order of the estate.
pub(super) fn findings(ground: &Ground<'_>, expected: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    if ground.claims.is_empty() {
        findings.push(Finding::NoClaim);
    }
    if ground.estate.is_unasked {
        findings.push(Finding::NothingAsked);
    } else {
        findings.extend(ground.estate.unanswered.iter().map(|source| Finding::Unanswered { source: source.clone() }));
    }
    let has_income = !ground.estate.incomes.is_empty();
    let has_money = ground.estate.assets.iter().any(|asset| asset.class.is_ready_money());
    if ground.is_person() && (has_income || has_money) && ground.law.bands("attachment").is_none() {
        if ground.living.is_none() {
            findings.push(Finding::LivingCostsNotSupplied);
        } else if ground.estate.household_persons.is_none() {
            findings.push(Finding::HouseholdUnknown);
        }
    }
    for (position, asset) in ground.estate.assets.iter().enumerate() {
        of_asset(position, asset, ground, expected, &mut findings);
    }
    for claim in ground.estate.claims.iter().filter(|claim| claim.delayed_from.is_none()) {
        findings.push(Finding::DelayStartAssumed { case_id: claim.case_id });
    }
    for rule in missing(ground) {
        let finding = Finding::NoRule { rule };
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn of_asset(position: usize, asset: &Asset, ground: &Ground<'_>, expected: &Figures, findings: &mut Vec<Finding>) {
    if asset.value.is_none() {
        findings.push(Finding::ValueUnknown { asset: position });
    }
    if ground.is_stale(asset.valued_on) {
        findings.push(Finding::ValuationStale { asset: position });
    }
    if ground.presumed_only_home == Some(position) {
        findings.push(Finding::OnlyHomePresumed { asset: position });
    }
    let view = View::all(Scenario::Expected);
    let step = Step { position, asset, ground, view: &view };
    for burden in &asset.burdens {
        let (kind, record) = (burden.kind, burden.record);
        if (kind.is_secured() || kind.is_seizure()) && burden.amount == Amount::Unknown && burden.our_case.is_none() {
            findings.push(Finding::AmountUnknown { asset: position, record });
        }
        if kind.is_seizure() && burden.our_case.is_some() && !own_seizure_runs(&step, burden) {
            findings.push(Finding::OwnSeizureLapsed { asset: position, record });
        }
        if kind.is_secured() && ground.law.order(kind).is_none() {
            findings.push(Finding::OrderAssumed { kind });
        }
    }
    let Some(flow) = expected.flows.get(position) else { return };
    let taken = |layer| -> Money { flow.lines.iter().filter(|line| line.layer == layer).map(|line| line.amount).sum() };
    let spent = taken(Layer::Haircut) + taken(Layer::Costs) + taken(Layer::Secured);
    if asset.class.is_auctioned() && taken(Layer::Secured) > Money::ZERO && spent == flow.gross {
        findings.push(Finding::NoSurplus { asset: position });
    }
}

/// Rules that the statement needs and that are not in force on its day in its place.
fn missing(ground: &Ground<'_>) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |parameter: Parameter, scope: &str| {
        if ground.law.row(parameter, scope).is_none() {
            missing.push(format!("{} {scope}", parameter.name()));
        }
    };
    for asset in &ground.estate.assets {
        need(Parameter::PriceShare, asset.class.code());
        match asset.value {
            Some(_) => need(Parameter::ValuationFactor, asset.valued_by.code()),
            None => need(Parameter::UnknownValue, asset.class.code()),
        }
        need(Parameter::SaleCost, asset.class.code());
        need(Parameter::SaleTax, asset.class.code());
    }
    if !ground.estate.incomes.is_empty() {
        need(Parameter::PriceShare, "income");
    }
    if !ground.claims.is_empty() && ground.law.spans(Parameter::DelayInterestRate).next().is_none() {
        missing.push("delay_interest_rate".to_owned());
    }
    if !ground.claims.is_empty() && ground.law.bands("execution_fee").is_none() {
        missing.push("execution_fee".to_owned());
    }
    if ground.sharing_article.is_none() {
        missing.push(format!("sharing {}", ground.estate.party.code()));
    }
    let path = ground.params.sale_path;
    for asset in ground.estate.assets.iter().filter(|asset| asset.class.is_auctioned()) {
        if ground.law.rounds(path, asset.class).next().is_none() {
            missing.push(format!("rounds {} {}", path.code(), asset.class.kind()));
        }
    }
    missing
}
