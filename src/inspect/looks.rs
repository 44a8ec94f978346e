//! What the values of a column look like, said in words for the person who reads the findings.
use super::days::DaySeen;
use super::facts::ColumnFacts;
use super::rules::{per_cent, quoted, unit_name};
use crate::sentence::{Sentence, says};

/// What values look like, in words, the likeliest first.
pub(super) fn looks_like(facts: &ColumnFacts) -> Vec<Sentence> {
    let days = match &facts.days {
        DaySeen::None => None,
        DaySeen::YearFirst => Some(says!("days, years first")),
        DaySeen::Pattern(pattern) => Some(says!("days as {pattern}", pattern = pattern)),
        DaySeen::Serial => Some(says!("day numbers of a spreadsheet")),
        DaySeen::Month(pattern) => Some(says!("months as {pattern}", pattern = pattern)),
        DaySeen::Ambiguous(patterns) => Some(says!("days, ambiguous: {patterns}", patterns = quoted(patterns))),
    };
    let share = |share: f64, what: &'static str| {
        (share >= 0.05).then(|| says!("{what} ({share} %)", what = says!(what), share = per_cent(share)))
    };
    let money = facts.money.filter(|_| may_be_money(facts)).map(|money| match money.unit {
        Some(unit) => says!("amounts in {unit}", unit = says!(unit_name(unit))),
        None => says!("amounts, no unit named"),
    });
    let numbers = if facts.decimals > 0.0 { "numbers with decimals" } else { "whole numbers" };
    let found = [
        days,
        share(facts.persons, "numbers of persons"),
        share(facts.credit_codes, "credit codes"),
        share(facts.case_numbers, "case numbers"),
        share(facts.plates, "plates"),
        share(facts.phones, "telephones"),
        share(facts.unit_codes, "units of real estate"),
        share(facts.long_numbers, "accounts or other long numbers"),
        money,
        share(facts.numbers, numbers),
        share(facts.percents, "per cent"),
        share(facts.fractions, "fractions"),
        share(facts.firms, "names of firms"),
        share(facts.masked, "masked names"),
        share(facts.short_names, "short words or names"),
        facts.is_unique.then(|| says!("no value twice")),
    ];
    found.into_iter().flatten().collect()
}

/// Whether amounts are as good a guess as numbers.
pub(super) fn may_be_money(facts: &ColumnFacts) -> bool {
    facts.persons < 0.3 && facts.long_numbers < 0.5 && !facts.days.is_day()
}
