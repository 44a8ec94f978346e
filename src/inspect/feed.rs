//! Decides which tables of the schema a file could feed, and by which columns.
//!
//! A file has one chief table, the one that suits it best, and may feed others beside it: a list of
//! accounts feeds `deposits`, and `queries` where some rows say that nothing was found; a list of cases
//! with their debtors feeds `cases`, `case_parties`, `parties` and, with an outcome, `closings`. A
//! statement of an account with one column for what came in and one for what went out feeds
//! `bank_transactions` twice.

use std::collections::BTreeMap;

use super::assign::{assign, usable};
use super::inspection::Certainty;
use super::own::{self, NEVER};
use super::plan::{Planned, Scratch};
use super::rules::{Ruled, rule};
use super::tables::InspectedTables;
use super::vocabulary::Vocabulary;
use crate::ingest::{ColumnRule, ComputedRule, Operand, Operation};
use crate::schema::{self, CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, TABLES, Table};
use crate::sentence::{Sentence, says};

/// Amounts that say nothing moved.
const NOTHING: [&str; 4] = ["", "0", "0.00", "0.0"];

/// What the draft does with one file.
#[derive(Debug, Clone, Default)]
pub(super) struct Fed {
    /// The tables that it feeds, the chief one first.
    pub(super) plans: Vec<Planned>,
    pub(super) computed: BTreeMap<String, ComputedRule>,
    /// Tables that it could feed.
    pub(super) could: Vec<(String, f64)>,
    /// Tables that it could feed and does not, as a file with the schema's own columns is there.
    pub(super) given: Vec<&'static str>,
    /// Why tables that it speaks of are not fed, and what else is in doubt.
    pub(super) remarks: Vec<Sentence>,
}

/// Which tables each inspected file feeds, and how.
pub(super) fn feeds(inspected: &InspectedTables) -> Vec<Fed> {
    let owned = own::owned(inspected);
    let given: Vec<_> = owned.iter().flatten().map(|table| table.name).collect();
    let fed = owned.iter().zip(&inspected.tables).enumerate().map(|(at, (table, seen))| match table {
        Some(table) => {
            let plan = own::plan(seen, table);
            Fed { could: vec![(table.name.to_owned(), plan.total)], plans: vec![plan], ..Fed::default() }
        }
        None => {
            let mut fed = feed(inspected, at);
            let is_given = |plan: &Planned| given.contains(&plan.table.name);
            fed.given = fed.plans.iter().filter(|plan| is_given(plan)).map(|plan| plan.table.name).collect();
            fed.given.dedup();
            fed.plans.retain(|plan| !is_given(plan));
            fed
        }
    });
    let mut fed: Vec<Fed> = fed.collect();
    let all: Vec<_> = fed.iter().flat_map(|fed| &fed.plans).map(|plan| plan.table.name).collect();
    let led: Vec<_> =
        fed.iter().flat_map(|fed| &fed.plans).filter_map(|plan| plan.way.as_ref()).map(|way| way.over).collect();
    for (at, fed) in fed.iter_mut().enumerate() {
        let Some(scratch) = Scratch::new(inspected, at) else { continue };
        let given = fed.given.iter();
        let given = given.map(|table| {
            says!("it could feed {table}, which a file with the schema's own columns feeds", table = *table)
        });
        fed.remarks = match owned.get(at) {
            Some(Some(_)) => scratch.copies(),
            _ if led.contains(&at) => Vec::new(),
            _ => given.chain(scratch.wants(fed, &all)).collect(),
        };
    }
    fed
}

/// Which tables a file feeds whose columns are not the schema's.
fn feed(inspected: &InspectedTables, at: usize) -> Fed {
    let Some(scratch) = Scratch::new(inspected, at) else { return Fed::default() };
    let mut fed = Fed::default();
    let mut plans: Vec<_> = TABLES
        .iter()
        .filter(|table| !NEVER.contains(&table.name))
        .filter_map(|table| scratch.split(table).or_else(|| scratch.plan(table).map(|plan| vec![plan])))
        .collect();
    let total = |plans: &[Planned]| plans.first().map_or(0.0, |plan| plan.total);
    plans.sort_by(|a, b| total(b).total_cmp(&total(a)));
    fed.could =
        plans.iter().filter_map(|plans| plans.first()).map(|plan| (plan.table.name.to_owned(), plan.total)).collect();
    // A list of cases names their parties, too.
    let place = |name: &str| plans.iter().position(|plans| plans.first().is_some_and(|plan| plan.table.name == name));
    let is_of_parties = [place("parties"), place("case_parties")].contains(&Some(0));
    if let Some(at) = place("cases").filter(|_| is_of_parties && scratch.has_list()) {
        plans.swap(0, at);
    }
    let Some(chief) = plans.into_iter().next() else { return fed };
    fed.plans = chief;
    scratch.signed(&mut fed);
    scratch.beside(&mut fed);
    scratch.burdens(&mut fed);
    for (at, word) in &scratch.seen.held.footers {
        let Some(held) = scratch.seen.held.columns.get(*at).filter(|held| held.is_nameable) else { continue };
        fed.plans.iter_mut().for_each(|plan| plan.unless.entry(held.name.clone()).or_default().push(word.clone()));
    }
    fed
}

impl Scratch<'_> {
    fn has_list(&self) -> bool {
        schema::table("cases").is_some_and(|cases| self.lists_cases(&assign(self.seen, cases)))
    }

    /// A statement with a column for what came in and one for what went out: each feeds the table by itself.
    fn split(&self, table: &'static Table) -> Option<Vec<Planned>> {
        let known = Vocabulary::standard();
        if table.name != "bank_transactions" {
            return None;
        }
        let side = |side: &str| {
            let columns = usable(self.seen).filter(|(_, (_, facts))| facts.money.is_some() && !facts.days.is_day());
            let scored = columns.map(|(source, (held, _))| (source, known.side(&held.words, side)));
            let best = scored.filter(|(_, score)| *score >= 0.7).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            best.map(|(source, _)| source)
        };
        let (credit, debit) = (side("in")?, side("out")?);
        if credit == debit {
            return None;
        }
        let plan = |source: usize, direction: &str| {
            let (held, facts) = (self.seen.held.columns.get(source)?, self.seen.facts.get(source)?);
            let amount = rule((held, facts), (table, table.column("amount_fen")?), 1.0).ok()?;
            let mut planned = self.plan_given(table, ("amount_fen", source), &[credit, debit])?;
            let seen = says!("rows with an amount under {column}", column = held.name.as_str());
            planned.columns.insert("direction", Ruled::constant(direction, Certainty::Sure, seen));
            planned.columns.insert("amount_fen", amount);
            let nothing: Vec<_> = NOTHING.iter().map(|text| (*text).to_owned()).collect();
            let further = held.texts.iter().filter(|text| facts_zero(text)).cloned();
            let mut texts: Vec<_> =
                nothing.into_iter().chain(further).chain(held.nulls.iter().map(|(word, _)| word.clone())).collect();
            texts.dedup();
            texts.sort_unstable();
            texts.dedup();
            planned.unless.insert(held.name.clone(), texts);
            Some(planned)
        };
        Some(vec![plan(credit, "in")?, plan(debit, "out")?])
    }

    /// Negative amounts of a table whose amounts are none tell what went out.
    fn signed(&self, fed: &mut Fed) {
        let [plan] = fed.plans.as_slice() else { return };
        if plan.table.name != "bank_transactions" {
            return;
        }
        let Some(amount) = plan.columns.get("amount_fen").filter(|ruled| ruled.rule.join.is_empty()) else { return };
        let [name] = amount.rule.from.as_slice() else { return };
        let facts = self.seen.held.columns.iter().zip(&self.seen.facts).find(|(held, _)| held.name == *name);
        if !facts.is_some_and(|(_, facts)| facts.is_signed()) {
            return;
        }
        let is_plain = plan
            .columns
            .get("direction")
            .is_some_and(|ruled| ruled.rule.constant.is_none() && ruled.rule.codes.is_empty());
        let unit = amount.rule.unit;
        let column = |name: &str| Operand::Column(name.to_owned());
        let made = |op: Operation, of: Vec<Operand>| ComputedRule { op, of, unit, decimal: None, date: Vec::new() };
        let size = made(Operation::Difference, vec![Operand::Integer(0), column(name)]);
        let sign = made(Operation::Less, vec![column(name), Operand::Integer(0)]);
        let (minus, below) = (format!("-{name}"), format!("{name} < 0"));
        let (mut credit, mut debit) = (plan.clone(), plan.clone());
        let seen = says!("{column} is negative in some rows", column = name);
        for (planned, level, direction) in [(&mut credit, "false", "in"), (&mut debit, "true", "out")] {
            planned.when.insert(below.clone(), vec![level.to_owned()]);
            if is_plain || !plan.columns.contains_key("direction") {
                planned.columns.insert("direction", Ruled::constant(direction, Certainty::Likely, seen.clone()));
            }
        }
        let rule = ColumnRule { unit: Some(crate::ingest::MoneyUnit::Fen), ..ColumnRule::from_column(&minus) };
        let unsigned = says!("{seen}, without its sign", seen = amount.seen.clone());
        debit.columns.insert("amount_fen", Ruled::new(rule, amount.certainty, unsigned));
        fed.computed = BTreeMap::from([(minus, size), (below, sign)]);
        fed.plans = vec![credit, debit];
    }

    /// The tables that a file feeds besides its chief one.
    fn beside(&self, fed: &mut Fed) {
        let Some(chief) = fed.plans.first().cloned() else { return };
        self.query(fed, &chief);
        let mut case = chief.columns.get(CASE_ID).cloned();
        if chief.table.name == "parties" && case.is_none() {
            case = self.case_by_number(fed, &chief).or_else(|| self.case_of_party(fed, &chief));
        }
        if chief.table.name == "cases" {
            self.party_of_case(fed, &chief);
        }
        if let Some(case) = case.filter(|_| ["cases", "parties"].contains(&chief.table.name)) {
            self.closing(fed, (&chief, &case));
        }
        self.named_party(fed, &chief);
    }

    /// The case of a party that the file names by its number.
    fn case_by_number(&self, fed: &mut Fed, chief: &Planned) -> Option<Ruled> {
        let assignment = assign(self.seen, schema::table("case_parties")?);
        let probe = self.own(&assignment);
        let case = probe.columns.get(CASE_ID).filter(|_| self.has_case_numbers(&assignment))?;
        let mut planned = self.member(chief, case, chief.columns.get(ENTITY_ID)?)?;
        planned.way.clone_from(&chief.way);
        planned.columns.extend(probe.columns.get("role").map(|role| ("role", role.clone())));
        fed.plans.push(planned);
        Some(case.clone())
    }

    /// The outcome of a party of which no case is known: the party is the case.
    fn case_of_party(&self, fed: &mut Fed, chief: &Planned) -> Option<Ruled> {
        let closings = schema::table("closings")?;
        let has_outcome = assign(self.seen, closings).picks.contains_key("performance");
        let entity = chief.columns.get(ENTITY_ID).filter(|ruled| has_outcome && ruled.rule.join.is_empty())?;
        let is_unique = self
            .seen
            .held
            .columns
            .iter()
            .zip(&self.seen.facts)
            .any(|(held, facts)| facts.is_unique && entity.rule.from == [held.name.clone()]);
        let case = Ruled { certainty: Certainty::Guess, ..entity.clone() }
            .check(says!("the file tells an outcome and no case: each party is taken for one case"));
        let mut planned = self.bare("cases", chief)?;
        planned.columns.insert(CASE_ID, case.clone());
        planned.columns.insert("kind", Ruled::constant("first", Certainty::Guess, says!("no column tells")));
        let parties = self.member(chief, &case, entity)?;
        fed.plans.extend([planned, parties].into_iter().filter(|_| is_unique));
        is_unique.then_some(case)
    }

    fn party_of_case(&self, fed: &mut Fed, chief: &Planned) {
        let Some(table) = schema::table("case_parties") else { return };
        let assignment = assign(self.seen, table);
        let mut probe = self.own(&assignment);
        self.party(&assignment, &mut probe, false);
        let (Some(case), Some(entity)) = (chief.columns.get(CASE_ID), probe.columns.get(ENTITY_ID)) else { return };
        if case.rule.from == entity.rule.from && entity.rule.join.is_empty() {
            return;
        }
        if let Some(mut planned) = self.member(chief, case, entity) {
            planned.way = probe.way;
            if let Some(role) = probe.columns.get("role") {
                planned.columns.insert("role", role.clone());
            }
            fed.plans.push(planned);
        }
    }

    fn member(&self, chief: &Planned, case: &Ruled, entity: &Ruled) -> Option<Planned> {
        let mut planned = self.bare("case_parties", chief)?;
        planned.columns.insert(CASE_ID, case.clone());
        planned.columns.insert(ENTITY_ID, entity.clone());
        planned.columns.insert("role", Ruled::constant("debtor", Certainty::Guess, says!("no column tells")));
        Some(planned)
    }

    /// How a case ended, where the file of cases tells it.
    fn closing(&self, fed: &mut Fed, (chief, case): (&Planned, &Ruled)) {
        let Some(table) = schema::table("closings") else { return };
        let assignment = assign(self.seen, table);
        let taken = |source: usize| {
            let name = self.seen.held.columns.get(source).map(|held| held.name.clone());
            fed.plans.iter().any(|plan| plan.columns.values().any(|ruled| ruled.rule.from.first() == name.as_ref()))
        };
        let tells = ["performance", "manner"].iter().any(|name| assignment.source(name).is_some_and(|at| !taken(at)));
        let ended = assignment.picks.get(EVENT_ON).filter(|pick| pick.score >= 0.9 && !taken(pick.source)).copied();
        if !tells && ended.is_none() {
            return;
        }
        let mut planned = self.own(&assignment);
        planned.columns.insert(CASE_ID, case.clone());
        planned.columns.retain(|name, _| *name != ENTITY_ID);
        let day = ended.and_then(|pick| {
            let (held, facts) = (self.seen.held.columns.get(pick.source)?, self.seen.facts.get(pick.source)?);
            planned.unless.insert(held.name.clone(), vec![String::new()]);
            Some(super::rules::day(held, facts, pick.score))
        });
        let Some(day) = day.or_else(|| self.latest()).or_else(|| chief.columns.get(KNOWN_AT).cloned()) else { return };
        planned.columns.insert(EVENT_ON, day.clone());
        planned.columns.insert(KNOWN_AT, day);
        if !planned.columns.contains_key("manner") {
            let (manner, seen) = match ended {
                Some(_) => ("completed", "a day on which it was settled"),
                None => ("observed", "a state, and no day on which it came about"),
            };
            planned.columns.insert("manner", Ruled::constant(manner, Certainty::Guess, says!(seen)));
        }
        fed.plans.push(planned);
    }

    /// Names and numbers of the parties, where the file has both.
    fn named_party(&self, fed: &mut Fed, chief: &Planned) {
        let Some(table) = schema::table("parties").filter(|_| chief.table.name != "parties") else { return };
        let assignment = assign(self.seen, table);
        if assignment.source("masked_name").is_none() || assignment.source(ENTITY_ID).is_none() {
            return;
        }
        let is_of_chief = |name: &str| {
            chief.columns.get(ENTITY_ID).is_none_or(|ruled| ruled.rule.from.first().map(String::as_str) == Some(name))
        };
        let entity = assignment.source(ENTITY_ID).and_then(|at| self.seen.held.columns.get(at));
        if !entity.is_some_and(|held| is_of_chief(&held.name)) {
            return;
        }
        let Some(mut planned) = self.plan_given(table, (ENTITY_ID, usize::MAX), &[]) else { return };
        let taken: Vec<_> = chief.columns.values().flat_map(|ruled| ruled.rule.from.clone()).collect();
        let is_free = |ruled: &Ruled| ruled.rule.from.iter().all(|name| !taken.contains(name));
        let kept = [ENTITY_ID, EVENT_ON, KNOWN_AT, "kind", "masked_number", "number_state", "organisation_id"];
        planned.columns.retain(|name, ruled| kept.contains(name) || is_free(ruled));
        // The name was learnt with the answer.
        if let Some(known) = chief.columns.get(KNOWN_AT) {
            planned.columns.insert(EVENT_ON, known.clone());
            planned.columns.insert(KNOWN_AT, known.clone());
        }
        // Where nothing was found, the answer has no day of its own by which the name could be known.
        if let Some(chief) = fed.plans.first().filter(|plan| plan.table.asked.is_some()) {
            planned.unless.clone_from(&chief.unless);
        }
        fed.plans.push(planned);
    }

    /// The ledger of queries, where the file is an answer for a case or says that nothing was found.
    fn query(&self, fed: &mut Fed, chief: &Planned) {
        let (Some(source), Some(table)) = (chief.table.asked, schema::table("queries")) else { return };
        let assignment = assign(self.seen, table);
        let mut planned = self.own(&assignment);
        planned.columns.retain(|name, _| [CASE_ID, "answer", "holder"].contains(name));
        let item = chief
            .table
            .item()
            .first()
            .and_then(|item| chief.columns.get(item))
            .filter(|ruled| ruled.rule.from.len() == 1);
        let (entity, event, known) =
            (chief.columns.get(ENTITY_ID), chief.columns.get(EVENT_ON), chief.columns.get(KNOWN_AT));
        let (Some(entity), Some(event), Some(known)) = (entity, event, known) else { return };
        let sentinels = item.map(|item| self.sentinels(&item.rule)).unwrap_or_default();
        let tells = |name: &str| planned.columns.contains_key(name);
        if !tells(CASE_ID) && !tells("answer") && sentinels.is_empty() {
            return;
        }
        if !planned.columns.contains_key("answer") {
            let Some(item) = item else { return };
            let codes = sentinels.iter().map(|word| (word.clone(), "nothing_found".to_owned())).collect();
            let (otherwise, default) = (Some("found".to_owned()), Some("no_answer".to_owned()));
            let rule = ColumnRule { codes, otherwise, default, ..ColumnRule::from_column(item.rule.from.join("")) };
            let seen = says!("a number is a finding; a word says that there is none");
            let ruled = Ruled::new(rule, Certainty::Likely, seen);
            planned.columns.insert("answer", ruled.check(says!("what an empty cell means")));
        }
        planned.columns.insert(ENTITY_ID, entity.clone());
        let asked = assignment.picks.get(EVENT_ON).filter(|pick| pick.score >= 0.9).and_then(|pick| {
            let (held, facts) = (self.seen.held.columns.get(pick.source)?, self.seen.facts.get(pick.source)?);
            facts.days.patterns().map(|_| super::rules::day(held, facts, pick.score))
        });
        let event = asked.unwrap_or_else(|| event.clone());
        let mut known = known.clone();
        if known.rule.constant.is_none() && known.rule.from != event.rule.from {
            // Who has not answered yet has no day of the answer.
            known.rule.or = Some(Box::new(event.rule.clone()));
        }
        planned.columns.insert(EVENT_ON, event);
        planned.columns.insert(KNOWN_AT, known);
        let seen = says!("the answers fill {table}", table = chief.table.name);
        let fixed = Ruled::constant(source, Certainty::Likely, seen);
        planned.columns.insert("source", fixed);
        planned.way = chief.way.clone();
        if let Some(item) = item {
            let name = item.rule.from.join("");
            for plan in fed.plans.iter_mut().filter(|plan| plan.table.asked.is_some()) {
                let mut texts: Vec<_> = std::iter::once(String::new()).chain(sentinels.iter().cloned()).collect();
                texts.extend(plan.unless.remove(&name).unwrap_or_default());
                plan.unless.insert(name.clone(), texts);
            }
        }
        fed.plans.push(planned);
    }

    /// What lies on real estate, where columns say that something does.
    fn burdens(&self, fed: &mut Fed) {
        let known = Vocabulary::standard();
        let Some(chief) = fed.plans.first().cloned() else { return };
        let unit = chief.columns.get("unit").filter(|_| chief.table.name == "real_estate");
        let (Some(unit), Some(entity)) = (unit, chief.columns.get(ENTITY_ID)) else { return };
        for (_, (held, _)) in usable(self.seen) {
            let Some(kind) = known.burden(&held.words) else { continue };
            let is_used =
                fed.plans.iter().any(|plan| plan.columns.values().any(|ruled| ruled.rule.from.contains(&held.name)));
            let levels: Vec<_> = held.texts.iter().filter(|level| known.says_yes(level)).cloned().collect();
            let are_known = held.texts.iter().all(|level| known.says_yes(level) || known.says_no(level));
            if is_used || levels.is_empty() || !are_known {
                continue;
            }
            let Some(mut planned) = self.bare("encumbrances", &chief) else { continue };
            planned.way.clone_from(&chief.way);
            planned.when.insert(held.name.clone(), levels);
            let seen = says!("{column} says that something lies on it", column = held.name.as_str());
            let fixed = [
                ("asset_table", "real_estate", says!("the unit's table")),
                ("kind", kind, seen),
                ("rank", "1", says!("no column tells")),
            ];
            for (name, value, seen) in fixed {
                planned.columns.insert(name, Ruled::constant(value, Certainty::Guess, seen));
            }
            planned.columns.insert("asset", unit.clone());
            planned.columns.insert(ENTITY_ID, entity.clone());
            fed.plans.push(planned);
        }
    }

    /// Words in a column of numbers that say that there is nothing.
    fn sentinels(&self, rule: &ColumnRule) -> Vec<String> {
        let Some(queries) = schema::table("queries") else { return Vec::new() };
        let column = self.seen.held.columns.iter().find(|held| rule.from == [held.name.clone()]);
        let says = |text: &&String| {
            let is_word = !text.chars().any(|c| c.is_ascii_digit());
            is_word && Vocabulary::standard().code((queries, "answer"), text) == Some("nothing_found")
        };
        column.map(|held| held.texts.iter().filter(says).cloned().collect()).unwrap_or_default()
    }

    /// A table of the same party or case and the same days, without columns of its own.
    fn bare(&self, table: &str, chief: &Planned) -> Option<Planned> {
        let clocks = [EVENT_ON, KNOWN_AT].into_iter().filter_map(|name| Some((name, chief.columns.get(name)?.clone())));
        let (when, unless) = (chief.when.clone(), BTreeMap::new());
        let (table, columns) = (schema::table(table)?, clocks.collect());
        Some(Planned { table, columns, when, unless, way: None, total: 0.0, left_out: Vec::new() })
    }
}

fn facts_zero(text: &str) -> bool {
    crate::domain::plain_decimal(text).and_then(|plain| plain.parse::<f64>().ok()).is_some_and(|number| number == 0.0)
}
