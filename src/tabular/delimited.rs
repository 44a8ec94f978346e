//! Delimited text by its rows, for whoever wants the good ones and keeps the others.

use std::borrow::Cow;
use std::path::Path;

use super::bytes::{Format, format, unpacked};
use super::text::delimiter;
use crate::error::{Error, Result};
use crate::ingest::{Parting, Refusal, TextLines, only_file_of};

/// A file of delimited text: its header, and what its rows are parted by.
pub struct Delimited {
    /// The names in the first line that is not blank; none where the file is empty.
    pub names: Vec<String>,
    /// How the bytes were read.
    pub encoding: String,
    /// The byte between fields, ASCII: of `,` `;` `|` and tab the one under which most of the first rows are as wide as
    /// the very first.
    pub delimiter: u8,
    lines: TextLines,
    above: usize,
}

/// Without what stands in the text.
impl std::fmt::Debug for Delimited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delimited").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

impl Delimited {
    /// Reads a file in UTF-8, UTF-16 or GB18030, also gzipped or alone in a zip archive; the encoding is the one that
    /// explains most lines. A file of nothing but blanks has no names and no rows.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read; [`Error::Format`] when it is no text, or has no header.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::tabular::Delimited;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.csv");
    /// std::fs::write(&path, b"\xd0\xd5\xc3\xfb;b\n1;2\n")?;
    /// let read = Delimited::read(&path)?;
    /// assert_eq!((read.names[0].as_str(), read.delimiter), ("姓名", b';'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::io(path))?;
        let bytes = unpacked(path, only_file_of(path, &bytes)?.unwrap_or(bytes))?;
        let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
        if !is_blank && format(path, &bytes)? != Format::Text {
            return Err(Error::format(path, "Parquet", TEXT));
        }
        let lines = TextLines::new(&bytes);
        if lines.look(|text| text.contains('\0')) {
            return Err(Error::format(path, "bytes that are no text", TEXT));
        }
        let delimiter = lines.look(delimiter);
        let (names, above) = match lines.header(delimiter) {
            Some(found) => found,
            None if is_blank => (Vec::new(), 0),
            None => return Err(Error::format(path, "a first line whose quotes do not close", "the names of columns")),
        };
        Ok(Self { names, encoding: lines.encoding.to_owned(), delimiter, lines, above })
    }

    /// Gives each row with the number of its first line: its cells, trimmed, as many as there are names or more (empty
    /// ones), or why it is none.
    ///
    /// A line that is no text in the encoding, has too few or too many fields, or whose quote is never closed costs
    /// itself and no other.
    ///
    /// ```
    /// use wherewithal::tabular::Delimited;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("a.csv");
    /// std::fs::write(&path, "a,b\n1,\"2\n3,4\n")?;
    /// let (mut cells, mut refused) = (Vec::new(), Vec::new());
    /// Delimited::read(&path)?.each_row(&mut |line, row| match row {
    ///     Ok(row) => cells.push((line, row.join("|"))),
    ///     Err(refusal) => refused.push(refusal.line()),
    /// });
    /// assert_eq!((cells, refused), (vec![(3, "3|4".to_owned())], vec![2]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn each_row(self, take: &mut dyn FnMut(u64, Result<&[Cow<'_, str>], Refusal>)) {
        let parting =
            Parting { delimiter: self.delimiter, width: self.names.len(), above: self.above, is_strict: true };
        self.lines.each_record(parting, take);
    }
}

const TEXT: &str = "delimited text";
