//! Holds a mapping against the schema and collects every problem.

use std::collections::BTreeMap;

use super::computed::{Measure, measures};
use super::document::{Mapping, SourceRule, TableRule};
use super::extra::extras_of;
use super::findings::Findings;
use super::form::Form;
use super::rule::{ColumnRule, Derivation, EXCEL};
use crate::ingest::rows::Zone;
use crate::schema::{self, Column, ColumnKind, RECORD_ID};

/// A mapping, and what the computed columns of the source at hand are.
type Given<'m> = (&'m Mapping, &'m BTreeMap<&'m str, Measure>);

pub(super) fn problems(mapping: &Mapping) -> Findings {
    let mut found = Findings::default();
    if mapping.currency.len() != 3 || !mapping.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let found_code = format!("currency: found {}, expected three capital letters, such as CNY", mapping.currency);
        found.within(["currency".into()], |found| found.push(found_code));
    }
    found.within(["form".into()], |found| form(&mapping.form, "form", found));
    for (at, rule) in mapping.ignore.iter().enumerate().filter(|(_, rule)| rule.reason.trim().is_empty()) {
        found.within(["ignore".into(), at.into()], |found| {
            found.push(format!("ignore {}: found no reason, expected one", rule.file));
        });
    }
    for (name, lookup) in &mapping.lookup {
        found.within(["lookup".into(), name.as_str().into()], |found| {
            place_problems((&lookup.file, &lookup.relation, &lookup.query), &format!("lookup {name}"), found);
            if let Some(own) = &lookup.form {
                form(own, &format!("lookup {name}"), found);
            }
            if lookup.key.is_empty() {
                found.push(format!("lookup {name}: found no key, expected a column"));
            }
            if lookup.pick.is_some() != lookup.by.is_some() || lookup.by.is_none() && !lookup.date.is_empty() {
                found
                    .push(format!("lookup {name}: found one of pick and by, expected both or neither, date with both"));
            }
            patterns(&lookup.date, &format!("lookup {name}"), found);
        });
    }
    for (at, rule) in mapping.source.iter().enumerate() {
        found.within(["source".into(), at.into()], |found| source(mapping, rule, found));
    }
    found
}

fn source(mapping: &Mapping, source: &SourceRule, found: &mut Findings) {
    let called = source.called();
    place_problems((&source.file, &source.relation, &source.query), "source", found);
    if let Some(own) = &source.form {
        form(own, &called, found);
    }
    if source.table.is_empty() {
        found.push(format!("{called}: found no table, expected at least one"));
    }
    let computed = measures(&source.computed, &called, found);
    for (name, rule) in &source.computed {
        found.within(["computed".into(), name.as_str().into()], |found| {
            patterns(&rule.date, &format!("{called}, computed {name}"), found);
        });
    }
    for (at, rule) in source.table.iter().enumerate() {
        found.within(["table".into(), at.into()], |found| table((mapping, &computed), source, rule, found));
    }
}

/// A source stands in a file, or is a relation of the database that is read.
fn place_problems(
    (file, relation, query): (&String, &Option<String>, &Option<String>),
    place: &str,
    found: &mut Findings,
) {
    let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    if file.is_empty() && relation.is_none() {
        found.push(format!("{place}: found neither file nor relation, expected one"));
    }
    if query.is_some() && relation.is_none() {
        found.push(format!("{place}: found a query without relation, expected a name for its rows"));
    }
    if is_empty(relation) || is_empty(query) {
        found.push(format!("{place}: found an empty relation or query, expected a name or a statement"));
    }
}

fn form(form: &Form, place: &str, found: &mut Findings) {
    if let Some(delimiter) = form.delimiter
        && (!delimiter.is_ascii() || matches!(delimiter, '"' | '\n' | '\r'))
    {
        found.push(format!(
            "{place}: delimiter: found {delimiter:?}, expected an ASCII character, no quote, no line end"
        ));
    }
    if let Some(zone) = form.zone.as_ref().filter(|zone| zone.is_empty() || Zone::parse(zone).is_none()) {
        let expected = "an offset such as +08:00 or a name such as Asia/Shanghai";
        found.push(format!("{place}: zone: found {zone}, expected {expected}"));
    }
    let mut names: Vec<_> = form.columns.iter().collect();
    names.sort_unstable();
    if let Some([name, _]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
        found.push(format!("{place}: columns: found {name} twice, expected it once"));
    }
}

fn table(given: Given<'_>, source: &SourceRule, rule: &TableRule, found: &mut Findings) {
    let place = format!("{} → {}", source.called(), rule.name);
    let Some(table) = schema::table(&rule.name) else {
        found.push(format!("{place}: found no such table, expected a table of the schema"));
        return;
    };
    for column in table.columns().filter(|column| !column.nullable && column.name != RECORD_ID) {
        if !rule.columns.contains_key(column.name) {
            found.push(format!("{place}.{}: found no rule, expected one: it is never empty", column.name));
        }
    }
    for (name, column_rule) in &rule.columns {
        found.within(["columns".into(), name.as_str().into()], |found| {
            match table.column(name).filter(|column| column.name != RECORD_ID) {
                None => found.push(format!("{place}.{name}: found no such column, expected a column of the table")),
                Some(column) => {
                    for alternative in column_rule.alternatives() {
                        column_problems(given, (column, alternative), &format!("{place}.{name}"), found);
                    }
                }
            }
        });
    }
    extras(given, rule, &place, found);
}

/// Further attributes are read like the columns that hold them.
fn extras(given: Given<'_>, rule: &TableRule, place: &str, found: &mut Findings) {
    let table = extras_of(&rule.name).and_then(|(table, _)| schema::table(table));
    if table.is_none() && !rule.extra.is_empty() {
        found.push(format!("{place}: found extra, expected it with parties or cases"));
    }
    let mut names: Vec<&String> = Vec::new();
    for (kind, extras) in &rule.extra {
        let Some(column) = table.and_then(|table| table.column(kind.column())) else { continue };
        for (name, rule) in extras {
            found.within(["extra".into(), kind.name().into(), name.as_str().into()], |found| {
                let place = format!("{place}, extra {name}");
                if names.contains(&name) {
                    found.push(format!("{place}: found the name twice, expected it once"));
                }
                if let Some(word) = schema::forbidden_word(name) {
                    found.push(format!("{place}: {word} may not enter a score"));
                }
                for alternative in rule.alternatives() {
                    column_problems(given, (column, alternative), &place, found);
                }
            });
            names.push(name);
        }
    }
}

fn column_problems(given: Given<'_>, at: (&Column, &ColumnRule), place: &str, found: &mut Findings) {
    let (mapping, computed) = given;
    let (column, rule) = at;
    let kind = column.kind;
    let mut problem = |text: String| found.push(format!("{place}: {text}"));
    if rule.from.is_empty() == rule.constant.is_none() {
        problem("found neither or both of from and const, expected one".to_owned());
    }
    for name in rule.join.iter().filter(|name| !mapping.lookup.contains_key(*name)) {
        problem(format!("join: found {name}, expected a name of a lookup"));
    }
    let only =
        |set: bool, fits: bool, what: &str| (set && !fits).then(|| format!("found {what} on a {} column", kind.unit()));
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
            .then(|| "found no unit, expected fen, yuan, wan_yuan or yi_yuan".into()),
        (column.name == "masked_number" && !rule.from.is_empty() && rule.derive != Some(Derivation::MaskedNumber))
            .then(|| "found no derive = \"masked_number\", expected it: numbers are kept masked".into()),
    ];
    misplaced.into_iter().flatten().for_each(&mut problem);
    let is_read = rule.join.is_empty() && rule.derive.is_none();
    let measure = if let [name] = rule.from.as_slice() { computed.get(name.as_str()) } else { None };
    let misread = measure.filter(|_| is_read).and_then(|found| found.problem_as((kind, column.name), rule.unit));
    misread.into_iter().for_each(&mut problem);
    let given = rule.codes.values().chain(&rule.otherwise).chain(&rule.default).chain(&rule.constant);
    if let ColumnKind::Code(codes) = outputs {
        for code in given.filter(|code| !codes.contains(&code.as_str())) {
            problem(format!("found {code}, expected {}", codes.join(" | ")));
        }
    }
    patterns(&rule.date, place, found);
}

fn patterns(patterns: &[String], place: &str, found: &mut Findings) {
    for pattern in patterns.iter().filter(|pattern| !EXCEL.contains(&pattern.as_str())) {
        if chrono::format::StrftimeItems::new(pattern).any(|item| item == chrono::format::Item::Error) {
            let expected = "strftime specifiers, excel_1900 or excel_1904";
            found.push(format!("{place}: date: found {pattern}, expected {expected}"));
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
