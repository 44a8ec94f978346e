//! Finds out how a column writes amounts of money.
//!
//! The unit is looked for in three places, in this order: the heading (`金额（万元）`), a title above the header
//! (`单位：万元`), the cells themselves (`1.5万元`). Where none names it the draft reads yuan and asks to check
//! it, because a wrong unit is wrong by a hundred or ten thousand.

use serde::{Deserialize, Serialize};

use super::dictionary::DictionaryColumn;
use super::vocabulary::Vocabulary;
use super::words::bracketed;
use crate::domain::{MoneyForm, Rounding, undressed};
use crate::ingest::MoneyUnit;

/// Values that a form must read for a column to be written in it.
const MOST: f64 = 0.95;

/// How a column writes amounts.
///
/// ```
/// use wherewithal::ingest::MoneyUnit;
/// use wherewithal::inspect::{InspectParams, UnitSource, inspect};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("存款.csv"), "证件号码,账号,余额（万元）\n11010519491231002X,6222,\"1,2\"\n")?;
/// let inspection = inspect(folder, &InspectParams::default(), &Silent)?;
/// let balance = &inspection.tables[0].columns[2];
/// let money = balance.money.ok_or("no amounts")?;
/// assert_eq!((money.unit, money.told_by), (Some(MoneyUnit::WanYuan), UnitSource::Heading));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneySeen {
    /// The unit that the heading, a title or the cells name; nothing when none does.
    pub unit: Option<MoneyUnit>,
    /// Where the unit was read.
    pub told_by: UnitSource,
    /// Whether decimals follow a comma.
    pub decimal_comma: bool,
    /// Whether amounts are written in characters.
    pub capitals: bool,
    /// Whether some are more precise than a fen in that unit.
    pub rounds: bool,
    /// Whether some are negative.
    pub negative: bool,
}

/// What names the unit of a column of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitSource {
    /// Its heading.
    Heading,
    /// A title above the header.
    Title,
    /// Every cell of it.
    Cells,
    /// Nothing.
    Nothing,
}

impl MoneySeen {
    /// The unit in which the draft reads it: yuan where nothing says another.
    pub(super) fn unit_taken(&self) -> MoneyUnit {
        self.unit.unwrap_or(MoneyUnit::Yuan)
    }
}

/// How a column writes amounts, below these titles; nothing when its values are none.
pub(super) fn seen(column: &DictionaryColumn, titles: &[String]) -> Option<MoneySeen> {
    let (mut unit, mut told_by) = match of_heading(&column.name) {
        Some(unit) => (Some(unit), UnitSource::Heading),
        None => (of_titles(titles), UnitSource::Title),
    };
    if told_by == UnitSource::Title && unit.is_none() {
        let names_unit = |text: &str| text.trim_end().ends_with(['元', '圆', '角', '分', '万', '亿', '整', '正']);
        let is_told = column.share(names_unit) >= MOST;
        (unit, told_by) =
            if is_told { (Some(MoneyUnit::Yuan), UnitSource::Cells) } else { (None, UnitSource::Nothing) };
    }
    let plain = MoneyForm::of_unit(unit.unwrap_or(MoneyUnit::Yuan).fen());
    let forms = [plain, MoneyForm { decimal_comma: true, ..plain }, MoneyForm { capitals: true, ..plain }];
    let rough = |form: &MoneyForm| MoneyForm { rounding: Rounding::HalfAway, ..*form };
    let form = forms.iter().find(|form| column.share(|text| rough(form).read(text).is_some()) >= MOST)?;
    let rounds = column.texts.iter().any(|text| rough(form).read(text).is_some() && form.read(text).is_none());
    let negative = column.texts.iter().any(|text| rough(form).read(text).is_some_and(|amount| amount.fen() < 0));
    let (decimal_comma, capitals) = (form.decimal_comma, form.capitals);
    Some(MoneySeen { unit, told_by, decimal_comma, capitals, rounds, negative })
}

/// The unit that a heading names: in brackets, or as its last part.
fn of_heading(heading: &str) -> Option<MoneyUnit> {
    let (known, plain) = (Vocabulary::standard(), undressed(heading));
    let parts = bracketed(&plain);
    let last = plain.rsplit(['_', ' ', '/', '-']).next().filter(|last| last.len() < plain.len());
    parts.iter().map(String::as_str).chain(last).find_map(|part| known.unit(part))
}

/// The unit that a title names, as 单位：万元 does.
fn of_titles(titles: &[String]) -> Option<MoneyUnit> {
    let known = Vocabulary::standard();
    titles.iter().find_map(|title| {
        let plain = undressed(title).into_owned();
        plain.split("单位").skip(1).find_map(|rest| {
            let rest = rest.trim_start_matches([':', ' ', '为', '(']);
            known.unit_at_start(rest)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, texts: &[&str]) -> DictionaryColumn {
        DictionaryColumn {
            name: name.to_owned(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            counts: vec![1; texts.len()],
            ..DictionaryColumn::default()
        }
    }

    #[test]
    fn units_stand_in_headings_titles_and_cells() {
        let unit = |name: &str, texts: &[&str], titles: &[&str]| {
            let titles: Vec<_> = titles.iter().map(|title| (*title).to_owned()).collect();
            let seen = seen(&column(name, texts), &titles).unwrap();
            (seen.unit, seen.told_by)
        };
        assert_eq!(unit("金额（万元）", &["1.5"], &["单位：元"]), (Some(MoneyUnit::WanYuan), UnitSource::Heading));
        assert_eq!(unit("金额", &["1.5"], &["某局 单位：亿元"]), (Some(MoneyUnit::YiYuan), UnitSource::Title));
        assert_eq!(unit("金额", &["1.5万元", "3元"], &["单位：某市公司"]), (Some(MoneyUnit::Yuan), UnitSource::Cells));
        assert_eq!(unit("余额(分)", &["150"], &[]), (Some(MoneyUnit::Fen), UnitSource::Heading));
        assert_eq!(unit("balance_fen", &["150"], &[]), (Some(MoneyUnit::Fen), UnitSource::Heading));
        assert_eq!(unit("金额", &["1,234.50", "（100.00）"], &[]), (None, UnitSource::Nothing));
    }

    #[test]
    fn forms_are_told_by_what_all_values_need() {
        let seen = |texts: &[&str]| seen(&column("金额", texts), &[]);
        assert!(seen(&["1.234,50", "12,5"]).unwrap().decimal_comma);
        assert!(seen(&["壹万贰仟叁佰元整", "人民币伍角"]).unwrap().capitals);
        assert!(seen(&["１，２３４．５０", "（100.00）"]).unwrap().negative);
        assert!(seen(&["1.005"]).unwrap().rounds);
        assert_eq!(seen(&["转账", "5"]), None);
    }
}
