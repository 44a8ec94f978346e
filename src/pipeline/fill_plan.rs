//! The first part of a store as tasks that any engine can hand out: the same bytes as one machine writes.
//!
//! ```text
//! plan ─► pairs (of few files) ─┬─► read (a file) ─► blobs ─► settle (a bucket) ─► finish
//!                               └──────────────────────────────►┘
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ingest_into::{Intake, found_any};
use super::outputs::{self, REPORT};
use crate::disk;
use crate::error::{Error, Result};
use crate::ingest::{FileReader, FileReport, IngestReport, ListedFile, ReadParams, Sources, listed};
use crate::sentence::{Sentence, says};
use crate::store::{Blob, Dealer, Dealing, Filling, Layout, Pairs, Standing, Store, StoreParams, Task, TellsPairs};

/// A filling of an empty store as tasks: a document, the same for all. It names files by their digests and holds
/// neither a path of the machine nor the key.
///
/// | task | of | gives |
/// |---|---|---|
/// | [`FillReader::pairs`] | each file of [`FillPlan::files_with_pairs`] | who needs whose rows; few and small |
/// | [`FillReader::read`] | each file, knowing all pairs | [`Blob`]s, by bucket |
/// | [`FillPlan::settle`] | each bucket, knowing all pairs and its blobs | files of the store, and a report of them |
///
/// Tasks may run anywhere, in any order and more than once. What they give is told apart by digests: bytes of another
/// plan, or not all of them, are an error. Refused rows stay where they are refused.
///
/// ```
/// use wherewithal::domain::PseudonymKey;
/// use wherewithal::ingest::Sources;
/// use wherewithal::pipeline::FillPlan;
/// use wherewithal::progress::Silent;
/// use wherewithal::store::StoreParams;
///
/// # let folder = tempfile::tempdir()?;
/// # let (answers, store) = (folder.path().join("answers"), folder.path().join("store"));
/// # let refused = folder.path().join("refused");
/// # std::fs::create_dir(&answers)?;
/// let rows = "case_id,event_on,known_at,amount_fen\nA-1,2018-06-29,2018-06-30,500\nA-2,2018-06-29,,500\n";
/// std::fs::write(answers.join("payments.csv"), rows)?;
/// let sources = Sources::new(&answers, PseudonymKey::from_secret(b"of this court"));
/// let planned = sources.plan_fill(&store, &StoreParams::default().buckets(2))?;
/// // Elsewhere, from the text of the plan:
/// let plan = FillPlan::from_json(&serde_json::to_string(planned.plan())?)?;
/// let reader = plan.reader(sources, &refused)?;
/// let told: Vec<_> = plan.files_with_pairs().into_iter().map(|file| reader.pairs(file)).collect::<Result<_, _>>()?;
/// let pairs = plan.pairs(told)?;
/// let mut blobs = Vec::new();
/// for file in 1..=plan.files() {
///     reader.read(file, &pairs, &mut |blob| Ok(blobs.push(blob)))?;
/// }
/// let settle = |bucket| plan.settle(&store, bucket, &pairs, blobs.clone());
/// let settled: Vec<_> = (0..plan.buckets()).map(settle).collect();
/// // And where the store is wanted:
/// let desk = blobs.into_iter().filter(|blob| blob.bucket == plan.buckets());
/// let intake = planned.finish(&pairs, desk, settled)?;
/// assert_eq!((intake.store.manifest().rows(), intake.report.files[0].rows_refused), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillPlan {
    format_version: u32,
    version: String,
    layout: Layout,
    files: Vec<ListedFile>,
    /// What is read: the mapping, the key's public name, the lookups; and the files that cannot be read.
    report: IngestReport,
}

/// A filling whose tasks are under way: it holds the store until it is finished or given up.
#[derive(Debug)]
pub struct PlannedFilling {
    plan: FillPlan,
    filling: Filling,
}

/// What reads the files of a plan: sources that lie here, and the key.
#[derive(Debug)]
pub struct FillReader {
    reader: FileReader,
    plan: FillPlan,
    purpose: String,
}

impl Sources {
    /// Plans to fill an empty store from a folder of source files, as tasks.
    ///
    /// Every file is read once for its digest.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] without a number of buckets, for a store that has parts already, for a database among the
    /// sources, and for a folder in which no file is a source; [`Error::Format`] when no file can be read; otherwise as
    /// [`Store::fill`].
    pub fn plan_fill(&self, folder: &Path, params: &StoreParams) -> Result<PlannedFilling> {
        let (files, report) = listed(self, &ReadParams::default())?;
        if files.is_empty() {
            found_any(self, &report)?;
            return Err(none_read(self.folder().unwrap_or(folder), &report));
        }
        let filling = Store::fill_first(folder, &self.key(), params)?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let format_version = FillPlan::FORMAT_VERSION;
        let plan = FillPlan { format_version, version, layout: filling.layout(), files, report };
        Ok(PlannedFilling { plan, filling })
    }
}

impl FillPlan {
    /// The version of the format that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 1;

    /// The plan in a text, as its serialisation writes it.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Json`] for a text that is no plan.
    pub fn from_json(text: &str) -> Result<Self> {
        disk::document_of(text, ("the plan of a filling", Self::FORMAT_VERSION))
    }

    /// How many files are read, numbered from 1 in the order in which one machine reads them.
    pub fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// How many buckets are settled, numbered from 0.
    pub fn buckets(&self) -> u32 {
        self.layout.buckets()
    }

    /// The numbers of the files whose rows may tell who needs whose rows.
    pub fn files_with_pairs(&self) -> Vec<u64> {
        let telling = self.files.iter().filter(|file| Pairs::are_told_by(&file.tables));
        telling.map(|file| file.ordinal).collect()
    }

    /// Makes ready to read files of the plan; rows that are refused are kept in the folder `refused` of this machine.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Setting`] when this build, the key, the mapping or a
    /// lookup is not that of the plan, with its name.
    pub fn reader(&self, sources: Sources, refused: &Path) -> Result<FillReader> {
        self.readable()?;
        let (key, mapping) = (sources.key(), sources.mapping().digest()?);
        let (reader, lookups) = FileReader::new(sources, &ReadParams::default().refused(refused))?;
        let named = [("key", &key, &self.report.key), ("mapping", &mapping, &self.report.mapping_digest)];
        if let Some((name, own, planned)) = named.into_iter().find(|(_, own, planned)| own != planned) {
            let setting = says!("{name} of the plan", name);
            return Err(Error::setting(setting, Sentence::name(own), Sentence::name(planned)));
        }
        if lookups != self.report.lookups {
            let expected = "the files that were there when the filling was planned";
            return Err(Error::setting(says!("lookups of the plan"), "others", expected));
        }
        Ok(FillReader { reader, plan: self.clone(), purpose: self.purpose()? })
    }

    /// The pairs that the files of [`FillPlan::files_with_pairs`] tell, put together.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for bytes that no task of this plan gave.
    pub fn pairs(&self, told: impl IntoIterator<Item = Vec<u8>>) -> Result<Pairs> {
        Pairs::joined(&self.purpose()?, told)
    }

    /// Pairs as bytes, for tasks elsewhere: [`FillPlan::pairs`] of these bytes alone gives them back.
    ///
    /// # Errors
    ///
    /// None: the plan can be written.
    pub fn bytes_of(&self, pairs: &Pairs) -> Result<Vec<u8>> {
        Ok(pairs.to_bytes(&self.purpose()?))
    }

    /// Settles a bucket of the store in `folder` from its blobs, in whatever order they come; blobs of other buckets
    /// are passed over. Gives the bytes that report it.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Setting`] for another build, a folder where the part
    /// is not under way, a number that no bucket has, and when blobs are missing or not of this plan; [`Error::Io`]
    /// when the store cannot be written.
    pub fn settle(
        &self,
        folder: &Path,
        bucket: u32,
        pairs: &Pairs,
        blobs: impl IntoIterator<Item = Blob>,
    ) -> Result<Vec<u8>> {
        self.readable()?;
        let (part, purpose) = (folder.join(&self.layout.part), self.purpose()?);
        Task { folder: &part, layout: &self.layout, purpose: &purpose, files: self.files() }
            .settle((bucket, pairs), blobs)
    }

    /// What tells the tasks of this plan from those of another.
    fn purpose(&self) -> Result<String> {
        Ok(blake3::hash(&serde_json::to_vec(self)?).to_hex().to_string())
    }

    /// Refuses a plan of another format or build.
    fn readable(&self) -> Result<()> {
        if self.format_version != Self::FORMAT_VERSION {
            let (artifact, found) = ("the plan of a filling".into(), self.format_version);
            return Err(Error::Version { artifact, found, oldest: Self::FORMAT_VERSION, newest: Self::FORMAT_VERSION });
        }
        let own = env!("CARGO_PKG_VERSION");
        if self.version != own {
            let setting = says!("{name} of the plan", name = "version");
            return Err(Error::setting(setting, Sentence::name(own), Sentence::name(&self.version)));
        }
        Ok(())
    }
}

/// The error of sources of which no file can be read: a part without rows would stand where theirs belong.
fn none_read(folder: &Path, report: &IngestReport) -> Error {
    let found = says!("no file that can be read: {found}", found = report.lost().unwrap_or_default());
    Error::format(folder, found, "one at least")
}

impl FillReader {
    /// Reads a file for the pairs that it tells, as bytes; refused rows are kept by [`FillReader::read`] alone.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a number that no file has, and for a file that changed since the plan was made;
    /// otherwise as [`read_to`](crate::ingest::read_to).
    pub fn pairs(&self, file: u64) -> Result<Vec<u8>> {
        let mut sink = TellsPairs::default();
        self.reader.read_again(self.file(file)?, &mut sink)?;
        Ok(sink.pairs().to_bytes(&self.purpose))
    }

    /// Reads a file and hands on what buckets need of it.
    ///
    /// Memory holds some rows of each bucket, up to [`StoreParams::bucket_rows`] of all, and is handed on then.
    ///
    /// # Errors
    ///
    /// As [`FillReader::pairs`], and what `hand_on` reports.
    pub fn read(&self, file: u64, pairs: &Pairs, hand_on: &mut dyn FnMut(Blob) -> Result<()>) -> Result<()> {
        let (purpose, buckets) = (self.purpose.as_str(), self.plan.buckets());
        let dealing = Dealing { purpose, pairs, buckets, most: self.plan.layout.params.bucket_rows };
        let mut dealer = Dealer::new(dealing, file, hand_on);
        let report = self.reader.read(self.file(file)?, &mut dealer)?;
        dealer.finish(report)
    }

    fn file(&self, ordinal: u64) -> Result<&ListedFile> {
        let found = self.plan.files.iter().find(|file| file.ordinal == ordinal);
        found.ok_or_else(|| Error::setting("file", ordinal, says!("1 to {}", [self.plan.files()])))
    }
}

impl PlannedFilling {
    /// The plan, for every task.
    pub const fn plan(&self) -> &FillPlan {
        &self.plan
    }

    /// Puts the part together and lets it count: the blobs of the bucket behind the last, in which files tell of
    /// themselves, and the reports of all buckets, in whatever order and as often as they come.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when files or buckets are missing or their bytes are not of this plan, or another filling
    /// came first; [`Error::Format`] when no file could be read; [`Error::Io`] and [`Error::Format`] when the store
    /// cannot be written; whatever error the settled buckets bring.
    pub fn finish(
        self,
        pairs: &Pairs,
        told: impl IntoIterator<Item = Blob>,
        settled: impl IntoIterator<Item = Result<Vec<u8>>>,
    ) -> Result<Intake> {
        let Self { plan, mut filling } = self;
        let purpose = plan.purpose()?;
        let mut report = plan.report.clone();
        let unread = std::mem::take(&mut report.files);
        let told = told.into_iter().filter(|blob| blob.bucket == plan.buckets());
        let read = filling.told((&purpose, plan.files()), told)?;
        read.into_iter().chain(unread).for_each(|file| report.add(file));
        if report.files.iter().all(FileReport::is_unread) {
            let store = filling.given_up()?;
            return Err(none_read(store.folder(), &report));
        }
        let incoming = filling.incoming();
        disk::make(&incoming)?;
        disk::write(&incoming.join(REPORT), &outputs::text_of(&report)?)?;
        let refused: Option<PathBuf> = Some(filling.refused());
        let (store, doubts) = filling.settled((&purpose, pairs), settled, &report)?;
        report.doubt(&doubts);
        Ok(Intake { store, report, standing: Standing::New, refused })
    }

    /// Leaves the store as it was, empty.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when what was written cannot be removed.
    pub fn given_up(self) -> Result<()> {
        self.filling.given_up().map(drop)
    }
}
