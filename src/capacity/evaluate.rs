use super::burdens::claimed_elsewhere;
use super::flow::Flow;
use super::ground::{Ground, Pending};
use super::realise::{Step, realised};
use super::sharing::{Shares, distribute};
use super::view::View;
use super::{Ability, Amount, Factor, Parts, Scenario, earnings};
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
pub(super) fn evaluate(ground: &Ground<'_>, view: &View) -> Figures {
    let mut pending = Pending::of(ground, view.of(Factor::Living));
    let n = ground.estate.assets.len();
    let mut flows: Vec<Flow> = Vec::with_capacity(n + 1);
    for (position, asset) in ground.estate.assets.iter().enumerate() {
        flows.push(realised(&Step { position, asset, ground, view }, &mut pending));
    }
    if !ground.estate.incomes.is_empty() {
        let mut flow = earnings::earned(n, (ground, view), &mut pending);
        flow.queue = (0..ground.claims.len()).map(super::flow::Turn::Ours).collect();
        flows.push(flow);
    }
    let owed: Vec<Parts> = ground.claims.iter().map(|claim| claim.owed).collect();
    let claimed_elsewhere = others(ground, view, &flows);
    let shares = distribute(&flows, &owed, claimed_elsewhere, ground.sharing);
    Figures { flows, claimed_elsewhere, shares }
}

/// The legal finding on a recovery.
pub(super) fn ability(ground: &Ground<'_>, recovered: Money) -> Ability {
    let owed: Money = ground.claims.iter().map(|claim| claim.owed.total()).sum();
    if recovered >= owed {
        Ability::All
    } else if recovered > Money::ZERO && recovered >= ground.params.least_part.of(owed) {
        Ability::Part
    } else {
        Ability::None
    }
}

/// What other creditors claim: under the low scenario every seizure is a claim of its own, under the expected one the
/// same holder's same amount counts once, under the high one the largest of each holder.
fn others(ground: &Ground<'_>, view: &View, flows: &[Flow]) -> Money {
    let mut known: Vec<(Option<&str>, Money)> = Vec::new();
    let mut vague: Vec<(Option<&str>, Money)> = Vec::new();
    for (position, (asset, flow)) in ground.estate.assets.iter().zip(flows).enumerate() {
        let step = Step { position, asset, ground, view };
        // Claims of unknown amount rest on what their asset yields: together they are never more than that, or a
        // richer asset would bring less to us.
        let mut unclaimed = flow.available;
        for burden in &asset.burdens {
            let claimed = claimed_elsewhere(&step, burden, unclaimed);
            if let (Amount::Unknown, Some((amount, _))) = (&burden.amount, claimed) {
                unclaimed -= amount;
            }
            match claimed {
                Some((amount, true)) => known.push((burden.holder.as_deref(), amount)),
                Some((amount, false)) => vague.push((burden.holder.as_deref(), amount)),
                None => {}
            }
        }
    }
    known.extend(ground.estate.other_claims.iter().map(|claim| (claim.holder.as_deref(), claim.amount.or_zero())));
    let scenario = view.of(Factor::Others);
    if scenario != Scenario::Low {
        known.sort_unstable();
        known.dedup();
    }
    if scenario == Scenario::High {
        known.append(&mut vague);
        known.sort_unstable_by(|a, b| b.cmp(a));
        known.dedup_by_key(|(holder, _)| *holder);
    }
    known.iter().chain(&vague).map(|(_, amount)| *amount).sum()
}
