//! Limits on what sources may hold, so that no folder takes all memory, time or disk.
//!
//! Every reader of outside bytes asks a [`Bounds`] before it takes more of them. A bound is never silent: a
//! row beyond one is refused with the reason `size`, and a file beyond one is an error whose text names the
//! file, what was found, and the setting `bounds.…` that would allow it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// How much of anything the sources may hold, so that no folder takes all memory, time or disk.
///
/// A line or cell past its bound refuses its row. A file or folder past its bound is an error that names it and the
/// bound; set the bound higher, in the table `bounds` of a mapping, where the source is known to be right.
///
/// | setting | usual value | what passes it |
/// |---|---|---|
/// | `line_bytes` | 16 MiB | the row is refused |
/// | `cell_bytes` | 1 MiB | the row is refused |
/// | `cell_lines` | 64 | the row is refused: the quote was never closed |
/// | `columns` | 4,096 | the file is an error |
/// | `unpacked_bytes` | 1 TiB | the file is an error |
/// | `unpacked_ratio` | 400 | the file is an error |
/// | `folder_depth` | 16 | the folder is an error |
/// | `files` | 100,000 | the folder is an error |
/// | `row_group_rows` | 2²⁶ | the file is an error |
/// | `row_group_bytes` | 512 MiB | the file is an error |
/// | `page_bytes` | 256 MiB | the file is an error |
/// | `refused_bytes` | 1 GiB | further refused rows are counted and not kept |
///
/// # Examples
///
/// A mapping sets single bounds; the others keep their usual value.
///
/// ```
/// use wherewithal::ingest::{Bounds, Mapping};
///
/// let mapping = Mapping::parse("name = 'a bank'\n[bounds]\ncolumns = 20000\n")?;
/// let bounds = mapping.bounds.unwrap_or_default();
/// assert_eq!(bounds.columns, 20_000);
/// assert_eq!(bounds.cell_lines, Bounds::default().cell_lines);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// Bytes of a line of text.
    pub line_bytes: usize,
    /// Bytes of a cell.
    pub cell_bytes: usize,
    /// Line ends within a quoted cell.
    pub cell_lines: usize,
    /// Columns of a file.
    pub columns: usize,
    /// Bytes that a compressed file unpacks to.
    pub unpacked_bytes: u64,
    /// How many times its own size a compressed file unpacks to; files below a megabyte unpacked are not asked.
    pub unpacked_ratio: u64,
    /// Folders within folders.
    pub folder_depth: usize,
    /// Files of a folder and the folders below it.
    pub files: usize,
    /// Rows in a row group of a Parquet file.
    pub row_group_rows: usize,
    /// Bytes in a row group of a Parquet file, as it lies there.
    pub row_group_bytes: usize,
    /// Bytes of an unpacked page of a Parquet file.
    pub page_bytes: usize,
    /// Bytes of refused rows that are kept of a file; what is refused beyond them is counted and not kept,
    /// with 0 all of it: refused rows hold what the sources say in clear.
    pub refused_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            line_bytes: 16 << 20,
            cell_bytes: 1 << 20,
            cell_lines: 64,
            columns: 4_096,
            unpacked_bytes: 1 << 40,
            unpacked_ratio: 400,
            folder_depth: 16,
            files: 100_000,
            row_group_rows: 1 << 26,
            row_group_bytes: 512 << 20,
            page_bytes: 256 << 20,
            refused_bytes: 1 << 30,
        }
    }
}

impl Bounds {
    pub(super) fn check(&self) -> Result<()> {
        let small = [
            ("line_bytes", self.line_bytes),
            ("cell_bytes", self.cell_bytes),
            ("columns", self.columns),
            ("files", self.files),
            ("row_group_rows", self.row_group_rows),
            ("row_group_bytes", self.row_group_bytes),
            ("page_bytes", self.page_bytes),
        ];
        match small.into_iter().find(|(_, value)| *value == 0) {
            Some((name, value)) => Err(Error::setting(says!("bounds.{name}", name), value, "at least 1")),
            None => Ok(()),
        }
    }

    /// The error of a file that holds more than a bound allows.
    pub(super) fn exceeded(path: &std::path::Path, found: impl Into<Sentence>, (name, bound): (&str, u64)) -> Error {
        Error::format(path, found, says!("at most {bound}; bounds.{name} sets it", bound, name))
    }
}
