//! Columns in which every row fails: the mapping says another form than the file has.
//!
//! One refused amount is a fault of a row. A column in which each of a thousand amounts is refused is a
//! fault of the mapping, and the person needs to hear how the values are written. The values themselves are
//! nobody's to see, so a report keeps their shapes: `9,999.99`, `99年9月`, `AAA`.

use super::refusal::Reason;
use super::report::{FileReport, IngestReport, RefusalCount};
use crate::sentence::{Sentence, says};

/// As many values are shown as tell how a column is written.
pub(super) const SHAPES: usize = 3;
/// Longer values are cut.
const LONG: usize = 24;

/// How a value is written, without the value: a figure as 9, a letter as A, a Chinese character as 字.
pub(crate) fn shape(value: &str) -> String {
    let masked = |c: char| match c {
        c if c.is_numeric() => '9',
        c if c.is_ascii_alphabetic() => 'A',
        c if c.is_alphabetic() && !matches!(c, '年' | '月' | '日' | '元' | '万' | '亿') => '字',
        c => c,
    };
    let cut = value.chars().nth(LONG).map_or("", |_| "…");
    value.chars().take(LONG).map(masked).collect::<String>() + cut
}

impl Reason {
    /// Whether a value was read in a form that the mapping says or that is usual.
    pub(super) const fn is_of_form(self) -> bool {
        matches!(self, Self::Day | Self::Money | Self::Integer | Self::Number | Self::Share | Self::Flag)
    }
}

impl FileReport {
    /// The column in which every row fails in the form it is read in, if there is one.
    ///
    /// It is looked for among the columns with days, amounts, numbers, shares and flags, where the form is
    /// declared by the mapping.
    pub fn misread(&self) -> Option<&RefusalCount> {
        self.refusals.iter().find(|count| count.reason.is_of_form() && count.rows == self.rows_read)
    }
}

impl IngestReport {
    /// What is to be said of columns in which every row fails: the form they are read in, and how they are written.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::domain::PseudonymKey;
    /// use wherewithal::ingest::{self, ReadParams, Sources};
    /// use wherewithal::progress::Silent;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
    /// # std::fs::create_dir(&sources)?;
    /// let rows = "case_id,event_on,known_at,amount_fen,manner\n\
    ///             （2017）苏0205执1号,03/07/2017,2017-07-04,250000,voluntary\n";
    /// std::fs::write(sources.join("payments.csv"), rows)?;
    /// let sources = Sources::new(sources, PseudonymKey::from_secret(b"of this court"));
    /// let (_, report) = ingest::read(&sources, &ReadParams::new(&out), &Silent)?;
    ///
    /// let said = report.misread();
    /// assert_eq!(said.len(), 1);
    /// assert!(said[0].to_string().contains("99/99/9999"), "{}", said[0]);
    /// assert!(!said[0].to_string().contains("03/07"), "no value is repeated");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn misread(&self) -> Vec<Sentence> {
        let columns = self.files.iter().filter_map(|file| Some((file, file.misread()?)));
        let words = columns.map(|(file, count)| {
            says!(
                "{}, column {}: all {} rows are refused: found {}, expected {}; say in the mapping how the column is \
                 written",
                [&file.file, &count.column, count.rows, count.shapes.join(", "), Sentence::from(&count.expected)]
            )
        });
        words.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_show_the_form_and_no_value() {
        assert_eq!(shape("2/3/2017"), "9/9/9999");
        assert_eq!(shape("2017年7月18日"), "9999年9月99日");
        assert_eq!(shape("1.234,50 EUR"), "9.999,99 AAA");
        assert_eq!(shape("王小明 11010519491231002X"), "字字字 99999999999999999A");
        assert_eq!(shape(&"1".repeat(40)).chars().count(), 25);
    }
}
