//! Reads the records of a folder, each CSV file a source.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use wherewithal::domain::masked_file;
use wherewithal::linkage::{LinkageParams, Records};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::Delimited;

use super::called::Called;
use super::refused::RefusedRows;
use crate::console::{Console, caution, say};
use crate::failure::Failure;
use crate::repeated::repeated;
use crate::words::says;

/// The records of all sources, and how many rows were refused.
pub(super) struct Sources {
    pub(super) records: Records,
    pub(super) refused: usize,
}

/// A folder of sources, what is read of them, and where refused rows are kept.
pub(super) struct Folder<'a> {
    pub(super) path: &'a Path,
    pub(super) params: &'a LinkageParams,
    pub(super) refused: PathBuf,
}

impl Folder<'_> {
    pub(super) fn read(&self, console: &Console<'_>) -> Result<Sources, Failure> {
        let columns = self.params.columns();
        let mut met = vec![false; columns.len()];
        let mut sources = Sources { records: Records::new(columns.clone()), refused: 0 };
        for path in self.files(console)? {
            let file = Delimited::read(&path)?;
            if file.names.is_empty() {
                caution!(console, "{}: an empty file, no records", [path.display()]);
                continue;
            }
            let places = self.take((&path, file), &mut sources, console)?;
            met.iter_mut().zip(&places).for_each(|(met, place)| *met |= place.is_some());
        }
        for name in columns.iter().zip(met).filter(|(_, met)| !met).map(|(name, _)| name) {
            say!(console, "no source has the column {name} of the settings", name);
        }
        if sources.records.is_empty() {
            return Err(Failure::work(says!(
                "{}: no record to link: {} rows refused, expected a header and at least one row in a file",
                [self.path.display(), sources.refused]
            )));
        }
        let repeated = repeated(sources.records.ids().iter().map(String::as_str));
        if repeated > 0 {
            caution!(
                console,
                "{repeated} records have the record_id of another one: parties.csv does not tell them apart",
                repeated
            );
        }
        Ok(sources)
    }

    /// The CSV files, in the order of their names.
    fn files(&self, console: &Console<'_>) -> Result<Vec<PathBuf>, Failure> {
        let folder = self.path;
        let listed = std::fs::read_dir(folder).map_err(Failure::io(folder))?;
        let mut files: Vec<PathBuf> = listed.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        files.sort();
        let (files, others): (Vec<PathBuf>, Vec<PathBuf>) =
            files.into_iter().partition(|path| is_text(path) && path.is_file());
        if files.is_empty() {
            return Err(Failure::work(says!("{}: found no CSV file", [folder.display()])));
        }
        if !others.is_empty() {
            let names = others.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy());
            let names = Sentence::names(names.map(|name| masked_file(&name).into_owned()));
            caution!(
                console,
                "{}: {} files or folders that are no CSV are not read: {names}",
                [folder.display(), others.len()],
                names
            );
        }
        Ok(files)
    }

    /// Takes the records of a file; where each column of the settings stands in it.
    fn take(
        &self,
        (path, file): (&Path, Delimited),
        sources: &mut Sources,
        console: &Console<'_>,
    ) -> Result<Vec<Option<usize>>, Failure> {
        let called = Called::new(self.params, (path, &file.names))?;
        called.said(path, console);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut refused = RefusedRows::new(self.refused.join(format!("{name}.csv")));
        let before = sources.records.len();
        let (width, encoding, mark) =
            (file.names.len(), file.encoding.clone(), char::from(file.delimiter).escape_debug().to_string());
        let mut taken = Ok(());
        file.each_row(&mut |line, row| {
            if taken.is_err() {
                return;
            }
            taken = match row {
                Err(refusal) => refused.add(&refusal),
                Ok(row) => {
                    let cell = |place: usize| row.get(place).map(Cow::as_ref).unwrap_or_default();
                    // A record without a name of its own is called after its place.
                    let id = called.id.map(cell).filter(|id| !id.is_empty());
                    let id = id.map_or_else(|| format!("{}:{line}", path.display()), str::to_owned);
                    let cells = called.places.iter().map(|place| place.map(cell).unwrap_or_default());
                    sources.records.push(id, cells).map_err(Failure::from)
                }
            };
        });
        taken?;
        refused.finish()?;
        sources.refused += refused.count;
        let (count, unread) = (sources.records.len() - before, called.unread(width));
        say!(
            console,
            "{}: {count} records; {unread} columns are not read ({encoding}, delimiter {mark})",
            [path.display()],
            count,
            unread,
            encoding,
            mark
        );
        if refused.count > 0 {
            caution!(
                console,
                "{}: {refused} rows refused for another number of fields than the header's {width}, a quote that is \
                 not closed, or bytes that are no text, the first in line {first}; kept in {kept}",
                [path.display()],
                refused = refused.count,
                width,
                first = refused.first_line,
                kept = refused.path()
            );
        }
        Ok(called.places)
    }
}

/// Whether a file is delimited text by its ending.
fn is_text(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.ends_with(".csv") || name.ends_with(".tsv")
}
