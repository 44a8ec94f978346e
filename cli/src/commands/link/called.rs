//! Finds the columns of the settings in a source that may call them otherwise.

use std::path::Path;

use wherewithal::linkage::LinkageParams;
use wherewithal::sentence::Sentence;
use wherewithal::tabular::{NameMatch, matched_names};

use crate::console::{Console, say};
use crate::failure::Failure;
use crate::words::says;

/// Columns that name a record.
const RECORD: [&str; 2] = ["record_id", "rec_id"];

/// Where the columns of the settings stand in a source.
pub(super) struct Called {
    /// By column of the settings.
    pub(super) places: Vec<Option<usize>>,
    /// The column that names a record.
    pub(super) id: Option<usize>,
    /// Columns that are called otherwise: the source's name and that of the settings.
    otherwise: Vec<(String, String)>,
}

impl Called {
    /// Finds them under their own name, then under one that differs in case, width or blanks alone, then under one of
    /// those that the settings list.
    ///
    /// # Errors
    ///
    /// None of them is there, or one stands twice.
    pub(super) fn new(params: &LinkageParams, (path, headers): (&Path, &[String])) -> Result<Self, Failure> {
        let columns = params.columns();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let wanted: Vec<&str> = columns.iter().copied().chain(RECORD).collect();
        let twice = |name: &&&str| headers.iter().filter(|header| *header == *name).count() > 1;
        if let Some(name) = wanted.iter().find(twice) {
            return Err(Failure::work(says!(
                "{}: column {name} stands twice, expected each column once",
                [path.display()],
                name
            )));
        }
        let mut found = matched_names(&wanted, &headers);
        for (name, place) in wanted.iter().zip(&mut found).filter(|(_, found)| **found == NameMatch::Absent) {
            let others: Vec<&str> = params.names.get(*name).into_iter().flatten().map(String::as_str).collect();
            let by_others = matched_names(&others, &headers).into_iter().filter_map(NameMatch::index);
            *place = by_others.map(NameMatch::Alike).next().unwrap_or(NameMatch::Absent);
        }
        if let Some((name, _)) = wanted.iter().zip(&found).find(|(_, found)| **found == NameMatch::Ambiguous) {
            return Err(Failure::work(says!(
                "{}: no column {name}, and several that differ from it in case, width or blanks alone; expected one \
                 of them",
                [path.display()],
                name
            )));
        }
        let places: Vec<Option<usize>> = found.iter().map(|found| found.index()).collect();
        let (of_settings, of_record) = places.split_at(columns.len());
        if of_settings.iter().all(Option::is_none) {
            return Err(Failure::work(says!(
                "{}: found none of the columns {}",
                [path.display(), Sentence::names(columns)]
            )));
        }
        let otherwise = wanted.iter().zip(&found).filter_map(|(name, found)| match found {
            NameMatch::Alike(place) => Some(((*headers.get(*place)?).to_owned(), (*name).to_owned())),
            _ => None,
        });
        let id = of_record.iter().flatten().next().copied();
        Ok(Self { otherwise: otherwise.collect(), id, places: of_settings.to_vec() })
    }

    /// Says which columns are called otherwise.
    pub(super) fn said(&self, path: &Path, console: &Console<'_>) {
        if self.otherwise.is_empty() {
            return;
        }
        let each = self.otherwise.iter().map(|(header, name)| says!("{} as {}", [header, name]));
        say!(
            console,
            "{}: {} columns are found under other names: {}",
            [path.display(), self.otherwise.len(), Sentence::list(each, ", ")]
        );
    }

    /// How many of so many columns are not read.
    pub(super) fn unread(&self, width: usize) -> usize {
        let mut read: Vec<usize> = self.places.iter().flatten().chain(&self.id).copied().collect();
        read.sort_unstable();
        read.dedup();
        width.saturating_sub(read.len())
    }
}
