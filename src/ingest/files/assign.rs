use std::path::{Path, PathBuf};

use super::archive::Unpacked;
use super::folder::{Found, check, list};
use crate::error::{Error, Result};
use crate::ingest::mapping::{Mapping, SourceRule, matches};
use crate::ingest::params::ReadParams;
use crate::ingest::report::{IgnoredFile, IngestReport};
use crate::ingest::rows::{Sheet, Workbook, is_workbook};
use crate::schema::{self, Table};

/// What a file's rows are read as.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) enum Rows<'m> {
    /// As a source of the mapping says.
    Mapped(&'m SourceRule),
    /// As this table, with the schema's own columns.
    Own(&'static Table),
}

/// A file, or a sheet of one, to read.
#[derive(Debug)]
pub(in crate::ingest) struct Job<'m> {
    /// The path within the folder, with `/` between folders, within archives and before a sheet.
    pub(in crate::ingest) name: String,
    pub(in crate::ingest) path: PathBuf,
    /// The sheet of a workbook.
    pub(in crate::ingest) sheet: Option<String>,
    pub(in crate::ingest) rows: Rows<'m>,
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

/// Says of every file below `folder` what the mapping wants of it; files not to be read are noted in the report.
pub(in crate::ingest) fn assign<'m>(
    (folder, params): (&Path, &ReadParams),
    mapping: &'m Mapping,
    report: &mut IngestReport,
) -> Result<Assigned<'m>> {
    let (files, passed) = list(folder, &params.bounds)?;
    report.ignored.extend(passed);
    let mut assigning = Assigning { params, mapping, report, jobs: Vec::new(), files: Vec::new(), unpacked: None };
    files.into_iter().try_for_each(|file| assigning.add(file))?;
    let Assigning { jobs, files, unpacked, .. } = assigning;
    let missing = |pattern: &String| !files.iter().any(|file| file.is(pattern));
    report.absent = mapping.source.iter().map(|source| source.file.clone()).filter(missing).collect();
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
            self.report.ignored.push(IgnoredFile { file: file.name, reason: rule.reason.clone() });
        } else if is_archive(&file.name) && file.inner == 0 {
            self.unpack(&file)?;
        } else {
            let sources: Vec<_> = self.mapping.source.iter().filter(|source| file.is(&source.file)).collect();
            let is_lookup = self.mapping.lookup.values().any(|lookup| file.is(&lookup.file));
            if is_workbook(&file.name) {
                self.add_sheets(&file, &sources, is_lookup)?;
            } else {
                let rows = self.one(&file.name, &sources)?.or_else(|| own_table(file.within()).map(Rows::Own));
                match rows {
                    Some(rows) => {
                        check(&file.path)?;
                        self.jobs.push(Job { name: file.name.clone(), path: file.path.clone(), sheet: None, rows });
                    }
                    None if is_lookup => check(&file.path)?,
                    None => self.report.unread.push(file.name.clone()),
                }
            }
            self.files.push(file);
        }
        Ok(())
    }

    fn unpack(&mut self, file: &Found) -> Result<()> {
        let entries = unpacked(file, &mut self.unpacked, self.params)?;
        entries.into_iter().try_for_each(|entry| self.add(entry))
    }

    /// The one source that means a file or sheet.
    fn one(&self, name: &str, sources: &[&'m SourceRule]) -> Result<Option<Rows<'m>>> {
        match sources {
            [] => Ok(None),
            [source] => Ok(Some(Rows::Mapped(source))),
            [first, second, ..] => {
                let found = format!("{name} is meant by {} and by {}", first.file, second.file);
                Err(Error::setting(
                    format!("mapping {}", self.mapping.name),
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
            let name = format!("{}/{}", file.name, sheet.name.replace(['/', '\\'], "_").trim_start_matches('.'));
            let meant: Vec<_> = sources.iter().copied().filter(|source| self.means(source, sheet)).collect();
            let own = table_named(&sheet.name).or(book_table.filter(|_| sheets.len() == 1));
            if let Some(rows) = self.one(&name, &meant)?.or_else(|| own.map(Rows::Own)) {
                is_read = true;
                self.jobs.push(Job { name, path: file.path.clone(), sheet: Some(sheet.name.clone()), rows });
            } else if !is_lookup {
                self.report.unread.push(name);
            }
        }
        if sheets.is_empty() && !is_read {
            self.report.unread.push(file.name.clone());
        }
        Ok(())
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
