//! Burdens on one asset: puts mortgages, pledges, tax arrears and seizures in the order of the law
//! and pays them out of the asset's value.
//!
//! ```text
//! value ─► Homebuyer, construction price ─► retention, mortgage, pledge (rank, day) ─► tax
//!       ─► seizures of others that stand before ours ─► what is available
//! ```
//!
//! The order of the steps is data (`order.csv`), with the article of each. Amounts that are known are paid
//! in that order; securities without an amount then take a stated share of what is left, somewhere between
//! nothing and all, so that neither is assumed.

use super::estate_context::whole;
use super::flow::{Flow, Source, Turn};
use super::realise::Step;
use super::rules::{ArticleId, Parameter, Sharing, ShownAs};
use super::{Amount, Burden, BurdenKind, Factor, Layer, Rate, Scenario, participate};
use crate::domain::{Day, Money};

/// What has a right in the asset, in the order of the law: first what has an amount, known or
/// capped, then what has none.
pub(super) fn secured<'a>(step: &Step<'a>) -> (Vec<Secured<'a>>, Vec<Secured<'a>>) {
    let mut burdens: Vec<Secured<'_>> = step.asset.burdens.iter().filter_map(|burden| placed(step, burden)).collect();
    burdens.sort_by_key(Secured::key);
    burdens.into_iter().partition(|secured| secured.amount.is_some())
}

/// Pays amounts in their order, those of one rank and day in proportion.
pub(super) fn known(secured: &[Secured<'_>], flow: &mut Flow) {
    for equals in secured.chunk_by(|a, b| a.rank() == b.rank()) {
        let amounts: Vec<Money> = equals.iter().map(|secured| secured.amount.unwrap_or_default()).collect();
        for (secured, paid) in equals.iter().zip(participate(flow.left, &amounts)) {
            secured.pay(flow, paid);
        }
    }
}

/// Pays what has no amount: a share, somewhere between nothing and all, of what is left.
pub(super) fn unknown(step: &Step<'_>, secured: &[Secured<'_>], flow: &mut Flow) {
    let share = step.rate(Parameter::UnknownSecured, "", Factor::Burdens(step.position));
    for secured in secured {
        secured.pay(flow, share.applied_to(flow.left));
    }
}

/// A burden with its place in the order and, where known, its amount under the view.
pub(super) struct Secured<'a> {
    burden: &'a Burden,
    step: u32,
    article: Option<ArticleId>,
    layer: Layer,
    amount: Option<Money>,
    claim: Option<usize>,
}

impl Secured<'_> {
    fn rank(&self) -> (u32, Day, u32) {
        (self.step, self.burden.since, self.burden.rank)
    }

    fn key(&self) -> ((u32, Day, u32), BurdenKind, i64) {
        (self.rank(), self.burden.kind, self.burden.record)
    }

    fn pay(&self, flow: &mut Flow, amount: Money) {
        let paid = flow.take(self.layer, amount, Source::record(self.burden.record).cite(self.article));
        if let Some(claim) = self.claim {
            flow.own_security.push((claim, paid));
        }
    }
}

fn placed<'a>(step: &Step<'_>, burden: &'a Burden) -> Option<Secured<'a>> {
    if !burden.kind.is_secured() {
        return None;
    }
    let row = step.context.law.order(burden.kind);
    let claim = step.context.claim_of(burden.our_case);
    let owed = claim.and_then(|claim| step.context.claims.get(claim)).map(|claim| claim.owed.total());
    let capped = |cap: Money| step.rate(Parameter::CappedAmount, "", Factor::Burdens(step.position)).applied_to(cap);
    let amount = match (burden.amount, owed) {
        (Amount::Known(amount) | Amount::AtMost(amount), Some(owed)) => Some(amount.or_zero().min(owed)),
        (Amount::Unknown, Some(owed)) => Some(owed),
        (Amount::Known(amount), None) => Some(amount.or_zero()),
        (Amount::AtMost(cap), None) => Some(capped(cap.or_zero())),
        (Amount::Unknown, None) => None,
    };
    let shown = row.map_or(ShownAs::Secured, |row| row.shown_as);
    let layer = match (claim, shown) {
        (Some(_), _) => Layer::OwnSecurity,
        (None, ShownAs::Secured) => Layer::Secured,
        (None, ShownAs::Priority) => Layer::Priority,
    };
    let article = row.map(super::rules::OrderRow::article);
    Some(Secured { burden, step: row.map_or(u32::MAX, |row| row.step), article, layer, amount, claim })
}

/// Lines up the seizures: those of others before our first take their part now, the rest wait for the distribution.
///
/// Where creditors share in proportion, seizures give no rank and nothing is taken here.
pub(super) fn queue(step: &Step<'_>, flow: &mut Flow) {
    if step.context.sharing == Sharing::ProRata {
        return;
    }
    let mut seizures: Vec<&Burden> = step.asset.burdens.iter().filter(|burden| burden.kind.is_seizure()).collect();
    seizures.sort_by_key(|burden| (burden.since, burden.rank, burden.record));
    let mut waiting: Vec<usize> = by_filing(step);
    for burden in seizures {
        let claim = step.context.claim_of(burden.our_case);
        if let Some(claim) = claim {
            if own_seizure_runs(step, burden) && waiting.contains(&claim) {
                waiting.retain(|other| *other != claim);
                flow.queue.push(Turn::Ours(claim));
            }
            continue;
        }
        if burden.our_case.is_some() {
            continue;
        }
        let turn = turn(step, burden);
        if flow.queue.is_empty() {
            let article = step.context.law.order(burden.kind).map(super::rules::OrderRow::article);
            let amount = match turn {
                Turn::OtherShare(share) => share.applied_to(flow.left),
                Turn::Other(amount) => amount,
                Turn::Ours(_) => Money::ZERO,
            };
            flow.take(Layer::Priority, amount, Source::record(burden.record).cite(article));
        } else {
            flow.queue.push(turn);
        }
    }
    flow.queue.extend(waiting.into_iter().map(Turn::Ours));
}

/// Our claims, earliest filing first: their order where no seizure decides.
fn by_filing(step: &Step<'_>) -> Vec<usize> {
    let claims = &step.context.estate.claims;
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|position| claims.get(*position).map(|claim| (claim.filed_on, claim.case_id)));
    order
}

/// What a seizure of another court takes under the view.
fn turn(step: &Step<'_>, burden: &Burden) -> Turn {
    let factor = Factor::Burdens(step.position);
    if !stands(step, burden, step.view.scenario_of(factor)) {
        return Turn::Other(Money::ZERO);
    }
    match burden.amount {
        Amount::Known(amount) => Turn::Other(amount.or_zero()),
        Amount::AtMost(cap) => Turn::Other(step.rate(Parameter::CappedAmount, "", factor).applied_to(cap.or_zero())),
        Amount::Unknown => Turn::OtherShare(step.rate(Parameter::UnknownClaim, "", factor)),
    }
}

/// The last day of a seizure.
struct End {
    day: Day,
    is_recorded: bool,
}

fn end(step: &Step<'_>, burden: &Burden) -> Option<End> {
    if let Some(day) = burden.until {
        return Some(End { day, is_recorded: true });
    }
    let months = step.context.law.number(Parameter::SeizureTerm, step.asset.class.kind(), Scenario::Expected);
    let runs = months > 0 && burden.kind != BurdenKind::WaitingSeizure;
    runs.then(|| End { day: burden.since.plus_months(whole(months)), is_recorded: false })
}

/// Whether a seizure of another still counts under a scenario.
///
/// One whose recorded term is over does not. One whose longest lawful term is over may have been renewed without our
/// knowing: it counts under the low scenario. One that ends before the sale may be renewed: it falls away under the
/// high scenario only.
pub(super) fn stands(step: &Step<'_>, burden: &Burden, scenario: Scenario) -> bool {
    let Some(end) = end(step, burden) else { return true };
    let today = step.context.law.on();
    if end.day < today {
        return !end.is_recorded && scenario == Scenario::Low;
    }
    let days = step.context.law.number(Parameter::DaysToSale, step.asset.class.kind(), Scenario::Expected);
    end.day >= today.plus_days(whole(days)) || scenario != Scenario::High
}

/// Whether a freeze of this court keeps the money where it is.
pub(super) fn is_frozen_by_us(step: &Step<'_>) -> bool {
    let ours =
        |burden: &&Burden| burden.kind == BurdenKind::Seizure && step.context.claim_of(burden.our_case).is_some();
    !step.asset.class.is_auctioned()
        && step.context.law.row(Parameter::PriceShare, "frozen").is_some_and(|row| row.scope == "frozen")
        && step.asset.burdens.iter().filter(ours).any(|burden| own_seizure_runs(step, burden))
}

/// Whether a seizure of this court is still in its term.
pub(super) fn own_seizure_runs(step: &Step<'_>, burden: &Burden) -> bool {
    end(step, burden).is_none_or(|end| end.day >= step.context.law.on())
}

/// Whether a burden is another court's seizure that stands under the view, and so claims beside ours.
pub(super) fn claims_beside_us(step: &Step<'_>, burden: &Burden) -> bool {
    burden.kind.is_seizure() && burden.our_case.is_none() && stands(step, burden, step.view.scenario_of(Factor::Others))
}

/// Which shares of price the sale of an asset may turn on: the lowest of each round within the stated range.
pub(super) fn round_prices(step: &Step<'_>) -> Vec<(u32, Rate)> {
    let Some(row) = step.context.law.row(Parameter::PriceShare, step.asset.class.code()) else { return Vec::new() };
    let (low, high) = (row.at(Scenario::Low), row.at(Scenario::High));
    let mut ceiling = i64::MAX;
    let mut prices = Vec::new();
    for round in step.context.law.rounds(step.context.params.sale_path, step.asset.class) {
        let floor = round.reserve.millionths().max(low);
        if floor <= high && floor < ceiling {
            prices.push((round.number, Rate::from_millionths(floor)));
        }
        ceiling = ceiling.min(round.reserve.millionths());
    }
    prices
}
