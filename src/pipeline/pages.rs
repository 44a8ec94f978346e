//! Writes the HTML pages of a run that has ended.
//!
//! Everything on them is read from the files of the run, whose digests are checked: a page cannot show what
//! the run did not write.

use std::fs;
use std::path::{Path, PathBuf};

use super::card::model_card;
use super::{PerformanceModel, RunReport, impact};
use crate::advice::{AdviceRules, advise};
use crate::disk;
use crate::domain::Language;
use crate::error::{Error, Result};
use crate::profile::{Batch, DebtorProfile, ModelCard};
use crate::progress::Progress;
use crate::report::{Links, Pages};
use crate::sentence::{Sentence, says};

/// Which pages of a run to write, and where.
///
/// ```
/// use wherewithal::domain::Language;
/// use wherewithal::pipeline::PageParams;
///
/// let params = PageParams::new("out/run", "out/pages").language(Language::En).top(5);
/// assert_eq!((params.top, params.list), (5, 1_000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageParams {
    /// The folder that a run wrote.
    pub run: PathBuf,
    /// The folder to write to; made if absent.
    pub out: PathBuf,
    /// The language.
    pub language: Language,
    /// The first so many debtors of the run get a page, the most able first.
    pub top: usize,
    /// Debtors named in the list of the page of all debtors.
    pub list: usize,
}

impl PageParams {
    /// The pages of the run in `run`, written to `out`: in Chinese, of 20 debtors, with 1,000 in the list.
    pub fn new(run: impl Into<PathBuf>, out: impl Into<PathBuf>) -> Self {
        Self { run: run.into(), out: out.into(), language: Language::Zh, top: 20, list: 1_000 }
    }

    setters! {
        language: Language,
        top: usize,
        list: usize,
    }
}

/// Writes pages to open in a browser: one per debtor, one of all debtors, one of the model and one of its impact on
/// personal information, these two as data besides (`model_card.json`, `impact.json`). Returns the page of all debtors.
///
/// # Errors
///
/// When the folder is no run's, or a page cannot be written.
pub fn write_pages(params: &PageParams, progress: &dyn Progress) -> Result<PathBuf> {
    let profiles = profiles(&params.run)?;
    let rules = AdviceRules::standard()?;
    let pages = Pages::new(params.language)?;
    let batch = Batch::from_profiles(&profiles);
    let first = [&batch.most_money, &batch.most_hidden, &batch.most_unknown];
    let mut chosen: Vec<usize> =
        (0..profiles.len().min(params.top)).chain(first.into_iter().flatten().copied()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let run = RunReport::read(&params.run)?;
    let has_model = params.run.join("model.json").is_file();
    let mut links = Links {
        batch: Some("index.html".to_owned()),
        model: has_model.then(|| "model.html".to_owned()),
        impact: has_model.then(|| "impact.html".to_owned()),
        is_key_public: run.is_key_public,
        ..Links::default()
    };
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        links.debtors.insert(profile.entity.clone(), file_name(profile));
    }
    clear(&params.out)?;
    progress.begin("write pages", u64::try_from(chosen.len()).ok(), "debtors");
    for profile in chosen.iter().filter_map(|place| profiles.get(*place)) {
        save(&params.out, &file_name(profile), &pages.portrait(profile, &advise(profile, &rules)?, &links)?)?;
        progress.advance(1);
    }
    progress.end();
    if has_model {
        let card = card(&params.run, &run)?;
        let impact = impact(&run, &card)?;
        save(&params.out, "model.html", &pages.model(&card, &links)?)?;
        save(&params.out, "model_card.json", &(serde_json::to_string_pretty(&card)? + "\n"))?;
        save(&params.out, "impact.html", &pages.impact(&impact, &links)?)?;
        save(&params.out, "impact.json", &(serde_json::to_string_pretty(&impact)? + "\n"))?;
    }
    save(&params.out, "index.html", &pages.batch(&batch, &profiles, params.list, &links)?)
}

/// Writes the page of one debtor, named by the pseudonym that the run shows (16 hexadecimal digits), and returns it.
///
/// # Errors
///
/// When the folder is no run's, the run portrays no such debtor, or the page cannot be written.
///
/// An identifier in clear is refused without being repeated: the pseudonym of the run's list is wanted.
pub fn write_page(params: &PageParams, entity: &str) -> Result<PathBuf> {
    let profiles = profiles(&params.run)?;
    let entity = entity.trim().to_ascii_lowercase();
    // Whatever else was given may be a number in clear.
    if entity.len() != 16 || !entity.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let expected = "the pseudonym that the run's list shows, 16 hexadecimal digits";
        return Err(Error::setting("debtor", "something else", expected));
    }
    let profile = profiles.iter().find(|profile| profile.entity == entity).ok_or_else(|| {
        let expected = format!("one of the {} debtors that the run portrays", profiles.len());
        Error::setting("debtor", Sentence::value(&entity), expected)
    })?;
    let advice = advise(profile, &AdviceRules::standard()?)?;
    let links = Links { is_key_public: RunReport::read(&params.run)?.is_key_public, ..Links::default() };
    let page = Pages::new(params.language)?.portrait(profile, &advice, &links)?;
    save(&params.out, &file_name(profile), &page)
}

/// Removes the pages of an earlier run, so that none of another day or model stands beside the new ones.
fn clear(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(Error::io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = ["index.html", "model.html", "model_card.json", "impact.html", "impact.json"].contains(&&*name);
        if is_ours || name.starts_with("portrait-") && name.ends_with(".html") {
            disk::remove(&path)?;
        }
    }
    Ok(())
}

fn save(folder: &Path, name: &str, page: &str) -> Result<PathBuf> {
    disk::make(folder)?;
    let path = folder.join(name);
    disk::write(&path, page.as_bytes())?;
    Ok(path)
}

fn file_name(profile: &DebtorProfile) -> String {
    format!("portrait-{}.html", profile.entity)
}

/// The portraits of a run that ended, as it wrote them.
fn profiles(run: &Path) -> Result<Vec<DebtorProfile>> {
    const NAME: &str = "profiles.ndjson";
    let path = run.join(NAME);
    let bytes = RunReport::read(run)?.output(run, NAME)?;
    let text = String::from_utf8_lossy(&bytes);
    let read = |(line, text): (usize, &str)| {
        serde_json::from_str(text).map_err(|error| Error::Format {
            path: path.clone(),
            location: says!("line {line}: ", line),
            found: error.into(),
            expected: "a portrait as a run writes it".into(),
        })
    };
    (1..).zip(text.lines()).map(read).collect()
}

fn card(folder: &Path, run: &RunReport) -> Result<ModelCard> {
    let model = PerformanceModel::read(&folder.join("model.json"))?;
    let training = run.training.as_ref();
    let events = training.map(|training| [&training.any, &training.full]);
    let held_out = [0, 1].map(|at| {
        let report = events.and_then(|events| events.get(at).and_then(|event| event.cross_validated.as_ref()));
        report.map(|report| (report, "cross_validation"))
    });
    let money = training.and_then(|training| training.money.as_ref()?.out_of_time.as_ref());
    Ok(model_card(&model, (training.map(|_| run.as_of), money), held_out))
}
