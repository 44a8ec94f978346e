//! A province: a store is filled, and assessed bucket by bucket.

use std::path::PathBuf;

use wherewithal::capacity::CapacityRules;
use wherewithal::domain::{Day, Language, PseudonymKey};
use wherewithal::features::FeatureCatalog;
use wherewithal::ingest::{Mapping, Sources};
use wherewithal::pipeline::{self, ModelSource, PerformanceModel, ProvinceParams};
use wherewithal::report;
use wherewithal::store::{Store, StoreParams};

use super::Bar;

/// What the command line says of a store.
pub(crate) struct Province {
    pub(crate) store: PathBuf,
    pub(crate) sources: Option<(PathBuf, Option<PathBuf>)>,
    pub(crate) key: PseudonymKey,
    pub(crate) rules: Option<PathBuf>,
    pub(crate) living_costs: Option<PathBuf>,
    pub(crate) buckets: Option<u32>,
    pub(crate) model: Option<ModelSource>,
    pub(crate) as_of: Day,
    pub(crate) since: Option<Day>,
    pub(crate) watch: bool,
    pub(crate) dump: bool,
    pub(crate) out: PathBuf,
    pub(crate) threads: usize,
    pub(crate) profiles: usize,
    pub(crate) portrayed: Vec<i64>,
}

impl Province {
    /// Takes in what is new, assesses, and tells where the time went.
    pub(crate) fn assess(&self, language: Language) -> Result<(), Box<dyn std::error::Error>> {
        let bar = Bar::default();
        let model = self.model()?;
        if let Some((folder, mapping)) = &self.sources {
            let mut sources = Sources::new(folder, self.key.clone());
            if let Some(path) = mapping {
                sources = sources.with_mapping(Mapping::load(path)?);
            }
            let params = StoreParams { buckets: self.buckets, ..StoreParams::default() };
            let (store, report) = pipeline::take_in(&sources, (&self.store, &params), &bar)?;
            let rows: [u64; 3] = report.files.iter().fold([0; 3], |[read, accepted, refused], file| {
                [read + file.rows_read, accepted + file.rows_accepted, refused + file.rows_refused]
            });
            let [read, accepted, refused] = rows;
            println!("read {read} rows of {} files: {accepted} accepted, {refused} refused", report.files.len());
            super::unused(&report);
            let (rows, parts) = (store.manifest().rows(), store.manifest().parts.len());
            println!("the store holds {rows} rows in {parts} part{}", if parts == 1 { "" } else { "s" });
        } else if !Store::is_in(&self.store) {
            return Err(format!("{}: no store, and no --sources to fill it from", self.store.display()).into());
        }
        let Some(model) = model else {
            println!("{}taken in; nothing was assessed, since no --model was given", bar.times());
            return Ok(());
        };
        let params = ProvinceParams {
            store: self.store.clone(),
            out: self.out.clone(),
            as_of: self.as_of,
            since: self.since,
            watch: self.watch,
            features: self.dump.then(FeatureCatalog::standard).transpose()?,
            threads: self.threads,
            top: self.profiles,
            portrayed: self.portrayed.clone(),
        };
        let (run, profiles) = pipeline::assess_store(&params, &model, &bar)?;
        let [debtors, unscored] = run.debtors;
        println!("assessed {debtors} debtors: {} scored, {unscored} with insufficient data", debtors - unscored);
        if !profiles.is_empty() {
            println!("\n{}", report::ranking(profiles.iter(), language));
        }
        let is_portrayed = |id: &&i64| profiles.iter().any(|profile| profile.entity == format!("{id:016x}"));
        for id in self.portrayed.iter().filter(|id| !is_portrayed(id)) {
            println!("no portrait of {id:016x}: the store knows no open case of such a debtor on {}", self.as_of);
        }
        println!("{}written to {}", bar.times(), self.out.display());
        Ok(())
    }

    /// The model, with the law and the living costs that the command line names.
    fn model(&self) -> Result<Option<PerformanceModel>, Box<dyn std::error::Error>> {
        match &self.model {
            Some(ModelSource::File(path)) => {
                let model = PerformanceModel::from_json(&read(path)?)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                let mut rules = match &self.rules {
                    Some(folder) => CapacityRules::load(folder)?,
                    None => CapacityRules::standard()?,
                };
                if let Some(path) = &self.living_costs {
                    rules = rules.with_living_costs(&read(path)?)?;
                }
                Ok(Some(model.with_rules(rules)?))
            }
            Some(ModelSource::Train(_)) => {
                Err("a store is assessed with a model at hand: train one on a folder first, then give --model".into())
            }
            None => Ok(None),
        }
    }
}

fn read(path: &PathBuf) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
