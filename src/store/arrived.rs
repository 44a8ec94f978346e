//! The blobs that arrived for one bucket.
//!
//! A file may have been read more than once, and where its rows were cut depends on the machine. So of each file
//! the blobs of one whole attempt count, and no others.

use std::collections::{BTreeMap, BTreeSet};

use super::blob::{Blob, SENT};
use super::deal::Sent;
use crate::error::Result;

/// File, table, chunk and digest of a blob.
type Key = (u64, u32, u32, String);

/// Blobs by what they are, each once.
#[derive(Debug, Default)]
pub(super) struct Arrived(BTreeMap<Key, Blob>);

impl Arrived {
    pub(super) fn new(blobs: impl IntoIterator<Item = Blob>) -> Self {
        Self(blobs.into_iter().map(|blob| ((blob.file, blob.table, blob.chunk, blob.digest()), blob)).collect())
    }

    /// What an attempt at a file told, of which all blobs are here, and these; nothing where none is whole.
    pub(super) fn attempt(&self, purpose: &str, file: u64) -> Result<Option<(Sent, BTreeSet<Key>)>> {
        let told = (file, SENT, 0, String::new())..(file, SENT, 1, String::new());
        for (_, blob) in self.0.range(told) {
            let sent: Sent = blob.document(purpose)?;
            let keys: BTreeSet<Key> =
                sent.blobs.iter().map(|(table, chunk, digest)| (file, *table, *chunk, digest.clone())).collect();
            if keys.iter().all(|key| self.0.contains_key(key)) {
                return Ok(Some((sent, keys)));
            }
        }
        Ok(None)
    }

    /// The blobs under some keys, in the order of tables, files and chunks.
    pub(super) fn chosen(mut self, keys: &BTreeSet<Key>) -> impl Iterator<Item = Blob> {
        self.0.retain(|key, _| keys.contains(key));
        let mut blobs: Vec<Blob> = self.0.into_values().collect();
        blobs.sort_by_key(|blob| (blob.table, blob.file, blob.chunk));
        blobs.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    const PLAN: &str = "plan";

    /// An attempt at file 1 that cuts its rows so.
    fn attempt(cut: [&[i64]; 2]) -> Vec<Blob> {
        let blob = |(chunk, rows): (u32, &&[i64])| {
            let frame = DataFrame::new(rows.len(), vec![Column::new("row".into(), *rows)]).unwrap();
            Blob::of_frame(PLAN, (0, 7, 1, chunk), &frame).unwrap()
        };
        let mut blobs: Vec<Blob> = (0..).zip(&cut).map(blob).collect();
        let named = blobs.iter().map(|blob| (blob.table, blob.chunk, blob.digest())).collect();
        let sent = Sent { blobs: named, ..Sent::default() };
        blobs.push(Blob::of_document(PLAN, (0, SENT, 1, 0), &sent).unwrap());
        blobs
    }

    #[test]
    fn of_two_attempts_that_cut_a_file_elsewhere_one_counts() {
        let attempts = [attempt([&[1, 2], &[3]]), attempt([&[1], &[2, 3]])];
        let [first, second] = [&attempts[0], &attempts[1]];
        // In every order of what came, also where the one that is whole came in pieces.
        let mixed = [[&second[..1], &first[..2], &second[1..2], &first[2..], &second[2..]].concat(), attempts.concat()];
        for blobs in mixed.iter().flat_map(|blobs| [blobs.clone(), blobs.iter().rev().cloned().collect()]) {
            let arrived = Arrived::new(blobs);
            let (_, keys) = arrived.attempt(PLAN, 1).unwrap().unwrap();
            let frames: Vec<DataFrame> = arrived.chosen(&keys).map(|blob| blob.frame(PLAN).unwrap()).collect();
            let rows: Vec<i64> =
                frames.iter().flat_map(|frame| frame.column("row").unwrap().i64().unwrap().iter().flatten()).collect();
            assert_eq!(rows, [1, 2, 3]);
        }
        // A piece of each is no whole.
        let torn = [&first[..1], &first[2..], &second[1..]].concat();
        assert!(Arrived::new(torn).attempt(PLAN, 1).unwrap().is_none());
    }
}
