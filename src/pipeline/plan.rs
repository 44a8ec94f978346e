//! A run split into tasks that Spark, Ray or any other engine can hand out to several machines.
//!
//! ```text
//! Plan::new ─► document ─┬─► worker.assess(0) ─► bytes ─┐
//!                        ├─► worker.assess(1) ─► bytes ─┼─► Plan::finish ─► the files of `assess`
//!                        └─► worker.assess(n) ─► bytes ─┘
//! ```
//!
//! A unit may be computed anywhere, in any order and more than once. Its bytes carry a digest over the
//! plan's purpose and the unit's number, so that bytes of another run are not taken for it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::assess::{given_model, link, opened, rules_of};
use super::run::{Cut, Run};
use super::{AssessParams, Assessment, LinkedParties, ModelSource, PerformanceModel, RunReport, outputs};
use crate::capacity::CapacityRules;
use crate::disk;
use crate::error::{Error, Result};
use crate::features::FeatureCatalog;
use crate::progress::Progress;
use crate::sentence::{Sentence, says};
use crate::store::{Manifest, Naming, Store};

/// A run over a store as tasks that any engine can hand out: a document, the same for all. It tells who is whom by
/// pseudonyms.
///
/// A worker assesses a unit into bytes; the bytes of all units, in any order and as often as they
/// come, finish the run. The result is that of [`assess`](super::assess()), byte for byte. Rows
/// that are added to the store meanwhile change nothing, since the plan holds the manifest; once
/// the files that it names are gone, as [`Store::at`] says, units end in an error.
///
/// ```no_run
/// use std::path::Path;
/// use wherewithal::domain::Day;
/// use wherewithal::pipeline::{AssessParams, ModelSource, PerformanceModel, Plan};
/// use wherewithal::progress::Silent;
///
/// let model = ModelSource::File("model.json".into());
/// let as_of = Day::parse("2017-12-31")?;
/// let params = AssessParams::new(as_of, "out/run", model).store(Path::new("out/store").to_path_buf());
/// let plan = Plan::new(&params)?;
/// // Elsewhere, from the text of the plan:
/// let plan = Plan::from_json(&serde_json::to_string(&plan)?)?;
/// let worker = plan.worker(Path::new("out/store"), PerformanceModel::read(Path::new("model.json"))?)?;
/// let units = (0..plan.units()).map(|unit| Ok((unit, worker.assess(unit)?)));
/// // And where the results are wanted:
/// let assessment = plan.finish(&params, units, &Silent)?;
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    format_version: u32,
    units: usize,
    manifest: Manifest,
    features: Option<FeatureCatalog>,
    /// Who is whom on the day of the run.
    naming: Naming,
    /// What the run is made of; nothing is found yet.
    run: RunReport,
}

/// What assesses units of a plan: a store, a model, and what was known on the day of who is whom.
#[derive(Debug)]
pub struct Worker {
    params: AssessParams,
    store: Store,
    model: PerformanceModel,
    linked: LinkedParties,
    cut: Cut,
    /// The text that names the run of its units; empty until the plan is checked.
    purpose: String,
}

impl Plan {
    /// The version of the format that this build writes and reads.
    pub const FORMAT_VERSION: u32 = 2;

    /// Plans a run over the store that the settings name, by the model that they name.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are sources to read first, or a model to train: both come
    /// before a plan. Otherwise as [`assess`](super::assess()).
    pub fn new(params: &AssessParams) -> Result<Self> {
        let store = opened(params)?;
        let manifest = store.manifest().clone();
        let worker = Worker::new(params.clone(), link(&store, params.as_of)?, model_of(params)?)?;
        Ok(Self {
            format_version: Self::FORMAT_VERSION,
            units: worker.cut.units(),
            manifest,
            features: params.features.clone(),
            naming: worker.store.party_naming(),
            run: worker.report()?,
        })
    }

    /// The plan in a text, as its serialisation writes it.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Json`] for a text that is no plan.
    ///
    /// ```
    /// use wherewithal::pipeline::Plan;
    ///
    /// let old = Plan::from_json(r#"{"format_version": 1}"#);
    /// assert!(matches!(old, Err(wherewithal::Error::Version { found: 1, .. })));
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        disk::document_of(text, ("the plan of a run", Self::FORMAT_VERSION))
    }

    /// How many units there are, numbered from 0.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Makes ready to assess units, from a store that lies in `folder` and a model under the rules of the run.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Setting`] when this build, the
    /// model, the rules or the store is not that of the plan, with its name.
    pub fn worker(&self, folder: &Path, model: PerformanceModel) -> Result<Worker> {
        self.readable()?;
        let params = AssessParams::new(self.run.as_of, "", ModelSource::File("".into()));
        let params = params.since(self.run.since).watch(self.run.watch).features(self.features.clone());
        self.checked(Worker::new(params, self.linked(folder)?, model)?)
    }

    /// Puts the units of the plan together and writes what [`assess`](super::assess()) writes, to
    /// the folder that the settings name. A unit that comes twice counts once; units that came
    /// before a death of this process are still there.
    ///
    /// # Errors
    ///
    /// [`Error::Version`] for a plan of another format; [`Error::Setting`] when the settings are
    /// not those of the plan, or units are missing; [`Error::Format`] for bytes that are not those
    /// of their unit; whatever error the units themselves bring. Otherwise as
    /// [`assess`](super::assess()).
    pub fn finish(
        &self,
        params: &AssessParams,
        units: impl IntoIterator<Item = Result<(usize, Vec<u8>)>>,
        progress: &dyn Progress,
    ) -> Result<Assessment> {
        self.readable()?;
        disk::make(&params.out)?;
        let _lock = disk::lock(&params.out, &format!("assessing {}", params.as_of))?;
        let linked = self.linked(&params.store_folder())?;
        let worker = self.checked(Worker::new(params.clone(), linked, model_of(params)?)?)?;
        outputs::clear(params)?;
        let run = worker.as_run();
        let finished = run.finished(&self.run, &worker.cut)?;
        for unit in units {
            let (unit, bytes) = unit?;
            finished.keep(unit, &bytes)?;
        }
        let missing = finished.missing();
        if let Some(first) = missing.first() {
            let found = format!("none for {} of {}, the first of which is {first}", missing.len(), self.units);
            return Err(Error::setting("units", found, "the bytes of every unit"));
        }
        let (report, profiles) = run.finish(self.run.clone(), finished, (None, progress))?;
        Ok(Assessment { run: report, profiles, intake: None, model: worker.model })
    }

    /// The store of the plan in a folder, with parties under the names that the plan has for them.
    fn linked(&self, folder: &Path) -> Result<(Store, LinkedParties)> {
        let store = Store::at(folder, self.manifest.clone());
        store.vouched()?;
        Ok((store.named_as(&self.naming), self.run.linked))
    }

    /// Refuses a plan of another format.
    fn readable(&self) -> Result<()> {
        if self.format_version == Self::FORMAT_VERSION {
            return Ok(());
        }
        let (artifact, found) = ("the plan of a run".into(), self.format_version);
        Err(Error::Version { artifact, found, oldest: Self::FORMAT_VERSION, newest: Self::FORMAT_VERSION })
    }

    /// The worker, if its build, model, rules and store are those of the plan.
    fn checked(&self, mut worker: Worker) -> Result<Worker> {
        let mut own = worker.report()?;
        // The digest of the rules has the living costs in it; their file need not be at hand.
        own.living_costs.clone_from(&self.run.living_costs);
        let (own, planned) = (serde_json::to_value(own)?, serde_json::to_value(&self.run)?);
        let others = planned.as_object().into_iter().flat_map(|fields| fields.keys().map(String::as_str));
        match WEIGHTIEST.into_iter().chain(others).find(|name| own.get(name) != planned.get(name)) {
            None => {
                worker.purpose = worker.as_run().purpose(&self.run)?;
                Ok(worker)
            }
            Some(name) => {
                Err(Error::setting(says!("{name} of the plan", name), shown(own.get(name)), shown(planned.get(name))))
            }
        }
    }
}

/// The differences that are named first: others follow from them.
const WEIGHTIEST: [&str; 4] = ["version", "model", "rules", "store"];

/// A short value as it is, a long one not at all.
fn shown(value: Option<&Value>) -> Sentence {
    match value {
        Some(Value::String(text)) => Sentence::value(text),
        Some(value @ (Value::Array(_) | Value::Object(_))) if value.to_string().len() > 200 => {
            says!("another value")
        }
        Some(value) => Sentence::name(value.to_string()),
        None => says!("none"),
    }
}

impl Worker {
    fn new(params: AssessParams, (store, linked): (Store, LinkedParties), model: PerformanceModel) -> Result<Self> {
        let cut = Run { params: &params, store: &store, model: &model }.cut()?;
        Ok(Self { params, store, model, linked, cut, purpose: String::new() })
    }

    fn as_run(&self) -> Run<'_> {
        Run { params: &self.params, store: &self.store, model: &self.model }
    }

    fn report(&self) -> Result<RunReport> {
        self.as_run().report(self.linked, None)
    }

    /// The folders, within that of the store, in which a unit reads; beside them it needs the file `digests` of
    /// each part and nothing else, so that a worker may have these alone.
    ///
    /// A bucket is in one folder of each part. Rows of its parties under other identifiers that they have lie in
    /// further ones.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a number that no unit has, and for a run over debtors with news, whose units read
    /// anywhere.
    pub fn reads(&self, unit: usize) -> Result<Vec<String>> {
        let Cut::Buckets(buckets) = &self.cut else {
            return Err(Error::setting("since", "a day", "none: of a run over news no unit can say what it reads"));
        };
        let bucket = u32::try_from(unit).ok().filter(|bucket| bucket < buckets);
        let unknown = || Error::setting("unit", unit, says!("a number below {}", [self.cut.units()]));
        Ok(self.store.folders_of(bucket.ok_or_else(unknown)?))
    }

    /// Assesses one unit: its bytes, which hold every result and what vouches for them.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a number that no unit has; [`Error::Io`] and [`Error::Format`] when
    /// the store cannot be read.
    pub fn assess(&self, unit: usize) -> Result<Vec<u8>> {
        self.as_run().unit(&self.cut, (&self.purpose, unit))
    }
}

/// The model that the settings name, under their rules.
fn model_of(params: &AssessParams) -> Result<PerformanceModel> {
    if params.source_of().is_some() {
        return Err(Error::setting("sources", "some to read", "none: the store is filled before a run is planned"));
    }
    let ModelSource::File(path) = &params.model else {
        return Err(Error::setting("model", "one to train", "a model of an earlier run"));
    };
    given_model(params, path)?.with_rules(rules_of(params.law(), CapacityRules::standard()?)?)
}
