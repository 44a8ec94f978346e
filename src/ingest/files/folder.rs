use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::mapping::{Mapping, SourceRule, matches};
use crate::ingest::report::{IgnoredFile, IngestReport};
use crate::schema::{self, Table};

/// What a file's rows are read as.
#[derive(Debug, Clone, Copy)]
pub(in crate::ingest) enum Rows<'m> {
    /// As a source of the mapping says.
    Mapped(&'m SourceRule),
    /// As this table, with the schema's own columns.
    Own(&'static Table),
}

/// A file to read.
#[derive(Debug)]
pub(in crate::ingest) struct Job<'m> {
    /// The path within the folder, with `/` between folders.
    pub(in crate::ingest) name: String,
    pub(in crate::ingest) path: PathBuf,
    pub(in crate::ingest) rows: Rows<'m>,
}

/// The files of a folder, each with what is to become of it.
#[derive(Debug)]
pub(in crate::ingest) struct Assigned<'m> {
    /// To read, sorted by name.
    pub(in crate::ingest) jobs: Vec<Job<'m>>,
    /// Every file, sorted by name.
    pub(in crate::ingest) names: Vec<String>,
}

/// Says of every file below `folder` what the mapping wants of it; files not to be read are noted in the report.
pub(in crate::ingest) fn assign<'m>(
    folder: &Path,
    mapping: &'m Mapping,
    report: &mut IngestReport,
) -> Result<Assigned<'m>> {
    let mut names = Vec::new();
    list(folder, "", &mut names)?;
    names.sort_unstable();
    let mut jobs = Vec::new();
    for name in &names {
        let path = folder.join(name);
        if let Some(rule) = mapping.ignore.iter().find(|rule| rule.column.is_none() && matches(&rule.file, name)) {
            report.ignored.push(IgnoredFile { file: name.clone(), reason: rule.reason.clone() });
            continue;
        }
        let mut sources = mapping.source.iter().filter(|source| matches(&source.file, name));
        match (sources.next(), sources.next()) {
            (Some(first), Some(second)) => {
                let found = format!("{name} is meant by {} and by {}", first.file, second.file);
                return Err(Error::setting(format!("mapping {}", mapping.name), found, "one source for each file"));
            }
            (Some(source), None) => jobs.push(Job { name: name.clone(), path, rows: Rows::Mapped(source) }),
            (None, _) => match own_table(name) {
                Some(table) => jobs.push(Job { name: name.clone(), path, rows: Rows::Own(table) }),
                None if mapping.lookup.values().any(|lookup| matches(&lookup.file, name)) => {}
                None => report.unread.push(name.clone()),
            },
        }
    }
    let missing = |pattern: &String| !names.iter().any(|name| matches(pattern, name));
    report.absent = mapping.source.iter().map(|source| source.file.clone()).filter(missing).collect();
    Ok(Assigned { jobs, names })
}

/// The table that a file at the top of the folder is named after.
fn own_table(name: &str) -> Option<&'static Table> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let (stem, ending) = plain.rsplit_once('.')?;
    matches!(ending, "csv" | "ndjson" | "parquet").then(|| schema::table(stem))?
}

fn list(folder: &Path, above: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let name = if above.is_empty() { name } else { format!("{above}/{name}") };
        if path.is_dir() {
            list(&path, &name, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
