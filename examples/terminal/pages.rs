//! The pages of a run: one per debtor, one of all debtors, one of the model.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use wherewithal::advice::{AdviceRules, advise};
use wherewithal::domain::Language;
use wherewithal::pipeline::{PerformanceModel, RunReport, model_card};
use wherewithal::profile::{Batch, DebtorProfile};
use wherewithal::progress::Progress;
use wherewithal::report::{Links, Pages};

/// Which pages to write, and where.
pub(crate) struct Order<'a> {
    /// The folder that a run wrote.
    pub(crate) run: &'a Path,
    /// The folder to write to; made if absent.
    pub(crate) out: &'a Path,
    /// The language.
    pub(crate) language: Language,
    /// The first so many debtors get a page.
    pub(crate) top: usize,
    /// Debtors named in the list of the page of all debtors.
    pub(crate) list: usize,
}

/// Writes the pages and returns the one to open.
pub(crate) fn write(order: &Order<'_>) -> Result<PathBuf, Box<dyn Error>> {
    let profiles = profiles(&order.run.join("profiles.ndjson"))?;
    let rules = AdviceRules::standard()?;
    let pages = Pages::new(order.language)?;
    let batch = Batch::of(&profiles);
    let first = [&batch.most_money, &batch.most_hidden, &batch.most_unknown];
    let mut chosen: Vec<usize> =
        (0..profiles.len().min(order.top)).chain(first.into_iter().flatten().copied()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let has_model = order.run.join("model.json").is_file();
    let mut links = Links {
        batch: Some("index.html".to_owned()),
        model: has_model.then(|| "model.html".to_owned()),
        ..Links::default()
    };
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        links.debtors.insert(profile.entity.clone(), file_name(profile));
    }
    let bar = super::Bar::default();
    bar.begin("write pages", u64::try_from(chosen.len()).ok(), "debtors");
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        save(order.out, &file_name(profile), &pages.portrait(profile, &advise(profile, &rules)?, &links)?)?;
        bar.advance(1);
    }
    bar.end();
    if has_model {
        save(order.out, "model.html", &model(order.run, &pages, &links)?)?;
    }
    save(order.out, "index.html", &pages.batch((&batch, &profiles), order.list, &links)?)
}

/// Writes the page of one debtor, by pseudonym, and returns it.
pub(crate) fn write_one(order: &Order<'_>, entity: &str) -> Result<PathBuf, Box<dyn Error>> {
    let profiles = profiles(&order.run.join("profiles.ndjson"))?;
    if !super::is_pseudonym(entity) {
        let expected = "the pseudonym that the run's list shows, 16 hexadecimal digits";
        return Err(format!("--debtor: found {}, expected {expected}", super::shown(entity)).into());
    }
    let entity = entity.trim().to_ascii_lowercase();
    let profile = profiles.iter().find(|profile| profile.entity == entity);
    let profile = profile.ok_or_else(|| format!("no debtor {entity} among {} of the run", profiles.len()))?;
    let advice = advise(profile, &AdviceRules::standard()?)?;
    let page = Pages::new(order.language)?.portrait(profile, &advice, &Links::default())?;
    save(order.out, &file_name(profile), &page)
}

fn save(folder: &Path, name: &str, page: &str) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let path = folder.join(name);
    fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn file_name(profile: &DebtorProfile) -> String {
    format!("portrait-{}.html", profile.entity)
}

fn profiles(path: &Path) -> Result<Vec<DebtorProfile>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| format!("{}: line {}: {error}", path.display(), at + 1).into())
    };
    text.lines().enumerate().map(read).collect()
}

fn model(run: &Path, pages: &Pages, links: &Links) -> Result<String, Box<dyn Error>> {
    let text = |name: &str| {
        let path = run.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let model = PerformanceModel::read(&run.join("model.json"))?;
    let run: RunReport = serde_json::from_str(&text("run.json")?)?;
    let training = run.training.as_ref();
    let events = training.map(|training| [&training.any, &training.full]);
    let held_out = [0, 1].map(|at| {
        let report = events.and_then(|events| events.get(at).and_then(|event| event.cross_validated.as_ref()));
        report.map(|report| (report, "cross_validation"))
    });
    Ok(pages.model(&model_card(&model, training.map(|_| run.as_of), held_out), links)?)
}
