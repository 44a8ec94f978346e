//! Reads delimited text and NDJSON, blocks in parallel.
//!
//! A wave of blocks, a few for each thread, is read while the next wave is fetched from disk. Each block is
//! read as if a record began at its first line. Where a quoted cell runs over the end of a block, the lines
//! that were left over are read again together with the next block; so what is accepted does not depend on
//! the size of blocks.
//!
//! Where the delimiter is not declared, the header is tried under `,` `;` tab and `|`, and the one under
//! which alone all needed columns are found is taken and told.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bounds::Bounds;
use super::collect::Collector;
use super::content::{known, no_text};
use super::file_ingest::{FileIngest, Yield};
use super::files::{Block, Blocks, Ended, Job};
use super::mapping::{Form, Format};
use super::plan::{Plan, needed_columns};
use super::read::Context;
use super::refusal::{Fault, Reason};
use super::rows::{
    Fields, Head, LINES_ABOVE, Names, Raw, Shape, delimiter_of, delimiters, header, read_csv, read_ndjson,
    shown_delimiter,
};
use super::spelling::spelt;
use crate::error::{Error, Result};
use crate::sentence::says;

/// What a file of text is.
const TEXT: &str = "text, as its name says: name the file by what it is";
/// Blocks for each thread in a wave.
const BLOCKS: usize = 4;

/// How the records of a text file are told apart.
enum Records<'b> {
    Csv(Shape<'b>),
    Ndjson(HashMap<String, usize>, &'b Bounds),
}

/// What is known of a text file before its first row.
struct Start<'b> {
    plan: Plan,
    records: Records<'b>,
    /// The first rows; nothing where there are none.
    first: Option<Block>,
}

/// What was found where a header belongs.
enum Header {
    /// The header: what is to be done with its columns, the lines above it, and the lines up to its end.
    At {
        plan: Plan,
        above: usize,
        end: usize,
    },
    /// Lines that are none.
    Wrong(Error),
    Nothing,
}

impl Context<'_> {
    /// Reads a CSV or NDJSON file.
    pub(super) fn read_text(
        &self,
        job: &Job<'_>,
        (form, format): (&Form, Format),
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<()> {
        let bounds = &self.params.bounds;
        let mut blocks = Blocks::open(&job.path, form, (bounds, self.params.block_bytes))?;
        file_ingest.file.format = if format == Format::Csv { "csv" } else { "ndjson" }.to_owned();
        let start = match format {
            Format::Ndjson => Some(self.start_ndjson(job, &mut blocks)?),
            _ => self.start_csv(job, (form, &mut blocks), file_ingest)?,
        };
        let mut damage = None;
        match start {
            Some(start) => self.read_blocks((&mut blocks, start.first), (&start.plan, &start.records), file_ingest)?,
            None => damage = Some(says!("no header line")),
        }
        let Ended { print, encoding, damage: broken, notes, cut } = blocks.finish()?;
        if let Some(cut) = cut {
            let fault = Fault::line(Reason::Cut, "a line whose end is lost", "a whole line");
            file_ingest.refuse(cut.number, fault, Raw::Bytes(&cut.bytes))?;
        }
        file_ingest.file.notes.extend(notes);
        (file_ingest.file.blake3, file_ingest.file.bytes, file_ingest.file.encoding) =
            (print.blake3, print.bytes, encoding);
        let (declared, broken) = if form.truncated { (broken, None) } else { (None, broken) };
        file_ingest.file.notes.extend(declared.map(|damage| says!("as form.truncated says: {damage}", damage)));
        file_ingest.file.damage = broken.or(damage);
        Ok(())
    }

    fn plan(&self, job: &Job<'_>, columns: &[String]) -> Result<Plan> {
        if columns.len() > self.params.bounds.columns {
            let bound = ("columns", self.params.bounds.columns as u64);
            return Err(Bounds::exceeded(&job.path, format!("{} columns", columns.len()), bound));
        }
        Plan::new(job.rows, (&job.path, columns), (&self.lookups, &self.sources.key))
    }

    fn start_ndjson(&self, job: &Job<'_>, blocks: &mut Blocks<'_>) -> Result<Start<'_>> {
        let mut columns = needed_columns(job.rows);
        let first = blocks.next()?;
        if let Some(block) = &first {
            if let Some(found) = known(block.bytes()) {
                return Err(Error::format(&job.path, found, TEXT));
            }
            // The keys of the first objects say how the file spells them.
            let mut names = Names::default();
            read_ndjson(block, (&HashMap::new(), &self.params.bounds), &mut names);
            let names = names.into_inner();
            for column in &mut columns {
                if let Some(name) = spelt(&names, column) {
                    column.clone_from(name);
                }
            }
        }
        let plan = self.plan(job, &columns)?;
        let records = Records::Ndjson(columns.into_iter().zip(0..).collect(), &self.params.bounds);
        Ok(Start { plan, records, first })
    }

    /// Finds the header under the delimiter that is given; without one, under that which alone has all columns.
    fn start_csv(
        &self,
        job: &Job<'_>,
        (form, blocks): (&Form, &mut Blocks<'_>),
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<Option<Start<'_>>> {
        let Some(mut block) = blocks.next()? else { return Ok(None) };
        let usual = form.delimiter_of(&job.name);
        let (fields, bounds) = (Fields::Exact, &self.params.bounds);
        let shape = |mark: u8| Shape { delimiter: mark, width: 0, fields, bounds };
        let start = |mark: u8, plan: Plan, first: Block, file_ingest: &mut FileIngest<'_>| {
            file_ingest.unused.extend(plan.unused().cloned());
            let records = Records::Csv(Shape { width: plan.width(), ..shape(mark) });
            Ok(Some(Start { plan, records, first: Some(first) }))
        };
        if !form.columns.is_empty() {
            return start(usual, self.plan(job, &form.columns)?, block.after(form.skip_lines), file_ingest);
        }
        let others = if form.delimiter.is_none() { usize::MAX } else { 1 };
        let mut wrong = None;
        for mark in delimiters(usual).take(others) {
            match self.find_header(job, (shape(mark), form.skip_lines), (&mut block, blocks))? {
                Header::At { plan, above, end } => {
                    if mark != usual {
                        let shown = shown_delimiter(mark);
                        file_ingest
                            .file
                            .notes
                            .push(says!("read with {shown} between fields, under which it has the columns", shown));
                    }
                    if above > 0 {
                        file_ingest.file.notes.push(says!("{above} lines above the header are passed over", above));
                    }
                    return start(mark, plan, block.after(end), file_ingest);
                }
                Header::Wrong(error) => _ = wrong.get_or_insert(error),
                Header::Nothing => {}
            }
        }
        match (no_text(block.bytes()), wrong) {
            (Some(found), _) => Err(Error::format(&job.path, found, TEXT)),
            (None, Some(error)) => Err(parted(error, usual, block.decode().text())),
            (None, None) => Ok(None),
        }
    }

    /// Looks for the header: the first line that has all columns that the rules name, below titles that have not.
    fn find_header(
        &self,
        job: &Job<'_>,
        (shape, skip): (Shape<'_>, usize),
        (block, blocks): (&mut Block, &mut Blocks<'_>),
    ) -> Result<Header> {
        let (mut above, mut wrong) = (skip, None);
        while above <= skip + LINES_ABOVE {
            match header(block, shape, above) {
                Head::Names(columns, end) => match self.plan(job, &columns) {
                    Ok(plan) => return Ok(Header::At { plan, above: above - skip, end }),
                    Err(error @ Error::Format { .. }) => {
                        wrong.get_or_insert(error);
                        above = end;
                    }
                    Err(error) => return Err(error),
                },
                Head::Broken(line, found) => {
                    let found = format!("line {line}: {found}");
                    wrong.get_or_insert_with(|| Error::format(&job.path, found, "a header line"));
                    above = line;
                }
                Head::More => match blocks.next()? {
                    Some(next) => block.extend(&next),
                    None => break,
                },
                Head::Nothing => break,
            }
        }
        Ok(wrong.map_or(Header::Nothing, Header::Wrong))
    }

    /// Reads a wave of blocks while the next one is fetched.
    ///
    /// Blocks are read as if each began a record; the rare one that does not is read again, so that what is accepted
    /// does not depend on where blocks end.
    fn read_blocks(
        &self,
        (blocks, first): (&mut Blocks<'_>, Option<Block>),
        plan: (&Plan, &Records<'_>),
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<()> {
        let ordinal = file_ingest.file.ordinal;
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
            file_ingest.keep(kept)?;
            wave = next?;
            self.progress.advance(blocks.bytes_read() - seen);
            seen = blocks.bytes_read();
        }
        Ok(())
    }

    /// The lines read, and what they gave.
    fn read_block(
        &self,
        block: &Block,
        (plan, records): (&Plan, &Records<'_>),
        ordinal: u64,
    ) -> Result<(usize, Yield)> {
        let mut collector = Collector::new(plan, ordinal, self.scratch_pool.lend());
        let lines = match records {
            Records::Csv(shape) => read_csv(block, *shape, &mut collector),
            Records::Ndjson(places, bounds) => read_ndjson(block, (places, bounds), &mut collector),
        };
        Ok((lines, collector.finish(&self.scratch_pool)?))
    }
}

/// An error about a header, with the delimiter that most lines seem to have where it is another.
fn parted(error: Error, usual: u8, text: &str) -> Error {
    match (error, delimiter_of(text).filter(|mark| *mark != usual)) {
        (Error::Format { path, location, found, expected }, Some(mark)) => {
            let shown = shown_delimiter(mark);
            let expected = says!(
                "{expected}; fields seem to be parted by {shown}, which form.delimiter = {shown} in a mapping says",
                expected,
                shown
            );
            Error::Format { path, location, found, expected }
        }
        (error, _) => error,
    }
}

/// Some blocks for each thread, so that all are busy until the end of a wave.
fn fetch(blocks: &mut Blocks<'_>) -> Result<Vec<Block>> {
    let mut wave = Vec::new();
    while wave.len() < rayon::current_num_threads().max(1) * BLOCKS {
        match blocks.next()? {
            Some(block) => wave.push(block),
            None => break,
        }
    }
    Ok(wave)
}
