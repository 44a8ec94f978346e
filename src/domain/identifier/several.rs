//! Finds texts that hold the numbers of several parties.

use std::collections::BTreeSet;

use super::{Identifier, IdentifierKind, written};

/// Shorter texts hold no two numbers that are told apart from a source's own key.
const LEAST: usize = 18;
/// Marks and words that part two numbers.
const MARKS: [char; 10] = [',', ';', '/', '|', '\\', '+', '&', '、', '。', ':'];
const WORDS: [char; 3] = ['和', '与', '及'];

/// The different numbers that stand beside each other in an undressed text; nothing where fewer than two stand there.
pub(super) fn numbers(text: &str) -> BTreeSet<String> {
    let none = BTreeSet::new();
    if text.len() < LEAST || text.len() == LEAST && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return none;
    }
    let is_mark = |c: char| MARKS.contains(&c) || WORDS.contains(&c);
    let parts = text.split(is_mark).map(str::trim);
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    let ways: [Vec<String>; 3] =
        [parts.filter_map(sound).collect(), runs.filter_map(like_one).collect(), glued(text).unwrap_or_default()];
    ways.into_iter().find(|found| found.len() > 1).map_or(none, |found| found.into_iter().collect())
}

/// The number that a part holds, sound and of a kind that digits alone do not give away.
fn sound(part: &str) -> Option<String> {
    let number = Identifier::of_undressed(part).ok()?;
    (number.kind() != IdentifierKind::TaiwanPermit).then(|| number.into_canonical())
}

/// A run of characters as a number: sound, or as long as one and of digits.
fn like_one(run: &str) -> Option<String> {
    let is_long = matches!(run.len(), 15 | 18) && run.bytes().filter(u8::is_ascii_digit).count() >= run.len() - 1;
    let read = sound(run).filter(|_| run.len() >= 15);
    read.or_else(|| is_long.then(|| written::plain(run).into_owned()))
}

/// Two sound numbers with nothing between them.
fn glued(text: &str) -> Option<Vec<String>> {
    let ends = [15, 18].into_iter().filter_map(|at| text.split_at_checked(at));
    let checked = |part: &str| {
        let is_long = matches!(part.len(), 15 | 18) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        Identifier::of_undressed(part).ok().filter(|number| is_long && number.kind().is_checked())
    };
    let mut found = ends.filter_map(|(a, b)| Some([checked(a)?, checked(b)?].map(Identifier::into_canonical).to_vec()));
    found.next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::undressed;

    #[test]
    fn two_numbers_in_one_cell_are_seen_however_they_are_parted() {
        let (a, b) = ("320106198706150217", "11010519491231002X");
        for text in [
            format!("{a},{b}"),
            format!("{a}，{b}"),
            format!("{a}；{b}"),
            format!("{a} {b}"),
            format!("{a}\n{b}"),
            format!("{a}/{b}"),
            format!("{a}、{b}"),
            format!("{a}和{b}"),
            format!("{a}{b}"),
            format!("{a}({b})"),
            format!("张三{a}，李四{b}"),
            format!("320106 19870615 0217;{b}"),
            "320106198706150218、110105194912310021".to_owned(),
            "320106870615021/110105491231002".to_owned(),
            "91350100M000100Y43/91110000600037341L".to_owned(),
            "E12345678/G12345678".to_owned(),
            "58073473-9、60003734-1".to_owned(),
            format!("91350100M000100Y43(法定代表人{b})"),
        ] {
            assert_eq!(numbers(&undressed(&text)).len(), 2, "{text}");
        }
        assert_eq!(numbers(&format!("{a}/320106870615021")).len(), 1, "one number in its old and its new form");
    }

    #[test]
    fn one_number_and_a_key_of_the_source_are_not_several() {
        for text in [
            "320106198706150217",
            "320106 19870615 0217",
            "320106-19870615-0217",
            "C-12345678/87654321",
            "（2018）苏0205执1234号",
            "无锡市某某建材有限公司、无锡市某某商贸有限公司",
            "123e4567-e89b-12d3-a456-426614174000",
            "2018-06-01 12:30:45 1234567",
            "身份证号:320106198706150217;",
        ] {
            assert!(numbers(&undressed(text)).is_empty(), "{text}");
        }
    }
}
