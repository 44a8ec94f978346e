use std::collections::HashMap;

use rayon::prelude::*;

use super::collect::Collector;
use super::files::{Block, Blocks, Input, Job};
use super::keep::{Keeper, Yield};
use super::mapping::{Form, Format};
use super::plan::{Plan, needed_columns};
use super::read::Room;
use super::rows::{header, read_csv, read_ndjson};
use crate::error::Result;

/// Blocks for each thread in a wave.
const BLOCKS: usize = 4;

/// How the records of a text file are told apart.
enum Shape {
    Csv { delimiter: u8, width: usize },
    Ndjson(HashMap<String, usize>),
}

impl Room<'_> {
    /// Reads a CSV or NDJSON file.
    pub(super) fn read_text(
        &self,
        job: &Job<'_>,
        (form, format): (&Form, Format),
        keeper: &mut Keeper<'_>,
    ) -> Result<()> {
        let mut blocks = Blocks::new(Input::open(&job.path)?, &form.encoding, self.params.block_bytes);
        keeper.file.format = if format == Format::Csv { "csv" } else { "ndjson" }.to_owned();
        let mut first = blocks.next()?;
        let delimiter = form.delimiter_of(&job.name);
        let columns = match (&mut first, format) {
            (_, Format::Ndjson) => Some((needed_columns(job.rows), 0)),
            (_, _) if !form.columns.is_empty() => Some((form.columns.clone(), form.skip_lines)),
            (Some(block), _) => header_of(block, &mut blocks, (delimiter, form.skip_lines))?,
            (None, _) => None,
        };
        let mut damage = None;
        if let Some((columns, above)) = columns {
            let plan = Plan::new(job.rows, (&job.path, &columns), (&self.lookups, &self.sources.key))?;
            let shape = if format == Format::Csv {
                keeper.unused.extend(plan.unused().cloned());
                Shape::Csv { delimiter, width: columns.len() }
            } else {
                Shape::Ndjson(columns.into_iter().zip(0..).collect())
            };
            let first = first.map(|block| block.after(above));
            self.read_blocks((&mut blocks, first), (&plan, &shape), keeper)?;
        } else {
            damage = Some("no header line".to_owned());
        }
        keeper.file.encoding = blocks.charset().name().to_ascii_lowercase();
        let (print, cut) = blocks.finish()?;
        (keeper.file.blake3, keeper.file.bytes, keeper.file.damage) = (print.blake3, print.bytes, cut.or(damage));
        Ok(())
    }

    /// Reads a wave of blocks while the next one is fetched.
    ///
    /// Blocks are read as if each began a record; the rare one that does not is read again, so that what is accepted
    /// does not depend on where blocks end.
    fn read_blocks(
        &self,
        (blocks, first): (&mut Blocks, Option<Block>),
        plan: (&Plan, &Shape),
        keeper: &mut Keeper<'_>,
    ) -> Result<()> {
        let ordinal = keeper.file.ordinal;
        let mut wave: Vec<Block> = first.into_iter().collect();
        let mut left: Option<Block> = None;
        let mut seen = 0;
        while !wave.is_empty() {
            let read = || {
                wave.par_iter().with_max_len(1).map(|block| self.read_block(block, plan, ordinal)).collect::<Vec<_>>()
            };
            let (next, yields) = rayon::join(|| fetch(blocks), read);
            let mut kept = Vec::with_capacity(wave.len());
            for (block, result) in wave.into_iter().zip(yields) {
                let (block, (lines, given)) = match left.take() {
                    None => (block, result?),
                    Some(before) => {
                        let whole = before.joined(&block);
                        let result = self.read_block(&whole, plan, ordinal)?;
                        (whole, result)
                    }
                };
                kept.push(given);
                left = (lines < block.lines()).then(|| block.after(lines));
            }
            keeper.keep(kept)?;
            wave = next?;
            self.progress.advance(blocks.bytes_read() - seen);
            seen = blocks.bytes_read();
        }
        Ok(())
    }

    /// The lines read, and what they gave.
    fn read_block(&self, block: &Block, (plan, shape): (&Plan, &Shape), ordinal: u64) -> Result<(usize, Yield)> {
        let mut collector = Collector::new(plan, ordinal, self.desks.lend());
        let lines = match shape {
            Shape::Csv { delimiter, width } => read_csv(block, (*delimiter, *width), &mut collector),
            Shape::Ndjson(places) => read_ndjson(block, places, &mut collector),
        };
        Ok((lines, collector.finish(&self.desks)?))
    }
}

/// The names in the header and the lines up to its end; the block grows until it holds the whole header.
fn header_of(block: &mut Block, blocks: &mut Blocks, form: (u8, usize)) -> Result<Option<(Vec<String>, usize)>> {
    loop {
        match header(block, form.0, form.1) {
            Some(found) => return Ok(Some(found)),
            None => match blocks.next()? {
                Some(next) => block.extend(&next),
                None => return Ok(None),
            },
        }
    }
}

/// Some blocks for each thread, so that all are busy until the end of a wave.
fn fetch(blocks: &mut Blocks) -> Result<Vec<Block>> {
    let mut wave = Vec::new();
    while wave.len() < rayon::current_num_threads().max(1) * BLOCKS {
        match blocks.next()? {
            Some(block) => wave.push(block),
            None => break,
        }
    }
    Ok(wave)
}
