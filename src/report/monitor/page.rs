//! Fills the page of what is watched: alerts first, then what they rest on.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::{charts, lines};
use crate::domain::Label;
use crate::error::Result;
use crate::indicators::IndicatorCatalog;
use crate::monitoring::{MonitorReport, Stability};
use crate::report::chart::{self, Caption};
use crate::report::{Links, Pages};

const STYLE: &str = include_str!("../templates/monitor.css");

/// Columns that have moved, shown at once; the others are folded away.
const MOST: usize = 20;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct MonitorView<'a> {
    /// What was found.
    pub report: &'a MonitorReport,
    /// What features are called, by name; one without a label is shown by its name.
    pub labels: &'a BTreeMap<String, Label>,
}

impl Pages {
    /// The page of what is watched: alerts, drift, calibration by month, answers by source, groups, two models.
    ///
    /// # Errors
    ///
    /// As [`Pages::portrait`].
    ///
    /// ```
    /// use wherewithal::domain::{Day, Language};
    /// use wherewithal::monitoring::{MonitorReport, Thresholds};
    /// use wherewithal::report::{Links, MonitorView, Pages};
    ///
    /// let report = MonitorReport::new(Day::parse("2018-06-30")?, Thresholds::default());
    /// let view = MonitorView { report: &report, labels: &Default::default() };
    /// let page = Pages::new(Language::En)?.monitor(view, &Links::default())?;
    /// assert!(page.contains("No alert"));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn monitor(&self, view: MonitorView<'_>, links: &Links) -> Result<String> {
        let (report, phrases) = (view.report, self.phrases());
        let word = |key: &str| phrases.word("monitor", key);
        let catalog = IndicatorCatalog::standard()?;
        let name = |code: &str| self.name(view, (&catalog, code));
        let caption = Caption { id: "c-months".to_owned(), title: word("months") };
        let told: Vec<String> =
            report.months.iter().map(|month| format!("{}: {}", month.month, lines::share(month.predicted))).collect();
        let months_chart = match report.months.len() {
            0 | 1 => Value::from(""),
            _ => charts::months(&report.months, &caption, &told.join("; "))?,
        };
        let page = context! {
            monitor_style => STYLE,
            as_of => report.as_of.to_string(),
            unmatched => report.unmatched,
            alerts => lines::alerts(&report.alerts, (phrases, &name)),
            runs => self.runs(view, &name),
            limit => report.thresholds.stability,
            months => lines::months(&report.months),
            months_chart => months_chart,
            quality => lines::quality(&report.quality, (&catalog, phrases)),
            sources => lines::sources(&report.sources, phrases),
            intake => lines::intake(&report.intake, phrases),
            unreported => report.unreported,
            too_new => report.too_new,
            groups => lines::groups(&report.groups, phrases),
            challenge => self.challenge(report)?,
        };
        self.filled("monitor.html", links, page)
    }

    /// What a feature, an indicator or the score is called.
    fn name(&self, view: MonitorView<'_>, (catalog, code): (&IndicatorCatalog, &str)) -> String {
        if code == "score" {
            return self.phrases().word("monitor", "score");
        }
        let language = self.phrases().language();
        let feature = view.labels.get(code).map(|label| label.text(language).to_owned());
        let indicator = || catalog.definition(code).map(|found| found.label().text(language).to_owned());
        feature.or_else(indicator).unwrap_or_else(|| code.to_owned())
    }

    /// Each run's columns: what chance does not explain first, and of these what moved furthest.
    fn runs(&self, view: MonitorView<'_>, name: &dyn Fn(&str) -> String) -> Vec<Value> {
        let mut of: Vec<(&str, Vec<(&str, &Stability)>)> = Vec::new();
        for (run, subject, moved) in &view.report.moved {
            match of.last_mut().filter(|(last, _)| last == run) {
                Some((_, columns)) => columns.push((subject, moved)),
                None => of.push((run, vec![(subject, moved)])),
            }
        }
        let limit = view.report.thresholds.stability;
        let run = |(run, mut columns): (&str, Vec<(&str, &Stability)>)| {
            columns.sort_by(|(a_name, a), (b_name, b)| {
                let of = |one: &Stability| (!one.is_beyond_chance(), -one.index);
                let ((a_is, a), (b_is, b)) = (of(a), of(b));
                a_is.cmp(&b_is).then(a.total_cmp(&b)).then(a_name.cmp(b_name))
            });
            let most = columns.iter().map(|(_, moved)| moved.high).fold(limit * 2.5, f64::max).min(1.0);
            let line = |(code, moved): &(&str, &Stability)| {
                context! {
                    code => code,
                    name => name(code),
                    index => format!("{:.4}", moved.index),
                    bounds => format!("{:.4} – {:.4}", moved.low, moved.high),
                    by_chance => format!("{:.4}", moved.by_chance),
                    p => format!("{:.4}", moved.p_value),
                    rows => format!("{:.0} / {:.0}", moved.rows.0, moved.rows.1),
                    reach => charts::reach(moved, limit, most),
                    is_beyond => moved.is_beyond_chance(),
                    is_alert => moved.is_beyond_chance() && moved.low > limit,
                }
            };
            let all: Vec<Value> = columns.iter().map(line).collect();
            let (shown, rest) = all.split_at(all.len().min(MOST));
            context! { name => run, shown => shown, rest => rest }
        };
        of.into_iter().map(run).collect()
    }

    /// The section of two models; nothing where there are none.
    fn challenge(&self, report: &MonitorReport) -> Result<Option<Value>> {
        let Some(challenge) = &report.challenge else { return Ok(None) };
        let any = challenge.events.first().and_then(|event| event.figures.as_ref());
        let plot = |side: &str, points: Vec<(f64, f64, usize)>| {
            let title = self.phrases().word("monitor", side);
            chart::calibration(&points, &Caption { id: format!("c-{side}"), title })
        };
        let points = any.map(|figures| {
            figures.deciles.map(|bins| bins.iter().map(|bin| (bin.predicted, bin.observed, bin.rows)).collect())
        });
        let charts = match points {
            Some(points) => vec![plot("champion", points.champion)?, plot("challenger", points.challenger)?],
            None => Vec::new(),
        };
        Ok(Some(context! {
            of => challenge,
            parts => lines::challenge(challenge, self.phrases()),
            answers => lines::answers(challenge, self.phrases()),
            charts => charts,
        }))
    }
}
