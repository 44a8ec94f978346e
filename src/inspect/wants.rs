//! Why a file does not feed tables that it speaks of, and what else of it is in doubt.
//!
//! "It is called like `deposits`, and has no column for the account" tells a person what to look for; an
//! empty draft would tell him nothing.

use super::assign::{CALLED, assign, misfit};
use super::facts::value_shapes;
use super::feed::Fed;
use super::own::NEVER;
use super::plan::{Scratch, own_columns};
use super::tables::InspectedTable;
use crate::ingest::told;
use crate::schema::{self, Column, KNOWN_AT, Nature, TABLES, Table};
use crate::sentence::{Sentence, says};

/// Tables of which it is said why a file does not feed them.
const MEANT: usize = 3;

impl Scratch<'_> {
    /// Why tables that the file speaks of are not fed: of a file that feeds none, those that its names and columns
    /// call; of a list of cases or parties, cases and their parties, where no file feeds them.
    pub(super) fn wants(&self, fed: &Fed, all: &[&str]) -> Vec<Sentence> {
        let has_case_numbers = |table: &'static Table| self.has_case_numbers(&assign(self.seen, table));
        let chief = fed.plans.first().map(|plan| plan.table.name);
        let is_wanted =
            |name: &str| schema::table(name).filter(|table| !all.contains(&name) && has_case_numbers(table));
        let tables: Vec<&'static Table> = match chief {
            None if self.seen.held.rows == 0 => return vec![says!("no row stands in it")],
            None if fed.given.is_empty() => self.called(),
            Some("parties" | "case_parties") => is_wanted("cases").into_iter().collect(),
            Some("cases") => is_wanted("case_parties").into_iter().collect(),
            _ => Vec::new(),
        };
        if fed.plans.is_empty() && fed.given.is_empty() && tables.is_empty() {
            return vec![says!("neither its name nor its columns call a table of the schema")];
        }
        tables.into_iter().map(|table| self.why_not(table)).collect()
    }

    /// The tables that a file may be meant for, the likeliest first: those that its name calls, and of a list with case
    /// numbers cases and parties; else the one whose columns it has.
    fn called(&self) -> Vec<&'static Table> {
        let tables = TABLES.iter().copied().filter(|table| !NEVER.contains(&table.name));
        let likely = |table: &'static Table| {
            let assignment = assign(self.seen, table);
            let is_list = ["cases", "case_parties"].contains(&table.name) && self.has_case_numbers(&assignment);
            let own: f64 = own_columns(&assignment).map(|(_, score)| score).sum();
            (self.named(table) + f64::from(u8::from(is_list)), own, table)
        };
        let mut called: Vec<_> = tables.map(likely).collect();
        called.sort_by(|a, b| (b.0 + b.1).total_cmp(&(a.0 + a.1)));
        let named: Vec<_> = called.iter().filter(|(named, ..)| *named > 0.0).map(|(.., table)| *table).collect();
        if named.is_empty() {
            return called.first().filter(|(_, own, _)| *own >= CALLED).map(|(.., table)| *table).into_iter().collect();
        }
        named.into_iter().take(MEANT).collect()
    }

    fn why_not(&self, table: &'static Table) -> Sentence {
        let lacks = self.lacks(table);
        let column = |column: &&'static Column| {
            let called = says!("{column} ({meaning})", column = column.name, meaning = says!(column.en));
            match misfit(self.seen, (table, *column)) {
                Some(held) => says!(
                    "{called}, though {heading} is called so: its values are written as {shape}",
                    called = called,
                    heading = told(&held.name).into_owned(),
                    shape = value_shapes(held)
                ),
                None => called,
            }
        };
        let columns = Sentence::list(lacks.iter().map(column), ", ");
        let assignment = assign(self.seen, table);
        let own = own_columns(&assignment).map(|(name, _)| Sentence::name(name));
        let own = Sentence::list(own, ", ");
        // The day of an answer is that of a state; an event and the filing of a case have a day of their own.
        let is_answer = matches!(table.nature, Nature::State(_)) && table.name != "cases";
        let has_no_day = is_answer && lacks.iter().any(|column| column.name == KNOWN_AT);
        match lacks.is_empty() {
            true if own.is_empty() => {
                says!("{table} is not fed: no column tells more than whose and when", table = table.name)
            }
            true => says!(
                "{table} is not fed: only {columns} speaks for it, and neither file nor title is called so",
                table = table.name,
                columns = own
            ),
            false if has_no_day => says!(
                "{table} is not fed: no column tells {columns}; the day on which the files came can be given \
                 (--received)",
                table = table.name,
                columns = columns
            ),
            false => says!("{table} is not fed: no column tells {columns}", table = table.name, columns = columns),
        }
    }

    /// Files of the same name in other folders, where all of them are read.
    pub(super) fn copies(&self) -> Vec<Sentence> {
        let base = |seen: &InspectedTable| {
            (seen.called().first().map(|name| name.to_lowercase()), seen.held.raw.sheet.clone())
        };
        let others = self.inspected.tables.iter().enumerate().filter(|(at, _)| *at != self.at).map(|(_, other)| other);
        let same = others.filter(|other| base(other) == base(self.seen));
        let remark = |other: &InspectedTable| {
            says!("{file} has the same name: if one is a copy of the other, rows count twice", file = other.name())
        };
        same.map(remark).collect()
    }
}
