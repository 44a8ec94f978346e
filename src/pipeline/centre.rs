//! Writes the pages and data files of the command centre from a store.
//!
//! | file | content |
//! |---|---|
//! | `index.html`, `wall.html`, pages of courts and teams | for people |
//! | `figures.json` | every figure with numerator, denominator, and the reason where it is missing |
//! | `rankings.json`, `curves.json` | courts within the limits of chance; time until something happened |
//! | `tasks.parquet` | what needs doing, one row a matter |

use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde::Serialize;

use crate::capacity::CapacityRules;
use crate::domain::{Day, Language};
use crate::error::{Error, Result};
use crate::indicators::{Figure, IndicatorCatalog, Measure, Measured, Period, Ranking, Selection, Survival, measure};
use crate::progress::Progress;
use crate::report::{CentrePages, CentreView};
use crate::store::Store;
use crate::tasks::{TaskRules, tasks};

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
}

impl CentreParams {
    /// Pages in Chinese about the year up to a day.
    ///
    /// The period begins on the first of January of that year.
    pub fn new(store: impl Into<PathBuf>, as_of: Day, out: impl Into<PathBuf>) -> Self {
        Self { store: store.into(), as_of, from: None, out: out.into(), language: Language::Zh }
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
    /// Pages.
    pub pages: usize,
}

#[derive(Serialize)]
struct Named<'a> {
    indicator: &'a str,
    court: Option<&'a str>,
    figure: Figure,
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
    let catalog = IndicatorCatalog::standard()?;
    progress.begin("count indicators", None, "");
    let measured = measure(&store, &catalog, params.period()?)?;
    progress.end();
    progress.begin("list what needs doing", None, "");
    let rules = TaskRules::standard()?;
    let list = tasks(&store, (&rules, &CapacityRules::standard()?), params.as_of)?;
    progress.end();
    fs::create_dir_all(&params.out).map_err(Error::io(&params.out))?;
    let missing = figures(&measured, &params.out)?;
    let path = params.out.join("tasks.parquet");
    let file = fs::File::create(&path).map_err(Error::io(&path))?;
    ParquetWriter::new(file).finish(&mut list.frame()?)?;
    progress.begin("write pages", None, "pages");
    let mut pages = 0;
    let view = CentreView { measured: &measured, tasks: &list, rules: &rules };
    CentrePages::new(params.language)?.each(view, &mut |page| {
        let path = params.out.join(&page.file);
        pages += 1;
        progress.advance(1);
        fs::write(&path, page.html).map_err(Error::io(&path))
    })?;
    progress.end();
    Ok(CentreReport { courts: measured.courts().len(), missing, tasks: list.tasks.len(), pages })
}

/// Writes figures, rankings and curves; tells how many figures of the province there are not.
fn figures(measured: &Measured, out: &Path) -> Result<usize> {
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
    let write = |name: &str, text: String| {
        let path = out.join(name);
        fs::write(&path, text + "\n").map_err(Error::io(&path))
    };
    write("figures.json", serde_json::to_string(&all)?)?;
    write("rankings.json", serde_json::to_string(&rankings)?)?;
    write("curves.json", serde_json::to_string(&curves)?)?;
    Ok(missing)
}
