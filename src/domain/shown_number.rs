//! Numbers of which a public list hides a part, and how they are compared with whole numbers.

use super::dress::{half_width, is_hyphen, is_invisible, is_quote};
use super::plain;
use super::{Identifier, IdentifierKind};

/// A number as a public list shows it, with a part hidden; or a whole one.
///
/// Stars do not count characters: courts write 14, 15, 18 or 19 characters for one number of 18. So
/// only what is shown is compared: the characters before the first hidden one and those after the
/// last.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::{Fit, ShownNumber};
///
/// for shown in [
///     "1101051949****002X", "110105****002x", "11010519491****002X", "1101051949XXXX002X", "1101051949＊＊＊＊002X",
/// ] {
///     assert_eq!(ShownNumber::parse(shown).map(|shown| shown.fit("11010519491231002X")), Some(Fit::Whole));
/// }
/// assert!(ShownNumber::parse("****").is_none());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ShownNumber {
    head: String,
    tail: String,
    /// Characters written, hidden ones as many as there are stars.
    length: usize,
    is_whole: bool,
}

/// Characters that each of several numbers in a cell shows; pieces of one number show fewer.
const SEVERAL: usize = 6;

/// How a number agrees with what is shown of another.
///
/// ```
/// use wherewithal::domain::{Fit, ShownNumber};
///
/// let shown = ShownNumber::parse("1101051949****002X").ok_or("nothing shown")?;
/// assert_eq!(shown.fit("11010519491231002X"), Fit::Whole);
/// assert_eq!(shown.fit("110105194912310021"), Fit::OneEnd);
/// assert_eq!(shown.fit("320106198706150217"), Fit::Neither);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Neither end agrees.
    Neither,
    /// One end agrees: one slip spoils no more than the other.
    OneEnd,
    /// All that is shown agrees.
    Whole,
}

impl ShownNumber {
    /// Reads a number of which a part may be hidden behind stars, dots or a run of x. Nothing when
    /// no character is shown.
    pub fn parse(text: &str) -> Option<Self> {
        if is_plainly_shown(text) {
            return Self::split(text);
        }
        let mut characters: Vec<char> = plain(&starred(text)).chars().collect();
        hide_runs_of_x(&mut characters, if Identifier::parse(text).is_ok() { 3 } else { 2 });
        Self::split(&characters.into_iter().collect::<String>())
    }

    /// The ends of a text in which stars hide.
    fn split(written: &str) -> Option<Self> {
        let length = written.chars().count();
        let (first, last) = (written.find('*'), written.rfind('*'));
        let head = first.and_then(|at| written.get(..at)).unwrap_or(written).to_owned();
        let tail = last.and_then(|at| written.get(at + 1..)).unwrap_or(written).to_owned();
        (!head.is_empty() || !tail.is_empty()).then_some(Self { head, tail, length, is_whole: first.is_none() })
    }

    /// Reads the numbers of a cell that holds several, each hidden in part; else the one. Where
    /// something stands beside the characters around the longest run of stars, such as the `1.` of
    /// a list or `（2次）`, these alone are a further reading.
    pub(crate) fn parse_each(text: &str) -> Vec<Self> {
        let mut each = Self::parse_several(text);
        let bare = bare(text).and_then(|bare| Self::split(&bare));
        let further =
            bare.filter(|bare| bare.shown() >= SEVERAL && !each.iter().any(|shown| shown.fit_with(bare) == Fit::Whole));
        each.extend(further);
        each
    }

    fn parse_several(text: &str) -> Vec<Self> {
        let is_mark = |c: char| is_parting(c) || matches!(c, '/' | '／' | '\n' | ' ' | '　');
        let parts = text.split(is_mark).filter_map(Self::parse);
        let parts: Vec<Self> = parts.filter(|shown| !shown.is_whole && shown.shown() >= SEVERAL).collect();
        if parts.len() > 1 { parts } else { Self::parse(text).into_iter().collect() }
    }

    /// How many characters are shown.
    ///
    /// ```
    /// # use wherewithal::domain::ShownNumber;
    /// let shown = ShownNumber::parse("1101051949****002X").ok_or("nothing shown")?;
    /// assert_eq!((shown.head(), shown.tail(), shown.shown()), ("1101051949", "002X", 14));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn shown(&self) -> usize {
        let both = self.head.chars().count() + self.tail.chars().count();
        if self.is_whole { both / 2 } else { both }
    }

    /// Whether nothing is hidden.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The characters before the first hidden one.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The characters after the last hidden one.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// How a number, whole or hidden in part itself, agrees with what is shown. A resident number
    /// is compared in its form of 18 and in that of 15, a credit code also by the organisation code
    /// in it.
    pub fn fit(&self, number: &str) -> Fit {
        Self::forms(number).iter().map(|form| self.fit_with(form)).max().unwrap_or(Fit::Neither)
    }

    /// The forms in which one number may be written.
    pub fn forms(number: &str) -> Vec<Self> {
        let mut forms: Vec<Self> = Self::parse(number).into_iter().collect();
        if let Ok(identifier) = Identifier::parse(number) {
            forms.extend(others(&identifier).iter().filter_map(|form| Self::parse(form)));
        }
        forms
    }

    /// How the ends that both show agree.
    pub(crate) fn fit_with(&self, other: &Self) -> Fit {
        if self.is_whole && other.is_whole {
            return if self.head == other.head { Fit::Whole } else { Fit::Neither };
        }
        let common = |(a, b): (char, char)| a == b;
        let heads = self.head.chars().zip(other.head.chars()).all(common);
        let tails = self.tail.chars().rev().zip(other.tail.chars().rev()).all(common);
        match (heads, tails) {
            (true, true) => Fit::Whole,
            (true, false) if !self.head.is_empty() && !other.head.is_empty() => Fit::OneEnd,
            (false, true) if !self.tail.is_empty() && !other.tail.is_empty() => Fit::OneEnd,
            _ => Fit::Neither,
        }
    }

    /// Whether a number would fit but for one character that is missing, wrong or too much.
    pub(crate) fn fits_but_for_a_slip(&self, number: &str) -> bool {
        let (forward, backward): (Vec<char>, Vec<char>) = (number.chars().collect(), number.chars().rev().collect());
        let (head, tail): (Vec<char>, Vec<char>) = (self.head.chars().collect(), self.tail.chars().rev().collect());
        slips(&head, &forward) + slips(&tail, &backward) <= 1
    }

    /// Whether what is shown may belong to a number of this kind, so that it tells two of them apart.
    pub(crate) fn is_like(&self, kind: IdentifierKind) -> bool {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let tail = self.tail.strip_suffix('X').unwrap_or(&self.tail);
        match kind {
            IdentifierKind::Resident | IdentifierKind::ResidencePermit => {
                self.length >= 12 && digits(&self.head) && digits(tail)
            }
            // The registration numbers of before 2015 begin with an area, codes of firms with 9.
            IdentifierKind::CreditCode => self.length >= 12 && (self.head.starts_with('9') || self.length >= 17),
            _ => false,
        }
    }
}

impl std::fmt::Debug for ShownNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShownNumber({} of {} characters)", self.shown(), self.length)
    }
}

/// Whether a text is digits, capitals and stars alone, with no X beside another, as this crate
/// writes masks: nothing in it is dress, and it is read without being rewritten.
fn is_plainly_shown(text: &str) -> bool {
    let mut before = b' ';
    text.bytes().all(|byte| {
        let is_run = byte == b'X' && before == b'X';
        before = byte;
        !is_run && (byte == b'*' || byte.is_ascii_digit() || byte.is_ascii_uppercase())
    })
}

/// How many slips part what is shown from the beginning of a number; more than one are told as two.
fn slips(shown: &[char], number: &[char]) -> usize {
    let same = shown.iter().zip(number).take_while(|(a, b)| a == b).count();
    let begins = |number_from: usize, shown_from: usize| match (number.get(number_from..), shown.get(shown_from..)) {
        (Some(number), Some(shown)) => number.starts_with(shown),
        _ => false,
    };
    match () {
        () if same == shown.len() => 0,
        // A character is missing, wrong or too much.
        () if begins(same, same + 1) || begins(same + 1, same + 1) || begins(same + 1, same) => 1,
        () => 2,
    }
}

/// Other ways to write a sound number: 18 characters and 15, the organisation code in a credit code.
fn others(identifier: &Identifier) -> Vec<String> {
    let number = identifier.canonical();
    let part = |range: std::ops::Range<usize>| number.get(range).unwrap_or_default();
    match (identifier.kind(), number.len()) {
        (IdentifierKind::Resident, 18) => vec![number.to_owned(), format!("{}{}", part(0..6), part(8..17))],
        // The order tells that the century is unknown.
        (IdentifierKind::Resident, 15) => ["18", "19"]
            .iter()
            .filter_map(|century| {
                let body = format!("{}{century}{}", part(0..6), part(6..15));
                let check = Identifier::check_character(IdentifierKind::Resident, &body)?;
                Some(format!("{body}{check}"))
            })
            .collect(),
        (IdentifierKind::CreditCode, 18) => vec![part(8..17).to_owned()],
        _ => vec![number.to_owned()],
    }
}

/// The text with a star for whatever hides: stars, dots and bullets, runs of what else only dresses
/// a number, and any sign or word between its characters. Words around it are no part of it:
/// `身份证320205****0058`, `320205****0058(本人)`.
fn starred(text: &str) -> String {
    let text = without_note(text);
    let is_word = |c: char| !half_width(c).is_ascii() && c.is_alphabetic() && !is_like_x(c);
    let is_bracket = |c: char| matches!(half_width(c), '[' | ']' | '{' | '}' | '<' | '>' | '【' | '】' | '〔' | '〕');
    let is_around =
        |c: char| is_word(c) || is_bracket(c) || matches!(half_width(c), ' ' | ':' | '(' | ')') || is_parting(c);
    let characters: Vec<char> = text.trim_matches(is_around).chars().collect();
    let is_in_run = |at: usize| {
        let c = characters.get(at);
        c.is_some() && (c == characters.get(at + 1) || at > 0 && c == characters.get(at - 1))
    };
    let is_sign = |c: char| {
        let is_dress = c.is_whitespace() || is_invisible(c) || is_hyphen(c) || is_quote(c) || is_like_x(c);
        !half_width(c).is_ascii() && !is_dress && !is_parting(c) && !matches!(c, '·' | '。')
    };
    let is_filler =
        |c: char| matches!(half_width(c), '.' | '/' | '+' | '\\') || matches!(c, '。' | '·') || is_hyphen(c);
    let hides =
        |(at, c): (usize, &char)| is_star(*c) || is_sign(*c) || is_bracket(*c) || is_filler(*c) && is_in_run(at);
    characters.iter().enumerate().map(|(at, c)| if hides((at, c)) { '*' } else { *c }).collect()
}

/// The letters and digits on either side of the longest run of stars, and nothing else; nothing for
/// a text without dress.
fn bare(text: &str) -> Option<String> {
    if is_plainly_shown(text) {
        return None;
    }
    let characters: Vec<char> = text.chars().map(half_width).collect();
    let mut at = 0;
    let runs = characters.chunk_by(|a, b| a == b).map(|run| {
        at += run.len();
        (at - run.len(), run)
    });
    let hiding = runs.filter(|(_, run)| run.len() > 1 && run.first().is_some_and(|c| is_star(*c)));
    let (begin, run) = hiding.max_by_key(|(begin, run)| (run.len(), std::cmp::Reverse(*begin)))?;
    let is_shown = |c: &&char| c.is_ascii_alphanumeric();
    let head: Vec<char> = characters.get(..begin)?.iter().rev().take_while(is_shown).copied().collect();
    let tail = characters.get(begin + run.len()..)?.iter().take_while(is_shown);
    Some(head.into_iter().rev().chain(['*']).chain(tail.copied()).collect::<String>().to_ascii_uppercase())
}

/// The text without a note in brackets behind a number of which a part is hidden: `320205****0058(ID)`.
fn without_note(text: &str) -> &str {
    let inner = text.trim_end().strip_suffix([')', '）']).and_then(|rest| rest.rsplit_once(['(', '（']));
    match inner {
        Some((number, note)) if number.contains(is_star) && !note.contains(|c: char| c.is_ascii_digit()) => number,
        _ => text,
    }
}

/// What stands between two numbers of one cell.
const fn is_parting(c: char) -> bool {
    matches!(c, '、' | ',' | '，' | ';' | '；' | '|' | '｜' | '和' | '与' | '及' | '或')
}

/// What is typed for the X at the end of a number.
const fn is_like_x(c: char) -> bool {
    matches!(c, 'Х' | 'х' | '✕' | 'Ⅹ' | 'ⅹ' | 'χ' | 'Χ')
}

const fn is_star(c: char) -> bool {
    matches!(
        c,
        '*' | '＊'
            | '×'
            | '✱'
            | '✲'
            | '∗'
            | '⁎'
            | '•'
            | '●'
            | '○'
            | '◦'
            | '█'
            | '■'
            | '□'
            | '?'
            | '#'
            | '_'
            | '…'
            | '※'
            | '~'
    )
}

/// A run of so many x hides; a single one at the end is a check character. Of a hundred thousand sound credit codes two
/// hold four x in a row, and none holds three beside nothing but digits.
fn hide_runs_of_x(characters: &mut [char], least: usize) {
    let is_digits = characters.iter().all(|c| c.is_ascii_digit() || *c == 'X' || *c == '*');
    let least = if least > 2 && !is_digits { 4 } else { least };
    for run in characters.chunk_by_mut(|a, b| a == b) {
        if run.len() >= least && run.first() == Some(&'X') {
            run.fill('*');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fit(shown: &str, number: &str) -> Fit {
        ShownNumber::parse(shown).unwrap().fit(number)
    }

    #[test]
    fn stars_do_not_count_characters() {
        let number = "320205197005050058";
        for shown in ["32020519700****0058", "320205****0058", "320205********0058", "3202051970XXXX0058", "3····8"]
        {
            assert_eq!(fit(shown, number), Fit::Whole, "{shown}");
        }
        assert_eq!(fit("3202051970****0059", number), Fit::OneEnd);
        assert_eq!(fit("3302051970****0059", number), Fit::Neither);
        // With its x this passes the check of a credit code.
        assert_eq!(fit("1372041997XXXX5458", "137204199706205458"), Fit::Whole);
        assert!(ShownNumber::parse("11010519491231002X").unwrap().is_whole());
    }

    #[test]
    fn any_sign_hides_and_words_around_a_number_are_no_part_of_it() {
        let number = "320205197005050058";
        for shown in [
            "320205★★★★0058",
            "320205⊗⊗0058",
            "320205[隐藏]0058",
            "320205某某0058",
            "320205////0058",
            "320205＋＋0058",
            "身份证320205****0058",
            "身份证号码：320205****0058",
            "320205****0058(身份证)",
            "320205****0058（ID）",
            "张伟 320205****0058 本人",
            "★★★★★★0058",
        ] {
            assert_eq!(fit(shown, number), Fit::Whole, "{shown}");
            assert_ne!(fit(&shown.replace("0058", "0069"), number), Fit::Whole, "{shown}");
        }
        assert!(ShownNumber::parse("A123456(7)").unwrap().is_whole(), "a check digit is no note");
        for beside in [
            "1.{}",
            "1){}",
            "（1）{}",
            "第1人 {}",
            "1-{}",
            "[1] {}",
            "{}(1)",
            "{}（2024）",
            "{}(已核2次)",
            "{}-1",
            "{},1",
            "{}#1",
        ] {
            let shown = beside.replace("{}", "3202051970****0058");
            let fits = ShownNumber::parse_each(&shown).iter().any(|shown| shown.fit(number) == Fit::Whole);
            assert!(fits, "{shown}");
            let others = ShownNumber::parse_each(&shown.replace("0058", "0069"));
            assert!(others.iter().all(|shown| shown.fit(number) != Fit::Whole), "{shown}");
        }
        let each = ShownNumber::parse_each("3202051970****0058、1101011985****1230");
        assert_eq!(each.iter().map(ShownNumber::shown).collect::<Vec<_>>(), [14, 14]);
        assert_eq!(ShownNumber::parse_each("3202 05** **** **00 58").len(), 1, "pieces of one number");
    }

    #[test]
    fn the_older_form_is_the_same_number() {
        assert_eq!(fit("110105491***002", "11010519491231002X"), Fit::Whole);
        assert_eq!(fit("1101051949****002X", "110105491231002"), Fit::Whole);
        assert_eq!(fit("1101051849****999*", "110105491231999"), Fit::Whole, "the century is unknown");
        assert_eq!(fit("M0001****", "91350100M000100Y43"), Fit::Whole, "an organisation code");
    }

    #[test]
    fn both_may_be_hidden_in_part() {
        assert_eq!(fit("1101051949****002X", "110105********002X"), Fit::Whole);
        assert_eq!(fit("1101051949****002X", "110106********002X"), Fit::OneEnd);
        assert!(ShownNumber::parse(" ** ").is_none());
    }

    #[test]
    fn what_is_read_without_rewriting_is_read_the_same() {
        for plain in
            ["1101051949****002X", "3202**********4804", "9135****0Y43", "X****X", "****", "11010519491231002X"]
        {
            let dressed = ShownNumber::parse(&format!("'{plain}"));
            assert_eq!(ShownNumber::parse(plain), dressed, "{plain}");
        }
        assert!(!is_plainly_shown("1101051949XXXX002X") && !is_plainly_shown("1101051949****002x"));
    }

    #[test]
    fn one_slip_is_one_character() {
        let (shown, number) = (ShownNumber::parse("1101051949****002X").unwrap(), "11010519491231002X");
        let is_near = |number: &str| shown.fits_but_for_a_slip(number);
        for at in 0..number.len() {
            let (before, after) = (&number[..at], &number[at + 1..]);
            assert!(is_near(&format!("{before}{after}")), "without {at}");
            assert!(is_near(&format!("{before}7{after}")), "{at} is wrong");
            assert!(is_near(&format!("{before}7{}", &number[at..])), "one more at {at}");
        }
        assert!(is_near(number));
        for other in ["11010619501231002X", "1101061949123100", "11010519491231112X", ""] {
            assert!(!is_near(other), "{other}");
        }
    }

    #[test]
    fn tells_apart_only_what_is_of_one_kind() {
        let is_like = |shown: &str| ShownNumber::parse(shown).unwrap().is_like(IdentifierKind::Resident);
        assert!(is_like("1101051949****002X") && is_like("320205****0063"));
        assert!(!is_like("E1234****") && !is_like("1234****") && !is_like("91350200MA****KT14"));
    }

    proptest! {
        /// However much of a number is shown and however many stars stand for the rest, it fits.
        #[test]
        fn what_is_shown_of_a_number_fits_it(head in 0usize..12, tail in 0usize..6, stars in 1usize..12) {
            prop_assume!(head + tail > 0);
            let number = "11010519491231002X";
            let shown = format!("{}{}{}", &number[..head], "*".repeat(stars), &number[18 - tail..]);
            prop_assert_eq!(fit(&shown, number), Fit::Whole);
        }
    }
}
