//! Passes the accepted rows of one file to the sink and writes down the refused ones, in order.
//!
//! Blocks of a file are read on several threads and finish in any order; what they gave is kept here in the
//! order of the file. That is why the tables, the refused rows and the counts of the report do not depend
//! on the number of threads (law 6).
//!
//! A file that turns out damaged in its middle keeps what was read before. Its report says so in
//! [`FileReport::damage`](super::FileReport::damage), and the other files are read.

use std::path::Path;

use polars::prelude::DataFrame;

use super::bounds::Bounds;
use super::collect::Found;
use super::files::{Job, Part, Unread};
use super::mapping::{Mapping, matches};
use super::refusal::{Fault, Refusal, RefusedFile};
use super::report::{FileReport, IgnoredColumn};
use super::rows::Raw;
use super::table_sink::TableSink;
use super::told::told;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::sentence::says;

/// What some rows of a file gave: frames by target, and findings.
pub(super) type Yield = (Vec<(&'static Table, DataFrame)>, Found);

/// Hands on and writes down what the rows of one file give, in their order.
pub(super) struct FileIngest<'w> {
    pub(super) file: FileReport,
    pub(super) unused: Vec<String>,
    sink: &'w mut dyn TableSink,
    refused: RefusedFile,
}

impl<'w> FileIngest<'w> {
    pub(super) fn new(name: &str, ordinal: u64, (sink, refused): (&'w mut dyn TableSink, (&Path, &Bounds))) -> Self {
        let file = FileReport { file: name.to_owned(), ordinal, ..FileReport::default() };
        Self { file, unused: Vec::new(), sink, refused: RefusedFile::new(refused.0, name, refused.1.refused_bytes) }
    }

    pub(super) fn keep(&mut self, yields: impl IntoIterator<Item = Yield>) -> Result<()> {
        let mut rows = Vec::new();
        for (frames, found) in yields {
            for (table, frame) in &frames {
                *self.file.rows_by_table.entry(table.name.to_owned()).or_default() += frame.height() as u64;
            }
            rows.extend(frames);
            self.file.rows_read += found.read;
            self.file.rows_accepted += found.accepted;
            self.file.remarks += found.remarks;
            self.file.rows_left_out += found.left_out;
            self.file.count_refusals(&found.refusals);
            self.unused.extend(found.surplus);
            self.refused.append(&found.refusals)?;
        }
        self.sink.take(rows)
    }

    /// Refuses a row that no reader of rows met.
    pub(super) fn refuse(&mut self, line: u64, fault: Fault, raw: Raw<'_>) -> Result<()> {
        let found = Found { read: 1, refusals: vec![Refusal::new(line, fault, raw)], ..Found::default() };
        self.keep([(Vec::new(), found)])
    }

    /// Takes note that the file, or the rest of it, cannot be read; an error of anything else stays.
    pub(super) fn broken_off(&mut self, job: &Job<'_>, error: Error) -> Result<Unread> {
        // A server is no file among others.
        if matches!(job.part, Part::Served(_)) {
            return Err(error);
        }
        let unread = Unread::new((&job.name, &job.path), error)?;
        if let Some(print) = unread.print()?.filter(|_| self.file.blake3.is_empty()) {
            (self.file.blake3, self.file.bytes) = (print.blake3, print.bytes);
        }
        let (why, rows) = (unread.why(), self.file.rows_read);
        self.file.damage = Some(match rows {
            0 => why,
            _ => says!("{why}; the {rows} rows before it are read", why, rows),
        });
        Ok(unread)
    }

    /// The file's report; columns that nothing read are told apart from those left out on purpose.
    pub(super) fn finish(mut self, mapping: &Mapping) -> Result<FileReport> {
        let lost = self.refused.finish()?;
        if lost > 0 {
            let said = says!("{lost} refused rows are counted and not kept: bounds.refused_bytes is reached", lost);
            self.file.notes.push(said);
        }
        self.unused.sort_unstable();
        self.unused.dedup();
        for column in self.unused {
            let mut rules = mapping.ignore.iter().filter(|rule| rule.column.as_ref() == Some(&column));
            match rules.find(|rule| matches(&rule.file, &self.file.file)) {
                Some(rule) => self.file.ignored_columns.push(IgnoredColumn { column, reason: rule.reason.clone() }),
                None => self.file.unused_columns.push(told(&column).into_owned()),
            }
        }
        Ok(self.file)
    }
}
