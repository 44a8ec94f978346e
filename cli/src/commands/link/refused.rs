//! Rows of a source that cannot be read, kept whole.

use std::fs::File;
use std::path::PathBuf;

use crate::failure::Failure;

/// Lines that a quoted cell may take; a quote open for longer was never meant as one.
const LINES_IN_A_CELL: usize = 16;

/// The file of the refused rows of one source, in the form of those that assess keeps; not made where there are none.
pub(super) struct RefusedRows {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    pub(super) count: usize,
    pub(super) first_line: u64,
}

/// Why a row is refused.
pub(super) struct Why {
    reason: &'static str,
    found: String,
    expected: String,
}

impl Why {
    /// What is wrong with a row of a table that is so wide; `is_odd` says that a quote of the file is never closed.
    pub(super) fn of(row: &csv::StringRecord, (width, is_odd): (usize, bool)) -> Option<Self> {
        let lines = row.iter().map(|cell| 1 + cell.matches('\n').count().max(cell.matches('\r').count())).max();
        let lines = lines.unwrap_or_default();
        if lines > LINES_IN_A_CELL || lines > 1 && is_odd {
            let found = format!("a quote that runs over {lines} lines");
            let expected = format!("cells of at most {LINES_IN_A_CELL} lines, every quote closed");
            return Some(Self { reason: "quote", found, expected });
        }
        let is_surplus = row.iter().skip(width).any(|cell| !cell.is_empty());
        let expected = format!("{width} fields, as the header has");
        (row.len() < width || is_surplus).then(|| Self {
            reason: "fields",
            found: format!("{} fields", row.len()),
            expected,
        })
    }
}

impl RefusedRows {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, writer: None, count: 0, first_line: 0 }
    }

    pub(super) fn add(&mut self, line: u64, why: &Why, raw: &str) -> Result<(), Failure> {
        if self.writer.is_none() {
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder).map_err(Failure::io(folder))?;
            }
            let mut writer = csv::Writer::from_writer(File::create(&self.path).map_err(Failure::io(&self.path))?);
            writer.write_record(["line", "column", "reason", "found", "expected", "is_escaped", "row"])?;
            self.writer = Some(writer);
            self.first_line = line;
        }
        let line = line.to_string();
        let record = [&line, "", why.reason, &why.found, &why.expected, "false", raw.trim_end_matches(['\r', '\n'])];
        if let Some(writer) = &mut self.writer {
            writer.write_record(record)?;
        }
        self.count += 1;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush().map_err(Failure::io(&self.path))?;
        }
        Ok(())
    }

    /// Where the rows are kept.
    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }
}
