use std::path::{Path, PathBuf};

use super::archive::Unpacked;
use super::folder::{Found, check, list};
use crate::error::{Error, Result};
use crate::ingest::mapping::{Mapping, SourceRule, matches};
use crate::ingest::params::ReadParams;
use crate::ingest::report::{IgnoredFile, IngestReport};
use crate::ingest::rows::{Database, SERVER, Select, Sheet, Workbook, is_database, is_workbook, opened};
use crate::schema::{self, Table};
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
    let mut assigning = Assigning { params, mapping, report, jobs: Vec::new(), files: Vec::new(), unpacked: None };
    files.into_iter().try_for_each(|file| assigning.add(file))?;
    let is_served = place.server.is_some();
    place.server.map_or(Ok(()), |server| assigning.add_served(server))?;
    let Assigning { jobs, files, unpacked, .. } = assigning;
    let missing = |source: &&SourceRule| match source.file.as_str() {
        "" => !is_served,
        pattern => !files.iter().any(|file| file.is(pattern)),
    };
    report.absent = mapping.source.iter().filter(missing).map(SourceRule::called).collect();
    Ok(Assigned { jobs, files, _unpacked: unpacked })
}

struct Assigning<'m, 'r> {
    params: &'r ReadParams,
    mapping: &'m Mapping,
    report: &'r mut IngestReport,
    jobs: Vec<Job<'m>>,
    files: Vec<Found>,
    unpacked: Option<Unpacked>,
}

impl<'m> Assigning<'m, '_> {
    fn add(&mut self, file: Found) -> Result<()> {
        let whole = |rule: &&_| is_whole(rule, &file);
        if let Some(rule) = self.mapping.ignore.iter().find(whole) {
            self.report.ignored.push(IgnoredFile { file: file.name, reason: Sentence::name(&rule.reason) });
        } else if is_archive(&file.name) && file.inner == 0 {
            self.unpack(&file)?;
        } else {
            let means = |source: &&SourceRule| !source.file.is_empty() && file.is(&source.file);
            let sources: Vec<_> = self.mapping.source.iter().filter(means).collect();
            let is_lookup = self.mapping.lookup.values().any(|lookup| !lookup.file.is_empty() && file.is(&lookup.file));
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
                    Some(rows) => {
                        check(&file.path)?;
                        let (name, path, part) = (file.name.clone(), file.path.clone(), Part::Whole);
                        self.jobs.push(Job { name, path, part, rows });
                    }
                    None if is_lookup => check(&file.path)?,
                    None => self.report.unread.push(file.name.clone()),
                }
            }
            self.files.push(file);
        }
        Ok(())
    }

    fn mapped(&self, source: &'m SourceRule) -> Rows<'m> {
        let at = self.mapping.source.iter().position(|other| std::ptr::eq(other, source));
        Rows::Mapped(source, (self.mapping, at.unwrap_or_default()))
    }

    fn unpack(&mut self, file: &Found) -> Result<()> {
        let entries = unpacked(file, &mut self.unpacked, self.params)?;
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
        let book_table = table_named(stem(file.within()));
        let sheets = match check(&file.path).and_then(|()| Workbook::open(&file.path, &self.params.bounds)) {
            Ok(book) => book.sheets(),
            Err(_) if sources.is_empty() && book_table.is_none() && !is_lookup => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut is_read = is_lookup;
        for sheet in &sheets {
            let name = within(&file.name, &sheet.name);
            let meant: Vec<_> = sources.iter().copied().filter(|source| self.means(source, sheet)).collect();
            let own = table_named(&sheet.name).or(book_table.filter(|_| sheets.len() == 1));
            if let Some(rows) = self.one(&name, &meant)?.or_else(|| own.map(Rows::Own)) {
                is_read = true;
                let part = Part::Sheet(sheet.name.clone());
                self.jobs.push(Job { name, path: file.path.clone(), part, rows });
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
            Err(_) if sources.is_empty() && !is_lookup => {
                self.report.unread.push(file.name.clone());
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for (name, select, rows) in self.selected(sources, known, &file.name) {
            self.jobs.push(Job { name, path: file.path.clone(), part: Part::Relation(select), rows });
        }
        Ok(())
    }

    fn add_served(&mut self, server: &mut dyn Database) -> Result<()> {
        let sources: Vec<_> = self.mapping.source.iter().filter(|source| source.file.is_empty()).collect();
        let known = server.relations()?;
        for (name, select, rows) in self.selected(&sources, known, SERVER) {
            self.jobs.push(Job { path: PathBuf::from(&name), name, part: Part::Served(select), rows });
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
            let name = within(database, &relation);
            selected.push((name, Select { relation, query: source.query.clone() }, self.mapped(source)));
        }
        for relation in known {
            let name = within(database, &relation);
            let is_meant = |(_, select, _): &(String, Select, Rows<'m>)| select.relation == relation;
            let is_lookup = self.mapping.lookup.values().any(|lookup| lookup.relation.as_ref() == Some(&relation));
            match table_named(&relation) {
                _ if selected.iter().any(is_meant) => {}
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

/// The files of an archive, but for hidden ones, sorted by name.
fn unpacked(file: &Found, unpacked: &mut Option<Unpacked>, params: &ReadParams) -> Result<Vec<Found>> {
    check(&file.path)?;
    let keeper = match unpacked.take() {
        Some(keeper) => keeper,
        None => Unpacked::new(&params.refused)?,
    };
    let mut entries = unpacked.insert(keeper).add(&file.path, &params.bounds)?;
    entries.sort_unstable();
    let is_shown = |name: &str| !name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
    let found = |(name, path): (String, PathBuf)| Found {
        name: format!("{}/{name}", file.name),
        inner: file.name.len() + 1,
        path,
    };
    Ok(entries.into_iter().filter(|(name, _)| is_shown(name)).map(found).collect())
}

/// A file, or the files of a folder, those of archives among them; what was passed over; and what keeps the unpacked.
pub(in crate::ingest) fn found(
    path: &Path,
    params: &ReadParams,
) -> Result<(Vec<Found>, Vec<IgnoredFile>, Option<Unpacked>)> {
    let (listed, passed) = if path.is_dir() {
        list(path, &params.bounds)?
    } else {
        check(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (vec![Found { name, inner: 0, path: path.to_path_buf() }], Vec::new())
    };
    let (mut files, mut keeper) = (Vec::new(), None);
    for file in listed {
        if is_archive(&file.name) {
            files.extend(unpacked(&file, &mut keeper, params)?);
        } else {
            files.push(file);
        }
    }
    Ok((files, passed, keeper))
}

fn is_whole(rule: &crate::ingest::mapping::IgnoreRule, file: &Found) -> bool {
    rule.column.is_none() && file.is(&rule.file)
}

/// What a sheet or a relation is called among files.
fn within(file: &str, name: &str) -> String {
    format!("{file}/{}", name.replace(['/', '\\'], "_").trim_start_matches('.'))
}

fn is_archive(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("zip"))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn table_named(name: &str) -> Option<&'static Table> {
    schema::table(name.trim())
}

/// The table that a file at the top of the folder or archive is named after.
fn own_table(name: &str) -> Option<&'static Table> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let (stem, ending) = plain.rsplit_once('.')?;
    matches!(ending, "csv" | "ndjson" | "parquet").then(|| schema::table(stem))?
}
