//! Holds a mapping against the schema and collects every problem.
//!
//! A mapping is checked when it is read, long before the first file is opened: whether its tables and
//! columns exist, whether each rule can give its column's kind, whether money has a unit, whether codes
//! lead to codes of the schema, and whether computed columns fit together. All problems are told at once,
//! each with its line in the file, so that a person mends a mapping in one go.

use std::collections::BTreeMap;

use super::computed::{Measure, measures};
use super::document::{Mapping, SourceRule, TableRule};
use super::extra::extras_of;
use super::findings::Findings;
use super::form::Form;
use super::rule::{ColumnRule, Derivation, EXCEL};
use crate::ingest::rows::Zone;
use crate::schema::{self, Column, ColumnKind, RECORD_ID};
use crate::sentence::{Sentence, says};

/// A mapping, and what the computed columns of the source at hand are.
type Given<'m> = (&'m Mapping, &'m BTreeMap<&'m str, Measure>);

pub(super) fn problems(mapping: &Mapping) -> Findings {
    let mut found = Findings::default();
    if mapping.currency.len() != 3 || !mapping.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let found_code = says!("currency: found {}, expected three capital letters, such as CNY", [mapping.currency]);
        found.within(["currency".into()], |found| found.push(found_code));
    }
    found.within(["form".into()], |found| form(&mapping.form, &says!("form"), found));
    for (at, rule) in mapping.ignore.iter().enumerate().filter(|(_, rule)| rule.reason.trim().is_empty()) {
        found.within(["ignore".into(), at.into()], |found| {
            found.push(says!("ignore {}: found no reason, expected one", [rule.file]));
        });
    }
    for (name, lookup) in &mapping.lookup {
        found.within(["lookup".into(), name.as_str().into()], |found| {
            place_problems((&lookup.file, &lookup.relation, &lookup.query), &says!("lookup {name}", name), found);
            if let Some(own) = &lookup.form {
                form(own, &says!("lookup {name}", name), found);
            }
            if lookup.key.is_empty() {
                found.push(says!("lookup {name}: found no key, expected a column", name));
            }
            if lookup.pick.is_some() != lookup.by.is_some() || lookup.by.is_none() && !lookup.date.is_empty() {
                found.push(says!(
                    "lookup {name}: found one of pick and by, expected both or neither, date with both",
                    name
                ));
            }
            patterns(&lookup.date, &says!("lookup {name}", name), found);
        });
    }
    for (at, rule) in mapping.source.iter().enumerate() {
        found.within(["source".into(), at.into()], |found| source(mapping, rule, found));
    }
    found
}

fn source(mapping: &Mapping, source: &SourceRule, found: &mut Findings) {
    let called = Sentence::name(source.called());
    place_problems((&source.file, &source.relation, &source.query), &says!("source"), found);
    if let Some(own) = &source.form {
        form(own, &called, found);
    }
    if source.table.is_empty() {
        found.push(says!("{called}: found no table, expected at least one", called));
    }
    let computed = measures(&source.computed, &called, found);
    for (name, rule) in &source.computed {
        found.within(["computed".into(), name.as_str().into()], |found| {
            patterns(&rule.date, &says!("{called}, computed {name}", called, name), found);
        });
    }
    for (at, rule) in source.table.iter().enumerate() {
        found.within(["table".into(), at.into()], |found| table((mapping, &computed), source, rule, found));
    }
}

/// A source stands in a file, or is a relation of the database that is read.
fn place_problems(
    (file, relation, query): (&String, &Option<String>, &Option<String>),
    place: &Sentence,
    found: &mut Findings,
) {
    let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    if file.is_empty() && relation.is_none() {
        found.push(says!("{place}: found neither file nor relation, expected one", place));
    }
    if query.is_some() && relation.is_none() {
        found.push(says!("{place}: found a query without relation, expected a name for its rows", place));
    }
    if is_empty(relation) || is_empty(query) {
        found.push(says!("{place}: found an empty relation or query, expected a name or a statement", place));
    }
}

fn form(form: &Form, place: &Sentence, found: &mut Findings) {
    if let Some(delimiter) = form.delimiter
        && (!delimiter.is_ascii() || matches!(delimiter, '"' | '\n' | '\r'))
    {
        found.push(says!(
            "{place}: delimiter: found {delimiter:?}, expected an ASCII character, no quote, no line end",
            place,
            delimiter = format!("{:?}", delimiter)
        ));
    }
    if let Some(zone) = form.zone.as_ref().filter(|zone| zone.is_empty() || Zone::parse(zone).is_none()) {
        let expected = says!("an offset such as +08:00 or a name such as Asia/Shanghai");
        found.push(says!("{place}: zone: found {zone}, expected {expected}", place, zone, expected));
    }
    let mut names: Vec<_> = form.columns.iter().collect();
    names.sort_unstable();
    if let Some([name, _]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
        found.push(says!("{place}: columns: found {name} twice, expected it once", place, name));
    }
}

fn table(given: Given<'_>, source: &SourceRule, rule: &TableRule, found: &mut Findings) {
    let place = says!("{} → {}", [source.called(), rule.name]);
    let Some(table) = schema::table(&rule.name) else {
        found.push(says!("{place}: found no such table, expected a table of the schema", place));
        return;
    };
    for column in table.columns().filter(|column| !column.nullable && column.name != RECORD_ID) {
        if !rule.columns.contains_key(column.name) {
            found.push(says!("{place}.{}: found no rule, expected one: it is never empty", [column.name], place));
        }
    }
    for (name, column_rule) in &rule.columns {
        found.within(["columns".into(), name.as_str().into()], |found| {
            match table.column(name).filter(|column| column.name != RECORD_ID) {
                None => found.push(says!(
                    "{place}.{name}: found no such column, expected a column of the table",
                    place,
                    name
                )),
                Some(column) => {
                    for alternative in column_rule.alternatives() {
                        column_problems(given, (column, alternative), &says!("{place}.{name}", place, name), found);
                    }
                }
            }
        });
    }
    extras(given, rule, &place, found);
}

/// Further attributes are read like the columns that hold them.
fn extras(given: Given<'_>, rule: &TableRule, place: &Sentence, found: &mut Findings) {
    let table = extras_of(&rule.name).and_then(|(table, _)| schema::table(table));
    if table.is_none() && !rule.extra.is_empty() {
        found.push(says!("{place}: found extra, expected it with parties or cases", place));
    }
    let mut names: Vec<&String> = Vec::new();
    for (kind, extras) in &rule.extra {
        let Some(column) = table.and_then(|table| table.column(kind.column())) else { continue };
        for (name, rule) in extras {
            found.within(["extra".into(), kind.name().into(), name.as_str().into()], |found| {
                let place = says!("{place}, extra {name}", place, name);
                if names.contains(&name) {
                    found.push(says!("{place}: found the name twice, expected it once", place));
                }
                if let Some(word) = schema::forbidden_word(name) {
                    found.push(says!("{place}: {word} may not enter a score", place, word));
                }
                for alternative in rule.alternatives() {
                    column_problems(given, (column, alternative), &place, found);
                }
            });
            names.push(name);
        }
    }
}

fn column_problems(given: Given<'_>, at: (&Column, &ColumnRule), place: &Sentence, found: &mut Findings) {
    let (mapping, computed) = given;
    let (column, rule) = at;
    let kind = column.kind;
    let mut problem = |text: Sentence| found.push(says!("{place}: {text}", place, text));
    if rule.from.is_empty() == rule.constant.is_none() {
        problem(says!("found neither or both of from and const, expected one"));
    }
    for name in rule.join.iter().filter(|name| !mapping.lookup.contains_key(*name)) {
        problem(says!("join: found {name}, expected a name of a lookup", name));
    }
    let only = |set: bool, fits: bool, what: &str| {
        (set && !fits).then(|| says!("found {what} on a {} column", [says!(kind.unit())], what))
    };
    let outputs = rule.derive.map_or(kind, |derive| if derive.reads_text() { ColumnKind::Text } else { kind });
    let misplaced = [
        only(rule.unit.is_some(), kind == ColumnKind::Money, "unit"),
        only(rule.decimal.is_some(), kind == ColumnKind::Money, "decimal"),
        only(rule.capitals, kind == ColumnKind::Money, "capitals"),
        only(rule.round, kind == ColumnKind::Money, "round"),
        only(!rule.date.is_empty(), kind == ColumnKind::Day, "date"),
        only(rule.plus_days != 0, kind == ColumnKind::Day, "plus_days"),
        only(rule.scale.is_some(), kind == ColumnKind::Share, "scale"),
        only(rule.derive.is_some(), rule.derive.is_some_and(|derive| derive.fits(kind)), "derive"),
        (kind == ColumnKind::Money && rule.unit.is_none())
            .then(|| says!("found no unit, expected fen, yuan, wan_yuan or yi_yuan")),
        (column.name == "masked_number" && !rule.from.is_empty() && rule.derive != Some(Derivation::MaskedNumber))
            .then(|| says!("found no derive = \"masked_number\", expected it: numbers are kept masked")),
    ];
    misplaced.into_iter().flatten().for_each(&mut problem);
    let is_read = rule.join.is_empty() && rule.derive.is_none();
    let measure = if let [name] = rule.from.as_slice() { computed.get(name.as_str()) } else { None };
    let misread = measure.filter(|_| is_read).and_then(|found| found.problem_as((kind, column.name), rule.unit));
    misread.into_iter().for_each(&mut problem);
    let given = rule.codes.values().chain(&rule.otherwise).chain(&rule.default).chain(&rule.constant);
    if let ColumnKind::Code(codes) = outputs {
        for code in given.filter(|code| !codes.contains(&code.as_str())) {
            problem(says!("found {code}, expected {}", [codes.join(" | ")], code));
        }
    }
    patterns(&rule.date, place, found);
}

fn patterns(patterns: &[String], place: &Sentence, found: &mut Findings) {
    for pattern in patterns.iter().filter(|pattern| !EXCEL.contains(&pattern.as_str())) {
        if chrono::format::StrftimeItems::new(pattern).any(|item| item == chrono::format::Item::Error) {
            let expected = says!("strftime specifiers, excel_1900 or excel_1904");
            found.push(says!("{place}: date: found {pattern}, expected {expected}", place, pattern, expected));
        }
    }
}

impl Derivation {
    /// Whether a column of this kind can hold what is derived.
    fn fits(self, kind: ColumnKind) -> bool {
        match kind {
            ColumnKind::Party => self == Self::OrganisationId,
            ColumnKind::Text => self != Self::OrganisationId,
            // A word that the list does not know would be lost.
            ColumnKind::Code(codes) => self.reads_text() && self.words().iter().all(|word| codes.contains(word)),
            _ => false,
        }
    }

    /// The words that may come out; none where it is other text.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::NumberState => &["valid", "damaged", "missing"],
            Self::NumberKind => &["person", "unit", "document"],
            Self::CaseKind => &["first", "resumed", "preservation", "other"],
            Self::MaskedName | Self::MaskedNumber | Self::OrganisationId => &[],
        }
    }

    /// Whether the derivation, not the rule's codes, decides the output.
    const fn reads_text(self) -> bool {
        matches!(self, Self::NumberState | Self::NumberKind | Self::CaseKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_is_derived_only_if_it_knows_every_word() {
        assert!(Derivation::NumberState.fits(ColumnKind::Code(&["missing", "valid", "damaged"])));
        assert!(!Derivation::NumberKind.fits(ColumnKind::Code(&["person", "company", "organisation"])));
        assert!(!Derivation::MaskedName.fits(ColumnKind::Code(&["person"])));
        assert!(Derivation::MaskedName.fits(ColumnKind::Text) && !Derivation::MaskedName.fits(ColumnKind::Party));
    }
}
