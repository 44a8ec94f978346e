//! Computes what one asset brings: value, sale price by rounds, costs, secured claims, co-owners'
//! shares, exemptions.
//!
//! Each step takes an amount and cites the row of the rules that says so. The steps are the same under all
//! scenarios; only their numbers differ, which keeps every bound a bound.

use super::estate_context::{EstateContext, Pending};
use super::flow::{Flow, Source};
use super::rules::Parameter;
use super::scenario_choice::ScenarioChoice;
use super::{Asset, AssetClass, BurdenKind, Factor, Layer, Ownership, Rate, Scenario, burdens};
use crate::domain::Money;

/// Takes one asset from its recorded value to what is available, under one view.
///
/// `pending` is what still has to come out of the estate as a whole.
pub(super) fn realised(step: &Step<'_>, pending: &mut Pending) -> Flow {
    let mut flow = Flow::new(step.gross());
    step.spent(&mut flow, pending);
    step.exempt_as_a_whole(&mut flow);
    step.doubts(&mut flow);
    step.sale(&mut flow);
    let (known, unknown) = burdens::secured(step);
    burdens::known(&known, &mut flow);
    step.rent(&mut flow);
    burdens::unknown(step, &unknown, &mut flow);
    step.co_owners(&mut flow);
    step.dwelling(&mut flow);
    step.living(&mut flow, pending);
    pending.taxes(step.context, &mut flow);
    burdens::queue(step, &mut flow);
    flow.end()
}

/// One asset under one choice of scenario, and the context that its terms come from.
pub(super) struct Step<'a> {
    pub(super) position: usize,
    pub(super) asset: &'a Asset,
    pub(super) context: &'a EstateContext<'a>,
    pub(super) view: &'a ScenarioChoice,
}

impl Step<'_> {
    /// A parameter's number under the scenario of a factor.
    pub(super) fn number(&self, parameter: Parameter, scope: &str, factor: Factor) -> i64 {
        self.context.law.number(parameter, scope, self.view.scenario_of(factor))
    }

    pub(super) fn rate(&self, parameter: Parameter, scope: &str, factor: Factor) -> Rate {
        Rate::from_millionths(self.number(parameter, scope, factor))
    }

    /// The asset's own record, citing the row of a parameter.
    pub(super) fn source(&self, parameter: Parameter, scope: &str) -> Source {
        let article = self.context.law.row(parameter, scope).map(super::rules::ParameterRow::article);
        Source::record(self.asset.record).cite(article)
    }

    fn gross(&self) -> Money {
        let factor = Factor::Value(self.position);
        let Some(value) = self.asset.value.map(Money::or_zero) else {
            return Money::from_fen(self.number(Parameter::UnknownValue, self.asset.class.code(), factor));
        };
        let value = self.rate(Parameter::ValuationFactor, self.asset.valued_by.code(), factor).applied_to(value);
        if self.context.is_stale(self.asset.valued_on) {
            self.rate(Parameter::StaleFactor, "", factor).applied_to(value)
        } else {
            value
        }
    }

    fn spent(&self, flow: &mut Flow, pending: &mut Pending) {
        let is_money = self.asset.class.is_ready_money() || self.asset.class == AssetClass::FinancialAsset;
        if let Some(seen_on) = self.asset.valued_on.filter(|_| is_money) {
            pending.spent(seen_on, flow, self.view.scenario_of(Factor::Value(self.position)));
        }
    }

    fn exempt_as_a_whole(&self, flow: &mut Flow) {
        let scope = if self.asset.is_protected {
            "protected_account"
        } else if self.asset.class == AssetClass::HousingFund {
            "housing_fund"
        } else {
            return;
        };
        let exempt = self.rate(Parameter::ExemptShare, scope, Factor::Title(self.position));
        flow.keep(Layer::Exempt, exempt.rest(), self.source(Parameter::ExemptShare, scope));
    }

    fn doubts(&self, flow: &mut Flow) {
        let has = |kind| self.asset.burdens.iter().any(|burden| burden.kind == kind);
        let doubts = [
            ("notice", self.asset.is_notice),
            ("objection", has(BurdenKind::Objection)),
            ("lease", has(BurdenKind::Lease)),
            ("not_in_hand", self.asset.class.kind() == "movable" && self.asset.is_in_hand == Some(false)),
        ];
        for (scope, _) in doubts.into_iter().filter(|(_, applies)| *applies) {
            let share = self.rate(Parameter::TitleFactor, scope, Factor::Title(self.position));
            flow.keep(Layer::Haircut, share, self.source(Parameter::TitleFactor, scope));
        }
    }

    /// The price: bidders pay a share of the value, and the asset goes in the first round whose reserve that reaches.
    fn sale(&self, flow: &mut Flow) {
        let scope = if burdens::is_frozen_by_us(self) { "frozen" } else { self.asset.class.code() };
        let stated = || self.rate(Parameter::PriceShare, scope, Factor::Price(self.position));
        let mut price = self.view.price_of(self.position).unwrap_or_else(stated);
        let mut source = self.source(Parameter::PriceShare, scope);
        if self.asset.class.is_auctioned() {
            let mut rounds = self.context.law.rounds(self.context.params.sale_path, self.asset.class).peekable();
            let has_rounds = rounds.peek().is_some();
            let round = rounds.find(|round| round.reserve <= price);
            flow.round = round.map(|round| round.number);
            if has_rounds && round.is_none() {
                price = Rate::ZERO;
            }
            source = source.cite(round.map(|round| round.article).or(source.article));
        }
        flow.keep(Layer::Haircut, price, source);
        (flow.price, flow.net) = (flow.left, Rate::ONE);
        for parameter in [Parameter::SaleCost, Parameter::SaleTax] {
            let rate = self.rate(parameter, self.asset.class.code(), Factor::Price(self.position));
            flow.net = flow.net.less(rate);
            flow.leave(Layer::Costs, flow.net.applied_to(flow.price), self.source(parameter, self.asset.class.code()));
        }
    }

    fn co_owners(&self, flow: &mut Flow) {
        let factor = Factor::Title(self.position);
        let married_into = || {
            let since = self.context.estate.married_since?;
            let acquired = self.asset.acquired_on.is_none_or(|day| day >= since);
            (self.context.is_person() && acquired).then_some(())
        };
        if let Some(share) = self.asset.share {
            flow.keep(Layer::CoOwners, share.min(Rate::ONE), Source::record(self.asset.record));
        } else if self.asset.ownership != Ownership::Sole {
            let share = self.rate(Parameter::JointShare, "", factor);
            flow.keep(Layer::CoOwners, share, self.source(Parameter::JointShare, ""));
        } else if married_into().is_some() {
            let kind = self.asset.class.kind();
            let share = self.rate(Parameter::MaritalShare, kind, factor);
            flow.keep(Layer::CoOwners, share, self.source(Parameter::MaritalShare, kind));
        }
    }

    /// Five to eight years of rent are left from the price of the only home (异议复议规定 20), after the securities whose
    /// amounts are known and before the price is divided among co-owners.
    ///
    /// Where the market rent is not known it is a share of the price; it then ends where a lower share of the price
    /// would end, as costs do, so that a higher price leaves no less.
    fn rent(&self, flow: &mut Flow) {
        let Some(is_kept) = self.is_only_home() else { return };
        let months = self.number(Parameter::RentReserve, "", Factor::Home(self.position));
        let reserve = match self.asset.monthly_rent {
            _ if !is_kept => Money::ZERO,
            Some(rent) => rent.or_zero().times(months, 1),
            None => {
                let rent = self.rate(Parameter::RentYield, "", Factor::Home(self.position)).times(months, 12);
                flow.net.applied_to(flow.price) - flow.net.less(rent).applied_to(flow.price)
            }
        };
        flow.take(Layer::Exempt, reserve, self.source(Parameter::RentReserve, ""));
    }

    /// A necessary dwelling may be seized but not sold unless that rent is left (查扣冻规定 4-5): whether it comes to that
    /// is a range.
    fn dwelling(&self, flow: &mut Flow) {
        let Some(is_kept) = self.is_only_home() else { return };
        let sold = self.rate(Parameter::OnlyHomeSold, "", Factor::Home(self.position));
        let sold = if is_kept { sold } else { Rate::ONE };
        flow.keep(Layer::Exempt, sold, self.source(Parameter::OnlyHomeSold, ""));
    }

    /// Whether a person's only home is treated as such under the view; `None` where it is not the only one.
    ///
    /// One that nobody vouches for is not so treated under the high scenario.
    fn is_only_home(&self) -> Option<bool> {
        let is_presumed = self.context.presumed_only_home == Some(self.position);
        let is_stated = self.asset.is_only_home.unwrap_or_default();
        let is_one = self.asset.class == AssetClass::Home && self.context.is_person() && (is_stated || is_presumed);
        is_one.then(|| is_stated || self.view.scenario_of(Factor::Home(self.position)) != Scenario::High)
    }

    fn living(&self, flow: &mut Flow, pending: &mut Pending) {
        if self.asset.class.is_ready_money() && self.context.is_person() && self.context.living.is_some() {
            pending.living -= flow.take(Layer::Exempt, pending.living, self.source(Parameter::LivingReserve, ""));
        }
    }
}
