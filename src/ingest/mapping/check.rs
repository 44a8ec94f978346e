//! Holds a mapping against the schema and collects every problem.

use super::document::{Mapping, SourceRule, TableRule};
use super::form::Form;
use super::rule::{ColumnRule, Derivation, EXCEL};
use crate::schema::{self, Column, ColumnKind, RECORD_ID};

pub(super) fn problems(mapping: &Mapping) -> Vec<String> {
    let mut found = Vec::new();
    form(&mapping.form, "form", &mut found);
    for rule in mapping.ignore.iter().filter(|rule| rule.reason.trim().is_empty()) {
        found.push(format!("ignore {}: found no reason, expected one", rule.file));
    }
    for (name, lookup) in &mapping.lookup {
        if let Some(own) = &lookup.form {
            form(own, &format!("lookup {name}"), &mut found);
        }
        if lookup.key.is_empty() {
            found.push(format!("lookup {name}: found no key, expected a column"));
        }
    }
    for source in &mapping.source {
        if let Some(own) = &source.form {
            form(own, &source.file, &mut found);
        }
        if source.table.is_empty() {
            found.push(format!("{}: found no table, expected at least one", source.file));
        }
        for rule in &source.table {
            table(mapping, source, rule, &mut found);
        }
    }
    found
}

fn form(form: &Form, place: &str, found: &mut Vec<String>) {
    if let Some(delimiter) = form.delimiter
        && (!delimiter.is_ascii() || matches!(delimiter, '"' | '\n' | '\r'))
    {
        found.push(format!(
            "{place}: delimiter: found {delimiter:?}, expected an ASCII character, no quote, no line end"
        ));
    }
    let mut names: Vec<_> = form.columns.iter().collect();
    names.sort_unstable();
    if let Some([name, _]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
        found.push(format!("{place}: columns: found {name} twice, expected it once"));
    }
}

fn table(mapping: &Mapping, source: &SourceRule, rule: &TableRule, found: &mut Vec<String>) {
    let place = format!("{} → {}", source.file, rule.name);
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
        match table.column(name).filter(|column| column.name != RECORD_ID) {
            None => found.push(format!("{place}.{name}: found no such column, expected a column of the table")),
            Some(column) => {
                for alternative in column_rule.alternatives() {
                    column_problems(mapping, (column, alternative), &format!("{place}.{name}"), found);
                }
            }
        }
    }
}

fn column_problems(mapping: &Mapping, at: (&Column, &ColumnRule), place: &str, found: &mut Vec<String>) {
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
    let given = rule.codes.values().chain(&rule.otherwise).chain(&rule.default).chain(&rule.constant);
    if let ColumnKind::Code(codes) = outputs {
        for code in given.filter(|code| !codes.contains(&code.as_str())) {
            problem(format!("found {code}, expected {}", codes.join(" | ")));
        }
    }
    for pattern in rule.date.iter().filter(|pattern| !EXCEL.contains(&pattern.as_str())) {
        if chrono::format::StrftimeItems::new(pattern).any(|item| item == chrono::format::Item::Error) {
            problem(format!("date: found {pattern}, expected strftime specifiers, excel_1900 or excel_1904"));
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
