//! What all steps of one statement share: the estate, the law of its day and place, and the amounts
//! that still have to come out of the estate as a whole.

use super::flow::{Flow, Source};
use super::rules::{ArticleId, Law, LivingCost, Parameter, Sharing};
use super::{AssetClass, BurdenKind, CapacityParams, ClaimStatement, Estate, Layer, Paid, Scenario};
use crate::domain::{Day, Money, PartyKind};

/// What every step of one estate needs and no scenario changes.
pub(super) struct EstateContext<'a> {
    pub(super) estate: &'a Estate,
    pub(super) law: &'a Law<'a>,
    pub(super) params: &'a CapacityParams,
    pub(super) sharing: Sharing,
    pub(super) sharing_article: Option<ArticleId>,
    pub(super) claims: Vec<ClaimStatement>,
    /// The one home found, where nobody says whether it is the only one.
    pub(super) presumed_only_home: Option<usize>,
    /// Living costs, where supplied.
    pub(super) living: Option<&'a LivingCost>,
}

impl<'a> EstateContext<'a> {
    pub(super) fn new(estate: &'a Estate, law: &'a Law<'a>, params: &'a CapacityParams) -> Self {
        let (sharing, sharing_article) = match law.sharing(estate.party) {
            Some((sharing, article)) => (sharing, Some(article)),
            None => (Sharing::ProRata, None),
        };
        let claims = estate.claims.iter().map(|claim| super::claim::stated(claim, estate.as_of, law)).collect();
        let living = law.living_cost();
        let presumed_only_home = presumed_only_home(estate);
        Self { estate, law, params, sharing, sharing_article, claims, presumed_only_home, living }
    }

    /// Whether rules for persons and their households apply.
    pub(super) fn is_person(&self) -> bool {
        self.estate.party == PartyKind::Person
    }

    /// The position of one of our claims.
    pub(super) fn claim_of(&self, case_id: Option<i64>) -> Option<usize> {
        let case_id = case_id?;
        self.estate.claims.iter().position(|claim| claim.case_id == case_id)
    }

    /// What the household must be left per month, where living costs were supplied.
    pub(super) fn retained(&self, scenario: Scenario) -> Option<(Money, ArticleId)> {
        let living = self.living?;
        let unknown = || self.law.number(Parameter::HouseholdPersons, "", scenario);
        let persons = self.estate.household_persons.map_or_else(unknown, i64::from).max(1);
        Some((living.for_household(persons), living.article()))
    }

    /// Whether a value found on a day is no longer valid.
    pub(super) fn is_stale(&self, valued_on: Option<Day>) -> bool {
        let months = self.law.number(Parameter::ValuationValidity, "", Scenario::Expected);
        months > 0 && valued_on.is_some_and(|day| day.plus_months(whole(months)) < self.law.on())
    }
}

/// A whole number of months or days.
pub(super) fn whole(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The position of the only home that was found, where nobody said whether there is another. Found is not
/// owned: an answer may be missing, so this is told as presumed.
fn presumed_only_home(estate: &Estate) -> Option<usize> {
    if estate.party != PartyKind::Person {
        return None;
    }
    let mut homes = estate.assets.iter().enumerate().filter(|(_, asset)| asset.class == AssetClass::Home);
    match (homes.next(), homes.next()) {
        (Some((position, home)), None) if home.is_only_home.is_none() => Some(position),
        _ => None,
    }
}

/// What still has to come out of the estate as a whole, wherever there is something: living costs and payments already
/// made from ready money, tax arrears from anything.
pub(super) struct Pending {
    pub(super) living: Money,
    taxes: Vec<Money>,
    spent: Vec<(Paid, Money)>,
}

impl Pending {
    pub(super) fn new(context: &EstateContext<'_>, scenario: Scenario) -> Self {
        let months = context.law.number(Parameter::LivingReserve, "", scenario);
        let living = context.retained(scenario).map_or(Money::ZERO, |(monthly, _)| monthly.times(months, 1));
        let taxes = context.estate.tax_arrears.iter().map(|tax| tax.amount.or_zero()).collect();
        let payments = context.estate.claims.iter().flat_map(|claim| &claim.payments);
        let spent = payments.filter(|paid| paid.from_ready_money).map(|paid| (*paid, paid.amount.or_zero())).collect();
        Self { living, taxes, spent }
    }

    /// Takes what was paid after a balance was seen, unless the scenario lets it have come from elsewhere.
    pub(super) fn spent(&mut self, seen_on: Day, flow: &mut Flow, scenario: Scenario) {
        for (paid, left) in self.spent.iter_mut().filter(|(paid, _)| paid.on >= seen_on) {
            let amount = if scenario == Scenario::High { Money::ZERO } else { *left };
            *left -= flow.take(Layer::PaidSince, amount, Source::record(paid.record));
        }
    }

    /// Takes tax arrears from what an asset leaves to unsecured claims.
    pub(super) fn taxes(&mut self, context: &EstateContext<'_>, flow: &mut Flow) {
        let article = context.law.order(BurdenKind::Tax).map(super::rules::OrderRow::article);
        for (tax, left) in context.estate.tax_arrears.iter().zip(&mut self.taxes) {
            *left -= flow.take(Layer::Priority, *left, Source::record(tax.record).cite(article));
        }
    }
}
