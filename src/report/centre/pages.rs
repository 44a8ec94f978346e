//! Fills the pages of the command centre from measured indicators and the list of matters.
//!
//! Pages are handed over one by one, so that a province of many teams needs no memory for all of them.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::charts;
use super::cities::tiles;
use super::lines::{functions, grouped, matters, written};
use crate::domain::{Day, Language, Money};
use crate::error::Result;
use crate::indicators::{Better, Call, Court, Measure, Measured, Ranking, Selection, Unit};
use crate::report::chart::Caption;
use crate::report::text;
use crate::report::{Links, Pages};
use crate::tasks::{Task, TaskList, TaskRules};

/// What the pages show.
#[derive(Debug, Clone, Copy)]
pub struct CentreView<'a> {
    /// What was counted.
    pub measured: &'a Measured,
    /// What needs doing.
    pub tasks: &'a TaskList,
    /// The rules of that.
    pub rules: &'a TaskRules,
}

/// One page.
///
/// The file name is made of numbers of courts and teams in their order, never of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentrePage {
    /// Its path within the folder of pages.
    pub file: String,
    /// The page.
    pub html: String,
}

/// Matters on the page of the province, of a court, of a team, at most; the page says how many there are.
const MOST: [usize; 3] = [50, 100, 500];
/// The same on the wall screen, which nobody scrolls.
const MOST_ON_WALL: usize = 6;

/// The pages of the command centre: province, court, team, and a wall screen.
///
/// Every page is one self-contained file, as those of [`Pages`].
#[derive(Debug)]
pub struct CentrePages {
    pages: Pages,
    links: Links,
}

impl CentrePages {
    /// Pages in one language.
    ///
    /// # Errors
    ///
    /// As [`Pages::new`].
    ///
    /// ```
    /// use wherewithal::domain::Language;
    /// use wherewithal::report::CentrePages;
    ///
    /// assert!(CentrePages::new(Language::Zh).is_ok() && CentrePages::new(Language::En).is_ok());
    /// ```
    pub fn new(language: Language) -> Result<Self> {
        Ok(Self { pages: Pages::new(language)?, links: Links::default() })
    }

    /// Sets the pages of debtors, by pseudonym as 16 hexadecimal digits, relative to the folder of these pages: lines
    /// of matters link to them.
    ///
    /// ```
    /// use wherewithal::domain::Language;
    /// use wherewithal::report::CentrePages;
    ///
    /// let page = "../run/pages/portrait-00000000000000ff.html".to_owned();
    /// let pages = CentrePages::new(Language::En)?.portraits([("00000000000000ff".to_owned(), page)].into());
    /// # drop(pages);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    #[must_use]
    pub fn portraits(mut self, debtors: BTreeMap<String, String>) -> Self {
        self.links.debtors = debtors;
        self
    }

    /// Makes every page and hands it over, one after the other.
    ///
    /// # Errors
    ///
    /// As [`Pages::portrait`], and what `take` reports.
    ///
    /// The page of the province comes first, then the wall screen, then each court with its teams.
    pub fn each(&self, view: CentreView<'_>, take: &mut dyn FnMut(CentrePage) -> Result<()>) -> Result<()> {
        let courts: Vec<(Court, String)> = (1..)
            .zip(view.measured.courts())
            .map(|(nth, court): (u32, Court)| (court, format!("court-{nth:03}.html")))
            .collect();
        take(self.province(view, (&courts, "index.html"))?)?;
        take(self.province(view, (&courts, "wall.html"))?)?;
        let mut of_court: BTreeMap<&str, Vec<&Task>> = BTreeMap::new();
        view.tasks.tasks.iter().for_each(|task| of_court.entry(&task.court).or_default().push(task));
        for (court, file) in &courts {
            let tasks = of_court.remove(court.name.as_str()).unwrap_or_default();
            let teams: Vec<(String, String)> = (1..)
                .zip(view.measured.teams(&court.name))
                .map(|(nth, team): (u32, String)| (team, file.replace(".html", &format!("-{nth:02}.html"))))
                .collect();
            take(self.court(view, (court, file, &teams), &tasks)?)?;
            for (team, page) in &teams {
                let own: Vec<&Task> = tasks.iter().copied().filter(|task| task.team == *team).collect();
                take(self.team(view, ((court, file), (team, page)), &own)?)?;
            }
        }
        Ok(())
    }

    fn word(&self, key: &str) -> String {
        self.pages.phrases().word("centre", key)
    }

    fn province(&self, view: CentreView<'_>, (courts, file): (&[(Court, String)], &str)) -> Result<CentrePage> {
        let (measured, phrases) = (view.measured, self.pages.phrases());
        let is_wall = file == "wall.html";
        let all: Vec<&Task> = view.tasks.tasks.iter().collect();
        let rankings = if is_wall { Vec::new() } else { self.rankings(measured)? };
        let survival = measured.survival("listing_to_performance", None)?;
        let caption = Caption { id: "c-curve".to_owned(), title: self.word("curve") };
        let told: Vec<String> = [90, 180, 365]
            .iter()
            .filter(|days| **days <= survival.followed)
            .map(|days| format!("{days} {}: {:.1} %", self.word("after_days"), survival.happened_by(*days) * 100.0))
            .collect();
        let lines = courts
            .iter()
            .map(|(court, file)| self.unit(measured, (&court.name, file), &Selection::all().court(&court.name)));
        let curve = match survival.events {
            0 => Value::from(""),
            _ => charts::curve(&survival, &caption, &told.join("; "))?,
        };
        let page = context! {
            title => self.word("province"),
            wall => is_wall,
            headline => self.headline(measured, &Selection::all())?,
            functions => functions(measured, &Selection::all(), phrases)?,
            tiles => tiles(measured, courts, phrases.language())?,
            rankings => rankings,
            curve => curve,
            curve_told => told,
            units => lines.collect::<Result<Vec<_>>>()?,
            units_title => self.word("courts"),
            unit_title => self.word("court"),
        };
        self.page((view, file), page, (&all, if is_wall { MOST_ON_WALL } else { MOST[0] }))
    }

    fn court(
        &self,
        view: CentreView<'_>,
        (court, file, teams): (&Court, &str, &[(String, String)]),
        tasks: &[&Task],
    ) -> Result<CentrePage> {
        let of = || Selection::all().court(&court.name);
        let lines = teams.iter().map(|(team, file)| self.unit(view.measured, (team, file), &of().team(team)));
        let page = context! {
            title => self.named(&court.name, "no_court"),
            is_of_court => true,
            is_nameless => court.name.is_empty(),
            above => [(self.word("province"), "index.html")],
            headline => self.headline(view.measured, &of())?,
            functions => functions(view.measured, &of(), self.pages.phrases())?,
            units => lines.collect::<Result<Vec<_>>>()?,
            units_title => self.word("teams"),
            unit_title => self.word("team"),
        };
        self.page((view, file), page, (tasks, MOST[1]))
    }

    fn team(
        &self,
        view: CentreView<'_>,
        ((court, above), (team, file)): ((&Court, &str), (&str, &str)),
        tasks: &[&Task],
    ) -> Result<CentrePage> {
        let of = Selection::all().court(&court.name).team(team);
        let name = self.named(&court.name, "no_court");
        let page = context! {
            title => format!("{name} {}", self.named(team, "no_team")),
            is_of_court => true,
            is_of_team => true,
            above => [(self.word("province"), "index.html"), (name.clone(), above)],
            headline => self.headline(view.measured, &of)?,
            functions => functions(view.measured, &of, self.pages.phrases())?,
        };
        self.page((view, file), page, (tasks, MOST[2]))
    }

    fn named(&self, name: &str, none: &str) -> String {
        if name.is_empty() { self.word(none) } else { name.to_owned() }
    }

    /// The figures that stand large at the head of a page.
    fn headline(&self, measured: &Measured, of: &Selection) -> Result<Vec<Value>> {
        let codes = [
            "cases_received",
            "cases_closed",
            "closing_rate",
            "amount_recovered",
            "in_time_rate",
            "performed_after_listing",
        ];
        let mut lines = Vec::new();
        for code in codes {
            let Some(definition) = measured.catalog().definition(code) else { continue };
            let figure = measured.figure(code, of)?;
            let language = self.pages.phrases().language();
            let value = figure.value.map(|value| written(value, definition.unit(), language));
            lines.push(context! { label => definition.label().text(language), value => value });
        }
        Ok(lines)
    }

    /// One court or team in a table.
    fn unit(&self, measured: &Measured, (name, file): (&str, &str), of: &Selection) -> Result<Value> {
        let language = self.pages.phrases().language();
        let show = |code: &str, unit: Unit| -> Result<Option<String>> {
            Ok(measured.figure(code, of)?.value.map(|value| written(value, unit, language)))
        };
        Ok(context! {
            name => self.named(name, if file.matches('-').count() > 1 { "no_team" } else { "no_court" }),
            link => file,
            received => show("cases_received", Unit::Count)?,
            closed => show("cases_closed", Unit::Count)?,
            rate => show("closing_rate", Unit::Percent)?,
            in_time => show("in_time_rate", Unit::Percent)?,
            recovered => show("amount_recovered", Unit::Fen)?,
        })
    }

    fn rankings(&self, measured: &Measured) -> Result<Vec<Value>> {
        let language = self.pages.phrases().language();
        let mut rankings = Vec::new();
        for definition in measured.catalog().definitions() {
            let is_ranked = definition.measure == Measure::Share && definition.better != Better::Neither;
            if !is_ranked || measured.figure(&definition.code, &Selection::all())?.missing.is_some() {
                continue;
            }
            let ranking = measured.ranking(&definition.code)?;
            if ranking.courts.len() < 2 {
                continue;
            }
            let label = definition.label().text(language).to_owned();
            let caption = Caption { id: format!("c-{}", definition.code), title: label.clone() };
            rankings.push(context! {
                id => definition.code,
                label => label,
                rate => written(ranking.rate, Unit::Percent, language),
                scope => self.word(&format!("scope_{}", definition.scope.code())),
                chart => charts::funnel(&ranking, &caption, &self.word("funnel"))?,
                lines => self.ranked(&ranking),
            });
        }
        Ok(rankings)
    }

    fn ranked(&self, ranking: &Ranking) -> Vec<Value> {
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let call = |call: Call| match call {
            Call::Above => "above",
            Call::Below => "below",
            Call::Within => "within",
            Call::TooFew => "too_few",
        };
        let line = |court: &crate::indicators::Ranked| {
            context! {
                rank => court.rank,
                places => format!("{}–{}", court.ranks.0, court.ranks.1),
                court => court.court,
                counts => format!("{} / {}", court.counts.0, court.counts.1),
                raw => percent(court.share),
                interval => format!("{} – {}", percent(court.interval.0), percent(court.interval.1)),
                expected => percent(court.expected),
                adjusted => percent(court.adjusted),
                call => self.word(call(court.call)),
                is_called => matches!(court.call, Call::Above | Call::Below),
            }
        };
        ranking.courts.iter().map(line).collect()
    }

    /// The names of the figures in tables of courts and teams.
    fn heads(&self, measured: &Measured) -> BTreeMap<&'static str, String> {
        let name = |code: &'static str| {
            let label = measured.catalog().definition(code).map(|definition| definition.label());
            (
                code,
                label.map_or_else(|| code.to_owned(), |label| label.text(self.pages.phrases().language()).to_owned()),
            )
        };
        ["cases_received", "cases_closed", "closing_rate", "in_time_rate", "amount_recovered"].map(name).into()
    }

    /// How many matters of each kind there are and what lies behind them.
    fn kinds(&self, view: CentreView<'_>, tasks: &[&Task]) -> Vec<Value> {
        let phrases = self.pages.phrases();
        let kind = |rule: &crate::tasks::TaskRule| {
            let own = || tasks.iter().filter(|task| task.code == rule.code);
            let count = |tasks: usize| grouped(i64::try_from(tasks).unwrap_or(i64::MAX));
            let is_past = |task: &Task| task.days_left.is_some_and(|left| left < 0);
            let stake: Money = own().filter_map(|task| task.stake).sum();
            let day = view.measured.period().until();
            let is_sure = view.rules.term(&rule.code, day).is_none_or(|term| term.verified);
            let is_delivered = !view.tasks.not_delivered.contains(&rule.code);
            let has_term = own().any(|task| task.due_on.is_some());
            context! {
                code => rule.code,
                not_delivered => !is_delivered && own().next().is_none(),
                label => rule.label().text(phrases.language()),
                count => count(own().count()),
                past => has_term.then(|| count(own().filter(|task| is_past(task)).count())),
                stake => text::amount(stake, phrases.language()),
                unverified => !is_sure,
            }
        };
        view.rules.rules().iter().map(kind).collect()
    }

    fn page(
        &self,
        (view, file): (CentreView<'_>, &str),
        page: Value,
        (tasks, most): (&[&Task], usize),
    ) -> Result<CentrePage> {
        let shown = tasks.get(..most).unwrap_or(tasks);
        let period = view.measured.period();
        let days: [Day; 2] = [period.from(), period.until()];
        let sections = ["functions", "map", "ranking", "curve", "money", "tasks", "units"];
        let all = context! {
            from => days[0].to_string(),
            until => days[1].to_string(),
            kinds => self.kinds(view, tasks),
            matters => matters(shown, view.rules, (&self.links, self.pages.phrases())),
            matters_all => tasks.len(),
            untouched => view.tasks.without_means,
            succeeded => view.tasks.succeeded,
            sections => sections,
            wall => false,
            is_of_court => false,
            is_nameless => false,
            is_of_team => false,
            above => Vec::<(String, String)>::new(),
            tiles => Vec::<Value>::new(),
            rankings => Vec::<Value>::new(),
            curve => "",
            curve_told => Vec::<String>::new(),
            units => Vec::<Value>::new(),
            units_title => "",
            unit_title => "",
            centre_style => STYLE,
            heads => self.heads(view.measured),
        };
        let html = self.pages.filled("centre.html", &self.links, context! { ..page, ..all })?;
        Ok(CentrePage { file: file.to_owned(), html })
    }
}

const STYLE: &str = include_str!("../templates/centre.css");
