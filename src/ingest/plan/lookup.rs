//! Lookups: parent files held in memory, by key.
//!
//! A lookup is loaded whole before the first source is read, since any row may ask for any key. Its memory
//! is what its keys and values need; it is the one thing of a reading that grows with a file. Both sides of
//! a comparison are brought into one form, so that a case number in one file finds itself written otherwise
//! in another.
//!
//! A lookup that cannot be loaded is an error of the whole reading: rows of other files depend on it, and
//! refusing all of them would hide the cause.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::key::{KeyFault, comparable};
use super::pattern::DayPattern;
use super::read_value::day;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::files::{Assigned, Block, Blocks, fingerprint};
use crate::ingest::mapping::{Form, Format, LookupRule, Mapping, Pick, matches};
use crate::ingest::refusal::Fault;
use crate::ingest::report::LookupReport;
use crate::ingest::rows::odd::Value;
use crate::ingest::rows::{
    Cell, Database, Fields, Head, LINES_ABOVE, Manner, ParquetRows, Raw, RowDigest, RowVisitor, SERVER, Select, Shape,
    TakesRows, Workbook, delimiters, give, header, is_database, is_workbook, opened, read_csv, read_ndjson,
    shown_delimiter,
};
use crate::ingest::spelling::spelt;
use crate::ingest::told::told_all;
use crate::sentence::{Sentence, says};

/// A parent file in memory: its keys and their values.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Lookup {
    file: String,
    /// Columns of a key.
    parts: usize,
    /// `None` for a key with several values.
    values: HashMap<Box<str>, Option<Box<str>>>,
}

/// All lookups of a mapping, by name.
pub(in crate::ingest) type Lookups = BTreeMap<String, Arc<Lookup>>;

/// What a key leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer<'l> {
    Nothing,
    One(&'l str),
    Several,
}

impl Lookup {
    /// Where a key leads, in whatever dress it is; of a key of several parts each is in its one form already.
    pub(super) fn find(&self, key: &str) -> Result<Answer<'_>, KeyFault> {
        let found = if self.parts > 1 {
            self.values.get(key)
        } else {
            comparable(key)?.and_then(|key| self.values.get(key.as_ref()))
        };
        Ok(match found {
            None => Answer::Nothing,
            Some(None) => Answer::Several,
            Some(Some(value)) => Answer::One(value),
        })
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    fn insert(&mut self, key: String, value: &str) {
        let known = self.values.entry(key.into_boxed_str()).or_insert_with(|| Some(value.into()));
        if known.as_deref().is_some_and(|known| known != value) {
            *known = None;
        }
    }

    /// Loads every lookup of the mapping from the folder's files.
    ///
    /// # Errors
    ///
    /// When a file is missing, cannot be read, or lacks a column.
    pub(in crate::ingest) fn load(
        mapping: &Mapping,
        (files, bounds): (&Assigned<'_>, &Bounds),
        mut server: Option<&mut dyn Database>,
    ) -> Result<(Lookups, Vec<LookupReport>)> {
        let mut loaded = BTreeMap::new();
        let mut reports = Vec::new();
        for (name, rule) in &mapping.lookup {
            let setting = || says!("mapping {}, lookup {name}, {}", [mapping.name, rule.called()], name);
            let (loader, file, blake3) = if rule.file.is_empty() {
                let missing = || Error::setting(setting(), "no database", "a database to read it from");
                let server = server.as_deref_mut().ok_or_else(missing)?;
                let name = format!("{SERVER}/{}", rule.relation.as_deref().unwrap_or_default());
                let mut loader = Loader::new(rule, &name, bounds);
                let blake3 = loader.read_relation((Path::new(&name), server), mapping)?;
                (loader, name, blake3)
            } else {
                let found: Vec<_> = files.files.iter().filter(|file| file.is(&rule.file)).collect();
                let [file] = found.as_slice() else {
                    return Err(Error::setting(setting(), says!("{} files", [found.len()]), "one file"));
                };
                let mut loader = Loader::new(rule, &file.name, bounds);
                let blake3 = loader.read(&file.path, mapping)?;
                (loader, file.name.clone(), blake3)
            };
            let ambiguous = loader.lookup.values.values().filter(|value| value.is_none()).count() as u64;
            reports.push(LookupReport {
                name: name.clone(),
                file,
                blake3,
                keys: loader.lookup.values.len() as u64 - ambiguous,
                ambiguous,
                broken: loader.broken,
                notes: loader.notes,
            });
            loaded.insert(name.clone(), Arc::new(loader.lookup));
        }
        Ok((loaded, reports))
    }
}

struct Loader<'m> {
    rule: &'m LookupRule,
    bounds: &'m Bounds,
    columns: Vec<String>,
    lookup: Lookup,
    /// Where a value is picked by its day: how days are written, and the day of each key's value.
    by: Option<(Vec<DayPattern>, HashMap<String, Day>)>,
    broken: u64,
    notes: Vec<Sentence>,
}

impl<'m> Loader<'m> {
    fn new(rule: &'m LookupRule, file: &str, bounds: &'m Bounds) -> Self {
        let lookup = Lookup { file: file.to_owned(), parts: rule.key.len(), values: HashMap::new() };
        let declared: Vec<_> = rule.date.iter().map(|pattern| DayPattern::new(pattern)).collect();
        let patterns = || if declared.is_empty() { vec![DayPattern::usual()] } else { declared };
        let by = rule.by.as_ref().map(|_| (patterns(), HashMap::new()));
        Self { rule, bounds, columns: Vec::new(), lookup, by, broken: 0, notes: Vec::new() }
    }

    fn read(&mut self, path: &Path, mapping: &Mapping) -> Result<String> {
        let form = self.rule.form.as_ref().unwrap_or(&mapping.form);
        let name = self.lookup.file.clone();
        let format = form.format_of(&name);
        if is_workbook(&name) {
            self.read_sheet(path, form)?;
            return Ok(fingerprint(path)?.blake3);
        }
        if is_database(&name, path) {
            return self.read_relation((path, &mut *opened(path)?), mapping);
        }
        if format == Format::Parquet {
            self.read_parquet(path, form)?;
            return Ok(fingerprint(path)?.blake3);
        }
        let mut blocks = Blocks::open(path, form, (self.bounds, usize::MAX >> 1))?;
        if let Some(block) = blocks.next()? {
            if format == Format::Ndjson {
                self.columns = self.wanted().cloned().collect();
                let places = self.columns.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
                read_ndjson(&block, (&places, self.bounds), self);
            } else {
                self.read_csv(path, form, block)?;
            }
        }
        let ended = blocks.finish()?;
        self.notes.extend(ended.notes);
        match ended.damage {
            // A parent that is not whole would leave rows without what it knows of them.
            Some(damage) if !form.truncated => Err(Error::format(path, damage, "a whole file")),
            _ => Ok(ended.print.blake3),
        }
    }

    fn read_csv(&mut self, path: &Path, form: &Form, block: Block) -> Result<()> {
        let usual = form.delimiter_of(&self.lookup.file);
        let (mut mark, mut end) = (usual, form.skip_lines);
        self.columns.clone_from(&form.columns);
        if form.columns.is_empty() {
            (mark, end) = self.find_header(path, (form, usual), &block)?;
        }
        self.check(path)?;
        let (width, bounds) = (self.columns.len(), self.bounds);
        read_csv(&block.after(end), Shape { delimiter: mark, width, fields: Fields::Exact, bounds }, self);
        Ok(())
    }

    /// Finds the header as that of a source is found: the first line that has all columns, under
    /// the delimiter that is given or else the first under which there is one. Gives the delimiter,
    /// and the lines up to the header's end.
    fn find_header(&mut self, path: &Path, (form, usual): (&Form, u8), block: &Block) -> Result<(u8, usize)> {
        let others = if form.delimiter.is_none() { usize::MAX } else { 1 };
        let mut wrong = None;
        for mark in delimiters(usual).take(others) {
            let shape = Shape { delimiter: mark, width: 0, fields: Fields::Any, bounds: self.bounds };
            let mut above = form.skip_lines;
            while above <= form.skip_lines + LINES_ABOVE {
                let (columns, end) = match header(block, shape, above) {
                    Head::Names(columns, end) => (columns, end),
                    Head::Broken(line, _) => (Vec::new(), line),
                    Head::More | Head::Nothing => break,
                };
                self.columns = columns;
                match self.check(path) {
                    Ok(()) => {
                        self.say_of_header((mark, usual), above - form.skip_lines);
                        return Ok((mark, end));
                    }
                    Err(error) if !self.columns.is_empty() => _ = wrong.get_or_insert(error),
                    Err(_) => {}
                }
                above = end;
            }
        }
        Err(wrong.unwrap_or_else(|| Error::format(path, "no header", "a header line")))
    }

    fn say_of_header(&mut self, (mark, usual): (u8, u8), above: usize) {
        if mark != usual {
            let shown = shown_delimiter(mark);
            self.notes.push(says!("read with {shown} between fields, under which it has the columns", shown));
        }
        if above > 0 {
            self.notes.push(says!("{above} lines above the header are passed over", above));
        }
    }

    fn read_sheet(&mut self, path: &Path, form: &Form) -> Result<()> {
        let mut book = Workbook::open(path, self.bounds)?;
        let is_meant = |name: &str| form.sheet.as_ref().is_none_or(|pattern| matches(pattern, name));
        let sheets: Vec<_> = book.sheets().into_iter().filter(|sheet| is_meant(&sheet.name)).collect();
        let [sheet] = sheets.as_slice() else {
            return Err(Error::format(path, says!("{} sheets", [sheets.len()]), "one, or form.sheet to name it"));
        };
        let mut rows = book.rows(&sheet.name)?;
        while let Some(row) = rows.next_row()? {
            let cells = row.values.into_iter().map(|value| value.unwrap_or(Cell::Null));
            if row.number <= form.skip_lines as u64 {
                continue;
            }
            if !self.columns.is_empty() {
                self.row(row.number, &cells.collect::<Vec<_>>(), Raw::Text(""));
            } else if form.columns.is_empty() {
                self.columns = cells.map(|cell| cell.text().unwrap_or_default().into_owned()).collect();
                self.check(path)?;
            } else {
                self.columns.clone_from(&form.columns);
                self.check(path)?;
                self.row(row.number, &cells.collect::<Vec<_>>(), Raw::Text(""));
            }
        }
        Ok(())
    }

    fn read_relation(&mut self, (path, database): (&Path, &mut dyn Database), mapping: &Mapping) -> Result<String> {
        let rule = self.rule;
        let relation = rule
            .relation
            .clone()
            .ok_or_else(|| Error::format(path, "a database", "relation, to name a table of it"))?;
        let spelt = if rule.query.is_none() { spelt(&database.relations()?, &relation).cloned() } else { None };
        let relation = spelt.unwrap_or(relation);
        let manner = Manner::new(rule.form.as_ref().unwrap_or(&mapping.form), self.bounds);
        let mut reading = Reading { loader: self, path, used: Vec::new(), rows: 0, digest: RowDigest::default() };
        database.read(&Select { relation, query: rule.query.clone() }, manner, &mut reading)?;
        Ok(reading.digest.finish())
    }

    fn read_parquet(&mut self, path: &Path, form: &Form) -> Result<()> {
        let rows = ParquetRows::open(path, form, self.bounds)?;
        self.columns = rows.names().to_vec();
        self.check(path)?;
        let used = self.used();
        rows.read(&used, self)
    }

    /// The columns that the rule names.
    fn wanted(&self) -> impl Iterator<Item = &'m String> {
        let rule = self.rule;
        rule.key.iter().chain([&rule.value]).chain(rule.when.keys()).chain(&rule.by)
    }

    /// Which of the columns are those.
    fn used(&self) -> Vec<bool> {
        let wanted: Vec<_> = self.wanted().filter_map(|name| spelt(&self.columns, name)).collect();
        self.columns.iter().map(|name| wanted.contains(&name)).collect()
    }

    fn check(&self, path: &Path) -> Result<()> {
        let missing: Vec<_> = self.wanted().filter(|name| spelt(&self.columns, name).is_none()).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::format(
            path,
            told_all(&self.columns, self.wanted().any(|name| spelt(&self.columns, name).is_some())),
            says!("also {}", [missing.join(", ")]),
        ))
    }

    /// Whether the row's value may stand for its key; where its day is nearer to the end asked for,
    /// it replaces the value known.
    fn is_picked(&mut self, cells: &[Cell<'_>], key: &str) -> bool {
        let (Some(column), Some((patterns, days))) = (&self.rule.by, &mut self.by) else { return true };
        let spelt = spelt(&self.columns, column);
        let place = self.columns.iter().position(|name| Some(name) == spelt);
        let cell = place.and_then(|place| cells.get(place)).unwrap_or(&Cell::Null);
        let Some(day) = day(cell, patterns) else {
            self.broken += 1;
            return false;
        };
        let is_nearer = |known: Day| if self.rule.pick == Some(Pick::Last) { day > known } else { day < known };
        match days.get(key) {
            Some(known) if is_nearer(*known) => _ = self.lookup.values.remove(key),
            Some(known) => return day == *known,
            None => {}
        }
        days.insert(key.to_owned(), day);
        true
    }

    fn text<'c>(&self, cells: &'c [Cell<'_>], name: &str) -> Option<std::borrow::Cow<'c, str>> {
        let spelt = spelt(&self.columns, name)?;
        let place = self.columns.iter().position(|column| column == spelt)?;
        cells.get(place)?.text()
    }
}

/// The rows of a relation, for a lookup.
struct Reading<'l, 'm> {
    loader: &'l mut Loader<'m>,
    path: &'l Path,
    used: Vec<bool>,
    rows: u64,
    digest: RowDigest,
}

impl TakesRows for Reading<'_, '_> {
    fn begin(&mut self, names: Vec<String>, _: Vec<Sentence>) -> Result<()> {
        self.digest.names(&names);
        self.loader.columns = names;
        self.used = self.loader.used();
        self.loader.check(self.path)
    }

    fn take(&mut self, rows: Vec<Vec<Value<'static>>>) -> Result<()> {
        self.digest.rows(&rows);
        let names = self.loader.columns.clone();
        for values in rows {
            self.rows += 1;
            give((self.rows, values), (&self.used, &names), self.loader);
        }
        Ok(())
    }
}

impl RowVisitor for Loader<'_> {
    fn row(&mut self, _: u64, cells: &[Cell<'_>], _: Raw<'_>) {
        let fits = |(column, texts): (&String, &Vec<String>)| {
            let text = self.text(cells, column).unwrap_or_default();
            texts.iter().any(|wanted| *wanted == text)
        };
        if !self.rule.when.iter().all(fits) {
            return;
        }
        let parts: Option<Vec<_>> = self.rule.key.iter().map(|name| self.text(cells, name)).collect();
        if let (Some(parts), Some(value)) = (parts, self.text(cells, &self.rule.value)) {
            let parts: Option<Vec<_>> = parts.iter().map(|part| comparable(part).ok().flatten()).collect();
            let Some(key) = parts.map(|parts| parts.join(" ")) else {
                self.broken += 1;
                return;
            };
            let value = value.into_owned();
            if self.is_picked(cells, &key) {
                self.lookup.insert(key, &value);
            }
        }
    }

    fn broken(&mut self, _: u64, _: Fault, _: Raw<'_>) {
        self.broken += 1;
    }
}
