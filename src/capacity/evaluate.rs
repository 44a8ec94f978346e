//! Computes one estate under one choice of scenarios: every asset down to what is available, then
//! the distribution among creditors.
//!
//! It is called three times for a statement, once for each scenario, and once more for each thing that the
//! finding might turn on.

use super::burdens::claims_beside_us;
use super::estate_context::{EstateContext, Pending};
use super::flow::Flow;
use super::realise::{Step, realised};
use super::rules::Parameter;
use super::scenario_choice::ScenarioChoice;
use super::sharing::{Shares, distribute};
use super::{Ability, Amount, Factor, OtherClaim, Parts, Scenario, earnings};
use crate::domain::Money;

/// An estate carried through to the end under one view.
pub(super) struct Figures {
    /// One flow per asset, then one for the incomes if there are any.
    pub(super) flows: Vec<Flow>,
    /// What others claim beside us where creditors share in proportion.
    pub(super) claimed_elsewhere: Money,
    /// Who gets what.
    pub(super) shares: Shares,
}

impl Figures {
    /// What this court's claims get in all.
    pub(super) fn recovered(&self) -> Money {
        self.shares.ours.iter().copied().sum()
    }
}

/// Carries an estate through: each asset to what is available, then the distribution.
pub(super) fn evaluate(context: &EstateContext<'_>, view: &ScenarioChoice) -> Figures {
    let mut pending = Pending::new(context, view.scenario_of(Factor::Living));
    let n = context.estate.assets.len();
    let mut flows: Vec<Flow> = Vec::with_capacity(n + 1);
    for (position, asset) in context.estate.assets.iter().enumerate() {
        flows.push(realised(&Step { position, asset, context, view }, &mut pending));
    }
    if !context.estate.incomes.is_empty() {
        let mut flow = earnings::earned(n, (context, view), &mut pending);
        flow.queue = (0..context.claims.len()).map(super::flow::Turn::Ours).collect();
        flows.push(flow);
    }
    let owed: Vec<Parts> = context.claims.iter().map(|claim| claim.owed).collect();
    let claimed_elsewhere = others(context, view, &flows);
    let shares = distribute(&flows, &owed, claimed_elsewhere, context.sharing);
    Figures { flows, claimed_elsewhere, shares }
}

/// The legal finding on a recovery.
pub(super) fn ability(context: &EstateContext<'_>, recovered: Money) -> Ability {
    let owed: Money = context.claims.iter().map(|claim| claim.owed.total()).sum();
    if recovered >= owed {
        Ability::All
    } else if recovered > Money::ZERO && recovered >= context.params.least_part.applied_to(owed) {
        Ability::Part
    } else {
        Ability::None
    }
}

/// What other creditors claim where all share in proportion.
///
/// Seizures for a stated amount are claims of their own under the low scenario; under the expected
/// one the same holder's same amount counts once, under the high one only the largest of each
/// holder. Seizures without an amount claim a share of what their asset makes available, together
/// never more than that, or a richer asset would bring less to us.
fn others<'a>(context: &EstateContext<'a>, view: &ScenarioChoice, flows: &[Flow]) -> Money {
    let of_claim = |claim: &'a OtherClaim| (claim.holder.as_deref(), claim.amount.or_zero());
    let mut stated: Vec<(Option<&str>, Money)> = context.estate.other_claims.iter().map(of_claim).collect();
    let mut unstated = Money::ZERO;
    for (position, (asset, flow)) in context.estate.assets.iter().zip(flows).enumerate() {
        let step = Step { position, asset, context, view };
        let mut unclaimed = flow.available;
        for burden in asset.burdens.iter().filter(|burden| claims_beside_us(&step, burden)) {
            match burden.amount {
                Amount::Known(amount) => stated.push((burden.holder.as_deref(), amount.or_zero())),
                Amount::AtMost(cap) => {
                    unstated += step.rate(Parameter::CappedAmount, "", Factor::Others).applied_to(cap.or_zero());
                }
                Amount::Unknown => {
                    let claimed =
                        step.rate(Parameter::UnknownClaim, "", Factor::Others).applied_to(unclaimed).min(unclaimed);
                    unclaimed -= claimed;
                    unstated += claimed;
                }
            }
        }
    }
    stated.sort_unstable_by(|a, b| b.cmp(a));
    match view.scenario_of(Factor::Others) {
        Scenario::Low => {}
        Scenario::Expected => stated.dedup(),
        Scenario::High => stated.dedup_by_key(|(holder, _)| *holder),
    }
    stated.iter().map(|(_, amount)| *amount).sum::<Money>() + unstated
}
