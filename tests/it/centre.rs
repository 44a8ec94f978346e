//! What the pages of the command centre say, and what of answers may be compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wherewithal::capacity::CapacityRules;
use wherewithal::domain::{Day, Language};
use wherewithal::indicators::{Call, IndicatorCatalog, Measured, Period, Selection, measure};
use wherewithal::ingest::IngestReport;
use wherewithal::monitoring::{QualityLimits, quality};
use wherewithal::pipeline::{CentreParams, centre, figures};
use wherewithal::progress::Silent;
use wherewithal::report::{CentrePages, CentreView};
use wherewithal::store::{Store, StoreParams};
use wherewithal::tasks::TaskRules;

use super::register::{tables, year};

/// The pages of the bundled year, by file.
fn pages(measured: &Measured, language: Language) -> BTreeMap<String, String> {
    let rules = TaskRules::standard().unwrap();
    let list = rules.list(&tables(), &CapacityRules::standard().unwrap(), measured.period().until()).unwrap();
    let mut pages = BTreeMap::new();
    let view = CentreView { measured, tasks: &list, rules: &rules };
    let keep = &mut |page: wherewithal::report::CentrePage| {
        pages.insert(page.file, page.html);
        Ok(())
    };
    CentrePages::new(language).unwrap().each(view, keep).unwrap();
    pages
}

/// Totals of the whole stand on its page alone, open cases by their name, and sources are those that a reader can find.
#[test]
fn pages_say_whose_totals_they_show_and_name_sources_and_codes() {
    let measured = measure(&tables(), &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    let open = measured.figure("cases_closed", &Selection::all()).unwrap().left_out.0;
    assert!(open > 0);
    let told = [
        (
            Language::En,
            "debtors of untouched cases",
            format!("{open} cases are still open"),
            "definition of this crate",
        ),
        (Language::Zh, "未采取措施且未发现财产", format!("未结 {open} 件"), "本库定义"),
    ];
    for (language, untouched, open, own) in told {
        let pages = pages(&measured, language);
        assert!(pages["index.html"].contains(untouched) && pages["index.html"].contains(&open), "{open}");
        for (file, html) in &pages {
            let is_whole = file == "index.html";
            assert!(is_whole || !(html.contains(untouched) || html.contains(&open)), "{file}");
            assert!(file == "wall.html" || (html.contains(own) && html.contains(">completed_rate<")), "{file}");
            for unknown in ["domain.md", "§", "founding article", "for this book", "受托事项", "（元）"] {
                assert!(!html.contains(unknown), "{unknown} in {file}");
            }
        }
        // Money over money is written as money.
        let figure = measured.figure("amount_rate", &Selection::all()).unwrap();
        assert!(!pages["index.html"].contains(&format!("{} / ", figure.top)));
    }
}

/// What is of no court, such as queries about guarantors, counts for the whole, and as many rows are told.
#[test]
fn what_is_of_no_court_is_told_and_adds_up() {
    let measured = measure(&tables(), &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    for code in ["queries", "queries_bank", "queries_police", "measures_taken"] {
        let whole = measured.figure(code, &Selection::all()).unwrap();
        let of = |court: &str| measured.figure(code, &Selection::all().court(court)).unwrap().top;
        let of_courts: i64 =
            measured.courts().iter().filter(|court| !court.name.is_empty()).map(|court| of(&court.name)).sum();
        assert_eq!(whole.top, of_courts + i64::try_from(whole.left_out.1).unwrap(), "{code}");
        assert_eq!(of(""), whole.top - of_courts, "{code}");
        assert!(code != "queries" || whole.left_out.1 > 0);
    }
    for (language, note) in [(Language::En, "What stands here is of no court"), (Language::Zh, "不归任何法院的记录")]
    {
        let pages = pages(&measured, language);
        assert_eq!(pages.values().filter(|html| html.contains(note)).count(), 1, "{note}");
    }
}

/// Answers that are late are not known yet: months in which they may be missing are not held against the base.
#[test]
fn months_whose_answers_are_not_in_yet_are_not_compared() {
    let tables = tables();
    let until = Day::parse("2018-06-30").unwrap();
    let period = Period::new(until.plus_months(-11), until).unwrap();
    let catalog = IndicatorCatalog::standard().unwrap();
    let measured = measure(&tables, &catalog, period).unwrap();
    // The 95th percentile, counted from the rows.
    let base = catalog.behind(&tables, "answer_days", period, &Selection::all().months(0, 5)).unwrap();
    let mut days: Vec<i64> =
        base.iter().filter(|row| row.side == wherewithal::indicators::Side::Top).map(|row| row.adds).collect();
    days.sort_unstable();
    let wait = i64::from(measured.wait("answer_days").unwrap());
    let place = (days.len() * 95).div_ceil(100) - 1;
    assert_eq!(wait, days[place]);
    let ripe = measured.ripe_months("answer_days");
    assert!((6..12).contains(&ripe), "{ripe} ripe months, {wait} days");
    assert_eq!(measured.ripe_months("closing_rate"), 12);
    let (lines, alerts) = quality(&measured, &of_days(1.0)).unwrap();
    for (at, line) in (6..12).zip(&lines) {
        let end = period.month(at + 1).plus_days(-1);
        assert_eq!(line.is_ripe, i64::from(until.days_since(end)) >= wait, "{}", line.month);
        assert!(line.is_ripe || line.call == Call::TooFew, "{}", line.month);
        assert_eq!(line.wait_days.map(i64::from), Some(wait));
        println!("{} {:?} against {:?}: {:?}", line.month, line.now.interval, line.base.interval, line.call);
    }
    // The last month alone falls below the base, for want of its late answers.
    let last = lines.last().unwrap();
    assert!(last.now.interval.unwrap().1 < last.base.interval.unwrap().0, "{last:?}");
    assert!(alerts.iter().all(|alert| alert.reason.en.contains(&format!("at least {wait} days"))));
    // A difference that no month reaches calls none.
    let (lines, none) = quality(&measured, &of_days(400.0)).unwrap();
    assert!(none.is_empty() && lines.iter().all(|line| !line.is_ripe || line.call == Call::Within), "{none:?}");
    assert!(alerts.iter().all(|alert| alert.month.as_deref() != Some(last.month.as_str())));
}

/// Limits of the days until an answer alone.
fn of_days(least: f64) -> QualityLimits {
    let text = format!("base_months = 6\n[[measure]]\ncode = \"answer_days\"\nleast = {least:?}\n");
    QualityLimits::from_toml(&text).unwrap()
}

/// A figure opens to case numbers, and who misspells an indicator is told the names.
#[test]
fn a_figure_opens_to_case_numbers_and_an_unknown_one_names_the_others() {
    let (catalog, tables) = (IndicatorCatalog::standard().unwrap(), tables());
    let rows = catalog.behind(&tables, "cases_closed", year(), &Selection::all()).unwrap();
    let cases = tables.frame("cases").unwrap();
    let ids = cases.column("case_id").unwrap().i64().unwrap();
    let numbers = cases.column("case_no").unwrap().str().unwrap();
    let known: BTreeMap<i64, Option<&str>> = ids.iter().map(Option::unwrap).zip(numbers.iter()).collect();
    assert!(rows.len() > 100 && rows.iter().all(|row| row.case_no.as_deref() == known[&row.key]));
    assert!(rows.iter().any(|row| row.case_no.is_some()));
    let refused = catalog.behind(&tables, "cases_close", year(), &Selection::all()).unwrap_err().to_string();
    assert!(refused.contains("an indicator of the catalogue: cases_received, cases_closed"), "{refused}");
}

/// A line links to the portrait of its debtor where there is one, and to nothing else.
#[test]
fn matters_link_to_the_portraits_that_there_are() {
    let measured = measure(&tables(), &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    let rules = TaskRules::standard().unwrap();
    let list = rules.list(&tables(), &CapacityRules::standard().unwrap(), measured.period().until()).unwrap();
    let view = CentreView { measured: &measured, tasks: &list, rules: &rules };
    let shown: Vec<String> =
        list.tasks.iter().take(50).filter_map(|task| Some(format!("{:016x}", task.entity_id?))).collect();
    let (first, link) = (shown[0].clone(), "../run%20a/pages/portrait.html".to_owned());
    let mut index = String::new();
    let keep = &mut |page: wherewithal::report::CentrePage| {
        if page.file == "index.html" {
            index = page.html;
        }
        Ok(())
    };
    let pages = CentrePages::new(Language::En).unwrap().portraits([(first.clone(), link.clone())].into());
    pages.each(view, keep).unwrap();
    let lines = shown.iter().filter(|debtor| **debtor == first).count();
    let link = link.replace('/', "&#x2f;");
    assert_eq!(index.matches(&link).count(), lines);
    assert_eq!(index.matches(&format!("{link}\">{first}</a>")).count(), lines);
    assert!(shown.iter().any(|debtor| *debtor != first && index.contains(&format!("<span class=\"rec\">{debtor}"))));
}

/// A wall is read from afar and by whoever passes: the first matters with what they bring, and neither case nor debtor.
#[test]
fn the_wall_shows_the_first_matters_and_neither_case_nor_debtor() {
    let measured = measure(&tables(), &IndicatorCatalog::standard().unwrap(), year()).unwrap();
    let rules = TaskRules::standard().unwrap();
    let list = rules.list(&tables(), &CapacityRules::standard().unwrap(), measured.period().until()).unwrap();
    let wall = &pages(&measured, Language::En)["wall.html"];
    let court = |at: usize| format!("<td data-name=\"Court\">{}</td>", list.tasks[at].court);
    assert!(list.tasks.len() > 6 && wall.contains(&court(0)) && wall.contains(&court(5)), "{}", court(0));
    assert_eq!(wall.matches("<td data-name=\"Court\">").count(), 6);
    for task in &list.tasks {
        let ids = task.entity_id.into_iter().chain([task.case_id]).map(|id| format!("{id:016x}"));
        assert!(ids.chain(task.case_no.clone()).all(|name| !wall.contains(&name)), "{task:?}");
    }
}

/// Figures alone are those beside the pages, byte for byte.
#[test]
fn figures_alone_are_those_beside_the_pages() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let filling = StoreParams::default().buckets(4);
    Store::keep(&at.join("store"), &tables(), &IngestReport::default(), &filling, &Silent).unwrap();
    let params = |out: &str| CentreParams::new(at.join("store"), year().until(), at.join(out));
    let (alone, whole) = (figures(&params("alone"), &Silent).unwrap(), centre(&params("whole"), &Silent).unwrap());
    assert_eq!((alone.courts, alone.missing), (whole.courts, whole.missing));
    let read = |out: &str, name: &str| std::fs::read(at.join(out).join(name)).unwrap();
    for name in ["figures.json", "rankings.json", "curves.json"] {
        assert!(read("alone", name).len() > 2 && read("alone", name) == read("whole", name), "{name}");
    }
    assert_eq!(std::fs::read_dir(at.join("alone")).unwrap().count(), 3);
    assert_eq!(open_to_others(&at.join("whole")), Vec::<PathBuf>::new());
    // Beside pages of an earlier run they would be taken for its figures.
    let refused = figures(&params("whole"), &Silent).unwrap_err().to_string();
    assert!(refused.contains("pages of an earlier run"), "{refused}");
}

/// What in a folder, itself among it, others than its owner may read.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<PathBuf> = files.chain([folder.to_path_buf()]).collect();
    assert!(all.len() > 10, "{all:?}");
    #[cfg(unix)]
    let all = {
        use std::os::unix::fs::PermissionsExt;
        let is_open = |path: &PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o077 != 0;
        all.into_iter().filter(is_open)
    };
    #[cfg(not(unix))]
    let all = all.into_iter().take(0);
    all.collect()
}
