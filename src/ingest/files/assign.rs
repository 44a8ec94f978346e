//! Decides for every file of a folder which part of the mapping, or which table, it is read as.
//!
//! The rules, in their order:
//!
//! 1. A file that the mapping's `ignore` names is left out, with the reason given there.
//! 2. A file whose path fits the pattern of one source of the mapping is read as that source. Two sources
//!    that mean the same file are an error: nobody could tell which was meant.
//! 3. A file named like a table of the schema (`deposits.csv`, `DEPOSITS.CSV.gz`) is read with the schema's
//!    own columns. Of several such files the one nearest to the top of the folder is read: one in a folder
//!    below may be an older copy, and is reported as passed over.
//! 4. Every other file is named in [`IngestReport::unread`](crate::ingest::IngestReport::unread).
//!
//! Sheets of a workbook and tables of a database are decided on one by one in the same way.

use std::path::{Path, PathBuf};

use super::archive::Unpacked;
use super::folder::{Found, check, hidden, list, passed_by};
use super::names::{base, is_archive, of_no_format, own_table, stem, table_named, within};
use super::unread::Unread;
use crate::error::{Error, Result};
use crate::ingest::mapping::{Mapping, SourceRule, matches};
use crate::ingest::params::ReadParams;
use crate::ingest::report::{IgnoredFile, IngestReport};
use crate::ingest::rows::{Database, SERVER, Select, Sheet, Workbook, is_database, is_workbook, opened};
use crate::ingest::spelling::spelt;
use crate::schema::Table;
use crate::sentence::{Sentence, says};

/// What a file's rows are read as.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) enum Rows<'m> {
    /// As a source of the mapping says, which is the one in this place.
    Mapped(&'m SourceRule, (&'m Mapping, usize)),
    /// As this table, with the schema's own columns.
    Own(&'static Table),
}

/// A file, or a sheet of one, to read.
#[derive(Debug)]
pub(in crate::ingest) struct Job<'m> {
    /// The path within the folder, with `/` between folders, within archives and before a sheet.
    pub(in crate::ingest) name: String,
    /// The file; of a server, the name.
    pub(in crate::ingest) path: PathBuf,
    pub(in crate::ingest) part: Part,
    pub(in crate::ingest) rows: Rows<'m>,
    /// How many folders it lies in.
    depth: usize,
    /// What was decided about it.
    pub(in crate::ingest) notes: Vec<Sentence>,
}

/// What is read of a file, or of the server.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Part {
    /// All of it, as text or Parquet.
    Whole,
    /// A sheet of a workbook.
    Sheet(String),
    /// Rows of a file of SQLite.
    Relation(Select),
    /// Rows of the server.
    Served(Select),
}

/// The files of a folder, each with what is to become of it.
#[derive(Debug)]
pub(in crate::ingest) struct Assigned<'m> {
    /// To read, sorted by name.
    pub(in crate::ingest) jobs: Vec<Job<'m>>,
    /// Files that cannot be read.
    pub(in crate::ingest) unread: Vec<Unread>,
    /// Every file, sorted by name.
    pub(in crate::ingest) files: Vec<Found>,
    /// Keeps what was unpacked until all is read.
    _unpacked: Option<Unpacked>,
}

/// Where sources lie: in a folder, in a server, or in both.
pub(in crate::ingest) struct Place<'p> {
    pub(in crate::ingest) folder: Option<&'p Path>,
    pub(in crate::ingest) server: Option<&'p mut dyn Database>,
}

/// Says of every file below `folder` what the mapping wants of it; files not to be read are noted in the report.
///
/// After the files come the tables of the server, if there is one.
pub(in crate::ingest) fn assign<'m>(
    (place, params): (Place<'_>, &ReadParams),
    mapping: &'m Mapping,
    report: &mut IngestReport,
) -> Result<Assigned<'m>> {
    let (files, passed) = match place.folder {
        Some(folder) => list(folder, &params.bounds)?,
        None => (Vec::new(), Vec::new()),
    };
    report.ignored.extend(passed);
    let (jobs, unread) = (Vec::new(), Vec::new());
    let mut assigning = Assigning { params, mapping, report, jobs, unread, files: Vec::new(), unpacked: None };
    files.into_iter().try_for_each(|file| assigning.add(file))?;
    let is_served = place.server.is_some();
    place.server.map_or(Ok(()), |server| assigning.add_served(server))?;
    assigning.settle_names();
    let Assigning { jobs, unread, files, unpacked, .. } = assigning;
    let missing = |source: &&SourceRule| match source.file.as_str() {
        "" => !is_served,
        pattern => !files.iter().any(|file| file.is(pattern)),
    };
    report.absent = mapping.source.iter().filter(missing).map(SourceRule::called).collect();
    Ok(Assigned { jobs, unread, files, _unpacked: unpacked })
}

struct Assigning<'m, 'r> {
    params: &'r ReadParams,
    mapping: &'m Mapping,
    report: &'r mut IngestReport,
    jobs: Vec<Job<'m>>,
    unread: Vec<Unread>,
    files: Vec<Found>,
    unpacked: Option<Unpacked>,
}

impl<'m> Assigning<'m, '_> {
    fn add(&mut self, file: Found) -> Result<()> {
        let is_lookup = self.mapping.lookup.values().any(|lookup| !lookup.file.is_empty() && file.is(&lookup.file));
        if self.ignores(&file) {
            if is_lookup {
                check(&file.path)?;
                self.files.push(file);
            }
        } else if is_archive(&file.name) && file.inner == 0 {
            self.unpack(&file)?;
        } else if is_archive(&file.name) {
            let error = Error::format(&file.path, "an archive within another", "files: unpack it");
            self.refuse(&file, error)?;
        } else {
            let means = |source: &&SourceRule| !source.file.is_empty() && file.is(&source.file);
            let sources: Vec<_> = self.mapping.source.iter().filter(means).collect();
            if is_workbook(&file.name) {
                self.add_sheets(&file, &sources, is_lookup)?;
            } else if is_database(&file.name, &file.path) {
                self.add_relations(&file, &sources, is_lookup)?;
            } else {
                if let Some(source) = sources.iter().find(|source| source.relation.is_some()) {
                    let found = says!("relation, of {}, which is no database", [file.name]);
                    return Err(Error::setting(
                        says!("mapping {}, {}", [self.mapping.name, source.file]),
                        found,
                        "none",
                    ));
                }
                let rows = self.one(&file.name, &sources)?.or_else(|| own_table(file.within()).map(Rows::Own));
                match rows {
                    Some(rows) => match check(&file.path) {
                        Ok(()) => self.push(&file, (file.name.clone(), Part::Whole, rows)),
                        Err(error) => self.refuse(&file, error)?,
                    },
                    None if is_lookup => check(&file.path)?,
                    None => match of_no_format(&file) {
                        Some(error) => self.refuse(&file, error)?,
                        None => self.report.unread.push(file.name.clone()),
                    },
                }
            }
            self.files.push(file);
        }
        Ok(())
    }

    /// Takes note of a file that cannot be read.
    fn refuse(&mut self, file: &Found, error: Error) -> Result<()> {
        self.unread.push(Unread::new((&file.name, &file.path), error)?);
        Ok(())
    }

    /// Whether the mapping leaves a file, a sheet or a relation out, which is noted.
    fn ignores(&mut self, file: &Found) -> bool {
        let rule = self.mapping.ignore.iter().find(|rule| rule.column.is_none() && file.is(&rule.file));
        let ignored = rule.map(|rule| IgnoredFile { file: file.name.clone(), reason: Sentence::name(&rule.reason) });
        let is_ignored = ignored.is_some();
        self.report.ignored.extend(ignored);
        is_ignored
    }

    fn push(&mut self, file: &Found, (name, part, rows): (String, Part, Rows<'m>)) {
        self.jobs.push(Job { name, path: file.path.clone(), part, rows, depth: file.depth(), notes: Vec::new() });
    }

    /// Of files that are read by their names as one table, those that lie nearest to the top are
    /// read: one in a folder below may be an older copy.
    fn settle_names(&mut self) {
        let own = |job: &Job<'_>| if let Rows::Own(table) = job.rows { Some(table.name) } else { None };
        let named: Vec<_> = self.jobs.iter().filter_map(|job| Some((own(job)?, job.depth, job.name.clone()))).collect();
        let least = |table: &str| named.iter().filter(|(name, ..)| *name == table).min_by_key(|(_, depth, _)| *depth);
        let (mut kept, mut passed) = (Vec::new(), Vec::new());
        for mut job in std::mem::take(&mut self.jobs) {
            let nearest = own(&job).and_then(|table| Some((table, least(table)?)));
            match nearest {
                Some((table, (_, depth, nearer))) if *depth < job.depth => {
                    let reason = says!(
                        "{nearer}, which lies further up, is read as {table}: a mapping says so if both are meant",
                        nearer,
                        table
                    );
                    passed.push(IgnoredFile { file: job.name, reason });
                }
                Some((table, (_, depth, _))) => {
                    let count = named.iter().filter(|(name, at, _)| *name == table && at == depth).count();
                    if count > 1 {
                        job.notes.push(says!(
                            "one of {count} files that are read as {table} by their names",
                            count,
                            table
                        ));
                    }
                    kept.push(job);
                }
                None => kept.push(job),
            }
        }
        self.report.ignored.extend(passed);
        self.jobs = kept;
    }

    fn mapped(&self, source: &'m SourceRule) -> Rows<'m> {
        let at = self.mapping.source.iter().position(|other| std::ptr::eq(other, source));
        Rows::Mapped(source, (self.mapping, at.unwrap_or_default()))
    }

    fn unpack(&mut self, file: &Found) -> Result<()> {
        let (entries, passed) = match unpacked(file, &mut self.unpacked, self.params) {
            Ok(found) => found,
            Err(error) => return self.refuse(file, error),
        };
        self.report.ignored.extend(passed);
        entries.into_iter().try_for_each(|entry| self.add(entry))
    }

    /// The one source that means a file or sheet.
    fn one(&self, name: &str, sources: &[&'m SourceRule]) -> Result<Option<Rows<'m>>> {
        match sources {
            [] => Ok(None),
            [source] => Ok(Some(self.mapped(source))),
            [first, second, ..] => {
                let found = says!("{name} is meant by {} and by {}", [first.file, second.file], name);
                Err(Error::setting(
                    says!("mapping {}", [self.mapping.name]),
                    found,
                    "one source for each file or sheet",
                ))
            }
        }
    }

    /// Sheets that a source means; else those named like a table, and the only one of a workbook named like a table.
    fn add_sheets(&mut self, file: &Found, sources: &[&'m SourceRule], is_lookup: bool) -> Result<()> {
        let book_table = table_named(stem(base(file.within())));
        let sheets = match check(&file.path).and_then(|()| Workbook::open(&file.path, &self.params.bounds)) {
            Ok(book) => book.sheets(),
            // Whether a table of it was meant, nobody can say.
            Err(error) if !is_lookup => return self.refuse(file, error),
            Err(error) => return Err(error),
        };
        let mut is_read = is_lookup;
        for sheet in &sheets {
            let name = within(&file.name, &sheet.name);
            let meant: Vec<_> = sources.iter().copied().filter(|source| self.means(source, sheet)).collect();
            let own = table_named(&sheet.name).or(book_table.filter(|_| sheets.len() == 1));
            if self.ignores(&Found { name: name.clone(), inner: file.inner, path: file.path.clone() }) {
                continue;
            }
            if let Some(rows) = self.one(&name, &meant)?.or_else(|| own.map(Rows::Own)) {
                is_read = true;
                self.push(file, (name, Part::Sheet(sheet.name.clone()), rows));
            } else if !is_lookup {
                self.report.unread.push(name);
            }
        }
        if sheets.is_empty() && !is_read {
            self.report.unread.push(file.name.clone());
        }
        Ok(())
    }

    /// Relations that a source names, and tables named like a table of the schema that none does.
    fn add_relations(&mut self, file: &Found, sources: &[&'m SourceRule], is_lookup: bool) -> Result<()> {
        if let Some(source) = sources.iter().find(|source| source.relation.is_none()) {
            let place = says!("mapping {}, {}", [self.mapping.name, source.file]);
            return Err(Error::setting(place, says!("no relation of {}", [file.name]), "the name of a table in it"));
        }
        let known = match check(&file.path).and_then(|()| opened(&file.path)?.relations()) {
            Ok(known) => known,
            Err(error) if !is_lookup => return self.refuse(file, error),
            Err(error) => return Err(error),
        };
        for (name, select, rows) in self.selected(sources, known, &file.name) {
            self.push(file, (name, Part::Relation(select), rows));
        }
        Ok(())
    }

    fn add_served(&mut self, server: &mut dyn Database) -> Result<()> {
        let sources: Vec<_> = self.mapping.source.iter().filter(|source| source.file.is_empty()).collect();
        let known = server.relations()?;
        for (name, select, rows) in self.selected(&sources, known, SERVER) {
            let path = PathBuf::from(&name);
            let part = Part::Served(select);
            self.jobs.push(Job { path, name, part, rows, depth: 0, notes: Vec::new() });
        }
        Ok(())
    }

    /// What is read of a database, sorted by name.
    fn selected(
        &mut self,
        sources: &[&'m SourceRule],
        known: Vec<String>,
        database: &str,
    ) -> Vec<(String, Select, Rows<'m>)> {
        let mut selected: Vec<(String, Select, Rows<'m>)> = Vec::new();
        for source in sources {
            let Some(relation) = source.relation.clone() else { continue };
            let spelt = spelt(&known, &relation).filter(|_| source.query.is_none()).cloned();
            let relation = spelt.unwrap_or(relation);
            let name = within(database, &relation);
            selected.push((name, Select { relation, query: source.query.clone() }, self.mapped(source)));
        }
        let lookups: Vec<_> = self.mapping.lookup.values().filter_map(|lookup| lookup.relation.as_ref()).collect();
        let lookups: Vec<_> = lookups.into_iter().filter_map(|name| spelt(&known, name).cloned()).collect();
        for relation in known {
            let name = within(database, &relation);
            let is_meant = |(_, select, _): &(String, Select, Rows<'m>)| select.relation == relation;
            let is_lookup = lookups.contains(&relation);
            match table_named(&relation) {
                _ if selected.iter().any(is_meant) => {}
                _ if self.ignores(&Found { name: name.clone(), inner: 0, path: PathBuf::new() }) => {}
                Some(table) => selected.push((name, Select { relation, query: None }, Rows::Own(table))),
                None if is_lookup => {}
                None => self.report.unread.push(name),
            }
        }
        selected.sort_by(|one, other| one.0.cmp(&other.0));
        selected
    }

    fn means(&self, source: &SourceRule, sheet: &Sheet) -> bool {
        match &source.form.as_ref().unwrap_or(&self.mapping.form).sheet {
            Some(pattern) => matches(pattern, &sheet.name),
            None => sheet.is_visible,
        }
    }
}

/// The files of an archive, sorted by name, and what is hidden there.
fn unpacked(
    file: &Found,
    unpacked: &mut Option<Unpacked>,
    params: &ReadParams,
) -> Result<(Vec<Found>, Vec<IgnoredFile>)> {
    check(&file.path)?;
    let folder = match unpacked.take() {
        Some(folder) => folder,
        None => Unpacked::new(&params.refused)?,
    };
    let mut entries = unpacked.insert(folder).add(&file.path, &params.bounds)?;
    entries.sort_unstable();
    let mut passed: Vec<_> =
        entries.iter().filter_map(|(name, _)| Some(passed_by(&format!("{}/{}", file.name, hidden(name)?)))).collect();
    passed.dedup();
    let found = |(name, path): (String, PathBuf)| Found {
        name: format!("{}/{name}", file.name),
        inner: file.name.len() + 1,
        path,
    };
    let shown = entries.into_iter().filter(|(name, _)| hidden(name).is_none());
    Ok((shown.map(found).collect(), passed))
}

/// A file, or the files of a folder, those of archives among them; what was passed over; and what keeps the unpacked.
pub(in crate::ingest) fn found(
    path: &Path,
    params: &ReadParams,
) -> Result<(Vec<Found>, Vec<IgnoredFile>, Option<Unpacked>)> {
    let (listed, mut passed) = if path.is_dir() {
        list(path, &params.bounds)?
    } else {
        check(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (vec![Found { name, inner: 0, path: path.to_path_buf() }], Vec::new())
    };
    let (mut files, mut folder) = (Vec::new(), None);
    for file in listed {
        if !is_archive(&file.name) {
            files.push(file);
            continue;
        }
        match unpacked(&file, &mut folder, params) {
            Ok((entries, hidden)) => {
                files.extend(entries);
                passed.extend(hidden);
            }
            Err(error) => {
                let unread = Unread::new((&file.name, &file.path), error)?;
                passed.push(IgnoredFile { file: file.name, reason: unread.why() });
            }
        }
    }
    Ok((files, passed, folder))
}
