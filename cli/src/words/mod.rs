//! What a person reads, in Chinese.
//!
//! Program and library speak English, in sentences that are made of templates. A table (`data/messages/zh.toml`) has every
//! template with its holes in Chinese; a sentence is told by the template that it fits, and so is what stands in the holes.
//! A test reads all templates out of the source and holds that the table has them.

mod mask;
mod table;
mod template;

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;
use wherewithal::domain::Language;
use wherewithal::inspect::Sentence;
use wherewithal::schema;

pub(crate) use mask::{masked, shown};
use table::Table;

/// A text of lines in the language.
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
        Language::Zh => sentence.told(&|text| Table::zh().template(text).or_else(|| meaning(text))),
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
    use super::*;

    #[test]
    fn sentences_are_told_with_what_stands_in_them() {
        let zh = |text: &str| told(text, Language::Zh).into_owned();
        assert_eq!(zh("  refused 3 in a.csv, first in line 7: x"), "  a.csv 中退回 3 行，首行为第 7 行：x");
        assert_eq!(
            zh("a.csv: line 7, column 2: found nothing, expected an amount"),
            "a.csv：第 7 行第 2 列：发现没有内容，应为金额"
        );
        assert_eq!(zh("某法院的 a.b"), "某法院的 a.b");
        assert_eq!(
            zh("indicator: found nosuch, expected an indicator of the catalogue: closing, petitions"),
            "indicator：发现“nosuch”，应为指标目录中的一项：closing, petitions"
        );
        assert_eq!(
            zh("too little data to learn: found 3, expected rows with and without the event"),
            "数据太少，无法学习：现有3，需要发生与未发生事件的行"
        );
        assert!(zh("    cross-validated: AUC 0.8 ± 0.1, Brier 0.2").starts_with("    交叉验证：AUC"));
        assert_eq!(
            zh("  note: 公积金 was not asked or did not answer, which does not mean that nothing is there"),
            "  说明：公积金：未查询或未答复，不等于没有财产"
        );
        assert_eq!(
            zh("alert: answer_days (查询反馈平均天数) 2018-01 6.8 against 6.7 in the base: 本月不同 (12 rows)"),
            "预警：answer_days (查询反馈平均天数) 2018-01 6.8，基期 6.7：本月不同（12 行）"
        );
        assert_eq!(told("written to x", Language::En), "written to x");
        let odd = Sentence::said(
            "left out: {name}: {why}",
            [("name", "its own".into()), ("why", Sentence::said("it is empty", []))],
        );
        assert_eq!(spoken(&odd, Language::Zh), "未用：its own：该列为空");
        assert_eq!((word("debtors", Language::Zh), padded("评分", 6).as_str()), ("债务人", "评分  "));
    }
}
