//! Texts that stand for missing values.
//!
//! Some stand for nothing in any column (`NULL`, `#N/A`). Others do so only among numbers and days: as a
//! level of a category `无` may be what a person answered.

/// What stands for "unknown" in any column.
const ANYWHERE: [&str; 18] = [
    "", "NA", "N/A", "N.A.", "<NA>", "NaN", "-NaN", "NaT", "NULL", "\\N", "None", "nil", "?", "#N/A N/A", "1.#IND",
    "1.#QNAN", "-1.#IND", "-1.#QNAN",
];

/// What stands for "unknown" among numbers and days alone: as a category each may mean something.
const AMONG_NUMBERS: [&str; 21] = [
    "-",
    "--",
    "---",
    "—",
    "——",
    "–",
    ".",
    "..",
    "...",
    "/",
    "\\",
    "*",
    "无",
    "空",
    "缺失",
    "未知",
    "不详",
    "暂无",
    "不适用",
    "missing",
    "unknown",
];

/// The errors that a spreadsheet writes.
const ERRORS: [&str; 12] = [
    "#N/A",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
];

/// What stands for "unknown" in any column, in upper or lower case.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    ANYWHERE.into_iter().chain(ERRORS)
}

/// Whether a text stands for "unknown" in any column.
pub(super) fn anywhere(text: &str, further: &[String]) -> bool {
    // The errors of a spreadsheet: `#DIV/0!`, `#N/A`, `#VALUE!`, `#NAME?`.
    let is_error = text.len() > 2 && text.starts_with('#') && (text.ends_with(['!', '?']) || text.contains("N/A"));
    is_error || among(&ANYWHERE, text) || further.iter().any(|word| word == text)
}

/// Whether a text stands for "unknown" beside numbers and days.
pub(super) fn among_numbers(text: &str) -> bool {
    among(&AMONG_NUMBERS, text)
}

fn among(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_words_and_no_others() {
        for word in ["", "null", "NULL", "\\N", "None", "n/a", "#DIV/0!", "#N/A", "#NAME?", "nan", "keine"] {
            assert!(anywhere(word, &["keine".to_owned()]), "{word}");
        }
        for word in ["-", ".", "无", "0", "nine", "#1", "#"] {
            assert!(!anywhere(word, &[]), "{word}");
        }
        assert!(
            words().all(|word| anywhere(&word.to_lowercase(), &[]) || word.starts_with('#') && anywhere(word, &[]))
        );
        assert!(["-", ".", "无"].iter().all(|word| among_numbers(word)) && !among_numbers("0"));
    }
}
