//! Columns in which every row fails: the mapping says another form than the file has.

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
    pub fn misread(&self) -> Option<&RefusalCount> {
        self.refusals.iter().find(|count| count.reason.is_of_form() && count.rows == self.rows_read)
    }
}

impl IngestReport {
    /// What is to be said of columns in which every row fails: the form they are read in, and how they are written.
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
