//! Names, words and units that agencies use, from the files of `data/inspect`.
//!
//! | file | content |
//! |---|---|
//! | `names.toml` | what headings call a column of the schema; words that make it another party's |
//! | `tables.toml` | words that name a table; constants that a word of the file stands for |
//! | `words.toml` | words for no value, totals, units, codes, yes and no; patterns of days to try |
//!
//! No code knows a Chinese heading: a new one is a line of data.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::Words;
use crate::ingest::MoneyUnit;
use crate::schema::{CASE_ID, Column, ENTITY_ID, EVENT_ON, KNOWN_AT, TABLES, Table};

/// What is known of names, words and units: the files of `data/inspect`.
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::read);

#[derive(Deserialize, Default)]
struct NamesFile {
    qualifiers: Vec<String>,
    row_numbers: Vec<String>,
    names: HashMap<String, Vec<String>>,
    split: BTreeMap<String, Vec<String>>,
    ahead: Vec<String>,
    moments: Vec<String>,
    amounts: Vec<String>,
}

#[derive(Deserialize, Default)]
struct TablesFile {
    table: BTreeMap<String, TableWords>,
    constant: Vec<Constant>,
}

#[derive(Deserialize, Default)]
struct TableWords {
    words: Vec<String>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
}

/// What stands in a column of a whole file, by a word that the file has.
#[derive(Deserialize)]
struct Constant {
    column: String,
    by: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
struct WordsFile {
    null: Vec<String>,
    footers: Vec<String>,
    answered: Vec<String>,
    unit: Vec<UnitWords>,
    days: DayWords,
    codes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    turned: BTreeMap<String, Turned>,
    flags: BTreeMap<String, Vec<String>>,
    leave_out: BTreeMap<String, Vec<String>>,
    burdens: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct UnitWords {
    unit: MoneyUnit,
    words: Vec<String>,
}

#[derive(Deserialize, Default)]
struct DayWords {
    patterns: Vec<String>,
    months: Vec<String>,
}

/// A yes or no that the column's name turns into codes.
#[derive(Deserialize)]
struct Turned {
    names: Vec<String>,
    r#true: String,
    r#false: String,
}

/// A column of the schema: its table's name and its own.
pub(super) type Target = (&'static str, &'static str);

/// The knowledge of names.
pub(super) struct Vocabulary {
    qualifiers: Vec<Words>,
    row_numbers: Vec<Words>,
    /// What columns of the schema are called, by the first word.
    names: HashMap<String, Vec<(Target, Words)>>,
    split: BTreeMap<String, Vec<Words>>,
    ahead: Vec<Words>,
    moments: Vec<Words>,
    /// Words with which headings of amounts end.
    amounts: Vec<String>,
    tables: TablesFile,
    words: WordsFile,
}

impl Vocabulary {
    pub(super) fn standard() -> &'static Self {
        &VOCABULARY
    }

    fn read() -> Self {
        let names: NamesFile = toml::from_str(include_str!("../../data/inspect/names.toml")).unwrap_or_default();
        let listed = |list: &[String]| list.iter().map(|name| Words::new(name)).collect::<Vec<_>>();
        let mut known: HashMap<String, Vec<(Target, Words)>> = HashMap::new();
        for table in TABLES {
            for column in table.columns() {
                let own = format!("{}.{}", table.name, column.name);
                let given = [own.as_str(), column.name].into_iter().filter_map(|key| names.names.get(key)).flatten();
                for words in given.map(|name| Words::new(name)).chain(of_schema(column)) {
                    let Some(first) = words.first() else { continue };
                    known.entry(first.to_owned()).or_default().push(((table.name, column.name), words));
                }
            }
        }
        Self {
            qualifiers: listed(&names.qualifiers),
            row_numbers: listed(&names.row_numbers),
            names: known,
            split: names.split.iter().map(|(side, list)| (side.clone(), listed(list))).collect(),
            ahead: listed(&names.ahead),
            moments: listed(&names.moments),
            amounts: names.amounts,
            tables: toml::from_str(include_str!("../../data/inspect/tables.toml")).unwrap_or_default(),
            words: toml::from_str(include_str!("../../data/inspect/words.toml")).unwrap_or_default(),
        }
    }

    /// How well a heading calls each column that it calls at all, up to 1.
    pub(super) fn calls(&self, heading: &Words) -> HashMap<Target, f64> {
        let fits = self.fitting(heading);
        let mut calls = HashMap::new();
        // A heading holds the whole name, and so its first word.
        for (target, name) in heading.each().filter_map(|word| self.names.get(word)).flatten() {
            let likeness = if fits(name) { heading.likeness(name) } else { 0.0 };
            if likeness > 0.0 {
                let best = calls.entry(*target).or_insert(likeness);
                *best = likeness.max(*best);
            }
        }
        calls
    }

    /// Which names a heading may be: one that is qualified is another's than the plain name's.
    fn fitting<'h>(&'h self, heading: &'h Words) -> impl Fn(&Words) -> bool + 'h {
        let qualifiers: Vec<_> = self.qualifiers.iter().filter(|word| heading.contain(word)).collect();
        move |name| name == heading || qualifiers.iter().all(|word| name.contain(word))
    }

    /// Whether the heading means another party or office than the plain name does.
    pub(super) fn is_qualified(&self, heading: &Words, plain: &str) -> bool {
        let plain = Words::new(plain);
        self.qualifiers.iter().any(|word| heading.contain(word) && !plain.contain(word))
    }

    /// Whether the heading is of a column that only numbers rows.
    pub(super) fn numbers_rows(&self, heading: &Words) -> bool {
        self.row_numbers.contains(heading)
    }

    /// How well a heading calls amounts of one side: `in` or `out`.
    pub(super) fn side(&self, heading: &Words, side: &str) -> f64 {
        let fits = self.fitting(heading);
        let names = self.split.get(side).into_iter().flatten().filter(|name| fits(name));
        names.map(|name| heading.likeness(name)).fold(0.0, f64::max)
    }

    /// Whether days under such a heading may lie ahead of the day they were written.
    pub(super) fn is_ahead(&self, heading: &Words) -> bool {
        self.ahead.iter().any(|word| heading.contain(word))
    }

    /// Whether the heading promises days.
    pub(super) fn is_of_days(&self, heading: &Words) -> bool {
        let is_amount = heading.last().is_some_and(|last| self.amounts.iter().any(|word| word == last));
        !is_amount && self.moments.iter().any(|word| heading.contain(word))
    }

    /// Whether a text names a table, in its words.
    pub(super) fn names_table(&self, text: &str, table: &Table) -> bool {
        let text = Words::new(text);
        let words = self.tables.table.get(table.name).map(|table| table.words.as_slice()).unwrap_or_default();
        words.iter().any(|word| text.contain(&Words::new(word)) || text.contain(&Words::new(&format!("{word}s"))))
    }

    /// What stands in a column of which no column of the file tells: by the words of the file, else as usual.
    pub(super) fn constant(&self, (table, column): (&Table, &str), texts: &[String]) -> Option<(&str, Option<&str>)> {
        let own = format!("{}.{column}", table.name);
        let by = self.tables.constant.iter().filter(|constant| constant.column == own).flat_map(|found| &found.by);
        let mut by: Vec<_> = by.collect();
        by.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        let met = |word: &str| texts.iter().any(|text| Words::new(text).contain(&Words::new(word)));
        if let Some((word, value)) = by.into_iter().find(|(word, _)| met(word)) {
            return Some((value, Some(word)));
        }
        self.tables.table.get(table.name)?.constants.get(column).map(|value| (value.as_str(), None))
    }

    /// Whether a cell with this text holds nothing.
    pub(super) fn is_null(&self, text: &str) -> bool {
        self.words.null.iter().any(|word| word == text)
    }

    /// Whether a row that begins with this text sums up others.
    pub(super) fn sums_up(&self, text: &str) -> bool {
        let bare: String =
            text.to_lowercase().chars().filter(|c| !matches!(c, ' ' | ':' | '：' | '\u{3000}')).collect();
        self.words.footers.iter().any(|word| word.replace(' ', "") == bare)
    }

    /// What stands before the day of an answer in a title.
    pub(super) fn answered(&self) -> &[String] {
        &self.words.answered
    }

    /// Patterns of days to try.
    pub(super) fn day_patterns(&self) -> &[String] {
        &self.words.days.patterns
    }

    /// Patterns of months to try.
    pub(super) fn month_patterns(&self) -> &[String] {
        &self.words.days.months
    }

    /// The unit that a piece of a heading names, and nothing else.
    pub(super) fn unit(&self, piece: &str) -> Option<MoneyUnit> {
        let bare =
            piece.trim().trim_start_matches("金额").trim_start_matches("单位").trim_start_matches([':', '：', ' ']);
        let bare = bare.trim().to_lowercase();
        self.words.unit.iter().find(|unit| unit.words.contains(&bare)).map(|unit| unit.unit)
    }

    /// The unit that a text begins with.
    pub(super) fn unit_at_start(&self, text: &str) -> Option<MoneyUnit> {
        let is_long = |word: &&String| word.chars().count() > 1 || *word == "元";
        let begins = |unit: &&UnitWords| unit.words.iter().filter(is_long).any(|word| text.starts_with(word.as_str()));
        self.words.unit.iter().find(begins).map(|unit| unit.unit)
    }

    /// What a level of a column of codes means: the code, when one is known.
    pub(super) fn code<'c>(&'c self, (table, column): (&Table, &str), level: &str) -> Option<&'c str> {
        let codes = self.words.codes.get(&format!("{}.{column}", table.name))?;
        let level = level.trim().to_lowercase();
        let named = |word: &str| word.to_lowercase() == level;
        let whole = codes.iter().find(|(code, words)| named(code) || words.iter().any(|word| named(word)));
        if let Some((code, _)) = whole {
            return Some(code);
        }
        let held = codes.iter().flat_map(|(code, words)| words.iter().map(move |word| (word.to_lowercase(), code)));
        let is_held = |(word, _): &(String, &String)| word.chars().count() > 1 && holds(&level, word);
        held.filter(is_held).max_by_key(|(word, _)| word.chars().count()).map(|(_, code)| code.as_str())
    }

    /// The code that a yes or no stands for under a heading that turns it.
    pub(super) fn turned(&self, column: (&Table, &str), heading: &Words, level: &str) -> Option<&str> {
        let turned = self.words.turned.get(&format!("{}.{}", column.0.name, column.1))?;
        let is_named = turned.names.iter().any(|name| heading.contain(&Words::new(name)));
        let flag = self.flag(level).filter(|_| is_named)?;
        Some(if flag { &turned.r#true } else { &turned.r#false })
    }

    /// A yes or a no.
    pub(super) fn flag(&self, level: &str) -> Option<bool> {
        let is = |name: &str| self.words.flags.get(name).is_some_and(|words| words.contains(&level.to_lowercase()));
        if is("true") { Some(true) } else { is("false").then_some(false) }
    }

    /// What burden a heading speaks of, as a code of `encumbrances.kind`.
    pub(super) fn burden(&self, heading: &Words) -> Option<&str> {
        let words = self.words.burdens.iter().flat_map(|(kind, words)| words.iter().map(move |word| (kind, word)));
        let met = words.filter(|(_, word)| heading.contain(&Words::new(word)));
        met.max_by_key(|(_, word)| word.chars().count()).map(|(kind, _)| kind.as_str())
    }

    /// Whether a level says that there is one.
    pub(super) fn says_yes(&self, level: &str) -> bool {
        self.flag(level) == Some(true)
            || level.starts_with('已')
            || self.words.burdens.values().flatten().any(|word| word == level)
    }

    /// Whether a level says that there is none.
    pub(super) fn says_no(&self, level: &str) -> bool {
        self.flag(level) == Some(false) || level.starts_with(['未', '无', '否'])
    }

    /// Whether rows with this level belong to no table.
    pub(super) fn leaves_out(&self, (table, column): (&Table, &str), level: &str) -> bool {
        let words = self.words.leave_out.get(&format!("{}.{column}", table.name));
        words.is_some_and(|words| words.iter().any(|word| word == level))
    }
}

/// Latin words are held whole, other words anywhere.
fn holds(level: &str, word: &str) -> bool {
    if word.is_ascii() { Words::new(level).contain(&Words::new(word)) } else { level.contains(word) }
}

/// The schema's own name of a column, and its labels where they are short.
fn of_schema(column: &Column) -> Vec<Words> {
    let bare = column.name.trim_start_matches("is_");
    let bare = ["_fen", "_on"].iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(bare);
    let is_shared = [ENTITY_ID, CASE_ID, EVENT_ON, KNOWN_AT].contains(&column.name);
    let zh = column.zh.split(['（', '：']).next().unwrap_or_default();
    let zh = (!is_shared).then(|| Words::new(zh));
    [Words::new(column.name), Words::new(bare)].into_iter().chain(zh).collect()
}

/// Every code of the vocabulary that the schema does not know.
#[cfg(test)]
fn unknown_codes(vocabulary: &Vocabulary) -> Vec<String> {
    use crate::schema;
    let mut unknown = Vec::new();
    let mut hold = |own: &str, code: &str| {
        let (table, column) = own.split_once('.').unwrap();
        let kind = schema::table(table).and_then(|table| table.column(column)).map(|column| column.kind);
        let is_known = match kind {
            Some(schema::ColumnKind::Code(codes)) => codes.contains(&code),
            Some(schema::ColumnKind::Flag) => ["true", "false"].contains(&code),
            Some(schema::ColumnKind::Integer) => code.parse::<i64>().is_ok(),
            _ => false,
        };
        if !is_known {
            unknown.push(format!("{own}: {code}"));
        }
    };
    for (own, codes) in &vocabulary.words.codes {
        codes.keys().for_each(|code| hold(own, code));
    }
    for (own, turned) in &vocabulary.words.turned {
        [&turned.r#true, &turned.r#false].into_iter().for_each(|code| hold(own, code));
    }
    for constant in &vocabulary.tables.constant {
        constant.by.values().for_each(|code| hold(&constant.column, code));
    }
    for (table, words) in &vocabulary.tables.table {
        words.constants.iter().for_each(|(column, code)| hold(&format!("{table}.{column}"), code));
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn the_files_are_read_and_name_what_the_schema_has() {
        for text in [
            include_str!("../../data/inspect/names.toml"),
            include_str!("../../data/inspect/tables.toml"),
            include_str!("../../data/inspect/words.toml"),
        ] {
            toml::from_str::<toml::Table>(text).unwrap();
        }
        toml::from_str::<TablesFile>(include_str!("../../data/inspect/tables.toml")).unwrap();
        toml::from_str::<WordsFile>(include_str!("../../data/inspect/words.toml")).unwrap();
        let names: NamesFile = toml::from_str(include_str!("../../data/inspect/names.toml")).unwrap();
        for key in names.names.keys() {
            let is_known = match key.split_once('.') {
                Some((table, column)) => schema::table(table).is_some_and(|table| table.column(column).is_some()),
                None => [ENTITY_ID, CASE_ID, EVENT_ON, KNOWN_AT].contains(&key.as_str()),
            };
            assert!(is_known, "{key}");
        }
        assert_eq!(unknown_codes(Vocabulary::standard()), Vec::<String>::new());
    }

    #[test]
    fn a_qualified_heading_is_somebody_elses() {
        let known = Vocabulary::standard();
        let deposits = schema::table("deposits").unwrap();
        let likeness = |heading: &str, column: &str| {
            let calls = known.calls(&Words::of_heading(heading));
            calls.get(&(deposits.name, deposits.column(column).unwrap().name)).copied().unwrap_or_default()
        };
        assert_eq!(likeness("账号", "account"), 1.0);
        assert_eq!(likeness("对方账号", "account"), 0.0);
        assert!(likeness("被执行人证件号码", ENTITY_ID) >= 0.7);
        assert_eq!(likeness("法定代表人证件号码", ENTITY_ID), 0.0);
    }

    #[test]
    fn levels_and_units_are_known_by_their_words() {
        let known = Vocabulary::standard();
        let estate = schema::table("real_estate").unwrap();
        assert_eq!(known.code((estate, "kind"), "城镇住宅用地"), Some("home"));
        assert_eq!(known.code((estate, "kind"), "3"), None);
        assert_eq!(known.unit("单位：万元"), Some(MoneyUnit::WanYuan));
        assert_eq!(known.unit("平方米"), None);
        assert_eq!(known.unit_at_start("元，币种：人民币"), Some(MoneyUnit::Yuan));
    }
}
