//! Normal forms under which parties and things are compared, and the pseudonyms made of them.

use std::borrow::Cow;
use std::fmt;

use super::{Identifier, IdentifierFault as Fault, several, whole, written};
use crate::domain::dress::undressed;
use crate::domain::{PseudonymKey, masked_text};

/// The one form in which a text that names a party is compared, wherever it stands: a column, the key of a lookup, a
/// question for one debtor.
///
/// A sound identifier is in its canonical form. A number that fails its check keeps its characters without dress, since
/// real registers hold such numbers. Any other text, such as a source's own number, keeps all but its outer dress.
///
/// # Examples
///
/// ```
/// use wherewithal::domain::{IdentifierFault, PartyKey, PseudonymKey};
///
/// let court = PseudonymKey::from_secret(b"of this court");
/// let plain = PartyKey::parse("11010519491231002X")?.pseudonym(&court);
/// for dressed in ["'11010519491231002x", "=\"11010519491231002X\"", "１１０１０５ 19491231 002X", "110105491231002"] {
///     assert_eq!(PartyKey::parse(dressed)?.pseudonym(&court), plain);
/// }
/// assert_eq!(PartyKey::parse("1.10105E+17").unwrap_err(), IdentifierFault::Scientific);
/// # Ok::<(), IdentifierFault>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PartyKey<'t> {
    text: Cow<'t, str>,
    is_unsound: bool,
}

impl<'t> PartyKey<'t> {
    /// Reads a text that names a party.
    ///
    /// # Errors
    ///
    /// [`Fault::Scientific`], [`Fault::CutOff`], [`Fault::Fraction`], [`Fault::Hidden`] and
    /// [`Fault::Length`] for what cannot be a whole number, [`Fault::Several`] for the numbers of
    /// several parties, [`Fault::Placeholder`] (`0` and `-1` are some) and [`Fault::Empty`] where
    /// no number is known.
    pub fn parse(text: &'t str) -> Result<Self, Fault> {
        let text = undressed(text);
        if whole::is_nobody(&text) {
            return Err(Fault::Placeholder);
        }
        match Identifier::of_undressed(&text) {
            Ok(number) => Ok(Self { text: Cow::Owned(number.into_canonical()), is_unsound: false }),
            Err(fault) if fault.is_ruin() => Err(fault),
            Err(fault) => {
                let mut numbers = several::numbers(&text);
                match (numbers.pop_first(), numbers.is_empty()) {
                    (Some(_), false) => return Err(Fault::Several),
                    // The number of one party, written twice.
                    (Some(number), true) => {
                        return match Identifier::of_undressed(&number) {
                            Err(fault) if fault.is_ruin() => Err(fault),
                            read => Ok(Self { text: Cow::Owned(number), is_unsound: read.is_err() }),
                        };
                    }
                    (None, _) => {}
                }
                let plain = written::plain(written::without_words(&text).unwrap_or(&text));
                if is_nobody(&text) {
                    return Err(Fault::Placeholder);
                }
                if whole::is_of_no_length(&plain) {
                    return Err(Fault::Length { characters: plain.len() });
                }
                let is_number = is_like_a_number(&plain, fault) || is_printed_code(&text, fault);
                // `3201…(配偶)` is another party than 3201…, and `P3201…` nobody knows.
                let is_unsound = is_number || holds_a_number(&text);
                let text = if is_number { Cow::Owned(plain.into_owned()) } else { text };
                Ok(Self { text, is_unsound })
            }
        }
    }

    /// The text to compare, in clear.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text to compare, in clear.
    ///
    /// ```
    /// # use wherewithal::domain::PartyKey;
    /// assert_eq!(PartyKey::parse(" 'A-0815 ")?.into_text(), "A-0815"); // a number of the source's own
    /// # Ok::<(), wherewithal::domain::IdentifierFault>(())
    /// ```
    pub fn into_text(self) -> Cow<'t, str> {
        self.text
    }

    /// Whether it has the form of an identifier and fails its check, or holds a sound one of eighteen characters among
    /// others: then it is another key than that one.
    ///
    /// ```
    /// # use wherewithal::domain::PartyKey;
    /// assert!(!PartyKey::parse("11010519491231002X")?.is_unsound());
    /// assert!(PartyKey::parse("110105194912310021")?.is_unsound()); // another check character belongs to it
    /// # Ok::<(), wherewithal::domain::IdentifierFault>(())
    /// ```
    pub const fn is_unsound(&self) -> bool {
        self.is_unsound
    }

    /// The pseudonym of the party under `key`.
    pub fn pseudonym(&self, key: &PseudonymKey) -> i64 {
        key.pseudonym("party", &self.text)
    }
}

impl fmt::Debug for PartyKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyKey({})", masked_text(&self.text))
    }
}

/// The one form in which the number of a thing (an account, a policy, a plate) is compared: without outer dress, digits
/// without the blanks between them.
///
/// # Errors
///
/// As [`PartyKey::parse`], but for numbers that are partly hidden: exports show accounts so, and two of one debtor are
/// rarely alike.
pub(crate) fn item_key(text: &str) -> Result<Cow<'_, str>, Fault> {
    let text = undressed(text);
    match whole::fault(&text) {
        None | Some(Fault::Hidden) => {}
        Some(fault) => return Err(fault),
    }
    for bare in [written::unlabelled(&text), written::without_words(&text)].into_iter().flatten() {
        match whole::fault(&undressed(bare)) {
            Some(fault) if fault != Fault::Hidden && written::is_ruin(fault, (&text, bare)) => return Err(fault),
            _ => {}
        }
    }
    let is_grouped = text.contains(' ') && text.bytes().all(|b| b.is_ascii_digit() || b == b' ');
    Ok(if is_grouped && text.len() >= 12 { Cow::Owned(text.replace(' ', "")) } else { text })
}

/// Whether zero or minus one stands in brackets, or behind a label that says number.
fn is_nobody(text: &str) -> bool {
    let labelled = text.split_once(':').filter(|_| written::says_number(text)).map(|(_, number)| number);
    [Some(text), labelled]
        .into_iter()
        .flatten()
        .any(|part| whole::is_nobody(part.trim_matches([' ', '(', ')', '[', ']'])))
}

/// Whether a text that is no sound identifier has the characters of one and its length, or nearly:
/// a key of seventeen or nineteen digits may be a source's own.
fn is_like_a_number(plain: &str, fault: Fault) -> bool {
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let is_number = plain.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_long = matches!(plain.len(), 15 | 18) && (digits >= 14 || matches!(fault, Fault::Check { .. }));
    let is_plain = digits == plain.len() || digits + 1 == plain.len() && plain.ends_with('X');
    is_number && (is_long || matches!(plain.len(), 14 | 16 | 17 | 19) && is_plain)
}

/// Whether a sound number of eighteen characters stands among others.
fn holds_a_number(text: &str) -> bool {
    let is_sound = |part: &str| part.len() == 18 && Identifier::of_undressed(part).is_ok();
    let begins = |(at, c): (usize, char)| c.is_ascii_digit() && !text.get(..at).unwrap_or_default().ends_with(is_digit);
    let resident = |at: usize| {
        let rest = text.get(at..)?;
        let digits = rest.len() - rest.trim_start_matches(is_digit).len();
        rest.get(..digits.max(18)).filter(|_| digits >= 17)
    };
    let mut residents = text.char_indices().filter(|place| begins(*place)).filter_map(|(at, _)| resident(at));
    text.len() > 18 && (residents.any(is_sound) || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_sound))
}

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether it is printed as an organisation code, with a hyphen before a check character that does not fit.
fn is_printed_code(text: &str, fault: Fault) -> bool {
    matches!(fault, Fault::Check { position: 9 }) && written::has_final_hyphen(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> String {
        PartyKey::parse(text).unwrap().as_str().to_owned()
    }

    /// Ways in which people and programs write the same number.
    fn dressed(number: &str) -> Vec<String> {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap();
        let grouped: Vec<String> =
            number.as_bytes().chunks(6).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
        let mut all = vec![
            number.to_owned(),
            number.to_lowercase(),
            number.chars().map(wide).collect(),
            grouped.join(" "),
            grouped.join("\u{A0}"),
            grouped.join("\u{200B}"),
            grouped.join("-"),
            grouped.join("－"),
        ];
        let outer = [
            ("'", ""),
            ("’", ""),
            ("\"", "\""),
            ("=\"", "\""),
            ("\u{FEFF}", ""),
            (" ", "\t"),
            ("\u{3000}", "\u{3000}"),
            ("\u{202D}", "\u{202C}"),
            ("=", ""),
            ("#", ";"),
            ("_", "%"),
            ("ID No. ", ""),
            ("【", "】"),
        ];
        for (left, right) in outer {
            all.extend(all.clone().iter().take(4).map(|text| format!("{left}{text}{right}")));
        }
        all
    }

    #[test]
    fn many_spellings_are_one_party() {
        for number in ["11010519491231002X", "320106198706150217", "91350100M000100Y43", "320106198706150218"] {
            for text in dressed(number) {
                assert_eq!(key(&text), number, "{text:?}");
            }
        }
        assert_eq!(key("320106870615021"), "320106198706150217", "fifteen digits are eighteen");
        assert_eq!(key("58073473—9"), "580734739");
        assert_eq!(key("320106870615021/320106198706150217"), "320106198706150217", "one number in both its forms");
    }

    #[test]
    fn own_keys_stay_apart() {
        for (a, b) in
            [("1-23", "12-3"), ("12 3", "1 23"), ("C1", "C-1"), ("Ab", "AB"), ("a.b", "ab"), ("张 三", "张三")]
        {
            assert_ne!(key(a), key(b));
        }
        assert_eq!(key("　某某公司\u{200B}"), "某某公司");
    }

    #[test]
    fn a_name_or_an_own_number_stays_beside_what_ruins_no_number() {
        for text in [
            "张三:无",
            "张三:",
            "乙方:空",
            "中国银行:暂缺",
            "客户:2018.0815",
            "A:1.5",
            "NO.2018.0815",
            "第3.2号",
            "#1.5",
            "#0",
            "ID000000",
            "NO000000",
            "ID0",
            "NANO",
            "NO",
            "ID",
        ] {
            assert_eq!(key(text), text);
        }
        assert_eq!(key("id6222020200112233"), key("ID6222020200112233"));
    }

    #[test]
    fn what_cannot_be_whole_is_no_key() {
        for (text, fault) in [
            ("3.20106E+17", Fault::Scientific),
            ("３．２０１０６Ｅ＋１７", Fault::Scientific),
            ("'3.20106e+17", Fault::Scientific),
            ("320106198706150000", Fault::CutOff),
            ("=\"320106198706150000\"", Fault::CutOff),
            ("320106198706150217.0", Fault::Fraction),
            ("3201**********0217", Fault::Hidden),
            ("320106XXXXXXXX0217", Fault::Hidden),
            ("00000000-0", Fault::Placeholder),
            (" 无 ", Fault::Placeholder),
            ("0", Fault::Placeholder),
            ("'０", Fault::Placeholder),
            ("-1", Fault::Placeholder),
            ("32010619870615021", Fault::Length { characters: 17 }),
            ("3201061987061502170", Fault::Length { characters: 19 }),
            ("320106-19870615-02170", Fault::Length { characters: 19 }),
            ("320106198706150217;11010519491231002X", Fault::Several),
            ("320106198706150218 110105194912310021", Fault::Several),
            (";'00000000-0", Fault::Placeholder),
            ("#00000000-0", Fault::Placeholder),
            ("组织机构代码00000000-0", Fault::Placeholder),
            ("证件号码:0", Fault::Placeholder),
            ("证件号码：-1", Fault::Placeholder),
            ("(0)", Fault::Placeholder),
            ("(-1)", Fault::Placeholder),
            ("000000000000000/000000000000000", Fault::Placeholder),
            ("320106198706150000/320106198706150000", Fault::CutOff),
            ("320106200506150***", Fault::Hidden),
            ("320106201012310###", Fault::Hidden),
            ("身份证号：无", Fault::Placeholder),
            ("身份证号：", Fault::Empty),
            ("身份证号：3.20106E+17", Fault::Scientific),
            ("=3.20106E+17;", Fault::Scientific),
            ("身份证320106198706150217.0", Fault::Fraction),
            ("身份证号:320106198706150000", Fault::CutOff),
            ("身份证号:3201**********0217", Fault::Hidden),
            ("-", Fault::Empty),
            ("''", Fault::Empty),
        ] {
            assert_eq!(PartyKey::parse(text).unwrap_err(), fault, "{text}");
        }
        // Zeros at the end are no fault of a number whose check fits.
        let body = "32010619870615000";
        let last = Identifier::check_character(crate::domain::IdentifierKind::Resident, body).unwrap();
        assert!(PartyKey::parse(&format!("{body}{last}")).is_ok());
    }

    #[test]
    fn tells_numbers_that_fail_their_check() {
        for (text, is_unsound) in [
            ("320106198706150218", true),
            ("'320106198706150218", true),
            ("91350100M000100Y44", true),
            ("58073473-8", true),
            ("580734738", false),
            ("320106198706150217", false),
            ("6222020200112233445", true),
            ("17501234567890123", true),
            ("42", false),
            ("13579135791", false),
            ("card 6222020200112233445", false),
            ("320106198706150217(配偶)", true),
            ("P11010519491231002X", true),
            ("320106198706150217张三", true),
            ("客户91350100M000100Y43", true),
            ("P320106198706150218", false),
            ("AT-0815/20180203/320106", false),
            ("某某公司", false),
        ] {
            assert_eq!(PartyKey::parse(text).unwrap().is_unsound(), is_unsound, "{text}");
        }
        assert_eq!(format!("{:?}", PartyKey::parse("320106198706150218").unwrap()), "PartyKey(3201**********0218)");
    }

    #[test]
    fn things_have_one_form_too() {
        assert_eq!(item_key("'6222 0200 0000 0001").unwrap(), "6222020000000001");
        assert_eq!(item_key("苏B 12345").unwrap(), "苏B 12345");
        assert_eq!(item_key("1 2").unwrap(), "1 2");
        assert_eq!(item_key("6222****0001").unwrap(), "6222****0001");
        assert_eq!(item_key("6.222E+18").unwrap_err(), Fault::Scientific);
        assert_eq!(item_key("00000000").unwrap_err(), Fault::Placeholder);
        assert_eq!(item_key("账号：6.222E+18").unwrap_err(), Fault::Scientific);
        assert_eq!(item_key("#6.222E+18").unwrap_err(), Fault::Scientific);
        assert_eq!(item_key("账号：").unwrap_err(), Fault::Empty);
        for own in ["账号:6222", "东区:1.2", "地块:12.5", "第3.2号", "ID000000"] {
            assert_eq!(item_key(own).unwrap(), own);
        }
        assert_eq!(item_key("/").unwrap_err(), Fault::Empty);
    }

    proptest! {
        /// A key is its own key: comparing it again changes nothing.
        #[test]
        fn a_key_is_a_fixed_point(
            text in "[0-9A-Za-z０-９'\" -]{0,20}|\\PC{0,24}|\
                     (身份证号|id|No|第|#|张三)?[:：;= ]?(0{6,18}|[0-9]{15,18}|-?[01]|[0-9]{1,9}\\.[0-9]{1,4})[号*;/]{0,3}[0-9]{0,18}",
        ) {
            if let Ok(first) = PartyKey::parse(&text) {
                let again = PartyKey::parse(first.as_str());
                prop_assert_eq!(again.map(|key| key.as_str().to_owned()), Ok(first.as_str().to_owned()));
            }
        }
    }
}
