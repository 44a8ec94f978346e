//! Reads sheets of workbooks.
//!
//! The header is the first row that has all columns the rules name, so titles above it need not be
//! declared. Hidden rows and columns are read like others and told, since people hide what they do not want
//! to print. A fault names the cell as a spreadsheet does: row 17, column `余额 [C]`.

use super::collect::Collector;
use super::file_ingest::FileIngest;
use super::files::{Job, fingerprint};
use super::mapping::Form;
use super::plan::Plan;
use super::read::Context;
use super::refusal::{Fault, Reason};
use super::rows::{Cell, Raw, RowVisitor, SheetRow, SheetRows, Workbook, letters};
use crate::error::{Error, Result};
use crate::sentence::says;

/// Rows that are handed on together.
const STEP: u64 = 1 << 14;
/// Rows among which the header is looked for.
const ROWS_ABOVE: u64 = 32;

impl Context<'_> {
    /// Reads a sheet of a workbook.
    pub(super) fn read_sheet(
        &self,
        (job, sheet): (&Job<'_>, &str),
        form: &Form,
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<()> {
        file_ingest.file.format = "sheet".to_owned();
        let print = fingerprint(&job.path)?;
        // Sheets of one workbook are not the same.
        let digest = blake3::hash([&print.blake3, "/", sheet].concat().as_bytes());
        (file_ingest.file.blake3, file_ingest.file.bytes) = (digest.to_hex().to_string(), print.bytes);
        let mut book = Workbook::open(&job.path, &self.params.bounds)?;
        if book.sheets().iter().any(|known| known.name == *sheet && !known.is_visible) {
            file_ingest.file.notes.push(says!("the sheet is hidden: its rows are read like others"));
        }
        let mut rows = book.rows(sheet)?;
        let start = self.start_sheet(job, (form, &mut rows), file_ingest).map_err(|error| of_sheet(error, sheet))?;
        let Some((plan, names)) = start else {
            file_ingest.file.notes.push(says!("nothing stands in the sheet"));
            return Ok(());
        };
        file_ingest.unused.extend(plan.unused().cloned());
        let letter = |name: &str| names.iter().position(|known| known == name).map(letters);
        let (mut is_over, mut merged, mut hidden) = (false, 0, 0);
        while !is_over {
            let mut collector = Collector::new(&plan, file_ingest.file.ordinal, self.scratch_pool.lend());
            for _ in 0..STEP {
                let Some(row) = rows.next_row()? else {
                    is_over = true;
                    break;
                };
                merged += row.filled.len();
                hidden += u64::from(row.is_hidden);
                give(row, (&plan, &names), &mut collector);
            }
            let (frames, mut found) = collector.finish(&self.scratch_pool)?;
            found.refusals.iter_mut().for_each(|refusal| refusal.locate(letter));
            file_ingest.keep([(frames, found)])?;
        }
        if merged > 0 {
            file_ingest.file.notes.push(says!("{merged} cells have the value of a cell above that spans them", merged));
        }
        file_ingest.file.notes.extend(rows.notes(hidden, names.len()));
        self.progress.advance(print.bytes);
        Ok(())
    }

    /// Finds the header: the first row that has all columns that the rules name, below titles that have not.
    fn start_sheet(
        &self,
        job: &Job<'_>,
        (form, rows): (&Form, &mut SheetRows<'_>),
        file_ingest: &mut FileIngest<'_>,
    ) -> Result<Option<(Plan, Vec<String>)>> {
        let plan = |names: &[String]| Plan::new(job.rows, (&job.path, names), (&self.lookups, &self.sources.key));
        let mut wrong = None;
        if !form.columns.is_empty() {
            rows.skip_to(form.skip_lines as u64 + 1)?;
            return Ok(Some((plan(&form.columns)?, form.columns.clone())));
        }
        rows.skip_to(form.skip_lines as u64 + 1)?;
        while let Some(row) = rows.next_row()? {
            let (number, names) = (row.number, names(row));
            match plan(&names) {
                Ok(plan) => {
                    let above = number - 1 - form.skip_lines as u64;
                    if above > 0 {
                        file_ingest.file.notes.push(says!("{above} rows above the header are passed over", above));
                    }
                    return Ok(Some((plan, names)));
                }
                Err(error @ Error::Format { .. }) if number <= form.skip_lines as u64 + ROWS_ABOVE => {
                    wrong.get_or_insert(error);
                }
                Err(error) => return Err(wrong.unwrap_or(error)),
            }
        }
        wrong.map_or(Ok(None), Err)
    }
}

/// An error about a sheet, which its file alone does not name.
fn of_sheet(error: Error, sheet: &str) -> Error {
    match error {
        Error::Format { path, found, expected, .. } => {
            let location = says!("sheet {sheet}: ", sheet);
            Error::Format { path, location, found, expected }
        }
        other => other,
    }
}

/// The names in a header, up to the last that is not empty.
fn names(row: SheetRow) -> Vec<String> {
    let cells = row.values.into_iter().map(|value| value.unwrap_or(Cell::Null));
    let mut names: Vec<_> = cells.map(|cell| cell.text().unwrap_or_default().into_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

/// Gives a row to the collector; a value that cannot be read refuses it where a rule reads its column.
fn give(row: SheetRow, (plan, names): (&Plan, &[String]), collector: &mut Collector<'_, '_>) {
    let fault = fault(&row, plan, names);
    let mut cells: Vec<_> = row.values.into_iter().map(|value| value.unwrap_or_else(|odd| odd.shown)).collect();
    cells.resize(cells.len().max(names.len()), Cell::Null);
    let raw = Raw::Cells(names, &cells);
    match fault {
        None => collector.row(row.number, cells.get(..names.len()).unwrap_or(&cells), raw),
        Some(fault) => collector.broken(row.number, fault, raw),
    }
}

fn fault(row: &SheetRow, plan: &Plan, names: &[String]) -> Option<Fault> {
    for (at, value) in row.values.iter().enumerate() {
        let name = || names.get(at).cloned().unwrap_or_default();
        match value {
            Ok(cell) if at >= names.len() && cell.text().is_some() => {
                let found = format!("a value in column {}", letters(at));
                return Some(Fault::line(Reason::Fields, found, "none right of the header"));
            }
            Err(odd) if plan.used().get(at) == Some(&true) => {
                return Some(Fault { column: name(), ..odd.fault.clone() });
            }
            _ => {}
        }
    }
    // An amount that is meant for several rows would count several times.
    let amount = row.filled.iter().find(|at| plan.amounts().get(**at) == Some(&true))?;
    let column = names.get(*amount).cloned().unwrap_or_default();
    let fault = Fault::line(Reason::Type, "a cell that spans several rows", "an amount for each row");
    Some(Fault { column, ..fault })
}
