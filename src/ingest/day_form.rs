//! How a source writes days, as compiled patterns.

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
    pub fn new<T: AsRef<str>>(patterns: &[T]) -> Self {
        let declared: Vec<_> = patterns.iter().map(|pattern| DayPattern::new(pattern.as_ref())).collect();
        Self(if declared.is_empty() { vec![DayPattern::usual()] } else { declared })
    }

    /// The day that a cell with this text holds.
    pub fn read(&self, text: &str) -> Option<Day> {
        self.0.iter().find_map(|pattern| pattern.read(text))
    }
}
