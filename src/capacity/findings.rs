//! Collects the notes that a reader of one statement needs: missing values, stale valuations,
//! missing rules, sources without an answer.
//!
//! A finding never changes an amount: the statement was made with what was known. It tells what would make
//! it better, so that somebody can ask for it.

use super::burdens::own_seizure_runs;
use super::estate_context::EstateContext;
use super::evaluate::Figures;
use super::realise::Step;
use super::rules::Parameter;
use super::scenario_choice::ScenarioChoice;
use super::{Amount, Asset, Finding, Layer, Scenario};
use crate::domain::Money;

/// What a reader of the statement must know, in the order of the estate.
pub(super) fn findings(context: &EstateContext<'_>, expected: &Figures) -> Vec<Finding> {
    let mut findings = Vec::new();
    if context.claims.is_empty() {
        findings.push(Finding::NoClaim);
    }
    if context.estate.is_unasked {
        findings.push(Finding::NothingAsked);
    } else {
        findings.extend(context.estate.unanswered.iter().map(|source| Finding::Unanswered { source: source.clone() }));
    }
    let has_income = !context.estate.incomes.is_empty();
    let has_money = context.estate.assets.iter().any(|asset| asset.class.is_ready_money());
    if context.is_person() && (has_income || has_money) && context.law.bands("attachment").is_none() {
        if context.living.is_none() {
            findings.push(Finding::LivingCostsNotSupplied);
        } else if context.estate.household_persons.is_none() {
            findings.push(Finding::HouseholdUnknown);
        }
    }
    for (position, asset) in context.estate.assets.iter().enumerate() {
        of_asset(position, asset, context, expected, &mut findings);
    }
    for claim in context.estate.claims.iter().filter(|claim| claim.delayed_from.is_none()) {
        findings.push(Finding::DelayStartAssumed { case_id: claim.case_id });
    }
    for rule in missing(context) {
        let finding = Finding::NoRule { rule };
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// What is to be told of one asset: its value, the burdens on it, and whether anything is left after them.
fn of_asset(
    position: usize,
    asset: &Asset,
    context: &EstateContext<'_>,
    expected: &Figures,
    findings: &mut Vec<Finding>,
) {
    if asset.value.is_none() {
        findings.push(Finding::ValueUnknown { asset: position });
    }
    if context.is_stale(asset.valued_on) {
        findings.push(Finding::ValuationStale { asset: position });
    }
    if context.presumed_only_home == Some(position) {
        findings.push(Finding::OnlyHomePresumed { asset: position });
    }
    let view = ScenarioChoice::all(Scenario::Expected);
    let step = Step { position, asset, context, view: &view };
    for burden in &asset.burdens {
        let (kind, record) = (burden.kind, burden.record);
        if (kind.is_secured() || kind.is_seizure()) && burden.amount == Amount::Unknown && burden.our_case.is_none() {
            findings.push(Finding::AmountUnknown { asset: position, record });
        }
        if kind.is_seizure() && burden.our_case.is_some() && !own_seizure_runs(&step, burden) {
            findings.push(Finding::OwnSeizureLapsed { asset: position, record });
        }
        if kind.is_secured() && context.law.order(kind).is_none() {
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
fn missing(context: &EstateContext<'_>) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |parameter: Parameter, scope: &str| {
        if context.law.row(parameter, scope).is_none() {
            missing.push(format!("{} {scope}", parameter.name()));
        }
    };
    for asset in &context.estate.assets {
        need(Parameter::PriceShare, asset.class.code());
        match asset.value {
            Some(_) => need(Parameter::ValuationFactor, asset.valued_by.code()),
            None => need(Parameter::UnknownValue, asset.class.code()),
        }
        need(Parameter::SaleCost, asset.class.code());
        need(Parameter::SaleTax, asset.class.code());
    }
    if !context.estate.incomes.is_empty() {
        need(Parameter::PriceShare, "income");
    }
    if !context.claims.is_empty() && context.law.spans(Parameter::DelayInterestRate).next().is_none() {
        missing.push("delay_interest_rate".to_owned());
    }
    if !context.claims.is_empty() && context.law.bands("execution_fee").is_none() {
        missing.push("execution_fee".to_owned());
    }
    if context.sharing_article.is_none() {
        missing.push(format!("sharing {}", context.estate.party.code()));
    }
    let path = context.params.sale_path;
    for asset in context.estate.assets.iter().filter(|asset| asset.class.is_auctioned()) {
        if context.law.rounds(path, asset.class).next().is_none() {
            missing.push(format!("rounds {} {}", path.code(), asset.class.kind()));
        }
    }
    missing
}
