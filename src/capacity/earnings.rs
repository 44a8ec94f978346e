//! How much of a debtor's income may be attached over the stated horizon.
//!
//! Two kinds of law are known: what goes beyond retained living costs may be taken (民事诉讼法 art. 254 as the
//! rules cite it), or a table says month by month what may be. Which one holds is a matter of the folder of
//! rules and not of code.

use super::estate_context::{EstateContext, Pending};
use super::flow::{Flow, Source};
use super::rules::{Bands, Parameter};
use super::scenario_choice::ScenarioChoice;
use super::{Factor, Layer, Rate, Scenario};
use crate::domain::Money;

/// Takes the incomes over the stated horizon to what is available, under one view.
///
/// Where the rules hold a table of attachment in bands, it decides month by month what may be taken, attachments by
/// others first; otherwise what goes beyond the retained living costs may be taken. Where those were not supplied,
/// income is only bounded: nothing under the low and expected scenarios, all of it under the high one.
pub(super) fn earned(position: usize, at: (&EstateContext<'_>, &ScenarioChoice), pending: &mut Pending) -> Flow {
    let (context, view) = at;
    let months = i64::from(context.params.horizon_months);
    let monthly: Money = context.estate.incomes.iter().map(|income| income.monthly.or_zero()).sum();
    let record = context.estate.incomes.first().map(|income| income.record);
    let source = |article| Source { record, article };
    let mut flow = Flow::new(monthly.times(months, 1));

    let lasting = context.law.row(Parameter::PriceShare, "income");
    let lasts = context.law.number(Parameter::PriceShare, "income", view.scenario_of(Factor::Price(position)));
    let lasts = Rate::from_millionths(lasts);
    flow.keep(Layer::Haircut, lasts, source(lasting.map(super::rules::ParameterRow::article)));

    let month = match context.law.bands("attachment") {
        Some(bands) => by_bands(context, bands),
        None => above_living_costs(context, view.scenario_of(Factor::Living), monthly),
    };
    let article = month.article.or_else(|| {
        let row = context.law.row(Parameter::AttachableShare, "")?;
        Some(row.article())
    });
    let whole = |amount: Money| lasts.applied_to(amount.times(months, 1));
    flow.leave(Layer::Exempt, whole(month.earlier + month.attachable), source(article));
    flow.leave(Layer::Priority, whole(month.attachable), source(article));
    pending.taxes(context, &mut flow);
    flow.end()
}

/// What may be taken of one month's income.
struct Month {
    earlier: Money,
    attachable: Money,
    article: Option<super::ArticleId>,
}

fn by_bands(context: &EstateContext<'_>, bands: &Bands) -> Month {
    let most = context.law.number(Parameter::AttachmentOrders, "", Scenario::Expected);
    let (mut earlier, mut attachable) = (Money::ZERO, Money::ZERO);
    for income in &context.estate.incomes {
        let mut left = income.monthly.or_zero();
        let orders =
            if most > 0 { i64::from(income.earlier_attachments).min(most) } else { income.earlier_attachments.into() };
        for _ in 0..orders {
            let taken = bands.due_on(left).min(left);
            left -= taken;
            earlier += taken;
        }
        if most == 0 || orders < most {
            attachable += bands.due_on(left).min(left);
        }
    }
    Month { earlier, attachable, article: Some(bands.article()) }
}

fn above_living_costs(context: &EstateContext<'_>, scenario: Scenario, monthly: Money) -> Month {
    let share = Rate::from_millionths(context.law.number(Parameter::AttachableShare, "", scenario));
    let retained = if context.is_person() {
        match context.retained(scenario) {
            Some((retained, _)) => retained,
            None if scenario == Scenario::High => Money::ZERO,
            None => monthly,
        }
    } else {
        Money::ZERO
    };
    let attachable = share.applied_to((monthly - retained).or_zero());
    let article = context.retained(scenario).map(|(_, article)| article);
    Month { earlier: Money::ZERO, attachable, article }
}
