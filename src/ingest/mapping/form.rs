//! Formats of rows, and encodings of text, that a mapping can declare.
//!
//! What a [`Form`] leaves open is found out from the file and told in its report: the format by the ending,
//! the encoding by the bytes, the delimiter by the header. What it declares is taken as said.

use encoding_rs::Encoding as Charset;
use serde::{Deserialize, Serialize};

/// The format of a file's rows.
///
/// Workbooks and databases are none of these: they are known by their first bytes, and a
/// [`SourceRule`](super::SourceRule) names a sheet or a relation of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Delimited text; a field may be quoted, a quote in it is doubled, and it may hold line ends.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The format that a path's ending stands for, `.gz` set aside.
    ///
    /// ```
    /// use wherewithal::ingest::Format;
    ///
    /// assert_eq!(Format::of_path("bank/Accounts.CSV.gz"), Some(Format::Csv));
    /// assert_eq!(Format::of_path("answers.jsonl"), Some(Format::Ndjson));
    /// assert_eq!(Format::of_path("book.xlsx"), None);
    /// ```
    pub fn of_path(path: &str) -> Option<Self> {
        match unpacked(path).rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" | "asc" | "txt" | "tsv" | "data" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// A path without the ending of a compressed file.
pub(in crate::ingest) fn unpacked(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((plain, ending)) if ending.eq_ignore_ascii_case("gz") => plain,
        _ => path,
    }
}

/// How characters are written in bytes.
///
/// ```
/// use wherewithal::ingest::Encoding;
///
/// assert_eq!(Encoding::default(), Encoding::Detect);
/// let chinese = Encoding::try_from("gbk".to_owned())?; // a label of the standard for the same encoding
/// assert!(matches!(chinese, Encoding::Given(_)));
/// assert!(Encoding::try_from("klingon".to_owned()).is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    /// UTF-8 or GB18030, whichever explains more of the file's lines; UTF-16 where its first two bytes say so.
    #[default]
    Detect,
    /// The encoding with this label of the WHATWG Encoding Standard, such as `gb18030` or `windows-1250`.
    Given(&'static Charset),
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(label: String) -> Result<Self, String> {
        if label == "detect" {
            return Ok(Self::Detect);
        }
        // Where bytes of line ends are parts of other characters, lines cannot be cut before they are decoded.
        Charset::for_label(label.as_bytes())
            .filter(|charset| charset.is_ascii_compatible() && *charset != encoding_rs::REPLACEMENT)
            .map(Self::Given)
            .ok_or_else(|| {
                format!("encoding: found {label}, expected detect, utf-8, gb18030 or another ASCII superset")
            })
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Detect => "detect".to_owned(),
            Encoding::Given(charset) => charset.name().to_ascii_lowercase(),
        }
    }
}

/// How a file is written. What is not set is found out or has its usual value.
///
/// ```
/// use wherewithal::ingest::Mapping;
///
/// let mapping = Mapping::parse("[form]\ndelimiter = '|'\nencoding = 'gb18030'\nskip_lines = 2\n")?;
/// assert_eq!((mapping.form.delimiter, mapping.form.skip_lines), (Some('|'), 2));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// The format; by the file's ending when absent, else CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The character between fields, ASCII. When absent, a comma (a tab in `.tsv`), or the one of
    /// `,` `;` `|` and tab under which alone the header has all columns that are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// How characters are written.
    pub encoding: Encoding,
    /// The columns of a file without a header; a CSV file has a header when this is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Lines above the header, such as a title.
    pub skip_lines: usize,
    /// The sheets of a workbook, by name or pattern; those that are not hidden when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The zone whose day counts for instants in Parquet files that name no zone of their own, such as `+08:00` or
    /// `Asia/Shanghai`, which it is when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether a compressed file is known to end early: its whole lines are read although no checksum vouches for them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            encoding: Encoding::Detect,
            columns: Vec::new(),
            skip_lines: 0,
            sheet: None,
            zone: None,
            truncated: false,
        }
    }
}

impl Form {
    /// The format of the file at `path` in this form.
    ///
    /// ```
    /// use wherewithal::ingest::{Form, Format};
    ///
    /// let form = Form::default();
    /// assert_eq!(form.format_of("a.parquet"), Format::Parquet);
    /// assert_eq!(form.format_of("no-ending"), Format::Csv);
    /// ```
    pub fn format_of(&self, path: &str) -> Format {
        self.format.or_else(|| Format::of_path(path)).unwrap_or(Format::Csv)
    }

    /// The byte between fields; a tab for `.tsv` unless it is set.
    ///
    /// ```
    /// use wherewithal::ingest::Form;
    ///
    /// assert_eq!(Form::default().delimiter_of("a.csv"), b',');
    /// assert_eq!(Form::default().delimiter_of("a.tsv.gz"), b'\t');
    /// assert_eq!(Form { delimiter: Some(';'), ..Form::default() }.delimiter_of("a.tsv"), b';');
    /// ```
    pub fn delimiter_of(&self, path: &str) -> u8 {
        let tab = unpacked(path).rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("tsv"));
        let usual = if tab { b'\t' } else { b',' };
        self.delimiter.and_then(|c| u8::try_from(c).ok()).unwrap_or(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_format_and_delimiter_from_the_ending() {
        assert_eq!(Format::of_path("a/b.NDJSON.gz"), Some(Format::Ndjson));
        assert_eq!(Format::of_path("trans.asc.gz"), Some(Format::Csv));
        assert_eq!(Format::of_path("README"), None);
        assert_eq!(Format::of_path("DEPOSITS.CSV.GZ"), Some(Format::Csv));
        assert_eq!(Form::default().delimiter_of("a.tsv.gz"), b'\t');
        assert_eq!(Form::default().delimiter_of("A.TSV"), b'\t');
    }

    #[test]
    fn knows_encodings_by_label_and_refuses_those_that_hide_line_ends() {
        let read = |label: &str| Encoding::try_from(label.to_owned());
        assert_eq!(read("gbk").unwrap(), Encoding::Given(encoding_rs::GBK));
        assert_eq!(String::from(read("gb18030").unwrap()), "gb18030");
        for label in ["utf-16le", "iso-2022-jp", "replacement", "gb"] {
            assert!(read(label).is_err(), "{label}");
        }
    }
}
