use rayon::prelude::*;

use super::collect::Collector;
use super::files::Job;
use super::keep::Keeper;
use super::mapping::Form;
use super::plan::Plan;
use super::read::Room;
use super::rows::odd::Value;
use super::rows::{Database, Manner, RowDigest, Select, TakesRows, give};
use crate::error::Result;
use crate::sentence::Sentence;

/// Rows that one thread reads at a time, at least.
const STEP: usize = 512;

impl Room<'_> {
    /// Reads a table, view or query of a database.
    pub(super) fn read_relation(
        &self,
        (job, form): (&Job<'_>, &Form),
        (database, select): (&mut dyn Database, &Select),
        keeper: &mut Keeper<'_>,
    ) -> Result<()> {
        let mut reading = Reading { room: self, job, keeper, start: None, rows: 0, digest: RowDigest::default() };
        database.read(select, Manner::new(form, &self.params.bounds), &mut reading)?;
        let digest = reading.digest;
        (keeper.file.blake3, keeper.file.bytes) = (digest.finish(), digest.bytes());
        Ok(())
    }
}

/// What is done with the rows of a relation.
struct Reading<'a, 'r, 'w> {
    room: &'a Room<'r>,
    job: &'a Job<'a>,
    keeper: &'a mut Keeper<'w>,
    start: Option<(Plan, Vec<String>)>,
    /// Rows read before.
    rows: u64,
    digest: RowDigest,
}

impl TakesRows for Reading<'_, '_, '_> {
    fn begin(&mut self, names: Vec<String>, notes: Vec<Sentence>) -> Result<()> {
        let plan = Plan::new(self.job.rows, (&self.job.path, &names), (&self.room.lookups, &self.room.sources.key))?;
        self.keeper.unused.extend(plan.unused().cloned());
        self.keeper.file.notes.extend(notes);
        self.digest.names(&names);
        self.start = Some((plan, names));
        Ok(())
    }

    fn take(&mut self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        let Some((plan, names)) = &self.start else { return Ok(()) };
        let before = self.digest.bytes();
        self.digest.rows(&rows);
        let step = rows.len().div_ceil(rayon::current_num_threads().max(1)).max(STEP);
        let (desks, ordinal, first) = (&self.room.desks, self.keeper.file.ordinal, self.rows + 1);
        self.rows += rows.len() as u64;
        let mut parts = Vec::new();
        let mut rest = rows.into_iter();
        while rest.len() > 0 {
            parts.push(rest.by_ref().take(step).collect::<Vec<_>>());
        }
        let read = |(part, rows): (usize, Vec<Vec<Value<'static>>>)| {
            let mut collector = Collector::new(plan, ordinal, desks.lend());
            for (row, values) in rows.into_iter().enumerate() {
                give((first + (part * step + row) as u64, values), (plan.used(), names), &mut collector);
            }
            collector.finish(desks)
        };
        let yields: Vec<_> = parts.into_par_iter().enumerate().map(read).collect();
        self.keeper.keep(yields.into_iter().collect::<Result<Vec<_>>>()?)?;
        self.room.progress.advance(self.digest.bytes() - before);
        Ok(())
    }
}
