//! A table of one's own as features and a target.

use std::collections::HashMap;

use polars::prelude::{Column, DataFrame};
use wherewithal::features::{FeatureTable, TableRoles};
use wherewithal::model::{AmountTarget, Split, Splits, Target};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{ColumnKind, Moment, ReadColumn, TableParams, WrittenTable, described};

use super::outcome::Outcomes;
use super::received::received;
use super::{Asked, Options};
use crate::failure::Failure;
use crate::words::says;

/// A table somebody brought along.
pub(super) struct Own<'t> {
    /// Every column, in the order of the file.
    pub(super) columns: Vec<OwnColumn<'t>>,
    /// The features of all rows.
    pub(super) table: FeatureTable,
    /// What happened in the rows where it is known; of amounts, which are in the upper half.
    pub(super) target: Target,
    /// How much there was in each of those, where amounts are asked for.
    pub(super) amounts: Option<AmountTarget>,
    /// The period of each of those, if there are times.
    pub(super) times: Option<Vec<String>>,
    /// Those rows.
    pub(super) decided: Vec<usize>,
    /// What was found, in sentences.
    pub(super) said: Vec<Sentence>,
    groups: Vec<usize>,
}

/// A column and what it is used for.
pub(super) struct OwnColumn<'t> {
    pub(super) read: ReadColumn<'t>,
    pub(super) part: Part,
}

/// What a column is used for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Feature,
    /// One of the columns that options name, by that option.
    Role(&'static str),
    /// Left out for what it is.
    LeftOut(&'static str),
}

impl<'t> Own<'t> {
    pub(super) fn read(written: &'t WrittenTable, options: &Options) -> Result<Self, Failure> {
        let reader = Reader { written, options, params: options.reading.params() };
        reader.check_names()?;
        let (mut said, mut amounts) = (Vec::new(), None);
        let (decided, events, weights) = match options.asked() {
            Asked::Event { column, event } => {
                let outcomes = Outcomes::read((written.column(column)?, event), options, &reader.params)?;
                said.push(says!("target {}: {}", [column, outcomes.said]));
                let weighed = reader.weighed((outcomes.rows, outcomes.events), &mut said)?;
                reader.check_sides(&weighed.1)?;
                weighed
            }
            Asked::Amount(column) => {
                let (rows, received) =
                    received(written.column(column)?, &options.indeterminate, (&reader.params, &mut said))?;
                let upper = AmountTarget::new(received.clone())?.upper().events().to_vec();
                amounts = Some((rows.clone(), received));
                reader.weighed((rows, upper), &mut said)?
            }
        };
        let amounts = amounts.map(|(rows, received)| {
            let kept = decided.iter().filter_map(|row| received.get(rows.binary_search(row).ok()?).copied());
            AmountTarget::new(kept.collect())
        });
        let mut amounts = amounts.transpose()?;
        let mut target = match &amounts {
            Some(amounts) => amounts.upper().clone(),
            None => Target::new(events)?,
        };
        let mut groups: Vec<usize> = (0..target.height()).collect();
        if let Some(name) = &options.id {
            groups = in_order(&reader.filled(name, &decided)?);
            target = target.groups(&groups.iter().map(|group| *group as u64).collect::<Vec<_>>())?;
        }
        let is_weighed = weights.is_some();
        if let Some(weights) = weights {
            target = target.weights(&weights)?;
        }
        if let Some(plain) = amounts.take() {
            let grouped = target.row_groups().map_or(Ok(plain.clone()), |groups| plain.groups(groups))?;
            amounts = Some(target.row_weights().map_or(Ok(grouped.clone()), |weights| grouped.weights(weights))?);
        }
        let times = options.time.as_ref().map(|name| reader.periods(name, &decided)).transpose()?;
        let columns = reader.columns(is_weighed.then_some(decided.as_slice()));
        let features = columns.iter().filter(|column| column.part == Part::Feature).map(OwnColumn::feature).collect();
        let table = FeatureTable::from_frame(DataFrame::new(written.height(), features)?, &TableRoles::default())?;
        Ok(Self { columns, table, target, amounts, times, decided, said, groups })
    }

    /// The features of the rows whose outcome is known.
    pub(super) fn decided(&self) -> Result<FeatureTable, Failure> {
        Ok(self.table.rows(&self.decided)?)
    }

    /// What is judged by what: parties in order of appearance dealt to folds in turn, or rows held out once.
    pub(super) fn splits(&self, options: &Options) -> Result<Splits, Failure> {
        let Some(share) = options.holdout else {
            let folds = options.folds as usize;
            let most = self.groups.iter().max().map_or(0, |last| last + 1);
            if folds > most {
                return Err(Failure::usage(match (&self.amounts, &options.id) {
                    (Some(_), Some(_)) => says!(
                        "--folds {folds}: {most} parties have a known amount, expected at most as many folds",
                        folds,
                        most
                    ),
                    (Some(_), None) => says!(
                        "--folds {folds}: {most} rows have a known amount, expected at most as many folds",
                        folds,
                        most
                    ),
                    (None, Some(_)) => says!(
                        "--folds {folds}: {most} parties have a known outcome, expected at most as many folds",
                        folds,
                        most
                    ),
                    (None, None) => says!(
                        "--folds {folds}: {most} rows have a known outcome, expected at most as many folds",
                        folds,
                        most
                    ),
                }));
            }
            let labels = self.groups.iter().map(|group| u32::try_from(group % folds).unwrap_or(0));
            return Ok(Splits::labels(&self.target, &labels.collect::<Vec<_>>())?);
        };
        Ok(match &self.times {
            Some(times) => Splits::latest(&self.target, times, share)?,
            None => Splits::drawn(&self.target, share, options.seed)?,
        })
    }

    /// Whether the rows that a split judges all have one outcome, or one amount.
    fn is_of_one_kind(&self, split: &Split) -> bool {
        fn all_one<T: PartialEq>(values: &[T], rows: &[usize]) -> bool {
            let mut values = rows.iter().filter_map(|row| values.get(*row));
            let first = values.next();
            values.all(|other| Some(other) == first)
        }
        match &self.amounts {
            Some(amounts) => all_one(amounts.amounts(), &split.test),
            None => all_one(self.target.events(), &split.test),
        }
    }

    /// What is judged apart from what is learnt from, where a fold or the rows held out are not what one may expect.
    pub(super) fn held_out(&self, options: &Options, splits: &Splits) -> Vec<Sentence> {
        let Some(share) = options.holdout else {
            let count = splits.splits().iter().filter(|split| self.is_of_one_kind(split)).count();
            let folds = splits.splits().len();
            let line = match self.amounts {
                Some(_) => says!("{count} of {folds} folds judge rows of one amount alone", count, folds),
                None => says!("{count} of {folds} folds judge rows of one outcome alone", count, folds),
            };
            return Some(line).filter(|_| count > 0).into_iter().collect();
        };
        let line = |split: &Split| {
            let (judged, learnt, all) = (split.test.len(), split.train.len(), self.decided.len());
            let neither = all - judged - learnt;
            let asked = share * 100.0;
            let first = self.times.as_ref().and_then(|times| split.test.iter().filter_map(|row| times.get(*row)).min());
            match first {
                Some(first) => says!(
                    "held out: {judged} of {all} rows, those of {first} and later, where {asked} % were asked for; a \
                     period \
                     is never parted; {learnt} are learnt from, {neither} are on neither side",
                    judged,
                    all,
                    first,
                    asked,
                    learnt,
                    neither
                ),
                None => says!(
                    "held out: {judged} of {all} rows, drawn, where {asked} % were asked for; {learnt} are learnt \
                     from, \
                     {neither} are on neither side",
                    judged,
                    all,
                    asked,
                    learnt,
                    neither
                ),
            }
        };
        splits.splits().iter().map(line).collect()
    }
}

impl OwnColumn<'_> {
    fn feature(&self) -> Column {
        let name = self.read.name.into();
        if self.read.kind == ColumnKind::Number {
            Column::new(name, &self.read.numbers)
        } else {
            Column::new(name, &self.read.levels)
        }
    }
}

/// A table and what is asked of it.
struct Reader<'t, 'o> {
    written: &'t WrittenTable,
    options: &'o Options,
    params: TableParams,
}

/// Rows, whether each has the event, and what each counts for.
type Weighed = (Vec<usize>, Vec<bool>, Option<Vec<f64>>);

impl<'t> Reader<'t, '_> {
    /// Refuses options that name no column, or one column for two things.
    fn check_names(&self) -> Result<(), Failure> {
        let Options { drop, categorical, numeric, .. } = self.options;
        for name in drop {
            self.written.column(name)?;
        }
        for name in categorical.iter().chain(numeric) {
            self.written.column(name)?;
            if let Some(role) = self.role(name) {
                return Err(Failure::usage(says!("column {name} cannot be both {role} and a feature", name, role)));
            }
        }
        match categorical.iter().find(|name| numeric.contains(name)) {
            Some(name) => Err(Failure::usage(says!("column {name} cannot be both --categorical and --numeric", name))),
            None => Ok(()),
        }
    }

    fn role(&self, name: &str) -> Option<&'static str> {
        let Options { id, weight, time, drop, .. } = self.options;
        let (option, target) = self.options.asked().column();
        let is = |role: &Option<String>| role.as_deref() == Some(name);
        match () {
            () if target == name => Some(option),
            () if is(id) => Some("--id"),
            () if is(weight) => Some("--weight"),
            () if is(time) => Some("--time"),
            () if drop.iter().any(|other| other == name) => Some("--drop"),
            () => None,
        }
    }

    /// Every column, read as options declare or as its values are; where some rows weigh nothing, as those of the
    /// others are.
    fn columns(&self, weighed: Option<&[usize]>) -> Vec<OwnColumn<'t>> {
        let declared = |name: &String| match name {
            name if self.options.categorical.contains(name) => Some(ColumnKind::Category),
            name if self.options.numeric.contains(name) => Some(ColumnKind::Number),
            _ => None,
        };
        let columns = self.written.columns().iter().map(|column| {
            let name = column.name().to_owned();
            let kind = || weighed.map(|rows| column.kind(rows, &self.params));
            let read = column.read(declared(&name).or_else(kind), &self.params);
            let part = match (self.role(&name), read.kind) {
                (Some(role), _) => Part::Role(role),
                (None, ColumnKind::Number | ColumnKind::Category) => Part::Feature,
                (None, ColumnKind::Day) => Part::LeftOut("days: give --time, or a column of days between two of them"),
                (None, ColumnKind::Identifier) => Part::LeftOut("an identifier: it says who, not how"),
                (None, ColumnKind::Constant) => Part::LeftOut("one value in every row"),
                (None, ColumnKind::Empty) => Part::LeftOut("no value in any row"),
            };
            OwnColumn { read, part }
        });
        columns.collect()
    }

    /// The rows that count, with their weights.
    fn weighed(&self, (rows, events): (Vec<usize>, Vec<bool>), said: &mut Vec<Sentence>) -> Result<Weighed, Failure> {
        let Some(name) = &self.options.weight else { return Ok((rows, events, None)) };
        let column = self.written.column(name)?;
        let numbers = column.read(Some(ColumnKind::Number), &self.params).numbers;
        let weight = |row: usize| numbers.get(row).copied().filter(|weight| weight.is_finite() && *weight >= 0.0);
        let bad: Vec<usize> = rows.iter().copied().filter(|row| weight(*row).is_none()).collect();
        if let Some(first) = bad.first() {
            return Err(Failure::work(says!(
                "--weight {name}: {} rows have no weight, the first is row {}: found {}, expected a finite number \
                 from 0 on",
                [bad.len(), first + 1, described(column.text(*first))],
                name
            )));
        }
        let mut weighed = (Vec::new(), Vec::new(), Vec::new());
        let mut absent = 0;
        for (row, event) in rows.into_iter().zip(events) {
            match weight(row) {
                None | Some(0.0) => absent += 1,
                Some(weight) => {
                    weighed.0.push(row);
                    weighed.1.push(event);
                    weighed.2.push(weight);
                }
            }
        }
        if absent > 0 {
            said.push(says!("{absent} rows of weight 0: scored, but neither learnt from nor judged", absent));
        }
        Ok((weighed.0, weighed.1, Some(weighed.2)))
    }

    /// Rows of weight are there with the event and without it.
    fn check_sides(&self, events: &[bool]) -> Result<(), Failure> {
        let Some(name) = &self.options.weight else { return Ok(()) };
        match (events.contains(&true), events.contains(&false)) {
            (true, true) => Ok(()),
            (false, _) => {
                Err(Failure::work(says!("--weight {name}: every row with the event weighs 0: nothing to learn", name)))
            }
            (true, false) => Err(Failure::work(says!(
                "--weight {name}: every row without the event weighs 0: nothing to learn",
                name
            ))),
        }
    }

    /// The texts of a column in which nothing may be blank, in the rows asked for.
    fn filled(&self, name: &str, rows: &[usize]) -> Result<Vec<&'t str>, Failure> {
        let column = self.written.column(name)?;
        let known = column.read(Some(ColumnKind::Category), &self.params).levels;
        let value = |row: &usize| {
            let found = known.get(*row).copied().flatten();
            found.ok_or_else(|| Failure::work(says!("row {} has no {name}", [row + 1], name)))
        };
        rows.iter().map(value).collect()
    }

    /// The period of each row: its month, or its number where times are whole numbers.
    fn periods(&self, name: &str, rows: &[usize]) -> Result<Vec<String>, Failure> {
        let column = self.written.column(name)?;
        let texts = self.filled(name, rows)?;
        let moments = match column.moments(self.options.day_order.map(Into::into), &self.params) {
            Ok(moments) => moments,
            Err(error) => {
                return whole_numbers(&texts)
                    .ok_or_else(|| Failure::work(says!("--time: {error}", error = error.sentence())));
            }
        };
        let month = |moment: &Moment| moment.day.to_string().chars().take(7).collect::<String>();
        let period = |row: &usize| {
            let code = column.codes().get(*row).map(|code| *code as usize);
            let moment = code.and_then(|code| moments.get(code)).and_then(Option::as_ref);
            moment.map(month).ok_or_else(|| Failure::work(says!("row {} has no {name}", [row + 1], name)))
        };
        rows.iter().map(period).collect()
    }
}

/// Whole numbers of one width, so that they sort as text.
fn whole_numbers(texts: &[&str]) -> Option<Vec<String>> {
    let numbers: Vec<u64> = texts.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    let width = numbers.iter().max()?.to_string().len();
    Some(numbers.iter().map(|number| format!("{number:0width$}")).collect())
}

/// The place of each text among the distinct ones, in order of appearance.
fn in_order(texts: &[&str]) -> Vec<usize> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::with_capacity(texts.len());
    for text in texts {
        let next = places.len();
        found.push(*places.entry(text).or_insert(next));
    }
    found
}
