//! Delimited text as characters, before it is split into rows: encoding and delimiter are found out here
//! for whoever parts the text himself.

use std::path::Path;

use super::bytes::{Format, decoded, format, unpacked};
use super::text::delimiter;
use crate::error::{Error, Result};
use crate::ingest::only_file_of;

/// Delimited text as characters, for whoever parts it into rows.
#[derive(Clone)]
pub struct Delimited {
    /// All of the text, without a mark of byte order.
    pub text: String,
    /// How the bytes were read.
    pub encoding: String,
    /// The byte between fields, ASCII: of `,` `;` `|` and tab the one under which most of the first rows are as wide as
    /// the very first.
    pub delimiter: u8,
}

/// Without what stands in the text.
impl std::fmt::Debug for Delimited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delimited").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

impl Delimited {
    /// Reads a file in UTF-8, UTF-16 or GB18030, also gzipped or alone in a zip archive; one of nothing but blanks is
    /// no text.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read; [`Error::Format`] when it is no text.
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
    /// assert_eq!((read.text.as_str(), read.delimiter), ("姓名;b\n1;2\n", b';'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::io(path))?;
        let bytes = unpacked(path, only_file_of(path, &bytes)?.unwrap_or(bytes))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self { text: String::new(), encoding: "UTF-8".to_owned(), delimiter: b',' });
        }
        if format(path, &bytes)? != Format::Text {
            return Err(Error::format(path, "Parquet", "delimited text"));
        }
        let (text, encoding) = decoded(path, &bytes, None)?;
        let text = text.trim_start_matches('\u{feff}').to_owned();
        Ok(Self { delimiter: delimiter(&text), text, encoding: encoding.to_string() })
    }
}
