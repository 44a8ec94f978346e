//! The type of a checked case number and why a text is none.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::CaseKind;
use super::read::read;

/// Why a text is not the number of one case. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CaseFault {
    /// It has not the form of a case number.
    #[error("found no case number, expected （year）court type serial 号")]
    Form,
    /// It names several cases, such as `1234、1235号`.
    #[error("found several case numbers, expected one: write a row for each case")]
    Several,
}

/// A case number (案号).
///
/// Reads the form in force since 2016-01-01, `（2017）苏0205执1234号`, and the older `（2015）锡执字第00123号`, however
/// it is dressed: brackets of any kind or none, blanks, full width, traditional characters, 字第 or 第, zeros before the
/// serial, no 号. The number of a document in the case (`之一`, `-1`) and the document's name are dropped. Court and
/// type are kept: 执, 执恢 and 执保 are different cases.
///
/// ```
/// use wherewithal::domain::{CaseFault, CaseKind, CaseNumber};
///
/// let number = CaseNumber::parse("(2017)苏0205执恢 0123号之二")?;
/// assert_eq!(number.to_string(), "（2017）苏0205执恢123号");
/// assert_eq!((number.year(), number.court(), number.kind()), (2017, "苏0205", CaseKind::Resumed));
/// assert_eq!(CaseNumber::parse("2017蘇0205執恢字第123-1號"), Ok(number));
/// assert_eq!(CaseNumber::parse("（2017）苏0205执1234、1235号"), Err(CaseFault::Several));
/// # Ok::<(), CaseFault>(())
/// ```
///
/// # References
///
/// 最高人民法院《关于人民法院案件案号的若干规定》(法〔2015〕137号), in force from 2016-01-01.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    pub(super) year: u16,
    pub(super) court: String,
    pub(super) type_code: String,
    pub(super) serial: u64,
    pub(super) is_old_style: bool,
}

impl CaseNumber {
    /// Reads a case number.
    ///
    /// # Errors
    ///
    /// [`CaseFault::Several`] when the text names more than one case, [`CaseFault::Form`] when it is no case number.
    ///
    /// ```
    /// # use wherewithal::domain::{CaseFault, CaseNumber};
    /// assert_eq!(CaseNumber::parse("2018-0815"), Err(CaseFault::Form));
    /// ```
    pub fn parse(text: &str) -> Result<Self, CaseFault> {
        read(text)
    }

    /// The year in brackets: the year of filing.
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The court as written: a province with the digits of the court, or the older short name.
    ///
    /// ```
    /// # use wherewithal::domain::CaseNumber;
    /// assert_eq!(CaseNumber::parse("（2015）锡执字第00123号")?.court(), "锡");
    /// # Ok::<(), wherewithal::domain::CaseFault>(())
    /// ```
    pub fn court(&self) -> &str {
        &self.court
    }

    /// What the case is about.
    pub fn kind(&self) -> CaseKind {
        CaseKind::from_type_code(&self.type_code)
    }

    /// The number within court, type and year.
    pub const fn serial(&self) -> u64 {
        self.serial
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let middle = if self.is_old_style { "字第" } else { "" };
        write!(f, "（{:04}）{}{}{middle}{}号", self.year, self.court, self.type_code, self.serial)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = CaseFault;

    fn try_from(text: String) -> Result<Self, CaseFault> {
        Self::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}
