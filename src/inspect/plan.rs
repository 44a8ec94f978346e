//! Scores how well one file feeds one table, and keeps the best plan.
//!
//! The score adds up the columns of the table's own that the file has, a little for a party, a case and a
//! day, and a lot for a word in the file's name or in a title that means the table. Below a least score a
//! table is not fed, and a file whose name calls no table must reach a higher one.
//!
//! Columns that a table must have and the file has not are made where that is honest: a party by way of
//! another file, a constant by a word of the file, the day of the answer by whoever brought the files. What
//! cannot be made ends the plan, with the reason.

use std::collections::BTreeMap;

use super::assign::{Assignment, CALLED, Pick, assign, usable};
use super::dictionary::DictionaryColumn;
use super::inspection::Certainty;
use super::keys::{Way, way};
use super::rules::{Ruled, day, rule};
use super::tables::{InspectedTable, InspectedTables};
use super::vocabulary::Vocabulary;
use crate::domain::Day;
use crate::ingest::{ColumnRule, Derivation};
use crate::schema::{CASE_ID, Column, ColumnKind, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, Table};
use crate::sentence::{Sentence, says};

/// What a word for the table adds: in the file's or the sheet's name, in a title.
const NAMED: (f64, f64) = (1.2, 0.8);
/// What a party, a case or a day adds.
const KEY: f64 = 0.25;
/// Below this a table is not fed where the file is called like it, and where it is not.
const LEAST: (f64, f64) = (0.5, 1.4);

/// How one table would be fed by one file.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) table: &'static Table,
    pub(super) columns: BTreeMap<&'static str, Ruled>,
    pub(super) when: BTreeMap<String, Vec<String>>,
    pub(super) unless: BTreeMap<String, Vec<String>>,
    /// The way to the party, where the file has none of its own.
    pub(super) way: Option<Way>,
    /// How well file and table suit each other.
    pub(super) total: f64,
    /// Columns of the file that suit a column of the table and yet are left out, and why.
    pub(super) left_out: Vec<(usize, Sentence)>,
}

/// One file of the inspected tables, seen as a source of one table.
pub(super) struct Scratch<'s> {
    pub(super) inspected: &'s InspectedTables,
    pub(super) seen: &'s InspectedTable,
    pub(super) at: usize,
}

impl<'s> Scratch<'s> {
    pub(super) fn new(inspected: &'s InspectedTables, at: usize) -> Option<Self> {
        Some(Self { inspected, seen: inspected.tables.get(at)?, at })
    }

    /// How the file would feed a table; nothing where it cannot or hardly would.
    pub(super) fn plan(&self, table: &'static Table) -> Option<Planned> {
        let assignment = assign(self.seen, table);
        let own: f64 = own_columns(&assignment).map(|(_, score)| score).sum();
        let least = if self.named(table) > 0.0 { LEAST.0 } else { LEAST.1 };
        if own < least && !self.lists_cases(&assignment) { None } else { self.planned(&assignment) }
    }

    /// Whether a file has case numbers where this table has its case.
    pub(super) fn has_case_numbers(&self, assignment: &Assignment) -> bool {
        let facts = assignment.source(CASE_ID).and_then(|at| self.seen.facts.get(at));
        facts.is_some_and(|facts| facts.case_numbers >= 0.8)
    }

    /// Whether it is a list of cases, though it may tell nothing more of them: case numbers, and a day whose heading
    /// speaks of cases, as 立案日期 does.
    pub(super) fn lists_cases(&self, assignment: &Assignment) -> bool {
        let day = assignment.picks.get(EVENT_ON).filter(|pick| pick.score >= CALLED);
        let heading = day.and_then(|pick| self.seen.held.columns.get(pick.source));
        let is_of_cases = |held: &DictionaryColumn| Vocabulary::standard().names_table(&held.name, assignment.table);
        assignment.table.name == "cases" && self.has_case_numbers(assignment) && heading.is_some_and(is_of_cases)
    }

    /// The columns that a table must have and that neither the file nor anything else tells.
    pub(super) fn lacks(&self, table: &'static Table) -> Vec<&'static Column> {
        let assignment = assign(self.seen, table);
        let mut planned = self.own(&assignment);
        self.party(&assignment, &mut planned, self.named(table) > 0.0);
        self.case(&assignment, &mut planned);
        _ = self.clocks(&assignment, &mut planned);
        if table.name == "cases" && assignment.source(EVENT_ON).is_none() {
            // The day on which a case was filed is no day of an answer.
            planned.columns.remove(EVENT_ON);
        }
        let is_lacking = |column: &&Column| {
            is_missing(column, &planned)
                && column.name != "direction"
                && self.made(&assignment, (table, column)).is_none()
        };
        table.columns().filter(is_lacking).collect()
    }

    /// The same, with one column given and some columns of the file set aside.
    pub(super) fn plan_given(
        &self,
        table: &'static Table,
        (column, source): (&'static str, usize),
        aside: &[usize],
    ) -> Option<Planned> {
        let mut assignment = assign(self.seen, table);
        assignment.picks.retain(|_, pick| !aside.contains(&pick.source));
        if source != usize::MAX {
            assignment.picks.insert(column, Pick { source, score: 1.0 });
            assignment.picks.entry("direction").or_insert(Pick { source: usize::MAX, score: 1.0 });
        }
        self.planned(&assignment)
    }

    fn planned(&self, assignment: &Assignment) -> Option<Planned> {
        let table = assignment.table;
        let mut planned = self.own(assignment);
        planned.total = self.total(assignment);
        let named = self.named(table) > 0.0;
        self.party(assignment, &mut planned, named);
        self.case(assignment, &mut planned);
        self.clocks(assignment, &mut planned)?;
        let missing: Vec<_> = table.columns().filter(|column| is_missing(column, &planned)).collect();
        for column in missing {
            let is_given = column.name == "direction"
                && (assignment.source("direction") == Some(usize::MAX) || self.tells_by_sign(assignment));
            if !is_given {
                planned.columns.insert(column.name, self.made(assignment, (table, column))?);
            }
        }
        self.derived(assignment, &mut planned);
        self.leave_out(assignment, &mut planned);
        Some(planned)
    }

    /// Whether the sign of an amount tells what came in and what went out.
    fn tells_by_sign(&self, assignment: &Assignment) -> bool {
        let facts = assignment.source("amount_fen").and_then(|at| self.seen.facts.get(at));
        assignment.table.name == "bank_transactions" && facts.is_some_and(super::facts::ColumnFacts::is_signed)
    }

    /// What is made of a number in clear.
    fn derived(&self, assignment: &Assignment, planned: &mut Planned) {
        match planned.table.name {
            "parties" => self.of_party(assignment, planned),
            "cases" => self.of_case(assignment, planned),
            _ => {}
        }
    }

    fn of_party(&self, assignment: &Assignment, planned: &mut Planned) {
        let number = assignment.source("masked_number").or_else(|| assignment.source(ENTITY_ID));
        let Some((held, facts)) =
            number.and_then(|at| Some((self.seen.held.columns.get(at)?, self.seen.facts.get(at)?)))
        else {
            return;
        };
        let made = |derive: Derivation, seen: &'static str| {
            let rule = ColumnRule { derive: Some(derive), ..ColumnRule::from_column(&held.name) };
            Ruled::new(rule, Certainty::Likely, says!(seen))
        };
        if facts.persons + facts.credit_codes >= 0.3 {
            let further = [
                ("masked_number", made(Derivation::MaskedNumber, "masked on the way in"), true),
                ("number_state", made(Derivation::NumberState, "by its checks"), true),
                (
                    "organisation_id",
                    made(Derivation::OrganisationId, "the code within a credit code"),
                    facts.credit_codes > 0.0,
                ),
            ];
            for (name, ruled, _) in further.into_iter().filter(|(.., is)| *is) {
                planned.columns.entry(name).or_insert(ruled);
            }
        }
    }

    fn of_case(&self, assignment: &Assignment, planned: &mut Planned) {
        let case = assignment.source(CASE_ID).and_then(|at| self.seen.held.columns.get(at));
        let Some(case) = case.filter(|_| self.has_case_numbers(assignment)) else { return };
        let number = ColumnRule::from_column(&case.name);
        let kind = ColumnRule {
            derive: Some(Derivation::CaseKind),
            default: Some("other".to_owned()),
            ..ColumnRule::from_column(&case.name)
        };
        let sure = |rule: ColumnRule, seen: &'static str| Ruled::new(rule, Certainty::Sure, says!(seen));
        planned.columns.entry("case_no").or_insert_with(|| sure(number, "case numbers"));
        planned.columns.entry("kind").or_insert_with(|| sure(kind, "by the case number"));
    }

    /// The columns that the file has itself.
    pub(super) fn own(&self, assignment: &Assignment) -> Planned {
        let mut planned = Planned {
            table: assignment.table,
            columns: BTreeMap::new(),
            when: BTreeMap::new(),
            unless: BTreeMap::new(),
            way: None,
            total: 0.0,
            left_out: Vec::new(),
        };
        for (name, pick) in &assignment.picks {
            let (held, facts) = (self.seen.held.columns.get(pick.source), self.seen.facts.get(pick.source));
            let (Some(held), Some(facts), Some(column)) = (held, facts, assignment.table.column(name)) else {
                continue;
            };
            if [EVENT_ON, KNOWN_AT].contains(name) {
                continue;
            }
            let is_open = facts.days.is_day() && facts.days.patterns().is_none();
            match rule((held, facts), (assignment.table, column), pick.score) {
                Ok(ruled) if column.kind == ColumnKind::Day && is_open => {
                    let why = says!("{column} is left out: {why}", column = column.name, why = ruled.seen);
                    planned.left_out.push((pick.source, why));
                }
                Ok(ruled) => _ = planned.columns.insert(column.name, ruled),
                Err(why) => planned.left_out.push((pick.source, why)),
            }
        }
        planned
    }

    fn total(&self, assignment: &Assignment) -> f64 {
        let own: f64 = own_columns(assignment).map(|(_, score)| score).sum();
        let keys = assignment.picks.iter().filter(|(name, _)| is_shared(name)).map(|(_, pick)| pick.score * KEY);
        own + keys.sum::<f64>() + self.named(assignment.table)
    }

    /// What words for the table add.
    pub(super) fn named(&self, table: &Table) -> f64 {
        let known = Vocabulary::standard();
        if self.seen.called().iter().any(|name| known.names_table(name, table)) {
            NAMED.0
        } else if self.seen.held.titles.iter().any(|title| known.names_table(title, table)) {
            NAMED.1
        } else {
            0.0
        }
    }

    /// The rule for the party: the file's own column, or the way to it in another file, or the file itself.
    pub(super) fn party(&self, assignment: &Assignment, planned: &mut Planned, named: bool) {
        let is_optional = assignment.table.column(ENTITY_ID).is_none_or(|column| column.nullable);
        if assignment.table.column(ENTITY_ID).is_none() || planned.columns.contains_key(ENTITY_ID) {
            return;
        }
        if let Some(way) = way(self.inspected, self.at) {
            if let Some(ruled) = self.led(&way) {
                planned.columns.insert(ENTITY_ID, ruled);
                planned.way = Some(way);
                planned.total += KEY;
            }
        } else if !is_optional
            && named
            && matches!(assignment.table.name, "bank_transactions" | "income" | "consumption")
        {
            let ruled = Ruled::constant(self.seen.name(), Certainty::Guess, says!("no column names a party"));
            let check = "the file itself stands for its party: put the party's number here, or that of its account";
            planned.columns.insert(ENTITY_ID, ruled.check(says!(check)));
        }
    }

    fn led(&self, way: &Way) -> Option<Ruled> {
        let from = self.seen.held.columns.get(way.from)?;
        let rule = ColumnRule { join: vec![lookup_name(self.inspected, way)?], ..ColumnRule::from_column(&from.name) };
        let over = self.inspected.tables.get(way.over)?;
        let seen =
            says!("no party of its own; {from} leads to it in {file}", from = from.name.as_str(), file = over.name());
        Some(Ruled::new(rule, Certainty::Likely, seen))
    }

    /// The rule for the case: its column, else the number of the row.
    fn case(&self, assignment: &Assignment, planned: &mut Planned) {
        if assignment.table.name != "cases" || planned.columns.contains_key(CASE_ID) {
            return;
        }
        let known = Vocabulary::standard();
        let keys = usable(self.seen).filter(|(source, (held, facts))| {
            let is_party = assignment.source(ENTITY_ID) == Some(*source)
                || planned.columns.values().any(|ruled| ruled.rule.from == [held.name.clone()]);
            facts.is_unique
                && facts.decimals == 0.0
                && !facts.days.is_day()
                && !is_party
                && !known.numbers_rows(&held.words)
        });
        if let Some((_, (held, _))) = keys.min_by_key(|(source, _)| *source) {
            let seen = says!("no value twice: the key of the rows");
            let ruled = Ruled::new(ColumnRule::from_column(&held.name), Certainty::Likely, seen);
            planned.columns.insert(CASE_ID, ruled.check(says!("each row is taken for a case")));
        }
    }

    /// The two clocks; nothing for events without a day.
    fn clocks(&self, assignment: &Assignment, planned: &mut Planned) -> Option<()> {
        let named = |name: &str| {
            let pick = assignment.picks.get(name)?;
            let (held, facts) = (self.seen.held.columns.get(pick.source)?, self.seen.facts.get(pick.source)?);
            Some(day(held, facts, pick.score))
        };
        let is_state = matches!(assignment.table.nature, Nature::State(_)) || assignment.table.name == "queries";
        let own_day = assignment.picks.iter().filter(|(name, _)| !is_shared(name)).find_map(|(_, pick)| {
            let (held, facts) = (self.seen.held.columns.get(pick.source)?, self.seen.facts.get(pick.source)?);
            let is_past = facts.days.patterns().is_some() && !Vocabulary::standard().is_ahead(&held.words);
            is_past.then(|| day(held, facts, 0.6).check(says!("no column says of which day the state is")))
        });
        let (event, known) = (named(EVENT_ON), named(KNOWN_AT));
        let answered = self.answered();
        let fixed = || answered.clone().or_else(|| self.latest());
        let event_rule = match (&event, &known) {
            (Some(event), _) => Some(event.clone()),
            (None, Some(known)) if is_state => {
                Some(known.clone().check(says!("no column says of which day the state is")))
            }
            _ if is_state => answered.clone().or(own_day).or_else(fixed),
            (None, _) => self.any_day(assignment),
        }?;
        let known_rule = match (known, answered.clone(), &event) {
            (Some(known), ..) => known,
            (None, Some(answered), _) => answered,
            (None, None, Some(event)) => {
                let event = event.clone();
                event.check(says!("no column says when the court learnt it: as if on the same day"))
            }
            (None, None, None) if is_state => self.latest()?,
            (None, None, None) => event_rule.clone().check(says!("no column says when the court learnt it")),
        };
        planned.columns.insert(EVENT_ON, event_rule);
        planned.columns.insert(KNOWN_AT, known_rule);
        Some(())
    }

    /// The day of the answer, by whoever brought the files or by a title.
    fn answered(&self) -> Option<Ruled> {
        let fixed = |day: Day, seen: &'static str| Ruled::constant(day.to_string(), Certainty::Likely, says!(seen));
        let given = self.inspected.received.map(|day| {
            let given = fixed(day, "the day on which the files came, as given");
            match self.inspected.latest().filter(|latest| day < *latest) {
                Some(latest) => given.check(says!("the files have days up to {latest}, which is later", latest)),
                None => given,
            }
        });
        given.or_else(|| self.seen.answered_on().map(|day| fixed(day, "a title above the header")))
    }

    /// The latest day of all files.
    pub(super) fn latest(&self) -> Option<Ruled> {
        let seen = says!("the latest day in all files");
        let ruled = Ruled::constant(self.inspected.latest()?.to_string(), Certainty::Guess, seen);
        Some(ruled.check(says!("the files are not older; put the day on which they came")))
    }

    /// A day of which nothing else is known, for an event that must have one.
    fn any_day(&self, assignment: &Assignment) -> Option<Ruled> {
        let known = Vocabulary::standard();
        let days = usable(self.seen).filter(|(source, (held, facts))| {
            !assignment.feeds(*source)
                && facts.days.is_day()
                && known.is_of_days(&held.words)
                && !known.is_ahead(&held.words)
        });
        let first = days.min_by_key(|(source, _)| *source)?.1;
        Some(day(first.0, first.1, 0.5).check(says!("the only day that is left")))
    }

    /// What stands in a column of which the file has none.
    fn made(&self, assignment: &Assignment, (table, column): (&'static Table, &Column)) -> Option<Ruled> {
        let known = Vocabulary::standard();
        if (table.name, column.name) == ("parties", "kind") {
            return Some(self.party_kind(assignment));
        }
        if let Some((value, word)) = known.constant((table, column.name), &self.seen.texts()) {
            let (certainty, seen) = match word {
                Some(word) => (Certainty::Likely, says!("the file says {word}", word = word)),
                None => (Certainty::Guess, says!("no column tells")),
            };
            return Some(Ruled::constant(value, certainty, seen).check(says!(column.en)));
        }
        (column.name == "direction").then(|| self.undeclared(assignment, column))?
    }

    /// A column of few levels that may tell the direction, once somebody says what they mean.
    fn undeclared(&self, assignment: &Assignment, column: &Column) -> Option<Ruled> {
        let may = usable(self.seen).filter(|(source, (held, facts))| {
            let kinds = ["type", "类型", "类别", "方向", "标志", "标识"];
            let is_called = kinds.iter().any(|kind| held.words.contain(&super::words::Words::new(kind)));
            is_called && (2..=4).contains(&facts.distinct) && !assignment.feeds(*source)
        });
        let (_, (held, facts)) = may.min_by_key(|(source, _)| *source)?;
        if facts.is_telling() {
            return None;
        }
        let levels = held.each().map(|(level, rows)| Sentence::name(format!("{level} ({rows})")));
        let list = if let ColumnKind::Code(codes) = column.kind { codes.join(" | ") } else { String::new() };
        let seen = says!("unknown levels and their rows: {unknown}", unknown = Sentence::list(levels, ", "));
        let ruled = Ruled::new(ColumnRule::from_column(&held.name), Certainty::Guess, seen);
        Some(ruled.check(says!("every row is refused until codes says which is {codes}", codes = list)))
    }

    fn party_kind(&self, assignment: &Assignment) -> Ruled {
        let facts = |name: &str| assignment.source(name).and_then(|at| self.seen.facts.get(at));
        let (number, name) = (facts(ENTITY_ID), facts("masked_name"));
        let of = |which: fn(&super::facts::ColumnFacts) -> f64, from: Option<&super::facts::ColumnFacts>| {
            from.map_or(0.0, which)
        };
        let is_company = of(|f| f.credit_codes, number) >= 0.8 || of(|f| f.firms, name) >= 0.8;
        let is_person = of(|f| f.persons, number) >= 0.8 || of(|f| f.short_names, name) >= 0.8;
        match (is_company, is_person) {
            (true, false) => Ruled::constant("company", Certainty::Likely, says!("credit codes or names of firms")),
            (false, true) => Ruled::constant("person", Certainty::Likely, says!("numbers or names of persons")),
            _ => {
                let ruled = Ruled::constant("person", Certainty::Guess, says!("no column tells"));
                ruled.check(says!("person, company or organisation"))
            }
        }
    }

    /// Rows that belong to no table, by what stands in a column that must tell.
    fn leave_out(&self, assignment: &Assignment, planned: &mut Planned) {
        for (name, pick) in &assignment.picks {
            let (Some(held), Some(column)) = (self.seen.held.columns.get(pick.source), assignment.table.column(name))
            else {
                continue;
            };
            if !matches!(column.kind, ColumnKind::Code(_)) {
                continue;
            }
            let found = super::levels::levels(held, (assignment.table, column));
            if !found.left_out.is_empty() {
                planned.unless.insert(held.name.clone(), found.left_out);
            }
        }
    }
}

/// Columns of the table's own and their scores.
pub(super) fn own_columns(assignment: &Assignment) -> impl Iterator<Item = (&'static str, f64)> {
    assignment.picks.iter().filter(|(name, _)| !is_shared(name)).map(|(name, pick)| (*name, pick.score))
}

fn is_shared(name: &str) -> bool {
    [ENTITY_ID, CASE_ID, EVENT_ON, KNOWN_AT].contains(&name)
}

fn is_missing(column: &Column, planned: &Planned) -> bool {
    !column.nullable && column.kind != ColumnKind::Record && !planned.columns.contains_key(column.name)
}

/// What the lookup of a way is called.
pub(super) fn lookup_name(inspected: &InspectedTables, way: &Way) -> Option<String> {
    let over = inspected.tables.get(way.over)?;
    let name = |at: usize| over.held.columns.get(at).map(|column| column.name.as_str());
    Some(format!("{}: {} → {}", over.name(), name(way.key)?, name(way.party)?))
}
