//! Gathers what tasks made of a first part (what files tell of themselves, settled buckets, pairs) and lets it count.

use std::collections::{BTreeMap, BTreeSet};

use super::Store;
use super::arrived::Arrived;
use super::blob::{Blob, STATED, opened};
use super::files::Growing;
use super::fill::Filling;
use super::identity::Statements;
use super::pairs::Pairs;
use super::parts::{self, ASIDE, bucket_digests, bucket_name};
use super::replication::Replication;
use super::seal::{Seal, Seals};
use super::settle::{Layout, SETTLED, Settled};
use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{FileReport, IngestReport};
use crate::schema;
use crate::sentence::says;
use crate::tables::Doubts;

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
        let arrived = Arrived::new(blobs);
        let (mut reports, mut keys) = (Vec::new(), BTreeSet::new());
        for file in 1..=files {
            let missing = || {
                let found = says!("nothing told of file {file}", file);
                Error::setting("blobs", found, "what every file tells")
            };
            let (sent, of_file) = arrived.attempt(purpose, file)?.ok_or_else(missing)?;
            keys.extend(of_file);
            for (name, rows) in &sent.rows {
                if let Some(table) = schema::table(name) {
                    *self.rows.entry(table.name).or_default() += rows;
                }
            }
            reports.push(sent.into_report().ok_or_else(missing)?);
        }
        for blob in arrived.chosen(&keys) {
            let stated = blob.frame(purpose)?;
            self.statements.add((blob.table.saturating_sub(STATED) as usize, stated));
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
        let missing: Vec<u32> = (0..buckets).filter(|bucket| !done.contains(bucket)).collect();
        if let Some(first) = missing.first() {
            let found =
                says!("none for {} of {buckets}, the first of which is {first}", [missing.len()], buckets, first);
            return Err(Error::setting("buckets", found, "every bucket settled"));
        }
        for (file, pairs) in Replication::FILES.iter().zip(&pairs.ways) {
            let mut growing = Growing::new(self.folder.join(file), self.params.group_rows);
            growing.add(&pairs.frame()?)?;
            growing.finish()?.into_iter().for_each(|seal| seals.add(file, seal));
        }
        let statements: Statements = std::mem::take(&mut self.statements);
        statements.write(&self.folder, (self.params.group_rows, &mut seals))?;
        // Attempts that nobody reported may still be at work: under another name they find nothing to go on with.
        parts::remove(&self.folder.join(ASIDE))?;
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
