use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What an enforcement case is about, by the type code of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// First enforcement (执).
    First,
    /// Resumed enforcement (执恢).
    Resumed,
    /// Preservation (执保).
    Preservation,
    /// Preservation before suit (财保).
    PreSuitPreservation,
    /// Objection (执异).
    Objection,
    /// Review (执复).
    Review,
    /// Supervision (执监).
    Supervision,
    /// Coordination (执协).
    Coordination,
    /// Other enforcement (执他).
    Other,
    /// No enforcement case: a trial, an administrative or a criminal one.
    NotEnforcement,
}

/// Longest codes first: `执` begins most of the others.
const TYPES: [(&str, CaseKind); 9] = [
    ("执恢", CaseKind::Resumed),
    ("执保", CaseKind::Preservation),
    ("财保", CaseKind::PreSuitPreservation),
    ("执异", CaseKind::Objection),
    ("执复", CaseKind::Review),
    ("执监", CaseKind::Supervision),
    ("执协", CaseKind::Coordination),
    ("执他", CaseKind::Other),
    ("执", CaseKind::First),
];

impl CaseKind {
    /// The code of table `cases`, column `kind`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Resumed => "resumed",
            Self::Preservation | Self::PreSuitPreservation => "preservation",
            _ => "other",
        }
    }

    fn of(type_code: &str) -> Self {
        TYPES.iter().find(|(code, _)| *code == type_code).map_or(Self::NotEnforcement, |(_, kind)| *kind)
    }
}

/// A case number (案号).
///
/// Reads the form in force since 2016-01-01, `（2017）苏0205执1234号`, and the older `（2015）锡执字第00123号`, with
/// brackets of either width, blanks, and the number of a document in the case (`之一`), which is dropped.
///
/// ```
/// use wherewithal::domain::{CaseKind, CaseNumber};
///
/// let number = CaseNumber::parse("(2017)苏0205执恢 0123号之二")?;
/// assert_eq!(number.to_string(), "（2017）苏0205执恢123号");
/// assert_eq!((number.year(), number.court(), number.kind()), (2017, "苏0205", CaseKind::Resumed));
/// # Ok::<(), wherewithal::Error>(())
/// ```
///
/// # References
///
/// 最高人民法院《关于人民法院案件案号的若干规定》(法〔2015〕137号), in force from 2016-01-01.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    year: u16,
    court: String,
    type_code: String,
    serial: u64,
    is_old_style: bool,
}

const PROVINCES: &str = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵军";

impl CaseNumber {
    /// Reads a case number.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text is none.
    pub fn parse(text: &str) -> Result<Self> {
        read(text).ok_or_else(|| Error::setting("case number", text.trim(), "（year）court type serial 号"))
    }

    /// The year in brackets: the year of filing.
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The court as written: a province with the digits of the court, or the older short name.
    pub fn court(&self) -> &str {
        &self.court
    }

    /// The type code, such as `执恢`.
    pub fn type_code(&self) -> &str {
        &self.type_code
    }

    /// What the case is about.
    pub fn kind(&self) -> CaseKind {
        CaseKind::of(&self.type_code)
    }

    /// The number within court, type and year.
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether it is written as before 2016.
    pub const fn is_old_style(&self) -> bool {
        self.is_old_style
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let middle = if self.is_old_style { "字第" } else { "" };
        write!(f, "（{:04}）{}{}{middle}{}号", self.year, self.court, self.type_code, self.serial)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

fn read(text: &str) -> Option<CaseNumber> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
    let (year, rest) = plain.strip_prefix(['(', '[', '〔'])?.split_once([')', ']', '〕'])?;
    let year = year.strip_suffix('年').unwrap_or(year);
    let year: u16 = (year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit())).then(|| year.parse().ok())??;
    let (rest, document) = rest.rsplit_once('号')?;
    if !(document.is_empty() || document.starts_with(['之', '-'])) {
        return None;
    }
    let head = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let serial: u64 = rest.get(head.len()..)?.parse().ok()?;
    let old = head.strip_suffix("字第").or_else(|| head.strip_suffix('第')?.strip_suffix('字'));
    let (court, type_code) = match old {
        Some(head) => split_old(head)?,
        None => split_new(head)?,
    };
    Some(CaseNumber {
        year,
        court: court.to_owned(),
        type_code: type_code.to_owned(),
        serial,
        is_old_style: old.is_some(),
    })
}

/// A province and up to four digits, or the supreme court, then the type.
fn split_new(head: &str) -> Option<(&str, &str)> {
    let court_end = match head.strip_prefix("最高法") {
        Some(_) => "最高法".len(),
        None => {
            let province = head.chars().next().filter(|c| PROVINCES.contains(*c))?;
            let tail = head.get(province.len_utf8()..)?;
            head.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len()
        }
    };
    let (court, type_code) = head.split_at_checked(court_end)?;
    let digits = court.bytes().filter(u8::is_ascii_digit).count();
    let fits = digits <= 4 && (1..=4).contains(&type_code.chars().count());
    (fits && type_code.chars().all(|c| !c.is_ascii())).then_some((court, type_code))
}

/// A short name of the court, then the type.
fn split_old(head: &str) -> Option<(&str, &str)> {
    let code = TYPES.iter().find(|(code, _)| head.ends_with(code)).map(|(code, _)| *code);
    let at = match code {
        Some(code) => head.len() - code.len(),
        None => head.chars().next()?.len_utf8(),
    };
    head.split_at_checked(at).filter(|(court, type_code)| !court.is_empty() && !type_code.is_empty())
}

fn half_width(c: char) -> char {
    match c {
        '（' => '(',
        '）' => ')',
        '［' => '[',
        '］' => ']',
        '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_styles_and_widths() {
        for (text, canonical, court, kind) in [
            ("（2017）苏0205执1234号", "（2017）苏0205执1234号", "苏0205", CaseKind::First),
            ("(2018) 苏02执恢7号之一", "（2018）苏02执恢7号", "苏02", CaseKind::Resumed),
            ("〔2016〕粤0703执保００5号", "（2016）粤0703执保5号", "粤0703", CaseKind::Preservation),
            ("（2019）苏执复12号", "（2019）苏执复12号", "苏", CaseKind::Review),
            ("（2020）最高法执监3号", "（2020）最高法执监3号", "最高法", CaseKind::Supervision),
            ("（2020）苏0214财保3号", "（2020）苏0214财保3号", "苏0214", CaseKind::PreSuitPreservation),
            ("（2017）苏0205民初99号", "（2017）苏0205民初99号", "苏0205", CaseKind::NotEnforcement),
            ("（2015）锡执字第00123号", "（2015）锡执字第123号", "锡", CaseKind::First),
            ("(2014)崇执恢字第9号", "（2014）崇执恢字第9号", "崇", CaseKind::Resumed),
        ] {
            let number = CaseNumber::parse(text).unwrap();
            assert_eq!(number.to_string(), canonical);
            assert_eq!((number.court(), number.kind()), (court, kind), "{text}");
            assert_eq!(CaseNumber::parse(canonical).unwrap(), number);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(serde_json::from_str::<CaseNumber>(&json).unwrap(), number);
        }
    }

    #[test]
    fn refuses_what_is_no_case_number() {
        for text in [
            "",
            "5314",
            "（2017）苏0205执号",
            "2017苏0205执1号",
            "（17）苏执1号",
            "（2017）苏020512执1号",
            "（2017）执1号",
        ] {
            assert!(CaseNumber::parse(text).is_err(), "{text}");
        }
    }
}
