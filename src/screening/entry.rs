use serde::{Deserialize, Serialize};

use super::index::Role;
use crate::domain::{CaseNumber, Day, Identifier, PartyKind, masked_number};
use crate::error::{Error, Result};

/// What a listed party had performed when it was listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Performance {
    /// Nothing (全部未履行).
    None,
    /// A part (部分未履行).
    Partial,
    /// All (全部已履行).
    Full,
}

/// One entry of the list as it may be shown: no number in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The source's own name for the entry; one a case and party.
    pub entry_id: String,
    /// Person, legal person or other organisation (partyTypeName).
    pub kind: PartyKind,
    /// Name (iname).
    pub name: String,
    /// The number as published, middle hidden (cardNum).
    pub masked_number: Option<String>,
    /// Whether the list's owner knows a sound number with a check character and has tagged it.
    pub is_tagged: bool,
    /// The unit's representative (businessEntity).
    pub representative: Option<String>,
    /// Case number (caseCode).
    pub case_no: String,
    /// Enforcing court (courtName).
    pub court: String,
    /// Province (areaName).
    pub area: Option<String>,
    /// Number of the enforceable title (gistId).
    pub title_no: Option<String>,
    /// Who made the title (gistUnit).
    pub title_unit: Option<String>,
    /// The duty in the title (duty).
    pub duty: Option<String>,
    /// What had been performed (performance).
    pub performance: Option<Performance>,
    /// Item of art. 1, 法释〔2017〕7号, 1 to 6 (disruptTypeName).
    pub circumstance: Option<u8>,
    /// Day the case was filed (regDate).
    pub filed_on: Option<Day>,
    /// First day on the list (publishDate).
    pub listed_on: Day,
    /// First day after the term; items 2 to 6 have one (art. 2).
    pub expires_on: Option<Day>,
    /// Day of removal (art. 10).
    pub removed_on: Option<Day>,
}

impl Listing {
    /// The first day no longer on the list, as far as it is known.
    pub fn until(&self) -> Option<Day> {
        [self.expires_on, self.removed_on].into_iter().flatten().min()
    }

    /// Whether the entry is in force on a day: from its first day until the day of its removal or expiry, that day not
    /// counted.
    pub fn is_in_force(&self, on: Day) -> bool {
        self.listed_on <= on && self.until().is_none_or(|until| on < until)
    }
}

/// A person who answers for a listed unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelatedPerson {
    /// As what.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Identifiers in clear, for the building of an index only.
    pub identifiers: Vec<String>,
}

impl RelatedPerson {
    /// Whether the person has a sound number with a check character.
    pub(super) fn is_tagged(&self) -> bool {
        let mut numbers = self.identifiers.iter();
        numbers.any(|text| Identifier::parse(text).is_ok_and(|identifier| identifier.kind().is_checked()))
    }
}

/// An entry on its way into a list, with the numbers that are to be tagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    /// What may be shown.
    pub listing: Listing,
    /// The party's identifiers in clear: several, since people book on passports.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Who answers for a unit.
    #[serde(default)]
    pub related: Vec<RelatedPerson>,
}

impl ListEntry {
    /// Whether the party has a sound number with a check character.
    pub(super) fn is_tagged(&self) -> bool {
        self.sound().iter().any(|identifier| identifier.kind().is_checked())
    }

    /// The sound identifiers of the party.
    pub(super) fn sound(&self) -> Vec<Identifier> {
        self.identifiers.iter().filter_map(|text| Identifier::parse(text).ok()).collect()
    }
}

/// A record with the fields of the public list (全国法院失信被执行人名单). Age and sex are not read.
///
/// # Examples
///
/// ```
/// use wherewithal::screening::PublicRecord;
///
/// let record: PublicRecord = serde_json::from_str(r#"{
///     "iname": "张三", "cardNum": "1101051949****002X", "caseCode": "（2017）苏0213执123号", "courtName": "无锡市梁溪区人民法院",
///     "performance": "全部未履行", "disruptTypeName": "违反财产报告制度", "publishDate": "2017年09月28日",
///     "partyTypeName": "自然人"
/// }"#)?;
/// let entry = record.into_entry()?;
/// assert_eq!(entry.listing.circumstance, Some(4));
/// assert_eq!(entry.listing.expires_on.map(|day| day.to_string()).as_deref(), Some("2019-09-28"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
    /// The statutory circumstance.
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
    /// Kind of party.
    pub party_type_name: String,
}

impl PublicRecord {
    /// The entry that the record describes.
    ///
    /// The case number is kept in the form of [`CaseNumber`] where it has one. Items 2 to 6 of art. 1 get the term of two
    /// years unless the record names a later end; an extension of one to three years must be named.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when name, case number or day of publication is missing or no day.
    pub fn into_entry(self) -> Result<ListEntry> {
        let missing =
            |field: &str| Error::table("list", format!("no {field}"), "name, case number and publication day");
        if self.iname.trim().is_empty() || self.case_code.trim().is_empty() {
            return Err(missing(if self.iname.trim().is_empty() { "iname" } else { "caseCode" }));
        }
        let listed_on = day(&self.publish_date)?.ok_or_else(|| missing("publishDate"))?;
        let circumstance = circumstance(&self.disrupt_type_name);
        let term = circumstance.filter(|item| *item >= 2).map(|_| listed_on.plus_months(24));
        let case_no = CaseNumber::parse(&self.case_code)
            .map_or_else(|_| self.case_code.trim().to_owned(), |case| case.to_string());
        let is_masked = self.card_num.contains(['*', '＊']);
        let identifiers: Vec<String> = text(&self.card_num).filter(|_| !is_masked).into_iter().collect();
        let shown = text(&self.card_num)
            .map(|number| if is_masked { number.replace('＊', "*") } else { masked_number(&number) });
        let representative = text(&self.business_entity);
        let related = representative.clone().zip(text(&self.business_entity_num)).map(|(name, number)| RelatedPerson {
            role: Role::Representative,
            name,
            identifiers: vec![number],
        });
        let entry_id = text(&self.id).unwrap_or_else(|| format!("{case_no} {}", self.iname.trim()));
        let listing = Listing {
            entry_id,
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
            filed_on: day(&self.reg_date)?,
            listed_on,
            expires_on: day(&self.expiry_date)?.or(term),
            removed_on: day(&self.removed_date)?,
        };
        let mut entry = ListEntry { listing, identifiers, related: related.into_iter().collect() };
        entry.listing.is_tagged = entry.is_tagged();
        Ok(entry)
    }
}

fn text(field: &str) -> Option<String> {
    Some(field.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn day(field: &str) -> Result<Option<Day>> {
    let Some(text) = text(field) else { return Ok(None) };
    let found = ["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y%m%d"].iter().find_map(|form| Day::parse_with(&text, form));
    found.map(Some).ok_or_else(|| Error::table("list", text, "a day such as 2017年09月28日"))
}

fn kind(text: &str, name: &str) -> PartyKind {
    match text.trim() {
        "0" | "自然人" | "个人" => PartyKind::Person,
        "1" | "法人" | "企业法人" | "单位" => PartyKind::Company,
        "" if name.chars().count() <= 4 => PartyKind::Person,
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

/// The item of art. 1 that a published wording stands for, by what only that item says.
fn circumstance(text: &str) -> Option<u8> {
    let marks = [
        ("财产报告", 4),
        ("限制", 5),
        ("虚假诉讼", 3),
        ("规避执行", 3),
        ("隐匿", 3),
        ("伪造", 2),
        ("暴力", 2),
        ("妨碍", 2),
        ("抗拒", 2),
        ("和解", 6),
        ("有履行能力", 1),
        ("有能力", 1),
    ];
    marks.iter().find(|(mark, _)| text.contains(mark)).map(|(_, item)| *item)
}
