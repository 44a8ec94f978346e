//! What a person reads, in Chinese.
//!
//! Program and library speak English, in sentences that keep their templates and what stands in their holes. A table
//! (`data/messages/zh.toml`) has every template in Chinese; what stands in a hole is told only where it is a sentence
//! itself. A sentence of another crate comes finished: it is told by the template that it fits, or introduced as it is.
//! A test reads all templates out of the source and holds that the table has them.

mod mask;
mod table;
mod template;

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;
use wherewithal::domain::Language;
use wherewithal::schema;
use wherewithal::sentence::{Sentence, Words};

pub(crate) use mask::{masked, shown};
use table::Table;

/// A sentence: a template, what stands in its holes without a name, and what stands in those with one, where texts are
/// names: `says!("{} rows of {file}", [rows], file = path)`; a hole is filled by the variable of its name.
macro_rules! says {
    (@ $hole:ident) => { &$hole };
    (@ $hole:ident $value:expr) => { &$value };
    ($template:expr, [$($at:expr),* $(,)?] $(, $hole:ident $(= $value:expr)?)* $(,)?) => {
        wherewithal::sentence::Sentence::said($template, [
            $(("", wherewithal::sentence::Fills::fills(&$at)),)*
            $((stringify!($hole), wherewithal::sentence::Fills::fills($crate::words::says!(@ $hole $($value)?))),)*
        ])
    };
    ($template:expr $(, $hole:ident $(= $value:expr)?)* $(,)?) => {
        $crate::words::says!($template, [] $(, $hole $(= $value)?)*)
    };
}

pub(crate) use says;

/// A text of our own, such as help, in the language.
pub(crate) fn told(text: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::En => Cow::Borrowed(text),
        Language::Zh => Cow::Owned(text.split('\n').map(|line| Table::zh().line(line)).collect::<Vec<_>>().join("\n")),
    }
}

/// A sentence in the language; its names stay as they are.
pub(crate) fn spoken(sentence: &Sentence, language: Language) -> String {
    match language {
        Language::En => sentence.to_string(),
        Language::Zh => sentence.told(&|words| match words {
            Words::Template(text) => Table::zh().template(text).or_else(|| meaning(text)),
            Words::Finished(text) => Table::zh().finished(text),
            Words::Foreign(text) => Table::zh().foreign(text),
        }),
    }
}

/// What a column of the schema means, in Chinese.
fn meaning(english: &str) -> Option<String> {
    let mut columns = schema::TABLES.iter().flat_map(|table| table.columns());
    columns.find(|column| column.en == english).map(|column| column.zh.to_owned())
}

/// The name of a kind, a reason, a stage or a unit in the language.
pub(crate) fn word(word: &str, language: Language) -> &str {
    match language {
        Language::En => word,
        Language::Zh => Table::zh().word(word),
    }
}

/// What a stage or a kind of work is called; the file that is read keeps its name.
pub(crate) fn called(stage: &str, language: Language) -> String {
    match stage.strip_prefix("read ") {
        Some(file) => spoken(&says!("read {}", [file]), language),
        None => told(word(stage, language), language).into_owned(),
    }
}

/// A text filled with blanks to a width on the screen, where a Chinese character has two columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The same with the blanks in front.
pub(crate) fn aligned(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use wherewithal::Error;
    use wherewithal::domain::Day;
    use wherewithal::indicators::IndicatorCatalog;
    use wherewithal::ingest::Mapping;
    use wherewithal::tabular::{TableParams, WrittenTable};

    use super::*;

    fn zh(sentence: &Sentence) -> String {
        spoken(sentence, Language::Zh)
    }

    fn table(text: &str) -> Result<WrittenTable, Error> {
        WrittenTable::from_bytes("expected 3.csv", text.as_bytes().to_vec(), &TableParams::default())
    }

    /// The library says each sentence itself, so none is asked for that it no longer says.
    #[test]
    fn errors_of_the_library_are_told_and_names_stay() {
        let odd = table("no column,a of b\n1,nothing\n1,x\n").unwrap();
        assert_eq!(
            zh(&odd.column("found 3").unwrap_err().sentence()),
            "表 expected 3.csv：发现没有列 found 3，应为no column，a of b 之一"
        );
        assert_eq!(zh(&odd.columns()[1].read(None, &TableParams::default()).account()), "2 行有值，2 个不同的值");
        assert_eq!(
            zh(&table("a,b\n1\n").unwrap_err().sentence()),
            "expected 3.csv：第 2 行：发现1 个字段，应为2 个字段，与表头一致（表头上方的标题行：--skip 行数）"
        );
        assert_eq!(
            zh(&Mapping::parse("format_version = 1\nname = 'a'\nnothing = 1\n[[source]]\nfile = 7")
                .unwrap_err()
                .sentence()),
            "映射：发现第 3 行：未知字段 `nothing`，应为 `format_version`, `name`, `currency`, `form`, `bounds`, `cohort`, \
             `ignore`, `lookup`, `source` 之一，应为映射文件"
        );
        assert_eq!(
            zh(&Mapping::parse("format_version = 1\nname = 'line 1: x'\n[[source]]\nfile = 'no'")
                .unwrap_err()
                .sentence()),
            "映射 line 1: x：发现1 个问题：第 3 行：no：发现没有表，应至少有一个，应为与数据字典相符的映射"
        );
        let day = Day::parse("nothing").unwrap_err();
        assert_eq!(zh(&day.sentence()), "day：发现“nothing”，应为YYYY-MM-DD 格式的日期");
        let catalog = IndicatorCatalog::standard().unwrap();
        let unknown = zh(&catalog.one_scope(&["found"]).unwrap_err().sentence());
        assert!(unknown.starts_with("indicator：发现“found”，应为指标目录中的一项："), "{unknown}");
    }

    /// What other crates and the system say is told whole or shown as it is, after words that say whose it is.
    #[test]
    fn what_others_say_is_never_told_by_half() {
        let system = |text: &str| zh(&Error::io("no/row.csv")(std::io::Error::other(text)).sentence());
        assert_eq!(system("timed out"), "no/row.csv：超时");
        assert_eq!(
            system("timed out while asking for a row"),
            "no/row.csv：系统信息：timed out while asking for a row"
        );
        assert_eq!(
            system("some odd thing at line 3 column 7"),
            "no/row.csv：系统信息：some odd thing at line 3 column 7"
        );
    }

    #[test]
    fn holes_are_names_unless_they_are_sentences() {
        let odd = |why: Sentence| says!("left out: {name}: {why}", name = "its own", why);
        assert_eq!(zh(&odd(says!("it is empty"))), "未用：its own：该列为空");
        assert_eq!(zh(&odd(Sentence::name("it is empty"))), "未用：its own：it is empty");
        assert_eq!(
            zh(&says!("  refused {} in {}, first in line {}: {}", [3, "a.csv", 7, "x"])),
            "  a.csv 中退回 3 行，首行为第 7 行：x"
        );
        assert_eq!(zh(&says!("某法院的 {}", ["a of b"])), "某法院的 a of b");
        assert_eq!(told("written to x", Language::En), "written to x");
        assert_eq!(called("read a of b.csv", Language::Zh), "读取 a of b.csv");
        assert_eq!((word("debtors", Language::Zh), padded("评分", 6).as_str()), ("债务人", "评分  "));
    }
}
