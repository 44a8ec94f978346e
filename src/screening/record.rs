//! Records in the form of the public list.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::entry::{ListEntry, Listing, Performance, RelatedPerson};
use super::index::Role;
use super::numbers::{masked, number, sound_numbers, undressed};
use super::written::{Written, day, described};
use crate::domain::{CaseNumber, Day, Identifier, PartyKind, ShownNumber, masked_name, plain};
use crate::error::{Error, Result};
use crate::sentence::says;

/// A record with the fields of the public list (全国法院失信被执行人名单). Age and sex are not read.
///
/// Fields may be named as the public list, its copies and its tables name them (`cardNum`, `cardnum`, `card_num`,
/// 证件号码); numbers may stand without quotes, days with a time. Fields of other names are passed over.
///
/// # Examples
///
/// ```
/// use wherewithal::screening::PublicRecord;
///
/// let record: PublicRecord = serde_json::from_str(r#"{
///     "id": 7, "iname": "张三", "cardNum": "1101051949****002X", "caseCode": "（2017）苏0213执123号",
///     "courtName": "无锡市梁溪区人民法院", "performance": "全部未履行", "disruptTypeName": "违反财产报告制度",
///     "publishDate": "2017年09月28日 00:00", "partyTypeName": 580
/// }"#)?;
/// let entry = record.into_entry()?;
/// assert_eq!(entry.listing.circumstance, Some(4));
/// assert_eq!(entry.listing.expires_on.map(|day| day.to_string()).as_deref(), Some("2019-09-28"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), try_from = "BTreeMap<String, Written>")]
pub struct PublicRecord {
    /// The source's own number; case and name stand in when it is empty.
    pub id: String,
    /// Name.
    pub iname: String,
    /// Number, published with its middle hidden; the court's own copy has it in clear.
    pub card_num: String,
    /// Case number.
    pub case_code: String,
    /// Court.
    pub court_name: String,
    /// Province.
    pub area_name: String,
    /// Number of the title.
    pub gist_id: String,
    /// Maker of the title.
    pub gist_unit: String,
    /// The duty.
    pub duty: String,
    /// What had been performed.
    pub performance: String,
    /// The statutory circumstance, or several.
    pub disrupt_type_name: String,
    /// Day of filing.
    pub reg_date: String,
    /// Day of publication.
    pub publish_date: String,
    /// Day of removal, in the court's own copy.
    pub removed_date: String,
    /// Last day of the term, where the court extended it, in the court's own copy.
    pub expiry_date: String,
    /// Representative of a unit.
    pub business_entity: String,
    /// Number of the representative, in the court's own copy.
    pub business_entity_num: String,
    /// Kind of party: in words, 0 or 580 for a person, 1 or 581 for a unit.
    pub party_type_name: String,
    /// Day of birth, in lists that publish it.
    pub born_on: String,
}

/// What an entry may lack in a list that is not the public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lacks {
    /// The list has no case numbers.
    pub(super) case_numbers: bool,
    /// The day that stands for a missing day of publication.
    pub(super) listed_on: Option<Day>,
}

impl PublicRecord {
    /// The entry that the record describes.
    ///
    /// The case number is kept in the form of [`CaseNumber`] where it has one. Items 2 to 6 of art. 1 get the term of
    /// two years unless the record names a later end; an extension of one to three years must be named. Where several
    /// items are named, one without a term governs, and so does one that is not known: nobody is cleared by a guess.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when name, case number or day of publication is missing, a name is endless, or a day on which
    /// the listing depends is none. It repeats no value. A day of filing or birth that is none is unknown.
    pub fn into_entry(self) -> Result<ListEntry> {
        self.into_entry_of(Lacks::default())
    }

    pub(super) fn into_entry_of(self, lacks: Lacks) -> Result<ListEntry> {
        let missing = |field: &str, expected: &str| Err(Error::table("list", says!("no {field}", field), expected));
        if self.iname.trim().is_empty() {
            return missing("iname", "a name");
        }
        for (field, cell) in [("iname", &self.iname), ("businessEntity", &self.business_entity)] {
            let found = cell.chars().count();
            if found > LONGEST_NAME {
                let expected = says!("at most {} characters in a name", [LONGEST_NAME]);
                return Err(Error::table("list", says!("{found} characters in {field}", found, field), expected));
            }
        }
        if self.case_code.trim().is_empty() && !lacks.case_numbers {
            return missing("caseCode", "a case number, or a list declared to have none");
        }
        let Some(listed_on) = self.day("publishDate", &self.publish_date)?.or(lacks.listed_on) else {
            return missing("publishDate", "a day of publication, or a list declared to have none");
        };
        let (circumstance, has_term) = circumstance(&self.disrupt_type_name);
        let term = has_term.then(|| listed_on.plus_months(24));
        let named_end = self.day("expiryDate", &self.expiry_date)?.map(|last| last.plus_days(1));
        let case_no = CaseNumber::parse(&self.case_code)
            .map_or_else(|_| self.case_code.trim().to_owned(), |case| case.to_string());
        let (shown, identifiers) = numbers(&self.card_num);
        let representative = text(&self.business_entity);
        let related = representative.clone().zip(text(&self.business_entity_num)).map(|(name, number)| RelatedPerson {
            role: Role::Representative,
            name,
            identifiers: vec![number],
        });
        let own_id = || format!("{case_no} {}", self.iname.trim()).trim().to_owned();
        let listing = Listing {
            entry_id: text(&self.id).unwrap_or_else(own_id),
            kind: kind(&self.party_type_name, &self.iname),
            name: self.iname.trim().to_owned(),
            masked_number: shown,
            is_tagged: false,
            representative,
            case_no,
            court: self.court_name.trim().to_owned(),
            area: text(&self.area_name),
            title_no: text(&self.gist_id),
            title_unit: text(&self.gist_unit),
            duty: text(&self.duty),
            performance: performance(&self.performance),
            circumstance,
            filed_on: day(&self.reg_date),
            listed_on,
            expires_on: named_end.or(term),
            removed_on: self.day("removedDate", &self.removed_date)?,
            born_on: day(&self.born_on),
        };
        let mut entry = ListEntry { listing, identifiers, related: related.into_iter().collect() };
        entry.listing.is_tagged = entry.is_tagged();
        Ok(entry)
    }

    /// Whether a day is written that is none and on which the listing does not depend.
    pub(super) fn has_unread_day(&self) -> bool {
        [&self.reg_date, &self.born_on].iter().any(|text| !text.trim().is_empty() && day(text).is_none())
    }

    fn day(&self, field: &str, text: &str) -> Result<Option<Day>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let found = day(text).map(Some);
        found.ok_or_else(|| {
            Error::table("list", says!("{field}: {}", [described(text)], field), "a day such as 2017年09月28日")
        })
    }

    /// The field of a name, however it is spelt.
    pub(super) fn field(&mut self, name: &str) -> Option<&mut String> {
        let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '\u{feff}')).collect();
        Some(match plain.to_lowercase().as_str() {
            "id" | "entryid" => &mut self.id,
            "iname"
            | "name"
            | "pname"
            | "姓名"
            | "名称"
            | "姓名/名称"
            | "被执行人"
            | "被执行人姓名/名称"
            | "失信被执行人" => &mut self.iname,
            "cardnum"
            | "cardno"
            | "idcard"
            | "partycardnum"
            | "证件号码"
            | "身份证号"
            | "身份证号码"
            | "组织机构代码"
            | "统一社会信用代码"
            | "身份证号码/组织机构代码" => &mut self.card_num,
            "casecode" | "caseno" | "案号" => &mut self.case_code,
            "courtname" | "court" | "执行法院" => &mut self.court_name,
            "areaname" | "area" | "省份" => &mut self.area_name,
            "gistid" | "gistcid" | "执行依据文号" => &mut self.gist_id,
            "gistunit" | "做出执行依据单位" | "作出执行依据单位" => &mut self.gist_unit,
            "duty" | "生效法律文书确定的义务" => &mut self.duty,
            "performance" | "履行情况" | "被执行人的履行情况" => &mut self.performance,
            "disrupttypename" | "disrupttype" | "具体情形" | "行为具体情形" | "失信被执行人行为具体情形" => {
                &mut self.disrupt_type_name
            }
            "regdate" | "立案时间" => &mut self.reg_date,
            "publishdate" | "发布时间" => &mut self.publish_date,
            "removeddate" | "removedon" => &mut self.removed_date,
            "expirydate" | "expireson" => &mut self.expiry_date,
            "businessentity" | "法定代表人" | "法定代表人或者负责人姓名" => &mut self.business_entity,
            "businessentitynum" => &mut self.business_entity_num,
            "partytypename" | "partytype" | "type" | "类型" => &mut self.party_type_name,
            "bornon" | "birthday" | "birthdate" | "dateofbirth" | "dob" | "出生日期" => &mut self.born_on,
            _ => return None,
        })
    }
}

impl TryFrom<BTreeMap<String, Written>> for PublicRecord {
    type Error = Error;

    fn try_from(fields: BTreeMap<String, Written>) -> Result<Self> {
        let mut record = Self::default();
        for (name, value) in fields {
            let Some(field) = record.field(&name) else { continue };
            let Written::Text(text) = value else {
                return Err(Error::table("list", says!("{name}: a list or an object", name), "text or a number"));
            };
            // Which of two is meant nobody can tell; who is listed under the other would be clear.
            if !field.is_empty() && !text.trim().is_empty() && field.trim() != text.trim() {
                let found = says!("{field}: two columns with different values", field = name);
                return Err(Error::table("list", found, "one of them, or the same in both"));
            }
            if field.trim().is_empty() {
                *field = text;
            }
        }
        Ok(record)
    }
}

impl fmt::Debug for PublicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicRecord").field("iname", &masked_name(&self.iname)).finish_non_exhaustive()
    }
}

fn text(field: &str) -> Option<String> {
    Some(field.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A number of which so many characters are shown is masked by us.
const CLEAR: usize = 17;

/// Characters in a cell of names, at most: how long two names are compared grows with the product of their lengths.
pub(super) const LONGEST_NAME: usize = 4_096;

/// What may be shown of a published number, and the number itself where it is whole. What can be no number (无, 3.2E+17)
/// is none.
fn numbers(card: &str) -> (Option<String>, Vec<String>) {
    let card = undressed(card);
    let bare = plain(card);
    let is_whole = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    let sound = sound_numbers(&[card.to_owned()]);
    if !sound.is_empty() && number(card).is_none() {
        let each: Vec<String> = sound.iter().map(Identifier::masked).collect();
        return (Some(each.join("、")), vec![card.to_owned()]);
    }
    match ShownNumber::parse(card) {
        Some(shown) if shown.is_whole() && (is_whole || number(card).is_some()) => {
            (Some(masked(card)), vec![card.to_owned()])
        }
        // Nearly all of it is shown, and not by what stands beside it: all of that is compared, and less is told.
        Some(shown) if !shown.is_whole() && ShownNumber::parse_each(card).iter().all(|each| each.shown() >= CLEAR) => {
            (Some(masked(card)), vec![card.to_owned()])
        }
        Some(shown) if !shown.is_whole() => (Some(card.replace('＊', "*")), Vec::new()),
        _ => (None, Vec::new()),
    }
}

fn kind(text: &str, name: &str) -> PartyKind {
    match text.trim() {
        "0" | "580" | "自然人" | "个人" | "个体" => PartyKind::Person,
        "1" | "581" | "法人" | "企业法人" | "企业" | "单位" | "法人或其他组织" => PartyKind::Company,
        "其他组织" | "非法人组织" => PartyKind::Organisation,
        _ if name.trim().chars().count() <= 4 => PartyKind::Person,
        "" => PartyKind::Company,
        _ => PartyKind::Organisation,
    }
}

fn performance(text: &str) -> Option<Performance> {
    match text.trim() {
        "全部未履行" => Some(Performance::None),
        "部分未履行" | "部分履行" => Some(Performance::Partial),
        "全部已履行" | "已履行" => Some(Performance::Full),
        _ => None,
    }
}

/// Each item of art. 1 by what only its wording says.
const CIRCUMSTANCES: [(&str, u8); 12] = [
    ("有履行能力", 1),
    ("有能力", 1),
    ("伪造", 2),
    ("暴力", 2),
    ("妨碍", 2),
    ("抗拒", 2),
    ("虚假诉讼", 3),
    ("规避执行", 3),
    ("隐匿", 3),
    ("财产报告", 4),
    ("限制", 5),
    ("和解", 6),
];

/// The item that governs, and whether it has a term: one without a term before the others, and no term where a part is
/// of no known item.
fn circumstance(text: &str) -> (Option<u8>, bool) {
    let item = |part: &str| CIRCUMSTANCES.iter().filter(|(mark, _)| part.contains(mark)).map(|(_, item)| *item).min();
    let parts: Vec<Option<u8>> =
        text.split([',', '，', ';', '；', '/', '|', '\n']).filter(|part| !part.trim().is_empty()).map(item).collect();
    let has_term = !parts.is_empty() && parts.iter().all(|item| item.is_some_and(|item| item >= 2));
    (parts.into_iter().flatten().min(), has_term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circumstance_without_a_term_governs() {
        let able = "有履行能力而拒不履行生效法律文书确定义务";
        assert_eq!(circumstance("违反财产报告制度"), (Some(4), true));
        assert_eq!(circumstance(&format!("违反财产报告制度,其他{able}")), (Some(1), false));
        assert_eq!(circumstance(&format!("其它规避执行、{able}")), (Some(1), false));
        assert_eq!(circumstance("违反限制消费令；违反财产报告制度"), (Some(4), true));
        assert_eq!(circumstance("违反财产报告制度,其他"), (Some(4), false), "a part nobody knows");
        assert_eq!(circumstance(""), (None, false));
    }

    #[test]
    fn a_number_is_whole_hidden_or_none() {
        assert_eq!(
            numbers("'11010519491231002x"),
            (Some("1101**********002X".into()), vec!["11010519491231002x".into()])
        );
        assert_eq!(numbers("3202051970＊＊＊＊009X"), (Some("3202051970****009X".into()), vec![]));
        for none in ["", "无", "3.20106E+17", "****"] {
            assert_eq!(numbers(none), (None, vec![]), "{none}");
        }
    }

    #[test]
    fn nothing_in_clear_is_printed() {
        let record =
            PublicRecord { iname: "张三丰".into(), card_num: "11010519491231002X".into(), ..Default::default() };
        assert!(!format!("{record:?}").contains("1949") && !format!("{record:?}").contains("三丰"));
        let wrong = PublicRecord { case_code: "x".into(), publish_date: "11010519491231002X".into(), ..record };
        assert!(!wrong.into_entry().unwrap_err().to_string().contains("1949"));
    }
}
