//! Reads tables and queries of a database.
//!
//! A row has no line in a database. Its number is its place in the order in which the rows were given: by
//! the primary key where there is one. That number becomes part of `record_id`, so the order has to be the
//! same each time; where it cannot be promised the report says so.

use rayon::prelude::*;

use super::collect::Collector;
use super::file_ingest::FileIngest;
use super::files::Job;
use super::mapping::Form;
use super::plan::Plan;
use super::read::Context;
use super::rows::odd::Value;
use super::rows::{Database, Manner, RowDigest, Select, TakesRows, give};
use crate::error::Result;
use crate::sentence::Sentence;

/// Rows that one thread reads at a time, at least.
const STEP: usize = 512;

impl Context<'_> {
    /// Reads a table, view or query of a database.
    pub(super) fn read_relation(
        &self,
        (job, form): (&Job<'_>, &Form),
        (database, select): (&mut dyn Database, &Select),
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<()> {
        let mut reading =
            Reading { context: self, job, file_ingest, start: None, rows: 0, digest: RowDigest::default() };
        database.read(select, Manner::new(form, &self.params.bounds), &mut reading)?;
        let digest = reading.digest;
        (file_ingest.file.blake3, file_ingest.file.bytes) = (digest.finish(), digest.bytes());
        Ok(())
    }
}

/// What is done with the rows of a relation.
struct Reading<'a, 'r, 'w> {
    context: &'a Context<'r>,
    job: &'a Job<'a>,
    file_ingest: &'a mut FileIngest<'w>,
    start: Option<(Plan, Vec<String>)>,
    /// Rows read before.
    rows: u64,
    digest: RowDigest,
}

impl TakesRows for Reading<'_, '_, '_> {
    fn begin(&mut self, names: Vec<String>, notes: Vec<Sentence>) -> Result<()> {
        let plan =
            Plan::new(self.job.rows, (&self.job.path, &names), (&self.context.lookups, &self.context.sources.key))?;
        self.file_ingest.unused.extend(plan.unused().cloned());
        self.file_ingest.file.notes.extend(notes);
        self.digest.names(&names);
        self.start = Some((plan, names));
        Ok(())
    }

    fn take(&mut self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        let Some((plan, names)) = &self.start else { return Ok(()) };
        let before = self.digest.bytes();
        self.digest.rows(&rows);
        let step = rows.len().div_ceil(rayon::current_num_threads().max(1)).max(STEP);
        let (scratch_pool, ordinal, first) = (&self.context.scratch_pool, self.file_ingest.file.ordinal, self.rows + 1);
        self.rows += rows.len() as u64;
        let mut parts = Vec::new();
        let mut rest = rows.into_iter();
        while rest.len() > 0 {
            parts.push(rest.by_ref().take(step).collect::<Vec<_>>());
        }
        let read = |(part, rows): (usize, Vec<Vec<Value<'static>>>)| {
            let mut collector = Collector::new(plan, ordinal, scratch_pool.lend());
            for (row, values) in rows.into_iter().enumerate() {
                give((first + (part * step + row) as u64, values), (plan.used(), names), &mut collector);
            }
            collector.finish(scratch_pool)
        };
        let yields: Vec<_> = parts.into_par_iter().enumerate().map(read).collect();
        self.file_ingest.keep(yields.into_iter().collect::<Result<Vec<_>>>()?)?;
        self.context.progress.advance(self.digest.bytes() - before);
        Ok(())
    }
}
