//! The view of the rules for one day and one place, which the computation asks for numbers.
//!
//! Of several rows in force the one of the closer place is taken, then the later one. A statement of 2018
//! is made by the law of 2018, whenever it is made.

use std::cmp::Reverse;

use super::bands::Bands;
use super::citation::{ArticleId, Validity};
use super::living::LivingCost;
use super::order::{OrderRow, Sharing};
use super::parameter::{Parameter, ParameterRow, Span};
use super::rounds::{Round, SalePath};
use super::set::CapacityRules;
use crate::capacity::{AssetClass, BurdenKind, Scenario};
use crate::domain::{Day, PartyKind};

/// The rules as they stand on one day in one place.
#[derive(Debug, Clone)]
pub(in super::super) struct Law<'a> {
    rules: &'a CapacityRules,
    on: Day,
    region: &'a str,
    /// Of each parameter the row in force of each scope: every step of every asset asks for some.
    parameters: Vec<Vec<&'a ParameterRow>>,
}

impl<'a> Law<'a> {
    pub(in super::super) fn new(rules: &'a CapacityRules, on: Day, region: &'a str) -> Self {
        let mut law = Self { rules, on, region, parameters: Vec::with_capacity(rules.parameters.len()) };
        for rows in &rules.parameters {
            let mut in_force: Vec<&ParameterRow> = rows.iter().filter(|row| row.validity.holds(on, region)).collect();
            in_force.sort_by_key(|row| (&row.scope, Reverse(row.validity.preference())));
            in_force.dedup_by_key(|row| &row.scope);
            law.parameters.push(in_force);
        }
        law
    }

    /// The day.
    pub(in super::super) fn on(&self) -> Day {
        self.on
    }

    /// The row of a parameter for a scope, else for the rest (the empty scope).
    pub(in super::super) fn row(&self, parameter: Parameter, scope: &str) -> Option<&'a ParameterRow> {
        let rows = self.parameters.get(parameter as usize)?;
        let row = rows.iter().find(|row| row.scope == scope);
        // Sorted by scope, the rest comes first.
        row.or_else(|| rows.first().filter(|row| row.scope.is_empty())).copied()
    }

    /// A parameter's number under a scenario; its neutral value where no row is in force.
    pub(in super::super) fn number(&self, parameter: Parameter, scope: &str, scenario: Scenario) -> i64 {
        self.row(parameter, scope).map_or(parameter.neutral(), |row| row.at(scenario))
    }

    /// Every span of a parameter without scope that holds in this place, whatever the day.
    pub(in super::super) fn spans(&self, parameter: Parameter) -> impl Iterator<Item = Span> + use<'a> {
        let region = self.region;
        let rows = self.rules.parameters.get(parameter as usize).map_or(&[][..], Vec::as_slice);
        let longest = rows.iter().map(|row| &row.validity.region).filter(|prefix| region.starts_with(prefix.as_str()));
        let longest = longest.map(String::len).max().unwrap_or(0);
        rows.iter()
            .filter(move |row| row.validity.region.len() == longest && region.starts_with(&row.validity.region))
            .map(ParameterRow::span)
    }

    /// A table in bands.
    pub(in super::super) fn bands(&self, table: &str) -> Option<&'a Bands> {
        let named = self.rules.bands.iter().filter(|row| row.name == table);
        self.best(named, |row| &row.validity).map(|row| &row.bands)
    }

    /// The rounds of a sale, in order.
    pub(in super::super) fn rounds(
        &self,
        path: SalePath,
        class: AssetClass,
    ) -> impl Iterator<Item = &'a Round> + use<'a> {
        let (on, region) = (self.on, self.region);
        let rows = self.rules.rounds.iter();
        rows.filter(move |row| row.path == path && (row.scope.is_empty() || row.scope == class.kind()))
            .filter(move |row| row.validity.holds(on, region))
            .map(|row| &row.round)
    }

    /// Where a kind of burden stands in the order.
    pub(in super::super) fn order(&self, kind: BurdenKind) -> Option<&'a OrderRow> {
        self.best(self.rules.order.iter().filter(|row| row.kind == kind), |row| &row.validity)
    }

    /// How ordinary creditors of such a debtor share.
    pub(in super::super) fn sharing(&self, party: PartyKind) -> Option<(Sharing, ArticleId)> {
        let rows = self.rules.sharing.iter().filter(|row| row.party == party);
        self.best(rows, |row| &row.validity).map(|row| (row.sharing, row.validity.article))
    }

    /// The article of a rule without a number.
    pub(in super::super) fn principle(&self, name: &str) -> Option<ArticleId> {
        let rows = self.rules.principles.iter().filter(|row| row.name == name);
        self.best(rows, |row| &row.validity).map(|row| row.validity.article)
    }

    /// Living costs per person and month, where the user supplied them.
    pub(in super::super) fn living_cost(&self) -> Option<&'a LivingCost> {
        self.best(self.rules.living_costs.iter(), |row| &row.validity)
    }

    fn best<T>(&self, rows: impl Iterator<Item = &'a T>, validity: impl Fn(&'a T) -> &'a Validity) -> Option<&'a T> {
        rows.filter(|row| validity(row).holds(self.on, self.region)).max_by_key(|row| validity(row).preference())
    }
}
