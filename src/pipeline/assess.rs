//! The whole run: reads the sources, links parties, trains or loads a model, assesses, writes the
//! results.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::ingest_into::{Intake, fill, folded};
use super::outputs::{self, REPORT};
use super::run::Run;
use super::{
    AssessParams, LinkedParties, ModelSource, PerformanceModel, RunReport, TrainParams, TrainingReport, link_parties,
};
use crate::capacity::CapacityRules;
use crate::cohort::CohortParams;
use crate::disk;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::ingest::{IngestReport, Mapping, Sources};
use crate::profile::DebtorProfile;
use crate::progress::Progress;
use crate::sentence::{Sentence, says};
use crate::store::Store;

/// What a run found.
///
/// ```no_run
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{AssessParams, ModelSource, TrainParams, assess};
/// use wherewithal::progress::Silent;
///
/// let train = ModelSource::Train(Box::new(TrainParams::standard()?));
/// let params = AssessParams::new(Day::parse("2018-06-30")?, "out/district", train).sources("data/district");
/// let assessment = assess(&params, &Silent)?;
/// let [assessed, without_score] = assessment.run.debtors;
/// println!("{assessed} debtors, {without_score} of them with insufficient data");
/// for profile in assessment.profiles.iter().take(3) {
///     println!("{}", wherewithal::report::portrait(profile, wherewithal::domain::Language::En));
/// }
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Assessment {
    /// What the run was made of.
    pub run: RunReport,
    /// The portraits, the most able first.
    pub profiles: Vec<DebtorProfile>,
    /// What was read and refused, when sources were read.
    pub intake: Option<Intake>,
    /// The model that scored.
    pub model: PerformanceModel,
}

impl Assessment {
    /// Which identifiers were joined.
    pub fn linked(&self) -> LinkedParties {
        self.run.linked
    }

    /// The currency of all amounts, by its ISO 4217 code.
    pub fn currency(&self) -> &str {
        &self.run.currency
    }

    /// What training saw, when the model was trained here.
    pub fn training(&self) -> Option<&TrainingReport> {
        self.run.training.as_ref()
    }
}

/// The scores that a run wrote to a folder: a row per debtor, in the order of the store
/// ([`hash_key`](crate::store::hash_key)), with `entity_id`, `as_of`, `state`, `grade`,
/// `known_share`, and per event `…_points` and `…_prob`, which are empty where the state is
/// `insufficient`.
///
/// # Errors
///
/// As [`RunReport::read`] and [`RunReport::output`]: scores of a run that did not end, or that were changed, are none.
///
/// ```
/// use wherewithal::pipeline::scores_of;
///
/// # let folder = tempfile::tempdir()?;
/// // A folder in which no run ended has no scores: that is an error, not an empty table.
/// assert!(matches!(scores_of(folder.path()), Err(wherewithal::Error::Io { .. })));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn scores_of(out: &Path) -> Result<DataFrame> {
    let bytes = RunReport::read(out)?.output(out, SCORES)?;
    let unreadable = |error| Error::format(out.join(SCORES), error, "scores as a run writes them");
    ParquetReader::new(Cursor::new(bytes)).finish().map_err(unreadable)
}

const SCORES: &str = "scores.parquet";

/// Reads a folder of sources into a store, trains or loads a model, assesses every debtor with an
/// open case, or those about whom there is news, and writes the results.
///
/// Writes to the folder `out`, each debtor's rows in the order of the store ([`hash_key`](crate::store::hash_key)):
///
/// | file | what it holds |
/// |---|---|
/// | `scores.parquet` (`scores.csv`) | points, probabilities and grade of each debtor |
/// | `reasons.parquet` | what moved the score |
/// | `capacity.parquet` | the statement of means |
/// | `signals.parquet` | acts that look like evasion |
/// | `watch.parquet` | closed cases to look at again |
/// | `features.parquet` | the features asked for |
/// | `profiles.ndjson` | portraits |
/// | `model.json`, `ingest_report.json`, `run.json` | the model, what was read, what the run was made of |
/// | `store/` | the checked rows; refused ones under `store/refused/` |
///
/// The same rows give the same bytes, however many buckets, threads or parts the store has. Memory
/// holds the partitions in flight. A run that was killed leaves its finished partitions in `out`;
/// the same call goes on with the others. Results of an earlier run in `out` go before anything
/// else is written: stale ones never stand beside new ones.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Format`] for files that cannot be read or written; [`Error::Setting`]
/// for a mapping or model that does not fit, such as one trained on ratios of statements under
/// other rules, for a folder in which no file is a source, and for neither sources nor a store;
/// [`Error::TooLittle`] when there is nothing to learn from. Bad rows are no error: they are
/// refused, kept and counted.
pub fn assess(params: &AssessParams, progress: &dyn Progress) -> Result<Assessment> {
    assess_with(params, progress, &mut |_| {})
}

/// [`assess`], and `hear` is told what was read of the sources before anything is learnt from it: where there is too
/// little to learn from, the files unread, rows refused and columns guessed are what explains it.
///
/// # Errors
///
/// As [`assess`].
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{AssessParams, ModelSource, TrainParams, assess_with};
/// use wherewithal::progress::Silent;
///
/// # let folder = tempfile::tempdir()?;
/// # let (sources, out) = (folder.path().join("in"), folder.path().join("out"));
/// # std::fs::create_dir(&sources)?;
/// std::fs::write(sources.join("cases.csv"), "case_id,event_on,known_at,kind\nA-1,soon,2018-01-01,first\n")?;
/// let model = ModelSource::Train(Box::new(TrainParams::standard()?));
/// let params = AssessParams::new(Day::parse("2018-06-30")?, &out, model).sources(&sources);
/// let mut refused = 0;
/// let nothing = assess_with(&params, &Silent, &mut |intake| refused = intake.report.files[0].rows_refused);
/// assert!(nothing.is_err() && refused == 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn assess_with(
    params: &AssessParams,
    progress: &dyn Progress,
    hear: &mut dyn FnMut(&Intake),
) -> Result<Assessment> {
    if params.threads == 0 {
        return Err(Error::setting("threads", 0, "at least 1"));
    }
    disk::make(&params.out)?;
    let _lock = disk::lock(&params.out, &format!("assessing {}", params.as_of))?;
    let mapping = params.mapping.as_deref().map(Mapping::load).transpose()?.unwrap_or_default();
    // A model that cannot be read is an error before any file is changed.
    let given = match &params.model {
        ModelSource::File(path) => Some(given_model(params, path)?),
        ModelSource::Train(_) => None,
    };
    outputs::clear(params)?;
    let intake = params.source_of().map(|sources| ingested(params, sources.with_mapping(mapping.clone()), progress));
    let intake = intake.transpose()?;
    intake.iter().for_each(hear);
    let store = match &intake {
        Some(intake) => intake.store.clone(),
        None => opened(params)?,
    };
    let (store, linked) = link(&store, params.as_of)?;
    let (model, training) =
        model((params, given), (&store, &mapping), progress).map_err(|error| explained(error, intake.as_ref()))?;
    let run = Run { params, store: &store, model: &model };
    let (run, profiles) = run.assess((linked, training), (intake.as_ref(), progress))?;
    Ok(Assessment { run, profiles, intake, model })
}

/// Too little to learn from may be columns of which no row could be read.
fn explained(error: Error, intake: Option<&Intake>) -> Error {
    let mut misread = intake.map(|intake| intake.report.misread()).unwrap_or_default();
    misread.extend(intake.and_then(|intake| intake.report.lost()));
    match error {
        Error::TooLittle { what, found, expected } if !misread.is_empty() => {
            let found = Sentence::list(std::iter::once(found).chain(misread), "; ");
            Error::TooLittle { what, found, expected }
        }
        other => other,
    }
}

/// Fills the store from the sources. The run's own store is filled anew; a store that was named
/// gets a further part.
fn ingested(params: &AssessParams, sources: Sources, progress: &dyn Progress) -> Result<Intake> {
    let filling = match &params.store {
        Some(store) => Store::fill(store, &sources.key(), &params.filling)?,
        None => Store::fill_anew(&params.store_folder(), &sources.key(), &params.filling)?,
    };
    // Whatever fails from here on, what was read and refused can be looked at.
    let told = |report: &IngestReport| disk::write(&params.out.join(REPORT), &outputs::text_of(report)?);
    let intake = fill(&sources, (filling, told), progress)?;
    folded(intake, &params.filling, progress)
}

/// The store that the run names.
pub(super) fn opened(params: &AssessParams) -> Result<Store> {
    let folder = params.store_folder();
    match Store::is_in(&folder)? {
        true => Store::open(&folder),
        false => Err(Error::setting(
            Sentence::name(folder.display().to_string()),
            "no store",
            "a store, or sources to fill one from",
        )),
    }
}

/// The store with each party under one identifier, as known on a day.
pub(super) fn link(store: &Store, as_of: Day) -> Result<(Store, LinkedParties)> {
    let (names, contested) = link_parties::names(&store.statements()?, as_of)?;
    let store = store.with_parties_named(names)?;
    let linked = LinkedParties { identifiers: store.renamed(), contested };
    Ok((store, linked))
}

fn model(
    (params, given): (&AssessParams, Option<PerformanceModel>),
    (store, mapping): (&Store, &Mapping),
    progress: &dyn Progress,
) -> Result<(PerformanceModel, Option<TrainingReport>)> {
    match (&params.model, given) {
        (ModelSource::Train(train_params), _) => {
            let mut train_params = TrainParams::clone(train_params);
            if !mapping.cohort.is_empty() {
                train_params.cohort = cohort_of(mapping)?;
            }
            train_params.rules = rules_of(params.law(), train_params.rules)?;
            train_params.threads = params.threads;
            let (model, report) = train_params.train(store, params.as_of, progress)?;
            Ok((model, Some(report)))
        }
        (ModelSource::File(path), given) => {
            let rules = rules_of(params.law(), CapacityRules::standard()?)?;
            let model = given.map_or_else(|| given_model(params, path), Ok)?;
            Ok((model.with_rules(rules)?, None))
        }
    }
}

/// The model of a file, signed as the run asks.
pub(super) fn given_model(params: &AssessParams, path: &Path) -> Result<PerformanceModel> {
    match &params.signed_by {
        Some(signer) => PerformanceModel::read_signed(path, signer),
        None => PerformanceModel::read(path),
    }
}

/// The rules of a folder with the living costs of a file; where there is no folder the given ones.
pub(super) fn rules_of(
    (rules, living_costs): (Option<&Path>, Option<&Path>),
    given: CapacityRules,
) -> Result<CapacityRules> {
    let rules = match rules {
        Some(folder) => CapacityRules::load(folder)?,
        None => given,
    };
    match living_costs {
        Some(path) => rules.with_living_costs(&fs::read_to_string(path).map_err(Error::io(path))?),
        None => Ok(rules),
    }
}

/// The mapping's own settings of the cohort.
fn cohort_of(mapping: &Mapping) -> Result<CohortParams> {
    let settings = toml::Value::Table(mapping.cohort.clone());
    let place = says!("mapping {}, [cohort]", [mapping.name]);
    let problem = |error: toml::de::Error| Error::setting(place, error, "settings of CohortParams");
    settings.try_into().map_err(problem)
}
