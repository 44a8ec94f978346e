//! How a source writes days, as compiled patterns.
//!
//! The public face of the patterns that `plan` reads days with: rooms that read tables without a mapping
//! (`inspect`, `tabular`) must take the same texts for days as a mapping would.

use super::plan::DayPattern;
use crate::domain::Day;

/// How a source writes days: the patterns of a rule, tried in order.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::ingest::DayForm;
///
/// let usual = DayForm::new::<&str>(&[]);
/// assert_eq!(usual.read("2017年7月18日"), Day::new(2017, 7, 18));
/// assert_eq!(usual.read("03/04/2017"), None); // which comes first is declared, not guessed
/// assert_eq!(DayForm::new(&["%d/%m/%Y"]).read("03/04/2017"), Day::new(2017, 4, 3));
/// ```
#[derive(Debug, Clone)]
pub struct DayForm(Vec<DayPattern>);

impl DayForm {
    /// These patterns, as [`ColumnRule::date`](super::ColumnRule::date) has them; years first when there are none.
    ///
    /// Nothing is wrong with a pattern that no text fits: such a form reads no day. A mapping's patterns
    /// are checked by [`Mapping::check`](super::Mapping::check).
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::ingest::DayForm;
    ///
    /// // Several patterns are tried in their order.
    /// let form = DayForm::new(&["%d.%m.%Y", "%Y%m%d"]);
    /// assert_eq!(form.read("18.07.2017"), Day::new(2017, 7, 18));
    /// assert_eq!(form.read("20170718"), Day::new(2017, 7, 18));
    /// // The day numbers of spreadsheets are declared too: a number alone could mean anything.
    /// assert_eq!(DayForm::new(&["excel_1900"]).read("42934"), Day::new(2017, 7, 18));
    /// ```
    pub fn new<T: AsRef<str>>(patterns: &[T]) -> Self {
        let declared: Vec<_> = patterns.iter().map(|pattern| DayPattern::new(pattern.as_ref())).collect();
        Self(if declared.is_empty() { vec![DayPattern::usual()] } else { declared })
    }

    /// The day that a cell with this text holds.
    ///
    /// `None` for a text that fits no pattern, and for a day that no calendar has.
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::ingest::DayForm;
    ///
    /// let usual = DayForm::new::<&str>(&[]);
    /// assert_eq!(usual.read("2017/7/18 09:30:00"), Day::new(2017, 7, 18)); // a time of day is dropped
    /// assert_eq!(usual.read("2017-02-29"), None);
    /// assert_eq!(usual.read(""), None);
    /// ```
    pub fn read(&self, text: &str) -> Option<Day> {
        self.0.iter().find_map(|pattern| pattern.read(text))
    }
}
