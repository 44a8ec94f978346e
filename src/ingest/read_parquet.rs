use rayon::prelude::*;

use super::collect::Collector;
use super::files::{Job, fingerprint};
use super::keep::Keeper;
use super::plan::Plan;
use super::read::Room;
use super::rows::ParquetRows;
use crate::error::Result;

impl Room<'_> {
    /// Reads a Parquet file, some rows for each thread at a time.
    pub(super) fn read_parquet(&self, job: &Job<'_>, keeper: &mut Keeper<'_>) -> Result<()> {
        keeper.file.format = "parquet".to_owned();
        let print = fingerprint(&job.path)?;
        (keeper.file.blake3, keeper.file.bytes) = (print.blake3, print.bytes);
        let rows = ParquetRows::open(&job.path)?;
        let plan = Plan::new(job.rows, (&job.path, rows.names()), (&self.lookups, &self.sources.key))?;
        keeper.unused.extend(plan.unused().cloned());
        let threads = rayon::current_num_threads().max(1);
        // A file of some thousand rows is shared out too.
        let step = self.params.group_rows.min((1 << 16).min(rows.rows().div_ceil(threads)).max(1 << 12));
        let wave = step * threads;
        for start in (0..rows.rows()).step_by(wave) {
            let frame = rows.slice(start, wave)?;
            let read = |from: usize| {
                let mut collector = Collector::new(&plan, keeper.file.ordinal, self.desks.lend());
                let part = frame.slice(i64::try_from(from).unwrap_or_default(), step);
                rows.read(&part, (start + from) as u64 + 1, &mut collector);
                collector.finish(&self.desks)
            };
            let parts: Vec<_> = (0..frame.height()).step_by(step).collect();
            let yields: Vec<_> = parts.into_par_iter().map(read).collect();
            keeper.keep(yields.into_iter().collect::<Result<Vec<_>>>()?)?;
            let share = frame.height() as u128 * u128::from(print.bytes) / rows.rows().max(1) as u128;
            self.progress.advance(u64::try_from(share).unwrap_or_default());
        }
        Ok(())
    }
}
