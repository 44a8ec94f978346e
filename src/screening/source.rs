//! Reads lists and applications from files in various forms.
//!
//! A line that cannot be used is refused by its number and a reason, and the rest is read. The count of
//! refused lines goes with the edition into every answer, so that *clear* never means more than was read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::answer::Application;
use super::entry::ListEntry;
use super::record::{LONGEST_NAME, Lacks, PublicRecord};
use super::written::{Written, day, described};
use crate::domain::{Day, masked_file};
use crate::error::{Error, Result};
use crate::ingest::{Parting, Reason, TextLines};
use crate::sentence::{Sentence, says};

/// How a file is written that is not the public list's own: another country's list, a table under other headings.
///
/// # Examples
///
/// ```
/// use wherewithal::screening::{ListForm, read_list};
///
/// let form = ListForm::from_toml(r#"
///     header = ["number", "who", "program", "born"]
///     columns = { id = "number", name = "who", born_on = "born" }
///     empty = ["-0-"]
///     case_numbers = false
///     listed_on = "2025-01-01"
/// "#)?;
/// let list = read_list(b"36,ACME SHIPPING,X,-0-\n37,\"DOE, Jane\",X,1970-02-03\n", &form)?;
/// assert_eq!((list.entries.len(), list.refused.len()), (2, 0));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListForm {
    /// The column that feeds a field, by the field's name: `name = "SDN_Name"`.
    pub columns: BTreeMap<String, String>,
    /// The columns in order, for a table without a header.
    pub header: Vec<String>,
    /// Texts that mean nothing is known.
    pub empty: Vec<String>,
    /// Whether entries have case numbers; another country's list has none.
    pub case_numbers: bool,
    /// The day that stands for a missing day of publication.
    pub listed_on: Option<Day>,
}

impl Default for ListForm {
    fn default() -> Self {
        let (columns, header, empty) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { columns, header, empty, case_numbers: true, listed_on: None }
    }
}

impl ListForm {
    /// Reads a form and checks that it names fields there are.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the text has another form or names an unknown field.
    pub fn from_toml(text: &str) -> Result<Self> {
        let expected = "columns, header, empty, case_numbers, listed_on";
        let read: Self = toml::from_str(text).map_err(|fault| Error::setting("form", fault, expected))?;
        let is_unknown = |field: &&String| PublicRecord::default().field(field).is_none();
        match read.columns.keys().find(is_unknown) {
            Some(field) => Err(Error::setting(
                "form.columns",
                Sentence::value(field),
                "a field of the list such as name, id, born_on",
            )),
            None => Ok(read),
        }
    }
}

/// A line of a file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Where it begins, counted from 1; in a JSON list which object it is.
    pub line: u64,
    /// Why; no value is repeated.
    pub reason: Sentence,
}

/// What was read of a list.
#[derive(Debug, Clone, Default)]
pub struct ListSource {
    /// The entries.
    pub entries: Vec<ListEntry>,
    /// The records that could not be used. Whoever is named there alone is not in the list.
    pub refused: Vec<RefusedRecord>,
    /// Records that repeat one before them in every field; they are in the list once.
    pub repeated: u64,
    /// Records under the id of another one; they are kept under an id of their own.
    pub renamed: u64,
    /// Records with a number that can be none (`3.2E+17`, 无), found by name alone.
    pub unread_numbers: u64,
    /// Records with a day of birth or filing that is no day, as 1962 is none; it counts as unknown.
    pub unread_days: u64,
    /// Columns that are not read.
    pub unused_columns: BTreeSet<String>,
}

/// Reads a list: one JSON object a line, or a table with a header (comma, semicolon or tab) in UTF-8 or GB18030. A
/// record that cannot be used is refused and the rest is read.
///
/// # Errors
///
/// [`Error::Table`] when the file is empty, there is no column for names, or nothing at all can be used.
pub fn read_list(bytes: &[u8], form: &ListForm) -> Result<ListSource> {
    let lacks = Lacks { case_numbers: !form.case_numbers, listed_on: form.listed_on };
    let (mut source, mut known) = (ListSource::default(), BTreeMap::<String, ListEntry>::new());
    each_record(bytes, &Brought { what: "list", expected: NO_LIST, header: &form.header }, &mut |line, fields| {
        let read = fields.and_then(|fields| {
            let (record, unused) = record(fields, form)?;
            source.unused_columns.extend(unused.iter().map(|name| masked_file(name).into_owned()));
            let (has_number, has_unread_day) = (!record.card_num.trim().is_empty(), record.has_unread_day());
            let entry = record.into_entry_of(lacks).map_err(Sentence::from)?;
            source.unread_days += u64::from(has_unread_day);
            source.unread_numbers += u64::from(has_number && entry.listing.masked_number.is_none());
            Ok(entry)
        });
        match read {
            Err(reason) => source.refused.push(RefusedRecord { line, reason }),
            Ok(entry) if known.get(&entry.listing.entry_id) == Some(&entry) => source.repeated += 1,
            Ok(mut entry) => {
                let id = entry.listing.entry_id.clone();
                let mut names = (2u32..).map(|number| format!("{id} #{number}"));
                while known.contains_key(&entry.listing.entry_id) {
                    entry.listing.entry_id = names.next().unwrap_or_default();
                }
                source.renamed += u64::from(entry.listing.entry_id != id);
                known.insert(entry.listing.entry_id.clone(), entry.clone());
                source.entries.push(entry);
            }
        }
    })?;
    if source.entries.is_empty() {
        let refused = source.refused.len();
        let found = match source.refused.first() {
            Some(first) => {
                says!("{refused} records refused, the first in line {}: {}", [first.line, first.reason], refused)
            }
            None => says!("no record"),
        };
        return Err(Error::table("list", found, "at least one record that can be used"));
    }
    Ok(source)
}

/// Reads applications, each with the line where it begins: one JSON object a line, or a table with a header
/// (`application_id`, `name`, `identifiers`, `born_on`, `activity`, `on`). Several identifiers in a cell are parted by
/// a semicolon or a bar. `on` is the day for those who name none.
///
/// # Errors
///
/// [`Error::Table`] when the file is empty, or a table has no column for names and none for identifiers.
pub fn read_applications(bytes: &[u8], on: Option<Day>) -> Result<Vec<(u64, Result<Application, Sentence>)>> {
    let expected = "one JSON object a line, or a table with a header";
    let mut read = Vec::new();
    each_record(bytes, &Brought { what: "applications", expected, header: &[] }, &mut |line, fields| {
        read.push((line, fields.and_then(|fields| application(fields, on))));
    })?;
    Ok(read)
}

/// What a list is read from.
const NO_LIST: &str =
    "one JSON object a line, or a table with a header and at least one record; an empty list clears everybody";

fn is_blank(text: &str) -> bool {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0').is_empty()
}

type Fields = BTreeMap<String, Written>;

/// An object of JSON in which no field stands twice: whichever of two counted, somebody under the other would be clear.
struct Object(Fields);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose fields stand once each")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Object, A::Error> {
        let mut fields = Fields::new();
        while let Some((name, value)) = map.next_entry()? {
            if fields.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("a field twice"));
            }
        }
        Ok(Object(fields))
    }
}

/// Takes what a record says, with its line.
type TakeFields<'t> = dyn FnMut(u64, Result<Fields, Sentence>) + 't;

/// What somebody brought.
struct Brought<'b> {
    what: &'static str,
    /// What should stand in the file.
    expected: &'static str,
    /// The columns of a table without a header.
    header: &'b [String],
}

fn record(mut fields: Fields, form: &ListForm) -> Result<(PublicRecord, Vec<String>), Sentence> {
    let mut chosen = Fields::new();
    for (field, column) in &form.columns {
        chosen.extend(fields.remove(column).map(|value| (field.clone(), value)));
    }
    let mut scratch = PublicRecord::default();
    let unused = fields.keys().filter(|name| scratch.field(name).is_none()).cloned().collect();
    // What is declared comes before what a column's own name says.
    fields.retain(|name, _| !form.columns.contains_key(name));
    chosen.extend(fields);
    for value in chosen.values_mut() {
        if let Written::Text(text) = value
            && form.empty.iter().any(|empty| empty.trim() == text.trim())
        {
            text.clear();
        }
    }
    PublicRecord::try_from(chosen).map(|record| (record, unused)).map_err(Sentence::from)
}

fn application(fields: Fields, on: Option<Day>) -> Result<Application, Sentence> {
    let (mut id, mut name, mut activity) = (String::new(), String::new(), None);
    let (mut identifiers, mut born_on, mut day_on) = (Vec::new(), None, on);
    for (field, value) in fields {
        let plain: String = field.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_lowercase();
        let wrong = || Err(says!("{field}: found a list or an object, expected text or a number", field));
        let a_day = |text: &str| {
            let read = day(text).map(Some).filter(|_| !text.trim().is_empty());
            read.ok_or_else(|| says!("{field}: found {}, expected a day as 2026-01-06", [described(text)], field))
        };
        match (plain.as_str(), value) {
            ("identifiers" | "identifier" | "idnumber" | "cardnum" | "证件号码" | "身份证号码", value) => {
                match value {
                    Written::List(list) => identifiers.extend(list),
                    Written::Text(text) => identifiers.extend(text.split([';', '；', '|']).map(str::to_owned)),
                    Written::Other => return wrong(),
                }
            }
            (_, Written::List(_) | Written::Other) => return wrong(),
            (_, Written::Text(text)) if text.trim().is_empty() => {}
            ("name" | "姓名" | "名称", Written::Text(text)) if !name.is_empty() && name.trim() != text.trim() => {
                return Err(says!("{field}: two columns with different values", field));
            }
            ("applicationid" | "id", Written::Text(text)) => id = text,
            ("name" | "姓名" | "名称", Written::Text(text)) => name = text,
            ("activity", Written::Text(text)) => activity = Some(text.trim().to_owned()),
            ("on", Written::Text(text)) => day_on = a_day(&text)?,
            ("bornon" | "birthday" | "dateofbirth" | "出生日期", Written::Text(text)) => born_on = a_day(&text)?,
            _ => return Err(says!("{}: a field that applications do not have", [shown_name(&field)])),
        }
    }
    identifiers.retain(|text| !text.trim().is_empty());
    let characters = name.chars().count();
    if characters > LONGEST_NAME {
        return Err(says!("name: found {characters} characters, expected at most {}", [LONGEST_NAME], characters));
    }
    let on = day_on.ok_or_else(|| says!("on: found nothing, expected the day for which the answer holds"))?;
    if id.is_empty() {
        return Err(says!("application_id: found nothing, expected the platform's name for the application"));
    }
    Ok(Application { application_id: id, name, identifiers, born_on, activity, on })
}

/// A column's name, unless it may be a value that stands where a header should.
fn shown_name(name: &str) -> Sentence {
    let is_plain = name.chars().all(|c| c.is_ascii_alphabetic() || c == '_') && name.len() <= 24;
    if is_plain { Sentence::name(name) } else { described(name) }
}

/// Gives each record: of lines of JSON, of a list in JSON or of a table.
///
/// The encoding is the one that explains most lines. A line that is no text in it, or whose quote is never closed, is
/// refused alone: taken for text of another encoding, or for one long cell, it would clear whoever is named there.
fn each_record(bytes: &[u8], brought: &Brought<'_>, take: &mut TakeFields<'_>) -> Result<()> {
    let wrong = |found: &'static str| Err(Error::table(brought.what, found, brought.expected));
    if [&b"PK\x03\x04"[..], b"\xd0\xcf\x11\xe0", b"PAR1"].iter().any(|head| bytes.starts_with(head)) {
        return wrong("a workbook, an archive or Parquet");
    }
    let lines = TextLines::new(bytes);
    let mut bad = None;
    lines.each(&mut |number, line| bad = bad.or(line.is_none().then_some(number)));
    match lines.look(|text| text.trim_start().chars().next()) {
        _ if lines.look(is_blank) => wrong(if bad.is_some() { "bytes that are no text" } else { "an empty file" }),
        Some('{') => {
            objects(&lines, take);
            Ok(())
        }
        Some('[') => match bad {
            Some(line) => Err(Error::table(brought.what, says!("line {line}: no text", line), brought.expected)),
            None => lines.look(|text| listed(text, take)),
        },
        _ => table(lines, brought.header, take),
    }
}

fn no_text() -> Sentence {
    says!("found bytes that are no text in the encoding of the other lines")
}

fn listed(text: &str, take: &mut TakeFields<'_>) -> Result<()> {
    let all: Vec<Object> = serde_json::from_str(text).map_err(|fault| {
        let place = says!("line {}, column {}: no JSON", [fault.line(), fault.column()]);
        Error::table("list", place, "a list of JSON objects, or one object a line")
    })?;
    (1u64..).zip(all).for_each(|(number, object)| take(number, Ok(object.0)));
    Ok(())
}

fn objects(lines: &TextLines, take: &mut TakeFields<'_>) {
    lines.each(&mut |number, line| {
        let Some(text) = line else { return take(number, Err(no_text())) };
        if text.trim().is_empty() {
            return;
        }
        let read = serde_json::from_str(text.trim().trim_end_matches(',')).map(|object: Object| object.0);
        // What the parser says may repeat a value: only the place is told.
        let reason = |fault: serde_json::Error| {
            says!("column {}: found something else, expected one JSON object a line, each field once", [fault.column()])
        };
        take(number, read.map_err(reason));
    });
}

fn table(lines: TextLines, header: &[String], take: &mut TakeFields<'_>) -> Result<()> {
    let delimiter = lines.look(|text| {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let count = |delimiter: &u8| first.bytes().filter(|b| b == delimiter).count();
        [b',', b'\t', b';'].into_iter().max_by_key(|d| (count(d), *d == b',')).unwrap_or(b',')
    });
    let (names, above) = if header.is_empty() {
        let unreadable = || Error::table("list", "a header that cannot be read", "names of columns");
        lines.header(delimiter).ok_or_else(unreadable)?
    } else {
        (header.to_vec(), 0)
    };
    let width = names.len();
    let mut met = BTreeSet::new();
    if let Some(twice) = names.iter().find(|name| !name.is_empty() && !met.insert(name.trim())) {
        return Err(Error::table(
            "list",
            says!("column {} twice in the header", [shown_name(twice)]),
            "each column once",
        ));
    }
    let is_name = |name: &String| {
        let mut scratch = PublicRecord::default();
        scratch.field(name).is_some() || !header.is_empty() || name.contains("identifier")
    };
    if !names.iter().any(is_name) {
        let found = says!("{width} columns, none of them known, in the first line", width);
        return Err(Error::table(
            "list",
            found,
            "a header with iname, cardNum, caseCode …, or a form that names columns",
        ));
    }
    let parting = Parting { delimiter, width, above, is_strict: false };
    lines.each_record(parting, &mut |line, row| {
        let row = match row {
            Ok(row) => row,
            Err(refusal) => return take(line, Err(why(refusal.reason()))),
        };
        if row.len() > width && row.iter().skip(width).any(|cell| !cell.is_empty()) {
            return take(line, Err(says!("found {} cells, expected {width}", [row.len()], width)));
        }
        let cells = names.iter().cloned().zip(row.iter().map(|cell| Written::Text(cell.to_string())));
        take(line, Ok(cells.collect()));
    });
    Ok(())
}

/// Why a line of a table is no record.
fn why(reason: Reason) -> Sentence {
    match reason {
        Reason::Encoding => no_text(),
        Reason::Size => says!("found a line or a cell that is too long"),
        _ => says!("found a quote that is not closed before other records begin, expected quotes around a cell"),
    }
}
