//! Reads the records of a folder, each CSV file a source.

use std::path::{Path, PathBuf};

use wherewithal::linkage::{LinkageParams, Records};
use wherewithal::sentence::Sentence;
use wherewithal::tabular::Delimited;

use super::called::Called;
use super::refused::{RefusedRows, Why};
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
            if file.text.trim().is_empty() {
                caution!(console, "{}: an empty file, no records", [path.display()]);
                continue;
            }
            let places = self.take((&path, &file), &mut sources, console)?;
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
        let all = files.len();
        files.retain(|path| is_text(path));
        files.sort();
        if files.is_empty() {
            return Err(Failure::work(says!("{}: found no CSV file", [folder.display()])));
        }
        if files.len() < all {
            say!(
                console,
                "{}: {} files or folders that are no CSV are not read",
                [folder.display(), all - files.len()]
            );
        }
        Ok(files)
    }

    /// Takes the records of a file; where each column of the settings stands in it.
    fn take(
        &self,
        (path, file): (&Path, &Delimited),
        sources: &mut Sources,
        console: &Console<'_>,
    ) -> Result<Vec<Option<usize>>, Failure> {
        let mut builder = csv::ReaderBuilder::new();
        builder.trim(csv::Trim::All).flexible(true).delimiter(file.delimiter);
        let mut reader = builder.from_reader(file.text.as_bytes());
        let headers = reader.headers().map_err(|error| broken(path, &error))?.clone();
        let called = Called::new(self.params, (path, &headers))?;
        called.said(path, console);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut refused = RefusedRows::new(self.refused.join(format!("{name}.csv")));
        let before = sources.records.len();
        let expected = (headers.len(), file.text.matches('"').count() % 2 == 1);
        let (mut row, mut begin) = (csv::StringRecord::new(), reader.position().clone());
        while reader.read_record(&mut row).map_err(|error| broken(path, &error))? {
            let at = row.position().unwrap_or(&begin).clone();
            let end = reader.position().clone();
            match Why::of(&row, expected) {
                Some(why) => refused.add(at.line(), &why, bytes(&file.text, (&at, &end)))?,
                None => {
                    let own = || format!("{}:{}", path.display(), at.line());
                    let id = called.id.and_then(|place| row.get(place)).map_or_else(own, str::to_owned);
                    let cell = |place: &Option<usize>| place.and_then(|place| row.get(place)).unwrap_or_default();
                    sources.records.push(id, called.places.iter().map(cell))?;
                }
            }
            begin = end;
        }
        refused.finish()?;
        sources.refused += refused.count;
        let (count, unread) = (sources.records.len() - before, called.unread(headers.len()));
        let (encoding, mark) = (&file.encoding, char::from(file.delimiter).escape_debug().to_string());
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
                "{}: {refused} rows refused for another number of fields than the header's {width}, or a quote that \
                 is not \
                 closed, the first in line {first}; kept in {kept}",
                [path.display()],
                refused = refused.count,
                width = headers.len(),
                first = refused.first_line,
                kept = refused.path()
            );
        }
        Ok(called.places)
    }
}

/// The text between two places.
fn bytes<'t>(text: &'t str, (from, to): (&csv::Position, &csv::Position)) -> &'t str {
    let place = |at: &csv::Position| usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    text.get(place(from)..place(to)).unwrap_or_default()
}

/// Whether a file is delimited text by its ending.
fn is_text(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.ends_with(".csv") || name.ends_with(".tsv")
}

/// What a CSV file is that cannot be read; the message names lines, no cells.
fn broken(path: &Path, error: &csv::Error) -> Failure {
    Failure::work(says!("{path}: {error}", path = path.display(), error = Sentence::foreign(error.to_string())))
}
