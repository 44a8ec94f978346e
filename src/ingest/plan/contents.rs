//! What a text may hold, and what of it is masked before it is kept.
//!
//! Texts of agencies hold more than their columns promise: a note may name a person, a street may hold a
//! telephone number. No table keeps such a thing in clear:
//!
//! | column | what is kept |
//! |---|---|
//! | case numbers | one that can be read, as it stands; else as free text |
//! | codes and names of areas | as they stand |
//! | masked names | masked, if they are not yet |
//! | masked numbers | as they stand; a sound number in clear refuses the row |
//! | any other text | what may be an identifier, a telephone, an account or a person's name is masked and counted |

use std::borrow::Cow;

use super::scratch::{Scratch, Staged};
use crate::domain::{CaseNumber, Identifier, is_masked, masked_name};
use crate::ingest::refusal::{Fault, Reason};
use crate::schema::Column;

/// What the texts of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// Anything: runs that may be an identifier, a telephone or an account are masked, and words
    /// that may be a person's name.
    Free,
    /// A case number: one that can be read stays, anything else is as free text.
    CaseNumber,
    /// The code of an area, or its name.
    Area,
    /// A name: what is not masked yet is masked.
    MaskedName,
    /// A number that is masked already: one in clear is refused.
    MaskedNumber,
}

/// Digits of the codes of provinces, cities, counties, towns and villages (GB/T 2260, GB/T 10114).
/// A telephone has eleven.
const AREA_DIGITS: [usize; 5] = [2, 4, 6, 9, 12];

/// How names of areas end; some begin as a surname does.
const AREAS: [char; 9] = ['省', '市', '区', '县', '旗', '州', '盟', '镇', '乡'];

impl Contents {
    pub(super) fn for_column(column: &Column) -> Self {
        match column.name {
            "case_no" => Self::CaseNumber,
            "region" => Self::Area,
            "masked_name" => Self::MaskedName,
            "masked_number" => Self::MaskedNumber,
            _ => Self::Free,
        }
    }

    pub(super) fn stage(self, text: &str, scratch: &mut Scratch<'_>) -> Result<Staged, Fault> {
        let kept = match self {
            Self::MaskedNumber if Identifier::parse(text).is_ok() => {
                return Err(Fault::line(Reason::InClear, text, "a masked number"));
            }
            Self::MaskedName if !is_masked(text) => Cow::Owned(masked_name(text)),
            Self::MaskedName => Cow::Borrowed(text),
            Self::Area if is_area(text) || text.ends_with(AREAS) => Cow::Borrowed(text),
            Self::CaseNumber if CaseNumber::parse(text).is_ok() => Cow::Borrowed(text),
            // A person who lends stands where a bank does.
            Self::Free | Self::CaseNumber | Self::Area | Self::MaskedNumber => scratch.masked(text),
        };
        scratch.remarks.masked_cells += u64::from(matches!(kept, Cow::Owned(_)));
        Ok(scratch.keep(&kept))
    }
}

fn is_area(text: &str) -> bool {
    AREA_DIGITS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PseudonymKey;

    #[test]
    fn keeps_no_number_and_no_name_in_clear() {
        let key = PseudonymKey::from_secret(b"test");
        for (contents, text, kept) in [
            (Contents::Free, "工商银行", "工商银行"),
            (Contents::Free, "王某 320106198706150217", "王某 3201**********0217"),
            (Contents::Free, "电话13812345678", "电话*********78"),
            (Contents::Free, "王小明", "王**"),
            (Contents::CaseNumber, "（2018）苏0205执1234567号", "（2018）苏0205执1234567号"),
            (Contents::Free, "出借人：欧阳建国，电话13812345678", "出借人：欧***，电话*********78"),
            (Contents::CaseNumber, "13812345678", "*********78"),
            (Contents::CaseNumber, "欧阳建国 2018", "欧*** 2018"),
            (Contents::Area, "13812345678", "*********78"),
            (Contents::Area, "王小明", "王**"),
            (Contents::Area, "高淳区", "高淳区"),
            (Contents::Area, "320205001001", "320205001001"),
            (Contents::Area, "320106198706150217", "3201**********0217"),
            (Contents::MaskedName, "王**", "王**"),
            (Contents::MaskedName, "王小明", "王**"),
            (Contents::MaskedNumber, "3201**********0217", "3201**********0217"),
            (Contents::MaskedNumber, "320106198706150218", "3201**********0218"),
        ] {
            let mut scratch = Scratch::new(&key);
            let Ok(Staged::Text(start, end)) = contents.stage(text, &mut scratch) else { panic!("{text}") };
            assert_eq!(scratch.text(start, end), kept, "{text}");
            assert_eq!(scratch.remarks.masked_cells, u64::from(kept != text), "{text}");
        }
        let fault = Contents::MaskedNumber.stage("'320106198706150217", &mut Scratch::new(&key)).unwrap_err();
        assert_eq!(fault.reason, Reason::InClear);
    }
}
