//! Writes the rule of each column with its certainty and what to check.
//!
//! A rule says nothing that was not seen. Where the order of a day is ambiguous the rule refuses every row
//! until somebody declares it; where a level has no meaning it is named for a person to translate.

use super::days::DaySeen;
use super::dictionary::DictionaryColumn;
use super::facts::ColumnFacts;
use super::inspection::Certainty;
use super::levels::levels;
use crate::ingest::{ColumnRule, DecimalMark, Derivation, MoneyUnit, Scale};
use crate::schema::{Column, ColumnKind, Table};
use crate::sentence::{Sentence, says};

/// From this share of rows with unknown levels on, a column that may be empty is left out.
const UNKNOWN: f64 = 0.5;
/// Levels that a comment names.
const NAMED: usize = 12;

/// A rule, how sure it is, what was seen and what is to be checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ruled {
    pub(super) rule: ColumnRule,
    pub(super) certainty: Certainty,
    pub(super) seen: Sentence,
    pub(super) check: Sentence,
}

impl Ruled {
    pub(super) fn new(rule: ColumnRule, certainty: Certainty, seen: Sentence) -> Self {
        Self { rule, certainty, seen, check: Sentence::default() }
    }

    pub(super) fn constant(value: impl Into<String>, certainty: Certainty, seen: Sentence) -> Self {
        Self::new(ColumnRule { constant: Some(value.into()), ..ColumnRule::default() }, certainty, seen)
    }

    pub(super) fn check(self, check: Sentence) -> Self {
        Self { check, ..self }
    }
}

/// How sure a likeness is.
pub(super) fn certainty(score: f64) -> Certainty {
    match score {
        score if score >= 0.9 => Certainty::Sure,
        score if score >= 0.7 => Certainty::Likely,
        _ => Certainty::Guess,
    }
}

/// The rule that reads a column of the file as a column of the table; the reason where none should.
pub(super) fn rule(
    (held, facts): (&DictionaryColumn, &ColumnFacts),
    (table, column): (&Table, &Column),
    score: f64,
) -> Result<Ruled, Sentence> {
    let plain = Ruled::new(ColumnRule::from_column(&held.name), certainty(score), Sentence::default());
    match column.kind {
        ColumnKind::Day => Ok(day(held, facts, score)),
        ColumnKind::Money => Ok(money(held, facts, score)),
        ColumnKind::Code(_) | ColumnKind::Flag => code(held, (table, column), score),
        ColumnKind::Share => {
            let scales = [
                (facts.fractions, Scale::Fraction, "fractions"),
                (facts.percents, Scale::Percent, "per cent"),
                (facts.within_one, Scale::Whole, "numbers from 0 to 1"),
            ];
            let best = scales.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
            let (_, scale, seen) = best.unwrap_or((0.0, Scale::Whole, ""));
            let scale = (scale != Scale::Whole).then_some(scale);
            Ok(Ruled { rule: ColumnRule { scale, ..plain.rule }, seen: says!(seen), ..plain })
        }
        ColumnKind::Text if column.name == "masked_name" && facts.masked < 0.5 => {
            Ok(Ruled { rule: ColumnRule { derive: Some(Derivation::MaskedName), ..plain.rule }, ..plain })
        }
        ColumnKind::Text if column.name == "masked_number" => {
            let seen = says!("masked on the way in");
            Ok(Ruled::new(ColumnRule { derive: Some(Derivation::MaskedNumber), ..plain.rule }, plain.certainty, seen))
        }
        _ => Ok(Ruled { seen: shape_of(facts), ..plain }),
    }
}

fn shape_of(facts: &ColumnFacts) -> Sentence {
    let shapes = [
        (facts.persons, "numbers of persons that pass their check"),
        (facts.credit_codes, "credit codes"),
        (facts.case_numbers, "case numbers"),
        (facts.plates, "plates"),
        (facts.long_numbers, "long numbers"),
    ];
    let shown = shapes.into_iter().filter(|(share, _)| *share >= 0.05);
    let shown = shown.map(|(share, what)| per_cent(share).and(" % ").and(says!(what)));
    Sentence::list(shown.chain(facts.is_unique.then(|| says!("no value twice"))), ", ")
}

/// The rule of a day; where its order is ambiguous it refuses every row until the order is declared.
pub(super) fn day(held: &DictionaryColumn, facts: &ColumnFacts, score: f64) -> Ruled {
    let rule = ColumnRule::from_column(&held.name);
    let date = facts.days.patterns().unwrap_or_default();
    let spanned = |how: Sentence| match facts.span {
        Some((least, most)) => {
            says!("{how}, {least} to {most}", how = how, least = least.to_string(), most = most.to_string())
        }
        None => how,
    };
    match &facts.days {
        DaySeen::Ambiguous(patterns) => {
            let patterns = quoted(patterns);
            let seen = says!("ambiguous: {patterns} read it, and read different days", patterns = patterns.clone());
            let check =
                says!("nothing is guessed: rows are refused until date = {patterns} is declared", patterns = patterns);
            Ruled::new(rule, Certainty::Guess, seen).check(check)
        }
        DaySeen::Serial => {
            let rule = ColumnRule { date, ..rule };
            let ruled = Ruled::new(rule, certainty(score.min(0.8)), spanned(says!("day numbers")));
            ruled.check(says!("books of old Macs count from 1904: date = \"excel_1904\""))
        }
        DaySeen::Month(_) => {
            let rule = ColumnRule { date, prefix: "28 ".to_owned(), ..rule };
            let ruled = Ruled::new(rule, certainty(score.min(0.8)), spanned(says!("months")));
            ruled.check(says!("the 28th stands for the month, which has no day of its own"))
        }
        seen => {
            let how = if *seen == DaySeen::YearFirst { "days, years first" } else { "days" };
            Ruled::new(ColumnRule { date, ..rule }, certainty(score), spanned(says!(how)))
        }
    }
}

pub(super) fn quoted(texts: &[String]) -> Sentence {
    Sentence::list(texts.iter().map(|text| Sentence::name(format!("\"{text}\""))), " or ")
}

/// A share as a whole number of hundredths.
pub(super) fn per_cent(share: f64) -> Sentence {
    Sentence::name(format!("{:.0}", share * 100.0))
}

fn money(held: &DictionaryColumn, facts: &ColumnFacts, score: f64) -> Ruled {
    use super::amounts::UnitSource;
    let rule = ColumnRule::from_column(&held.name);
    let Some(seen) = facts.money else { return Ruled::new(rule, Certainty::Guess, says!("no amounts")) };
    let rule = ColumnRule {
        unit: Some(seen.unit_taken()),
        decimal: seen.decimal_comma.then_some(DecimalMark::Comma),
        capitals: seen.capitals,
        round: seen.rounds,
        ..rule
    };
    let (told, check, most): (&'static str, &'static str, f64) = match seen.told_by {
        UnitSource::Heading => ("unit in the heading", "", 1.0),
        UnitSource::Title => ("unit in a title above the header", "", 1.0),
        UnitSource::Cells => ("every cell names its unit", "", 1.0),
        UnitSource::Nothing if facts.decimals > 0.0 => {
            ("decimals, no unit named", "yuan is taken, since fen have no decimals", 0.8)
        }
        UnitSource::Nothing => {
            ("whole numbers, no unit named", "yuan is taken: a wrong unit is wrong by a hundred or more", 0.6)
        }
    };
    let further = [
        (seen.decimal_comma, "decimal comma"),
        (seen.capitals, "in characters"),
        (seen.negative, "some negative"),
        (seen.rounds, "some are more precise than a fen and are rounded"),
    ];
    let further = further.into_iter().filter(|(is, _)| *is).map(|(_, what)| what);
    let seen = Sentence::list(std::iter::once(told).chain(further).map(|what| says!(what)), ", ");
    let ruled = Ruled::new(rule, certainty(score.min(most)), seen);
    if check.is_empty() { ruled } else { ruled.check(says!(check)) }
}

fn code(held: &DictionaryColumn, (table, column): (&Table, &Column), score: f64) -> Result<Ruled, Sentence> {
    let found = levels(held, (table, column));
    let named = |levels: &[(String, u64)]| {
        let shown = levels.iter().take(NAMED).map(|(level, rows)| format!("{} ({rows})", shown_level(level)));
        let rest = levels.len().saturating_sub(NAMED);
        let shown = Sentence::list(shown.map(Sentence::name), ", ");
        if rest == 0 { shown } else { says!("{shown} and {rest} more", shown = shown, rest = rest.to_string()) }
    };
    let list = if let ColumnKind::Code(codes) = column.kind { codes } else { &["true", "false"] };
    let mut rule = ColumnRule { codes: found.codes, ..ColumnRule::from_column(&held.name) };
    if found.unknown.is_empty() {
        return Ok(Ruled::new(rule, certainty(score), says!("every level is known")));
    }
    let unknown = named(&found.unknown);
    let seen = says!("unknown levels and their rows: {unknown}", unknown = unknown.clone());
    if list.contains(&"other") && found.share > 0.0 {
        rule.otherwise = Some("other".to_owned());
        let ruled = Ruled::new(rule, Certainty::Guess, seen);
        return Ok(ruled.check(says!("they become other; name them in codes")));
    }
    if !column.nullable {
        let ruled = Ruled::new(rule, Certainty::Guess, seen);
        return Ok(
            ruled.check(says!("such rows are refused until codes says which is {codes}", codes = list.join(" | ")))
        );
    }
    if 1.0 - found.share > UNKNOWN {
        let place = format!("{}.{}", table.name, column.name);
        return Err(says!(
            "its levels are unknown: {unknown}; declare codes for {place}",
            unknown = unknown,
            place = place
        ));
    }
    rule.null = found.unknown.iter().map(|(level, _)| level.clone()).collect();
    let ruled = Ruled::new(rule, Certainty::Guess, seen);
    Ok(ruled.check(says!("they are read as no value; name them in codes")))
}

/// A level as a comment may show it.
fn shown_level(level: &str) -> String {
    let short: String = level.chars().take(20).collect();
    crate::domain::masked_text(&short).into_owned()
}

/// An amount's unit, as words.
pub(super) const fn unit_name(unit: MoneyUnit) -> &'static str {
    match unit {
        MoneyUnit::Fen => "fen",
        MoneyUnit::Yuan => "yuan",
        MoneyUnit::WanYuan => "wan_yuan",
        MoneyUnit::YiYuan => "yi_yuan",
    }
}

/// The columns of the file that a rule reads.
pub(super) fn read_by(rule: &ColumnRule) -> impl Iterator<Item = &String> {
    rule.alternatives().flat_map(|rule| &rule.from)
}
