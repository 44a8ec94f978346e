//! Writes the pages and data files of the command centre from a store.
//!
//! | file | content |
//! |---|---|
//! | `index.html`, `wall.html`, pages of courts and teams | for people |
//! | `figures.json` | every figure with numerator, denominator, and the reason where it is missing |
//! | `rankings.json`, `curves.json` | courts within the limits of chance; time until something happened |
//! | `tasks.parquet` | what needs doing, one row a matter |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde::Serialize;

use crate::capacity::CapacityRules;
use crate::disk;
use crate::domain::{Day, Language};
use crate::error::{Error, Result};
use crate::indicators::{Figure, IndicatorCatalog, Measure, Measured, Period, Ranking, Selection, Survival, measure};
use crate::progress::Progress;
use crate::report::{CentrePages, CentreView};
use crate::sentence::says;
use crate::store::Store;
use crate::tasks::{Task, TaskRules};

/// What the command centre is to show, and where to.
///
/// ```
/// use wherewithal::domain::{Day, Language};
/// use wherewithal::pipeline::CentreParams;
///
/// let params = CentreParams::new("out/store", Day::parse("2017-12-31")?, "out/centre").language(Language::En);
/// assert_eq!(params.period()?.months(), 12);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CentreParams {
    /// The store.
    pub store: PathBuf,
    /// The day described.
    pub as_of: Day,
    /// The first day of the period; the first of January of that year when absent.
    pub from: Option<Day>,
    /// The folder to write to; made when it is not there.
    pub out: PathBuf,
    /// The language of the pages.
    pub language: Language,
    /// A folder with pages of debtors, as [`write_pages`](super::write_pages) wrote it: lines of matters link to them.
    pub portraits: Option<PathBuf>,
}

impl CentreParams {
    /// Pages in Chinese about the year up to a day.
    ///
    /// The period begins on the first of January of that year.
    pub fn new(store: impl Into<PathBuf>, as_of: Day, out: impl Into<PathBuf>) -> Self {
        Self { store: store.into(), as_of, from: None, out: out.into(), language: Language::Zh, portraits: None }
    }

    /// Sets [`CentreParams::from`].
    #[must_use]
    pub fn from(self, from: Option<Day>) -> Self {
        Self { from, ..self }
    }

    /// Sets [`CentreParams::language`].
    #[must_use]
    pub fn language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Sets [`CentreParams::portraits`].
    #[must_use]
    pub fn portraits(self, portraits: Option<PathBuf>) -> Self {
        Self { portraits, ..self }
    }

    /// The period that is counted.
    ///
    /// # Errors
    ///
    /// As [`Period::new`].
    pub fn period(&self) -> Result<Period> {
        let first = Day::new(self.as_of.year(), 1, 1).unwrap_or(self.as_of);
        Period::new(self.from.unwrap_or(first), self.as_of)
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CentreReport {
    /// Courts, the nameless one for cases without a court among them.
    pub courts: usize,
    /// Figures that the data could not give, of the whole province, each with the reason in `figures.json`.
    pub missing: usize,
    /// Matters listed.
    pub tasks: usize,
    /// Matters whose debtor has a page among [`CentreParams::portraits`].
    pub portrayed: usize,
    /// Pages.
    pub pages: usize,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FiguresReport {
    /// See [`CentreReport::courts`].
    pub courts: usize,
    /// See [`CentreReport::missing`].
    pub missing: usize,
}

/// The page of the whole province.
const INDEX: &str = "index.html";

#[derive(Serialize)]
struct Named<'a> {
    indicator: &'a str,
    court: Option<&'a str>,
    figure: Figure,
}

/// Counts the indicators and writes them as data, without pages: `figures.json`, `rankings.json`, `curves.json`.
///
/// [`CentreParams::language`] and [`CentreParams::portraits`] count for pages alone.
///
/// # Errors
///
/// As [`centre`]; [`Error::Setting`] when the folder has pages of an earlier run, whose figures would be others.
pub fn figures(params: &CentreParams, progress: &dyn Progress) -> Result<FiguresReport> {
    if params.out.join(INDEX).exists() {
        let folder = says!("out {}", [params.out.display()]);
        return Err(Error::setting(folder, "pages of an earlier run", "a folder without pages"));
    }
    let measured = counted(&Store::open(&params.store)?, params, progress)?;
    let missing = written(&measured, &params.out)?;
    Ok(FiguresReport { courts: measured.courts().len(), missing })
}

/// Counts the indicators, lists what needs doing, and writes pages and data: `index.html`,
/// `wall.html`, pages of courts and teams, `figures.json`, `rankings.json`, `curves.json`,
/// `tasks.parquet`.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Format`] when the store cannot be read or the folder cannot be
/// written; [`Error::Setting`] for a period that ends before it begins.
pub fn centre(params: &CentreParams, progress: &dyn Progress) -> Result<CentreReport> {
    let store = Store::open(&params.store)?;
    let measured = counted(&store, params, progress)?;
    progress.begin("list what needs doing", None, "");
    let rules = TaskRules::standard()?;
    let list = rules.list(&store, &CapacityRules::standard()?, params.as_of)?;
    progress.end();
    let missing = written(&measured, &params.out)?;
    let path = params.out.join("tasks.parquet");
    ParquetWriter::new(disk::create(&path)?).finish(&mut list.frame()?)?;
    progress.begin("write pages", None, "pages");
    let mut pages = 0;
    let view = CentreView { measured: &measured, tasks: &list, rules: &rules };
    let portraits = params.portraits.as_ref().map(|folder| portraits(folder, &params.out)).transpose()?;
    let portraits = portraits.unwrap_or_default();
    let has_page = |task: &&Task| task.entity_id.is_some_and(|id| portraits.contains_key(&format!("{id:016x}")));
    let portrayed = list.tasks.iter().filter(has_page).count();
    CentrePages::new(params.language)?.portraits(portraits).each(view, &mut |page| {
        let path = params.out.join(&page.file);
        pages += 1;
        progress.advance(1);
        disk::replace(&path, page.html.as_bytes())
    })?;
    progress.end();
    let (courts, tasks) = (measured.courts().len(), list.tasks.len());
    Ok(CentreReport { courts, missing, tasks, portrayed, pages })
}

/// Counts the indicators of a store.
fn counted(store: &Store, params: &CentreParams, progress: &dyn Progress) -> Result<Measured> {
    progress.begin("count indicators", None, "");
    let measured = measure(store, &IndicatorCatalog::standard()?, params.period()?)?;
    progress.end();
    Ok(measured)
}

/// Writes figures, rankings and curves; tells how many figures of the province there are not.
fn written(measured: &Measured, out: &Path) -> Result<usize> {
    disk::make(out)?;
    let (mut all, mut rankings, mut curves) = (Vec::new(), Vec::<Ranking>::new(), Vec::<(String, Survival)>::new());
    let courts = measured.courts();
    for definition in measured.catalog().definitions() {
        let code = definition.code.as_str();
        if definition.measure == Measure::Survival {
            curves.push((code.to_owned(), measured.survival(code, None)?));
            continue;
        }
        all.push(Named { indicator: code, court: None, figure: measured.figure(code, &Selection::all())? });
        for court in &courts {
            let figure = measured.figure(code, &Selection::all().court(&court.name))?;
            all.push(Named { indicator: code, court: Some(&court.name), figure });
        }
        let is_count = definition.of.as_ref().is_some_and(|term| term.value.is_none());
        if definition.measure == Measure::Share && is_count {
            rankings.push(measured.ranking(code)?);
        }
    }
    let missing = all.iter().filter(|one| one.court.is_none() && one.figure.missing.is_some()).count();
    let write = |name: &str, text: String| disk::replace(&out.join(name), (text + "\n").as_bytes());
    write("figures.json", serde_json::to_string(&all)?)?;
    write("rankings.json", serde_json::to_string(&rankings)?)?;
    write("curves.json", serde_json::to_string(&curves)?)?;
    Ok(missing)
}

/// The pages of debtors in a folder, by pseudonym, as links from another.
fn portraits(folder: &Path, from: &Path) -> Result<BTreeMap<String, String>> {
    let whole = |path: &Path| path.canonicalize().map_err(Error::io(path));
    let way = way(&whole(from)?, &whole(folder)?);
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let name = entry.map_err(Error::io(folder))?.file_name();
        let Some(name) = name.to_str() else { continue };
        let entity = name.strip_prefix("portrait-").and_then(|name| name.strip_suffix(".html"));
        if let Some(entity) = entity {
            pages.insert(entity.to_owned(), format!("{way}{name}"));
        }
    }
    if pages.is_empty() {
        return Err(Error::setting(
            says!("portraits {}", [folder.display()]),
            "no page of a debtor",
            "a folder of pages of a run, with portrait-….html",
        ));
    }
    Ok(pages)
}

/// The way from one folder to another, as pages link.
fn way(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared).map(|part| encoded(&part.as_os_str().to_string_lossy()));
    up.chain(down).map(|part| part + "/").collect()
}

/// A name as a part of a link (RFC 3986).
fn encoded(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_one_folder_to_another() {
        let told = [
            (("/a/centre", "/a/run/pages"), "../run/pages/"),
            (("/a", "/a/run"), "run/"),
            (("/a/b/c", "/a"), "../../"),
            (("/a", "/a"), ""),
            (("/a", "/a/50% of #1?"), "50%25%20of%20%231%3F/"),
            (("/a", "/a/画像"), "%E7%94%BB%E5%83%8F/"),
        ];
        for ((from, to), expected) in told {
            assert_eq!(way(Path::new(from), Path::new(to)), expected);
        }
    }
}
