//! Decides what kind a column is: number, day, category, identifier.
//!
//! The kind is what most values are, with room for a few odd ones: a column of incomes with one `见附件` stays
//! a column of numbers, in which one value is odd and told. A column of two hundred numbers and half as
//! many words is one of levels. Numbers that only count rows or tell who somebody is are identifiers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::moment::{DayOrder, moment};
use super::number::{Decimal, number};
use super::{TableParams, WrittenColumn, described, missing, shown};
use crate::domain::without_point;
use crate::sentence::{Sentence, says};

/// Odd values up to this share of the known ones leave a column one of numbers or of days.
const ODD_SHARE: f64 = 0.05;

/// A few words may stand in more rows of a column with many different numbers: words, share of rows, numbers.
const CODE_WORDS: (usize, f64, usize) = (5, 0.5, 20);

/// Rows from which on a column without repetition is taken for an identifier.
const IDENTIFIER_ROWS: u64 = 20;

/// The distinct share of an identifier's values.
const IDENTIFIER_SHARE: f64 = 0.95;

/// Digits of an identifier that is a whole number.
const IDENTIFIER_DIGITS: usize = 12;

/// Years of days that are written as eight digits.
const PACKED_YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// Words that an account names one by one.
const NAMED_WORDS: usize = 5;

/// What kind of column this is.
///
/// ```
/// use wherewithal::tabular::{ColumnKind, TableParams, WrittenTable};
///
/// let row = |i: usize| format!("{i},{},2018-06-{i:02},{}\n", 900 + i % 7 * 100, ["a", "b"][i % 2]);
/// let rows: String = (1..=30).map(row).collect();
/// let text = format!("row,income,day,kind\n{rows}").into_bytes();
/// let table = WrittenTable::from_bytes("t.csv", text, &TableParams::default())?;
/// let kind = |name: &str| Ok::<_, wherewithal::Error>(table.column(name)?.read(None, &TableParams::default()).kind);
/// assert_eq!((kind("row")?, kind("income")?), (ColumnKind::Identifier, ColumnKind::Number));
/// assert_eq!((kind("day")?, kind("kind")?), (ColumnKind::Day, ColumnKind::Category));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Quantities.
    Number,
    /// Levels.
    Category,
    /// Days or moments: no feature by themselves.
    Day,
    /// Every row its own: says who, not how.
    Identifier,
    /// One value in every row.
    Constant,
    /// Nothing known.
    Empty,
}

/// A word that stands for no value, and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word as it is written.
    pub word: String,
    /// The first row that has it, counted from 1.
    pub first_row: usize,
    /// Rows that have it.
    pub rows: u64,
}

/// A column as a learner reads it, and an account of all its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadColumn<'t> {
    /// The column's name.
    pub name: &'t str,
    /// What it is.
    pub kind: ColumnKind,
    /// Rows with a value.
    pub known: u64,
    /// Distinct values.
    pub distinct: usize,
    /// Words for "unknown", the most frequent first.
    pub missing: Vec<Word>,
    /// Infinite numbers, read as missing.
    pub infinite: u64,
    /// What is no number (no day) in a column of them, read as missing, the most frequent first.
    pub odd: Vec<Word>,
    /// Numbers written with a percent sign, read as hundredths.
    pub percent: u64,
    /// Numbers in brackets, read as negative.
    pub brackets: u64,
    /// Numbers with 千, 万 or 亿, read as so many times as much.
    pub units: u64,
    /// Days written as eight digits, as `20180701` is: in a column that is read as days, or that was declared to be
    /// numbers and would be read so; 0 unless that is nearly all of it.
    pub packed_days: u64,
    /// In a column of no numbers, rows that would be some were the comma their decimal sign
    /// ([`TableParams::decimal_comma`]); 0 unless that is most of them.
    pub comma: u64,
    /// One number per row, NaN where unknown; empty unless the kind is [`ColumnKind::Number`] or it was asked for.
    pub numbers: Vec<f64>,
    /// One level per row; empty unless the kind is [`ColumnKind::Category`] or it was asked for.
    pub levels: Vec<Option<&'t str>>,
}

/// What a distinct text is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Missing,
    /// Missing beside numbers, a level among levels.
    Dash,
    Number(f64),
    Infinite,
    Text,
}

/// The distinct texts of a column, what each is and how many rows have it.
struct DistinctCells<'t> {
    column: &'t WrittenColumn,
    cells: Vec<Cell>,
    counts: Vec<u64>,
}

impl WrittenColumn {
    /// Reads the column as `declared`, or as what most of its values are.
    ///
    /// What was declared is kept even where no value fits it: the account then says that all are odd.
    pub fn read(&self, declared: Option<ColumnKind>, params: &TableParams) -> ReadColumn<'_> {
        let met = DistinctCells::new(self, params);
        let kind = declared.unwrap_or_else(|| met.kind());
        match kind {
            ColumnKind::Number => met.numbers(kind),
            ColumnKind::Category => met.levels(kind),
            _ => met.account(kind, |cell| matches!(cell, Cell::Missing | Cell::Dash)),
        }
    }
}

impl WrittenColumn {
    /// What most values of some rows are, by the places of these: rows that nothing is learnt from say nothing of it.
    pub fn kind(&self, rows: &[usize], params: &TableParams) -> ColumnKind {
        DistinctCells::new(&self.taken(rows), params).kind()
    }
}

impl<'t> DistinctCells<'t> {
    fn new(column: &'t WrittenColumn, params: &TableParams) -> Self {
        let cell = |text: &String| match number(text, params.decimal()) {
            _ if missing::anywhere(text, &params.missing) => Cell::Missing,
            _ if missing::among_numbers(text) => Cell::Dash,
            Some(number) if number.is_infinite() => Cell::Infinite,
            Some(number) => Cell::Number(number),
            None => Cell::Text,
        };
        Self { column, cells: column.texts().iter().map(cell).collect(), counts: column.counts() }
    }

    /// Rows and distinct texts of the cells that are so.
    fn tally(&self, is_so: impl Fn(&Cell) -> bool) -> (u64, usize) {
        let those = self.cells.iter().zip(&self.counts).filter(|(cell, _)| is_so(cell));
        those.fold((0, 0), |(rows, texts), (_, count)| (rows + count, texts + 1))
    }

    fn kind(&self) -> ColumnKind {
        let numbers = self.tally(|cell| matches!(cell, Cell::Number(_)));
        let infinite = self.tally(|cell| *cell == Cell::Infinite);
        let texts = self.tally(|cell| *cell == Cell::Text);
        let gaps = self.tally(|cell| *cell == Cell::Missing);
        let dashes = self.tally(|cell| *cell == Cell::Dash);
        if is_few(texts, numbers) && numbers.0 > 0 {
            return match (gaps.0 + dashes.0 + infinite.0 + texts.0, numbers.1) {
                (0, 1) => ColumnKind::Constant,
                _ if self.packed_days() > 0 => ColumnKind::Day,
                _ if self.is_row_number(numbers) || self.is_long_number(numbers) => ColumnKind::Identifier,
                _ => ColumnKind::Number,
            };
        }
        if texts.0 == 0 && dashes.1 <= 1 && numbers.0 == 0 {
            return ColumnKind::Empty;
        }
        let levels = (texts.0 + dashes.0 + numbers.0, texts.1 + dashes.1 + numbers.1);
        if self.is_days(texts) {
            ColumnKind::Day
        } else if levels.1 == 1 && gaps.0 == 0 {
            ColumnKind::Constant
        } else if levels.0 >= IDENTIFIER_ROWS && levels.1 as f64 >= IDENTIFIER_SHARE * levels.0 as f64 {
            ColumnKind::Identifier
        } else {
            ColumnKind::Category
        }
    }

    /// Whether the texts are days, but for few.
    fn is_days(&self, texts: (u64, usize)) -> bool {
        let days = |order: DayOrder| {
            let text = self.column.texts().iter().zip(&self.cells).zip(&self.counts);
            let texts = text.filter(|((_, cell), _)| **cell == Cell::Text);
            texts.filter(|((text, _), _)| moment(text, order).is_some()).map(|(_, count)| count).sum::<u64>()
        };
        let most = DayOrder::ALL.into_iter().map(days).max().unwrap_or_default();
        most > 0 && (texts.0 - most) as f64 <= ODD_SHARE * texts.0 as f64
    }

    /// Rows with a day of eight digits, where nearly all known ones are.
    fn packed_days(&self) -> u64 {
        let texts = self.column.texts().iter().zip(&self.cells).zip(&self.counts);
        let (mut known, mut days) = (0, 0);
        for ((text, cell), rows) in texts.filter(|((_, cell), _)| !matches!(cell, Cell::Missing | Cell::Dash)) {
            known += rows;
            days += if cell.number().is_some() && is_packed_day(text) { *rows } else { 0 };
        }
        if days > 0 && (known - days) as f64 <= ODD_SHARE * known as f64 { days } else { 0 }
    }

    /// Whether whole numbers count the rows: each one more (or one less) than the one before.
    fn is_row_number(&self, numbers: (u64, usize)) -> bool {
        if numbers.0 < IDENTIFIER_ROWS || numbers.1 as u64 != numbers.0 {
            return false;
        }
        let known: Vec<f64> = self.cells.iter().filter_map(|cell| cell.number()).collect();
        let by = |step: f64| known.windows(2).all(|pair| matches!(pair, [a, b] if (b - a - step).abs() < 1e-9));
        by(1.0) || by(-1.0)
    }

    /// Whether the numbers are long and hardly repeat, or all of one length with zeros before them: no quantities.
    fn is_long_number(&self, numbers: (u64, usize)) -> bool {
        let mut texts = self
            .column
            .texts()
            .iter()
            .zip(&self.cells)
            .filter_map(|(text, cell)| cell.number().map(|_| text.trim_matches(['\'', '=', '"'])));
        let repeats = (numbers.1 as f64) < IDENTIFIER_SHARE * numbers.0 as f64;
        if numbers.0 < IDENTIFIER_ROWS || repeats {
            return false;
        }
        let mut lengths = (usize::MAX, 0);
        let mut leading_zero = false;
        let digits = texts.all(|text| {
            lengths = (lengths.0.min(text.len()), lengths.1.max(text.len()));
            leading_zero |= text.len() > 1 && text.starts_with('0');
            text.bytes().all(|b| b.is_ascii_digit())
        });
        digits && (lengths.0 >= IDENTIFIER_DIGITS || (leading_zero && lengths.0 == lengths.1))
    }

    fn numbers(&self, kind: ColumnKind) -> ReadColumn<'t> {
        let by_text: Vec<f64> = self.cells.iter().map(|cell| cell.number().unwrap_or(f64::NAN)).collect();
        let of = |code: &u32| by_text.get(*code as usize).copied().unwrap_or(f64::NAN);
        let account = self.account(kind, |cell| matches!(cell, Cell::Missing | Cell::Dash));
        ReadColumn { numbers: self.column.codes().iter().map(of).collect(), ..account }
    }

    fn levels(&self, kind: ColumnKind) -> ReadColumn<'t> {
        let texts = self.column.texts().iter().zip(&self.cells);
        let by_text: Vec<Option<&str>> =
            texts.map(|(text, cell)| (*cell != Cell::Missing).then_some(text.as_str())).collect();
        let of = |code: &u32| by_text.get(*code as usize).copied().flatten();
        let account = self.account(kind, |cell| *cell == Cell::Missing);
        ReadColumn { levels: self.column.codes().iter().map(of).collect(), ..account }
    }

    fn account(&self, kind: ColumnKind, is_missing: impl Fn(&Cell) -> bool) -> ReadColumn<'t> {
        let is_number = kind == ColumnKind::Number;
        let is_odd = |cell: &Cell| match kind {
            ColumnKind::Number => *cell == Cell::Text,
            _ => false,
        };
        let infinite = if is_number { self.tally(|cell| *cell == Cell::Infinite).0 } else { 0 };
        let known = self.tally(|cell| !(is_missing(cell) || is_odd(cell) || is_number && *cell == Cell::Infinite));
        // Rows with a number that is written so.
        let written = |marks: &[char]| -> u64 {
            let texts = self.column.texts().iter().zip(&self.cells).zip(&self.counts);
            let those = texts.filter(|((text, cell), _)| cell.number().is_some() && text.contains(marks));
            if is_number { those.map(|(_, count)| count).sum() } else { 0 }
        };
        ReadColumn {
            name: self.column.name(),
            kind,
            known: known.0,
            distinct: known.1,
            missing: self.words(&is_missing),
            infinite,
            odd: self.words(&is_odd),
            percent: written(&['%', '％']),
            brackets: written(&['(', '（']),
            units: written(&['千', '万', '亿']),
            packed_days: if is_number || kind == ColumnKind::Day { self.packed_days() } else { 0 },
            comma: if is_number { 0 } else { self.with_comma(known.0) },
            numbers: Vec::new(),
            levels: Vec::new(),
        }
    }

    /// Rows that are numbers with a decimal comma alone, where most of the known ones are.
    fn with_comma(&self, known: u64) -> u64 {
        let texts = self.column.texts().iter().zip(&self.cells).zip(&self.counts);
        let reads = |text: &str| number(text, Decimal::Comma).is_some_and(f64::is_finite);
        let those = texts.filter(|((text, cell), _)| **cell == Cell::Text && text.contains(',') && reads(text));
        let rows: u64 = those.map(|(_, count)| count).sum();
        if 2 * rows > known { rows } else { 0 }
    }

    /// The texts that are so, the most frequent first.
    fn words(&self, is_so: &dyn Fn(&Cell) -> bool) -> Vec<Word> {
        let codes = (0..self.cells.len()).filter(|code| self.cells.get(*code).is_some_and(is_so));
        let word = |code: usize| Word {
            word: self.column.texts().get(code).cloned().unwrap_or_default(),
            first_row: self.column.codes().iter().position(|other| *other as usize == code).unwrap_or_default() + 1,
            rows: self.counts.get(code).copied().unwrap_or_default(),
        };
        let mut words: Vec<Word> = codes.map(word).collect();
        words.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.first_row.cmp(&b.first_row)));
        words
    }
}

impl Cell {
    const fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

/// Whether texts are few enough beside numbers (rows and distinct ones of each) for a column of numbers.
fn is_few(texts: (u64, usize), numbers: (u64, usize)) -> bool {
    let share = texts.0 as f64 / (texts.0 + numbers.0).max(1) as f64;
    let (words, rows, different) = CODE_WORDS;
    share <= ODD_SHARE || (texts.1 <= words && share <= rows && numbers.1 >= different)
}

/// Whether a number of eight digits is a day of these times.
fn is_packed_day(text: &str) -> bool {
    let digits = without_point(text);
    let year = digits.get(..4).and_then(|year| year.parse::<u32>().ok());
    digits.len() == 8
        && year.is_some_and(|year| PACKED_YEARS.contains(&year))
        && moment(digits, DayOrder::YearFirst).is_some()
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Number => "number",
            Self::Category => "category",
            Self::Day => "day",
            Self::Identifier => "identifier",
            Self::Constant => "constant",
            Self::Empty => "empty",
        })
    }
}

impl ReadColumn<'_> {
    /// The account of a column in words: how many rows have a value, which are missing, infinite or odd.
    ///
    /// ```
    /// use wherewithal::tabular::{TableParams, WrittenTable};
    ///
    /// let text = "income\n1200\n无\n无\n900\n".as_bytes().to_vec();
    /// let table = WrittenTable::from_bytes("t.csv", text, &TableParams::default())?;
    /// let income = table.column("income")?.read(None, &TableParams::default());
    /// assert!(income.account().to_string().starts_with("2 known, 2 distinct"), "{income}");
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn account(&self) -> Sentence {
        let mut said = vec![says!("{} known, {} distinct", [self.known, self.distinct])];
        said.extend(list(&self.missing, false));
        said.extend((self.infinite > 0).then(|| says!("{} infinite, read as missing", [self.infinite])));
        said.extend(list(&self.odd, true));
        said.extend(
            (self.comma > 0)
                .then(|| says!("{} are numbers if written with a decimal comma (to be declared)", [self.comma])),
        );
        said.extend((self.packed_days > 0).then(|| match self.kind {
            ColumnKind::Number => says!(
                "{} are days of eight digits, read as numbers: from the end of a month to the next day is 70 or more",
                [self.packed_days]
            ),
            _ => says!("{} days of eight digits, as 20180701 (numbers if declared: --numeric)", [self.packed_days]),
        }));
        said.extend((self.percent > 0).then(|| says!("{} with a percent sign, read as hundredths", [self.percent])));
        said.extend((self.brackets > 0).then(|| says!("{} in brackets, read as negative", [self.brackets])));
        said.extend((self.units > 0).then(|| {
            says!("{} with 千, 万 or 亿, read as thousands, ten thousands or hundred millions", [self.units])
        }));
        Sentence::list(said, "; ")
    }
}

/// [`ReadColumn::account`] in English.
impl fmt::Display for ReadColumn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.account().fmt(f)
    }
}

/// Words that are no values, with their rows; nothing where there are none.
fn list(words: &[Word], is_odd: bool) -> Option<Sentence> {
    let word = |word: &Word| {
        let text = if is_odd && word.rows < 2 { described(&word.word) } else { shown(&word.word) };
        says!("{text} × {} from row {}", [word.rows, word.first_row], text)
    };
    let named = Sentence::list(words.iter().take(NAMED_WORDS).map(word), ", ");
    let named = match words.len().saturating_sub(NAMED_WORDS) {
        0 => named,
        more => says!("{named}, {more} further words", named, more),
    };
    let rows = words.iter().map(|word| word.rows).sum::<u64>();
    (!words.is_empty()).then(|| match is_odd {
        true => says!("{rows} no numbers, read as missing: ({named})", rows, named),
        false => says!("{rows} missing ({named})", rows, named),
    })
}

#[cfg(test)]
mod tests {
    use super::super::written::Columns;
    use super::*;

    fn column<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> WrittenColumn {
        let mut columns = Columns::new(vec!["x".to_owned()]);
        texts.into_iter().for_each(|text| columns.push(std::iter::once(text.as_ref())));
        columns.finish().remove(0)
    }

    fn many(n: usize, value: impl Fn(usize) -> String, more: &[&str]) -> WrittenColumn {
        column((0..n).map(value).chain(more.iter().map(|text| (*text).to_owned())))
    }

    fn kind(column: &WrittenColumn) -> ColumnKind {
        column.read(None, &TableParams::default()).kind
    }

    #[test]
    fn one_odd_value_does_not_make_levels_of_numbers() {
        let written = many(600, |row| format!("{}.5", row % 300), &["inf", "-inf", "无", "#DIV/0!", "abc"]);
        let read = written.read(None, &TableParams::default());
        assert_eq!((read.kind, read.known, read.infinite, read.numbers.len()), (ColumnKind::Number, 600, 2, 605));
        assert_eq!((read.missing.len(), read.odd.len(), read.odd[0].first_row), (2, 1, 605));
        let said = read.to_string();
        assert!(said.contains("\"无\" × 1 from row 603") && said.contains("2 infinite"), "{said}");
        assert!(said.contains("a text of 3 characters × 1 from row 605"), "{said}");
        assert!(read.numbers.iter().filter(|number| number.is_nan()).count() == 5);
    }

    #[test]
    fn kinds_are_told_apart() {
        for (texts, expected) in [
            (column(["Y", "", "Y", ""]), ColumnKind::Category),
            (column(["Y", "Y"]), ColumnKind::Constant),
            (column(["1", "", "1"]), ColumnKind::Number),
            (column(["7", "7"]), ColumnKind::Constant),
            (column(["", "NULL", "-"]), ColumnKind::Empty),
            (column(["无", "有", "无"]), ColumnKind::Category),
            (column(["A1", "B2", "A1", "12"]), ColumnKind::Category),
            (many(40, |row| (row + 1).to_string(), &[]), ColumnKind::Identifier),
            (many(40, |row| (row * 37 % 41).to_string(), &[]), ColumnKind::Number),
            (many(40, |row| format!("{:010}", row * 7919), &[]), ColumnKind::Identifier),
            (many(40, |row| format!("3201061987061{:05}", row * 791), &[]), ColumnKind::Identifier),
            (many(40, |row| format!("P{row}"), &[]), ColumnKind::Identifier),
            (many(40, |row| format!("2023/9/{}", row % 28 + 1), &[""]), ColumnKind::Day),
            (many(40, |row| format!("{}/9/2023", row % 28 + 1), &[]), ColumnKind::Day),
            (many(40, |row| (2000 + row % 20).to_string(), &[]), ColumnKind::Number),
            (many(40, |row| format!("201807{:02}", row % 28 + 1), &[""]), ColumnKind::Day),
            (many(40, |row| format!("201807{:02}.0", row % 28 + 1), &["0", "99999999"]), ColumnKind::Day),
            (many(40, |row| format!("201807{:02}", row % 28 + 1), &["0"; 3]), ColumnKind::Number),
            (many(40, |row| format!("201807{:02}", row * 7 % 50), &[]), ColumnKind::Number),
            (many(40, |row| format!("120807{:02}", row % 28 + 1), &[]), ColumnKind::Number),
            (column(["20180701", "20180701"]), ColumnKind::Constant),
            (many(100, |row| format!("{}.5", row % 50), &["refused"; 40]), ColumnKind::Number),
            (many(100, |row| (row % 4).to_string(), &["refused"; 40]), ColumnKind::Category),
        ] {
            assert_eq!(kind(&texts), expected, "{:?}", texts.texts());
        }
    }

    #[test]
    fn what_is_declared_holds() {
        let params = TableParams::default();
        let codes = column(["1", "2", "-", ""]);
        assert_eq!(codes.read(Some(ColumnKind::Category), &params).levels, [Some("1"), Some("2"), Some("-"), None]);
        let mixed = column(["A", "2"]);
        let read = mixed.read(Some(ColumnKind::Number), &params);
        assert!(read.numbers[0].is_nan() && read.odd[0].word == "A" && (read.numbers[1] - 2.0).abs() < 1e-12);
        let days = column(["20180630", "20180701", ""]);
        assert!(days.read(None, &params).to_string().contains("2 days of eight digits"));
        let numbers = days.read(Some(ColumnKind::Number), &params);
        assert!(
            numbers.numbers[1] > 2e7 && numbers.to_string().contains("2 are days of eight digits, read as numbers")
        );
        let comma = column(["1,5", "2,25"]);
        assert_eq!(kind(&comma), ColumnKind::Category);
        assert!(comma.read(None, &params).to_string().contains("2 are numbers if written with a decimal comma"));
        assert_eq!(comma.read(None, &params.decimal_comma(true)).numbers, [1.5, 2.25]);
    }
}
