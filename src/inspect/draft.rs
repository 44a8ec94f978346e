//! Writes the draft of a mapping from what was found.
//!
//! The draft is made twice: as a [`Mapping`], which reads the files as it is, and as TOML with a comment
//! beside every guess. A comment says how sure the guess is, what was seen, and, behind `[check]`, what a
//! person should look at. The text is read back and held against the mapping, so that what is shown is what
//! would be read.

use std::collections::BTreeMap;

use super::feed::Fed;
use super::keys::Way;
use super::plan::{Planned, lookup_name};
use super::rules::Ruled;
use super::tables::{InspectedTable, InspectedTables};
use crate::error::{Error, Result};
use crate::ingest::{Form, IgnoreRule, IgnoredFile, LookupRule, Mapping, SourceRule, TableRule, names_table};
use crate::sentence::{Sentence, says};

/// The mapping that reads what is fed, and leaves out what is not: a file may have the name of a table.
pub(super) fn mapping(inspected: &InspectedTables, fed: &[Fed], passed: &[IgnoredFile]) -> Mapping {
    let mut mapping = Mapping { name: "draft".to_owned(), ..Mapping::default() };
    let unfed = inspected.tables.iter().zip(fed).filter(|(_, fed)| fed.plans.is_empty());
    let rule = |file: String, reason: &str| IgnoreRule { file, column: None, reason: reason.to_owned() };
    let is_led = |seen: &InspectedTable| {
        let ways = fed.iter().flat_map(|fed| &fed.plans).filter_map(|plan| plan.way.as_ref());
        ways.filter_map(|way| inspected.tables.get(way.over)).any(|over| std::ptr::eq(over, seen))
    };
    mapping.ignore.extend(unfed.map(|(seen, fed)| rule(pattern(seen), &unfed_since(fed, is_led(seen)))));
    let passed = passed.iter().filter(|passed| names_table(&passed.file));
    mapping.ignore.extend(passed.map(|passed| rule(passed.file.clone(), &passed.reason.to_string())));
    for (seen, fed) in inspected.tables.iter().zip(fed).filter(|(_, fed)| !fed.plans.is_empty()) {
        for way in fed.plans.iter().filter_map(|plan| plan.way.as_ref()) {
            if let (Some(name), Some(rule)) = (lookup_name(inspected, way), lookup(inspected, way)) {
                mapping.lookup.insert(name, rule);
            }
        }
        mapping.source.push(SourceRule {
            file: seen.held.raw.file.clone(),
            relation: None,
            query: None,
            form: Some(form(seen)).filter(|form| *form != Form::default()),
            null: nulls(seen, fed),
            computed: fed.computed.clone(),
            table: fed.plans.iter().map(table).collect(),
        });
    }
    mapping
}

/// Why the draft leaves a table out.
fn unfed_since(fed: &Fed, is_led: bool) -> String {
    match fed.given.first() {
        None if is_led => "keys lead through it to a party; it feeds no table itself".to_owned(),
        Some(table) => format!("it could feed {table}, which a file with the schema's own columns feeds"),
        None => "no table of the schema can be fed with it".to_owned(),
    }
}

/// The pattern of a file, or of a sheet within it.
fn pattern(seen: &InspectedTable) -> String {
    match &seen.held.raw.sheet {
        Some(sheet) => format!("{}/{}", seen.held.raw.file, sheet.replace(['/', '\\'], "_")),
        None => seen.held.raw.file.clone(),
    }
}

/// Words that stand for no value in columns that are read.
fn nulls(seen: &InspectedTable, fed: &Fed) -> Vec<String> {
    let is_read =
        |name: &String| fed.plans.iter().any(|plan| plan.columns.values().any(|ruled| ruled.rule.from.contains(name)));
    let columns = seen.held.columns.iter().filter(|column| is_read(&column.name));
    let mut words: Vec<_> = columns.flat_map(|column| column.nulls.iter().map(|(word, _)| word.clone())).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn table(plan: &Planned) -> TableRule {
    TableRule {
        name: plan.table.name.to_owned(),
        when: plan.when.clone(),
        unless: plan.unless.clone(),
        columns: plan.columns.iter().map(|(name, ruled)| ((*name).to_owned(), ruled.rule.clone())).collect(),
        extra: BTreeMap::new(),
    }
}

/// How the file is written, where that is not as usual.
fn form(seen: &InspectedTable) -> Form {
    let raw = &seen.held.raw;
    let usual = Form::default();
    let delimiter = raw.delimiter.filter(|mark| u8::try_from(*mark).ok() != Some(usual.delimiter_of(&raw.file)));
    let columns = match seen.held.has_header {
        true => Vec::new(),
        false => seen.held.columns.iter().map(|column| column.name.clone()).collect(),
    };
    let skip_lines = usize::try_from(seen.held.above).unwrap_or_default();
    Form { delimiter, columns, skip_lines, sheet: raw.sheet.clone(), ..usual }
}

fn lookup(inspected: &InspectedTables, way: &Way) -> Option<LookupRule> {
    let over = inspected.tables.get(way.over)?;
    let name = |at: usize| over.held.columns.get(at).map(|column| column.name.clone());
    let when = way.when.as_ref().and_then(|(column, level)| Some((name(*column)?, vec![level.clone()])));
    Some(LookupRule {
        file: over.held.raw.file.clone(),
        relation: None,
        query: None,
        form: Some(form(over)).filter(|form| *form != Form::default()),
        key: vec![name(way.key)?],
        value: name(way.party)?,
        pick: None,
        by: None,
        date: Vec::new(),
        when: when.into_iter().collect(),
    })
}

/// The mapping as a TOML file with what was seen beside every guess.
///
/// # Errors
///
/// [`Error::Setting`] when a rule cannot be said in TOML.
pub(super) fn text(
    (inspected, passed): (&InspectedTables, &[IgnoredFile]),
    fed: &[Fed],
    mapping: &Mapping,
) -> Result<Sentence> {
    let mut lines = vec![
        remark(says!(
            "A draft made by `inspect`: it runs as it is, and every line of it is a guess until somebody has checked \
             it."
        )),
        remark(says!(
            "sure: name and values speak for it; likely: one of them; guess: neither. `[check]` says what to look at."
        )),
    ];
    let mut line = |line: String| lines.push(Sentence::name(line));
    line(format!("format_version = {}\nname = \"draft\"", mapping.format_version));
    for (name, rule) in &mapping.lookup {
        line(format!("\n[lookup.{}]", key(name)));
        for (field, value) in fields(rule)? {
            line(format!("{field} = {value}"));
        }
    }
    for (seen, fed) in inspected.tables.iter().zip(fed) {
        lines.push(Sentence::name(""));
        lines.extend(about(seen, fed).into_iter().map(remark));
        let Some(source) = mapping.source.iter().find(|source| is_of(source, seen)).filter(|_| !fed.plans.is_empty())
        else {
            lines.extend(left_out(mapping, &pattern(seen))?);
            continue;
        };
        let mut line = |line: String| lines.push(Sentence::name(line));
        line("[[source]]".to_owned());
        let plain = SourceRule { computed: BTreeMap::new(), table: Vec::new(), ..source.clone() };
        for (field, value) in fields(&plain)?.into_iter().filter(|(field, _)| field != "table") {
            line(format!("{field} = {value}"));
        }
        if !source.computed.is_empty() {
            line("[source.computed]".to_owned());
            for (name, value) in fields(&source.computed)? {
                line(format!("{} = {value}", key(&name)));
            }
        }
        for plan in &fed.plans {
            lines.extend(tables(plan)?);
        }
    }
    for passed in passed {
        lines.push(Sentence::name(""));
        lines.push(remark(says!("not looked at: {file}: {reason}", file = &passed.file, reason = passed.reason)));
        lines.extend(left_out(mapping, &passed.file)?);
    }
    Ok(lines.into_iter().fold(Sentence::default(), |text, line| text.and(line).and("\n")))
}

/// The rule that leaves a file out, where there is one.
fn left_out(mapping: &Mapping, pattern: &str) -> Result<Vec<Sentence>> {
    let Some(rule) = mapping.ignore.iter().find(|rule| rule.file == pattern) else { return Ok(Vec::new()) };
    let fields = fields(rule)?.into_iter().map(|(field, value)| format!("{field} = {value}"));
    Ok(std::iter::once("[[ignore]]".to_owned()).chain(fields).map(Sentence::name).collect())
}

/// A line of the draft that no program reads.
fn remark(said: Sentence) -> Sentence {
    Sentence::name("# ").and(said.on_one_line())
}

/// What somebody should look at.
fn check(what: Sentence) -> Sentence {
    says!("[check]").and(" ").and(what)
}

fn is_of(source: &SourceRule, seen: &InspectedTable) -> bool {
    source.file == seen.held.raw.file && source.form.as_ref().and_then(|form| form.sheet.clone()) == seen.held.raw.sheet
}

/// What was seen of a file.
fn about(seen: &InspectedTable, fed: &Fed) -> Vec<Sentence> {
    let (held, raw) = (&seen.held, &seen.held.raw);
    let count = |number: u64| Sentence::name(number.to_string());
    let columns = held.columns.len().to_string();
    let mut what = vec![says!("{rows} rows, {columns} columns", rows = count(held.rows), columns = columns)];
    what.push(Sentence::name(&raw.format));
    what.extend(Some(&raw.encoding).filter(|encoding| !encoding.is_empty()).map(Sentence::name));
    what.extend(raw.delimiter.map(|mark| says!("delimiter {mark}", mark = format!("{mark:?}"))));
    what.extend((held.above > 0).then(|| says!("{lines} lines above the header", lines = count(held.above))));
    let mut lines = vec![Sentence::name(seen.name()).and(says!(": ")).and(Sentence::list(what, ", "))];
    let mut say = |line: Sentence| lines.push(Sentence::name("  ").and(line));
    if let Some(damage) = &raw.damage {
        say(check(says!("{damage}; if it is known to end early, set truncated = true in form", damage)));
    }
    if !raw.is_whole {
        say(check(says!("only the first {rows} rows were looked at", rows = count(held.rows))));
    }
    let odd = held.odd + raw.broken;
    if odd > 0 {
        say(check(says!("{lines} lines are no rows of it, such as footers: they are refused", lines = count(odd))));
    }
    if !held.has_header {
        say(check(says!("it names no columns: they are called by their place")));
    }
    raw.notes.iter().for_each(|note| say(note.clone()));
    if fed.plans.is_empty() {
        say(says!("no table of the schema can be fed with it alone: it is not read"));
    }
    let is_open = !fed.plans.is_empty() || !fed.given.is_empty();
    for remark in &fed.remarks {
        say(if is_open { check(remark.clone()) } else { remark.clone() });
    }
    for (name, why) in super::uses::Uses::new(seen, fed).unused() {
        say(says!("left out: {name}: {why}", name = name, why = why));
    }
    lines
}

fn tables(plan: &Planned) -> Result<Vec<Sentence>> {
    let mut lines = vec![Sentence::name(format!("\n[[source.table]]\nname = \"{}\"", plan.table.name))];
    for (field, conditions) in [("when", &plan.when), ("unless", &plan.unless)] {
        if !conditions.is_empty() {
            lines.push(Sentence::name(format!("{field} = {}", inline(&value(conditions)?))));
        }
    }
    lines.push(Sentence::name("[source.table.columns]"));
    for (name, ruled) in &plan.columns {
        let rule = Sentence::name(format!("{name} = {}  ", inline(&value(&ruled.rule)?)));
        lines.push(rule.and(remark(guess(ruled))));
    }
    Ok(lines)
}

/// How sure a rule is, what was seen and what is to be checked.
fn guess(ruled: &Ruled) -> Sentence {
    let certainty = says!(ruled.certainty.word());
    let sure = match ruled.seen.is_empty() {
        true => certainty,
        false => certainty.and(says!(": ")).and(ruled.seen.clone()),
    };
    match ruled.check.is_empty() {
        true => sure,
        false => sure.and(" ").and(check(ruled.check.clone())),
    }
}

fn value<T: serde::Serialize>(of: &T) -> Result<toml::Value> {
    toml::Value::try_from(of).map_err(|e| Error::setting("draft", e, "a rule that TOML can say"))
}

fn fields<T: serde::Serialize>(of: &T) -> Result<Vec<(String, String)>> {
    let toml::Value::Table(table) = value(of)? else { return Ok(Vec::new()) };
    Ok(table.iter().map(|(name, value)| (name.clone(), field(name, value))).collect())
}

/// A value on one line; one text where several may stand.
fn field(name: &str, value: &toml::Value) -> String {
    match value {
        toml::Value::Array(values) if ["from", "date", "key"].contains(&name) => match values.as_slice() {
            [one] => inline(one),
            _ => inline(value),
        },
        _ => inline(value),
    }
}

/// A value on one line.
fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::Table(table) => {
            let pairs: Vec<_> =
                table.iter().map(|(name, value)| format!("{} = {}", key(name), field(name, value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        toml::Value::Array(values) => format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_bare { name.to_owned() } else { toml::Value::String(name.to_owned()).to_string() }
}
