use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::abreast::abreast;
use super::batch::{RESULTS, assess_unit, debtors_of, snapshot_of};
use super::resume::Finished;
use super::score::Scores;
use super::{Event, FileNames, PerformanceModel, portray};
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::features::FeatureCatalog;
use crate::profile::DebtorProfile;
use crate::progress::Progress;
use crate::schema::ENTITY_ID;
use crate::score::ScorerParams;
use crate::store::{self, Store, Unit};
use crate::watch;

/// Debtors in one unit when only some are assessed, about.
const DEBTORS_PER_UNIT: usize = 2048;

/// What to assess out of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvinceParams {
    /// The store's folder.
    pub store: PathBuf,
    /// The folder to write to; made when it is not there.
    pub out: PathBuf,
    /// The day described.
    pub as_of: Day,
    /// Only debtors about whom anything became known from this day to the day described; all when `None`.
    pub since: Option<Day>,
    /// Whether cases closed without result are looked at again ([`watch`](crate::watch)).
    pub watch: bool,
    /// Features written beside the scores, at least those of the model; none are when `None`.
    pub features: Option<FeatureCatalog>,
    /// Units in flight.
    pub threads: usize,
    /// How many of the debtors likeliest to perform are portrayed.
    pub top: usize,
    /// Debtors portrayed beside them.
    pub portrayed: Vec<i64>,
}

/// What a run over a store was made of and found, so that it can be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvinceReport {
    /// The format of this report.
    pub format_version: u32,
    /// The version of the crate.
    pub version: String,
    /// The digest of the store's manifest.
    pub store: String,
    /// Digests of the two cards.
    pub model: [String; 2],
    /// The digest of the capacity rules.
    pub rules: String,
    /// The day described.
    pub as_of: Day,
    /// The first day of the news, when only some were assessed.
    pub since: Option<Day>,
    /// Whether closed cases were looked at again.
    pub watch: bool,
    /// The digest of the catalogue whose features were computed.
    pub catalog: String,
    /// Whether they were written.
    pub features: bool,
    /// How scores became grades.
    pub scorer: ScorerParams,
    /// Debtors assessed, and those of them without a score.
    pub debtors: [usize; 2],
    /// Digest per file written, BLAKE3.
    pub outputs: Vec<(String, String)>,
}

/// What a unit of work is about.
enum Task {
    Bucket(u32),
    Debtors(Unit),
}

/// Assesses every debtor of a store, or those about whom there is news, unit by unit.
///
/// Writes `scores.parquet`, `reasons.parquet`, `capacity.parquet`, `signals.parquet`, `watch.parquet` and `features.parquet`, in the order of the store
/// ([`place`](crate::store::place)), `profiles.ndjson` for those chosen, and `run.json` last. Memory holds the units in
/// flight. A debtor's rows are the same bits whichever others are assessed beside it.
///
/// A run that was killed leaves its finished units in `out`; the same call goes on with the others and writes the bytes
/// that it would have written. Another call begins anew.
///
/// # Errors
///
/// [`Error::Setting`] for no threads; otherwise as the rooms report.
pub fn assess_store(
    params: &ProvinceParams,
    model: &PerformanceModel,
    progress: &dyn Progress,
) -> Result<(ProvinceReport, Vec<DebtorProfile>)> {
    if params.threads == 0 {
        return Err(Error::setting("threads", 0, "at least 1"));
    }
    let store = Store::open(&params.store)?;
    fs::create_dir_all(&params.out).map_err(Error::io(&params.out))?;
    let mut report = ProvinceReport {
        format_version: 1,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store: store.manifest().digest()?,
        model: Event::ALL.map(|event| model.card(event).digest().to_owned()),
        rules: model.rules().digest().to_owned(),
        as_of: params.as_of,
        since: params.since,
        watch: params.watch,
        catalog: digest_of(params.features.as_ref().unwrap_or(model.catalog()))?,
        features: params.features.is_some(),
        scorer: *model.scorer(),
        debtors: [0; 2],
        outputs: Vec::new(),
    };
    // The report of an earlier run does not vouch for what this one writes.
    let path = params.out.join("run.json");
    if path.exists() {
        fs::remove_file(&path).map_err(Error::io(&path))?;
    }
    // Units of another cut are no part of this run.
    let purpose = format!("units by bucket, each a file\n{}", serde_json::to_string(&report)?);
    let finished = Finished::open(&params.out, &purpose)?;
    let tasks: Vec<Mutex<Option<Task>>> =
        tasks(&store, params)?.into_iter().map(|task| Mutex::new(Some(task))).collect();
    let room = Room { store: &store, model, params, finished: &finished, progress };
    progress.begin("assess", Some(tasks.len() as u64), "units");
    abreast(params.threads, tasks.len(), |unit| {
        // Taken, so that nothing of a unit stays once it is done.
        let task = tasks.get(unit).and_then(|task| task.lock().ok()?.take());
        let outcome = match task {
            Some(task) if !finished.has(unit) => room.assess_one(unit, task),
            _ => Ok(()),
        };
        progress.turn_to("");
        progress.advance(1);
        outcome
    })?;
    progress.end();
    progress.begin("write", Some(RESULTS.len() as u64), "tables");
    finished.join(tasks.len(), &params.out)?;
    progress.advance(RESULTS.len() as u64);
    progress.end();
    let (debtors, chosen) = summary(&params.out.join("scores.parquet"), params)?;
    report.debtors = debtors;
    let profiles = room.portray(&chosen)?;
    write_profiles(&profiles, &params.out.join("profiles.ndjson"))?;
    let written = RESULTS.iter().map(|name| format!("{name}.parquet")).chain(["profiles.ndjson".to_owned()]);
    for name in written {
        let path = params.out.join(&name);
        report.outputs.push((name, digest(&path)?));
        on_disk(&path)?;
    }
    // The disk has all of it before the units go that it was put together from.
    let new = params.out.join("run.json.new");
    fs::write(&new, format!("{}\n", serde_json::to_string_pretty(&report)?)).map_err(Error::io(&new))?;
    on_disk(&new)?;
    fs::rename(&new, &path).map_err(Error::io(&path))?;
    store::synced(&params.out)?;
    finished.clear()?;
    Ok((report, profiles))
}

fn tasks(store: &Store, params: &ProvinceParams) -> Result<Vec<Task>> {
    let Some(since) = params.since else { return Ok((0..store.manifest().buckets()).map(Task::Bucket).collect()) };
    let fresh = store.debtors_among(&store.fresh(since, params.as_of)?)?;
    // Cut as the store is, so that a bucket is read for one unit; two at least, so that two threads end together.
    let units = u32::try_from(fresh.len().div_ceil(DEBTORS_PER_UNIT).next_power_of_two()).unwrap_or(u32::MAX).max(2);
    let mut tasks: Vec<Vec<i64>> = vec![Vec::new(); units as usize];
    for debtor in fresh {
        if let Some(task) = tasks.get_mut(store::bucket(debtor, units) as usize) {
            task.push(debtor);
        }
    }
    // Nobody's news still makes a unit, whose tables have their columns.
    Ok(store.of_each(&tasks)?.into_iter().map(Task::Debtors).collect())
}

struct Room<'a> {
    store: &'a Store,
    model: &'a PerformanceModel,
    params: &'a ProvinceParams,
    finished: &'a Finished,
    progress: &'a dyn Progress,
}

impl Room<'_> {
    fn assess_one(&self, number: usize, task: Task) -> Result<()> {
        self.progress.turn_to("read");
        let as_of = self.params.as_of;
        let (unit, debtors, watched) = match task {
            // Of most parties of a bucket nothing is decoded: they have no open case and none to be watched.
            Task::Bucket(number) => {
                let whole = self.store.unit(number)?;
                let debtors = debtors_of(&whole, as_of)?;
                let watched = match self.params.watch {
                    true => watch::watched((whole.tables(), |id| whole.owns(id)), as_of)?,
                    false => Vec::new(),
                };
                (self.store.of(&debtors)?, debtors, Some(self.store.of(&watched)?))
            }
            Task::Debtors(unit) => {
                let debtors = debtors_of(&unit, as_of)?;
                (unit, debtors, None)
            }
        };
        let rows = (&unit, debtors.as_slice(), watched.as_ref().unwrap_or(&unit));
        let frames = assess_unit(rows, (self.model, self.params), self.progress)?;
        self.progress.turn_to("write");
        self.finished.keep(number, frames)
    }

    fn portray(&self, chosen: &[i64]) -> Result<Vec<DebtorProfile>> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let files = self.store.manifest().parts.iter().flat_map(|part| &part.files);
        let files: FileNames =
            files.filter_map(|file| Some((i64::try_from(file.ordinal).ok()?, file.file.clone()))).collect();
        let snapshot = snapshot_of(&self.store.of(chosen)?, self.params.as_of)?;
        let scores = Scores::new(&snapshot, self.model, self.model.rules())?;
        portray::portray(&snapshot, (&scores, self.model, &files), self.progress)
    }
}

/// How many debtors there are, how many without a score, and who is to be portrayed.
fn summary(scores: &Path, params: &ProvinceParams) -> Result<([usize; 2], Vec<i64>)> {
    let file = fs::File::open(scores).map_err(Error::io(scores))?;
    let columns = [ENTITY_ID, "any_prob"].map(str::to_owned).to_vec();
    let frame = ParquetReader::new(file).with_columns(Some(columns)).finish()?;
    let probabilities = frame.column("any_prob")?.f64()?;
    let rows = frame.column(ENTITY_ID)?.i64()?.iter().zip(probabilities.iter());
    let mut ranked: Vec<(f64, i64)> = rows.filter_map(|(id, p)| Some((p?, id?))).collect();
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let top = ranked.iter().take(params.top).map(|(_, id)| *id);
    let chosen = top.chain(params.portrayed.iter().copied()).collect();
    Ok(([frame.height(), frame.height() - ranked.len()], chosen))
}

fn write_profiles(profiles: &[DebtorProfile], path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(fs::File::create(path).map_err(Error::io(path))?);
    for profile in profiles {
        writeln!(file, "{}", serde_json::to_string(profile)?).map_err(Error::io(path))?;
    }
    file.flush().map_err(Error::io(path))
}

fn digest_of(catalog: &FeatureCatalog) -> Result<String> {
    Ok(blake3::hash(&serde_json::to_vec(catalog)?).to_hex().to_string())
}

/// Waits until the disk has a file.
fn on_disk(path: &Path) -> Result<()> {
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}

fn digest(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let file = fs::File::open(path).map_err(Error::io(path))?;
    hasher.update_reader(file).map_err(Error::io(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}
