//! The first part of a store as tasks: who deals rows out, who settles a bucket, and how the part is closed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::blob::{Blob, SENT, STATED, opened, sealed};
use super::deal::Sent;
use super::files::Growing;
use super::fill::Filling;
use super::identity::Statements;
use super::pairs::Pairs;
use super::parts::{bucket_digests, bucket_name};
use super::replication::Replication;
use super::seal::{Seal, Seals};
use super::settle::{Settled, settle};
use super::{Store, StoreParams};
use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport};
use crate::schema;
use crate::sentence::says;
use crate::tables::Doubts;

/// How a part is laid out, for whoever works at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layout {
    /// The folder of the part within that of the store.
    pub(crate) part: String,
    pub(crate) params: StoreParams,
}

impl Layout {
    pub(crate) fn buckets(&self) -> u32 {
        self.params.buckets.unwrap_or(1)
    }
}

/// What a task works at: the part's folder and layout, the digest of the plan, and how many files it reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'p> {
    pub(crate) folder: &'p Path,
    pub(crate) layout: &'p Layout,
    pub(crate) purpose: &'p str,
    pub(crate) files: u64,
}

/// What the bytes of a settled bucket are called.
const SETTLED: &str = "settled";

impl Task<'_> {
    /// Settles a bucket: what is to be reported of it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a number that no bucket has, and when blobs are missing or not of this plan.
    pub(crate) fn settle(
        self,
        (bucket, pairs): (u32, &Pairs),
        blobs: impl IntoIterator<Item = Blob>,
    ) -> Result<Vec<u8>> {
        if bucket >= self.layout.buckets() {
            return Err(Error::setting("bucket", bucket, says!("less than {}", [self.layout.buckets()])));
        }
        let settled = settle(self, (bucket, pairs), blobs)?;
        Ok(sealed((self.purpose, SETTLED), &serde_json::to_vec(&settled)?))
    }
}

impl Filling {
    pub(crate) fn layout(&self) -> Layout {
        Layout { part: self.name.clone(), params: self.params.clone() }
    }

    /// Takes what the files tell of themselves: their reports, in their order.
    pub(crate) fn told(
        &mut self,
        (purpose, files): (&str, u64),
        blobs: impl IntoIterator<Item = Blob>,
    ) -> Result<Vec<FileReport>> {
        let mut by_name: BTreeMap<(u64, u32), Blob> = BTreeMap::new();
        for blob in blobs {
            by_name.insert((blob.file, blob.table), blob);
        }
        let mut reports = Vec::new();
        for file in 1..=files {
            let missing = || {
                let found = says!("nothing told of file {file}", file);
                Error::setting("blobs", found, "what every file tells")
            };
            let sent: Sent = by_name.get(&(file, SENT)).ok_or_else(missing)?.document(purpose)?;
            for (name, rows) in sent.rows {
                if let Some(table) = schema::table(&name) {
                    *self.rows.entry(table.name).or_default() += rows;
                }
            }
            for (table, _) in sent.blobs {
                let stated = by_name.get(&(file, table)).ok_or_else(missing)?.frame(purpose)?;
                self.statements.add(((table - STATED) as usize, stated));
            }
            reports.push(sent.report.ok_or_else(missing)?);
        }
        Ok(reports)
    }

    /// Puts settled buckets and pairs in their places and lets the part count; of two attempts at a bucket the first
    /// that is reported counts.
    pub(crate) fn settled(
        mut self,
        (purpose, pairs): (&str, &Pairs),
        settled: impl IntoIterator<Item = Result<Vec<u8>>>,
        report: &IngestReport,
    ) -> Result<(Store, Doubts)> {
        let buckets = self.params.buckets.unwrap_or(1);
        let mut seals = Seals::new(&self.folder);
        let (mut doubts, mut done) = (Doubts::default(), BTreeSet::new());
        let (mut stored, mut repeated) = (BTreeMap::new(), Vec::new());
        for bytes in settled {
            let bytes = bytes?;
            let found: Settled = serde_json::from_slice(opened((purpose, SETTLED), &bytes)?)?;
            if !done.insert(found.bucket) {
                continue;
            }
            self.place(&found, &mut seals)?;
            let named = |(name, count): (&String, &u64)| Some((schema::table(name)?, *count));
            for (table, count) in found.stored.iter().filter_map(named) {
                *stored.entry(table.name).or_default() += count;
            }
            repeated.extend(found.repeated.iter().filter_map(named).map(|(table, count)| (table.name, count)));
            let [same, unknown] = &found.doubts;
            same.iter().filter_map(named).for_each(|(table, count)| doubts.add_repeated(table, count));
            unknown.iter().filter_map(named).for_each(|(table, count)| doubts.add_unknown(table, count));
        }
        if let Some(missing) = (0..buckets).find(|bucket| !done.contains(bucket)) {
            let found = says!(
                "none for {} of {buckets}, the first of which is {missing}",
                [buckets as usize - done.len()],
                buckets,
                missing
            );
            return Err(Error::setting("buckets", found, "every bucket settled"));
        }
        for (file, pairs) in Replication::FILES.iter().zip(&pairs.ways) {
            let mut growing = Growing::new(self.folder.join(file), self.params.group_rows);
            growing.add(&pairs.frame()?)?;
            growing.finish()?.into_iter().for_each(|seal| seals.add(file, seal));
        }
        let statements: Statements = std::mem::take(&mut self.statements);
        statements.write(&self.folder, (self.params.group_rows, &mut seals))?;
        let files = self.files_of(report);
        Ok((self.closed((seals, buckets), files, (stored, repeated))?, doubts))
    }

    /// Puts a bucket where it is to stand, if it is what was reported.
    fn place(&self, found: &Settled, seals: &mut Seals) -> Result<()> {
        let name = bucket_name(found.bucket);
        let place = self.folder.join(&name);
        disk::remove(&place)?;
        disk::rename(&self.folder.join(&found.attempt).join(&name), &place)?;
        let digests = bucket_digests(found.bucket);
        seals.add(&digests, Seal::whole(&self.folder.join(&digests))?);
        if seals.digest_of(&digests).as_ref() == Some(&found.digests) {
            return Ok(());
        }
        Err(Error::format(self.folder.join(digests), "other bytes", "the bucket as it was settled"))
    }
}
