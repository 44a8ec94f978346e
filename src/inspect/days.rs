//! Finds out how a column writes days.
//!
//! Patterns are tried on the distinct values. One that reads 95 % of them is the column's. Where two
//! patterns read all values as different days (`03/04/2017`), both are told and neither is taken; one value
//! above twelve in either place settles it.

use serde::{Deserialize, Serialize};

use super::dictionary::DictionaryColumn;
use super::vocabulary::Vocabulary;
use crate::domain::Day;
use crate::ingest::DayForm;

/// Values that a form must read for a column to be written in it.
const MOST: f64 = 0.95;
/// Different values on which a form without marks is told.
const LEAST: usize = 3;
/// Day numbers of spreadsheets that a file may hold: 1954 to 2064.
const SERIALS: (f64, f64) = (20_000.0, 60_000.0);

/// How a column writes days.
///
/// ```
/// use wherewithal::inspect::{DaySeen, InspectParams, inspect};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// let rows = "案号,到账日期,金额（元）\n（2017）苏0205执1号,03/04/2017,1\n（2017）苏0205执2号,05/06/2017,2\n\
///             （2017）苏0205执3号,07/08/2017,3\n";
/// std::fs::write(folder.join("到账.csv"), rows)?;
/// let inspection = inspect(folder, &InspectParams::default(), &Silent)?;
/// // Day or month first? Nothing in the file says it, so a person has to.
/// assert!(matches!(&inspection.tables[0].columns[1].days, DaySeen::Ambiguous(patterns) if patterns.len() == 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DaySeen {
    /// It holds none.
    #[default]
    None,
    /// Years first, as days are read where nothing is declared.
    YearFirst,
    /// In this pattern, and in no other of those tried.
    Pattern(String),
    /// As numbers of days, as spreadsheets count them.
    Serial,
    /// Months in this pattern, without a day.
    Month(String),
    /// In each of these patterns, which read different days.
    Ambiguous(Vec<String>),
}

impl DaySeen {
    /// The patterns of a rule that reads the column; `None` where none is sure.
    pub(super) fn patterns(&self) -> Option<Vec<String>> {
        match self {
            Self::YearFirst => Some(Vec::new()),
            Self::Pattern(pattern) => Some(vec![pattern.clone()]),
            Self::Serial => Some(vec!["excel_1900".to_owned()]),
            // A day that every month has, near its end, stands before the month.
            Self::Month(pattern) => Some(vec![format!("%d {pattern}")]),
            Self::None | Self::Ambiguous(_) => None,
        }
    }

    pub(super) const fn is_day(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// How a column writes days.
pub(super) fn seen(column: &DictionaryColumn) -> DaySeen {
    if column.texts.is_empty() {
        return DaySeen::None;
    }
    let known = Vocabulary::standard();
    let usual = DayForm::new::<&str>(&[]);
    if column.share(|text| usual.read(text).is_some()) >= MOST {
        return DaySeen::YearFirst;
    }
    let is_promised = known.is_of_days(&column.words);
    let is_marked = |pattern: &str| pattern.contains(['/', '.', '-', ':', ' ']);
    let may_be = |pattern: &&String| is_promised || is_marked(pattern) && column.texts.len() >= LEAST;
    let forms: Vec<_> = known.day_patterns().iter().filter(may_be).map(|pattern| (pattern, form(pattern))).collect();
    let fitting: Vec<_> =
        forms.iter().filter(|(_, form)| column.share(|text| form.read(text).is_some()) >= MOST).collect();
    match fitting.as_slice() {
        [] => {}
        [(pattern, _)] => return DaySeen::Pattern((*pattern).clone()),
        [(first, form), others @ ..] => {
            let differs = |other: &DayForm| column.texts.iter().any(|text| other.read(text) != form.read(text));
            if others.iter().all(|(_, other)| !differs(other)) {
                return DaySeen::Pattern((*first).clone());
            }
            return DaySeen::Ambiguous(fitting.iter().map(|(pattern, _)| (*pattern).clone()).collect());
        }
    }
    if !is_promised {
        return DaySeen::None;
    }
    let is_serial = |text: &str| text.parse().is_ok_and(|number: f64| SERIALS.0 <= number && number <= SERIALS.1);
    if column.share(is_serial) >= MOST {
        return DaySeen::Serial;
    }
    let is_month = |pattern: &&String| {
        let form = form(&format!("%d {pattern}"));
        let is_sane = |day: Day| (1980..=2100).contains(&day.year());
        column.share(|text| form.read(&format!("28 {text}")).is_some_and(is_sane)) >= MOST
    };
    known.month_patterns().iter().find(is_month).map_or(DaySeen::None, |pattern| DaySeen::Month(pattern.clone()))
}

fn form(pattern: &str) -> DayForm {
    DayForm::new(&[pattern])
}

/// The earliest and the latest day of a column.
pub(super) fn span(column: &DictionaryColumn, seen: &DaySeen) -> Option<(Day, Day)> {
    let form = DayForm::new(&seen.patterns()?);
    let is_month = matches!(seen, DaySeen::Month(_));
    let read = |text: &String| if is_month { form.read(&format!("28 {text}")) } else { form.read(text) };
    let mut days = column.texts.iter().filter_map(read);
    let first = days.next()?;
    Some(days.fold((first, first), |(least, most), day| (least.min(day), most.max(day))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::words::Words;

    fn column(name: &str, texts: &[&str]) -> DictionaryColumn {
        DictionaryColumn {
            name: name.to_owned(),
            words: Words::of_heading(name),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            counts: vec![1; texts.len()],
            ..DictionaryColumn::default()
        }
    }

    #[test]
    fn a_column_tells_how_it_writes_days_or_both_readings_are_said() {
        let pattern = |pattern: &str| DaySeen::Pattern(pattern.to_owned());
        for (name, texts, expected) in [
            ("日期", &["2017/7/18", "2017-7-18", "2017年7月18日", "20170718"][..], DaySeen::YearFirst),
            ("time", &["2017-07-18T23:30:00+08:00"], DaySeen::YearFirst),
            ("InvoiceDate", &["1/2/2013", "1/26/2013"], pattern("%m/%d/%Y")),
            ("date", &["930101", "961231"], pattern("%y%m%d")),
            ("issued", &["931107 00:00:00"], pattern("%y%m%d %H:%M:%S")),
            ("日期", &["42934", "42935.5"], DaySeen::Serial),
            ("缴费月份", &["201801", "201812"], DaySeen::Month("%Y%m".to_owned())),
            ("金额", &["42934", "42935"], DaySeen::None),
            ("日均余额", &["42934", "42935"], DaySeen::None),
            ("no", &["930101", "961231"], DaySeen::None),
        ] {
            assert_eq!(seen(&column(name, texts)), expected, "{name} {texts:?}");
        }
        let ambiguous = seen(&column("date", &["03/04/2017", "05/06/2017"]));
        assert_eq!(ambiguous, DaySeen::Ambiguous(vec!["%m/%d/%Y".to_owned(), "%d/%m/%Y".to_owned()]));
        assert!(matches!(seen(&column("date", &["101112", "111213"])), DaySeen::Ambiguous(_)));
        assert_eq!(seen(&column("date", &["03/03/2017"])), pattern("%m/%d/%Y"), "one day whatever comes first");
    }
}
