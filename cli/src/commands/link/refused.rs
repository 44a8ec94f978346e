//! Rows of a source that cannot be read, kept whole.

use std::fs::File;
use std::path::PathBuf;

use wherewithal::ingest::Refusal;

use crate::failure::Failure;
use crate::files;

/// The file of the refused rows of one source, in the form of those that assess keeps; not made where there are none.
pub(super) struct RefusedRows {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    pub(super) count: usize,
    pub(super) first_line: u64,
}

impl RefusedRows {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, writer: None, count: 0, first_line: 0 }
    }

    pub(super) fn add(&mut self, refusal: &Refusal) -> Result<(), Failure> {
        if self.writer.is_none() {
            if let Some(folder) = self.path.parent() {
                files::make(folder)?;
            }
            let mut writer = csv::Writer::from_writer(files::create(&self.path)?);
            writer.write_record(["line", "column", "reason", "found", "expected", "is_escaped", "row"])?;
            self.writer = Some(writer);
            self.first_line = refusal.line();
        }
        let (line, escaped) = (refusal.line().to_string(), refusal.is_escaped().to_string());
        let (reason, found, expected) = (refusal.reason().name(), refusal.found(), refusal.expected());
        if let Some(writer) = &mut self.writer {
            writer.write_record([&line, "", reason, found, expected, &escaped, refusal.row()])?;
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
