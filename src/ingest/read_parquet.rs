//! Reads Parquet files, groups of rows in parallel.
//!
//! A Parquet file is cut into groups of rows by whoever wrote it, and a group into pages by column. The
//! compressed pages of one group are read, decoded some rows at a time, and given to the same plan as rows
//! of text; so memory follows the group, not the file.

use rayon::prelude::*;

use super::collect::Collector;
use super::file_ingest::FileIngest;
use super::files::{Job, fingerprint};
use super::mapping::Form;
use super::plan::Plan;
use super::read::Context;
use super::rows::ParquetRows;
use crate::error::Result;

/// Rows that one thread reads at a time, at most and, where a group has as many, at least.
const STEP: (usize, usize) = (1 << 16, 1 << 12);

impl Context<'_> {
    /// Reads a Parquet file, some rows for each thread at a time.
    pub(super) fn read_parquet(&self, job: &Job<'_>, form: &Form, file_ingest: &mut FileIngest<'_>) -> Result<()> {
        file_ingest.file.format = "parquet".to_owned();
        let print = fingerprint(&job.path)?;
        (file_ingest.file.blake3, file_ingest.file.bytes) = (print.blake3, print.bytes);
        let rows = ParquetRows::open(&job.path, form, &self.params.bounds)?;
        file_ingest.file.notes.extend(rows.notes());
        let plan = Plan::new(job.rows, (&job.path, rows.names()), (&self.lookups, &self.sources.key))?;
        file_ingest.unused.extend(plan.unused().cloned());
        let threads = rayon::current_num_threads().max(1);
        for group in rows.groups() {
            let count = group.rows();
            let pages = group.pages()?;
            let bytes = pages.bytes();
            let step = self.params.group_rows.min(STEP.0.min(count.div_ceil(threads)).max(STEP.1));
            for start in (0..count).step_by(step * threads) {
                let slab = pages.decode(&(start..count.min(start + step * threads)))?;
                let read = |from: usize| {
                    let mut collector = Collector::new(&plan, file_ingest.file.ordinal, self.scratch_pool.lend());
                    slab.read(from..slab.rows().min(from + step), plan.used(), &mut collector);
                    collector.finish(&self.scratch_pool)
                };
                let parts: Vec<_> = (0..slab.rows()).step_by(step).collect();
                let yields: Vec<_> = parts.into_par_iter().map(read).collect();
                file_ingest.keep(yields.into_iter().collect::<Result<Vec<_>>>()?)?;
                let share = slab.rows() as u128 * u128::from(bytes) / count.max(1) as u128;
                self.progress.advance(u64::try_from(share).unwrap_or_default());
            }
        }
        Ok(())
    }
}
