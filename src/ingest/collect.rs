//! Accepted rows of one block, column by column.
//!
//! ```text
//! cells of a row ─► Plan (stage) ─► values of every table that takes the row ─► one frame a table
//!                       │
//!                       └─► a fault ─► the whole row is refused, no table gets a part of it
//! ```
//!
//! All values of a row are staged before any of them is appended. A fault in the last column of the last
//! table therefore leaves nothing of the row in another table: rows read are rows accepted, left out or
//! refused, and never two of these (law 2).

use polars::prelude::*;

use super::plan::{Plan, Scratch, ScratchPool, Staged, Takes, Target};
use super::refusal::{Fault, Reason, Refusal};
use super::report::Remarks;
use super::rows::{Cell, Raw, RowVisitor};
use crate::error::Result;
use crate::schema;

/// Takes the rows of one block: a row goes to all its tables or, whole, to the refused ones.
#[derive(Debug)]
pub(super) struct Collector<'p, 'k> {
    plan: &'p Plan,
    /// The file's ordinal × 2^40.
    base: i64,
    scratch: Scratch<'k>,
    staged: Vec<Staged>,
    /// For each target that takes the row, where its values begin in `staged`.
    taken: Vec<(usize, usize)>,
    tables: Vec<TableBuilder>,
    pub(super) found: Found,
}

/// What a block held besides its accepted values.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) read: u64,
    pub(super) accepted: u64,
    pub(super) remarks: Remarks,
    pub(super) left_out: u64,
    pub(super) refusals: Vec<Refusal>,
    pub(super) surplus: std::collections::BTreeSet<String>,
}

impl<'p, 'k> Collector<'p, 'k> {
    pub(super) fn new(plan: &'p Plan, ordinal: u64, scratch: Scratch<'k>) -> Self {
        let base = i64::try_from(ordinal << schema::LINE_BITS).unwrap_or(i64::MAX >> 1);
        Self {
            plan,
            base,
            scratch,
            staged: Vec::new(),
            taken: Vec::new(),
            tables: plan.targets.iter().map(TableBuilder::new).collect(),
            found: Found::default(),
        }
    }

    /// The accepted rows by table, one frame for each target that has any, in the order of the
    /// targets; the scratch space goes back to its pool.
    pub(super) fn finish(
        self,
        scratch_pool: &ScratchPool<'k>,
    ) -> Result<(Vec<(&'static schema::Table, DataFrame)>, Found)> {
        scratch_pool.take_back(self.scratch);
        let targets = self.plan.targets.iter().zip(self.tables).filter(|(_, table)| table.rows > 0);
        let frames = targets.map(|(target, table)| Ok((target.table, table.finish(target)?)));
        Ok((frames.collect::<Result<_>>()?, self.found))
    }

    /// Whether a table takes the row; it may be left out on purpose.
    fn stage(&mut self, line: u64, cells: &[Cell<'_>]) -> std::result::Result<bool, Fault> {
        self.scratch.clear();
        self.staged.clear();
        self.taken.clear();
        let record = self.base.saturating_add_unsigned(line);
        let completed = self.plan.completed(cells, &mut self.scratch)?;
        let cells = completed.as_deref().unwrap_or(cells);
        let mut is_left_out = false;
        for (at, target) in self.plan.targets.iter().enumerate() {
            match target.takes(cells) {
                Takes::No => {}
                Takes::LeavesOut => is_left_out = true,
                Takes::Yes => {
                    self.taken.push((at, self.staged.len()));
                    target.stage((record, cells), &mut self.scratch, &mut self.staged)?;
                }
            }
        }
        if self.taken.is_empty() && !is_left_out {
            return Err(Fault::line(
                Reason::NoTable,
                "a row that no table takes",
                "a row that the mapping has a table for",
            ));
        }
        Ok(!self.taken.is_empty())
    }
}

impl RowVisitor for Collector<'_, '_> {
    fn row(&mut self, line: u64, cells: &[Cell<'_>], raw: Raw<'_>) {
        match self.stage(line, cells) {
            Ok(true) => self.found.accepted += 1,
            Ok(false) => self.found.left_out += 1,
            Err(fault) => return self.broken(line, fault, raw),
        }
        self.found.read += 1;
        self.found.remarks += self.scratch.remarks;
        for (at, start) in &self.taken {
            if let Some(table) = self.tables.get_mut(*at) {
                table.push(self.staged.get(*start..).unwrap_or_default(), &self.scratch);
            }
        }
    }

    fn broken(&mut self, line: u64, fault: Fault, raw: Raw<'_>) {
        self.found.read += 1;
        self.found.refusals.push(Refusal::new(line, fault, raw));
    }

    fn surplus(&mut self, name: &str) {
        if !self.found.surplus.contains(name) {
            self.found.surplus.insert(name.to_owned());
        }
    }
}

#[derive(Debug)]
struct TableBuilder {
    rows: usize,
    columns: Vec<ColumnBuilder>,
}

impl TableBuilder {
    fn new(target: &Target) -> Self {
        let filled = target.columns.iter().filter(|slot| slot.is_filled());
        Self { rows: 0, columns: filled.map(|slot| ColumnBuilder::new(slot.column)).collect() }
    }

    fn push(&mut self, values: &[Staged], scratch: &Scratch<'_>) {
        self.rows += 1;
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value, scratch);
        }
    }

    fn finish(self, target: &Target) -> Result<DataFrame> {
        let mut filled = self.columns.into_iter();
        let columns = target.columns.iter().map(|slot| match slot.is_filled().then(|| filled.next()).flatten() {
            Some(builder) => builder.finish(),
            None => Column::full_null(slot.column.name.into(), self.rows, &slot.column.kind.encoded_type()),
        });
        Ok(DataFrame::new(self.rows, columns.collect())?)
    }
}

enum ColumnBuilder {
    Int(PrimitiveChunkedBuilder<Int64Type>),
    Number(PrimitiveChunkedBuilder<Float64Type>),
    Day(PrimitiveChunkedBuilder<Int32Type>),
    Flag(BooleanChunkedBuilder),
    Code(PrimitiveChunkedBuilder<UInt32Type>, &'static [&'static str]),
    Text(StringChunkedBuilder),
}

impl std::fmt::Debug for ColumnBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ColumnBuilder")
    }
}

impl ColumnBuilder {
    fn new(column: &schema::Column) -> Self {
        let name = column.name.into();
        if let schema::ColumnKind::Code(codes) = column.kind {
            return Self::Code(PrimitiveChunkedBuilder::new(name, 0), codes);
        }
        match column.kind.data_type() {
            DataType::String => Self::Text(StringChunkedBuilder::new(name, 0)),
            DataType::Float64 => Self::Number(PrimitiveChunkedBuilder::new(name, 0)),
            DataType::Date => Self::Day(PrimitiveChunkedBuilder::new(name, 0)),
            DataType::Boolean => Self::Flag(BooleanChunkedBuilder::new(name, 0)),
            _ => Self::Int(PrimitiveChunkedBuilder::new(name, 0)),
        }
    }

    fn push(&mut self, value: Staged, scratch: &Scratch<'_>) {
        match (self, value) {
            (Self::Int(builder), Staged::Int(number)) => builder.append_value(number),
            (Self::Number(builder), Staged::Number(number)) => builder.append_value(number),
            (Self::Day(builder), Staged::Day(day)) => builder.append_option(i32::try_from(day).ok()),
            (Self::Flag(builder), Staged::Flag(flag)) => builder.append_value(flag),
            (Self::Code(builder, _), Staged::Code(number)) => builder.append_option(u32::try_from(number).ok()),
            (Self::Code(builder, codes), Staged::Word(word)) => {
                let number = codes.iter().position(|code| *code == word).and_then(|at| u32::try_from(at).ok());
                builder.append_option(number);
            }
            (Self::Text(builder), Staged::Word(word)) => builder.append_value(word),
            (Self::Text(builder), Staged::Text(start, end)) => builder.append_value(scratch.text(start, end)),
            (Self::Int(builder), _) => builder.append_null(),
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Day(builder), _) => builder.append_null(),
            (Self::Flag(builder), _) => builder.append_null(),
            (Self::Code(builder, _), _) => builder.append_null(),
            (Self::Text(builder), _) => builder.append_null(),
        }
    }

    fn finish(self) -> Column {
        match self {
            Self::Int(builder) => builder.finish().into_column(),
            Self::Number(builder) => builder.finish().into_column(),
            Self::Day(builder) => builder.finish().into_date().into_column(),
            Self::Flag(builder) => builder.finish().into_column(),
            Self::Code(builder, _) => builder.finish().into_column(),
            Self::Text(builder) => builder.finish().into_column(),
        }
    }
}
