//! Compiles a mapping and the header of a file into a plan that reads rows.
//!
//! Names are looked up once for each file: a rule becomes the place of a column in the row, codes become
//! their numbers, patterns of days become steps. What the header lacks is told all at once, each column
//! with the line of the mapping that asks for it.
//!
//! Not one column of a header that is none may be repeated in a message, because it could be a row of
//! somebody's data: [`told_all`] decides what is shown.

use std::collections::BTreeMap;
use std::path::Path;

use super::computed::Computed;
use super::contents::Contents;
use super::fits::fits;
use super::key::Realm;
use super::lookup::Lookups;
use super::own::{own_columns, own_rule};
use super::pattern::DayPattern;
use super::read_value::Reading;
use super::rule::{Fixed, Pick, Rule};
use super::scratch::{Scratch, Staged};
use crate::domain::{MoneyForm, PseudonymKey, Rounding, masked_path};
use crate::error::{Error, Result};
use crate::ingest::files::Rows;
use crate::ingest::mapping::{ColumnRule, ComputedRule, DecimalMark, MoneyUnit, TableRule};
use crate::ingest::refusal::Fault;
use crate::ingest::rows::Cell;
use crate::ingest::spelling::spelt;
use crate::ingest::told::told_all;
use crate::schema::{self, Column, ColumnKind, RECORD_ID, Table};
use crate::sentence::{Sentence, says};

/// What is done with the rows of one file.
#[derive(Debug)]
pub(in crate::ingest) struct Plan {
    pub(in crate::ingest) targets: Vec<Target>,
    computed: Computed,
    /// For each column of the file, whether anything reads it.
    used: Vec<bool>,
    /// For each column of the file, whether an amount is read from it.
    amounts: Vec<bool>,
    header: Vec<String>,
}

/// One table that rows go to.
#[derive(Debug)]
pub(in crate::ingest) struct Target {
    pub(in crate::ingest) table: &'static Table,
    when: Vec<Condition>,
    unless: Vec<Condition>,
    /// One for each column of the table, in its order.
    pub(in crate::ingest) columns: Vec<Slot>,
}

/// A column of a target.
#[derive(Debug)]
pub(in crate::ingest) struct Slot {
    pub(in crate::ingest) column: &'static Column,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Nothing,
    Record,
    Rule(Box<Rule>),
}

/// What a table does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Takes {
    Yes,
    /// The row is not one of those that the table is for.
    No,
    /// The row is one of those that `unless` names.
    LeavesOut,
}

#[derive(Debug)]
struct Condition {
    column: usize,
    texts: Vec<String>,
}

/// The source columns that the rows' rules name, for files without a header.
pub(in crate::ingest) fn needed_columns(rows: Rows<'_>) -> Vec<String> {
    let mut names: Vec<String> = match rows {
        Rows::Own(table) => own_columns(table).collect(),
        Rows::Mapped(source, _) => source
            .table
            .iter()
            .flat_map(|table| {
                let rules = table.columns.values().chain(table.extra.values().flat_map(BTreeMap::values));
                let rules = rules.flat_map(ColumnRule::alternatives).flat_map(|rule| &rule.from);
                rules.chain(table.when.keys()).chain(table.unless.keys()).cloned()
            })
            .chain(source.computed.values().flat_map(ComputedRule::columns).cloned())
            .filter(|name| !source.computed.contains_key(name))
            .collect(),
    };
    names.sort_unstable();
    names.dedup();
    names
}

impl Plan {
    /// Compiles the rules for a file with these columns.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] with every column that the rules name and the file lacks; [`Error::Setting`] when a constant
    /// cannot be read as its column's kind.
    pub(in crate::ingest) fn new(
        rows: Rows<'_>,
        file: (&Path, &[String]),
        given: (&Lookups, &PseudonymKey),
    ) -> Result<Self> {
        let (path, header) = file;
        let mut compiler = Compiler {
            header,
            used: vec![false; header.len()],
            amounts: vec![false; header.len()],
            missing: Vec::new(),
            null: &[],
            lookups: given.0,
            key: given.1,
            computed: Vec::new(),
        };
        let mut computed = Computed::default();
        let targets = match rows {
            Rows::Own(table) => vec![compiler.target(&own_rule(table, header))?],
            Rows::Mapped(source, _) => {
                compiler.null = &source.null;
                computed = compiler.computed(source);
                compiler.computed = computed.0.iter().map(|made| made.name.clone()).collect();
                let rules = source.table.iter().flat_map(TableRule::with_extras);
                rules.map(|rule| compiler.target(&rule)).collect::<Result<_>>()?
            }
        };
        if !compiler.missing.is_empty() {
            compiler.missing.sort_unstable();
            compiler.missing.dedup();
            let expected = says!("also {}", [placed(&compiler.missing, rows)]);
            let has_any = compiler.used.contains(&true);
            return Err(Error::format(path, told_all(header, has_any), expected));
        }
        if let (Rows::Mapped(_, (mapping, at)), Some(name)) =
            (rows, compiler.computed.iter().find(|name| header.contains(name)))
        {
            let place = mapping.origin.line_of(at, name).unwrap_or_else(|| says!("mapping {}", [mapping.name]));
            let found = says!("{name}, which {} has as a column of its own", [masked_path(path)], name);
            return Err(Error::setting(place, found, "another name for the computed column"));
        }
        Ok(Self { targets, computed, used: compiler.used, amounts: compiler.amounts, header: header.to_vec() })
    }

    /// The row with the columns that are computed from it; `None` when the mapping computes none.
    pub(in crate::ingest) fn completed<'c>(
        &self,
        row: &'c [Cell<'c>],
        scratch: &mut Scratch<'_>,
    ) -> std::result::Result<Option<Vec<Cell<'c>>>, Fault> {
        if self.computed.0.is_empty() { Ok(None) } else { self.computed.completed(row, scratch).map(Some) }
    }

    /// How many columns the file has.
    pub(in crate::ingest) fn width(&self) -> usize {
        self.header.len()
    }

    /// For each column of the file, whether anything reads it.
    pub(in crate::ingest) fn used(&self) -> &[bool] {
        &self.used
    }

    /// For each column of the file, whether an amount is read from it.
    pub(in crate::ingest) fn amounts(&self) -> &[bool] {
        &self.amounts
    }

    /// The columns of the file that nothing reads.
    pub(in crate::ingest) fn unused(&self) -> impl Iterator<Item = &String> {
        self.header.iter().zip(&self.used).filter(|(_, used)| !**used).map(|(name, _)| name)
    }
}

/// The columns, each with the line of the mapping that names it.
fn placed(missing: &[(String, bool)], rows: Rows<'_>) -> Sentence {
    let place = |(name, is_twice): &(String, bool)| {
        let line = match rows {
            Rows::Mapped(_, (mapping, at)) => mapping.origin.line_of(at, name),
            Rows::Own(_) => None,
        };
        let name = if *is_twice { says!("{name} only once", name) } else { Sentence::name(name) };
        match line {
            Some(line) => says!("{name} ({line})", name, line),
            None => name,
        }
    };
    Sentence::list(missing.iter().map(place), ", ")
}

impl Target {
    /// Whether the table takes the row, or the mapping leaves the row out of it.
    pub(in crate::ingest) fn takes(&self, row: &[Cell<'_>]) -> Takes {
        if !self.when.iter().all(|condition| condition.holds(row)) {
            return Takes::No;
        }
        if self.unless.iter().any(|condition| condition.holds(row)) { Takes::LeavesOut } else { Takes::Yes }
    }

    /// Lays the row's values for this table on `staged`.
    pub(in crate::ingest) fn stage(
        &self,
        row: (i64, &[Cell<'_>]),
        scratch: &mut Scratch<'_>,
        staged: &mut Vec<Staged>,
    ) -> std::result::Result<(), Fault> {
        for slot in &self.columns {
            let value = match &slot.source {
                Source::Nothing => continue,
                Source::Record => Staged::Int(row.0),
                Source::Rule(rule) => {
                    let placeholders = scratch.remarks.placeholders;
                    let value = rule.stage(row.1, scratch)?;
                    let is_placeholder = scratch.remarks.placeholders > placeholders;
                    fits(slot.column, value, is_placeholder).map_err(|fault| {
                        let expected = format!("{} for {}.{}", fault.expected, self.table.name, slot.column.name);
                        Fault { column: rule.names.clone(), expected, ..fault }
                    })?;
                    value
                }
            };
            staged.push(value);
        }
        Ok(())
    }
}

impl Slot {
    /// Whether rows bring a value for this column.
    pub(in crate::ingest) const fn is_filled(&self) -> bool {
        !matches!(self.source, Source::Nothing)
    }
}

impl Condition {
    fn holds(&self, row: &[Cell<'_>]) -> bool {
        let text = row.get(self.column).and_then(Cell::text).unwrap_or_default();
        self.texts.iter().any(|wanted| *wanted == text)
    }
}

pub(super) struct Compiler<'c> {
    header: &'c [String],
    used: Vec<bool>,
    amounts: Vec<bool>,
    /// Columns that the header lacks, or has more than once.
    missing: Vec<(String, bool)>,
    null: &'c [String],
    lookups: &'c Lookups,
    key: &'c PseudonymKey,
    /// The columns that are computed; they stand after the file's own.
    computed: Vec<String>,
}

impl Compiler<'_> {
    /// Where a column stands in a row; a column that the file lacks is kept for the message.
    pub(super) fn index(&mut self, name: &str) -> usize {
        if let Some(at) = self.computed.iter().position(|made| made == name) {
            return self.header.len() + at;
        }
        let spelt = spelt(self.header, name);
        let columns = self.header.iter().zip(&mut self.used).enumerate();
        let mut places = columns.filter(|(_, (column, _))| Some(*column) == spelt);
        match (places.next(), places.next()) {
            (Some((place, (_, used))), None) => {
                *used = true;
                place
            }
            (first, _) => {
                let alike = self.header.iter().filter(|column| column.eq_ignore_ascii_case(name)).count();
                let is_twice = first.is_some() || alike > 1;
                self.missing.push((name.to_owned(), is_twice));
                usize::MAX
            }
        }
    }

    fn conditions(&mut self, rules: &BTreeMap<String, Vec<String>>) -> Vec<Condition> {
        let condition = |(name, texts): (&String, &Vec<String>)| {
            // A sentinel is no value here as everywhere.
            let null = if texts.iter().any(String::is_empty) { self.null } else { &[] };
            Condition { column: self.index(name), texts: texts.iter().chain(null).cloned().collect() }
        };
        rules.iter().map(condition).collect()
    }

    fn target(&mut self, rule: &TableRule) -> Result<Target> {
        let table = schema::table(&rule.name)
            .ok_or_else(|| Error::table(Sentence::name(&rule.name), "no such table", "a table of the schema"))?;
        let columns = table.columns().map(|column| {
            let source = match rule.columns.get(column.name) {
                _ if column.name == RECORD_ID => Source::Record,
                None => Source::Nothing,
                Some(column_rule) => Source::Rule(Box::new(self.rule(column, column_rule)?)),
            };
            Ok(Slot { column, source })
        });
        let columns = columns.collect::<Result<_>>()?;
        Ok(Target { table, when: self.conditions(&rule.when), unless: self.conditions(&rule.unless), columns })
    }

    fn rule(&mut self, column: &'static Column, rule: &ColumnRule) -> Result<Rule> {
        let fixed = |text: &String| self.fixed(column, rule, text);
        let constant = rule.constant.as_ref().map(fixed).transpose()?;
        let codes: Result<Vec<_>> = rule.codes.iter().map(|(code, text)| Ok((code.clone(), fixed(text)?))).collect();
        let (codes, otherwise) = (codes?, rule.otherwise.as_ref().map(fixed).transpose()?);
        let default = rule.default.as_ref().map(fixed).transpose()?;
        let pick = match (constant, rule.from.as_slice()) {
            (Some(constant), _) => Pick::Fixed(constant),
            (None, [one]) if rule.prefix.is_empty() => Pick::Column(self.index(one)),
            (None, several) => Pick::Key {
                columns: several.iter().map(|name| self.index(name)).collect(),
                separator: rule.separator.clone().unwrap_or_else(|| " ".to_owned()),
                prefix: rule.prefix.clone(),
            },
        };
        if let (ColumnKind::Money, Pick::Column(at)) = (column.kind, &pick)
            && let Some(amount) = self.amounts.get_mut(*at)
        {
            *amount = true;
        }
        let or = rule.or.as_deref().map(|or| self.rule(column, or)).transpose()?.map(Box::new);
        Ok(Rule {
            pick,
            names: rule.from.join(" + "),
            joins: rule.join.iter().filter_map(|name| self.lookups.get(name).cloned()).collect(),
            null: self.null.iter().chain(&rule.null).cloned().collect(),
            codes,
            otherwise,
            default,
            reading: reading(column, rule),
            or,
        })
    }

    /// A value that the mapping gives, as the target writes it.
    fn fixed(&self, column: &Column, rule: &ColumnRule, text: &str) -> Result<Fixed> {
        let plain = ColumnRule { unit: rule.unit, plus_days: rule.plus_days, ..ColumnRule::default() };
        let plain = if rule.constant.is_some() { plain } else { ColumnRule { plus_days: 0, ..plain } };
        let reading = match column.kind {
            ColumnKind::Text => return Ok(Fixed::Text(text.to_owned())),
            _ => reading(column, &plain),
        };
        let cell = Cell::Text(text.into());
        reading
            .stage(&cell, &mut Scratch::new(self.key))
            .and_then(|value| fits(column, value, false).map(|()| Fixed::Value(value)))
            .map_err(|fault| {
                Error::setting(says!("mapping, column {}", [column.name]), Sentence::value(text), fault.expected)
            })
    }
}

/// How a column reads the cells that a rule gives it.
fn reading(column: &Column, rule: &ColumnRule) -> Reading {
    match column.kind {
        ColumnKind::Text if rule.derive.is_none() => Reading::Text(Contents::for_column(column)),
        kind => reading_as(kind, rule),
    }
}

/// How cells are read as values of a kind.
pub(super) fn reading_as(kind: ColumnKind, rule: &ColumnRule) -> Reading {
    if let Some(derivation) = rule.derive {
        return Reading::Derived(derivation);
    }
    match kind {
        ColumnKind::Text => Reading::Text(Contents::Free),
        ColumnKind::Code(codes) => Reading::Code(codes),
        ColumnKind::Integer | ColumnKind::Record => Reading::Integer,
        ColumnKind::Number => Reading::Number,
        ColumnKind::Money => Reading::Money(MoneyForm {
            fen_per_unit: rule.unit.map_or(1, MoneyUnit::fen),
            decimal_comma: rule.decimal == Some(DecimalMark::Comma),
            capitals: rule.capitals,
            rounding: if rule.round { Rounding::HalfAway } else { Rounding::Refused },
        }),
        ColumnKind::Share => Reading::Share(rule.scale.unwrap_or_default()),
        ColumnKind::Day => {
            let declared = rule.date.iter().map(|pattern| DayPattern::new(pattern));
            let usual = rule.date.is_empty().then(DayPattern::usual);
            Reading::Day { patterns: declared.chain(usual).collect(), plus_days: rule.plus_days }
        }
        ColumnKind::Flag => Reading::Flag,
        ColumnKind::Party => Reading::Pseudonym(Realm::Party),
        ColumnKind::Case => Reading::Pseudonym(Realm::Case),
        ColumnKind::Item => Reading::Pseudonym(Realm::Item),
    }
}
