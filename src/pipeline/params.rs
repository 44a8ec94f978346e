//! Settings of a run.
//!
//! Those that change a result stand in `run.json`; those that only say how fast it comes about (`threads`)
//! do not.

use std::path::{Path, PathBuf};

use super::TrainParams;
use crate::domain::{Day, PseudonymKey, Signer};
use crate::features::FeatureCatalog;
use crate::ingest::{DatabaseUrl, Sources};
use crate::store::StoreParams;

/// Where the model comes from.
///
/// A trained model is written to `model.json` of the run, so that the next night can use it as a file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ModelSource {
    /// Learnt from the store itself, from what was known on the day.
    Train(Box<TrainParams>),
    /// Read from a file that an earlier run wrote.
    File(PathBuf),
}

/// What to assess, and what to write.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{AssessParams, ModelSource, TrainParams};
///
/// let model = ModelSource::Train(Box::new(TrainParams::standard()?));
/// let params = AssessParams::new(Day::parse("2018-06-30")?, "out/district", model).sources("data/district").csv(true);
/// assert_eq!(params.store_folder(), std::path::Path::new("out/district/store"));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssessParams {
    /// The folder of source files to read first; none when the store is assessed as it is.
    pub sources: Option<PathBuf>,
    /// The PostgreSQL database to read first, beside the folder or alone.
    pub database: Option<DatabaseUrl>,
    /// The mapping of an outside source; without one, files are named after tables and columns after the schema.
    pub mapping: Option<PathBuf>,
    /// The store to which the sources are added; without one it is `out`/store, filled anew from the sources.
    pub store: Option<PathBuf>,
    /// How the store is filled.
    pub filling: StoreParams,
    /// The day described.
    pub as_of: Day,
    /// The folder to write to; made when it is not there.
    pub out: PathBuf,
    /// Where the model comes from.
    pub model: ModelSource,
    /// Who must have signed a model that comes from a file; anybody or nobody when `None`.
    pub signed_by: Option<Signer>,
    /// The secret behind the pseudonyms.
    pub key: PseudonymKey,
    /// A folder of legal parameters (`data/capacity/README.md`) for the statements of means, in training too; without
    /// one the rules of [`TrainParams`], or those that the crate carries.
    pub rules: Option<PathBuf>,
    /// Living costs (a `living_costs.csv`) that a household must be left; without them income counts nothing in the low
    /// and expected figures.
    pub living_costs: Option<PathBuf>,
    /// Only debtors about whom anything became known from this day to the day described; all when `None`.
    pub since: Option<Day>,
    /// Whether cases closed without result are looked at again ([`watch`](crate::watch)).
    pub watch: bool,
    /// Features written beside the scores, at least those of the model; none are when `None`.
    pub features: Option<FeatureCatalog>,
    /// Whether `scores.csv` is written beside the Parquet files.
    pub csv: bool,
    /// How many of the debtors likeliest to perform are portrayed; when `None`, all of a run of at most
    /// [`AssessParams::SMALL`] debtors and none of a larger one.
    pub profiles: Option<usize>,
    /// Debtors portrayed beside them.
    pub portrayed: Vec<i64>,
    /// Partitions in flight.
    pub threads: usize,
}

impl AssessParams {
    /// A run of so many debtors portrays all of them, unless it is told otherwise.
    pub const SMALL: usize = 5_000;

    /// A run that describes a day by a model and writes to a folder, with the public key, which hides nothing.
    ///
    /// A court sets a key of its own with [`AssessParams::key`]: whoever has the program knows the public
    /// one and can trace pseudonyms back to numbers.
    pub fn new(as_of: Day, out: impl Into<PathBuf>, model: ModelSource) -> Self {
        Self {
            sources: None,
            database: None,
            mapping: None,
            store: None,
            filling: StoreParams::default(),
            as_of,
            out: out.into(),
            model,
            signed_by: None,
            key: PseudonymKey::public(),
            rules: None,
            living_costs: None,
            since: None,
            watch: false,
            features: None,
            csv: false,
            profiles: None,
            portrayed: Vec::new(),
            threads: 2,
        }
    }

    /// The folder of the store.
    ///
    /// The one that was named, else `store` below [`AssessParams::out`].
    pub fn store_folder(&self) -> PathBuf {
        self.store.clone().unwrap_or_else(|| self.out.join("store"))
    }

    /// Sets [`AssessParams::sources`].
    #[must_use]
    pub fn sources(self, folder: impl Into<PathBuf>) -> Self {
        Self { sources: Some(folder.into()), ..self }
    }

    /// Sets [`AssessParams::database`].
    #[must_use]
    pub fn database(self, database: impl Into<Option<DatabaseUrl>>) -> Self {
        Self { database: database.into(), ..self }
    }

    /// What is read first, without its mapping; nothing when the store is assessed as it is.
    pub(super) fn source_of(&self) -> Option<Sources> {
        let (key, database) = (self.key.clone(), self.database.clone());
        match (&self.sources, database) {
            (Some(folder), database) => Some(Sources::new(folder, key).with_database(database)),
            (None, Some(database)) => Some(Sources::of_database(database, key)),
            (None, None) => None,
        }
    }

    /// Sets [`AssessParams::mapping`].
    #[must_use]
    pub fn mapping(self, file: impl Into<Option<PathBuf>>) -> Self {
        Self { mapping: file.into(), ..self }
    }

    /// Sets [`AssessParams::store`].
    #[must_use]
    pub fn store(self, folder: impl Into<Option<PathBuf>>) -> Self {
        Self { store: folder.into(), ..self }
    }

    /// Sets [`AssessParams::filling`].
    #[must_use]
    pub fn filling(self, filling: StoreParams) -> Self {
        Self { filling, ..self }
    }

    /// Sets [`AssessParams::signed_by`].
    #[must_use]
    pub fn signed_by(self, signer: Option<Signer>) -> Self {
        Self { signed_by: signer, ..self }
    }

    /// Sets [`AssessParams::key`].
    #[must_use]
    pub fn key(self, key: PseudonymKey) -> Self {
        Self { key, ..self }
    }

    /// Sets [`AssessParams::rules`].
    #[must_use]
    pub fn rules(self, folder: impl Into<Option<PathBuf>>) -> Self {
        Self { rules: folder.into(), ..self }
    }

    /// Sets [`AssessParams::living_costs`].
    #[must_use]
    pub fn living_costs(self, file: impl Into<Option<PathBuf>>) -> Self {
        Self { living_costs: file.into(), ..self }
    }

    /// The rules and the living costs of its own.
    pub(super) fn law(&self) -> (Option<&Path>, Option<&Path>) {
        (self.rules.as_deref(), self.living_costs.as_deref())
    }

    /// Sets [`AssessParams::since`].
    #[must_use]
    pub fn since(self, day: impl Into<Option<Day>>) -> Self {
        Self { since: day.into(), ..self }
    }

    /// Sets [`AssessParams::watch`].
    #[must_use]
    pub fn watch(self, watch: bool) -> Self {
        Self { watch, ..self }
    }

    /// Sets [`AssessParams::features`].
    #[must_use]
    pub fn features(self, catalog: impl Into<Option<FeatureCatalog>>) -> Self {
        Self { features: catalog.into(), ..self }
    }

    /// Sets [`AssessParams::csv`].
    #[must_use]
    pub fn csv(self, csv: bool) -> Self {
        Self { csv, ..self }
    }

    /// Sets [`AssessParams::profiles`].
    #[must_use]
    pub fn profiles(self, profiles: impl Into<Option<usize>>) -> Self {
        Self { profiles: profiles.into(), ..self }
    }

    /// Sets [`AssessParams::portrayed`].
    #[must_use]
    pub fn portrayed(self, parties: impl IntoIterator<Item = i64>) -> Self {
        Self { portrayed: parties.into_iter().collect(), ..self }
    }

    /// Sets [`AssessParams::threads`].
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }
}
