//! A run over a store: partition by partition, then put together.
//!
//! How a run is cut follows from the store, the day and the debtors with news alone. So a run that was
//! killed, and one on another number of threads, has the same units.

use std::path::Path;
use std::sync::Mutex;

use polars::prelude::*;

use super::batch::{RESULTS, assess_unit, debtors_of, snapshot_of};
use super::ingest_into::Intake;
use super::resume::{Checkpoints, packed};
use super::score::Scores;
use super::threads::for_each_on_threads;
use super::{
    AssessParams, Event, FileNames, LinkedParties, PerformanceModel, RunReport, TrainingReport, outputs, portray,
};
use crate::disk;
use crate::domain::PseudonymKey;
use crate::error::{Error, Result};
use crate::features::FeatureCatalog;
use crate::profile::DebtorProfile;
use crate::progress::{Progress, Silent};
use crate::schema::ENTITY_ID;
use crate::sentence::says;
use crate::store::{self, Store};
use crate::tables::{Partition, Partitions};
use crate::watch;

/// Debtors in one unit when only some are assessed, about.
const DEBTORS_PER_UNIT: usize = 2048;

/// A store, a model and the settings of a run.
pub(super) struct Run<'a> {
    pub(super) params: &'a AssessParams,
    pub(super) store: &'a Store,
    pub(super) model: &'a PerformanceModel,
}

/// How a run is cut into units. Only the store, the day and the debtors with news decide it.
#[derive(Debug)]
pub(super) enum Cut {
    /// Buckets of the store.
    Buckets(u32),
    /// Debtors about whom there is news.
    Debtors(Vec<Vec<i64>>),
}

/// What a unit of work is about.
enum Task {
    Bucket(u32),
    Debtors(Partition),
}

impl Cut {
    /// How many units there are.
    pub(super) fn units(&self) -> usize {
        match self {
            Self::Buckets(buckets) => *buckets as usize,
            Self::Debtors(groups) => groups.len(),
        }
    }
}

impl Run<'_> {
    /// Assesses, and writes the results.
    pub(super) fn assess(
        &self,
        (linked, training): (LinkedParties, Option<TrainingReport>),
        (intake, progress): (Option<&Intake>, &dyn Progress),
    ) -> Result<(RunReport, Vec<DebtorProfile>)> {
        let report = self.report(linked, training)?;
        let units = self.units(&report, progress)?;
        self.finish(report, units, (intake, progress))
    }

    /// Writes what finished units add up to: `run.json` last, so that a folder with it is complete.
    pub(super) fn finish(
        &self,
        mut report: RunReport,
        units: Checkpoints,
        (intake, progress): (Option<&Intake>, &dyn Progress),
    ) -> Result<(RunReport, Vec<DebtorProfile>)> {
        let out = self.params.out.as_path();
        progress.begin("write", Some(RESULTS.len() as u64), "tables");
        units.join(out)?;
        progress.advance(RESULTS.len() as u64);
        progress.end();
        let (debtors, chosen) = self.summary(&out.join("scores.parquet"))?;
        report.debtors = debtors;
        let profiles = self.portray(&chosen, progress)?;
        report.portrayed = profiles.len();
        let mut written: Vec<String> = RESULTS.iter().map(|name| format!("{name}.parquet")).collect();
        written.extend(outputs::write(self.params, self.model, (&profiles, intake.map(|intake| &intake.report)))?);
        for name in written {
            let path = out.join(&name);
            disk::synced(&path)?;
            report.outputs.push((name, outputs::digest(&path)?));
        }
        // The results are synced to the disk before the checkpoints that they were joined from are
        // removed.
        disk::replace_document(&out.join(RunReport::FILE), &report)?;
        units.clear()?;
        Ok((report, profiles))
    }

    /// What has been finished of this run in the folder that it writes to.
    pub(super) fn finished(&self, report: &RunReport, cut: &Cut) -> Result<Checkpoints> {
        Checkpoints::open(&self.params.out, (&self.purpose(report)?, cut.units()))
    }

    /// The text that names this run and its cut. Checkpoints of another run or cut have another and
    /// are not used.
    pub(super) fn purpose(&self, report: &RunReport) -> Result<String> {
        let cut = self.store.partitions();
        Ok(format!("units by bucket, each a file, out of {cut}\n{}", serde_json::to_string(report)?))
    }

    /// Assesses unit by unit; units that a killed run left are not assessed again.
    fn units(&self, report: &RunReport, progress: &dyn Progress) -> Result<Checkpoints> {
        let cut = self.cut()?;
        let finished = self.finished(report, &cut)?;
        let purpose = self.purpose(report)?;
        let tasks: Vec<Mutex<Option<Task>>> = self.tasks(cut)?.into_iter().map(|task| Mutex::new(Some(task))).collect();
        progress.begin("assess", Some(tasks.len() as u64), "units");
        for_each_on_threads(self.params.threads, tasks.len(), |unit| {
            // Taken out, so that the memory of a unit is freed once it is done.
            let task = tasks.get(unit).and_then(|task| task.lock().ok()?.take());
            let outcome = match task {
                Some(task) if !finished.has(unit) => {
                    let frames = self.assess_one(task, progress);
                    frames.and_then(|frames| finished.keep(unit, &packed((&purpose, unit), frames)?))
                }
                _ => Ok(()),
            };
            progress.turn_to("");
            progress.advance(1);
            outcome
        })?;
        progress.end();
        Ok(finished)
    }

    /// The bytes of one unit of a run with a purpose, wherever it is assessed.
    pub(super) fn unit(&self, cut: &Cut, (purpose, unit): (&str, usize)) -> Result<Vec<u8>> {
        let task = match cut {
            Cut::Buckets(buckets) => u32::try_from(unit).ok().filter(|bucket| bucket < buckets).map(Task::Bucket),
            Cut::Debtors(groups) => {
                groups.get(unit).map(|group| self.store.tables_for(group)).transpose()?.map(Task::Debtors)
            }
        };
        let unknown = || Error::setting("unit", unit, says!("a number below {}", [cut.units()]));
        packed((purpose, unit), self.assess_one(task.ok_or_else(unknown)?, &Silent)?)
    }

    /// How the run is cut.
    pub(super) fn cut(&self) -> Result<Cut> {
        let Some(since) = self.params.since else { return Ok(Cut::Buckets(self.store.partitions())) };
        let fresh = self.store.debtors_among(&self.store.fresh(since, self.params.as_of)?)?;
        // Cut as the store is, so that a bucket is read for one unit; two at least, so that two threads end together.
        let units = fresh.len().div_ceil(DEBTORS_PER_UNIT).next_power_of_two();
        let units = u32::try_from(units).unwrap_or(u32::MAX).max(2);
        // Without any news there is still one unit, so that empty results have their columns.
        let mut groups: Vec<Vec<i64>> = vec![Vec::new(); units as usize];
        for debtor in fresh {
            if let Some(group) = groups.get_mut(store::bucket(debtor, units) as usize) {
                group.push(debtor);
            }
        }
        Ok(Cut::Debtors(groups))
    }

    /// The tasks of all units, prepared together so that every index is read once.
    fn tasks(&self, cut: Cut) -> Result<Vec<Task>> {
        Ok(match cut {
            Cut::Buckets(buckets) => (0..buckets).map(Task::Bucket).collect(),
            Cut::Debtors(groups) => self.store.tables_for_each(&groups)?.into_iter().map(Task::Debtors).collect(),
        })
    }

    fn assess_one(&self, task: Task, progress: &dyn Progress) -> Result<[DataFrame; RESULTS.len()]> {
        progress.turn_to("read");
        let as_of = self.params.as_of;
        let (unit, debtors, watched) = match task {
            // Of most parties of a bucket nothing is decoded: they have no open case and none to be watched.
            Task::Bucket(number) => {
                let whole = self.store.partition(number)?;
                let debtors = debtors_of(&whole, as_of)?;
                let watched = match self.params.watch {
                    true => watch::watched(&whole, as_of)?,
                    false => Vec::new(),
                };
                (self.store.tables_for(&debtors)?, debtors, Some(self.store.tables_for(&watched)?))
            }
            Task::Debtors(unit) => {
                let debtors = debtors_of(&unit, as_of)?;
                (unit, debtors, None)
            }
        };
        let rows = (&unit, debtors.as_slice(), watched.as_ref().unwrap_or(&unit));
        let frames = assess_unit(rows, (self.model, self.params), progress)?;
        progress.turn_to("write");
        Ok(frames)
    }

    fn portray(&self, chosen: &[i64], progress: &dyn Progress) -> Result<Vec<DebtorProfile>> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let files = self.store.manifest().parts.iter().flat_map(|part| &part.files);
        let files: FileNames =
            files.filter_map(|file| Some((i64::try_from(file.ordinal).ok()?, file.file.clone()))).collect();
        let snapshot = snapshot_of(&self.store.tables_for(chosen)?, self.params.as_of)?;
        let scores = Scores::new(&snapshot, self.model, self.model.rules())?;
        portray::portray(&snapshot, (&scores, self.model, &files), progress)
    }

    /// How many debtors there are, how many without a score, and who is to be portrayed.
    fn summary(&self, scores: &Path) -> Result<([usize; 2], Vec<i64>)> {
        let file = disk::open(scores)?;
        let columns = [ENTITY_ID, "any_prob"].map(str::to_owned).to_vec();
        let frame = ParquetReader::new(file).with_columns(Some(columns)).finish()?;
        let probabilities = frame.column("any_prob")?.f64()?;
        let rows = frame.column(ENTITY_ID)?.i64()?.iter().zip(probabilities.iter());
        let all: Vec<(Option<f64>, i64)> = rows.filter_map(|(id, p)| Some((p, id?))).collect();
        let mut ranked: Vec<(f64, i64)> = all.iter().filter_map(|(p, id)| Some(((*p)?, *id))).collect();
        ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let is_small = all.len() <= AssessParams::SMALL;
        let chosen: Vec<i64> = match self.params.profiles {
            None if is_small => all.iter().map(|(_, id)| *id).collect(),
            top => ranked.iter().take(top.unwrap_or(0)).map(|(_, id)| *id).collect(),
        };
        let mut chosen: Vec<i64> = chosen.into_iter().chain(self.params.portrayed.iter().copied()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        Ok(([all.len(), all.len() - ranked.len()], chosen))
    }

    /// What the run is made of; what it found is not in it yet.
    pub(super) fn report(&self, linked: LinkedParties, training: Option<TrainingReport>) -> Result<RunReport> {
        let (params, model, manifest) = (self.params, self.model, self.store.manifest());
        let files = || manifest.parts.iter().flat_map(|part| &part.files);
        let mut rows = [0; 3];
        files().for_each(|file| rows.iter_mut().zip(file.rows).for_each(|(sum, count)| *sum += count));
        Ok(RunReport {
            format_version: RunReport::FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            as_of: params.as_of,
            since: params.since,
            watch: params.watch,
            key: manifest.key.clone(),
            currency: manifest.currency.clone(),
            is_key_public: PseudonymKey::is_public(&manifest.key),
            store: manifest.digest()?,
            inputs: files().map(|file| (file.file.clone(), file.blake3.clone())).collect(),
            rows,
            repeated: manifest.repeated(),
            rules: (model.rules().name().to_owned(), model.rules().digest().to_owned()),
            living_costs: params.living_costs.as_deref().map(outputs::living_costs).transpose()?,
            linked,
            model: Event::ALL.map(|event| model.card(event).digest().to_owned()),
            catalog: digest_of(params.features.as_ref().unwrap_or(model.catalog()))?,
            features: params.features.is_some(),
            cohort: model.cohort().clone(),
            scorecard: model.card(Event::Any).params().clone(),
            scorer: *model.scorer(),
            training,
            debtors: [0; 2],
            portrayed: 0,
            outputs: Vec::new(),
        })
    }
}

fn digest_of(catalog: &FeatureCatalog) -> Result<String> {
    Ok(blake3::hash(&serde_json::to_vec(catalog)?).to_hex().to_string())
}
